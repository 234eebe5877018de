/* The book of rates of a day, and how money is computed from it. */
#include "api/enrolment/rate_rules.h"

#include <stdlib.h>
#include <string.h>

static int compare_row(const void *wanted, const void *row)
{
    const struct rate_row *a = wanted;
    const struct rate_row *b = row;
    int kinds = strcmp(a->kind, b->kind);
    return kinds ? kinds : strcmp(a->key, b->key);
}

const struct rate_row *rate_find(const struct rate_book *book, const char *kind, const char *key)
{
    struct rate_row wanted = {.kind = kind, .key = key};
    return book->count
               ? bsearch(&wanted, book->rows, (size_t)book->count, sizeof wanted, compare_row)
               : NULL;
}

int64_t share_of(int64_t amount, int64_t part, int64_t whole)
{
    if (whole == 0) {
        return 0;
    }
    __int128 product = (__int128)amount * part;
    return (int64_t)((2 * product + whole) / (2 * (__int128)whole));
}

int64_t percent_of(int64_t amount, int64_t hundredths)
{
    return share_of(amount, hundredths, HUNDREDTHS);
}

/* Factors are whole numbers of 10^-18, so that no month is a fraction of a binary number. */
#define FACTOR_ONE ((__int128)1000000000000000000)
#define MILLION ((__int128)1000000)

static int64_t lump(int64_t monthly, __int128 factors)
{
    return (int64_t)((2 * (__int128)monthly * factors + FACTOR_ONE) / (2 * FACTOR_ONE));
}

int64_t lump_ahead(int64_t monthly, int count, int64_t millionths, int lag)
{
    __int128 factor = FACTOR_ONE;
    __int128 sum = 0;
    for (int month = 1; month <= count; month++) {
        if (month > lag) {
            factor = factor * MILLION / (MILLION + millionths);
        }
        sum += factor;
    }
    return lump(monthly, sum);
}

int64_t lump_missing(int64_t monthly, int count, int64_t millionths)
{
    __int128 factor = FACTOR_ONE;
    __int128 sum = 0;
    for (int month = 1; month <= count; month++) {
        factor = factor * (MILLION + millionths) / MILLION;
        sum += factor;
    }
    return lump(monthly, sum);
}
