/* Monthly targets: a number moves into months and back between them, and never changes by it. */
#include <string.h>

#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

static char root[37];
static char office[37];
static char officer_part[37];

/* The months as "2029-01=5 2029-02=4 …", without those that have nothing. */
static const char *months_of(struct answer answer)
{
    const char *said = "";
    size_t i;
    json_t *month;
    json_array_foreach(member(answer, "months"), i, month) {
        json_int_t quantity = json_integer_value(json_object_get(month, "quantity"));
        if (quantity > 0) {
            said = text("%s%s%s=%lld", said, *said ? " " : "",
                        json_string_value(json_object_get(month, "month")), (long long)quantity);
        }
    }
    return said;
}

static struct answer phase(const char *login, const char *id, const char *how)
{
    return act(login, id, "phase", text("{\"reason\":\"Theo tháng\",%s}", how));
}

static struct answer amend_month(const char *id, int change, const char *month)
{
    return act("district.manager", id, "amend",
               text("{\"change\":%d,\"reason\":\"Điều chỉnh\",\"month\":\"%s\"}", change, month));
}

START_TEST(an_unphased_number_has_no_months)
{
    keep(root, planned("province.manager", "conferences", "2029", 1000));
    keep(office,
         given("province.manager", root, "territory", "{\"unit_id\":900001,\"quantity\":100}"));
    keep(officer_part,
         given("district.manager", office, "staff",
               text("{\"officer_id\":\"%s\",\"quantity\":50}",
                    sql_text("select id from app_user where username = 'district.officer'"))));
    ck_assert_uint_eq(json_array_size(member(assignment("district.viewer", office, ""), "months")),
                      0);
    expect_flaw(amend_month(officer_part, 1, "2029-01"), 422, "/month", "not_found");
}
END_TEST

START_TEST(an_officer_has_a_personal_target_for_each_month)
{
    struct answer done = phase("district.manager", officer_part, "\"by\":\"equal\"");
    static const char equal[] = "2029-01=5 2029-02=5 2029-03=4 2029-04=4 2029-05=4 2029-06=4 "
                                "2029-07=4 2029-08=4 2029-09=4 2029-10=4 2029-11=4 2029-12=4";
    ck_assert_str_eq(months_of(expect_status(done, 201)), equal);
    ck_assert_int_eq(integer_member(done, "quantity"), 50);
    struct answer own = assignment("district.officer", officer_part, "");
    ck_assert_str_eq(months_of(own), equal);
    ck_assert_int_eq(integer_member(own, "quantity"), 50);
    expect_problem(phase("district.officer", officer_part, "\"by\":\"equal\""), 403, "forbidden");
    expect_problem(phase("province.manager", officer_part, "\"by\":\"equal\""), 403, "forbidden");
    expect_problem(phase("neighbour.district", officer_part, "\"by\":\"equal\""), 404, "not_found");
}
END_TEST

START_TEST(weights_and_given_months_move_it_again)
{
    struct answer done = phase("district.manager", officer_part,
                               "\"by\":\"weights\",\"weights\":[0,0,0,0,0,0,0,0,0,1,1,2]");
    ck_assert_str_eq(months_of(expect_status(done, 201)), "2029-10=13 2029-11=12 2029-12=25");
    done = phase("district.manager", officer_part,
                 "\"by\":\"months\",\"months\":[{\"month\":\"2029-12\",\"quantity\":30},"
                 "{\"month\":\"2029-03\",\"quantity\":20}]");
    ck_assert_str_eq(months_of(expect_status(done, 201)), "2029-03=20 2029-12=30");
    struct answer months = assignment("district.viewer", officer_part, "");
    ck_assert_uint_eq(json_array_size(member(months, "months")), 12);
    struct answer history =
        call("district.officer", "GET", text("/v1/assignments/%s/history", officer_part), NULL);
    size_t entries = json_array_size(member(expect_status(history, 200), "items"));
    for (size_t i = 0; i < entries; i++) { /* the total does not move */
        ck_assert_int_eq(integer_member(history, text("items.%zu.total", i)), 50);
        ck_assert_int_eq(integer_member(history, text("items.%zu.n", i)), i + 1);
    }
    ck_assert_str_eq(text_member(history, "items.1.act"), "phase");
}
END_TEST

