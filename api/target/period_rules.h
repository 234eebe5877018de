/* Periods of plans and figures: a year, a quarter or a month. Pure functions. */
#ifndef ANSINH_PERIOD_RULES_H
#define ANSINH_PERIOD_RULES_H

#include <stdbool.h>

struct period {
    char from[40]; /* first day, ISO 8601 */
    char to[40];   /* last day */
};

/* "2026", "2026-Q4" or "2026-11"; false for anything else. */
bool period_parse(const char *text, struct period *period);

#endif
