/* Periods of plans and figures. */
#include "api/target/period_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool period_parse(const char *text, struct period *period)
{
    char *end = NULL;
    long year = strtol(text, &end, 10);
    int first = 1;
    int last = 12;
    if (end != text + 4 || year < 1900 || year > 2199) {
        return false;
    }
    if (strncmp(end, "-Q", 2) == 0 && end[2] >= '1' && end[2] <= '4' && !end[3]) {
        first = (end[2] - '1') * 3 + 1;
        last = first + 2;
    } else if (end[0] == '-' && strlen(end) == 3 && strspn(end + 1, "0123456789") == 2) {
        first = last = (int)strtol(end + 1, NULL, 10);
    } else if (*end) {
        return false;
    }
    if (first < 1 || last > 12) {
        return false;
    }
    snprintf(period->from, sizeof period->from, "%04ld-%02d-01", year, first);
    snprintf(period->to, sizeof period->to, "%04ld-%02d-%02d", year, last,
             days_in((int)year, last));
    return true;
}
