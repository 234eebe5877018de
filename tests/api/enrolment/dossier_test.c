/* Dossiers: who hands in what, what the office says line by line, and until when. */
#include <string.h>

#include "tests/support/figures.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/volley.h"

static const char *today(void)
{
    return sql_text("select business_date()");
}

/* The id of an enrolment of a new person. */
static const char *enrol(const char *login, const char *scheme, int hamlet)
{
    static int people;
    const char *body =
        text("{\"scheme\":\"%s\",\"hamlet_id\":%d,\"months\":12,\"paid_on\":\"%s\",\"person\":"
             "{\"full_name\":\"Ka Hồ Sơ\",\"date_of_birth\":\"%d\",\"sex\":\"female\","
             "\"duplicate_confirmed\":true},\"paid_by\":\"transfer\"}",
             scheme, hamlet, today(), 1950 + people++ % 50);
    return text_member(expect_status(call(login, "POST", "/v1/enrolments", body), 201), "id");
}

static const char *enrol_card(void)
{
    return enrol("agent.collector", "hhi", 900101);
}

static struct answer hand_in(const char *login, const char *form, const char *const *ids, int count)
{
    const char *list = "";
    for (int i = 0; i < count; i++) {
        list = text("%s%s\"%s\"", list, i ? "," : "", ids[i]);
    }
    return call(login, "POST", "/v1/dossiers",
                text("{\"form\":\"%s\",\"enrolment_ids\":[%s]}", form, list));
}

/* The id of a dossier of these cards. */
static const char *dossier_of(const char *const *ids, int count)
{
    struct answer made = expect_status(hand_in("agent.collector", "D03-TS", ids, count), 201);
    return text_member(made, "id");
}

static const char *line_of(const char *id, const char *outcome)
{
    return text("{\"enrolment_id\":\"%s\",\"outcome\":\"%s\"%s}", id, outcome,
                strcmp(outcome, "accepted") == 0 ? "" : ",\"reason\":\"Thiếu giấy tờ\"");
}

static struct answer decide(const char *login, const char *dossier, const char *lines)
{
    return call(login, "POST", text("/v1/dossiers/%s/decide", dossier),
                text("{\"lines\":[%s]}", lines));
}

static struct answer look(const char *login, const char *dossier)
{
    return call(login, "GET", text("/v1/dossiers/%s", dossier), NULL);
}

static const char *status_of(const char *enrolment)
{
    struct answer seen = call("agent.collector", "GET", text("/v1/enrolments/%s", enrolment), NULL);
    return text_member(expect_status(seen, 200), "status");
}

static void refused_at(struct answer answer, int status, const char *code, const char *pointer,
                       const char *flaw)
{
    expect_problem(answer, status, code);
    ck_assert_str_eq(text_member(answer, "errors.0.pointer"), pointer);
    ck_assert_str_eq(text_member(answer, "errors.0.code"), flaw);
}

START_TEST(a_dossier_is_a_list_for_the_office)
{
    const char *ids[] = {enrol_card(), enrol_card()};
    sql_text(text("update person set social_insurance_number = '6800009997' where id = "
                  "(select person_id from enrolment where id = '%s')",
                  ids[0]));
    struct answer made = expect_status(hand_in("agent.collector", "D03-TS", ids, 2), 201);
    const char *id = text_member(made, "id");
    ck_assert_str_eq(answer_header(made, "Location"), text("/v1/dossiers/%s", id));
    ck_assert_str_eq(text_member(made, "number"),
                     text("%s/%.4s/D03-TS",
                          sql_text(text("select n from dossier where id = '%s'", id)), today()));
    ck_assert_str_eq(text_member(made, "due_on"),
                     sql_text("select working_day_after(business_date(), 5)"));
    ck_assert_int_eq(integer_member(made, "days_left"), 5);
    ck_assert_int_eq(integer_member(made, "count.pending"), 2);
    ck_assert_int_eq(integer_member(made, "unit.id"), 123173);
    ck_assert_int_eq(integer_member(made, "total.amount"), 2 * 1366200);
    ck_assert_str_eq(text_member(made, "lines.0.enrolment_id"), ids[0]);
    ck_assert_str_eq(text_member(made, "lines.0.person.social_insurance_number"),
                     sql_text("select masked('6800009997')"));
    static const char *const seeing[] = {"nation.viewer",  "province.viewer", "district.viewer",
                                         "commune.viewer", "agency.manager",  "agent.viewer"};
    for (size_t i = 0; i < sizeof seeing / sizeof *seeing; i++) {
        expect_status(look(seeing[i], id), 200);
    }
    static const char *const beside[] = {"neighbour.province", "neighbour.district",
                                         "neighbour.commune", "neighbour.collector"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        expect_problem(look(beside[i], id), 404, "not_found");
    }
}
END_TEST

