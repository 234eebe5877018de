/* The register: who is written into it, corrected, put into groups, and found again. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

static struct answer create(const char *login, int hamlet, const char *name, const char *more)
{
    return call(login, "POST", "/v1/people",
                text("{\"hamlet_id\":%d,\"full_name\":\"%s\",\"date_of_birth\":\"1987-05-09\","
                     "\"sex\":\"female\"%s}",
                     hamlet, name, more));
}

static const char *id_of(struct answer made)
{
    return text_member(expect_status(made, 201), "id");
}

static size_t found(const char *login, const char *query)
{
    struct answer answer = call(login, "GET", text("/v1/people?%s", query), NULL);
    return json_array_size(member(expect_status(answer, 200), "items"));
}

START_TEST(people_are_registered_inside_the_slice_only)
{
    struct answer own = create("agent.collector", 900101, "Cil Múp",
                               ",\"phone\":\"0987654321\",\"ethnicity\":\"16\"");
    const char *id = id_of(own);
    ck_assert_str_eq(answer_header(own, "Location"), text("/v1/people/%s", id));
    ck_assert_str_eq(text_member(own, "phone"), "0987****21");
    ck_assert(json_is_null(member(own, "household")));
    ck_assert_ptr_null(strstr(own.body, "ethnicity"));
    expect_problem(create("agent.collector", 900201, "Cil Múp", ""), 403, "outside_slice");
    expect_problem(create("commune.officer", 900301, "Cil Múp", ""), 403, "outside_slice");
    expect_problem(create("commune.viewer", 900101, "Cil Múp", ""), 403, "forbidden");
    struct answer nowhere = create("commune.officer", 42, "Cil Múp", "");
    expect_problem(nowhere, 404, "not_found");
    ck_assert_str_eq(text_member(nowhere, "errors.0.pointer"), "/hamlet_id");
    expect_status(call("district.viewer", "GET", text("/v1/people/%s", id), NULL), 200);
    expect_problem(call("neighbour.commune", "GET", text("/v1/people/%s", id), NULL), 404,
                   "not_found");
}
END_TEST

START_TEST(a_number_must_fit_what_is_known_of_its_person)
{
    static const struct {
        const char *number;
        int status;
    } cases[] = {
        {"068187000101", 201}, /* 068, woman of the 1900s, 87 */
        {"000187000102", 422}, /* 000 is no province */
        {"097187000103", 422}, /* 097 neither */
        {"301187000104", 201}, /* born abroad */
        {"068087000105", 422}, /* a man */
        {"068387000106", 422}, /* of the 2000s */
        {"068186000107", 422}, /* of another year */
        {"068187000101", 409}, /* somebody has it */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer = create("commune.officer", 900103, text("Số %zu", i),
                                      text(",\"personal_id_number\":\"%s\"", cases[i].number));
        ck_assert_msg(answer.status == cases[i].status, "%s: %d", cases[i].number, answer.status);
        ck_assert_ptr_null(strstr(answer.body, cases[i].number));
    }
    struct answer unborn = call(
        "commune.officer", "POST", "/v1/people",
        "{\"hamlet_id\":900101,\"full_name\":\"Mai\",\"date_of_birth\":\"2199\",\"sex\":\"male\"}");
    expect_problem(unborn, 422, "rule_broken");
    ck_assert_str_eq(text_member(unborn, "errors.0.code"), "in_future");
}
END_TEST

static struct answer patch(const char *login, const char *id, const char *body)
{
    return call(login, "PATCH", text("/v1/people/%s", id), body);
}

