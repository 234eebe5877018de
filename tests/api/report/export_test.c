/* Lists as files. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/job_case.h"
#include "tests/support/suites.h"

/* Jobs and their files are nobody's but who asked for them, in a neighbour's place or the same. */
static void is_foreign(const char *login, const char *id)
{
    static const char *const places[] = {"", "/file", "/verdicts"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        expect_problem(call(login, "GET", text("/v1/jobs/%s%s", id, places[i]), NULL), 404,
                       "not_found");
    }
    expect_problem(call(login, "POST", text("/v1/jobs/%s/cancel", id), NULL), 404, "not_found");
    ck_assert_ptr_null(strstr(call(login, "GET", "/v1/jobs", NULL).body, id));
}

static int lines_of(const char *csv)
{
    int lines = 0;
    for (const char *at = csv; (at = strstr(at, "\r\n")); at += 2) {
        lines++;
    }
    return lines;
}

static void enrol(const char *name)
{
    const char *today = sql_text("select business_date()");
    expect_status(
        call(
            "agent.collector", "POST", "/v1/enrolments",
            text(
                "{\"scheme\":\"hhi\",\"hamlet_id\":900101,\"months\":3,\"paid_on\":\"%s\",\"paid_by\":\"transfer\","
                "\"person\":{\"full_name\":\"%s\",\"date_of_birth\":\"1971\",\"sex\":\"female\","
                "\"duplicate_confirmed\":true}}",
                today, name)),
        201);
}

START_TEST(a_list_becomes_a_file_of_what_its_asker_sees)
{
    enrol("=HYPERLINK(\\\"x\\\")");
    const char *id =
        export_as("commune.officer", "{\"list\":\"enrolment_list\",\"format\":\"csv\"}");
    struct answer file = file_of("commune.officer", id);
    ck_assert_ptr_nonnull(strstr(answer_header(file, "Content-Type"), "text/csv"));
    ck_assert_ptr_nonnull(strstr(answer_header(file, "Content-Disposition"), "enrolment_list-20"));
    const char *names = "\xEF\xBB\xBFid,scheme,kind,method,months,";
    ck_assert_int_eq(strncmp(file.body, names, strlen(names)), 0);
    ck_assert_ptr_nonnull(strstr(file.body, "person.full_name,"));
    ck_assert_ptr_nonnull(strstr(file.body, ",\"'=HYPERLINK(\"\"x\"\")\","));
    ck_assert_int_eq(lines_of(file.body) - 1,
                     atoi(sql_text("select count(*) from enrolment where commune_id = 123173")));
    struct answer job = call("commune.officer", "GET", text("/v1/jobs/%s", id), NULL);
    ck_assert_int_eq(integer_member(job, "done"), lines_of(file.body) - 1);
    is_foreign("neighbour.commune", id);
    is_foreign("commune.manager", id);
    is_foreign("district.manager", id);
    const char *beside =
        export_as("neighbour.commune", "{\"list\":\"enrolment_list\",\"format\":\"csv\"}");
    ck_assert_int_eq(
        lines_of(file_of("neighbour.commune", beside).body) - 1,
        atoi(sql_text("select count(*) from enrolment where commune_id = (select unit_id from "
                      "app_user where username = 'neighbour.commune')")));
}
END_TEST

/* More than a page, in the order of the list, each row once. */
START_TEST(a_file_of_many_pages_has_every_row_once)
{
    const char *id =
        export_as("district.viewer",
                  "{\"list\":\"unit_list\",\"format\":\"csv\",\"filters\":{\"kind\":\"commune\"}}");
    struct answer file = file_of("district.viewer", id);
    int wanted =
        atoi(sql_text("select count(*) from unit where kind = 'commune' and valid_to is null"));
    ck_assert_int_gt(wanted, 3000);
    ck_assert_int_eq(lines_of(file.body) - 1, wanted);
    ck_assert_int_eq(atoi(sql_text(text("select count(*) from job_part where job_id = '%s'", id))),
                     (int)(file.size + 262143) / 262144);
}
END_TEST

/* A file that another server began goes on behind its last piece. */
START_TEST(a_file_is_gone_on_with)
{
    sql_text(
        "insert into decision (id, number, issuer, issued_on, subject, unit_id, province_id, "
        "district_id, commune_id, giver_id, created_by) select uuid7(), 'F' || i, 'BHXH', '2020-01-01', "
        "repeat('Danh sách ', 30), unit_id, province_id, district_id, commune_id, unit_id, id from "
        "app_user, generate_series(1, 2500) i where username = 'neighbour.district'");
    const char *id =
        export_as("neighbour.district", "{\"list\":\"decision_list\",\"format\":\"csv\"}");
    struct answer whole = file_of("neighbour.district", id);
    int pieces = atoi(sql_text(text("select max(n) from job_part where job_id = '%s'", id)));
    ck_assert_int_ge(pieces, 3);
    sql_text(
        text("delete from job_part where job_id = '%s' and n > (select min(n) from job_part where "
             "job_id = '%s' and cursor is not null)",
             id, id));
    sql_text(
        text("update session set ok = true where id = (select session_id from job where id = '%s')",
             id));
    sql_text(text(
        "update job set state = 'queued', finished_at = null, size = null, done = 0 where id = '%s'",
        id));
    struct answer again = file_of("neighbour.district", id);
    sql_text("delete from decision where issued_on = '2020-01-01' and number ~ '^F'");
    ck_assert_int_eq((int)again.size, (int)whole.size);
    ck_assert_int_eq(memcmp(again.body, whole.body, whole.size), 0);
    ck_assert_str_eq(sql_text(text("select attempts from job where id = '%s'", id)), "2");
}
END_TEST

