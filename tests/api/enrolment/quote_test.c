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

enum { DAYS = 5 };

/* What everybody pays on each of some days, by both schemes and in a province with top-ups. */
static void prices(const char *of[2 * DAYS])
{
    static const char *const days[DAYS] = {"2018-03-01", "2021-06-30", "2024-02-29", "2026-11-22",
                                           "2030-12-31"};
    static const char *const members =
        "\"province\":\"79\",\"members\":[{},{},{\"groups\":[{\"code\":\"near_poor\"}]}]";
    for (int i = 0; i < DAYS; i++) {
        of[i] = expect_status(quote("nation.viewer", "hhi", 12, days[i], members), 200).body;
        of[DAYS + i] = expect_status(quote("nation.viewer", "vsi", 6, days[i], members), 200).body;
    }
}

/* One more of a number of the law, from 2031 on. */
static void changes(const char *kind, const char *key, int value)
{
    struct answer list =
        call("nation.manager", "GET", text("/v1/rates?kind=%s&at=2031-01-01", kind), NULL);
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)member(expect_status(list, 200), "items"), i, item) {
        if (strcmp(json_string_value(json_object_get(item, "key")), key) == 0 &&
            json_is_null(json_object_get(item, "province"))) {
            expect_status(
                call("nation.manager", "POST", "/v1/rates",
                     text("{\"kind\":\"%s\",\"key\":\"%s\",\"valid_from\":\"2031-01-01\","
                          "\"value\":%d,\"decision\":{\"number\":\"1/TEST\"},\"verified\":"
                          "true,\"replaces\":\"%s\"}",
                          kind, key, value, json_string_value(json_object_get(item, "id")))),
                201);
            return;
        }
    }
    ck_abort_msg("no %s.%s", kind, key);
}

START_TEST(later_rates_leave_the_price_of_a_date)
{
    const char *before[2 * DAYS];
    const char *after[2 * DAYS];
    prices(before);
    changes("vsi_income_floor", "all", 3000000);
    changes("vsi_support", "near_poor", 6000);
    changes("vsi_support", "other", 2500);
    changes("hhi_support", "near_poor", 8000);
    changes("hhi_rank", "2", 9000);
    changes("hhi_gap_days", "all", 60);
    struct answer list =
        call("nation.viewer", "GET", "/v1/rates?kind=reference_level&at=2031-01-01", NULL);
    expect_status(call("nation.manager", "POST", "/v1/rates",
                       text("{\"kind\":\"reference_level\",\"key\":\"all\",\"valid_from\":"
                            "\"2031-01-01\",\"value\":4000000,\"decision\":{\"number\":\"1/TEST\"},"
                            "\"verified\":true,\"replaces\":\"%s\"}",
                            text_member(expect_status(list, 200), "items.0.id"))),
                  201);
    prices(after);
    for (int i = 0; i < 2 * DAYS; i++) {
        ck_assert_str_eq(after[i], before[i]);
    }
    struct answer later = quote("nation.viewer", "hhi", 12, "2031-01-01", "\"members\":[{}]");
    ck_assert_int_eq(integer_member(expect_status(later, 200), "total.contribution"), 2160000);
}
END_TEST

/* --- a household of the register ----------------------------------------------------------------- */

static const char *known(const char *name, const char *born)
{
    struct answer made = call("commune.officer", "POST", "/v1/people",
                              text("{\"hamlet_id\":900101,\"full_name\":\"%s\",\"date_of_birth\":"
                                   "\"%s\",\"sex\":\"female\",\"duplicate_confirmed\":true}",
                                   name, born));
    return text_member(expect_status(made, 201), "id");
}

static void belongs(const char *who, const char *group)
{
    expect_status(call("commune.officer", "POST", text("/v1/people/%s/entitlements", who),
                       text("{\"group\":\"%s\",\"from\":\"2026-01-01\",\"decision\":{\"number\":"
                            "\"1/QĐ-UBND\",\"decided_on\":\"2026-01-01\",\"issuer\":\"UBND\"}}",
                            group)),
                  201);
}

