/* What becomes of an enrolment, and what the figures say of it at once. */
#include <string.h>

#include "tests/support/enrolment_case.h"
#include "tests/support/figures.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"

START_TEST(the_office_accepts_once)
{
    json_int_t achieved = figure("vsi_new", "achieved");
    json_int_t confirmed = figure("vsi_new", "confirmed");
    const char *id =
        text_member(expect_status(enrol("agent.collector", "vsi", today()), 201), "id");
    ck_assert_int_eq(figure("vsi_new", "achieved"), achieved + 1);
    ck_assert_int_eq(figure("vsi_new", "confirmed"), confirmed);
    expect_problem(decide("agent.collector", id, "accept"), 403, "forbidden");
    expect_problem(decide("district.viewer", id, "accept"), 403, "forbidden");
    expect_problem(decide("neighbour.district", id, "accept"), 404, "not_found");
    expect_problem(decide("neighbour.province", id, "accept"), 404, "not_found");
    struct answer accepted = expect_status(decide("district.officer", id, "accept"), 200);
    ck_assert_str_eq(text_member(accepted, "status"), "accepted");
    ck_assert_str_eq(text_member(accepted, "accepted_on"), today());
    expect_problem(decide("district.officer", id, "accept"), 409, "wrong_status");
    expect_problem(decide("district.officer", id, "reject"), 409, "wrong_status");
    ck_assert_int_eq(figure("vsi_new", "achieved"), achieved + 1);
    ck_assert_int_eq(figure("vsi_new", "confirmed"), confirmed + 1);
}
END_TEST

START_TEST(what_is_taken_back_leaves_the_figures)
{
    json_int_t achieved = figure("vsi_new", "achieved");
    json_int_t stock = figure("vsi_participants", "achieved");
    const char *first =
        text_member(expect_status(enrol("agent.collector", "vsi", today()), 201), "id");
    const char *second =
        text_member(expect_status(enrol("commune.officer", "vsi", today()), 201), "id");
    ck_assert_int_eq(figure("vsi_participants", "achieved"), stock + 2);
    struct answer rejected = expect_status(decide("province.officer", first, "reject"), 200);
    ck_assert_str_eq(text_member(rejected, "status"), "rejected");
    ck_assert_str_eq(text_member(rejected, "reversed_on"), today());
    expect_problem(decide("neighbour.collector", second, "void"), 404, "not_found");
    expect_problem(decide("agent.collector", second, "void"), 404, "not_found");
    expect_status(decide("commune.officer", second, "void"), 200);
    expect_problem(decide("commune.officer", second, "void"), 409, "wrong_status");
    ck_assert_int_eq(figure("vsi_new", "achieved"), achieved);
    ck_assert_int_eq(figure("vsi_participants", "achieved"), stock);
}
END_TEST

START_TEST(the_gate_knows_a_renewal_from_a_new_one)
{
    struct answer first =
        expect_status(enrol("agent.collector", "vsi", sql_text("select business_date() - 5")), 201);
    const char *person = text_member(first, "person.id");
    ck_assert_str_eq(text_member(first, "kind"), "new");
    struct answer second = expect_status(enrol_again("agent.collector", "vsi", person), 201);
    ck_assert_str_eq(text_member(second, "kind"), "renewal");
    ck_assert_str_eq(text_member(second, "starts_on"),
                     sql_text(text("select date '%s' + 1", text_member(first, "ends_on"))));
    struct answer card = expect_status(enrol_again("commune.officer", "hhi", person), 201);
    ck_assert_str_eq(text_member(card, "kind"), "new");
    ck_assert_str_eq(text_member(card, "starts_on"), sql_text("select business_date() + 30"));
    struct answer hidden = enrol_again("neighbour.collector", "vsi", person);
    expect_problem(hidden, 404, "not_found");
    ck_assert_str_eq(text_member(hidden, "errors.0.pointer"), "/person_id");
    expect_problem(enrol_again("neighbour.province", "vsi", person), 403, "forbidden");
}
END_TEST

