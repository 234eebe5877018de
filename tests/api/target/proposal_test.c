/* Proposals by the people who live somewhere, and by those who are not covered yet. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

enum { COMMUNES = 5, QUANTITY = 1000 };

/* By code, as a proposal lists them. */
static const int communes[COMMUNES] = {123149, 123152, 123158, 123173, 123188};
static const int people[COMMUNES] = {14205, 9101, 12007, 8003, 20011};
static const int covered[COMMUNES] = {13205, 9101, 12500, 4000, 15000};

static char held[37];

static void record(const char *path, const char *what, int unit, int number)
{
    expect_status(call("district.officer", "POST", path,
                       text("{\"unit_id\":%d,%s,\"on\":\"2026-01-01\",\"people\":%d,"
                            "\"source\":\"a\"}",
                            unit, what, number)),
                  201);
}

static void populate(const char *kind, int from)
{
    for (int i = from; i < COMMUNES; i++) {
        record("/v1/populations", text("\"kind\":\"%s\"", kind), communes[i], people[i]);
    }
}

static void report(const char *indicator, int from)
{
    for (int i = from; i < COMMUNES; i++) {
        record("/v1/reported-counts", text("\"indicator\":\"%s\"", indicator), communes[i],
               covered[i]);
    }
}

static void plan(const char *indicator)
{
    struct answer made =
        call("district.manager", "POST", "/v1/plans",
             text("{\"indicator\":\"%s\",\"period\":\"2031\",\"assigner\":\"people_council\","
                  "\"decision\":{\"number\":\"p\",\"decided_on\":\"2026-01-04\"},\"quantity\":%d}",
                  indicator, QUANTITY));
    snprintf(held, sizeof held, "%s", text_member(expect_status(made, 201), "assignment.id"));
}

static struct answer propose(const char *login, const char *cut, const char *by)
{
    return call_with(login, "POST", text("/v1/assignments/%s/propose", held),
                     text("{\"cut\":\"%s\",\"by\":\"%s\"}", cut, by), NULL);
}

static void clear(void)
{
    sql_text("delete from population");
    sql_text("delete from reported_count");
    for (int pass = 0; pass < 2; pass++) { /* the parts, then the roots */
        sql_text("delete from cut_total t using assignment a where a.id = t.assignment_id and "
                 "a.starts_on = '2031-01-01'");
        sql_text("delete from assignment_entry t using assignment a where a.id = t.assignment_id "
                 "and a.starts_on = '2031-01-01'");
        sql_text(text("delete from assignment where starts_on = '2031-01-01' and (parent_id is "
                      "not null or %d = 1)",
                      pass));
    }
    sql_text("delete from plan where starts_on = '2031-01-01'");
    harness_forget();
}

/* Exact to the unit: nobody is a whole unit away from the proportion, and the sum is the quantity. */
static void check_parts(struct answer proposal, const int *weights)
{
    double total = 0;
    json_int_t sum = 0;
    for (int i = 0; i < COMMUNES; i++) {
        total += weights[i];
    }
    ck_assert_uint_eq(json_array_size(member(expect_status(proposal, 200), "parts")), COMMUNES);
    for (int i = 0; i < COMMUNES; i++) {
        json_int_t quantity = integer_member(proposal, text("parts.%d.quantity", i));
        double away = (double)quantity - QUANTITY * weights[i] / total;
        ck_assert_int_eq(integer_member(proposal, text("parts.%d.unit_id", i)), communes[i]);
        ck_assert_int_eq(integer_member(proposal, text("parts.%d.weight", i)), weights[i]);
        ck_assert_msg(away < 1 && away > -1, "%d: %lld", communes[i], (long long)quantity);
        sum += quantity;
    }
    ck_assert_int_eq(sum, QUANTITY);
    ck_assert_int_eq(integer_member(proposal, "quantity"), QUANTITY);
}

START_TEST(by_population_and_then_split_as_proposed)
{
    plan("hhi_new");
    populate("total", 0);
    struct answer proposal = propose("district.manager", "territory", "population");
    check_parts(proposal, people);
    const char *parts = "";
    for (int i = 0; i < COMMUNES; i++) {
        parts = text("%s%s{\"unit_id\":%d,\"quantity\":%lld}", parts, i ? "," : "", communes[i],
                     (long long)integer_member(proposal, text("parts.%d.quantity", i)));
    }
    struct answer divided = call("district.manager", "POST", text("/v1/assignments/%s/split", held),
                                 text("{\"cut\":\"territory\",\"parts\":[%s]}", parts));
    ck_assert_int_eq(integer_member(expect_status(divided, 201), "unallocated"), 0);
}
END_TEST