START_TEST(a_correction_changes_what_it_names)
{
    const char *id =
        id_of(create("agent.collector", 900101, "Bon Krong", ",\"phone\":\"0911222333\""));
    struct answer changed =
        expect_status(patch("commune.officer", id,
                            "{\"full_name\":\"Bon Krông K'Đào\",\"phone\":null,"
                            "\"personal_id_number\":\"068187000201\",\"hamlet_id\":900103}"),
                      200);
    ck_assert_str_eq(text_member(changed, "full_name"), "Bon Krông K'Đào");
    ck_assert_str_eq(text_member(changed, "date_of_birth"), "1987-05-09");
    ck_assert_int_eq(integer_member(changed, "hamlet.id"), 900103);
    ck_assert_int_eq(integer_member(changed, "version"), 2);
    ck_assert(json_is_null(member(changed, "phone")));
    ck_assert_uint_eq(found("commune.viewer", "q=krong+dao"), 1);
    expect_problem(patch("agent.collector", id, "{\"phone\":\"0911222333\"}"), 404, "not_found");
    expect_problem(patch("neighbour.commune", id, "{\"phone\":\"0911222333\"}"), 404, "not_found");
    expect_problem(patch("commune.officer", id, "{\"hamlet_id\":900201}"), 403, "outside_slice");
    expect_problem(patch("commune.officer", id, "{\"hamlet_id\":123173}"), 404, "not_found");
    struct answer older = patch("commune.officer", id, "{\"date_of_birth\":\"1977\"}");
    expect_problem(older, 422, "rule_broken");
    ck_assert_str_eq(text_member(older, "errors.0.pointer"), "/personal_id_number");
    expect_problem(patch("commune.officer", id, "{\"died_on\":\"1980-01-01\"}"), 422,
                   "rule_broken");
    expect_problem(patch("commune.officer", id, "{\"died_on\":\"2199-01-01\"}"), 422,
                   "rule_broken");
    expect_status(patch("commune.officer", id, "{\"died_on\":\"2026-01-01\"}"), 200);
}
END_TEST

START_TEST(nobody_overwrites_what_he_has_not_seen)
{
    const char *id = id_of(create("agent.collector", 900101, "Cil Thẻ", ""));
    const char *path = text("/v1/people/%s", id);
    const char *seen = answer_header(call("agent.collector", "GET", path, NULL), "ETag");
    const char *const tagged[] = {text("If-Match: %s", seen), NULL};
    expect_status(patch("commune.officer", id, "{\"phone\":\"0911222333\"}"), 200);
    struct answer late =
        call_with("agent.collector", "PATCH", path, "{\"phone\":\"0911222444\"}", tagged);
    expect_problem(late, 412, "precondition_failed");
    ck_assert_str_ne(answer_header(late, "ETag"), seen);
    const char *const fresh[] = {text("If-Match: %s", answer_header(late, "ETag")), NULL};
    expect_status(call_with("agent.collector", "PATCH", path, "{\"phone\":\"0911222444\"}", fresh),
                  200);
}
END_TEST

START_TEST(a_number_that_was_corrected_is_free_again)
{
    const char *first = id_of(
        create("commune.officer", 900101, "Lơ Mu", ",\"personal_id_number\":\"068187000301\""));
    const char *second = id_of(create("commune.officer", 900101, "Lơ Mu Hai", ""));
    struct answer taken =
        patch("commune.officer", second, "{\"personal_id_number\":\"068187000301\"}");
    expect_problem(taken, 409, "duplicate");
    expect_status(patch("commune.officer", first, "{\"personal_id_number\":\"068187000302\"}"),
                  200);
    expect_status(patch("commune.officer", second, "{\"personal_id_number\":\"068187000301\"}"),
                  200);
    expect_status(patch("commune.officer", second, "{\"personal_id_number\":null}"), 200);
    ck_assert_str_eq(
        sql_text("select count(*) from person_identity where number like '0681870003%'"), "1");
}
END_TEST

START_TEST(people_are_found_by_words_and_numbers_in_the_slice)
{
    static const char *const logins[] = {"nation.viewer",  "province.viewer", "district.viewer",
                                         "commune.viewer", "agency.manager",  "agent.viewer"};
    static const char *const beside[] = {"neighbour.commune", "neighbour.district",
                                         "neighbour.collector", "neighbour.province"};
    static const char *const queries[] = {
        "q=%C4%90%E1%BA%ADu%20T%C3%A1n",
        "q=dau+tan",
        "q=tan+dau",
        "q=DAU",
        "q=068187000401",
        "q=6818700401",
        "q=0909 111 222",
        "q=%2B84909111222",
        "q=111222",
        "q=068-187-000-401",
    };
    id_of(create("agent.collector", 900102, "Đậu Văn Tấn",
                 ",\"personal_id_number\":\"068187000401\",\"phone\":\"0909111222\","
                 "\"social_insurance_number\":\"6818700401\""));
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        const char *query = queries[i];
        char escaped[64] = "";
        for (const char *at = query; *at; at++) {
            strncat(escaped, *at == ' ' ? "%20" : text("%c", *at),
                    sizeof escaped - 1 - strlen(escaped));
        }
        for (size_t n = 0; n < sizeof logins / sizeof *logins; n++) {
            ck_assert_msg(found(logins[n], escaped) == 1, "%s as %s", query, logins[n]);
        }
        for (size_t n = 0; n < sizeof beside / sizeof *beside; n++) {
            ck_assert_msg(found(beside[n], escaped) == 0, "%s as %s", query, beside[n]);
        }
    }
    ck_assert_uint_eq(found("nation.viewer", "q=06818700040"), 0);
    ck_assert_uint_eq(found("nation.viewer", "q=tan+khong"), 0);
    ck_assert_uint_eq(found("nation.viewer", "q=an"), found("nation.viewer", "q=an&limit=200"));
}
END_TEST