enum { GRANDMOTHER, MOTHER, PUPIL, WORKER, CHILD, FAMILY };

/* In the order of their positions: those who come last here are first there. */
static const char *household(const char *people[FAMILY])
{
    static const char *const names[] = {"Bà Nội", "Mẹ Hiền", "Cháu Học", "Cô Thợ", "Cháu Bé"};
    static const char *const born[] = {"1950", "1980", "2012", "1985", "2016"};
    const char *members = "";
    for (int i = 0; i < FAMILY; i++) {
        people[i] = known(names[i], born[i]);
        members = text("%s%s{\"person_id\":\"%s\",\"relation\":\"%s\",\"position\":%d}", members,
                       i ? "," : "", people[i], i ? "other" : "head", FAMILY - i);
    }
    struct answer made =
        call("agent.collector", "POST", "/v1/households",
             text("{\"hamlet_id\":900101,\"on\":\"2026-01-01\",\"members\":[%s]}", members));
    belongs(people[PUPIL], "pupil");
    belongs(people[WORKER], "dn");
    return text_member(expect_status(made, 201), "id");
}

static const char *line_of(struct answer answer, int n)
{
    return text("%s %s %lld", text_member(answer, text("members.%d.label", n)),
                text_member(answer, text("members.%d.group", n)),
                json_integer_value(member(answer, text("members.%d.position", n))));
}

START_TEST(a_household_of_the_register_is_priced_whole)
{
    const char *people[FAMILY];
    const char *home = household(people);
    const char *day = sql_text("select business_date()");
    sql_text("truncate audit");
    struct answer all = expect_status(
        quote("agent.viewer", "hhi", 12, day, text("\"household_id\":\"%s\"", home)), 200);
    ck_assert_str_eq(line_of(all, 0), "Cháu Bé household 1");
    ck_assert_str_eq(line_of(all, 1), "Cháu Học pupil 0");
    ck_assert_str_eq(line_of(all, 2), "Mẹ Hiền household 2");
    ck_assert_str_eq(line_of(all, 3), "Bà Nội household 3");
    ck_assert_str_eq(text_member(all, "members.3.person_id"), people[GRANDMOTHER]);
    ck_assert_int_eq(integer_member(all, "total.participant"), 1366200 + 683100 + 956340 + 819720);
    ck_assert_str_eq(text_member(all, "left_out.0.reason"), "other_payer");
    ck_assert_str_eq(text_member(all, "left_out.0.label"), "Cô Thợ");
    ck_assert_str_eq(text_member(all, "left_out.0.group"), "dn");
    ck_assert_str_eq(text_member(all, "province.code"), "68");
    ck_assert_str_eq(sql_text("select action || ' ' || cardinality(subjects) || ' ' || commune_id "
                              "from audit"),
                     "household_get 5 123173");
    struct answer voluntary = expect_status(
        quote("agent.viewer", "vsi", 12, day, text("\"household_id\":\"%s\"", home)), 200);
    ck_assert_uint_eq(json_array_size(member(voluntary, "members")), 3);
    ck_assert_str_eq(text_member(voluntary, "left_out.0.reason"), "too_young");
    ck_assert_str_eq(text_member(voluntary, "left_out.1.label"), "Cháu Học");
}
END_TEST

