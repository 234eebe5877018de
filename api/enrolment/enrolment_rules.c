/* Rules of an enrolment that need no database. */
#include "api/enrolment/enrolment_rules.h"

#include <stdlib.h>
#include <string.h>

static void iso_date(time_t utc, char out[11])
{
    struct tm day;
    gmtime_r(&utc, &day);
    strftime(out, 11, "%Y-%m-%d", &day);
}

void business_date(time_t now, char out[11])
{
    iso_date(now + 7 * 3600, out);
}

/* Midnight of the date `days` before an ISO date. */
static time_t midnight(const char *date, int days)
{
    struct tm day = {.tm_year = (int)strtol(date, NULL, 10) - 1900,
                     .tm_mon = (int)strtol(date + 5, NULL, 10) - 1,
                     .tm_mday = (int)strtol(date + 8, NULL, 10) - days};
    return timegm(&day);
}

void days_before(const char *date, int days, char out[11])
{
    iso_date(midnight(date, days), out);
}

int days_between(const char *from, const char *to)
{
    return (int)((midnight(to, 0) - midnight(from, 0)) / 86400);
}

bool months_fit(const char *scheme, long months)
{
    bool longer = months == 3 || months == 6 || months == 12;
    return longer || (months == 1 && strcmp(scheme, "vsi") == 0);
}

struct birth birth_of(const char *partial)
{
    struct birth birth = {.date = "0000-01-01"};
    size_t size = strnlen(partial, sizeof birth.date - 1);
    memcpy(birth.date, partial, size);
    birth.precision = size == 4 ? "year" : size == 7 ? "month" : "day";
    return birth;
}
