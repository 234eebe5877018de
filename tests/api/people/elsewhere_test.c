/* What looks beyond the slice: duplicates, merging, coverage elsewhere, and people who move. */
#include <string.h>

#include "tests/support/figures.h"
#include "tests/support/harness.h"
#include "tests/support/rate_case.h"
#include "tests/support/suites.h"

static struct answer create(const char *login, int hamlet, const char *name, const char *birth,
                            const char *more)
{
    return call(login, "POST", "/v1/people",
                text("{\"hamlet_id\":%d,\"full_name\":\"%s\",\"date_of_birth\":\"%s\","
                     "\"sex\":\"female\"%s}",
                     hamlet, name, birth, more));
}

static const char *id_of(struct answer made)
{
    return text_member(expect_status(made, 201), "id");
}

static struct answer enrol(const char *login, const char *person, const char *scheme)
{
    return call(login, "POST", "/v1/enrolments",
                text("{\"scheme\":\"%s\",\"months\":6,\"paid_on\":\"%s\",\"person_id\":\"%s\"}",
                     scheme, sql_text("select business_date()"), person));
}

START_TEST(the_same_name_and_birth_in_a_commune_is_asked_about)
{
    static const struct {
        int hamlet;
        const char *name, *birth, *more;
        int status;
    } cases[] = {
        {900101, "Tô Thị Đúp", "1984-05-09", "", 409},
        {900103, "to thi dup", "1984-05", "", 409}, /* as far as both are known */
        {900103, "Tô Thị Đúp", "1984", "", 409},
        {900101, "Tô Thị Đúp", "1984-05-10", "", 201},
        {900101, "Tô Thị Đúp", "1985", "", 201},
        {900101, "Tô Thị Đúp Hai", "1984-05-09", "", 201},
        {900101, "Tô Thị Đúp", "1984-05-09", ",\"personal_id_number\":\"068184000502\"", 201},
        {900101, "Tô Thị Đúp", "1984-05-09", ",\"duplicate_confirmed\":true", 201},
    };
    const char *first = id_of(create("commune.officer", 900101, "Tô Thị Đúp", "1984-05-09",
                                     ",\"personal_id_number\":\"068184000501\""));
    const char *before = sql_text("select count(*) from person");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer = create("commune.officer", cases[i].hamlet, cases[i].name,
                                      cases[i].birth, cases[i].more);
        ck_assert_msg(answer.status == cases[i].status, "%zu: %s", i, answer.body);
        if (answer.status == 409) {
            expect_problem(answer, 409, "possible_duplicate");
            ck_assert_str_eq(text_member(answer, "candidates.0.id"), first);
            ck_assert_str_eq(text_member(answer, "candidates.0.personal_id_number"),
                             "0681******01");
            ck_assert_ptr_null(strstr(answer.body, "068184000501"));
            ck_assert_str_eq(sql_text("select count(*) from person"), before);
        }
    }
    expect_status(create("neighbour.commune", 900201, "Tô Thị Đúp", "1984-05-09", ""), 201);
}
END_TEST

START_TEST(a_candidate_outside_the_slice_has_no_name)
{
    id_of(create("commune.officer", 900103, "Lục Văn Ngoài", "1991", ""));
    struct answer answer = create("agent.collector", 900101, "Lục Văn Ngoài", "1991", "");
    expect_problem(answer, 409, "possible_duplicate");
    ck_assert(json_is_null(member(answer, "candidates.0.id")));
    ck_assert_ptr_null(strstr(answer.body, "Lục"));
}
END_TEST

START_TEST(an_enrolment_asks_too_and_takes_the_known_person)
{
    const char *body =
        text("{\"scheme\":\"vsi\",\"hamlet_id\":900101,\"months\":3,\"paid_on\":\"%s\",\"person\":"
             "{\"full_name\":\"Nông Thị Hỏi\",\"date_of_birth\":\"1979\",\"sex\":\"female\"}}",
             sql_text("select business_date()"));
    expect_status(call("agent.collector", "POST", "/v1/enrolments", body), 201);
    const char *before = sql_text("select count(*) from enrolment");
    struct answer again = call("agent.collector", "POST", "/v1/enrolments", body);
    expect_problem(again, 409, "possible_duplicate");
    ck_assert_str_eq(sql_text("select count(*) from enrolment"), before);
    const char *known = text_member(again, "candidates.0.id");
    struct answer renewed = expect_status(enrol("agent.collector", known, "vsi"), 201);
    ck_assert_str_eq(text_member(renewed, "kind"), "renewal");
}
END_TEST

static struct answer merge(const char *login, const char *keep, const char *gone)
{
    return call(login, "POST", text("/v1/people/%s/merge", keep),
                text("{\"duplicate_id\":\"%s\",\"reason\":\"Nhập hai lần\"}", gone));
}

