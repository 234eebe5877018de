/* The ledger of targets: amendments as entries, proposals, acceptance. */
#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

static char root[37];
static char office[37];
static char commune[37];

static const char *unallocated(const char *login, const char *id)
{
    struct answer answer = assignment(login, id, "");
    return text("%lld/%lld", (long long)integer_member(answer, "cuts.2.allocated"),
                (long long)integer_member(answer, "cuts.2.unallocated"));
}

START_TEST(an_amendment_is_an_entry_and_both_divisions_follow)
{
    keep(root, planned("province.manager", "hhi_new", "2027", 1000));
    keep(office,
         given("province.manager", root, "territory", "{\"unit_id\":900001,\"quantity\":600}"));
    keep(commune,
         given("district.manager", office, "territory", "{\"unit_id\":123173,\"quantity\":500}"));
    struct answer entry = expect_status(amend("province.manager", office, -50), 201);
    ck_assert_int_eq(integer_member(entry, "n"), 2);
    ck_assert_int_eq(integer_member(entry, "total"), 550);
    ck_assert_str_eq(unallocated("province.manager", root), "550/450");
    ck_assert_str_eq(unallocated("district.manager", office), "500/50");
    expect_problem(amend("province.manager", office, -51), 409, "over_allocated");
    expect_problem(amend("province.manager", office, 451), 409, "over_allocated");
    ck_assert_str_eq(unallocated("province.manager", root), "550/450");
    expect_problem(amend("province.manager", commune, 1), 403, "forbidden");
    expect_problem(amend("district.manager", office, 1), 403, "forbidden");
    expect_problem(amend("neighbour.province", office, 1), 404, "not_found");
    expect_status(amend("district.manager", commune, -500), 201);
    expect_problem(amend("district.manager", commune, -1), 409, "over_allocated");
    expect_status(amend("province.manager", root, 500), 201);
    ck_assert_str_eq(unallocated("province.manager", root), "550/950");
}
END_TEST

START_TEST(history_tells_what_the_number_was_when)
{
    struct answer decided =
        call("province.manager", "POST", text("/v1/assignments/%s/amend", office),
             "{\"change\":30,\"reason\":\"Bổ sung\",\"decision\":{\"number\":\"45/QĐ-BHXH\","
             "\"decided_on\":\"2027-06-30\"}}");
    expect_status(decided, 201);
    struct answer history =
        call("district.viewer", "GET", text("/v1/assignments/%s/history", office), NULL);
    static const int totals[] = {600, 550, 580};
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(integer_member(expect_status(history, 200), text("items.%d.total", i)),
                         totals[i]);
    }
    ck_assert_str_eq(text_member(history, "items.2.decision.number"), "45/QĐ-BHXH");
    ck_assert(json_is_null(member(history, "items.1.decision")));
    expect_problem(call("neighbour.district", "GET", text("/v1/assignments/%s/history", office),
                        NULL),
                   404, "not_found");
}
END_TEST

static struct answer propose(const char *login, const char *id, const char *body)
{
    return call_with(login, "POST", text("/v1/assignments/%s/propose", id), body, NULL);
}

START_TEST(a_proposal_is_exact_and_can_be_split_as_it_is)
{
    struct answer equal = propose("district.manager", office,
                                  "{\"cut\":\"territory\",\"by\":\"equal\",\"quantity\":11}");
    static const int fifths[] = {3, 2, 2, 2, 2};
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(integer_member(expect_status(equal, 200), text("parts.%d.quantity", i)),
                         fifths[i]);
    }
    struct answer weighted = propose(
        "district.manager", office,
        "{\"cut\":\"territory\",\"by\":\"weights\",\"weights\":[{\"unit_id\":123149,\"weight\":1},"
        "{\"unit_id\":123188,\"weight\":3}]}");
    ck_assert_int_eq(integer_member(expect_status(weighted, 200), "quantity"), 580);
    ck_assert_int_eq(integer_member(weighted, "parts.0.quantity"), 145);
    ck_assert_int_eq(integer_member(weighted, "parts.4.quantity"), 435);
    expect_problem(propose("province.manager", office, "{\"cut\":\"territory\",\"by\":\"equal\"}"),
                   403, "forbidden");
    expect_problem(propose("neighbour.district", office,
                           "{\"cut\":\"territory\",\"by\":\"equal\"}"),
                   404, "not_found");
    expect_problem(propose("district.manager", office, "{\"cut\":\"staff\",\"by\":\"equal\"}"), 422,
                   "rule_broken");
    expect_status(
        propose("district.manager", office, "{\"cut\":\"territory\",\"by\":\"last_result\"}"), 200);
}
END_TEST

START_TEST(the_receiver_accepts_once)
{
    const char *path = text("/v1/assignments/%s/accept", office);
    expect_problem(call("province.manager", "POST", path, NULL), 403, "forbidden");
    expect_problem(call("neighbour.district", "POST", path, NULL), 404, "not_found");
    expect_status(call("district.officer", "POST", path, NULL), 201);
    expect_problem(call("district.manager", "POST", path, NULL), 409, "duplicate");
}
END_TEST

Suite *ledger_suite(void)
{
    Suite *suite = suite_create("ledger");
    TCase *tcase = tcase_create("ledger");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, an_amendment_is_an_entry_and_both_divisions_follow);
    tcase_add_test(tcase, history_tells_what_the_number_was_when);
    tcase_add_test(tcase, a_proposal_is_exact_and_can_be_split_as_it_is);
    tcase_add_test(tcase, the_receiver_accepts_once);
    suite_add_tcase(suite, tcase);
    return suite;
}