START_TEST(a_search_asks_for_something)
{
    expect_problem(call("commune.viewer", "GET", "/v1/people", NULL), 400, "invalid_request");
    expect_problem(call("commune.viewer", "GET", "/v1/people?q=%25", NULL), 400, "invalid_request");
    struct answer both =
        call("commune.viewer", "GET",
             "/v1/people?q=a&household=01900000-0000-7000-8000-00000000dead", NULL);
    expect_problem(both, 400, "invalid_request");
    ck_assert_str_eq(text_member(both, "errors.0.code"), "either");
}
END_TEST

START_TEST(what_fits_too_many_is_refused)
{
    sql_text("insert into person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, "
             "province_id, district_id, commune_id, created_by) select uuid7(), 'Zuy ' || n, "
             "'zuy ' || n, '1990-01-01', 'day', 'male', u.id, u.province_id, u.district_id, "
             "u.commune_id, '01900000-0000-7000-8000-00000000feed' from unit u, "
             "generate_series(1, 5001) n where u.id = 900301");
    expect_problem(call("province.viewer", "GET", "/v1/people?q=zuy", NULL), 422, "too_broad");
    ck_assert_uint_eq(found("province.viewer", "q=zuy+4711"), 1);
    ck_assert_uint_eq(found("commune.viewer", "q=zuy"), 0);
    sql_text("delete from person where created_by = '01900000-0000-7000-8000-00000000feed'");
}
END_TEST

START_TEST(a_search_goes_on_from_page_to_page)
{
    char seen[256] = "";
    const char *next = "";
    for (int i = 0; i < 3; i++) {
        id_of(create("commune.officer", 900101, text("Xuyến Trang %c", 'A' + i), ""));
    }
    for (int page = 0; next && page < 9; page++) {
        struct answer answer =
            call("commune.viewer", "GET",
                 text("/v1/people?q=trang+xuyen&limit=1%s%s", *next ? "&cursor=" : "", next), NULL);
        strncat(seen, text_member(expect_status(answer, 200), "items.0.full_name"),
                sizeof seen - 1 - strlen(seen));
        next = json_string_value(member(answer, "next_cursor"));
    }
    ck_assert_str_eq(seen, "Xuyến Trang AXuyến Trang BXuyến Trang C");
}
END_TEST

static struct answer entitle(const char *login, const char *id, const char *more)
{
    return call(login, "POST", text("/v1/people/%s/entitlements", id),
                text("{\"group\":\"near_poor\",\"decision\":{\"number\":\"15/QĐ-UBND\","
                     "\"decided_on\":\"2025-12-28\",\"issuer\":\"UBND xã Đồng Kho\"},%s}",
                     more));
}

START_TEST(groups_are_entered_by_decision_and_left)
{
    const char *id = id_of(create("agent.collector", 900101, "Rô Da", ""));
    struct answer given =
        entitle("commune.officer", id, "\"from\":\"2026-01-01\",\"to\":\"2026-12-31\"");
    const char *membership = text_member(expect_status(given, 201), "id");
    expect_problem(entitle("commune.manager", id, "\"from\":\"2026-06-01\""), 409, "duplicate");
    expect_problem(entitle("commune.officer", id, "\"from\":\"2026-06-01\",\"to\":\"2026-05-01\""),
                   422, "rule_broken");
    expect_problem(entitle("neighbour.commune", id, "\"from\":\"2027-06-01\""), 404, "not_found");
    expect_problem(entitle("agent.collector", id, "\"from\":\"2027-06-01\""), 403, "forbidden");
    const char *ending = text("/v1/entitlements/%s/end", membership);
    const char *end = "{\"on\":\"2026-06-30\",\"reason\":\"Thoát cận nghèo\"}";
    expect_problem(call("neighbour.commune", "POST", ending, end), 404, "not_found");
    expect_status(call("district.officer", "POST", ending, end), 200);
    expect_problem(call("district.officer", "POST", ending, end), 404, "not_found");
    expect_status(entitle("province.officer", id, "\"from\":\"2026-07-01\""), 201);
}
END_TEST

