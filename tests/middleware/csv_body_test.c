/* Tables in a body: what is a table, what is a row, and which of them fits. */
#include "middleware/csv_body.h"

#include <stdio.h>
#include <string.h>

#include "middleware/problem.h"
#include "middleware/schema_internal.h"
#include "tests/support/schema_case.h"

#define ROW_SCHEMA                                                                                 \
    "{'type':'object','additionalProperties':false,'required':['code','people'],'properties':{"    \
    "'code':{'type':'string','maxLength':5,'pattern':'^[0-9]+$'},'kind':{'type':'string','enum':"  \
    "['total','labour_force']},'on':{'type':'string','format':'date'},'people':{'type':'integer'," \
    "'minimum':0,'maximum':1000},'source':{'type':'string','maxLength':20}}}"

static void open_table(void)
{
    open_all();
    operation.media_type = media_csv;
    operation.body = compiled("{'type':'array','minItems':1,'maxItems':5,'items':" ROW_SCHEMA "}");
}

static bool read_bytes(const char *body, size_t size)
{
    new_request();
    req->body = body;
    req->body_size = size;
    return schema_check(req);
}

/* "2 good; 3 people type integer": a line for each row. */
static const char *verdicts(const char *body)
{
    const char *all = "";
    ck_assert_msg(read_bytes(body, strlen(body)), "%s", flaws());
    ck_assert_int_eq(req->problem.kind, NO_PROBLEM);
    for (int i = 0; i < req->csv->count; i++) {
        const struct csv_row *row = &req->csv->rows[i];
        const char *one = row->good
                              ? "good"
                              : arena_printf(arena, "%s %s%s%s", row->field ? row->field : "-",
                                             flaw_rows[row->flaw].code, row->argument ? " " : "",
                                             row->argument ? row->argument : "");
        all = arena_printf(arena, "%s%s%d %s", all, i ? "; " : "", row->line, one);
    }
    return all;
}

static void is_refused(const char *body, enum problem_kind kind, const char *expected)
{
    ck_assert_msg(!read_bytes(body, strlen(body)), "%s", body);
    ck_assert_int_eq(req->problem.kind, (int)kind);
    ck_assert_str_eq(flaws(), expected);
    ck_assert_ptr_null(req->csv);
}

START_TEST(rows_become_objects_with_their_line)
{
    ck_assert_str_eq(verdicts("people,code,kind\n12,007,total\n0,1,\n"), "2 good; 3 good");
    ck_assert_str_eq(req->csv->json, "[{\"people\":12,\"code\":\"007\",\"kind\":\"total\","
                                     "\"line\":2},{\"people\":0,\"code\":\"1\",\"line\":3}]");
}
END_TEST

START_TEST(what_excel_and_others_write_is_read)
{
    static const char *const files[] = {
        ("\xEF\xBB\xBF"
         "code,people\r\n1,2\r\n"),
        "code,people\n1,2",
        "code,people\r\n1,2",
        "\"code\",\"people\"\n\"1\",\"2\"\n",
        " code , people \n 1 ,2 \n",
        "code,people\n1,2\n\n",
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        ck_assert_str_eq(verdicts(files[i]), "2 good");
        ck_assert_str_eq(req->csv->json, "[{\"code\":\"1\",\"people\":2,\"line\":2}]");
    }
    ck_assert_str_eq(verdicts("code,people,source\n1,2,\"a, \"\"b\"\"\"\n"), "2 good");
    ck_assert_ptr_nonnull(strstr(req->csv->json, "\"source\":\"a, \\\"b\\\"\""));
}
END_TEST

START_TEST(lines_are_those_of_the_file)
{
    ck_assert_str_eq(verdicts("\ncode,people\r\n\r\n1,2\n  \n2,x\n"),
                     "4 good; 6 people type integer");
    ck_assert_str_eq(verdicts("code,people,source\n1,2,\"a\n\nb\"\n1,2,c\n"),
                     "2 source not_text; 5 good");
}
END_TEST