START_TEST(two_records_become_one_and_keep_their_history)
{
    const char *keep = id_of(create("commune.officer", 900101, "Hà Gộp", "1966", ""));
    const char *gone =
        id_of(create("commune.officer", 900101, "Hà Gộp Lại", "1966-02",
                     ",\"personal_id_number\":\"068166000601\",\"ethnicity\":\"16\""));
    const char *enrolment =
        text_member(expect_status(enrol("agent.collector", gone, "vsi"), 201), "id");
    expect_status(enrol("agent.collector", keep, "hhi"), 201);
    expect_problem(merge("neighbour.commune", keep, gone), 404, "not_found");
    expect_problem(merge("agent.collector", keep, gone), 403, "forbidden");
    expect_problem(merge("commune.viewer", keep, gone), 403, "forbidden");
    expect_problem(merge("commune.officer", keep, keep), 404, "not_found");
    sql_text("truncate audit");
    struct answer one = expect_status(merge("commune.officer", keep, gone), 200);
    ck_assert_str_eq(text_member(one, "personal_id_number"), "0681******01");
    expect_problem(merge("commune.officer", keep, gone), 404, "not_found");
    struct answer old = call("commune.viewer", "GET", text("/v1/people/%s", gone), NULL);
    ck_assert_str_eq(text_member(expect_status(old, 200), "merged_into"), keep);
    struct answer moved = call("agent.viewer", "GET", text("/v1/enrolments/%s", enrolment), NULL);
    ck_assert_str_eq(text_member(expect_status(moved, 200), "person.id"), keep);
    struct answer next = expect_status(enrol("agent.collector", keep, "vsi"), 201);
    ck_assert_str_eq(text_member(next, "kind"), "renewal");
    expect_problem(enrol("agent.collector", gone, "vsi"), 404, "not_found");
    struct answer found = call("commune.viewer", "GET", "/v1/people?q=068166000601", NULL);
    ck_assert_str_eq(text_member(expect_status(found, 200), "items.0.id"), keep);
    ck_assert_str_eq(
        sql_text(text("select count(*) from audit where action = 'person_merge' and "
                      "subjects = array['%s', '%s']::uuid[] and purpose = 'Nhập hai lần'",
                      keep, gone)),
        "1");
    expect_problem(call("commune.officer", "PATCH", text("/v1/people/%s", gone),
                        "{\"phone\":null}"),
                   409, "wrong_status");
}
END_TEST

/* People who joined voluntary insurance this year, as the commune counts them. */
static json_int_t new_people(void)
{
    struct answer answer = call("commune.viewer", "GET",
                                text("/v1/progress?indicator=vsi_new&period=%s",
                                     sql_text("select extract(year from business_date())")),
                                NULL);
    return integer_member(expect_status(answer, 200), "self.people");
}

/* Missing months cover no day, so that two records of one person can have joined at the same time. */
static const char *paid_missing_months(const char *person)
{
    expect_status(
        call(
            "nation.manager", "POST", "/v1/rates",
            text("{\"kind\":\"vsi_fund_rate\",\"key\":\"all\",\"valid_from\":\"%s\",\"value\":3633,"
                 "\"decision\":{\"number\":\"1/TEST\"},\"verified\":false}",
                 sql_text("select date_trunc('year', business_date()::timestamp)::date"))),
        201);
    struct answer made =
        call("agent.collector", "POST", "/v1/enrolments",
             text("{\"scheme\":\"vsi\",\"method\":\"missing\",\"months\":12,\"paid_on\":\"%s\","
                  "\"person_id\":\"%s\"}",
                  sql_text("select business_date()"), person));
    return text_member(expect_status(made, 201), "id");
}

static void decide(const char *enrolment, const char *verb)
{
    expect_status(call("district.officer", "POST", text("/v1/enrolments/%s/%s", enrolment, verb),
                       strcmp(verb, "accept") == 0 ? NULL : "{\"reason\":\"Ghi nhầm\"}"),
                  200);
}

START_TEST(who_was_counted_twice_is_counted_once)
{
    figures_begin();
    json_int_t people = new_people();
    const char *keep = id_of(create("commune.officer", 900101, "Hà Đếm", "1966", ""));
    const char *gone = id_of(create("commune.officer", 900101, "Hà Đếm Lại", "1966", ""));
    const char *first =
        text_member(expect_status(enrol("agent.collector", keep, "vsi"), 201), "id");
    const char *second = paid_missing_months(gone);
    ck_assert_int_eq(new_people(), people + 2);
    figures_agree();
    expect_status(merge("commune.officer", keep, gone), 200);
    ck_assert_int_eq(new_people(), people + 1);
    figures_agree();
    decide(second, "accept"); /* confirmed, and still not the one that counts */
    figures_agree();
    decide(first, "void"); /* now it is */
    ck_assert_int_eq(new_people(), people + 1);
    figures_agree();
    decide(second, "void");
    ck_assert_int_eq(new_people(), people);
    figures_agree();
}
END_TEST