START_TEST(what_is_sensitive_needs_a_duty_and_a_purpose)
{
    const char *id = id_of(create("agent.collector", 900101, "Ha Dương", ",\"ethnicity\":\"16\""));
    expect_status(entitle("commune.officer", id, "\"from\":\"2026-01-01\""), 201);
    const char *path = text("/v1/people/%s", id);
    sql_text("truncate audit");
    const char *shown = text("%s?reveal=sensitive&purpose=enrolment", path);
    struct answer full = expect_status(call("agent.collector", "GET", shown, NULL), 200);
    ck_assert_str_eq(text_member(full, "ethnicity"), "16");
    ck_assert_str_eq(text_member(full, "entitlements.0.group"), "near_poor");
    expect_problem(call("agent.collector", "GET", text("%s?reveal=sensitive", path), NULL), 400,
                   "invalid_request");
    expect_problem(call("commune.viewer", "GET", shown, NULL), 403, "forbidden");
    expect_problem(call("neighbour.commune", "GET", shown, NULL), 404, "not_found");
    struct answer plain = expect_status(call("commune.officer", "GET", path, NULL), 200);
    ck_assert_ptr_null(strstr(plain.body, "near_poor"));
    ck_assert_str_eq(sql_text(
                         "select string_agg(action || coalesce(' ' || purpose, ''), ', ' order "
                         "by at) from audit"),
                     "sensitive_reveal enrolment, person_get");
    expect_status(call("commune.officer", "PATCH", path, "{\"ethnicity\":null}"), 200);
    ck_assert(json_is_null(member(call("commune.officer", "GET", shown, NULL), "ethnicity")));
}
END_TEST

START_TEST(the_groups_are_listed_by_scheme_and_day)
{
    struct answer all =
        expect_status(call("agent.viewer", "GET", "/v1/participant-groups", NULL), 200);
    ck_assert_uint_eq(json_array_size(member(all, "items")), 55);
    struct answer vsi =
        call("agent.viewer", "GET", "/v1/participant-groups?scheme=vsi&on=2020-01-01", NULL);
    ck_assert_uint_eq(json_array_size(member(expect_status(vsi, 200), "items")), 3);
    ck_assert_str_eq(text_member(vsi, "items.0.code"), "poor");
}
END_TEST

START_TEST(no_number_stands_in_the_log)
{
    expect_unlogged("068187000");
    expect_unlogged("0909111222");
}
END_TEST

Suite *register_suite(void)
{
    Suite *suite = suite_create("register");
    TCase *tcase = tcase_create("register");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, people_are_registered_inside_the_slice_only);
    tcase_add_test(tcase, a_number_must_fit_what_is_known_of_its_person);
    tcase_add_test(tcase, a_correction_changes_what_it_names);
    tcase_add_test(tcase, nobody_overwrites_what_he_has_not_seen);
    tcase_add_test(tcase, a_number_that_was_corrected_is_free_again);
    tcase_add_test(tcase, people_are_found_by_words_and_numbers_in_the_slice);
    tcase_add_test(tcase, a_search_asks_for_something);
    tcase_add_test(tcase, what_fits_too_many_is_refused);
    tcase_add_test(tcase, a_search_goes_on_from_page_to_page);
    tcase_add_test(tcase, groups_are_entered_by_decision_and_left);
    tcase_add_test(tcase, what_is_sensitive_needs_a_duty_and_a_purpose);
    tcase_add_test(tcase, the_groups_are_listed_by_scheme_and_day);
    tcase_add_test(tcase, no_number_stands_in_the_log);
    suite_add_tcase(suite, tcase);
    return suite;
}
