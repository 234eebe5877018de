/* The permission matrix over HTTP: every route x tier x duty against the hand-written lines, and the
 * relations (own, sibling, parent, child …) that a row may have to a caller. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

enum { LOGINS = 15, MAX_LINES = 256 };

static const char *const logins[LOGINS] = {
    "nation.manager",   "nation.officer",  "nation.viewer",    "province.manager",
    "province.officer", "province.viewer", "district.manager", "district.officer",
    "district.viewer",  "commune.manager", "commune.officer",  "commune.viewer",
    "agency.manager",   "agent.collector", "agent.viewer",
};

struct line {
    char method[8];
    char path[64];
    char expected[LOGINS][4];
    bool public;
};
static struct line lines[MAX_LINES];
static size_t line_count;

static void read_line(char *source)
{
    struct line *line = &lines[line_count];
    char *rest = NULL;
    char *word = strtok_r(source, " \t\n", &rest);
    if (!word || word[0] == '#') {
        return;
    }
    snprintf(line->method, sizeof line->method, "%s", word);
    word = strtok_r(NULL, " \t\n", &rest);
    snprintf(line->path, sizeof line->path, "%s", word ? word : "");
    for (int i = 0; i < LOGINS; i++) {
        word = strtok_r(NULL, " \t\n", &rest);
        ck_assert_msg(word != NULL, "matrix line %s %s is short", line->method, line->path);
        snprintf(line->expected[i], sizeof line->expected[i], "%.3s", word);
    }
    word = strtok_r(NULL, " \t\n", &rest);
    line->public = word && strcmp(word, "public") == 0;
    line_count++;
}

static void read_matrix(void)
{
    char buffer[512];
    FILE *file = fopen("tests/matrix.txt", "r");
    ck_assert_ptr_nonnull(file);
    line_count = 0;
    while (fgets(buffer, sizeof buffer, file)) {
        read_line(buffer);
    }
    fclose(file);
}

START_TEST(every_route_has_its_line_and_every_line_its_route)
{
    size_t count = 0;
    const struct operation *all = contract_operations(harness_contract(), &count);
    read_matrix();
    ck_assert_uint_eq(line_count, count);
    for (size_t i = 0; i < count; i++) {
        size_t n = 0;
        while (n < line_count && (strcmp(lines[n].path, all[i].path) != 0 ||
                                  strcmp(lines[n].method, method_names[all[i].method]) != 0)) {
            n++;
        }
        ck_assert_msg(n < line_count, "%s has no line in tests/matrix.txt", all[i].id);
    }
}
END_TEST

/* A path with something in place of each {name}: an id that nobody has. */
static const char *concrete(const char *path)
{
    const char *brace = strchr(path, '{');
    if (!brace) {
        return path;
    }
    const char *id = strstr(path, "units") ? "999999998" : "01900000-0000-7000-8000-00000000dead";
    return text("%.*s%s%s", (int)(brace - path), path, id, strchr(brace, '}') + 1);
}

static void check_cell(const struct line *line, int login)
{
    const char *body = strcmp(line->method, "GET") == 0 ? NULL : "{}";
    struct answer answer = call(logins[login], line->method, concrete(line->path), body);
    if (strcmp(line->expected[login], "ok") != 0) {
        ck_assert_msg(answer.status == 403, "%s %s as %s: %d, the matrix says 403", line->method,
                      line->path, logins[login], answer.status);
        ck_assert_str_eq(text_member(answer, "code"), "forbidden");
        return;
    }
    if (strcmp(line->method, "DELETE") == 0 && answer.status == 204) {
        forget_token(logins[login]); /* that was every session of the login */
    }
    ck_assert_msg(answer.status < 300 || answer.status == 404 || answer.status == 400,
                  "%s %s as %s: %d, the matrix says ok: %.900s", line->method, line->path,
                  logins[login], answer.status, answer.body);
}

START_TEST(every_cell_of_the_matrix_holds)
{
    read_matrix();
    for (size_t n = 0; n < line_count; n++) {
        for (int login = 0; login < LOGINS; login++) {
            check_cell(&lines[n], login);
        }
        harness_forget();
    }
}
END_TEST

