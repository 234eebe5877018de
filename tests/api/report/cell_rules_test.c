/* What a value becomes in a cell. */
#include "api/report/cell_rules.h"

#include "tests/support/request_case.h"
#include "tests/support/suites.h"

static const char *cell(json_t *value)
{
    struct render out;
    render_init(&out, request->arena);
    render_text(&out, "");
    cell_render(&out, value);
    json_decref(value);
    return out.data;
}

START_TEST(text_is_quoted_where_it_must_be)
{
    ck_assert_str_eq(cell(json_string("Nguyễn Thị Lan")), "Nguyễn Thị Lan");
    ck_assert_str_eq(cell(json_string("a,b")), "\"a,b\"");
    ck_assert_str_eq(cell(json_string("say \"no\"")), "\"say \"\"no\"\"\"");
    ck_assert_str_eq(cell(json_string("\"")), "\"\"\"\"");
    ck_assert_str_eq(cell(json_string("two\nlines")), "\"two\nlines\"");
    ck_assert_str_eq(cell(json_string(" blank")), "\" blank\"");
    ck_assert_str_eq(cell(json_string("")), "");
}
END_TEST

START_TEST(no_text_becomes_a_formula)
{
    ck_assert_str_eq(cell(json_string("=1+1")), "'=1+1");
    ck_assert_str_eq(cell(json_string("+84912345678")), "'+84912345678");
    ck_assert_str_eq(cell(json_string("-2+3")), "'-2+3");
    ck_assert_str_eq(cell(json_string("@SUM(A1)")), "'@SUM(A1)");
    ck_assert_str_eq(cell(json_string("=A1,B1")), "\"'=A1,B1\"");
    ck_assert_str_eq(cell(json_string("a=1")), "a=1");
    ck_assert(!cell_is_formula(""));
}
END_TEST

START_TEST(numbers_and_the_rest_are_as_they_are)
{
    ck_assert_str_eq(cell(json_integer(-120000)), "-120000");
    ck_assert_str_eq(cell(json_real(62.5)), "62.5");
    ck_assert_str_eq(cell(json_true()), "true");
    ck_assert_str_eq(cell(json_null()), "");
    ck_assert_str_eq(cell(json_pack("[i,s]", 1, "x")), "\"[1,\"\"x\"\"]\"");
    ck_assert_str_eq(cell_text(request->arena, NULL), "");
}
END_TEST

Suite *cell_rules_suite(void)
{
    Suite *suite = suite_create("cell_rules");
    TCase *tcase = tcase_create("cells");
    tcase_add_checked_fixture(tcase, request_open, request_close);
    tcase_add_test(tcase, text_is_quoted_where_it_must_be);
    tcase_add_test(tcase, no_text_becomes_a_formula);
    tcase_add_test(tcase, numbers_and_the_rest_are_as_they_are);
    suite_add_tcase(suite, tcase);
    return suite;
}
