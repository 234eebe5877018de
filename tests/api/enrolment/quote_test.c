/* Quotes over HTTP: what is asked, what is answered, and what is refused. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/rate_case.h"
#include "tests/support/suites.h"

static struct answer quote(const char *login, const char *scheme, int months, const char *paid_on,
                           const char *more)
{
    const char *const bare[] = {"Accept-Language: en", NULL};
    return call_with(login, "POST", "/v1/quotes",
                     text("{\"scheme\":\"%s\",\"months\":%d,\"paid_on\":\"%s\",%s}", scheme, months,
                          paid_on, more),
                     bare);
}

START_TEST(a_household_is_priced_at_once)
{
    struct answer answer =
        quote("agent.collector", "hhi", 12, "2026-11-22",
              "\"members\":[{\"label\":\"chủ hộ\"},{\"label\":\"vợ\",\"covered_until\":"
              "\"2026-12-31\"},{\"label\":\"con\",\"groups\":[{\"code\":\"pupil\"}]},{}]");
    expect_status(answer, 200);
    ck_assert_int_eq(integer_member(answer, "total.contribution"),
                     1366200 + 956340 + 1366200 + 819720);
    ck_assert_int_eq(integer_member(answer, "total.state"), 683100);
    ck_assert_int_eq(integer_member(answer, "total.participant"),
                     1366200 + 956340 + 683100 + 819720);
    ck_assert_str_eq(text_member(answer, "members.0.label"), "chủ hộ");
    ck_assert_int_eq(integer_member(answer, "members.1.position"), 2);
    ck_assert_str_eq(text_member(answer, "members.1.starts_on"), "2027-01-01");
    ck_assert(json_is_null(member(answer, "members.2.position")));
    ck_assert_str_eq(text_member(answer, "members.2.lines.1.funder"), "state");
    ck_assert_str_eq(text_member(answer, "members.2.lines.1.rule"), "hhi_support.pupil");
    ck_assert_ptr_nonnull(strstr(text_member(answer, "members.2.lines.1.legal_basis"), "188/2025"));
    ck_assert_int_eq(integer_member(answer, "members.3.position"), 3);
    ck_assert(json_is_false(member(answer, "verified")));
    ck_assert_str_eq(text_member(answer, "unverified.0"), "hhi_waiting_days.all");
}
END_TEST

START_TEST(the_place_brings_top_ups_and_islands)
{
    struct answer answer = quote("commune.viewer", "vsi", 1, "2026-11-22",
                                 "\"province\":\"79\",\"members\":[{\"groups\":[{\"code\":"
                                 "\"poor\"}]}]");
    ck_assert_int_eq(integer_member(expect_status(answer, 200), "total.province"), 99000);
    ck_assert_str_eq(text_member(answer, "province.name"), "Hồ Chí Minh");
    const char *island = sql_text("select id from unit where form = 'special_zone' limit 1");
    answer = quote("nation.viewer", "vsi", 1, "2026-11-22",
                   text("\"unit_id\":%s,\"members\":[{}]", island));
    ck_assert_str_eq(text_member(expect_status(answer, 200), "members.0.group"), "island");
    answer = quote("nation.viewer", "vsi", 1, "2026-11-22",
                   text("\"unit_id\":%s,\"province\":\"79\",\"members\":[{}]", island));
    expect_problem(answer, 422, "rule_broken");
    expect_problem(quote("nation.viewer", "vsi", 1, "2026-11-22",
                         "\"unit_id\":42,\"members\":[{}]"),
                   404, "not_found");
    expect_problem(quote("nation.viewer", "vsi", 1, "2026-11-22",
                         "\"province\":\"00\",\"members\":[{}]"),
                   404, "not_found");
}
END_TEST

/* The one thing that is wrong, as "pointer code". */
static void refused(struct answer answer, const char *expected)
{
    expect_problem(answer, 422, "rule_broken");
    ck_assert_str_eq(text("%s %s", text_member(answer, "errors.0.pointer"),
                          text_member(answer, "errors.0.code")),
                     expected);
}