START_TEST(a_workbook_is_one)
{
    const char *id = export_as("commune.officer",
                               "{\"list\":\"enrolment_list\",\"format\":\"xlsx\",\"filters\":{}}");
    struct answer file = file_of("commune.officer", id);
    ck_assert_int_eq(memcmp(file.body, "PK\x03\x04", 4), 0);
    ck_assert_int_gt((int)file.size, 2000);
    ck_assert_ptr_nonnull(strstr(answer_header(file, "Content-Disposition"), ".xlsx\""));
}
END_TEST

/* Whatever answers with items, those of a path too, and their own errors. */
START_TEST(every_list_can_be_exported)
{
    size_t count;
    const struct operation *operations = contract_operations(harness_contract(), &count);
    const struct operation *list = NULL;
    static const char *const filters[][2] = {
        {"person_search", "{\"q\":\"a\"}"},
        {"unit_list", "{\"parent\":168}"},
        {"progress_get", "{\"indicator\":\"vsi_new\",\"period\":\"2026\"}"},
        {"coverage_get", "{\"on\":\"2025-12-31\"}"},
    };
    int tried = 0;
    for (size_t i = 0; i < count; i++) {
        list = &operations[i];
        const char *with = "{}";
        for (size_t k = 0; k < sizeof filters / sizeof *filters; k++) {
            with = strcmp(filters[k][0], list->id) == 0 ? filters[k][1] : with;
        }
        bool has_items = false;
        for (int k = 0; k < list->parameter_count; k++) {
            has_items |= strcmp(list->parameters[k].name, "cursor") == 0;
        }
        if (!has_items || strchr(list->path, '{')) {
            continue;
        }
        const char *id =
            export_as("district.manager",
                      text("{\"list\":\"%s\",\"format\":\"csv\",\"filters\":%s}", list->id, with));
        struct answer file = file_of("district.manager", id);
        ck_assert_msg(lines_of(file.body) > 0, "%s", list->id);
        tried++;
    }
    ck_assert_int_gt(tried, 10);
}
END_TEST

