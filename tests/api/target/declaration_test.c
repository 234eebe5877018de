/* Over-assignment: only as far as the holder has declared it, and never quietly. */
#include <string.h>

#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

static char root[37];
static char office[37];
static char commune[37];

static struct answer declare(const char *login, const char *id, int over)
{
    return act(login, id, "declare",
               text("{\"cut\":\"territory\",\"over\":%d,\"reason\":\"Giao dự phòng\"}", over));
}

START_TEST(without_a_declaration_the_parts_stay_within_the_number)
{
    keep(root, planned("province.manager", "vsi_returns", "2028", 1000));
    keep(office,
         given("province.manager", root, "territory", "{\"unit_id\":900001,\"quantity\":600}"));
    keep(commune,
         given("district.manager", office, "territory", "{\"unit_id\":123173,\"quantity\":600}"));
    expect_problem(split("district.manager", office, "territory",
                         "{\"unit_id\":123149,\"quantity\":1}"),
                   409, "over_allocated");
    expect_problem(declare("province.manager", office, 5), 403, "forbidden");
    expect_problem(declare("neighbour.district", office, 5), 404, "not_found");
    expect_problem(declare("commune.officer", commune, 5), 403, "forbidden");
}
END_TEST

START_TEST(a_declaration_opens_its_cut_and_no_other)
{
    struct answer done = expect_status(declare("district.manager", office, 30), 201);
    ck_assert_int_eq(integer_member(done, "n"), 1);
    ck_assert_int_eq(integer_member(done, "unallocated"), 0);
    struct answer parts =
        split("district.manager", office, "territory", "{\"unit_id\":123149,\"quantity\":20}");
    ck_assert_int_eq(integer_member(expect_status(parts, 201), "unallocated"), -20);
    expect_status(amend("district.manager", commune, 10), 201);
    expect_problem(amend("district.manager", commune, 1), 409, "over_allocated");
    struct answer shown = assignment("district.viewer", office, "");
    ck_assert_int_eq(integer_member(shown, "cuts.2.unallocated"), -30);
    ck_assert_int_eq(integer_member(shown, "cuts.2.declared_over"), 30);
    ck_assert_int_eq(integer_member(shown, "cuts.2.parts"), 2);
    expect_problem(split("district.manager", office, "organisation",
                         "{\"agency_id\":\"01900000-0000-7000-8000-0000000000a1\",\"quantity\":"
                         "601}"),
                   409, "over_allocated");
}
END_TEST

START_TEST(what_is_used_cannot_be_declared_away)
{
    expect_problem(declare("district.manager", office, 29), 409, "over_allocated");
    expect_problem(amend("province.manager", office, -1), 409, "over_allocated");
    expect_status(amend("district.manager", commune, -30), 201);
    expect_status(declare("district.manager", office, 0), 201);
    expect_problem(amend("district.manager", commune, 1), 409, "over_allocated");
}
END_TEST

START_TEST(declarations_say_who_when_and_why)
{
    struct answer said =
        act("district.manager", office, "declare",
            "{\"cut\":\"staff\",\"over\":7,\"reason\":\"Theo kế hoạch\",\"decision\":"
            "{\"number\":\"8/KH\",\"decided_on\":\"2028-02-01\"}}");
    expect_status(said, 201);
    const char *path = text("/v1/assignments/%s/declarations", office);
    struct answer list = expect_status(call("province.viewer", "GET", path, NULL), 200);
    ck_assert_uint_eq(json_array_size(member(list, "items")), 3);
    ck_assert_str_eq(text_member(list, "items.0.cut"), "staff");
    ck_assert_str_eq(text_member(list, "items.0.decision.number"), "8/KH");
    ck_assert_int_eq(strncmp(text_member(list, "items.0.at"), text_member(said, "at"), 19), 0);
    ck_assert_int_eq(integer_member(list, "items.1.over"), 30);
    ck_assert_int_eq(integer_member(list, "items.2.over"), 0);
    expect_problem(call("neighbour.district", "GET", path, NULL), 404, "not_found");
    path = text("/v1/assignments/%s/declarations", commune);
    list = expect_status(call("commune.viewer", "GET", path, NULL), 200);
    ck_assert_uint_eq(json_array_size(member(list, "items")), 0);
}
END_TEST

START_TEST(a_ratio_and_a_withdrawn_number_take_no_declaration)
{
    const char *ratio = planned("province.manager", "health_coverage", "2028-07", 9000);
    expect_flaw(declare("province.manager", ratio, 5), 422, "/over", "ratio");
    const char *gone = planned("province.manager", "vsi_returns", "2028-07", 10);
    expect_status(act("province.manager", gone, "withdraw", "{\"reason\":\"x\"}"), 201);
    expect_problem(declare("province.manager", gone, 5), 409, "withdrawn");
}
END_TEST

Suite *declaration_suite(void)
{
    Suite *suite = suite_create("declaration");
    TCase *tcase = tcase_create("declaration");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, without_a_declaration_the_parts_stay_within_the_number);
    tcase_add_test(tcase, a_declaration_opens_its_cut_and_no_other);
    tcase_add_test(tcase, what_is_used_cannot_be_declared_away);
    tcase_add_test(tcase, declarations_say_who_when_and_why);
    tcase_add_test(tcase, a_ratio_and_a_withdrawn_number_take_no_declaration);
    suite_add_tcase(suite, tcase);
    return suite;
}