START_TEST(a_row_that_does_not_fit_says_where_and_why)
{
    static const char *const rows[][2] = {
        {"x,1,,,", "2 code pattern ^[0-9]+$"},
        {"123456,1,,,", "2 code too_long 5"},
        {",1,,,", "2 code required"},
        {"1,,,,", "2 people required"},
        {"1,-1,,,", "2 people too_small 0"},
        {"1,1001,,,", "2 people too_large 1000"},
        {"1,1.5,,,", "2 people type integer"},
        {"1,+1,,,", "2 people type integer"},
        {"1,007,,,", "2 people type integer"},
        {"1,1 000,,,", "2 people type integer"},
        {"1,1,all,,", "2 kind enum total, labour_force"},
        {"1,1,,2026-02-30,", "2 on format date"},
        {"1,1,,22/11/2026,", "2 on format date"},
        {"1,1,,,a\tb", "2 source not_text"},
        {"1,1,,,a\rb", "2 source not_text"},
        {"1,1,,", "2 - too_few 5"},
        {"1,1,,,a,b", "2 - too_many 5"},
        {"1,1,,,,,,,,,,,,,,,,,,,,", "2 - too_many 5"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_str_eq(
            verdicts(arena_printf(arena, "code,people,kind,on,source\n%s\n", rows[i][0])),
            rows[i][1]);
        ck_assert_str_eq(req->csv->json, "[]");
    }
}
END_TEST

START_TEST(text_becomes_nfc)
{
    ck_assert_str_eq(verdicts("code,people,source\n1,1,Cu\xCC\xA3"
                              "c\n"),
                     "2 good");
    ck_assert_ptr_nonnull(strstr(req->csv->json, "C\xE1\xBB\xA5"
                                                 "c"));
}
END_TEST

START_TEST(wrong_names_refuse_the_file)
{
    is_refused("code,people,peoples\n1,1,1\n", INVALID_REQUEST, "/1/3 unknown");
    is_refused("code,people,code\n1,1,1\n", INVALID_REQUEST, "/1/3 repeated");
    is_refused("people\n1\n", INVALID_REQUEST, "/1/code required");
    is_refused("Code;people\n1;1\n", INVALID_REQUEST,
               "/1/1 unknown; /1/code required; /1/people required");
    is_refused("1,2\n", INVALID_REQUEST,
               "/1/1 unknown; /1/2 unknown; /1/code required; /1/people required");
    is_refused("code,people,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o\n", INVALID_REQUEST, "/1 too_many 5");
}
END_TEST

START_TEST(what_is_no_table_is_malformed)
{
    is_refused("", MALFORMED_CSV, "");
    is_refused("\n\n", MALFORMED_CSV, "");
    is_refused("code,people\n1,1\n2,\"1\n3,1\n", MALFORMED_CSV, "/3 quote");
    is_refused("code,people\n1,\"1\"x\n", MALFORMED_CSV, "/2 quote");
    is_refused("code,people\n1,1\"\n", MALFORMED_CSV, "/2 quote");
    is_refused("code,people\n\xC3(,1\n", MALFORMED_CSV, "");
    ck_assert(!read_bytes("code,people\n1,\0001\n", 17));
    ck_assert_int_eq(req->problem.kind, MALFORMED_CSV);
}
END_TEST

START_TEST(the_number_of_rows_is_limited)
{
    is_refused("code,people\n", INVALID_REQUEST, " too_few 1");
    is_refused("code,people\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n", INVALID_REQUEST, " too_many 5");
    ck_assert_str_eq(verdicts("code,people\n1,1\n1,1\n1,1\n1,1\nx,1\n"),
                     "2 good; 3 good; 4 good; 5 good; 6 code pattern ^[0-9]+$");
    ck_assert_int_eq(req->csv->good_count, 4);
}
END_TEST

Suite *csv_body_suite(void)
{
    TCase *tests = tcase_create("csv_body");
    tcase_add_checked_fixture(tests, open_table, close_all);
    tcase_add_test(tests, rows_become_objects_with_their_line);
    tcase_add_test(tests, what_excel_and_others_write_is_read);
    tcase_add_test(tests, lines_are_those_of_the_file);
    tcase_add_test(tests, a_row_that_does_not_fit_says_where_and_why);
    tcase_add_test(tests, text_becomes_nfc);
    tcase_add_test(tests, wrong_names_refuse_the_file);
    tcase_add_test(tests, what_is_no_table_is_malformed);
    tcase_add_test(tests, the_number_of_rows_is_limited);
    Suite *suite = suite_create("csv_body");
    suite_add_tcase(suite, tests);
    return suite;
}