START_TEST(every_line_but_the_public_ones_needs_a_token)
{
    read_matrix();
    for (size_t n = 0; n < line_count; n++) {
        const char *body = strcmp(lines[n].method, "GET") == 0 ? NULL : "{}";
        struct answer answer = call(NULL, lines[n].method, concrete(lines[n].path), body);
        ck_assert_msg((answer.status == 401) != lines[n].public, "%s %s: %d", lines[n].method,
                      lines[n].path, answer.status);
    }
}
END_TEST

/* One row of each kind in three places, and who must see which. */
struct relation {
    const char *login;
    bool own;     /* the row in Đồng Kho, credited to its collector */
    bool sibling; /* in Tánh Linh, same office */
    bool cousin;  /* in Hàm Tân, another office of the province */
};

static const struct relation relations[] = {
    {"nation.viewer", true, true, true},         {"province.viewer", true, true, true},
    {"district.viewer", true, true, false},      {"commune.viewer", true, false, false},
    {"agency.manager", true, true, false},       {"agent.collector", true, false, false},
    {"agent.viewer", true, false, false},        {"neighbour.collector", false, true, false},
    {"neighbour.commune", false, true, false},   {"neighbour.district", false, false, true},
    {"neighbour.province", false, false, false},
};

static const char *enrol(const char *unit, const char *agent)
{
    return sql_text(text(
        "with p as (insert into person (id, full_name, name_key, birth, birth_precision, sex, "
        "hamlet_id, province_id, district_id, commune_id, created_by) select uuid7(), 'A', 'a', "
        "'1990-01-01', 'day', 'male', h.id, h.province_id, h.district_id, h.commune_id, uuid7() "
        "from unit h where h.id = %s returning *) insert into enrolment (id, person_id, scheme, "
        "kind, months, starts_on, ends_on, paid_on, agency_id, collector_id, unit_id, province_id, "
        "district_id, commune_id, created_by) select uuid7(), p.id, 'hhi', 'new', 12, "
        "'2020-01-01', '2020-12-31', '2020-01-01', c.agency_id, c.id, p.hamlet_id, p.province_id, "
        "p.district_id, p.commune_id, uuid7() from p, collector c where c.card_number = '%s' "
        "returning id",
        unit, agent));
}

static void check_visible(const char *login, const char *id, bool visible)
{
    struct answer answer = call(login, "GET", text("/v1/enrolments/%s", id), NULL);
    ck_assert_msg(answer.status == (visible ? 200 : 404), "%s: %d", login, answer.status);
    struct answer list = call(login, "GET", "/v1/enrolments?limit=200", NULL);
    ck_assert_msg((strstr(expect_status(list, 200).body, id) != NULL) == visible, "%s", login);
}

/* The three places of a relation: own is Đồng Kho, sibling Tánh Linh, cousin Hàm Tân. */
enum { PLACES = 3 };
static const char *const hamlets[PLACES] = {"900101", "900201", "900301"};
static const char *const cards[PLACES] = {"NVT-68-0001", "NVT-68-0002", "NVT-68-0003"};

static const char *person_at(int place)
{
    return sql_text(text("select person_id from enrolment where id = '%s'",
                         enrol(hamlets[place], cards[place])));
}

static const char *enrolment_at(int place)
{
    return enrol(hamlets[place], cards[place]);
}

static const char *collector_at(int place)
{
    return sql_text(text("select id from collector where card_number = '%s'", cards[place]));
}