/* Who takes part on the day before a new card, its first day, its last, and the day after. */
static void stocks(json_int_t stock[4])
{
    static const char *const days[] = {"29", "30", "30 + interval '1 year' - interval '1 day'",
                                       "30 + interval '1 year'"};
    for (int i = 0; i < 4; i++) {
        const char *day = sql_text(text("select (business_date() + %s)::date", days[i]));
        struct answer answer =
            call("agent.collector", "GET",
                 text("/v1/progress?indicator=hhi_participants&period=%.4s&at=%s", day, day), NULL);
        stock[i] = integer_member(expect_status(answer, 200), "self.achieved");
    }
}

START_TEST(a_card_counts_from_its_first_day_to_its_last)
{
    static const int more[] = {0, 1, 1, 0};
    json_int_t before[4];
    json_int_t after[4];
    stocks(before);
    expect_status(enrol("agent.collector", "hhi", today()), 201);
    stocks(after);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(after[i], before[i] + more[i]);
    }
}
END_TEST

/* What a line of the level has achieved, -1 when there is none. */
static json_int_t achieved_by(const char *level, const char *name)
{
    size_t n;
    json_t *item;
    struct answer answer =
        call("district.manager", "GET",
             text("/v1/progress?indicator=vsi_new&period=%.4s&level=%s", today(), level), NULL);
    json_array_foreach((json_t *)member(expect_status(answer, 200), "items"), n, item) {
        const json_t *assignee = json_object_get(item, "assignee");
        if (strcmp(json_string_value(json_object_get(assignee, "name")), name) == 0) {
            return json_integer_value(json_object_get(item, "achieved"));
        }
    }
    return -1;
}

static struct answer enrol_won_by(const char *login, const char *member, const char *id)
{
    return call(login, "POST", "/v1/enrolments",
                text("{\"scheme\":\"vsi\",\"hamlet_id\":900101,\"months\":3,\"paid_on\":\"%s\","
                     "\"person\":{\"full_name\":\"Ka Hem\",\"date_of_birth\":\"1991\","
                     "\"sex\":\"female\",\"duplicate_confirmed\":true},\"won_by\":{\"%s\":\"%s\"}}",
                     today(), member, id));
}

START_TEST(officers_and_associations_have_credit_too)
{
    struct answer made = call("commune.manager", "POST", "/v1/associations",
                              "{\"kind\":\"womens_union\",\"name\":\"Hội Phụ nữ Đồng Me\"}");
    const char *association = text_member(expect_status(made, 201), "id");
    json_int_t before = achieved_by("officer", "Cán bộ UBND xã");
    struct answer own = expect_status(enrol("commune.officer", "vsi", today()), 201);
    ck_assert(!json_is_null(member(own, "officer_id")));
    ck_assert_int_eq(achieved_by("officer", "Cán bộ UBND xã"), before + 1);
    ck_assert_int_eq(achieved_by("association", "Hội Phụ nữ Đồng Me"), 0);
    struct answer won = enrol_won_by("agent.collector", "association_id", association);
    ck_assert_str_eq(text_member(expect_status(won, 201), "association_id"), association);
    ck_assert(json_is_null(member(won, "officer_id")));
    ck_assert_int_eq(achieved_by("association", "Hội Phụ nữ Đồng Me"), 1);
    const char *far = sql_text("select id from app_user where username = 'neighbour.district'");
    struct answer refused = enrol_won_by("commune.officer", "officer_id", far);
    expect_problem(refused, 404, "not_found");
    ck_assert_str_eq(text_member(refused, "errors.0.pointer"), "/won_by");
}
END_TEST

static json_int_t month_figure(const char *month, const char *which)
{
    struct answer answer = call("commune.viewer", "GET",
                                text("/v1/progress?indicator=vsi_new&period=%s", month), NULL);
    return integer_member(expect_status(answer, 200), text("self.%s", which));
}

