/* Rates: what ships, what is in force on a day, and how the nation and a province set theirs. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/rate_case.h"
#include "tests/support/suites.h"

/* The only rate of a kind and key on a day, as "1490000 vnd true", or "none". */
static const char *on(const char *kind, const char *key, const char *day)
{
    struct answer list =
        call("agent.viewer", "GET", text("/v1/rates?kind=%s&at=%s", kind, day), NULL);
    const char *found = "none";
    size_t i;
    json_t *item;
    json_array_foreach(member(expect_status(list, 200), "items"), i, item) {
        if (strcmp(json_string_value(json_object_get(item, "key")), key) == 0) {
            ck_assert_str_eq(found, "none");
            found =
                text("%lld %s %s", (long long)json_integer_value(json_object_get(item, "value")),
                     json_string_value(json_object_get(item, "unit")),
                     json_is_true(json_object_get(item, "verified")) ? "true" : "false");
        }
    }
    return found;
}

static struct answer add(const char *login, const char *kind, const char *key, const char *more)
{
    return call(login, "POST", "/v1/rates",
                text("{\"kind\":\"%s\",\"key\":\"%s\",\"decision\":{\"number\":\"1/TEST\"},"
                     "\"verified\":true,%s}",
                     kind, key, more));
}

static struct answer end(const char *login, const char *id, const char *last_day)
{
    return call(login, "POST", text("/v1/rates/%s/end", id),
                text("{\"last_day\":\"%s\",\"decision\":{\"number\":\"2/TEST\"}}", last_day));
}

