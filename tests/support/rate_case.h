/* The rates that ship, as a book of a day: for tests of rules without a database. */
#ifndef ANSINH_TESTS_RATE_CASE_H
#define ANSINH_TESTS_RATE_CASE_H

#include "api/enrolment/quote_rules.h"

/* Of the country and of one province, NULL or "" for none. Valid until the next call. */
struct rate_book shipped_book(const char *day, const char *province);

/* A fixture's end: what a test added or ended is undone. */
void rates_as_shipped(void);

#endif
