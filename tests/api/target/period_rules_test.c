/* Periods: a year, a quarter or a month, and nothing else. */
#include "api/target/period_rules.h"

#include "tests/support/suites.h"

static void is_period(const char *text, const char *from, const char *to)
{
    struct period period;
    ck_assert_msg(period_parse(text, &period), "%s", text);
    ck_assert_str_eq(period.from, from);
    ck_assert_str_eq(period.to, to);
}

START_TEST(a_year_goes_from_january_to_december)
{
    is_period("2026", "2026-01-01", "2026-12-31");
    is_period("1900", "1900-01-01", "1900-12-31");
    is_period("2199", "2199-01-01", "2199-12-31");
}
END_TEST

START_TEST(a_quarter_has_three_months)
{
    is_period("2026-Q1", "2026-01-01", "2026-03-31");
    is_period("2026-Q2", "2026-04-01", "2026-06-30");
    is_period("2026-Q3", "2026-07-01", "2026-09-30");
    is_period("2026-Q4", "2026-10-01", "2026-12-31");
}
END_TEST

START_TEST(a_month_ends_on_its_last_day)
{
    is_period("2026-01", "2026-01-01", "2026-01-31");
    is_period("2026-02", "2026-02-01", "2026-02-28");
    is_period("2026-03", "2026-03-01", "2026-03-31");
    is_period("2026-04", "2026-04-01", "2026-04-30");
    is_period("2026-05", "2026-05-01", "2026-05-31");
    is_period("2026-06", "2026-06-01", "2026-06-30");
    is_period("2026-07", "2026-07-01", "2026-07-31");
    is_period("2026-08", "2026-08-01", "2026-08-31");
    is_period("2026-09", "2026-09-01", "2026-09-30");
    is_period("2026-10", "2026-10-01", "2026-10-31");
    is_period("2026-11", "2026-11-01", "2026-11-30");
    is_period("2026-12", "2026-12-01", "2026-12-31");
}
END_TEST

START_TEST(february_is_longer_in_leap_years)
{
    is_period("2024-02", "2024-02-01", "2024-02-29");
    is_period("2000-02", "2000-02-01", "2000-02-29");
    is_period("2025-02", "2025-02-01", "2025-02-28");
    is_period("1900-02", "1900-02-01", "1900-02-28");
    is_period("2100-02", "2100-02-01", "2100-02-28");
    is_period("2024-Q1", "2024-01-01", "2024-03-31");
}
END_TEST

START_TEST(anything_else_is_no_period)
{
    static const char *const texts[] = {
        "",
        "2",
        "20",
        "202",
        "20266",
        "02026",
        " 2026",
        "2026 ",
        "+2026",
        "-2026",
        "+202",
        "-202",
        " 202",
        "1899",
        "2200",
        "0000",
        "9999",
        "abcd",
        "0x7e",
        "2026-",
        "2026-0",
        "2026-1",
        "2026-00",
        "2026-13",
        "2026-99",
        "2026-011",
        "2026-1a",
        "2026-+1",
        "2026- 1",
        "2026--1",
        "2026-01-",
        "2026-01-01",
        "202601",
        "2026/01",
        "2026.5",
        "2026-Q",
        "2026-Q0",
        "2026-Q5",
        "2026-Q9",
        "2026-q1",
        "2026-Q11",
        "2026-Q1 ",
        "2026Q1",
        "Q1-2026",
        "2026-1Q",
        "2026-QQ",
        "99999999999999999999",
        "2026-W01",
        "2026-01 ",
        "2026\n",
        "2026-Q1\n",
        "２０２６",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct period period;
        ck_assert_msg(!period_parse(texts[i], &period), "'%s'", texts[i]);
    }
}
END_TEST

Suite *period_rules_suite(void)
{
    TCase *tests = tcase_create("period_rules");
    tcase_add_test(tests, a_year_goes_from_january_to_december);
    tcase_add_test(tests, a_quarter_has_three_months);
    tcase_add_test(tests, a_month_ends_on_its_last_day);
    tcase_add_test(tests, february_is_longer_in_leap_years);
    tcase_add_test(tests, anything_else_is_no_period);
    Suite *suite = suite_create("period_rules");
    suite_add_tcase(suite, tests);
    return suite;
}
