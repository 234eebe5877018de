/* Pricing what is enrolled, and posting it: from then on it covers and counts. For whatever enrols. */
#ifndef ANSINH_POSTING_H
#define ANSINH_POSTING_H

#include <jansson.h>
#include <libpq-fe.h>

#include "api/enrolment/quote_rules.h"
#include "middleware/request.h"

/* Nothing of it is money: the server prices by the rates of the day of payment. */
struct posting {
    const char *id; /* of the enrolment */
    const char *scheme;
    enum quote_method method;
    int months;
    const char *paid_on;
    const json_t *asked; /* income, groups, position, sponsor_percent as the client gave them */
    const char *pointer; /* to what refusals point at, "" for the body itself */
    const char *person;  /* the same for the person */
};

/* Nobody pays tomorrow, and a collector dates back a month at most. */
bool posting_paid_on_fits(struct request *req, const char *paid_on);

/* Columns of what a price depends on (statements with {price_fact_columns}); a statement may add others
 * from PRICE_FACT_COLUMNS on. */
enum { FACT_BIRTH, FACT_ISLAND, FACT_FACTS, FACT_BOOK, PRICE_FACT_COLUMNS = FACT_BOOK + 7 };

bool posting_price(struct request *req, const struct posting *posting, const PGresult *facts,
                   struct quote *quote);

/* How the participant's part comes: cash in the hand of an agent who collects, or a transfer to the fund's
 * account, which is all that an office knows. NULL after fail(). */
const char *posting_paid_by(struct request *req);
/* The receipt that it takes: `receipt`, or NULL where no cash is taken. */
const char *posting_receipt(const char *paid_by, const struct quote *quote, const char *receipt);

/* A draft at its price, and the values of SQL_ENROLMENT_SUBMIT. */
struct draft {
    struct posting posting;
    struct quote quote;
};
/* Reads and prices it; `paid_on` NULL is the draft's own day. What is wrong is said at `pointer`. */
bool posting_draft(struct request *req, const char *id, const char *paid_on, const char *pointer,
                   struct draft *draft);
enum { SUBMIT_RECEIPT = 9, SUBMIT_VALUES = 11 };
void posting_submit_values(struct request *req, const struct draft *draft, const char *paid_by,
                           const char *receipt, const char *values[SUBMIT_VALUES]);

/* A whole number as a value of a statement. */
const char *posting_figure(struct request *req, int64_t value);

#endif
