/* Dates as ISO 8601 texts. */
#include "api/enrolment/date_rules.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Dates end with the year 9999, so that they compare as texts. */
static void write_date(int year, int month, int day, char out[DATE_ROOM])
{
    char text[40] = "9999-12-31";
    if (year <= 9999) {
        snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    }
    snprintf(out, DATE_ROOM, "%.10s", text);
}

void date_plus_days(const char *date, int days, char out[DATE_ROOM])
{
    struct tm day = {.tm_year = (int)strtol(date, NULL, 10) - 1900,
                     .tm_mon = (int)strtol(date + 5, NULL, 10) - 1,
                     .tm_mday = (int)strtol(date + 8, NULL, 10) + days};
    time_t utc = timegm(&day);
    gmtime_r(&utc, &day);
    write_date(day.tm_year + 1900, day.tm_mon + 1, day.tm_mday, out);
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month] + (month == 1 && leap);
}

void date_plus_months(const char *date, int months, char out[DATE_ROOM])
{
    int month = (int)strtol(date, NULL, 10) * 12 + (int)strtol(date + 5, NULL, 10) - 1 + months;
    int day = (int)strtol(date + 8, NULL, 10);
    int last = days_of_month(month / 12, month % 12);
    write_date(month / 12, month % 12 + 1, day < last ? day : last, out);
}
