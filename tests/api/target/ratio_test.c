/* Targets that are percentages: parts of them do not add up, and no one exceeds the whole. */
#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

static char root[37];
static char office[37];

static const char *const broken_ratios =
    "select count(*) from cut_total t join assignment a on a.id = t.assignment_id where not "
    "a.additive and (t.additive or t.allocated <> 0 or t.quantity <> a.quantity)";

START_TEST(parts_of_a_ratio_do_not_add_up)
{
    keep(root, planned("province.manager", "health_coverage", "2028", 9225));
    struct answer parts = split("province.manager", root, "territory",
                                "{\"unit_id\":900001,\"quantity\":9500},"
                                "{\"unit_id\":900002,\"quantity\":9100}");
    keep(office, text_member(expect_status(parts, 201), "items.0.id"));
    ck_assert_int_eq(integer_member(parts, "quantity"), 9225);
    ck_assert_int_eq(integer_member(parts, "allocated"), 0);
    ck_assert_int_eq(integer_member(parts, "unallocated"), 9225);
    given("district.manager", office, "territory", "{\"unit_id\":123173,\"quantity\":10000}");
    struct answer shown = assignment("district.viewer", office, "");
    ck_assert_int_eq(integer_member(shown, "quantity"), 9500);
    ck_assert_int_eq(integer_member(shown, "cuts.2.allocated"), 0);
    ck_assert_str_eq(sql_text(broken_ratios), "0");
}
END_TEST

START_TEST(a_ratio_stays_within_the_whole)
{
    struct answer plan =
        call("province.manager", "POST", "/v1/plans",
             "{\"indicator\":\"health_coverage\",\"period\":\"2028-01\",\"assigner\":"
             "\"social_insurance\",\"decision\":{\"number\":\"1\",\"decided_on\":\"2028-01-04\"},"
             "\"quantity\":10001}");
    expect_flaw(plan, 422, "/quantity", "too_large");
    expect_flaw(
        split("province.manager", root, "organisation",
              "{\"agency_id\":\"01900000-0000-7000-8000-0000000000a1\",\"quantity\":1},"
              "{\"agency_id\":\"01900000-0000-7000-8000-0000000000a2\",\"quantity\":10001}"),
        422, "/parts/1/quantity", "too_large");
    expect_status(amend("province.manager", office, 500), 201);
    expect_flaw(amend("province.manager", office, 1), 422, "/change", "too_large");
    expect_status(amend("province.manager", office, -1000), 201);
    struct answer more = amend("province.manager", office, 1001);
    expect_flaw(more, 422, "/change", "too_large");
    ck_assert_str_eq(text_member(more, "errors.0.detail"), "không được lớn hơn 1000");
    ck_assert_str_eq(sql_text(broken_ratios), "0");
}
END_TEST

/* The giver's own number is not touched by what it gives. */
START_TEST(an_amended_part_leaves_the_whole_alone)
{
    struct answer shown = assignment("province.viewer", root, "");
    ck_assert_int_eq(integer_member(shown, "cuts.2.allocated"), 0);
    ck_assert_int_eq(integer_member(shown, "cuts.2.unallocated"), 9225);
}
END_TEST

Suite *ratio_suite(void)
{
    Suite *suite = suite_create("ratio");
    TCase *tcase = tcase_create("ratio");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, parts_of_a_ratio_do_not_add_up);
    tcase_add_test(tcase, a_ratio_stays_within_the_whole);
    tcase_add_test(tcase, an_amended_part_leaves_the_whole_alone);
    suite_add_tcase(suite, tcase);
    return suite;
}