/* Enrols somebody in a hamlet of another province, by an account made for it. */
static struct answer enrol_far_away(void)
{
    const char *far =
        sql_text("select min(id) from unit where kind = 'hamlet' and province_id = 156 "
                 "and valid_to is null");
    struct answer made =
        call("neighbour.province", "POST", "/v1/users",
             text("{\"username\":\"xa.khanhhoa\",\"full_name\":\"Cán bộ xã\",\"duty\":\"officer\","
                  "\"place\":{\"unit_id\":%s}}",
                  sql_text(text("select commune_id from unit where id = %s", far))));
    const char *reset = text("/v1/users/%s/reset", text_member(expect_status(made, 201), "id"));
    struct answer once = call("neighbour.province", "POST", reset, NULL);
    struct answer session =
        call_with(NULL, "POST", "/v1/sessions",
                  text("{\"username\":\"xa.khanhhoa\",\"password\":\"%s\",\"new_password\":"
                       "\"hai bo rau muong\"}",
                       text_member(once, "one_time_password")),
                  NULL);
    const char *const headers[] = {text("Authorization: Bearer %s",
                                        text_member(expect_status(session, 201), "access_token")),
                                   "Idempotency-Key: far-away-0001", NULL};
    return call_with(NULL, "POST", "/v1/enrolments",
                     text("{\"scheme\":\"hhi\",\"hamlet_id\":%s,\"months\":3,\"paid_on\":\"%s\","
                          "\"person\":{\"full_name\":\"Ka Xa\",\"date_of_birth\":\"1979\",\"sex\":"
                          "\"female\"}}",
                          far, today()),
                     headers);
}

/* The person lives in Đồng Me from now on, as after a move. */
static void moves_here(const char *person)
{
    sql_text(
        text("update person p set hamlet_id = u.id, province_id = u.province_id, district_id = "
             "u.district_id, commune_id = u.commune_id from unit u where u.id = 900101 and p.id "
             "= '%s'",
             person));
}

static void counts_and_stays_hidden(struct answer before)
{
    const char *id = text_member(expect_status(before, 201), "id");
    const char *person = text_member(before, "person.id");
    const char *ends_on = text_member(before, "ends_on");
    moves_here(person);
    struct answer renewed = expect_status(enrol_again("agent.collector", "hhi", person), 201);
    ck_assert_str_eq(text_member(renewed, "kind"), "renewal");
    ck_assert_str_eq(text_member(renewed, "starts_on"),
                     sql_text(text("select date '%s' + 1", ends_on)));
    expect_problem(call("agent.collector", "GET", text("/v1/enrolments/%s", id), NULL), 404,
                   "not_found");
    expect_problem(call("commune.manager", "GET", text("/v1/participations/%s", id), NULL), 404,
                   "not_found");
    struct answer declared =
        call("agent.collector", "POST", "/v1/participations",
             text("{\"person_id\":\"%s\",\"scheme\":\"hhi\",\"months\":3,\"ends_on\":\"%s\"}",
                  person, ends_on));
    expect_problem(declared, 409, "already_covered");
    ck_assert_ptr_null(strpbrk(text_member(declared, "errors.0.detail"), "0123456789"));
}

/* Somebody beyond the slice covers the person: it shows in what the enrolment is, and nowhere else. */
START_TEST(an_earlier_card_of_elsewhere_counts_and_stays_hidden)
{
    struct answer near = call(
        "neighbour.district", "POST", "/v1/enrolments",
        text("{\"scheme\":\"hhi\",\"hamlet_id\":900301,\"months\":3,\"paid_on\":\"%s\",\"person\":"
             "{\"full_name\":\"Ka Gần\",\"date_of_birth\":\"1979\",\"sex\":\"female\"}}",
             today()));
    counts_and_stays_hidden(near);
    counts_and_stays_hidden(enrol_far_away());
    figures_agree();
}
END_TEST

START_TEST(what_was_renewed_is_taken_back_and_the_renewal_stays)
{
    struct answer first = expect_status(enrol("agent.collector", "vsi", today()), 201);
    json_int_t stock = figure("vsi_participants", "achieved");
    json_int_t new = figure("vsi_new", "achieved");
    struct answer second =
        expect_status(enrol_again("agent.collector", "vsi", text_member(first, "person.id")), 201);
    ck_assert_str_eq(text_member(second, "kind"), "renewal");
    ck_assert_int_eq(figure("vsi_participants", "achieved"), stock);
    expect_status(decide("district.officer", text_member(first, "id"), "void"), 200);
    ck_assert_int_eq(figure("vsi_new", "achieved"), new - 1);
    ck_assert_int_eq(figure("vsi_participants", "achieved"), stock - 1);
    struct answer left =
        call("district.officer", "GET", text("/v1/enrolments/%s", text_member(second, "id")), NULL);
    ck_assert_str_eq(text_member(left, "status"), "submitted");
    ck_assert_str_eq(text_member(left, "starts_on"), text_member(second, "starts_on"));
    struct answer third =
        expect_status(enrol_again("agent.collector", "vsi", text_member(first, "person.id")), 201);
    ck_assert_str_eq(text_member(third, "kind"), "renewal");
    figures_agree();
}
END_TEST