START_TEST(by_those_who_are_not_covered_yet)
{
    static const int weights[COMMUNES] = {1000, 0, 0, 4003, 5011};
    plan("hhi_new");
    populate("total", 0);
    report("health_cards", 0);
    check_parts(propose("district.manager", "territory", "uncovered_population"), weights);
    /* a later figure counts, a superior's for the same day too */
    expect_status(call("province.manager", "POST", "/v1/populations",
                       "{\"unit_id\":123149,\"kind\":\"total\",\"on\":\"2026-01-01\","
                       "\"people\":13206,\"source\":\"b\"}"),
                  201);
    static const int corrected[COMMUNES] = {1, 0, 0, 4003, 5011};
    check_parts(propose("district.manager", "territory", "uncovered_population"), corrected);
}
END_TEST

START_TEST(voluntary_insurance_counts_the_labour_force)
{
    static const int weights[COMMUNES] = {1000, 0, 0, 4003, 5011};
    plan("vsi_new");
    populate("total", 0);
    report("health_cards", 0);
    struct answer refused = propose("district.manager", "territory", "uncovered_population");
    expect_problem(refused, 422, "rule_broken");
    ck_assert_str_eq(text_member(refused, "errors.0.code"), "no_population");
    populate("labour_force", 0);
    report("vsi_participants", 0);
    check_parts(propose("district.manager", "territory", "uncovered_population"), weights);
    check_parts(propose("district.manager", "territory", "population"), people);
}
END_TEST

START_TEST(a_part_without_a_figure_is_named)
{
    plan("hhi_new");
    populate("total", 1);
    report("health_cards", 2);
    struct answer refused = propose("district.manager", "territory", "population");
    expect_problem(refused, 422, "rule_broken");
    ck_assert_uint_eq(json_array_size(member(refused, "errors")), 1);
    ck_assert_str_eq(text_member(refused, "errors.0.pointer"), "/by");
    ck_assert_str_eq(text_member(refused, "errors.0.detail"),
                     text("chưa có số dân của %s (23149)",
                          sql_text("select name from unit where id = 123149")));
    refused = propose("district.manager", "territory", "uncovered_population");
    expect_problem(refused, 422, "rule_broken");
    ck_assert_str_eq(text_member(refused, "errors.0.code"), "no_population");
    ck_assert_str_eq(text_member(refused, "errors.1.code"), "no_report");
    ck_assert_ptr_nonnull(strstr(text_member(refused, "errors.1.detail"), "(23152)"));
}
END_TEST

START_TEST(only_the_holder_and_only_units_by_population)
{
    plan("hhi_new");
    populate("total", 0);
    expect_problem(propose("province.manager", "territory", "population"), 403, "forbidden");
    expect_problem(propose("neighbour.district", "territory", "population"), 404, "not_found");
    struct answer staff = propose("district.manager", "staff", "population");
    expect_problem(staff, 422, "rule_broken");
    ck_assert_str_eq(text_member(staff, "errors.0.pointer"), "/cut");
    struct answer equal = propose("district.manager", "territory", "equal");
    ck_assert_int_eq(integer_member(expect_status(equal, 200), "parts.0.quantity"), 200);
    expect_status(propose("district.manager", "territory", "last_result"), 200);
}
END_TEST

START_TEST(the_last_result_is_that_of_the_period_before)
{
    static const int last[COMMUNES] = {3, 0, 1};
    plan("hhi_renewals");
    for (int i = 0; i < COMMUNES; i++) {
        sql_text(
            text("insert into progress_delta (scheme, kind, effective_on, n, unit_id, province_id, "
                 "district_id, commune_id) select 'hhi', 'renewal', d::date, %d, h.id, "
                 "h.province_id, h.district_id, h.commune_id from unit h, "
                 "unnest(array['2030-01-01', '2029-12-31']) d where h.commune_id = %d and "
                 "h.form = 'unplaced'",
                 last[i], communes[i]));
    }
    for (int folded = 0; folded < 2; folded++) {
        struct answer answer =
            expect_status(propose("district.manager", "territory", "last_result"), 200);
        for (int i = 0; i < COMMUNES; i++) {
            ck_assert_int_eq(integer_member(answer, text("parts.%d.weight", i)), last[i]);
        }
        ck_assert_int_eq(integer_member(answer, "parts.0.quantity"), QUANTITY * 3 / 4);
        sql_text("begin isolation level repeatable read");
        sql_text("call fold_younger()");
        sql_text("commit");
    }
}
END_TEST

Suite *proposal_suite(void)
{
    Suite *suite = suite_create("proposal");
    TCase *tcase = tcase_create("proposal");
    tcase_add_checked_fixture(tcase, NULL, clear);
    tcase_add_test(tcase, by_population_and_then_split_as_proposed);
    tcase_add_test(tcase, by_those_who_are_not_covered_yet);
    tcase_add_test(tcase, voluntary_insurance_counts_the_labour_force);
    tcase_add_test(tcase, a_part_without_a_figure_is_named);
    tcase_add_test(tcase, the_last_result_is_that_of_the_period_before);
    tcase_add_test(tcase, only_the_holder_and_only_units_by_population);
    suite_add_tcase(suite, tcase);
    return suite;
}
