/* People: masked numbers, one number for one person, and an audit line for every look. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

static const char *enrol(int hamlet, const char *more)
{
    return text(
        "{\"scheme\":\"vsi\",\"hamlet_id\":%d,\"months\":3,\"paid_on\":\"%s\",\"person\":"
        "{\"full_name\":\"Ka Hường Sầm\",\"date_of_birth\":\"1991-03\",\"sex\":\"female\",\"duplicate_confirmed\":true%s}}",
        hamlet, sql_text("select business_date()"), more);
}

#define NUMBERS                                                                                    \
    ",\"personal_id_number\":\"068191000012\",\"social_insurance_number\":\"6821000012\","         \
    "\"phone\":\"0912345678\""

static const char *person_of(struct answer made)
{
    return text_member(expect_status(made, 201), "person.id");
}

static const char *registered;

START_TEST(numbers_are_masked_until_a_purpose_is_named)
{
    struct answer made = call("agent.collector", "POST", "/v1/enrolments", enrol(900101, NUMBERS));
    static char id[37];
    snprintf(id, sizeof id, "%s", person_of(made));
    registered = id;
    const char *path = text("/v1/people/%s", id);
    struct answer masked = expect_status(call("commune.officer", "GET", path, NULL), 200);
    ck_assert_str_eq(text_member(masked, "personal_id_number"), "0681******12");
    ck_assert_str_eq(text_member(masked, "social_insurance_number"), "6821****12");
    ck_assert_str_eq(text_member(masked, "phone"), "0912****78");
    ck_assert_ptr_null(strstr(masked.body, "068191"));
    struct answer full =
        call("commune.officer", "GET", text("%s?reveal=identity&purpose=renewal", path), NULL);
    ck_assert_str_eq(text_member(expect_status(full, 200), "personal_id_number"), "068191000012");
    expect_problem(call("commune.officer", "GET", text("%s?reveal=identity", path), NULL), 400,
                   "invalid_request");
    expect_problem(call("commune.viewer", "GET", text("%s?reveal=identity&purpose=renewal", path),
                        NULL),
                   403, "forbidden");
}
END_TEST

START_TEST(every_look_search_and_reveal_leaves_its_line)
{
    const char *path = text("/v1/people/%s", registered);
    sql_text("truncate audit");
    expect_status(call("district.viewer", "GET", path, NULL), 200);
    expect_status(call("agent.collector", "GET", "/v1/people?q=ka+huong", NULL), 200);
    expect_status(call("province.officer", "GET",
                       text("%s?reveal=identity&purpose=complaint", path), NULL),
                  200);
    struct answer lines = expect_status(call("commune.manager", "GET", "/v1/audit", NULL), 200);
    static const char *const actions[] = {"identity_reveal", "person_search", "person_get"};
    ck_assert_uint_eq(json_array_size(member(lines, "items")), 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(text_member(lines, text("items.%d.action", i)), actions[i]);
        ck_assert_str_eq(text_member(lines, text("items.%d.subjects.0", i)), registered);
    }
    ck_assert_str_eq(text_member(lines, "items.0.purpose"), "complaint");
    struct answer beside = call("neighbour.commune", "GET", "/v1/audit", NULL);
    ck_assert_uint_eq(json_array_size(member(expect_status(beside, 200), "items")), 0);
}
END_TEST

START_TEST(a_look_that_finds_nobody_leaves_no_line)
{
    sql_text("truncate audit");
    expect_problem(call("neighbour.commune", "GET", text("/v1/people/%s", registered), NULL), 404,
                   "not_found");
    expect_problem(call("neighbour.collector", "GET", text("/v1/people/%s", registered), NULL), 404,
                   "not_found");
    ck_assert_str_eq(sql_text("select count(*) from audit"), "0");
}
END_TEST

START_TEST(a_search_stays_in_the_slice)
{
    static const struct {
        const char *login;
        size_t found;
    } cases[] = {{"nation.viewer", 1},     {"province.viewer", 1},    {"district.viewer", 1},
                 {"commune.viewer", 1},    {"agency.manager", 1},     {"agent.viewer", 1},
                 {"neighbour.commune", 0}, {"neighbour.district", 0}, {"neighbour.collector", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer = call(cases[i].login, "GET", "/v1/people?q=HUONG%20sam", NULL);
        ck_assert_uint_eq(json_array_size(member(expect_status(answer, 200), "items")),
                          cases[i].found);
    }
}
END_TEST

START_TEST(one_number_belongs_to_one_person_in_the_whole_country)
{
    const char *before = sql_text("select count(*) from person");
    struct answer twice =
        call("neighbour.collector", "POST", "/v1/enrolments", enrol(900201, NUMBERS));
    expect_problem(twice, 409, "duplicate");
    ck_assert_str_eq(text_member(twice, "errors.0.pointer"), "/person");
    ck_assert_ptr_null(strstr(twice.body, registered));
    ck_assert_str_eq(sql_text("select count(*) from person"), before);
}
END_TEST

START_TEST(a_number_must_fit_year_and_sex)
{
    static const char *const numbers[] = {"068091000013", "068190000013", "068391000013"};
    for (int i = 0; i < 3; i++) {
        struct answer answer =
            call("agent.collector", "POST", "/v1/enrolments",
                 enrol(900101, text(",\"personal_id_number\":\"%s\"", numbers[i])));
        expect_problem(answer, 422, "rule_broken");
        ck_assert_str_eq(text_member(answer, "errors.0.code"), "number");
    }
    struct answer unknown = call("agent.collector", "POST", "/v1/enrolments",
                                 enrol(42, ",\"personal_id_number\":\"068191000014\""));
    expect_problem(unknown, 404, "not_found");
    ck_assert_str_eq(text_member(unknown, "errors.0.pointer"), "/hamlet_id");
}
END_TEST

START_TEST(nobody_can_write_the_audit_for_another_or_change_it)
{
    static const char *const statements[] = {
        ("insert into audit (user_id, session_id, action, subjects, province_id, district_id, "
         "commune_id) values (uuid7(), uuid7(), 'person_get', '{}', 1, 1, 1)"),
        "update audit set purpose = 'x'",
        "delete from audit",
        "truncate audit",
    };
    for (int i = 0; i < 4; i++) {
        PQclear(PQexec(database(), "begin; set local role ansinh_commune"));
        PGresult *result = PQexec(database(), statements[i]);
        ck_assert_str_eq(PQresultErrorField(result, PG_DIAG_SQLSTATE), "42501");
        PQclear(result);
        PQclear(PQexec(database(), "rollback"));
    }
}
END_TEST

Suite *person_suite(void)
{
    Suite *suite = suite_create("person");
    TCase *tcase = tcase_create("person");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, numbers_are_masked_until_a_purpose_is_named);
    tcase_add_test(tcase, every_look_search_and_reveal_leaves_its_line);
    tcase_add_test(tcase, a_look_that_finds_nobody_leaves_no_line);
    tcase_add_test(tcase, a_search_stays_in_the_slice);
    tcase_add_test(tcase, one_number_belongs_to_one_person_in_the_whole_country);
    tcase_add_test(tcase, a_number_must_fit_year_and_sex);
    tcase_add_test(tcase, nobody_can_write_the_audit_for_another_or_change_it);
    suite_add_tcase(suite, tcase);
    return suite;
}