START_TEST(what_the_list_refuses_is_refused_at_once)
{
    struct answer unknown = call("commune.officer", "POST", "/v1/exports",
                                 "{\"list\":\"enrolment_get\",\"format\":\"csv\"}");
    expect_problem(unknown, 404, "not_found");
    ck_assert_str_eq(text_member(unknown, "errors.0.pointer"), "/list");
    static const char *const wrong[][2] = {
        {"{\"kind\":\"planet\"}", "/filters/kind"}, {"{\"cursor\":\"x\"}", "/filters/cursor"},
        {"{\"limit\":5}", "/filters/limit"},        {"{\"nonsense\":1}", "/filters/nonsense"},
        {"{\"parent\":\"x\"}", "/filters/parent"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct answer refused =
            call("commune.officer", "POST", "/v1/exports",
                 text("{\"list\":\"unit_list\",\"format\":\"csv\",\"filters\":%s}", wrong[i][0]));
        expect_problem(refused, 400, "invalid_request");
        ck_assert_str_eq(text_member(refused, "errors.0.pointer"), wrong[i][1]);
    }
    struct answer missing = call("commune.officer", "POST", "/v1/exports",
                                 "{\"list\":\"job_verdict_list\",\"format\":\"csv\"}");
    expect_problem(missing, 400, "invalid_request");
    ck_assert_str_eq(text_member(missing, "errors.0.pointer"), "/filters/id");
    expect_problem(call("agent.collector", "POST", "/v1/exports",
                        "{\"list\":\"plan_list\",\"format\":\"csv\"}"),
                   403, "forbidden");
    expect_problem(call("commune.viewer", "POST", "/v1/exports",
                        "{\"list\":\"user_list\",\"format\":\"csv\"}"),
                   403, "forbidden");
}
END_TEST

START_TEST(an_export_of_people_is_in_the_audit)
{
    const char *sql = "select count(*) from audit a join app_user u on u.id = a.user_id where "
                      "a.action = 'person_search' and u.username = 'commune.officer'";
    int before = atoi(sql_text(sql));
    const char *id = export_as(
        "commune.officer",
        "{\"list\":\"person_search\",\"format\":\"csv\",\"filters\":{\"q\":\"hyperlink\"}}");
    struct answer file = file_of("commune.officer", id);
    ck_assert_int_gt(lines_of(file.body), 1);
    ck_assert_int_eq(atoi(sql_text(sql)), before + 1);
}
END_TEST

static const char *user_named(const char *name)
{
    return text("%s", sql_text(text("select id from app_user where username = '%s'", name)));
}

static void change(const char *name, const char *change)
{
    expect_status(call("commune.manager", "PATCH", text("/v1/users/%s", user_named(name)), change),
                  200);
    forget_token(name);
}

static const char *error_of(const char *id)
{
    const char *sql = text("select error from job where id = '%s' and state = 'failed'", id);
    while (!*sql_text(sql)) {
    }
    return sql_text(sql);
}

START_TEST(whose_sessions_were_ended_has_no_jobs)
{
    const char *name = job_account();
    const char *id = job_held(name);
    expect_status(
        call("commune.manager", "POST", text("/v1/users/%s/revoke", user_named(name)), NULL), 200);
    forget_token(name);
    job_let_go(id);
    ck_assert_str_eq(text_member(job_ends(name, id, "failed"), "error"), "session_ended");
    const char *closed = job_held(name);
    change(name, "{\"disabled\":true}");
    job_let_go(closed);
    ck_assert_str_eq(error_of(closed), "session_ended");
}
END_TEST

START_TEST(a_job_has_the_rights_of_its_start)
{
    const char *name = job_account();
    const char *id = job_held(name);
    change(name, "{\"full_name\":\"Lê Khai Thác\"}");
    job_let_go(id);
    job_ends(name, id, "done");
    id = job_held(name);
    sql_text(text("update job set subject = 'user_list' where id = '%s'", id));
    job_let_go(id);
    ck_assert_str_eq(text_member(job_ends(name, id, "failed"), "error"), "forbidden");
    id = job_held(name);
    sql_text(text("update job set place = 'ansinh_commune 1 ' where id = '%s'", id));
    job_let_go(id);
    ck_assert_str_eq(text_member(job_ends(name, id, "failed"), "error"), "account_moved");
    id = job_held(name);
    sql_text(text("update job set attempts = 5 where id = '%s'", id));
    job_let_go(id);
    ck_assert_str_eq(text_member(job_ends(name, id, "failed"), "error"), "gave_up");
}
END_TEST

START_TEST(who_asks_for_too_much_waits)
{
    const char *name = job_account();
    sql_text(text(
        "insert into job (id, requester_id, kind, subject, parameters, language, state, "
        "session_id, heartbeat_at, worker) select uuid7(), u.id, 'export', 'indicator_list', "
        "'{\"format\":\"csv\"}', 'vi', 'running', (select id from session limit 1), now() + "
        "interval '1 hour', u.id from app_user u, generate_series(1, 10) where u.username = '%s'",
        name));
    expect_problem(call(name, "POST", "/v1/exports",
                        "{\"list\":\"indicator_list\",\"format\":\"csv\"}"),
                   429, "too_many_requests");
    struct answer jobs = call(name, "GET", "/v1/jobs?limit=3", NULL);
    const char *id = text("%s", text_member(jobs, "items.0.id"));
    struct answer cancelled = call(name, "POST", text("/v1/jobs/%s/cancel", id), NULL);
    ck_assert_str_eq(text_member(expect_status(cancelled, 200), "state"), "cancelled");
    expect_problem(call(name, "POST", text("/v1/jobs/%s/cancel", id), NULL), 409, "wrong_status");
    const char *made = export_as(name, "{\"list\":\"indicator_list\",\"format\":\"csv\"}");
    job_ends(name, made, "done");
    sql_text(
        text("delete from job where requester_id = (select id from app_user where username = '%s')",
             name));
}
END_TEST

Suite *export_suite(void)
{
    Suite *suite = suite_create("export");
    TCase *tcase = tcase_create("export");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_list_becomes_a_file_of_what_its_asker_sees);
    tcase_add_test(tcase, a_file_of_many_pages_has_every_row_once);
    tcase_add_test(tcase, a_file_is_gone_on_with);
    tcase_add_test(tcase, a_workbook_is_one);
    tcase_add_test(tcase, every_list_can_be_exported);
    tcase_add_test(tcase, what_the_list_refuses_is_refused_at_once);
    tcase_add_test(tcase, an_export_of_people_is_in_the_audit);
    tcase_add_test(tcase, whose_sessions_were_ended_has_no_jobs);
    tcase_add_test(tcase, a_job_has_the_rights_of_its_start);
    tcase_add_test(tcase, who_asks_for_too_much_waits);
    suite_add_tcase(suite, tcase);
    return suite;
}