START_TEST(the_numbers_of_the_law_ship)
{
    static const char *const expected[][4] = {
        {"reference_level", "all", "2013-06-30", "none"},
        {"reference_level", "all", "2016-04-30", "1150000 vnd true"},
        {"reference_level", "all", "2016-05-01", "1210000 vnd false"},
        {"reference_level", "all", "2017-07-01", "1300000 vnd false"},
        {"reference_level", "all", "2018-07-01", "1390000 vnd false"},
        {"reference_level", "all", "2019-07-01", "1490000 vnd true"},
        {"reference_level", "all", "2023-07-01", "1800000 vnd true"},
        {"reference_level", "all", "2024-07-01", "2340000 vnd true"},
        {"reference_level", "all", "2026-06-30", "2340000 vnd true"},
        {"reference_level", "all", "2026-07-01", "2530000 vnd true"},
        {"vsi_income_floor", "all", "2021-12-31", "700000 vnd true"},
        {"vsi_income_floor", "all", "2026-12-31", "1500000 vnd true"},
        {"vsi_income_floor", "all", "2027-01-01", "2200000 vnd false"},
        {"vsi_support", "poor", "2017-12-31", "0 percent_hundredths true"},
        {"vsi_support", "near_poor", "2018-01-01", "2500 percent_hundredths true"},
        {"vsi_support", "island", "2025-07-01", "5000 percent_hundredths true"},
        {"vsi_missing_months", "all", "2025-06-30", "120 months true"},
        {"vsi_missing_months", "all", "2025-07-01", "60 months true"},
        {"vsi_fund_rate", "all", "2017-06-01", "6583 millionths true"},
        {"vsi_fund_rate", "all", "2024-06-01", "3633 millionths false"},
        {"vsi_fund_rate", "all", "2025-06-01", "none"}, /* not known: nobody guesses */
        {"hhi_support", "pupil", "2025-06-30", "3000 percent_hundredths true"},
        {"hhi_support", "pupil", "2025-07-01", "5000 percent_hundredths true"},
        {"hhi_gap_months", "all", "2025-07-01", "none"},
        {"hhi_gap_days", "all", "2025-07-01", "90 days true"},
        {"hhi_waiting_days", "all", "2026-11-22", "30 days false"},
        {"vsi_advance_lag", "all", "2026-11-22", "1 months false"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ck_assert_str_eq(on(expected[i][0], expected[i][1], expected[i][2]), expected[i][3]);
    }
}
END_TEST

START_TEST(a_province_has_its_top_ups_and_everybody_sees_them)
{
    struct answer list = call("neighbour.commune", "GET",
                              "/v1/rates?kind=hhi_top_up&at=2026-11-22&province=66", NULL);
    ck_assert_uint_eq(json_array_size(member(expect_status(list, 200), "items")), 5);
    ck_assert_str_eq(text_member(list, "items.0.province.code"), "66");
    list = expect_status(call("agent.collector", "GET",
                              "/v1/rates?kind=hhi_support&at=2026-11-22&province=66", NULL),
                         200);
    ck_assert_uint_eq(json_array_size(member(list, "items")), 11);
    ck_assert(json_is_null(member(list, "items.0.province")));
    list = expect_status(call("agent.collector", "GET", "/v1/rate-keys", NULL), 200);
    ck_assert_uint_gt(json_array_size(member(list, "items")), 50);
}
END_TEST

START_TEST(a_later_rate_replaces_the_one_before_and_both_stay)
{
    const char *old =
        text_member(expect_status(call("nation.viewer", "GET",
                                       "/v1/rates?kind=reference_level&at=2030-01-01", NULL),
                                  200),
                    "items.0.id");
    expect_problem(add("nation.manager", "reference_level", "all",
                       "\"valid_from\":\"2030-01-01\",\"value\":3000000"),
                   409, "duplicate");
    expect_problem(add("nation.manager", "reference_level", "all",
                       text("\"valid_from\":\"2026-10-01\",\"value\":1,\"replaces\":\"%s\"", old)),
                   409, "duplicate"); /* the past stays, so the old one is not ended either */
    struct answer made =
        add("nation.manager", "reference_level", "all",
            text("\"valid_from\":\"2030-01-01\",\"value\":3000000,\"replaces\":\"%s\"", old));
    expect_status(made, 201);
    ck_assert_str_eq(on("reference_level", "all", "2029-12-31"), "2530000 vnd true");
    ck_assert_str_eq(on("reference_level", "all", "2030-01-01"), "3000000 vnd true");
    struct answer history = expect_status(
        call("nation.viewer", "GET", "/v1/rates?kind=reference_level&history=true", NULL), 200);
    ck_assert_uint_eq(json_array_size(member(history, "items")), 9);
    ck_assert_str_eq(text_member(history, "items.7.valid_to"), "2029-12-31");
    ck_assert_str_eq(text_member(history, "items.7.ended.decision_number"), "1/TEST");
}
END_TEST

START_TEST(a_province_sets_its_own_and_nothing_else)
{
    const char *more = "\"valid_from\":\"2026-12-01\",\"value\":3000";
    struct answer made =
        expect_status(add("province.manager", "hhi_top_up", "near_poor", more), 201);
    const char *id = text_member(made, "id");
    ck_assert_str_eq(text_member(made, "province.code"), "68");
    expect_problem(add("province.manager", "hhi_top_up", "near_poor", more), 409, "duplicate");
    expect_status(add("neighbour.province", "hhi_top_up", "near_poor", more), 201);
    expect_problem(add("province.manager", "hhi_support", "near_poor", more), 403, "forbidden");
    expect_problem(add("nation.manager", "hhi_top_up", "near_poor", more), 403, "forbidden");
    expect_problem(add("province.officer", "hhi_top_up", "pupil", more), 403, "forbidden");
    expect_problem(add("district.manager", "hhi_top_up", "pupil", more), 403, "forbidden");
    expect_problem(add("province.manager", "hhi_top_up", "poor", more), 404, "not_found");
    struct answer wrong = add("province.manager", "hhi_top_up", "pupil",
                              "\"valid_from\":\"2026-12-01\",\"value\":10001");
    expect_problem(wrong, 422, "rule_broken");
    ck_assert_str_eq(text_member(wrong, "errors.0.code"), "too_large");
    expect_problem(end("neighbour.province", id, "2027-01-01"), 403, "forbidden");
    expect_problem(end("nation.manager", id, "2027-01-01"), 403, "forbidden");
    expect_problem(end("province.manager", "01900000-0000-7000-8000-000000000000", "2027-01-01"),
                   404, "not_found");
}
END_TEST

START_TEST(an_end_is_once_and_never_in_the_past)
{
    const char *id = text_member(expect_status(add("province.manager", "vsi_top_up", "poor",
                                                   "\"valid_from\":\"2026-01-01\",\"value\":1000"),
                                               201),
                                 "id");
    struct answer past = end("province.manager", id, sql_text("select business_date() - 2"));
    expect_problem(past, 422, "rule_broken");
    ck_assert_str_eq(text_member(past, "errors.0.pointer"), "/last_day");
    struct answer ended = expect_status(end("province.manager", id, "2036-12-31"), 200);
    ck_assert_str_eq(text_member(ended, "valid_to"), "2036-12-31");
    expect_problem(end("province.manager", id, "2036-12-31"), 409, "wrong_status");
    ck_assert_str_eq(on("vsi_top_up", "poor", "2037-01-01"), "3000 percent_hundredths true");
}
END_TEST

START_TEST(what_has_not_begun_can_be_withdrawn)
{
    const char *more = "\"valid_from\":\"2036-01-01\",\"value\":1000";
    struct answer made = expect_status(add("province.manager", "vsi_top_up", "other", more), 201);
    expect_status(
        end("province.manager", text_member(made, "id"), sql_text("select business_date()")), 200);
    ck_assert_str_eq(on("vsi_top_up", "other", "2036-01-01"), "none");
    expect_status(add("province.manager", "vsi_top_up", "other", more), 201);
}
END_TEST

START_TEST(a_list_is_of_a_day_or_of_a_kind)
{
    expect_problem(call("nation.viewer", "GET", "/v1/rates?history=true", NULL), 400,
                   "invalid_request");
    expect_problem(call("nation.viewer", "GET",
                        "/v1/rates?history=true&kind=hhi_rate&at=2026-01-01", NULL),
                   400, "invalid_request");
}
END_TEST

/* The gate decides from its own table when a card begins and until when somebody counts: the same
 * numbers. */
START_TEST(the_gate_and_the_quotes_know_the_same_waiting_and_due_dates)
{
    ck_assert_str_eq(
        sql_text(
            "select count(*) from participation_rule p join rate r on r.valid && p.valid and "
            "not isempty(r.valid) where p.scheme = 'vsi' and r.kind = 'vsi_method' and r.key = "
            "p.months::text and make_interval(months => r.value::int) <> p.grace or "
            "p.scheme = 'hhi' and r.kind = 'hhi_waiting_days' and r.value <> p.waiting_days or "
            "p.scheme = 'hhi' and r.kind = 'hhi_gap_days' and "
            "make_interval(days => r.value::int) <> p.gap or p.scheme = 'hhi' and r.kind = "
            "'hhi_gap_months' and make_interval(months => r.value::int) <> p.gap"),
        "0");
}
END_TEST

Suite *price_rate_suite(void)
{
    Suite *suite = suite_create("price_rate");
    TCase *tcase = tcase_create("price_rate");
    tcase_add_checked_fixture(tcase, NULL, rates_as_shipped);
    tcase_add_test(tcase, the_numbers_of_the_law_ship);
    tcase_add_test(tcase, a_province_has_its_top_ups_and_everybody_sees_them);
    tcase_add_test(tcase, a_later_rate_replaces_the_one_before_and_both_stay);
    tcase_add_test(tcase, a_province_sets_its_own_and_nothing_else);
    tcase_add_test(tcase, an_end_is_once_and_never_in_the_past);
    tcase_add_test(tcase, what_has_not_begun_can_be_withdrawn);
    tcase_add_test(tcase, a_list_is_of_a_day_or_of_a_kind);
    tcase_add_test(tcase, the_gate_and_the_quotes_know_the_same_waiting_and_due_dates);
    suite_add_tcase(suite, tcase);
    return suite;
}
