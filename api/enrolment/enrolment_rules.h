/* Rules of an enrolment that need no database. Pure functions. */
#ifndef ANSINH_ENROLMENT_RULES_H
#define ANSINH_ENROLMENT_RULES_H

#include <stdbool.h>
#include <time.h>

/* How far back a collector may date a payment, in days (the office until the month is closed). */
enum { BACKDATE_DAYS = 30 };

/* Today in Vietnam (UTC+7, no daylight saving), as ISO 8601. */
void business_date(time_t now, char out[11]);
/* The date `days` before an ISO date. */
void days_before(const char *date, int days, char out[11]);
/* How many days `to` is after `from`, both ISO dates. */
int days_between(const char *from, const char *to);

/* The periods a scheme may be paid for in one go: voluntary insurance monthly, 3, 6 or 12 months
 * (Law 41/2024/QH15 Art. 36(2)), household health insurance 3, 6 or 12 (Law on Health Insurance
 * Art. 15(6)). */
bool months_fit(const char *scheme, long months);

struct birth {
    char date[11];         /* the first day of what is known */
    const char *precision; /* year, month or day */
};

/* "1980", "1980-05" or "1980-05-17": old papers often know only the year. The text must be a valid
 * partial date. */
struct birth birth_of(const char *partial);

#endif
