/* Lump sums: months ahead and missing months, priced as quoted, what they cover and what they count. */
#include <string.h>

#include "tests/support/figures.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"

/* The fund's rate of this year is known; that of later years is not. */
#define PAID_ON "2024-05-10"

static const char *terms(const char *method, int months, const char *paid_on)
{
    return text("\"scheme\":\"vsi\",\"method\":\"%s\",\"months\":%d,\"paid_on\":\"%s\"", method,
                months, paid_on);
}

static struct answer enrol(const char *login, const char *of)
{
    return call(
        login, "POST", "/v1/enrolments",
        text("{%s,\"hamlet_id\":900101,\"person\":{\"full_name\":\"Ka Trọn\",\"date_of_birth\":"
             "\"1966\",\"sex\":\"female\",\"duplicate_confirmed\":true}}",
             of));
}

static struct answer again(const char *person, const char *of)
{
    return call("commune.officer", "POST", "/v1/enrolments",
                text("{%s,\"person_id\":\"%s\"}", of, person));
}

static struct answer quote(const char *of)
{
    const char *const bare[] = {NULL};
    return expect_status(call_with("commune.officer", "POST", "/v1/quotes",
                                   text("{%s,\"province\":\"68\",\"members\":[{}]}", of), bare),
                         200);
}

static json_int_t figure(const char *indicator, const char *at)
{
    struct answer answer =
        call("commune.viewer", "GET",
             text("/v1/progress?indicator=%s&period=%.4s&at=%s", indicator, at, at), NULL);
    return integer_member(expect_status(answer, 200), "self.achieved");
}

static const char *kind_of(struct answer answer)
{
    return text_member(expect_status(answer, 201), "kind");
}

START_TEST(months_ahead_cost_what_was_quoted)
{
    struct answer quoted = quote(terms("ahead", 24, PAID_ON));
    struct answer made = expect_status(enrol("commune.officer", terms("ahead", 24, PAID_ON)), 201);
    ck_assert_str_eq(text_member(made, "method"), "ahead");
    ck_assert_int_eq(integer_member(made, "months"), 24);
    ck_assert(json_equal(member(made, "price.lines"), member(quoted, "members.0.lines")));
    ck_assert_int_eq(integer_member(made, "price.participant"),
                     integer_member(quoted, "total.participant"));
    ck_assert_int_lt(integer_member(made, "price.contribution"), 24 * 330000);
    ck_assert_str_eq(text_member(made, "starts_on"), PAID_ON);
    ck_assert_str_eq(text_member(made, "ends_on"), "2026-05-09");
    ck_assert_str_eq(text_member(quoted, "members.0.ends_on"), "2026-05-09");
    struct answer listed = call("commune.viewer", "GET", "/v1/enrolments?limit=1", NULL);
    ck_assert_str_eq(text_member(expect_status(listed, 200), "items.0.method"), "ahead");
}
END_TEST

START_TEST(months_ahead_cover_until_their_last_day)
{
    static const char *const days[] = {PAID_ON, "2026-05-09", "2026-05-10"};
    json_int_t before[3];
    for (int i = 0; i < 3; i++) {
        before[i] = figure("vsi_participants", days[i]);
    }
    struct answer made = expect_status(enrol("commune.officer", terms("ahead", 24, PAID_ON)), 201);
    const char *person = text_member(made, "person.id");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(figure("vsi_participants", days[i]), before[i] + (i < 2));
    }
    ck_assert_str_eq(kind_of(again(person, terms("period", 12, "2026-05-10"))), "return");
    const char *in_time = text_member(
        expect_status(enrol("commune.officer", terms("ahead", 24, PAID_ON)), 201), "person.id");
    struct answer next = expect_status(again(in_time, terms("period", 12, "2026-05-09")), 201);
    ck_assert_str_eq(text_member(next, "kind"), "renewal");
    ck_assert_str_eq(text_member(next, "starts_on"), "2026-05-10");
    expect_problem(again(in_time, terms("period", 2, "2026-05-09")), 422, "rule_broken");
    figures_agree();
}
END_TEST

START_TEST(missing_months_are_money_and_cover_no_day)
{
    json_int_t people = figure("vsi_participants", PAID_ON);
    json_int_t joined = figure("vsi_new", PAID_ON);
    json_int_t money = figure("collected", PAID_ON);
    struct answer quoted = quote(terms("missing", 30, PAID_ON));
    struct answer made =
        expect_status(enrol("commune.officer", terms("missing", 30, PAID_ON)), 201);
    const char *id = text_member(made, "id");
    ck_assert_str_eq(text_member(made, "kind"), "new");
    ck_assert(json_is_null(member(made, "starts_on")) && json_is_null(member(made, "ends_on")));
    ck_assert(json_equal(member(made, "price.lines"), member(quoted, "members.0.lines")));
    ck_assert_int_gt(integer_member(made, "price.participant"), 30 * 330000);
    ck_assert_int_eq(integer_member(made, "price.support_months"), 0);
    ck_assert_int_eq(figure("vsi_participants", PAID_ON), people);
    ck_assert_int_eq(figure("vsi_new", PAID_ON), joined + 1);
    ck_assert_int_eq(figure("collected", PAID_ON),
                     money + integer_member(made, "price.participant"));
    figures_agree();
    expect_status(call("district.officer", "POST", text("/v1/enrolments/%s/accept", id), NULL),
                  200);
    figures_agree();
    expect_status(call("commune.officer", "POST", text("/v1/enrolments/%s/void", id),
                       "{\"reason\":\"Ghi nhầm\"}"),
                  200);
    figures_agree();
}
END_TEST