/* A collector's part of one plan of the province. */
static const char *assignment_at(int place)
{
    sql_text(
        "insert into decision (id, number, issuer, issued_on, unit_id, province_id, district_id, "
        "commune_id, giver_id, created_by) select '01900000-0000-7000-8000-0000000000f0', 'm', "
        "'m', '2019-01-01', 168, 168, 0, 0, 168, uuid7() on conflict do nothing");
    sql_text(
        "insert into plan (id, indicator, starts_on, ends_on, assigner, decision_id, "
        "decision_number, decided_on, unit_id, province_id, district_id, commune_id, giver_id, "
        "created_by) select '01900000-0000-7000-8000-0000000000f1', 'hhi_new', '2019-01-01', "
        "'2019-12-31', 'people_council', id, number, issued_on, 168, 168, 0, 0, 168, uuid7() "
        "from decision where number = 'm' on conflict do nothing");
    sql_text(
        "insert into assignment (id, plan_id, cut, assignee_kind, quantity, indicator, "
        "starts_on, ends_on, assigner, unit_id, province_id, district_id, commune_id, giver_id, "
        "created_by) select '01900000-0000-7000-8000-0000000000f2', id, 'root', 'unit', 9, "
        "indicator, starts_on, ends_on, assigner, 168, 168, 0, 0, 168, uuid7() from plan where "
        "decision_number = 'm' on conflict do nothing");
    return sql_text(text(
        "insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, "
        "indicator, starts_on, ends_on, assigner, agency_id, collector_id, unit_id, "
        "province_id, district_id, commune_id, giver_id, created_by) select uuid7(), r.plan_id, "
        "r.id, 'staff', 'collector', 1, r.indicator, r.starts_on, r.ends_on, r.assigner, "
        "c.agency_id, c.id, c.unit_id, c.province_id, c.district_id, c.commune_id, 168, uuid7() "
        "from assignment r, collector c where r.id = '01900000-0000-7000-8000-0000000000f2' "
        "and c.card_number = '%s' returning id",
        cards[place]));
}

/* A kind of route: how its row is made, and where it would show. */
static const struct route_kind {
    const char *(*row_at)(int place);
    const char *list;
    const char *detail; /* NULL where there is none */
} route_kinds[] = {
    {enrolment_at, "/v1/enrolments?limit=200", "/v1/enrolments"},
    {person_at, "/v1/people?q=a&limit=200", "/v1/people"},
    {collector_at, "/v1/collectors?limit=200", NULL},
    {assignment_at, "/v1/assignments?limit=200", "/v1/assignments"},
};

static void check_row(const char *login, const struct route_kind *kind, const char *id,
                      bool visible)
{
    struct answer list = expect_status(call(login, "GET", kind->list, NULL), 200);
    ck_assert_msg((strstr(list.body, text("\"id\":\"%s\"", id)) != NULL) == visible, "%s %s: %s",
                  login, kind->list, id);
    if (kind->detail) {
        struct answer one = call(login, "GET", text("%s/%s", kind->detail, id), NULL);
        ck_assert_msg(one.status == (visible ? 200 : 404), "%s %s/%s: %d", login, kind->detail, id,
                      one.status);
    }
}

static void clear_rows(void)
{
    sql_text("delete from enrolment where paid_on = '2020-01-01'");
    sql_text("delete from assignment where parent_id = '01900000-0000-7000-8000-0000000000f2'");
    sql_text("delete from assignment where id = '01900000-0000-7000-8000-0000000000f2'");
    sql_text("delete from plan where decision_number = 'm'");
    sql_text("delete from decision where number = 'm'");
}

START_TEST(rows_are_seen_from_above_and_from_nowhere_else)
{
    for (size_t k = 0; k < sizeof route_kinds / sizeof *route_kinds; k++) {
        const char *ids[PLACES];
        for (int place = 0; place < PLACES; place++) {
            ids[place] = route_kinds[k].row_at(place);
        }
        for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
            check_row(relations[i].login, &route_kinds[k], ids[0], relations[i].own);
            check_row(relations[i].login, &route_kinds[k], ids[1], relations[i].sibling);
            check_row(relations[i].login, &route_kinds[k], ids[2], relations[i].cousin);
        }
    }
    clear_rows();
}
END_TEST