START_TEST(what_is_wrong_is_said_where)
{
    const char *one = "\"members\":[{}]";
    refused(quote("agent.viewer", "hhi", 1, "2026-11-22", one), "/months enum");
    refused(quote("agent.viewer", "vsi", 5, "2026-11-22", one), "/months enum");
    refused(quote("agent.viewer", "vsi", 61, "2024-11-22", "\"method\":\"ahead\",\"members\":[{}]"),
            "/months too_large");
    refused(quote("agent.viewer", "hhi", 12, "2026-11-22", "\"method\":\"ahead\",\"members\":[{}]"),
            "/method enum");
    refused(quote("agent.viewer", "vsi", 12, "2026-11-22", "\"members\":[{},{\"income\":1000000}]"),
            "/members/1/income too_small");
    refused(quote("agent.viewer", "vsi", 12, "2026-11-22", "\"members\":[{\"income\":50600001}]"),
            "/members/0/income too_large");
    refused(quote("agent.viewer", "vsi", 12, "2024-11-22", "\"members\":[{\"income\":1500001}]"),
            "/members/0/income step");
    refused(quote("agent.viewer", "hhi", 12, "2026-11-22", "\"members\":[{\"income\":1500000}]"),
            "/members/0/income either");
    refused(quote("agent.viewer", "vsi", 12, "2026-11-22",
                  "\"members\":[{\"date_of_birth\":\"2012\"}]"),
            "/members/0/date_of_birth too_young");
    refused(quote("agent.viewer", "hhi", 12, "2026-11-22",
                  "\"members\":[{\"groups\":[{\"code\":\"trafficking_victim\"}]}]"),
            "/members/0/groups/0/since required");
}
END_TEST

START_TEST(a_missing_rate_is_named_with_its_date)
{
    struct answer answer = quote("agent.collector", "vsi", 24, "2026-11-22",
                                 "\"method\":\"missing\",\"members\":[{}]");
    expect_problem(answer, 422, "rate_missing");
    ck_assert_str_eq(text_member(answer, "errors.0.pointer"), "/paid_on");
    ck_assert_str_eq(text_member(answer, "errors.0.detail"),
                     "there is no rate vsi_fund_rate.all 2026-11-22");
}
END_TEST

START_TEST(later_rates_leave_the_price_of_a_date)
{
    static const char *const days[] = {"2018-03-01", "2021-06-30", "2024-02-29", "2026-11-22"};
    const char *before[4];
    for (int i = 0; i < 4; i++) {
        struct answer answer = quote("nation.viewer", "hhi", 12, days[i], "\"members\":[{},{}]");
        before[i] = expect_status(answer, 200).body;
    }
    struct answer list =
        call("nation.viewer", "GET", "/v1/rates?kind=reference_level&at=2031-01-01", NULL);
    expect_status(call("nation.manager", "POST", "/v1/rates",
                       text("{\"kind\":\"reference_level\",\"key\":\"all\",\"valid_from\":"
                            "\"2031-01-01\",\"value\":4000000,\"decision\":{\"number\":\"1/TEST\"},"
                            "\"verified\":true,\"replaces\":\"%s\"}",
                            text_member(expect_status(list, 200), "items.0.id"))),
                  201);
    for (int i = 0; i < 4; i++) {
        struct answer answer = quote("nation.viewer", "hhi", 12, days[i], "\"members\":[{},{}]");
        ck_assert_str_eq(expect_status(answer, 200).body, before[i]);
    }
    struct answer later = quote("nation.viewer", "hhi", 12, "2031-01-01", "\"members\":[{}]");
    ck_assert_int_eq(integer_member(expect_status(later, 200), "total.contribution"), 2160000);
}
END_TEST

Suite *quote_suite(void)
{
    Suite *suite = suite_create("quote");
    TCase *tcase = tcase_create("quote");
    tcase_add_checked_fixture(tcase, NULL, rates_as_shipped);
    tcase_add_test(tcase, a_household_is_priced_at_once);
    tcase_add_test(tcase, the_place_brings_top_ups_and_islands);
    tcase_add_test(tcase, what_is_wrong_is_said_where);
    tcase_add_test(tcase, a_missing_rate_is_named_with_its_date);
    tcase_add_test(tcase, later_rates_leave_the_price_of_a_date);
    suite_add_tcase(suite, tcase);
    return suite;
}