START_TEST(numbers_are_shown_for_a_purpose_and_every_look_is_noted)
{
    const char *ids[] = {enrol_card()};
    sql_text(text("update person set social_insurance_number = '6800009998' where id = "
                  "(select person_id from enrolment where id = '%s')",
                  ids[0]));
    const char *id = dossier_of(ids, 1);
    const char *path = text("/v1/dossiers/%s?reveal=identity", id);
    expect_problem(call("district.officer", "GET", path, NULL), 400, "invalid_request");
    path = text("%s&purpose=inspection", path);
    expect_problem(call("district.viewer", "GET", path, NULL), 403, "forbidden");
    struct answer shown = expect_status(call("district.officer", "GET", path, NULL), 200);
    ck_assert_str_eq(text_member(shown, "lines.0.person.social_insurance_number"), "6800009998");
    const char *looks =
        text("select string_agg(distinct action || coalesce(' ' || purpose, ''), ', ') from audit "
             "where (select person_id from enrolment where id = '%s') = any(subjects) and action "
             "in ('dossier_get', 'identity_reveal')",
             ids[0]);
    ck_assert_str_eq(sql_text(looks), "dossier_get, identity_reveal inspection");
}
END_TEST

START_TEST(only_what_waits_of_the_own_credit_is_handed_in)
{
    const char *own = enrol_card();
    const char *taken = enrol_card();
    const char *done = enrol_card();
    const char *pension = enrol("agent.collector", "vsi", 900101);
    const char *other = enrol("neighbour.collector", "hhi", 900201);
    const char *number = text_member(look("agent.viewer", dossier_of(&taken, 1)), "number");
    expect_status(call("district.officer", "POST", text("/v1/enrolments/%s/accept", done), NULL),
                  200);
    const struct {
        const char *id;
        int status;
        const char *code;
        const char *flaw;
    } table[] = {
        {other, 404, "not_found", "not_found"},
        {"01900000-0000-7000-8000-00000000dead", 404, "not_found", "not_found"},
        {done, 409, "wrong_status", "status"},
        {taken, 409, "wrong_status", "in_dossier"},
        {pension, 422, "rule_broken", "other_form"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *ids[] = {own, table[i].id};
        struct answer answer = hand_in("agent.collector", "D03-TS", ids, 2);
        refused_at(answer, table[i].status, table[i].code, "/enrolment_ids/1", table[i].flaw);
        ck_assert(table[i].id != taken || strstr(text_member(answer, "errors.0.detail"), number));
    }
    refused_at(hand_in("agent.collector", "D99-TS", &own, 1), 404, "not_found", "/form",
               "not_found");
    const char *twice[] = {own, own};
    expect_problem(hand_in("agent.collector", "D03-TS", twice, 2), 400, "invalid_request");
    expect_problem(call("agent.collector", "POST", "/v1/dossiers", "{\"form\":\"D03-TS\"}"), 400,
                   "invalid_request");
    expect_status(hand_in("agent.collector", "D05-TS", &pension, 1), 201);
    expect_status(hand_in("agent.collector", "D03-TS", &own, 1), 201);
}
END_TEST

static struct answer all_open(const char *login, const char *form)
{
    return call(login, "POST", "/v1/dossiers", text("{\"form\":\"%s\",\"all_open\":true}", form));
}

START_TEST(all_that_waits_is_handed_in_once)
{
    const char *mine = enrol_card();
    struct answer last = {0};
    int rounds = 0;
    do {
        last = all_open("agent.collector", "D03-TS");
    } while (last.status == 201 && ++rounds < 20);
    refused_at(last, 422, "rule_broken", "/all_open", "too_few");
    ck_assert_int_ge(rounds, 1);
    ck_assert_str_eq(
        sql_text(text("select outcome from dossier_line where enrolment_id = '%s'", mine)),
        "pending");
    ck_assert_str_eq(sql_text("select count(*) from enrolment e where e.status = 'submitted' and "
                              "e.scheme = 'hhi' and e.collector_id = "
                              "'01900000-0000-7000-8000-0000000000c1' and e.created_at > now() - "
                              "interval '1 year' and not exists (select from dossier_line l "
                              "where l.enrolment_id = e.id)"),
                     "0");
}
END_TEST

START_TEST(an_organisation_hands_in_what_its_collectors_enrolled)
{
    const char *ids[] = {enrol_card(), enrol("neighbour.collector", "hhi", 900201)};
    struct answer made = expect_status(hand_in("agency.manager", "D03-TS", ids, 2), 201);
    const char *id = text_member(made, "id");
    ck_assert_int_eq(integer_member(made, "unit.id"), 900001);
    ck_assert(json_is_null(member(made, "collector_id")));
    expect_problem(look("agent.collector", id), 404, "not_found");
    expect_problem(look("commune.manager", id), 404, "not_found");
    expect_status(look("district.viewer", id), 200);
    sql_text(text("update enrolment set district_id = 900002, commune_id = 123236, unit_id = "
                  "900301 where id = '%s'",
                  ids[1]));
    sql_text(text("delete from dossier_line where dossier_id = '%s'", id));
    sql_text(text("delete from dossier where id = '%s'", id));
    refused_at(hand_in("agency.manager", "D03-TS", ids, 2), 422, "rule_broken", "/enrolment_ids/1",
               "other_office");
    sql_text(text("update enrolment set district_id = 900001, commune_id = 123149, unit_id = "
                  "900201 where id = '%s'",
                  ids[1]));
}
END_TEST

START_TEST(the_office_decides_line_by_line)
{
    const char *ids[] = {enrol_card(), enrol_card(), enrol_card()};
    const char *id = dossier_of(ids, 3);
    expect_problem(decide("neighbour.district", id, line_of(ids[0], "accepted")), 404, "not_found");
    expect_problem(decide("commune.manager", id, line_of(ids[0], "accepted")), 403, "forbidden");
    struct answer first =
        expect_status(decide("district.officer", id, line_of(ids[0], "accepted")), 200);
    ck_assert_str_eq(text_member(first, "state"), "submitted");
    ck_assert_int_eq(integer_member(first, "count.accepted"), 1);
    ck_assert_int_eq(integer_member(first, "count.pending"), 2);
    ck_assert_str_eq(status_of(ids[0]), "accepted");
    const char *rest = text("%s,%s", line_of(ids[1], "returned"), line_of(ids[2], "rejected"));
    struct answer last = expect_status(decide("province.officer", id, rest), 200);
    ck_assert_str_eq(text_member(last, "state"), "decided");
    ck_assert(json_is_null(member(last, "days_left")));
    ck_assert_str_eq(text_member(last, "lines.1.outcome"), "returned");
    ck_assert_str_eq(text_member(last, "lines.1.reason"), "Thiếu giấy tờ");
    ck_assert_str_eq(text_member(last, "lines.1.status"), "submitted");
    ck_assert_str_eq(text_member(last, "lines.2.status"), "rejected");
    figures_agree();
}
END_TEST

START_TEST(a_card_is_issued_with_its_line)
{
    const char *ids[] = {enrol_card()};
    const char *id = dossier_of(ids, 1);
    const char *line = text("{\"enrolment_id\":\"%s\",\"outcome\":\"issued\",\"card_number\":"
                            "\"HS4680123456789\"}",
                            ids[0]);
    struct answer done = expect_status(decide("district.officer", id, line), 200);
    ck_assert_str_eq(text_member(done, "lines.0.outcome"), "accepted");
    ck_assert_str_eq(status_of(ids[0]), "issued");
    ck_assert_str_eq(sql_text(text("select card_number from coverage where id = '%s'", ids[0])),
                     "HS4680123456789");
}
END_TEST

START_TEST(a_dossier_outlives_the_credit_of_its_lines)
{
    const char *ids[] = {enrol_card()};
    const char *id = dossier_of(ids, 1);
    expect_status(call("district.officer", "POST", text("/v1/enrolments/%s/credit", ids[0]),
                       "{\"decision\":{\"number\":\"16/QĐ\",\"decided_on\":\"2026-11-20\"},"
                       "\"reason\":\"Ghi nhầm\"}"),
                  200);
    struct answer own = expect_status(look("agent.collector", id), 200);
    ck_assert_uint_eq(json_array_size(member(own, "lines")), 0);
    struct answer office = expect_status(look("district.officer", id), 200);
    ck_assert_uint_eq(json_array_size(member(office, "lines")), 1);
}
END_TEST

START_TEST(one_bad_line_refuses_the_call)
{
    const char *ids[] = {enrol_card(), enrol_card()};
    const char *id = dossier_of(ids, 2);
    const char *good = line_of(ids[0], "accepted");
    const char *mute = text("{\"enrolment_id\":\"%s\",\"outcome\":\"returned\"}", ids[1]);
    refused_at(decide("district.officer", id, text("%s,%s", good, mute)), 422, "rule_broken",
               "/lines/1/reason", "required");
    const char *numbered = text("{\"enrolment_id\":\"%s\",\"outcome\":\"accepted\","
                                "\"card_number\":\"HS4680123456789\"}",
                                ids[1]);
    refused_at(decide("district.officer", id, text("%s,%s", good, numbered)), 422, "rule_broken",
               "/lines/1/card_number", "either");
    refused_at(decide("district.officer", id, text("%s,%s", good, good)), 422, "rule_broken",
               "/lines/1/enrolment_id", "not_unique");
    const char *forged = line_of(enrol_card(), "accepted");
    refused_at(decide("district.officer", id, text("%s,%s", good, forged)), 404, "not_found",
               "/lines/1/enrolment_id", "not_found");
    ck_assert_str_eq(status_of(ids[0]), "submitted");
    expect_status(decide("district.officer", id, good), 200);
    refused_at(decide("district.officer", id, text("%s,%s", line_of(ids[1], "accepted"), good)),
               409, "wrong_status", "/lines/1/enrolment_id", "status");
    ck_assert_str_eq(status_of(ids[1]), "submitted");
}
END_TEST

static struct answer resubmit(const char *login, const char *dossier, const char *body)
{
    return call(login, "POST", text("/v1/dossiers/%s/resubmit", dossier), body);
}

START_TEST(what_came_back_is_handed_in_again)
{
    const char *ids[] = {enrol_card(), enrol_card(), enrol_card()};
    const char *id = dossier_of(ids, 3);
    expect_problem(resubmit("agent.collector", id, "{}"), 422, "rule_broken");
    const char *lines = text("%s,%s", line_of(ids[0], "returned"), line_of(ids[1], "returned"));
    expect_status(decide("district.officer", id, lines), 200);
    refused_at(resubmit("agent.collector", id, text("{\"enrolment_ids\":[\"%s\"]}", ids[2])), 409,
               "wrong_status", "/enrolment_ids/0", "status");
    refused_at(resubmit("agent.collector", id, text("{\"enrolment_ids\":[\"%s\"]}", enrol_card())),
               404, "not_found", "/enrolment_ids/0", "not_found");
    expect_problem(resubmit("neighbour.collector", id, "{}"), 404, "not_found");
    const char *one = text("{\"enrolment_ids\":[\"%s\"]}", ids[1]);
    struct answer again = expect_status(resubmit("agent.collector", id, one), 201);
    ck_assert_str_eq(text_member(again, "previous_id"), id);
    ck_assert_int_eq(integer_member(again, "count.lines"), 1);
    refused_at(resubmit("agent.collector", id, one), 409, "wrong_status", "/enrolment_ids/0",
               "in_dossier");
    struct answer rest = expect_status(resubmit("agent.collector", id, "{}"), 201);
    ck_assert_str_eq(text_member(rest, "lines.0.enrolment_id"), ids[0]);
    expect_problem(resubmit("agent.collector", id, "{}"), 422, "rule_broken");
    expect_status(decide("district.officer", text_member(rest, "id"), line_of(ids[0], "accepted")),
                  200);
    ck_assert_str_eq(status_of(ids[0]), "accepted");
}
END_TEST

START_TEST(a_line_follows_its_enrolment)
{
    const char *ids[] = {enrol_card(), enrol_card(), enrol_card()};
    const char *pension = enrol("agent.collector", "vsi", 900101);
    const char *id = dossier_of(ids, 3);
    struct answer second = expect_status(hand_in("agent.collector", "D05-TS", &pension, 1), 201);
    const char *reason = "{\"reason\":\"Ghi nhầm\"}";
    expect_status(call("district.officer", "POST", text("/v1/enrolments/%s/accept", ids[0]), NULL),
                  200);
    expect_status(call("agent.collector", "POST", text("/v1/enrolments/%s/void", ids[1]), reason),
                  200);
    expect_status(
        call("district.officer", "POST", text("/v1/enrolments/%s/reject", ids[2]), reason), 200);
    expect_status(call("district.officer", "POST", text("/v1/enrolments/%s/refund", pension),
                       text("{\"reason\":\"compulsory\",\"happened_on\":\"%s\"}", today())),
                  200);
    struct answer seen = expect_status(look("agent.collector", id), 200);
    ck_assert_str_eq(text_member(seen, "state"), "decided");
    ck_assert_int_eq(integer_member(seen, "count.accepted"), 1);
    ck_assert_int_eq(integer_member(seen, "count.withdrawn"), 1);
    ck_assert_int_eq(integer_member(seen, "count.rejected"), 1);
    ck_assert_str_eq(text_member(seen, "lines.1.reason"), "Ghi nhầm");
    seen = look("agent.collector", text_member(second, "id"));
    ck_assert_str_eq(text_member(seen, "lines.0.outcome"), "withdrawn");
}
END_TEST

START_TEST(two_officers_decide_a_line_once)
{
    struct shot shots[VOLLEY];
    const char *ids[VOLLEY];
    for (int i = 0; i < VOLLEY; i++) {
        ids[i] = enrol_card();
    }
    const char *id = dossier_of(ids, VOLLEY);
    /* each of half the lines twice, together with the one that was asked for before it */
    for (int i = 0; i < VOLLEY; i++) {
        const char *outcome = i % 2 ? "accepted" : "rejected";
        const char *body = text("{\"lines\":[%s,%s]}", line_of(ids[i / 2 * 2 + 1], outcome),
                                line_of(ids[i / 2 * 2], outcome));
        shots[i].request = volley_request(i % 2 ? "district.officer" : "province.officer", "POST",
                                          text("/v1/dossiers/%s/decide", id),
                                          text("Idempotency-Key: twice-%s-%d\r\n", id, i), body);
    }
    volley(shots, VOLLEY);
    ck_assert_int_eq(volley_count(shots, VOLLEY, 200), VOLLEY / 2);
    ck_assert_int_eq(volley_count(shots, VOLLEY, 409), VOLLEY / 2);
    struct answer seen = expect_status(look("district.viewer", id), 200);
    ck_assert_str_eq(text_member(seen, "state"), "decided");
    ck_assert_int_eq(
        integer_member(seen, "count.accepted") + integer_member(seen, "count.rejected"), VOLLEY);
    figures_agree();
}
END_TEST

START_TEST(numbers_of_a_holder_have_no_gap)
{
    struct shot shots[VOLLEY];
    for (int i = 0; i < VOLLEY; i++) {
        const char *body = text("{\"form\":\"D03-TS\",\"enrolment_ids\":[\"%s\"]}", enrol_card());
        shots[i].request =
            volley_request("agent.collector", "POST", "/v1/dossiers",
                           text("Idempotency-Key: %s\r\n", sql_text("select uuid7()")), body);
    }
    volley(shots, VOLLEY);
    ck_assert_int_eq(volley_count(shots, VOLLEY, 201), VOLLEY);
    ck_assert_str_eq(sql_text("select count(*) from (select max(n) as last, count(*) as there "
                              "from dossier group by holder_id, year) d where last <> there"),
                     "0");
}
END_TEST

/* As many as a dossier may have, well within what a request may take. */
START_TEST(two_hundred_lines_are_one_call)
{
    enum { LINES = 200 };
    const char *ids[LINES];
    const char *lines = "";
    for (int i = 0; i < LINES; i++) {
        ids[i] = enrol_card();
        lines =
            text("%s%s%s", lines, i ? "," : "", line_of(ids[i], i % 9 ? "accepted" : "rejected"));
    }
    const char *id = dossier_of(ids, LINES);
    struct answer done = expect_status(decide("district.officer", id, lines), 200);
    ck_assert_str_eq(text_member(done, "state"), "decided");
    ck_assert_int_eq(integer_member(done, "count.accepted"), LINES - LINES / 9 - 1);
    figures_agree();
}
END_TEST

static int listed(const char *login, const char *filter, const char *id)
{
    struct answer page =
        expect_status(call(login, "GET", text("/v1/dossiers?limit=200%s", filter), NULL), 200);
    return strstr(page.body, text("\"id\":\"%s\",\"number\"", id)) != NULL;
}

START_TEST(what_is_late_is_seen_at_once)
{
    const char *ids[] = {enrol_card()};
    const char *id = dossier_of(ids, 1);
    ck_assert(!listed("district.viewer", "&overdue=true", id));
    sql_text(text("update dossier set submitted_on = business_date() - 20, due_on = "
                  "business_date() - 7 where id = '%s'",
                  id));
    struct answer seen = look("agent.viewer", id);
    ck_assert(json_is_true(member(seen, "overdue")));
    ck_assert_int_lt(integer_member(seen, "days_left"), 0);
    ck_assert(listed("district.viewer", "&overdue=true", id));
    ck_assert(listed("agent.viewer", "&overdue=true&state=submitted", id));
    ck_assert(listed("commune.viewer", "&state=submitted", id));
    ck_assert(listed("commune.viewer", "", id));
    ck_assert(!listed("neighbour.district", "&overdue=true", id));
    ck_assert(!listed("district.viewer", "&state=decided", id));
    expect_problem(call("district.viewer", "GET", "/v1/dossiers?overdue=true&state=decided", NULL),
                   400, "invalid_request");
    expect_status(decide("district.officer", id, line_of(ids[0], "accepted")), 200);
    ck_assert(!listed("district.viewer", "&overdue=true", id));
    ck_assert(listed("district.viewer", "&state=decided", id));
}
END_TEST

START_TEST(working_days_leave_out_weekends_and_holidays)
{
    static const struct {
        const char *start;
        int days;
        const char *due;
    } table[] = {
        {"2026-11-16", 1, "2026-11-17"},  {"2026-11-16", 5, "2026-11-23"},
        {"2026-11-20", 1, "2026-11-23"},  {"2026-11-22", 5, "2026-11-27"},
        {"2026-12-31", 1, "2027-01-04"},  {"2026-04-29", 1, "2026-05-04"},
        {"2026-11-16", 10, "2026-11-30"}, {"2026-01-01", 250, "2026-12-22"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *due =
            sql_text(text("select working_day_after('%s', %d)", table[i].start, table[i].days));
        ck_assert_str_eq(due, table[i].due);
        ck_assert_str_eq(
            sql_text(text("select working_days_until('%s', '%s')", table[i].start, due)),
            text("%d", table[i].days));
    }
    ck_assert_str_eq(sql_text("select working_days_until('2026-11-22', '2026-11-16')"), "-4");
    ck_assert_str_eq(sql_text("select working_days_until('2026-11-22', '2026-11-22')"), "0");
    struct answer forms =
        expect_status(call("agent.viewer", "GET", "/v1/dossier-forms", NULL), 200);
    ck_assert_str_eq(text_member(forms, "items.0.code"), "D03-TS");
    ck_assert_int_eq(integer_member(forms, "items.0.working_days.new"), 5);
}
END_TEST

static struct answer enter(const char *login, const char *from, const char *more)
{
    return call(login, "POST", "/v1/holidays",
                text("{\"from\":\"%s\",\"name\":{\"vi\":\"Tết Nguyên đán\",\"en\":\"Lunar New "
                     "Year\"},\"decision_number\":\"1/TB\",\"verified\":true%s}",
                     from, more));
}

START_TEST(the_nation_enters_what_the_year_sets_free)
{
    struct answer made = enter("nation.manager", "2029-02-12", ",\"to\":\"2029-02-16\"");
    expect_status(made, 200);
    ck_assert_int_eq(json_array_size(member(made, "items")), 5);
    expect_status(enter("nation.manager", "2029-02-10", ",\"works\":true"), 200); /* Saturday */
    ck_assert_str_eq(sql_text("select working_day_after('2029-02-09', 2)"), "2029-02-19");
    ck_assert_str_eq(sql_text("select working_days_until('2029-02-09', '2029-02-19')"), "2");
    refused_at(enter("nation.manager", "2029-02-15", ",\"to\":\"2029-02-18\""), 409, "duplicate",
               "/from", "not_unique");
    refused_at(enter("nation.manager", "2029-03-15", ",\"to\":\"2029-03-14\""), 422, "rule_broken",
               "/to", "order");
    refused_at(enter("nation.manager", "2029-03-01", ",\"to\":\"2029-04-01\""), 422, "rule_broken",
               "/to", "too_large");
    expect_problem(enter("province.manager", "2029-03-15", ""), 403, "forbidden");
    struct answer year =
        expect_status(call("agent.viewer", "GET", "/v1/holidays?year=2029", NULL), 200);
    ck_assert_str_eq(text_member(year, "items.1.day"), "2029-02-10");
    ck_assert_int_eq(json_array_size(member(year, "items")), 10);
    sql_text("delete from holiday where created_by is not null");
}
END_TEST

/* After all of the above. */
START_TEST(counts_are_what_the_lines_say)
{
    ck_assert_str_eq(
        sql_text("select count(*) from dossier d join (select dossier_id, count(*) filter (where "
                 "outcome = 'pending') as p, count(*) filter (where outcome = 'accepted') as a, "
                 "count(*) filter (where outcome = 'returned') as b, count(*) filter (where "
                 "outcome = 'rejected') as r, count(*) filter (where outcome = 'withdrawn') as w "
                 "from dossier_line group by 1) l on l.dossier_id = d.id where (d.pending, "
                 "d.accepted, d.returned, d.rejected, d.withdrawn) <> (p, a, b, r, w)"),
        "0");
    ck_assert_str_eq(sql_text("select count(*) from dossier_line l join enrolment e on e.id = "
                              "l.enrolment_id where l.outcome = 'pending' and e.status <> "
                              "'submitted'"),
                     "0");
}
END_TEST

Suite *dossier_suite(void)
{
    Suite *suite = suite_create("dossier");
    TCase *tcase = tcase_create("dossier");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, figures_begin, NULL);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_dossier_is_a_list_for_the_office);
    tcase_add_test(tcase, numbers_are_shown_for_a_purpose_and_every_look_is_noted);
    tcase_add_test(tcase, only_what_waits_of_the_own_credit_is_handed_in);
    tcase_add_test(tcase, all_that_waits_is_handed_in_once);
    tcase_add_test(tcase, an_organisation_hands_in_what_its_collectors_enrolled);
    tcase_add_test(tcase, the_office_decides_line_by_line);
    tcase_add_test(tcase, a_card_is_issued_with_its_line);
    tcase_add_test(tcase, a_dossier_outlives_the_credit_of_its_lines);
    tcase_add_test(tcase, one_bad_line_refuses_the_call);
    tcase_add_test(tcase, what_came_back_is_handed_in_again);
    tcase_add_test(tcase, a_line_follows_its_enrolment);
    tcase_add_test(tcase, two_officers_decide_a_line_once);
    tcase_add_test(tcase, numbers_of_a_holder_have_no_gap);
    tcase_add_test(tcase, two_hundred_lines_are_one_call);
    tcase_add_test(tcase, what_is_late_is_seen_at_once);
    tcase_add_test(tcase, working_days_leave_out_weekends_and_holidays);
    tcase_add_test(tcase, the_nation_enters_what_the_year_sets_free);
    tcase_add_test(tcase, counts_are_what_the_lines_say);
    suite_add_tcase(suite, tcase);
    return suite;
}
