/* Thresholds: the values that ship, by date, and how a decision of the nation replaces one. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

/* The only threshold of a standard on a day, as "85.00 1980/QĐ-TTg true", or "none". */
static const char *on(const char *standard, const char *day)
{
    struct answer list =
        expect_status(call("agent.viewer", "GET", text("/v1/thresholds?on=%s", day), NULL), 200);
    const char *found = "none";
    size_t i;
    json_t *item;
    json_array_foreach(member(list, "items"), i, item) {
        if (strcmp(json_string_value(json_object_get(item, "standard")), standard) == 0) {
            ck_assert_str_eq(found, "none");
            found = text("%.2f %s %s", json_number_value(json_object_get(item, "percent")),
                         json_string_value(json_object_get(item, "decision_number")),
                         json_is_true(json_object_get(item, "verified")) ? "true" : "false");
        }
    }
    return found;
}

static const char body[] =
    "{\"standard\":\"new_rural\",\"scheme\":\"health\",\"level\":\"commune\",\"form\":\"commune\","
    "\"percent_hundredths\":9050,\"valid_from\":\"2021-01-01\",\"valid_to\":\"%s\","
    "\"decision_number\":\"1/QĐ-TTg\",\"verified\":true}";

static void clear(void)
{
    sql_text("delete from threshold where created_by is not null");
    harness_forget();
}

START_TEST(the_values_of_the_decisions_ship)
{
    static const char *const expected[][3] = {
        {"new_rural", "2012-12-31", "none"},
        {"new_rural", "2015-12-31", "70.00 342/QĐ-TTg false"},
        {"new_rural", "2016-01-01", "85.00 1980/QĐ-TTg true"},
        {"new_rural", "2020-12-31", "85.00 1980/QĐ-TTg true"},
        {"new_rural", "2021-01-01", "90.00 318/QĐ-TTg false"},
        {"new_rural", "2026-01-01", "none"}, /* not known yet: nobody guesses */
        {"new_rural_advanced", "2020-12-31", "none"},
        {"new_rural_advanced", "2025-12-31", "95.00 318/QĐ-TTg true"},
        {"new_rural_model", "2018-06-04", "none"},
        {"new_rural_model", "2020-12-31", "95.00 691/QĐ-TTg false"},
        {"national_goal", "2026-11-22", "2.50 28-NQ/TW true"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ck_assert_str_eq(on(expected[i][0], expected[i][1]), expected[i][2]);
    }
    struct answer all = expect_status(call("commune.viewer", "GET", "/v1/thresholds", NULL), 200);
    ck_assert_uint_eq(json_array_size(member(all, "items")), 9);
}
END_TEST

START_TEST(a_later_row_replaces_one_that_began_the_same_day)
{
    expect_status(call("nation.manager", "POST", "/v1/thresholds", text(body, "2024-12-31")), 201);
    ck_assert_str_eq(on("new_rural", "2024-12-31"), "90.50 1/QĐ-TTg true");
    ck_assert_str_eq(on("new_rural", "2025-01-01"), "none"); /* and its end is the new one */
    ck_assert_str_eq(on("new_rural", "2020-12-31"), "85.00 1980/QĐ-TTg true");
}
END_TEST

START_TEST(only_the_nation_adds_one)
{
    expect_problem(call("province.manager", "POST", "/v1/thresholds", text(body, "2024-12-31")),
                   403, "forbidden");
    expect_problem(call("nation.officer", "POST", "/v1/thresholds", text(body, "2024-12-31")), 403,
                   "forbidden");
    struct answer wrong =
        call("nation.manager", "POST", "/v1/thresholds", text(body, "2020-12-31"));
    expect_problem(wrong, 422, "rule_broken");
    ck_assert_str_eq(text_member(wrong, "errors.0.pointer"), "/valid_to");
}
END_TEST

Suite *threshold_suite(void)
{
    Suite *suite = suite_create("threshold");
    TCase *tcase = tcase_create("threshold");
    tcase_add_checked_fixture(tcase, NULL, clear);
    tcase_add_test(tcase, the_values_of_the_decisions_ship);
    tcase_add_test(tcase, a_later_row_replaces_one_that_began_the_same_day);
    tcase_add_test(tcase, only_the_nation_adds_one);
    suite_add_tcase(suite, tcase);
    return suite;
}
