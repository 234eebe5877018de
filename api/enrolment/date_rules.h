/* Dates as ISO 8601 texts, to the end of 9999. Pure functions. */
#ifndef ANSINH_DATE_RULES_H
#define ANSINH_DATE_RULES_H

enum { DATE_ROOM = 11 };

void date_plus_days(const char *date, int days, char out[DATE_ROOM]);
/* The same day of a later month, or the last one of a shorter month (as PostgreSQL adds months). */
void date_plus_months(const char *date, int months, char out[DATE_ROOM]);

#endif
