/* Decisions: entered once by their unit, and what plans, divisions and amendments rest on. */
#include <string.h>

#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

static char province_decision[37];
static char commune_decision[37];

static struct answer enter(const char *login, const char *number)
{
    return call(login, "POST", "/v1/decisions",
                text("{\"number\":\"%s\",\"issued_on\":\"2028-01-04\",\"subject\":\"Giao chỉ "
                     "tiêu\"}",
                     number));
}

START_TEST(a_manager_enters_a_decision_once)
{
    struct answer made = expect_status(enter("province.manager", "1/QĐ-BHXH"), 201);
    keep(province_decision, text_member(made, "id"));
    ck_assert_str_eq(text_member(made, "issuer"), "Lâm Đồng");
    ck_assert_int_eq(integer_member(made, "unit.id"), 168);
    ck_assert(strstr(made.headers, text("/v1/decisions/%s", province_decision)) != NULL);
    expect_problem(enter("province.manager", "1/QĐ-BHXH"), 409, "duplicate");
    expect_problem(enter("province.officer", "2/QĐ-BHXH"), 403, "forbidden");
    /* Elsewhere the same number is another decision, and nobody learns that it is taken. */
    expect_status(enter("neighbour.province", "1/QĐ-BHXH"), 201);
    struct answer below = call("commune.manager", "POST", "/v1/decisions",
                               "{\"number\":\"1/QĐ-BHXH\",\"issued_on\":\"2028-01-04\","
                               "\"issuer\":\"Lâm Đồng\"}");
    keep(commune_decision, text_member(expect_status(below, 201), "id"));
}
END_TEST

static bool sees(const char *login, const char *id)
{
    int status = call(login, "GET", text("/v1/decisions/%s", id), NULL).status;
    struct answer list = expect_status(call(login, "GET", "/v1/decisions?limit=200", NULL), 200);
    ck_assert_int_eq(strstr(list.body, id) != NULL, status == 200);
    ck_assert(status == 200 || status == 404);
    return status == 200;
}

START_TEST(a_decision_is_seen_from_its_unit_and_above)
{
    ck_assert(sees("province.viewer", province_decision));
    ck_assert(sees("nation.viewer", province_decision));
    ck_assert(!sees("district.manager", province_decision));
    ck_assert(!sees("neighbour.province", province_decision));
    ck_assert(sees("commune.viewer", commune_decision));
    ck_assert(sees("district.viewer", commune_decision));
    ck_assert(sees("province.viewer", commune_decision));
    ck_assert(!sees("neighbour.commune", commune_decision));
    ck_assert(!sees("neighbour.district", commune_decision));
    expect_problem(call("agency.manager", "GET", "/v1/decisions", NULL), 403, "forbidden");
}
END_TEST

/* `decision` is a member of the body, as JSON. */
static struct answer plan(const char *period, const char *decision)
{
    return call("province.manager", "POST", "/v1/plans",
                text("{\"indicator\":\"conferences\",\"period\":\"%s\",\"assigner\":"
                     "\"social_insurance\",%s,\"quantity\":90}",
                     period, decision));
}

START_TEST(a_plan_names_a_decision_of_its_own_unit)
{
    struct answer made = plan("2028", text("\"decision_id\":\"%s\"", province_decision));
    ck_assert_str_eq(text_member(expect_status(made, 201), "decision.number"), "1/QĐ-BHXH");
    ck_assert_str_eq(text_member(made, "decision.decided_on"), "2028-01-04");
    ck_assert_str_eq(text_member(made, "decision.id"), province_decision);
    /* What is visible but not its own, and what does not exist. */
    struct answer foreign = plan("2028-01", text("\"decision_id\":\"%s\"", commune_decision));
    expect_flaw(foreign, 404, "/decision_id", "not_found");
    foreign = plan("2028-01", "\"decision_id\":\"01900000-0000-7000-8000-00000000dead\"");
    expect_flaw(foreign, 404, "/decision_id", "not_found");
    struct answer both = plan("2028-01", text("\"decision_id\":\"%s\",\"decision\":{\"number\":"
                                              "\"1\",\"decided_on\":\"2028-01-04\"}",
                                              province_decision));
    expect_problem(both, 400, "invalid_request");
}
END_TEST