START_TEST(a_receipt_for_missing_months_names_no_days)
{
    struct answer made = expect_status(enrol("agency.manager", terms("missing", 12, PAID_ON)), 201);
    struct answer printed =
        call("agency.manager", "GET",
             text("/v1/receipts/%s/print", text_member(made, "receipt.id")), NULL);
    ck_assert_ptr_nonnull(
        strstr(text_member(expect_status(printed, 200), "lines.4"), "12 tháng (đóng bù): "));
}
END_TEST

START_TEST(missing_months_are_what_the_coverage_says)
{
    const char *person = text_member(
        expect_status(enrol("commune.officer", terms("missing", 24, PAID_ON)), 201), "person.id");
    ck_assert_str_eq(kind_of(again(person, terms("missing", 12, PAID_ON))), "return");
    const char *covered =
        text_member(expect_status(enrol("commune.officer", terms("period", 12, "2023-05-10")), 201),
                    "person.id");
    ck_assert_str_eq(kind_of(again(covered, terms("missing", 12, "2024-05-09"))), "renewal");
    ck_assert_str_eq(kind_of(again(covered, terms("missing", 12, "2024-12-10"))), "return");
    figures_agree();
}
END_TEST

START_TEST(a_draft_keeps_its_method_whoever_submits_it)
{
    static const char *const methods[] = {"ahead", "missing"};
    for (int i = 0; i < 2; i++) {
        struct answer draft = expect_status(
            enrol("commune.officer", text("%s,\"draft\":true", terms(methods[i], 24, PAID_ON))),
            201);
        ck_assert_str_eq(text_member(draft, "method"), methods[i]);
        json_int_t people = figure("vsi_participants", PAID_ON);
        struct answer posted =
            expect_status(call("commune.manager", "POST",
                               text("/v1/enrolments/%s/submit", text_member(draft, "id")), "{}"),
                          200);
        ck_assert_str_eq(text_member(posted, "kind"), "new");
        ck_assert(json_is_null(member(posted, "starts_on")) == (i == 1));
        ck_assert_int_eq(figure("vsi_participants", PAID_ON), people + (i == 0));
    }
    figures_agree();
}
END_TEST

/* What is wrong with the months, as "pointer code". */
static void refused(const char *of, const char *expected)
{
    struct answer answer = enrol("commune.officer", of);
    expect_problem(answer, 422, "rule_broken");
    ck_assert_str_eq(text("%s %s", text_member(answer, "errors.0.pointer"),
                          text_member(answer, "errors.0.code")),
                     expected);
}

START_TEST(each_method_has_its_months)
{
    refused(terms("period", 24, PAID_ON), "/months enum");
    refused(terms("ahead", 12, PAID_ON), "/months too_small");
    refused(terms("ahead", 61, PAID_ON), "/months too_large");
    refused(terms("missing", 61, "2025-07-01"), "/months too_large");
    refused("\"scheme\":\"hhi\",\"method\":\"ahead\",\"months\":24,\"paid_on\":\"" PAID_ON "\"",
            "/method enum");
    refused("\"scheme\":\"hhi\",\"method\":\"missing\",\"months\":3,\"paid_on\":\"" PAID_ON "\"",
            "/method enum");
    expect_problem(enrol("commune.officer", terms("ahead", 24, "2026-11-20")), 422, "rate_missing");
    expect_problem(enrol("commune.officer", terms("ahead", 121, PAID_ON)), 400, "invalid_request");
    ck_assert_int_eq(
        integer_member(expect_status(enrol("commune.officer", terms("missing", 120, "2024-05-11")),
                                     201),
                       "months"),
        120);
}
END_TEST

START_TEST(lump_sums_are_not_paid_back_by_the_rule_of_periods)
{
    static const char *const problems[] = {"rule_missing", "rule_broken"};
    static const char *const methods[] = {"ahead", "missing"};
    const char *const bare[] = {NULL};
    for (int i = 0; i < 2; i++) {
        struct answer made =
            expect_status(enrol("commune.officer", terms(methods[i], 36, PAID_ON)), 201);
        struct answer refund =
            call_with("district.officer", "POST",
                      text("/v1/enrolments/%s/refund-quote", text_member(made, "id")),
                      "{\"reason\":\"death\",\"happened_on\":\"2026-01-01\"}", bare);
        expect_problem(refund, 422, problems[i]);
    }
}
END_TEST

Suite *lump_sum_suite(void)
{
    Suite *suite = suite_create("lump_sum");
    TCase *tcase = tcase_create("lump_sum");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, figures_begin, NULL);
    tcase_add_test(tcase, months_ahead_cost_what_was_quoted);
    tcase_add_test(tcase, months_ahead_cover_until_their_last_day);
    tcase_add_test(tcase, missing_months_are_money_and_cover_no_day);
    tcase_add_test(tcase, a_receipt_for_missing_months_names_no_days);
    tcase_add_test(tcase, missing_months_are_what_the_coverage_says);
    tcase_add_test(tcase, a_draft_keeps_its_method_whoever_submits_it);
    tcase_add_test(tcase, each_method_has_its_months);
    tcase_add_test(tcase, lump_sums_are_not_paid_back_by_the_rule_of_periods);
    suite_add_tcase(suite, tcase);
    return suite;
}
