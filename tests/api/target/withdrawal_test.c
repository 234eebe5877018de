/* Numbers that are taken back: from the bottom up, visibly, and once. */
#include <string.h>

#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

static char root[37];
static char office[37];
static char commune[37];

static struct answer withdraw(const char *login, const char *id)
{
    return act(login, id, "withdraw", "{\"reason\":\"Giao nhầm\"}");
}

static json_int_t left_in_territory(const char *login, const char *id)
{
    return integer_member(assignment(login, id, ""), "cuts.2.unallocated");
}

START_TEST(what_is_divided_further_stays)
{
    keep(root, planned("province.manager", "hhi_renewals", "2028", 1000));
    keep(office,
         given("province.manager", root, "territory", "{\"unit_id\":900001,\"quantity\":600}"));
    keep(commune,
         given("district.manager", office, "territory", "{\"unit_id\":123173,\"quantity\":100}"));
    expect_problem(withdraw("province.manager", office), 409, "divided");
    expect_problem(withdraw("district.manager", office), 403, "forbidden");
    expect_problem(withdraw("province.manager", commune), 403, "forbidden");
    expect_problem(withdraw("neighbour.district", commune), 404, "not_found");
    expect_flaw(act("district.manager", commune, "withdraw",
                    "{\"reason\":\"x\",\"decision_id\":\"01900000-0000-7000-8000-00000000dead\"}"),
                404, "/decision_id", "not_found");
    ck_assert_int_eq(left_in_territory("district.viewer", office), 500);
}
END_TEST

START_TEST(the_division_gets_it_back_and_the_row_stays)
{
    struct answer done =
        act("district.manager", commune, "withdraw",
            "{\"reason\":\"Giao nhầm xã\",\"decision\":{\"number\":\"46/QĐ\",\"decided_on\":"
            "\"2028-03-01\"}}");
    ck_assert_int_eq(integer_member(expect_status(done, 201), "change"), -100);
    ck_assert_str_eq(text_member(done, "decision.number"), "46/QĐ");
    ck_assert_int_eq(left_in_territory("district.viewer", office), 600);
    struct answer shown = assignment("commune.viewer", commune, "");
    ck_assert_int_eq(integer_member(shown, "quantity"), 0);
    ck_assert_str_eq(text_member(shown, "withdrawn_at"), text_member(done, "withdrawn_at"));
    struct answer list = call("commune.viewer", "GET", "/v1/assignments?held=true&limit=200", NULL);
    ck_assert(strstr(expect_status(list, 200).body, commune) != NULL);
    struct answer history =
        call("commune.viewer", "GET", text("/v1/assignments/%s/history", commune), NULL);
    ck_assert_str_eq(text_member(expect_status(history, 200), "items.0.act"), "give");
    ck_assert_str_eq(text_member(history, "items.1.act"), "withdraw");
    ck_assert_int_eq(integer_member(history, "items.1.total"), 0);
}
END_TEST

START_TEST(a_withdrawn_number_takes_no_further_part)
{
    expect_problem(withdraw("district.manager", commune), 409, "withdrawn");
    expect_problem(amend("district.manager", commune, 5), 409, "withdrawn");
    expect_problem(call("commune.manager", "POST", text("/v1/assignments/%s/accept", commune),
                        NULL),
                   409, "withdrawn");
    expect_problem(split("commune.manager", commune, "territory",
                         "{\"unit_id\":900101,\"quantity\":0}"),
                   409, "withdrawn");
}
END_TEST

START_TEST(the_assignee_may_be_given_a_part_anew)
{
    const char *again =
        given("district.manager", office, "territory", "{\"unit_id\":123173,\"quantity\":70}");
    ck_assert_str_ne(again, commune);
    expect_problem(split("district.manager", office, "territory",
                         "{\"unit_id\":123173,\"quantity\":1}"),
                   409, "duplicate");
    expect_status(withdraw("district.manager", again), 201);
    expect_status(withdraw("province.manager", office), 201);
    ck_assert_int_eq(left_in_territory("province.viewer", root), 1000);
}
END_TEST

/* Parts of 0 and of a ratio do not show in what is allocated. */
START_TEST(a_part_of_nothing_is_a_part)
{
    const char *other =
        given("province.manager", root, "territory", "{\"unit_id\":900001,\"quantity\":10}");
    const char *nothing =
        given("district.manager", other, "territory", "{\"unit_id\":123173,\"quantity\":0}");
    expect_problem(withdraw("province.manager", other), 409, "divided");
    expect_status(withdraw("district.manager", nothing), 201);
    expect_status(withdraw("province.manager", other), 201);
    const char *ratio = planned("province.manager", "health_coverage", "2029", 9000);
    const char *part =
        given("province.manager", ratio, "territory", "{\"unit_id\":900001,\"quantity\":9500}");
    expect_problem(withdraw("province.manager", ratio), 409, "divided");
    expect_status(withdraw("province.manager", part), 201);
    expect_status(withdraw("province.manager", ratio), 201);
}
END_TEST

START_TEST(a_plan_is_withdrawn_with_its_root)
{
    struct answer done = expect_status(withdraw("province.manager", root), 201);
    struct answer plans = call("province.viewer", "GET", "/v1/plans?limit=200", NULL);
    ck_assert(strstr(expect_status(plans, 200).body, text_member(done, "withdrawn_at")) != NULL);
    const char *again = planned("province.manager", "hhi_renewals", "2028", 900);
    ck_assert_str_ne(again, root);
}
END_TEST

Suite *withdrawal_suite(void)
{
    Suite *suite = suite_create("withdrawal");
    TCase *tcase = tcase_create("withdrawal");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, what_is_divided_further_stays);
    tcase_add_test(tcase, the_division_gets_it_back_and_the_row_stays);
    tcase_add_test(tcase, a_withdrawn_number_takes_no_further_part);
    tcase_add_test(tcase, the_assignee_may_be_given_a_part_anew);
    tcase_add_test(tcase, a_part_of_nothing_is_a_part);
    tcase_add_test(tcase, a_plan_is_withdrawn_with_its_root);
    suite_add_tcase(suite, tcase);
    return suite;
}
