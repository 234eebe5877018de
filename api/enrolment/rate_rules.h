/* The book of rates of a day, and how money is computed from it. Pure functions. */
#ifndef ANSINH_RATE_RULES_H
#define ANSINH_RATE_RULES_H

#include <stdbool.h>
#include <stdint.h>

enum { HUNDREDTHS = 10000 };

/* One number of the law, in force on the day of payment. */
struct rate_row {
    const char *kind;
    const char *key;
    int64_t value;
    const char *valid_from;
    const char *decision;
    const char *title; /* NULL where there is none */
    bool verified;
};

/* Sorted by kind and key; top-ups are those of one province. */
struct rate_book {
    const struct rate_row *rows;
    int count;
    bool island; /* the place is a special zone (đặc khu): everybody there is in the group island */
};

/* NULL where the book has no such row. */
const struct rate_row *rate_find(const struct rate_book *book, const char *kind, const char *key);

/* part / whole of the amount, half up; 0 of nothing. */
int64_t share_of(int64_t amount, int64_t part, int64_t whole);
int64_t percent_of(int64_t amount, int64_t hundredths);

/* What `count` equal months cost at the monthly rate of `millionths`, each discounted by its number less
 * `lag` (ahead), or with interest for its number (missing). Rounded half up. */
int64_t lump_ahead(int64_t monthly, int count, int64_t millionths, int lag);
int64_t lump_missing(int64_t monthly, int count, int64_t millionths);

#endif