START_TEST(two_people_do_not_become_one)
{
    const char *one = id_of(create("commune.officer", 900101, "Bế Khác", "1971",
                                   ",\"personal_id_number\":\"068171000701\""));
    const char *other = id_of(create("commune.officer", 900101, "Bế Khác", "1971",
                                     ",\"personal_id_number\":\"068171000702\""));
    struct answer refused = merge("district.officer", one, other);
    expect_problem(refused, 422, "rule_broken");
    ck_assert_str_eq(text_member(refused, "errors.0.code"), "two_numbers");
    const char *third = id_of(create("commune.officer", 900101, "Bế Khách", "1971", ""));
    expect_status(enrol("agent.collector", one, "vsi"), 201);
    expect_status(enrol("agent.collector", third, "vsi"), 201);
    expect_problem(merge("province.officer", one, third), 409, "already_covered");
}
END_TEST

static struct answer look_up(const char *login, const char *number, const char *birth)
{
    return call(
        login, "POST", "/v1/coverage-lookups",
        text("{\"personal_id_number\":\"%s\",\"date_of_birth\":\"%s\",\"purpose\":\"enrolment\"}",
             number, birth));
}

static bool is_covered(struct answer answer)
{
    return json_is_true(member(expect_status(answer, 200), "items.0.covered"));
}

START_TEST(covered_elsewhere_is_a_decision_and_no_row)
{
    const char *id = id_of(create("commune.officer", 900101, "Chu Nơi Khác", "1988-08",
                                  ",\"personal_id_number\":\"068188000801\""));
    struct answer card = expect_status(enrol("agent.collector", id, "vsi"), 201);
    sql_text("truncate audit");
    struct answer known = look_up("neighbour.district", "068188000801", "1988-08-08");
    ck_assert(is_covered(known));
    ck_assert_str_eq(text_member(known, "items.0.until"), text_member(card, "ends_on"));
    ck_assert(json_is_false(member(known, "items.1.covered")));
    ck_assert_ptr_null(strstr(known.body, id));
    ck_assert_str_eq(sql_text(
                         "select string_agg(commune_id || ' ' || cardinality(subjects) || ' ' || "
                         "purpose, ', ' order by commune_id) from audit"),
                     "0 0 enrolment, 123173 1 enrolment");
    ck_assert(!is_covered(look_up("neighbour.district", "068188000801", "1988-09-08")));
    ck_assert(!is_covered(look_up("neighbour.district", "068188000802", "1988-08-08")));
    expect_problem(look_up("commune.viewer", "068188000801", "1988-08-08"), 403, "forbidden");
    expect_problem(call("commune.officer", "POST", "/v1/coverage-lookups",
                        "{\"date_of_birth\":\"1988-08-08\",\"purpose\":\"enrolment\"}"),
                   400, "invalid_request");
}
END_TEST

START_TEST(a_user_looks_up_so_often_a_day)
{
    sql_text(
        "insert into daily_use select id, 'coverage_lookup', business_date(), 199 from app_user "
        "where username = 'commune.officer' on conflict (user_id, kind, day) do update set "
        "used = 199");
    expect_status(look_up("commune.officer", "068188000899", "1988-08-08"), 200);
    struct answer refused = look_up("commune.officer", "068188000899", "1988-08-08");
    expect_problem(refused, 429, "too_many_requests");
    expect_status(look_up("commune.manager", "068188000899", "1988-08-08"), 200);
    sql_text("delete from daily_use");
}
END_TEST

static struct answer move(const char *login, const char *number, const char *birth, int hamlet)
{
    return call(login, "POST", "/v1/person-moves",
                text("{\"personal_id_number\":\"%s\",\"date_of_birth\":\"%s\",\"hamlet_id\":%d,"
                     "\"reason\":\"Lấy chồng\"}",
                     number, birth, hamlet));
}

static void moved(struct answer answer, const char *status)
{
    ck_assert_str_eq(text_member(expect_status(answer, 200), "status"), status);
}

