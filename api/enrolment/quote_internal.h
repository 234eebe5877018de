/* One quote at work: for the files of quote_rules.h only. */
#ifndef ANSINH_QUOTE_INTERNAL_H
#define ANSINH_QUOTE_INTERNAL_H

#include "api/enrolment/quote_rules.h"

/* The first thing that is wrong stays its verdict. */
struct pricing {
    const struct quote_terms *terms;
    const struct quote_person *person;
    const struct rate_book *book;
    struct quote *quote;
};

/* Marks a row as used. */
void pricing_use(struct pricing *p, const struct rate_row *row);
/* A number that must be there, marked as used; without it the quote is QUOTE_RATE_MISSING and the
 * number 0. */
const struct rate_row *pricing_take(struct pricing *p, const char *kind, const char *key);

/* From when to when it covers, and when the next payment is due. */
void pricing_cover(struct pricing *p);

#endif
