/* The life of an enrolment: drafts, submission, issue, credit. */
#include "tests/support/enrolment_case.h"
#include "tests/support/figures.h"
#include "tests/support/suites.h"

static struct answer draft(const char *login, const char *more)
{
    return call(login, "POST", "/v1/enrolments",
                text("{\"draft\":true,\"scheme\":\"vsi\",\"hamlet_id\":900101,\"months\":12,"
                     "\"paid_on\":\"%s\",\"person\":{\"full_name\":\"Ka Nháp\",\"date_of_birth\":"
                     "\"1990-02\",\"sex\":\"female\",\"duplicate_confirmed\":true}%s}",
                     today(), more));
}

static struct answer submit(const char *login, const char *id, const char *body)
{
    return call(login, "POST", text("/v1/enrolments/%s/submit", id), body);
}

START_TEST(a_draft_counts_once_it_is_submitted)
{
    json_int_t achieved = figure("vsi_new", "achieved");
    json_int_t stock = figure("vsi_participants", "achieved");
    struct answer made = expect_status(draft("agent.collector", ",\"income\":2000000"), 201);
    const char *id = text_member(made, "id");
    ck_assert_str_eq(text_member(made, "status"), "draft");
    ck_assert(json_is_null(member(made, "kind")));
    ck_assert(json_is_null(member(made, "posted_at")));
    ck_assert(json_is_null(member(made, "price")));
    ck_assert_int_eq(integer_member(made, "draft.income"), 2000000);
    ck_assert_int_eq(figure("vsi_new", "achieved"), achieved);
    expect_problem(decide("district.officer", id, "accept"), 409, "wrong_status");
    expect_problem(decide("district.officer", id, "reject"), 409, "wrong_status");
    expect_problem(submit("commune.officer", id, "{}"), 403, "outside_slice");
    expect_problem(submit("neighbour.collector", id, "{}"), 404, "not_found");
    expect_problem(submit("agent.collector", id, "{\"paid_on\":\"2099-01-01\"}"), 422,
                   "rule_broken");
    struct answer posted = expect_status(submit("agent.collector", id, "{}"), 200);
    ck_assert_str_eq(text_member(posted, "status"), "submitted");
    ck_assert_str_eq(text_member(posted, "kind"), "new");
    ck_assert_int_eq(integer_member(posted, "price.income"), 2000000);
    ck_assert_int_eq(integer_member(posted, "price.contribution"), 12 * 440000);
    ck_assert_int_eq(figure("vsi_new", "achieved"), achieved + 1);
    ck_assert_int_eq(figure("vsi_participants", "achieved"), stock + 1);
    expect_problem(submit("agent.collector", id, "{}"), 409, "wrong_status");
    figures_agree();
}
END_TEST

START_TEST(a_draft_is_discarded_without_a_trace_in_the_figures)
{
    json_int_t achieved = figure("vsi_new", "achieved");
    const char *id = text_member(expect_status(draft("commune.officer", ""), 201), "id");
    struct answer gone = expect_status(decide("commune.officer", id, "void"), 200);
    ck_assert_str_eq(text_member(gone, "status"), "voided");
    ck_assert(json_is_null(member(gone, "reversed_on")));
    expect_problem(submit("commune.officer", id, "{}"), 409, "wrong_status");
    expect_problem(draft("agent.collector", ",\"income\":1000"), 422, "rule_broken");
    ck_assert_int_eq(figure("vsi_new", "achieved"), achieved);
    figures_agree();
}
END_TEST

static struct answer issue(const char *id, const char *card)
{
    return call("district.officer", "POST", text("/v1/enrolments/%s/issue", id),
                text("{\"card_number\":\"%s\"}", card));
}

START_TEST(what_is_submitted_is_accepted_and_issued_in_one_call)
{
    json_int_t confirmed = figure("vsi_new", "confirmed");
    const char *id =
        text_member(expect_status(enrol("agent.collector", "vsi", today()), 201), "id");
    struct answer issued = expect_status(issue(id, "HS4680123456789"), 200);
    ck_assert_str_eq(text_member(issued, "status"), "issued");
    ck_assert_str_eq(text_member(issued, "accepted_on"), today());
    ck_assert_str_eq(text_member(issued, "issued_on"), today());
    ck_assert_int_eq(figure("vsi_new", "confirmed"), confirmed + 1);
    ck_assert_str_eq(sql_text(text("select card_number from coverage where id = '%s'", id)),
                     "HS4680123456789");
    expect_problem(issue(id, "HS4680123456789"), 409, "wrong_status");
    expect_problem(decide("district.officer", id, "accept"), 409, "wrong_status");
    expect_status(decide("district.officer", id, "void"), 200);
    ck_assert_int_eq(figure("vsi_new", "confirmed"), confirmed);
    figures_agree();
}
END_TEST

static struct answer credit(const char *login, const char *id, const char *to)
{
    return call(login, "POST", text("/v1/enrolments/%s/credit", id),
                text("{%s%s\"decision\":{\"number\":\"15/QĐ-BHXH\",\"decided_on\":\"2026-11-20\"},"
                     "\"reason\":\"Ghi nhầm\"}",
                     to, *to ? "," : ""));
}

/* What the collector has achieved this year. */
static json_int_t own_achieved(const char *login)
{
    struct answer answer =
        call(login, "GET", text("/v1/progress?indicator=vsi_new&period=%.4s", today()), NULL);
    return integer_member(expect_status(answer, 200), "self.achieved");
}

START_TEST(credit_goes_to_somebody_else_by_decision_only)
{
    static const char second[] = "\"collector_id\":\"01900000-0000-7000-8000-0000000000c2\"";
    const char *id =
        text_member(expect_status(enrol("agent.collector", "vsi", today()), 201), "id");
    expect_status(decide("district.officer", id, "accept"), 200);
    json_int_t commune = figure("vsi_new", "achieved");
    json_int_t first = own_achieved("agent.collector");
    json_int_t other = own_achieved("neighbour.collector");
    expect_problem(credit("agent.collector", id, second), 403, "forbidden");
    expect_problem(credit("neighbour.district", id, second), 404, "not_found");
    struct answer far =
        credit("district.officer", id, "\"collector_id\":\"01900000-0000-7000-8000-0000000000c3\"");
    expect_problem(far, 404, "not_found");
    ck_assert_str_eq(text_member(far, "errors.0.pointer"), "/collector_id");
    struct answer moved = expect_status(credit("district.officer", id, second), 200);
    ck_assert_str_eq(text_member(moved, "collector_id"), "01900000-0000-7000-8000-0000000000c2");
    ck_assert_int_eq(figure("vsi_new", "achieved"), commune);
    ck_assert_int_eq(own_achieved("agent.collector"), first - 1);
    ck_assert_int_eq(own_achieved("neighbour.collector"), other + 1);
    figures_agree();
    expect_status(credit("district.officer", id, ""), 200);
    ck_assert_int_eq(own_achieved("neighbour.collector"), other);
    expect_status(decide("district.officer", id, "void"), 200);
    figures_agree();
}
END_TEST

Suite *life_cycle_suite(void)
{
    Suite *suite = suite_create("life_cycle");
    TCase *tcase = tcase_create("life_cycle");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, figures_begin, NULL);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_draft_counts_once_it_is_submitted);
    tcase_add_test(tcase, a_draft_is_discarded_without_a_trace_in_the_figures);
    tcase_add_test(tcase, what_is_submitted_is_accepted_and_issued_in_one_call);
    tcase_add_test(tcase, credit_goes_to_somebody_else_by_decision_only);
    suite_add_tcase(suite, tcase);
    return suite;
}