START_TEST(a_decision_that_is_spelt_out_is_found_or_entered)
{
    struct answer known = plan("2028-02", "\"decision\":{\"number\":\"1/QĐ-BHXH\",\"decided_on\":"
                                          "\"2028-01-04\"}");
    ck_assert_str_eq(text_member(expect_status(known, 201), "decision.id"), province_decision);
    static const char other[] = "\"decision\":{\"number\":\"9/NQ-HĐND\",\"decided_on\":"
                                "\"2028-02-01\",\"issuer\":\"HĐND tỉnh\",\"subject\":\"Chỉ tiêu\"}";
    const char *first = text_member(expect_status(plan("2028-03", other), 201), "decision.id");
    const char *again = text_member(expect_status(plan("2028-04", other), 201), "decision.id");
    ck_assert_str_eq(first, again);
    struct answer entered = call("province.viewer", "GET", text("/v1/decisions/%s", first), NULL);
    ck_assert_str_eq(text_member(expect_status(entered, 200), "issuer"), "HĐND tỉnh");
    ck_assert_str_eq(text_member(entered, "subject"), "Chỉ tiêu");
    /* A refused plan leaves no decision behind. */
    expect_problem(plan("2028-04", "\"decision\":{\"number\":\"10/QĐ\",\"decided_on\":"
                                   "\"2028-02-01\"}"),
                   409, "duplicate");
    ck_assert_str_eq(sql_text("select count(*) from decision where number = '10/QĐ'"), "0");
}
END_TEST

static const char *by_id(const char *id)
{
    return text("\"decision_id\":\"%s\"", id);
}

static struct answer split_by(const char *id, const char *decision)
{
    return act("province.manager", id, "split",
               text("{\"cut\":\"territory\",\"parts\":[{\"unit_id\":900001,\"quantity\":40}],%s}",
                    decision));
}

static struct answer amend_by(const char *id, const char *decision)
{
    return act("province.manager", id, "amend",
               text("{\"change\":5,\"reason\":\"Bổ sung\",%s}", decision));
}

START_TEST(parts_and_amendments_show_their_decision_to_those_below)
{
    static const char spelt[] = "\"decision\":{\"number\":\"2/QĐ\",\"decided_on\":\"2028-06-01\"}";
    struct answer made = plan("2028-05", by_id(province_decision));
    const char *root = text_member(expect_status(made, 201), "assignment.id");
    expect_flaw(split_by(root, by_id(commune_decision)), 404, "/decision_id", "not_found");
    struct answer parts = expect_status(split_by(root, by_id(province_decision)), 201);
    const char *part = text_member(parts, "items.0.id");
    expect_flaw(amend_by(part, by_id(commune_decision)), 404, "/decision_id", "not_found");
    struct answer both = amend_by(part, text("%s,%s", by_id(province_decision), spelt));
    expect_flaw(both, 422, "/decision_id", "either");
    const char *second = text_member(expect_status(amend_by(part, spelt), 201), "decision.id");
    struct answer history =
        call("district.viewer", "GET", text("/v1/assignments/%s/history", part), NULL);
    ck_assert_str_eq(text_member(expect_status(history, 200), "items.0.decision.number"),
                     "1/QĐ-BHXH");
    ck_assert_str_eq(text_member(history, "items.1.decision.id"), second);
    expect_problem(call("district.viewer", "GET", text("/v1/decisions/%s", second), NULL), 404,
                   "not_found");
}
END_TEST

Suite *decision_suite(void)
{
    Suite *suite = suite_create("decision");
    TCase *tcase = tcase_create("decision");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_manager_enters_a_decision_once);
    tcase_add_test(tcase, a_decision_is_seen_from_its_unit_and_above);
    tcase_add_test(tcase, a_plan_names_a_decision_of_its_own_unit);
    tcase_add_test(tcase, a_decision_that_is_spelt_out_is_found_or_entered);
    tcase_add_test(tcase, parts_and_amendments_show_their_decision_to_those_below);
    suite_add_tcase(suite, tcase);
    return suite;
}
