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

/* A whole number as a value of a statement. */
const char *posting_figure(struct request *req, int64_t value);

#endif
