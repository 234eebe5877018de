/* Quotes: what a contribution costs, and who pays for it.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_QUOTE_H
#define ANSINH_QUOTE_H

#include <libpq-fe.h>

#include "api/enrolment/quote_rules.h"
#include "middleware/request.h"

bool quote_create(struct request *req);

/* For what else prices: the method of payment, NULL is a period, and if the scheme has it; the book in the rows of a statement with {rate_book_columns} from that column
 * on, the groups of a person, and why a quote is none, as a problem at the members below `pointer`. */
struct rate_book quote_book(struct request *req, const PGresult *rows, int first);
void quote_groups(const json_t *groups, struct quote_person *person);
/* Of a person in the register: what gate.price_facts says, where the request said nothing. The next
 * position in the household is moved behind those of its members that are taken. */
void quote_facts(const json_t *facts, struct quote_person *person, int *next_position);
/* A JSON column of the row; it lives as long as the request. */
const json_t *quote_json(struct request *req, const PGresult *rows, int column);
enum quote_method quote_method_of(const char *name);
bool quote_method(struct request *req, enum quote_method *method);
bool quote_refuse(struct request *req, const struct quote_terms *terms, const struct quote *quote,
                  const char *pointer);
/* The decision of a rate, as it is cited. */
const char *quote_basis(struct request *req, const struct rate_row *rule);

/* The lines of a quote as a JSON array. */
const char *quote_lines(struct request *req, const struct quote *quote);
/* One person of a quote. */
struct quoted {
    const json_t *said;   /* label and person_id */
    const char *left_out; /* why nothing is asked for this one; NULL: it is priced */
    const char *payer;    /* the group that another one pays for */
    struct quote quote;
};

/* The answer; the province is in three columns of the row. */
bool quote_reply(struct request *req, const PGresult *place, int first,
                 const struct quoted *members, int count);

#endif