/* A closed session is nobody, whatever it asks for. */
START_TEST(a_revoked_session_sees_no_kind_of_row)
{
    token_of("agent.viewer");
    sql_text(
        "update session set ok = false where user_id = (select id from app_user where username "
        "= 'agent.viewer')");
    for (size_t k = 0; k < sizeof route_kinds / sizeof *route_kinds; k++) {
        expect_problem(call("agent.viewer", "GET", route_kinds[k].list, NULL), 401, "token_stale");
    }
    sql_text("update session set ok = true where user_id = (select id from app_user where username "
             "= 'agent.viewer')");
}
END_TEST

START_TEST(an_empty_scope_sees_nothing)
{
    token_of("agent.viewer");
    sql_text("update session set agent_id = '', territory = '{}' where user_id = (select id from "
             "app_user where username = 'agent.viewer')");
    for (size_t k = 0; k < sizeof route_kinds / sizeof *route_kinds; k++) {
        check_row("agent.viewer", &route_kinds[k], route_kinds[k].row_at(0), false);
    }
    sql_text("select gate.session_sync(id) from app_user where username = 'agent.viewer'");
    clear_rows();
}
END_TEST

/* The foreign keys re-stamp what hangs on a unit whose keys change. */
static void move_commune(const char *from, const char *to)
{
    sql_text(
        text("update unit set district_id = %s, parent_id = case when id = 123173 then %s else "
             "parent_id end where commune_id = 123173 and district_id = %s",
             to, to, from));
}

START_TEST(a_commune_that_moves_takes_its_rows_along)
{
    const char *id = enrol("900101", "NVT-68-0001");
    check_visible("district.viewer", id, true);
    check_visible("neighbour.district", id, false);
    move_commune("900001", "900002");
    check_visible("district.viewer", id, false);
    check_visible("neighbour.district", id, true);
    check_visible("commune.viewer", id, true);
    check_visible("agent.collector", id, true);
    check_visible("province.viewer", id, true);
    move_commune("900002", "900001");
    check_visible("district.viewer", id, true);
    sql_text("delete from enrolment where paid_on = '2020-01-01'");
}
END_TEST

START_TEST(a_forged_nested_id_is_not_found)
{
    struct answer plan =
        call("neighbour.district", "POST", "/v1/plans",
             "{\"indicator\":\"hhi_new\",\"period\":\"2025\",\"assigner\":\"people_committee\","
             "\"decision\":{\"number\":\"7\",\"decided_on\":\"2025-01-02\"},\"quantity\":10}");
    const char *foreign = text_member(expect_status(plan, 201), "assignment.id");
    expect_problem(call("district.manager", "POST", text("/v1/assignments/%s/split", foreign),
                        "{\"cut\":\"territory\",\"parts\":[{\"unit_id\":123173,\"quantity\":1}]}"),
                   404, "not_found");
    struct answer stolen = call(
        "neighbour.district", "POST", text("/v1/assignments/%s/split", foreign),
        "{\"cut\":\"staff\",\"parts\":[{\"collector_id\":\"01900000-0000-7000-8000-0000000000c1\","
        "\"quantity\":1}]}");
    expect_problem(stolen, 404, "not_found");
    sql_text("delete from cut_total where giver_id = 900002");
    sql_text("delete from assignment_entry where giver_id = 900002");
    sql_text("delete from assignment where giver_id = 900002");
    sql_text("delete from plan where giver_id = 900002");
    sql_text("delete from decision where giver_id = 900002");
}
END_TEST

Suite *matrix_suite(void)
{
    Suite *suite = suite_create("matrix");
    TCase *tcase = tcase_create("matrix");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, every_route_has_its_line_and_every_line_its_route);
    tcase_add_test(tcase, every_cell_of_the_matrix_holds);
    tcase_add_test(tcase, every_line_but_the_public_ones_needs_a_token);
    tcase_add_test(tcase, rows_are_seen_from_above_and_from_nowhere_else);
    tcase_add_test(tcase, a_revoked_session_sees_no_kind_of_row);
    tcase_add_test(tcase, an_empty_scope_sees_nothing);
    tcase_add_test(tcase, a_commune_that_moves_takes_its_rows_along);
    tcase_add_test(tcase, a_forged_nested_id_is_not_found);
    suite_add_tcase(suite, tcase);
    return suite;
}
