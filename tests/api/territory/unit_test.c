/* Units: reference for everybody, hamlets made by their commune. */
#include <string.h>

#include "middleware/text.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"

static size_t item_count(struct answer answer)
{
    return json_array_size(member(answer, "items"));
}

START_TEST(the_country_has_34_provinces_and_3321_communes)
{
    ck_assert_str_eq(sql_text("select count(*) from unit where kind = 'province' and "
                              "valid_to is null"),
                     "34");
    ck_assert_str_eq(sql_text("select count(*) from unit where kind = 'commune' and "
                              "valid_to is null"),
                     "3321");
    struct answer answer =
        expect_status(call("agent.viewer", "GET", "/v1/units?parent=1&limit=200", NULL), 200);
    ck_assert_uint_eq(item_count(answer), 34);
    ck_assert(json_is_null(member(answer, "next_cursor")));
}
END_TEST

START_TEST(the_key_of_every_shipped_name_is_the_one_the_program_makes)
{
    PGresult *units =
        PQexec(database(), "select name, name_key from unit where levels = 2 and id < 200000");
    struct arena *arena = arena_new((size_t)1 << 26);
    for (int i = 0; i < PQntuples(units); i++) {
        ck_assert_str_eq(text_key(arena, PQgetvalue(units, i, 0)), PQgetvalue(units, i, 1));
    }
    ck_assert_int_eq(PQntuples(units), 3356);
    arena_free(arena);
    PQclear(units);
}
END_TEST

START_TEST(type_ahead_needs_no_accents)
{
    static const char *const queries[] = {"tanh%20linh", "T%C3%A1nh%20Linh", "TANH+LI", "linh"};
    for (int i = 0; i < 4; i++) {
        struct answer answer =
            call("commune.viewer", "GET",
                 text("/v1/units?q=%s&kind=commune&parent=168&limit=200", queries[i]), NULL);
        expect_status(answer, 200);
        ck_assert_ptr_nonnull(strstr(answer.body, "\"name\":\"Tánh Linh\""));
    }
    struct answer none = call("commune.viewer", "GET", "/v1/units?q=zzzz", NULL);
    ck_assert_uint_eq(item_count(expect_status(none, 200)), 0);
    expect_problem(call("commune.viewer", "GET", "/v1/units?q=%25", NULL), 400, "invalid_request");
}
END_TEST

START_TEST(a_list_pages_through_all_communes_without_gap_or_double)
{
    const char *cursor = NULL;
    size_t seen = 0;
    const char *last = "";
    do {
        const char *path =
            cursor ? text("/v1/units?parent=168&kind=commune&limit=50&cursor=%s", cursor)
                   : "/v1/units?parent=168&kind=commune&limit=50";
        struct answer page = expect_status(call("nation.viewer", "GET", path, NULL), 200);
        for (size_t i = 0; i < item_count(page); i++) {
            const char *code = text_member(page, text("items.%zu.code", i));
            ck_assert_int_gt(strcmp(code, last), 0);
            last = code;
            seen++;
        }
        const json_t *next = member(page, "next_cursor");
        cursor = json_string_value(next);
    } while (cursor);
    ck_assert_str_eq(text("%zu", seen),
                     sql_text("select count(*) from unit where kind = 'commune' and "
                              "province_id = 168 and valid_to is null"));
}
END_TEST

START_TEST(without_a_filter_the_own_children_come)
{
    struct answer district = call("district.viewer", "GET", "/v1/units", NULL);
    ck_assert_uint_eq(item_count(expect_status(district, 200)), 5);
    struct answer province = call("province.viewer", "GET", "/v1/units?limit=3", NULL);
    ck_assert_uint_eq(item_count(expect_status(province, 200)), 3);
    ck_assert(json_is_string(member(province, "next_cursor")));
}
END_TEST

START_TEST(a_unit_is_found_by_id_and_by_code)
{
    struct answer answer =
        expect_status(call("nation.viewer", "GET", "/v1/units/123173", NULL), 200);
    ck_assert_str_eq(text_member(answer, "code"), "23173");
    ck_assert_int_eq(integer_member(answer, "district_id"), 900001);
    answer =
        expect_status(call("nation.viewer", "GET", "/v1/units?code=01&kind=province", NULL), 200);
    ck_assert_str_eq(text_member(answer, "items.0.name"), "Hà Nội");
    expect_problem(call("nation.viewer", "GET", "/v1/units/999999999", NULL), 404, "not_found");
    expect_problem(call("nation.viewer", "GET", "/v1/units/abc", NULL), 404, "not_found");
    expect_problem(call("nation.viewer", "GET", "/v1/units/01", NULL), 404, "not_found");
}
END_TEST

START_TEST(a_commune_makes_its_hamlets_once)
{
    const char *body = "{\"kind\":\"hamlet\",\"form\":\"thon\",\"name\":\"Thôn Suối Đá\"}";
    struct answer made = expect_status(call("commune.manager", "POST", "/v1/units", body), 201);
    ck_assert_int_eq(integer_member(made, "commune_id"), 123173);
    ck_assert_int_eq(integer_member(made, "district_id"), 900001);
    ck_assert_str_eq(answer_header(made, "Location"),
                     text("/v1/units/%lld", (long long)integer_member(made, "id")));
    const char *again = "{\"kind\":\"hamlet\",\"form\":\"thon\",\"name\":\"thôn suối  đá\"}";
    expect_problem(call("commune.manager", "POST", "/v1/units", again), 409, "duplicate");
    expect_status(call("neighbour.commune", "POST", "/v1/units", body), 201);
}
END_TEST

START_TEST(a_decomposed_name_is_stored_composed)
{
    const char *nfd =
        "{\"kind\":\"hamlet\",\"form\":\"ban\",\"name\":\"Ba\xcc\x89n Mo\xcc\x9b\xcc\x81i\"}";
    struct answer made = expect_status(call("commune.manager", "POST", "/v1/units", nfd), 201);
    ck_assert_str_eq(text_member(made, "name"), "Bản Mới");
}
END_TEST

START_TEST(a_wrong_hamlet_gets_every_flaw_with_its_pointer)
{
    struct answer answer = call("commune.manager", "POST", "/v1/units",
                                "{\"kind\":\"commune\",\"name\":\"\",\"colour\":1}");
    expect_problem(answer, 400, "invalid_request");
    static const char *const pointers[] = {"/kind", "/name", "/colour", "/form"};
    for (int i = 0; i < 4; i++) {
        ck_assert_msg(strstr(answer.body, text("\"pointer\":\"%s\"", pointers[i])) != NULL, "%s",
                      answer.body);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("unit");
    TCase *tcase = tcase_create("unit");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, the_country_has_34_provinces_and_3321_communes);
    tcase_add_test(tcase, the_key_of_every_shipped_name_is_the_one_the_program_makes);
    tcase_add_test(tcase, type_ahead_needs_no_accents);
    tcase_add_test(tcase, a_list_pages_through_all_communes_without_gap_or_double);
    tcase_add_test(tcase, without_a_filter_the_own_children_come);
    tcase_add_test(tcase, a_unit_is_found_by_id_and_by_code);
    tcase_add_test(tcase, a_commune_makes_its_hamlets_once);
    tcase_add_test(tcase, a_decomposed_name_is_stored_composed);
    tcase_add_test(tcase, a_wrong_hamlet_gets_every_flaw_with_its_pointer);
    suite_add_tcase(suite, tcase);
    return suite;
}
