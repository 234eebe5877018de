/* Rules of an enrolment: today in Vietnam, how far back, what old papers know of a birth. */
#include "api/enrolment/enrolment_rules.h"

#include <stdlib.h>

#include "tests/support/suites.h"

/* 2026-01-01 00:00:00 UTC */
enum { NEW_YEAR = 1767225600, HOUR = 3600, DAY = 24 * HOUR };

static void is_today(time_t now, const char *expected)
{
    char date[11];
    business_date(now, date);
    ck_assert_str_eq(date, expected);
}

static void is_before(const char *date, int days, const char *expected)
{
    char before[11];
    days_before(date, days, before);
    ck_assert_int_eq(days_between(before, date), days);
    ck_assert_str_eq(before, expected);
}

START_TEST(the_day_begins_at_seventeen_hours_utc)
{
    is_today(NEW_YEAR - DAY + 17 * HOUR - 1, "2025-12-31");
    is_today(NEW_YEAR - DAY + 17 * HOUR, "2026-01-01");
    is_today(NEW_YEAR - 1, "2026-01-01");
    is_today(NEW_YEAR, "2026-01-01");
    is_today(NEW_YEAR + 17 * HOUR - 1, "2026-01-01");
    is_today(NEW_YEAR + 17 * HOUR, "2026-01-02");
}
END_TEST

START_TEST(today_knows_leap_days)
{
    enum { LEAP_DAY = 1709164800 /* 2024-02-29 00:00:00 UTC */ };
    is_today(LEAP_DAY, "2024-02-29");
    is_today(LEAP_DAY + 17 * HOUR - 1, "2024-02-29");
    is_today(LEAP_DAY + 17 * HOUR, "2024-03-01");
    is_today(LEAP_DAY - 7 * HOUR - 1, "2024-02-28");
}
END_TEST

START_TEST(today_does_not_depend_on_the_zone_of_the_machine)
{
    static const char *const zones[] = {"America/Los_Angeles", "Asia/Ho_Chi_Minh", "UTC",
                                        "Pacific/Kiritimati"};
    const char *before = getenv("TZ");
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        setenv("TZ", zones[i], 1);
        tzset();
        is_today(NEW_YEAR - DAY + 17 * HOUR - 1, "2025-12-31");
        is_today(NEW_YEAR - DAY + 17 * HOUR, "2026-01-01");
        is_before("2026-03-30", 1, "2026-03-29");
    }
    before ? setenv("TZ", before, 1) : unsetenv("TZ");
    tzset();
}
END_TEST

START_TEST(days_go_back_over_months_and_years)
{
    is_before("2026-11-22", 0, "2026-11-22");
    is_before("2026-11-22", 1, "2026-11-21");
    is_before("2026-11-01", 1, "2026-10-31");
    is_before("2026-11-22", BACKDATE_DAYS, "2026-10-23");
    is_before("2026-01-01", 1, "2025-12-31");
    is_before("2026-01-15", BACKDATE_DAYS, "2025-12-16");
    is_before("2026-01-01", 366, "2024-12-31");
    is_before("2000-01-01", 1, "1999-12-31");
    is_before("1970-01-01", 1, "1969-12-31");
}
END_TEST

START_TEST(days_go_back_over_leap_days)
{
    is_before("2024-03-01", 1, "2024-02-29");
    is_before("2025-03-01", 1, "2025-02-28");
    is_before("2024-03-30", BACKDATE_DAYS, "2024-02-29");
    is_before("2023-03-30", BACKDATE_DAYS, "2023-02-28");
    is_before("2100-03-01", 1, "2100-02-28");
    is_before("2025-02-28", 366, "2024-02-28");
}
END_TEST

START_TEST(only_voluntary_insurance_is_paid_by_the_month)
{
    static const struct {
        long months;
        bool vsi, hhi;
    } rows[] = {
        {-1, false, false}, {0, false, false}, {1, true, false},   {2, false, false},
        {3, true, true},    {4, false, false}, {5, false, false},  {6, true, true},
        {9, false, false},  {12, true, true},  {13, false, false}, {24, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_msg(months_fit("vsi", rows[i].months) == rows[i].vsi, "vsi %ld", rows[i].months);
        ck_assert_msg(months_fit("hhi", rows[i].months) == rows[i].hhi, "hhi %ld", rows[i].months);
    }
}
END_TEST

START_TEST(a_birth_begins_with_the_first_day_of_what_is_known)
{
    static const struct {
        const char *partial, *date, *precision;
    } rows[] = {
        {"1980", "1980-01-01", "year"},      {"1980-05", "1980-05-01", "month"},
        {"1980-05-17", "1980-05-17", "day"}, {"2024-02-29", "2024-02-29", "day"},
        {"1999-12", "1999-12-01", "month"},  {"2000-12-31", "2000-12-31", "day"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct birth birth = birth_of(rows[i].partial);
        ck_assert_str_eq(birth.date, rows[i].date);
        ck_assert_str_eq(birth.precision, rows[i].precision);
    }
}
END_TEST

Suite *enrolment_rules_suite(void)
{
    TCase *tests = tcase_create("enrolment_rules");
    tcase_add_test(tests, the_day_begins_at_seventeen_hours_utc);
    tcase_add_test(tests, today_knows_leap_days);
    tcase_add_test(tests, today_does_not_depend_on_the_zone_of_the_machine);
    tcase_add_test(tests, days_go_back_over_months_and_years);
    tcase_add_test(tests, days_go_back_over_leap_days);
    tcase_add_test(tests, only_voluntary_insurance_is_paid_by_the_month);
    tcase_add_test(tests, a_birth_begins_with_the_first_day_of_what_is_known);
    Suite *suite = suite_create("enrolment_rules");
    suite_add_tcase(suite, tests);
    return suite;
}