START_TEST(positions_taken_this_year_stay_taken)
{
    const char *people[FAMILY];
    const char *home = household(people);
    const char *day = sql_text("select business_date()");
    struct answer first = expect_status(
        call("agent.collector", "POST", "/v1/enrolments",
             text("{\"scheme\":\"hhi\",\"months\":3,\"paid_on\":\"%s\",\"person_id\":\"%s\"}", day,
                  people[GRANDMOTHER])),
        201);
    ck_assert_int_eq(integer_member(first, "price.position"), 1);
    struct answer all = expect_status(
        quote("commune.viewer", "hhi", 12, day, text("\"household_id\":\"%s\"", home)), 200);
    ck_assert_str_eq(line_of(all, 0), "Cháu Bé household 2");
    ck_assert_str_eq(line_of(all, 2), "Mẹ Hiền household 3");
    ck_assert_str_eq(line_of(all, 3), "Bà Nội household 1");
    ck_assert_str_eq(text_member(all, "members.3.starts_on"),
                     sql_text(text("select date '%s' + 1", text_member(first, "ends_on"))));
    /* what the household asks for is what each of them is asked for, in that order */
    struct answer next = expect_status(
        call("agent.collector", "POST", "/v1/enrolments",
             text("{\"scheme\":\"hhi\",\"months\":12,\"paid_on\":\"%s\",\"person_id\":\"%s\"}", day,
                  people[CHILD])),
        201);
    ck_assert_int_eq(integer_member(next, "price.participant"),
                     integer_member(all, "members.0.participant"));
    ck_assert(json_equal(member(next, "price.lines"), member(all, "members.0.lines")));
}
END_TEST

START_TEST(some_of_a_household_are_named)
{
    const char *people[FAMILY];
    const char *home = household(people);
    const char *more =
        text("\"household_id\":\"%s\",\"members\":[{\"person_id\":\"%s\"},{\"person_id\":\"%s\","
             "\"groups\":[{\"code\":\"near_poor\"}],\"label\":\"mẹ\"}]",
             home, people[WORKER], people[MOTHER]);
    struct answer two = expect_status(quote("commune.viewer", "hhi", 12, "2026-11-22", more), 200);
    ck_assert_uint_eq(json_array_size(member(two, "left_out")), 0);
    ck_assert_int_eq(integer_member(two, "members.0.position"), 1);
    ck_assert_str_eq(line_of(two, 1), "mẹ near_poor 0");
    struct answer nobody = quote("commune.viewer", "hhi", 12, "2026-11-22",
                                 text("\"household_id\":\"%s\",\"members\":[{}]", home));
    expect_problem(nobody, 422, "rule_broken");
    ck_assert_str_eq(text_member(nobody, "errors.0.pointer"), "/members/0/person_id");
    struct answer other = quote("commune.viewer", "hhi", 12, "2026-11-22",
                                text("\"household_id\":\"%s\",\"members\":[{\"person_id\":\"%s\"}]",
                                     home, known("Người Khác", "1990")));
    expect_problem(other, 404, "not_found");
    ck_assert_str_eq(text_member(other, "errors.0.pointer"), "/members/0/person_id");
    expect_problem(quote("commune.viewer", "hhi", 12, "2026-11-22", "\"province\":\"68\""), 422,
                   "rule_broken");
}
END_TEST

START_TEST(a_household_beside_is_none)
{
    static const char *const beside[] = {"neighbour.commune", "neighbour.district",
                                         "neighbour.province", "neighbour.collector"};
    const char *people[FAMILY];
    const char *more = text("\"household_id\":\"%s\"", household(people));
    for (int i = 0; i < 4; i++) {
        struct answer hidden = quote(beside[i], "hhi", 12, "2026-11-22", more);
        expect_problem(hidden, 404, "not_found");
        ck_assert_str_eq(text_member(hidden, "errors.0.pointer"), "/household_id");
    }
    expect_status(quote("nation.viewer", "hhi", 12, "2026-11-22", more), 200);
    expect_status(quote("district.viewer", "vsi", 12, "2026-11-22", more), 200);
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
    tcase_add_test(tcase, a_household_of_the_register_is_priced_whole);
    tcase_add_test(tcase, positions_taken_this_year_stay_taken);
    tcase_add_test(tcase, some_of_a_household_are_named);
    tcase_add_test(tcase, a_household_beside_is_none);
    suite_add_tcase(suite, tcase);
    return suite;
}