START_TEST(the_receiving_side_moves_somebody)
{
    const char *id = id_of(create("neighbour.commune", 900201, "Ma Dời", "1990-01-02",
                                  ",\"personal_id_number\":\"068190000901\""));
    struct answer home =
        call("neighbour.collector", "POST", "/v1/households",
             text("{\"hamlet_id\":900201,\"on\":\"2026-01-01\",\"members\":[{\"person_id\":\"%s\","
                  "\"relation\":\"head\"}]}",
                  id));
    const char *household = text_member(expect_status(home, 201), "id");
    const char *enrolment =
        text_member(expect_status(enrol("neighbour.collector", id, "vsi"), 201), "id");
    moved(move("agent.collector", "068190000901", "1990-01-03", 900101), "not_found");
    moved(move("agent.collector", "068190000902", "1990-01-02", 900101), "not_found");
    expect_problem(move("agent.collector", "068190000901", "1990-01-02", 900201), 403,
                   "outside_slice");
    expect_problem(move("agent.collector", "068190000901", "1990-01-02", 42), 404, "not_found");
    expect_problem(call("agent.collector", "GET", text("/v1/people/%s", id), NULL), 404,
                   "not_found");
    sql_text("truncate audit");
    struct answer done = move("agent.collector", "068190000901", "1990-01-02", 900101);
    moved(done, "moved");
    ck_assert_str_eq(sql_text(
                         "select string_agg(commune_id::text, ' ' order by commune_id) from audit "
                         "where action = 'person_move'"),
                     "123149 123173");
    struct answer here = call("agent.viewer", "GET", text("/v1/people/%s", id), NULL);
    ck_assert(json_is_null(member(expect_status(here, 200), "household")));
    expect_problem(call("neighbour.commune", "GET", text("/v1/people/%s", id), NULL), 404,
                   "not_found");
    expect_status(call("neighbour.collector", "GET", text("/v1/enrolments/%s", enrolment), NULL),
                  200);
    expect_problem(call("agent.viewer", "GET", text("/v1/enrolments/%s", enrolment), NULL), 404,
                   "not_found");
    struct answer left =
        call("neighbour.commune", "GET", text("/v1/households/%s", household), NULL);
    ck_assert_int_eq(integer_member(expect_status(left, 200), "size"), 0);
    ck_assert(json_is_null(member(left, "members.0.person")));
    moved(move("agent.collector", "068190000901", "1990-01-02", 900101), "already_here");
}
END_TEST

static const char *notice(const char *login, const char *side)
{
    struct answer list = expect_status(call(login, "GET", "/v1/person-moves?limit=1", NULL), 200);
    ck_assert_str_eq(text_member(list, "items.0.side"), side);
    return text_member(list, "items.0.id");
}

START_TEST(the_side_that_was_left_may_object)
{
    const char *received = notice("agent.viewer", "received");
    const char *left = notice("neighbour.collector", "left");
    const char *body = "{\"reason\":\"Vẫn ở đây\"}";
    const char *path = text("/v1/person-moves/%s/object", left);
    notice("neighbour.commune", "left");
    struct answer none = call("neighbour.province", "GET", "/v1/person-moves", NULL);
    ck_assert_uint_eq(json_array_size(member(expect_status(none, 200), "items")), 0);
    expect_problem(call("agent.collector", "POST", path, body), 404, "not_found");
    expect_problem(call("agent.collector", "POST", text("/v1/person-moves/%s/object", received),
                        body),
                   404, "not_found");
    struct answer objected = expect_status(call("neighbour.commune", "POST", path, body), 200);
    ck_assert_str_eq(text_member(objected, "objection"), "Vẫn ở đây");
    expect_problem(call("neighbour.commune", "POST", path, body), 409, "wrong_status");
    struct answer seen = call("commune.viewer", "GET", "/v1/person-moves?limit=1", NULL);
    ck_assert_str_eq(text_member(expect_status(seen, 200), "items.0.objection"), "Vẫn ở đây");
}
END_TEST

START_TEST(a_number_that_was_asked_for_stands_in_no_log)
{
    expect_unlogged("068188000");
    expect_unlogged("068190000");
}
END_TEST

Suite *elsewhere_suite(void)
{
    Suite *suite = suite_create("elsewhere");
    TCase *tcase = tcase_create("elsewhere");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, the_same_name_and_birth_in_a_commune_is_asked_about);
    tcase_add_test(tcase, a_candidate_outside_the_slice_has_no_name);
    tcase_add_test(tcase, an_enrolment_asks_too_and_takes_the_known_person);
    tcase_add_test(tcase, two_records_become_one_and_keep_their_history);
    tcase_add_test(tcase, two_people_do_not_become_one);
    tcase_add_test(tcase, covered_elsewhere_is_a_decision_and_no_row);
    tcase_add_test(tcase, a_user_looks_up_so_often_a_day);
    tcase_add_test(tcase, the_receiving_side_moves_somebody);
    tcase_add_test(tcase, the_side_that_was_left_may_object);
    tcase_add_test(tcase, a_number_that_was_asked_for_stands_in_no_log);
    suite_add_tcase(suite, tcase);
    TCase *counted = tcase_create("counted");
    tcase_set_timeout(counted, 60);
    tcase_add_checked_fixture(counted, NULL, rates_as_shipped);
    tcase_add_test(counted, who_was_counted_twice_is_counted_once);
    suite_add_tcase(suite, counted);
    return suite;
}