START_TEST(months_that_do_not_fit_are_refused)
{
    static const struct {
        const char *how;
        const char *pointer;
        const char *flaw;
    } wrong[] = {
        {"\"by\":\"months\",\"months\":[{\"month\":\"2029-01\",\"quantity\":49}]", "/months",
         "sum"},
        {"\"by\":\"months\",\"months\":[{\"month\":\"2028-12\",\"quantity\":50}]",
         "/months/0/month", "not_found"},
        {"\"by\":\"months\",\"months\":[{\"month\":\"2029-01\",\"quantity\":25},"
         "{\"month\":\"2029-01\",\"quantity\":25}]",
         "/months/1/month", "not_unique"},
        {"\"by\":\"weights\",\"weights\":[1,1]", "/weights", "too_few"},
        {"\"by\":\"equal\",\"decision_id\":\"01900000-0000-7000-8000-00000000dead\"",
         "/decision_id", "not_found"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct answer answer = phase("district.manager", officer_part, wrong[i].how);
        bool missing = strcmp(wrong[i].pointer, "/decision_id") == 0;
        expect_flaw(answer, missing ? 404 : 422, wrong[i].pointer, wrong[i].flaw);
    }
    expect_flaw(phase("district.manager", officer_part, "\"by\":\"equal\",\"weights\":[1]"), 400,
                "/weights", "unknown");
    expect_flaw(phase("district.manager", officer_part, "\"by\":\"months\""), 400, "/months",
                "required");
}
END_TEST

START_TEST(an_amendment_of_a_phased_number_names_its_month)
{
    expect_flaw(amend("district.manager", officer_part, 5), 422, "/month", "required");
    expect_flaw(amend_month(officer_part, 5, "2030-01"), 422, "/month", "not_found");
    struct answer less = amend_month(officer_part, -21, "2029-03");
    expect_flaw(less, 422, "/change", "too_small");
    ck_assert_str_eq(text_member(less, "errors.0.detail"), "không được nhỏ hơn -20");
    expect_flaw(amend_month(officer_part, -1, "2029-04"), 422, "/change", "too_small");
    struct answer entry = expect_status(amend_month(officer_part, -20, "2029-03"), 201);
    ck_assert_str_eq(text_member(entry, "month"), "2029-03");
    ck_assert_int_eq(integer_member(entry, "total"), 30);
    expect_status(amend_month(officer_part, 2, "2029-04"), 201);
    struct answer shown = assignment("district.officer", officer_part, "");
    ck_assert_str_eq(months_of(shown), "2029-04=2 2029-12=30");
    ck_assert_int_eq(integer_member(shown, "quantity"), 32);
}
END_TEST

START_TEST(a_phased_number_is_withdrawn_from_its_months)
{
    struct answer done =
        expect_status(act("district.manager", officer_part, "withdraw", "{\"reason\":\"x\"}"), 201);
    ck_assert_int_eq(integer_member(done, "change"), -32);
    struct answer shown = assignment("district.officer", officer_part, "");
    ck_assert_str_eq(months_of(shown), "");
    ck_assert_uint_eq(json_array_size(member(shown, "months")), 12);
    expect_problem(phase("district.manager", officer_part, "\"by\":\"equal\""), 409, "withdrawn");
    ck_assert_str_eq(sql_text(text("select count(*) from (select month from assignment_entry where "
                                   "assignment_id = '%s' group by month having sum(change) <> 0) m",
                                   officer_part)),
                     "0");
}
END_TEST

START_TEST(quarters_and_months_have_their_own_months_and_ratios_none)
{
    const char *quarter = planned("province.manager", "conferences", "2029-Q4", 10);
    ck_assert_str_eq(
        months_of(expect_status(phase("province.manager", quarter, "\"by\":\"equal\""), 201)),
        "2029-10=4 2029-11=3 2029-12=3");
    const char *month = planned("province.manager", "conferences", "2029-05", 0);
    struct answer nothing = phase("province.manager", month, "\"by\":\"equal\"");
    ck_assert_str_eq(months_of(expect_status(nothing, 201)), "");
    struct answer history =
        call("province.viewer", "GET", text("/v1/assignments/%s/history", month), NULL);
    ck_assert_str_eq(text_member(expect_status(history, 200), "items.1.reason"), "Theo tháng");
    const char *ratio = planned("province.manager", "health_coverage", "2029-05", 9000);
    expect_flaw(phase("province.manager", ratio, "\"by\":\"equal\""), 422, "/by", "ratio");
}
END_TEST

Suite *phasing_suite(void)
{
    Suite *suite = suite_create("phasing");
    TCase *tcase = tcase_create("phasing");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, an_unphased_number_has_no_months);
    tcase_add_test(tcase, an_officer_has_a_personal_target_for_each_month);
    tcase_add_test(tcase, weights_and_given_months_move_it_again);
    tcase_add_test(tcase, months_that_do_not_fit_are_refused);
    tcase_add_test(tcase, an_amendment_of_a_phased_number_names_its_month);
    tcase_add_test(tcase, a_phased_number_is_withdrawn_from_its_months);
    tcase_add_test(tcase, quarters_and_months_have_their_own_months_and_ratios_none);
    suite_add_tcase(suite, tcase);
    return suite;
}