/* The month that was published stays; the month of the decision has one less. */
START_TEST(a_void_in_a_later_month_leaves_the_earlier_one)
{
    const char *paid_on =
        sql_text("select (date_trunc('month', business_date()) - interval '1 day')"
                 "::date");
    const char *then = text("%.7s", paid_on);
    const char *now = text("%.7s", today());
    json_int_t earlier = month_figure(then, "achieved");
    json_int_t present = month_figure(now, "achieved");
    struct answer made = expect_status(enrol("commune.officer", "vsi", paid_on), 201);
    ck_assert_int_eq(month_figure(then, "achieved"), earlier + 1);
    ck_assert_int_eq(month_figure(now, "achieved"), present);
    expect_status(decide("district.officer", text_member(made, "id"), "accept"), 200);
    expect_status(decide("district.officer", text_member(made, "id"), "void"), 200);
    ck_assert_int_eq(month_figure(then, "achieved"), earlier + 1);
    ck_assert_int_eq(month_figure(now, "achieved"), present - 1);
    figures_agree();
}
END_TEST

START_TEST(coverage_tells_who_is_counted_here)
{
    struct answer answer =
        call("commune.viewer", "GET", text("/v1/coverage?scheme=vsi&on=%s", today()), NULL);
    ck_assert_int_gt(figure("vsi_participants", "achieved"), 0);
    ck_assert_int_eq(integer_member(expect_status(answer, 200), "self.counted.people"),
                     figure("vsi_participants", "achieved"));
    for (int i = 0; i < 3; i++) { /* hamlets: their days are read elsewhere */
        int unit = (int)integer_member(answer, text("items.%d.unit.id", i));
        struct answer own =
            call("commune.viewer", "GET",
                 text("/v1/progress?indicator=vsi_participants&period=%.4s&unit=%d", today(), unit),
                 NULL);
        ck_assert_int_eq(integer_member(answer, text("items.%d.counted.people", i)),
                         integer_member(expect_status(own, 200), "self.achieved"));
    }
}
END_TEST

START_TEST(without_a_rule_nothing_is_enrolled)
{
    struct answer old = enrol("commune.officer", "vsi", "2009-01-01");
    expect_problem(old, 422, "rate_missing");
    expect_problem(call("commune.officer", "POST", "/v1/enrolments",
                        "{\"scheme\":\"vsi\",\"months\":6,\"paid_on\":\"2026-01-01\"}"),
                   400, "invalid_request");
}
END_TEST

Suite *enrolment_suite(void)
{
    Suite *suite = suite_create("enrolment");
    TCase *tcase = tcase_create("enrolment");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, figures_begin, NULL);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, the_office_accepts_once);
    tcase_add_test(tcase, what_is_taken_back_leaves_the_figures);
    tcase_add_test(tcase, the_gate_knows_a_renewal_from_a_new_one);
    tcase_add_test(tcase, a_card_counts_from_its_first_day_to_its_last);
    tcase_add_test(tcase, officers_and_associations_have_credit_too);
    tcase_add_test(tcase, an_earlier_card_of_elsewhere_counts_and_stays_hidden);
    tcase_add_test(tcase, what_was_renewed_is_taken_back_and_the_renewal_stays);
    tcase_add_test(tcase, a_void_in_a_later_month_leaves_the_earlier_one);
    tcase_add_test(tcase, coverage_tells_who_is_counted_here);
    tcase_add_test(tcase, without_a_rule_nothing_is_enrolled);
    suite_add_tcase(suite, tcase);
    return suite;
}
