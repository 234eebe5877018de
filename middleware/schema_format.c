/* The formats that the contract may name. */
#include "middleware/schema_internal.h"

#include <string.h>

enum { FIRST_YEAR = 1900, LAST_YEAR = 2199, LAST_OFFSET_HOUR = 14 };

/* Reads exactly `count` digits as a number from `low` to `high` and steps over them. */
static bool read_number(const char **at, int count, int low, int high, int *number)
{
    *number = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9') {
            return false;
        }
        *number = *number * 10 + (**at - '0');
    }
    return *number >= low && *number <= high;
}

static bool read_mark(const char **at, char mark)
{
    if (**at != mark) {
        return false;
    }
    (*at)++;
    return true;
}

static int days_of(int year, int month)
{
    static const int days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month] + (month == 2 && leap);
}

static bool read_month(const char **at, int *year, int *month)
{
    return read_number(at, 4, FIRST_YEAR, LAST_YEAR, year) && read_mark(at, '-') &&
           read_number(at, 2, 1, 12, month);
}

static bool read_date(const char **at)
{
    int year;
    int month;
    int day;
    return read_month(at, &year, &month) && read_mark(at, '-') &&
           read_number(at, 2, 1, days_of(year, month), &day);
}

/* No leap seconds: the database would turn them into the next minute anyway. */
static bool read_time(const char **at)
{
    int number;
    if (!read_number(at, 2, 0, 23, &number) || !read_mark(at, ':') ||
        !read_number(at, 2, 0, 59, &number) || !read_mark(at, ':') ||
        !read_number(at, 2, 0, 59, &number)) {
        return false;
    }
    if (!read_mark(at, '.')) {
        return true;
    }
    size_t digits = strspn(*at, "0123456789");
    *at += digits;
    return digits >= 1 && digits <= 9;
}

/* Z or an offset that some place on Earth has; PostgreSQL refuses larger ones with an error. */
static bool read_offset(const char **at)
{
    int number;
    if (read_mark(at, 'Z')) {
        return true;
    }
    return (read_mark(at, '+') || read_mark(at, '-')) &&
           read_number(at, 2, 0, LAST_OFFSET_HOUR, &number) && read_mark(at, ':') &&
           read_number(at, 2, 0, 59, &number);
}

static bool is_date(const char *text)
{
    return read_date(&text) && *text == '\0';
}

static bool is_date_time(const char *text)
{
    return read_date(&text) && read_mark(&text, 'T') && read_time(&text) && read_offset(&text) &&
           *text == '\0';
}

static bool is_month(const char *text)
{
    int year;
    int month;
    return read_month(&text, &year, &month) && *text == '\0';
}

static bool is_year(const char *text)
{
    int year;
    return read_number(&text, 4, FIRST_YEAR, LAST_YEAR, &year) && *text == '\0';
}

/* Of many people only the year or the month of birth is known. */
static bool is_partial_date(const char *text)
{
    return is_year(text) || is_month(text) || is_date(text);
}

static bool is_uuid(const char *text)
{
    static const size_t runs[] = {8, 4, 4, 4, 12};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        if ((i > 0 && !read_mark(&text, '-')) ||
            strspn(text, "0123456789abcdefABCDEF") != runs[i]) {
            return false;
        }
        text += runs[i];
    }
    return *text == '\0';
}

static const struct format formats[] = {
    {"date", is_date},   {"date-time", is_date_time},
    {"month", is_month}, {"partial-date", is_partial_date},
    {"uuid", is_uuid},
};

const struct format *format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            return &formats[i];
        }
    }
    return NULL;
}
