/* Refusals: the tables, and what a client gets to read. */
#include "middleware/problem.h"

#include <string.h>

#include "middleware/text.h"
#include "tests/support/harness.h"
#include "tests/support/request_case.h"

static const char *const tongues[] = {[VIETNAMESE] = "vi", [ENGLISH] = "en"};

static void release(void *json)
{
    json_decref(json);
}

/* The reply of the request as JSON; its text must be JSON to the last byte. */
static json_t *replied(void)
{
    problem_reply(request);
    ck_assert_str_eq(request->reply.content_type, "application/problem+json");
    ck_assert_uint_eq(strlen(request->reply.body), request->reply.size);
    json_t *json =
        json_loadb(request->reply.body, request->reply.size, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json, "%s", request->reply.body);
    arena_defer(request->arena, release, json);
    return json;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    ck_assert_msg(value, "no %s", name);
    return value;
}

static void check_row(const struct problem_row *row, bool may_hold_mark)
{
    ck_assert_ptr_nonnull(row->code);
    ck_assert_uint_eq(strspn(row->code, "abcdefghijklmnopqrstuvwxyz_"), strlen(row->code));
    const char *mark = strstr(row->title[VIETNAMESE], "%");
    for (int i = VIETNAMESE; i <= ENGLISH; i++) {
        ck_assert_msg(row->title[i] && *row->title[i], "%s has no %s", row->code, tongues[i]);
        ck_assert(text_is_utf8(row->title[i], strlen(row->title[i])));
        const char *own = strstr(row->title[i], "%");
        ck_assert_msg(!own == !mark && (!own || may_hold_mark), "%s", row->code);
        ck_assert(!own || (strncmp(own, "%s", 2) == 0 && !strstr(own + 1, "%")));
    }
    ck_assert_str_ne(row->title[VIETNAMESE], row->title[ENGLISH]);
}

static void check_codes(const struct problem_row *rows, int count)
{
    for (int i = 0; i < count; i++) {
        for (int other = 0; other < i; other++) {
            ck_assert_str_ne(rows[i].code, rows[other].code);
        }
    }
}

START_TEST(every_problem_has_code_status_and_both_languages)
{
    ck_assert_str_eq(problem_rows[NO_PROBLEM].code, "none");
    for (int kind = NO_PROBLEM + 1; kind < PROBLEM_COUNT; kind++) {
        check_row(&problem_rows[kind], false);
        ck_assert_int_ge(problem_rows[kind].status, 400);
        ck_assert_int_le(problem_rows[kind].status, 504);
    }
}
END_TEST

START_TEST(every_flaw_has_a_code_and_both_languages)
{
    for (int kind = 0; kind < FLAW_COUNT; kind++) {
        check_row(&flaw_rows[kind], true);
        ck_assert_int_eq(flaw_rows[kind].status, 0);
    }
}
END_TEST

START_TEST(codes_are_unique)
{
    check_codes(problem_rows, PROBLEM_COUNT);
    check_codes(flaw_rows, FLAW_COUNT);
}
END_TEST

START_TEST(every_problem_answers_in_both_languages)
{
    for (int kind = NO_PROBLEM + 1; kind < PROBLEM_COUNT; kind++) {
        for (int tongue = VIETNAMESE; tongue <= ENGLISH; tongue++) {
            request_again();
            request->language = (enum language)tongue;
            ck_assert(!fail(request, (enum problem_kind)kind));
            json_t *json = replied();
            const struct problem_row *row = &problem_rows[kind];
            const char *type = arena_printf(request->arena, "/docs#%s", row->code);
            ck_assert_uint_eq(json_object_size(json), 5);
            ck_assert_str_eq(text_of(json, "type"), type);
            ck_assert_str_eq(text_of(json, "title"), row->title[tongue]);
            ck_assert_str_eq(text_of(json, "code"), row->code);
            ck_assert_str_eq(text_of(json, "instance"), "urn:ansinh:request:test-request");
            ck_assert_int_eq(json_integer_value(json_object_get(json, "status")), row->status);
            ck_assert_int_eq(request->reply.status, row->status);
            ck_assert_str_eq(reply_header_value("Content-Language"), tongues[tongue]);
        }
    }
}
END_TEST

START_TEST(some_problems_carry_a_header)
{
    static const struct {
        enum problem_kind kind;
        const char *name;
        const char *value;
    } rows[] = {
        {TOKEN_MISSING, "WWW-Authenticate", "Bearer realm=\"ansinh\""},
        {TOKEN_EXPIRED, "WWW-Authenticate", "Bearer realm=\"ansinh\""},
        {WRONG_CREDENTIALS, "WWW-Authenticate", "Bearer realm=\"ansinh\""},
        {FORBIDDEN, "WWW-Authenticate", NULL},
        {BUSY, "Retry-After", "1"},
        {DATABASE_UNAVAILABLE, "Retry-After", "1"},
        {TOO_MANY_REQUESTS, "Retry-After", "1"},
        {INTERNAL, "Retry-After", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        request_again();
        ck_assert(!fail(request, rows[i].kind));
        replied();
        const char *value = reply_header_value(rows[i].name);
        ck_assert_str_eq(value ? value : "none", rows[i].value ? rows[i].value : "none");
    }
}
END_TEST

START_TEST(a_client_is_told_how_long_to_wait)
{
    ck_assert(!fail(request, TOO_MANY_REQUESTS));
    request->problem.retry_after = 30;
    replied();
    ck_assert_str_eq(reply_header_value("Retry-After"), "30");
}
END_TEST

START_TEST(flaws_say_where_what_and_why)
{
    request->language = ENGLISH;
    fail_at(request, INVALID_REQUEST, "pointer", "/name", FLAW_TOO_LONG, "200");
    fail_at(request, INVALID_REQUEST, "parameter", "limit", FLAW_TYPE, "integer");
    fail_at(request, INVALID_REQUEST, "header", "Idempotency-Key", FLAW_REQUIRED, NULL);
    const json_t *errors = json_object_get(replied(), "errors");
    static const struct {
        const char *where, *name, *code, *detail;
    } expected[] = {
        {"pointer", "/name", "too_long", "must have at most 200 characters"},
        {"parameter", "limit", "type", "must be of type integer"},
        {"header", "Idempotency-Key", "required", "is required"},
    };
    ck_assert_uint_eq(json_array_size(errors), 3);
    for (size_t i = 0; i < 3; i++) {
        const json_t *error = json_array_get(errors, i);
        ck_assert_uint_eq(json_object_size(error), 3);
        ck_assert_str_eq(text_of(error, expected[i].where), expected[i].name);
        ck_assert_str_eq(text_of(error, "code"), expected[i].code);
        ck_assert_str_eq(text_of(error, "detail"), expected[i].detail);
    }
}
END_TEST

START_TEST(flaws_speak_vietnamese_too)
{
    fail_at(request, INVALID_REQUEST, "pointer", "/name", FLAW_TOO_LONG, "200");
    const json_t *error = json_array_get(json_object_get(replied(), "errors"), 0);
    ck_assert_str_eq(text_of(error, "detail"), "chỉ được có tối đa 200 ký tự");
}
END_TEST

START_TEST(what_the_client_sent_is_text_and_nothing_else)
{
    static const char hostile[] = "/\",\"code\":\"none\n\\%s%n";
    request->language = ENGLISH;
    request->id = hostile;
    fail_at(request, INVALID_REQUEST, "pointer", hostile, FLAW_PATTERN, hostile);
    json_t *json = replied();
    const json_t *error = json_array_get(json_object_get(json, "errors"), 0);
    ck_assert_str_eq(text_of(json, "code"), "invalid_request");
    ck_assert_str_eq(text_of(error, "pointer"), hostile);
    ck_assert_str_eq(text_of(error, "detail"),
                     arena_printf(request->arena, "does not match %s", hostile));
    ck_assert_str_eq(text_of(json, "instance"),
                     arena_printf(request->arena, "urn:ansinh:request:%s", hostile));
}
END_TEST

START_TEST(a_figure_that_is_missing_leaves_its_place_empty)
{
    request->language = ENGLISH;
    fail_at(request, INVALID_REQUEST, "pointer", "", FLAW_ENUM, NULL);
    const json_t *error = json_array_get(json_object_get(replied(), "errors"), 0);
    ck_assert_str_eq(text_of(error, "pointer"), "");
    ck_assert_str_eq(text_of(error, "detail"), "must be one of: ");
}
END_TEST

START_TEST(the_first_problem_stays)
{
    ck_assert(!fail(request, NOT_FOUND));
    ck_assert(!fail(request, INTERNAL));
    ck_assert(!fail_at(request, INVALID_REQUEST, "pointer", "/a", FLAW_REQUIRED, NULL));
    ck_assert_int_eq(request->problem.kind, NOT_FOUND);
    ck_assert_int_eq(request->problem.flaw_count, 0);
    ck_assert(!fail_at(request, NOT_FOUND, "pointer", "/a", FLAW_NOT_FOUND, NULL));
    ck_assert_int_eq(request->problem.flaw_count, 1);
}
END_TEST

START_TEST(flaws_beyond_the_room_are_dropped)
{
    for (int i = 0; i < MAX_FLAWS + 5; i++) {
        const char *name = arena_printf(request->arena, "/%d", i);
        ck_assert(!fail_at(request, INVALID_REQUEST, "pointer", name, FLAW_UNKNOWN, NULL));
    }
    const json_t *errors = json_object_get(replied(), "errors");
    ck_assert_uint_eq(json_array_size(errors), MAX_FLAWS);
    ck_assert_str_eq(text_of(json_array_get(errors, MAX_FLAWS - 1), "pointer"), "/15");
}
END_TEST

START_TEST(a_result_without_a_state_is_a_database_out_of_reach)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_FATAL_ERROR);
    ck_assert(!fail_sql(request, result));
    PQclear(result);
    ck_assert_int_eq(request->problem.kind, DATABASE_UNAVAILABLE);
    request_again();
    ck_assert(!fail_sql(request, NULL));
    ck_assert_int_eq(request->problem.kind, DATABASE_UNAVAILABLE);
}
END_TEST

START_TEST(what_went_wrong_inside_stays_inside)
{
    request->problem.internal = "42P01 relation \"secret\" does not exist";
    ck_assert(!fail(request, INTERNAL));
    replied();
    ck_assert_ptr_null(strstr(request->reply.body, "secret"));
    ck_assert_ptr_null(strstr(request->reply.body, "42P01"));
}
END_TEST

/* PostgreSQL quotes the value that it cannot read, which may be somebody's name or number. */
START_TEST(the_log_hears_what_failed_and_not_with_what_value)
{
    static const char *const rows[][2] = {
        {"select 'Mang Hoa'::int", "22P02 "},
        {"select 'Mang Hoa'::date", "22007 "},
        {"select ('9' || 'Mang Hoa')::jsonb", "22P02 "},
        {"do $$ begin raise 'Mang Hoa'; end $$", "P0001 "},
        {"select unknown_column", "42703 column \"unknown_column\" does not exist"},
        {"select 1 / 0", "22012 "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        request_again();
        PGresult *result = PQexec(database(), rows[i][0]);
        ck_assert(!fail_sql(request, result));
        PQclear(result);
        const char *internal = request->problem.internal;
        ck_assert_msg(strncmp(internal, rows[i][1], strlen(rows[i][1])) == 0, "%s", internal);
        ck_assert_msg(!strstr(internal, "Hoa"), "%s", internal);
        ck_assert_uint_gt(strlen(internal), 6);
    }
}
END_TEST

START_TEST(the_language_is_what_the_client_prefers)
{
    static const struct {
        const char *wanted;
        enum language language;
    } rows[] = {
        {NULL, VIETNAMESE},
        {"", VIETNAMESE},
        {"vi", VIETNAMESE},
        {"vi-VN", VIETNAMESE},
        {"en", ENGLISH},
        {"en-US", ENGLISH},
        {"EN-gb", ENGLISH},
        {"vi-VN,vi;q=0.9,en;q=0.8", VIETNAMESE},
        {"en-US,en;q=0.9,vi;q=0.8", ENGLISH},
        {"en;q=0.5, vi;q=0.9", VIETNAMESE},
        {"vi;q=0.5,\ten;q=0.9", ENGLISH},
        {"fr, de;q=0.9, en;q=0.1", ENGLISH},
        {"vi, en", VIETNAMESE},
        {"en;q=0", VIETNAMESE},
        {"en;q=0.000, vi;q=0.001", VIETNAMESE},
        {"en; q=0.8", ENGLISH},
        {"fr-FR", VIETNAMESE},
        {"*", VIETNAMESE},
        {"*, en;q=0.1", ENGLISH},
        {"en;q=", VIETNAMESE},
        {"en;q=abc", VIETNAMESE},
        {"en;q=-1", VIETNAMESE},
        {"en;q=nan", VIETNAMESE},
        {",,, ;;q=,=", VIETNAMESE},
        {",en,", ENGLISH},
        {"\xff\xfe\x01", VIETNAMESE},
        {"e", VIETNAMESE},
        {"de-en", VIETNAMESE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_msg(language_of(rows[i].wanted) == rows[i].language, "%s",
                      rows[i].wanted ? rows[i].wanted : "no header");
    }
}
END_TEST

Suite *problem_suite(void)
{
    TCase *tests = tcase_create("problem");
    tcase_add_checked_fixture(tests, request_open, request_close);
    tcase_add_test(tests, every_problem_has_code_status_and_both_languages);
    tcase_add_test(tests, every_flaw_has_a_code_and_both_languages);
    tcase_add_test(tests, codes_are_unique);
    tcase_add_test(tests, every_problem_answers_in_both_languages);
    tcase_add_test(tests, some_problems_carry_a_header);
    tcase_add_test(tests, a_client_is_told_how_long_to_wait);
    tcase_add_test(tests, flaws_say_where_what_and_why);
    tcase_add_test(tests, flaws_speak_vietnamese_too);
    tcase_add_test(tests, what_the_client_sent_is_text_and_nothing_else);
    tcase_add_test(tests, a_figure_that_is_missing_leaves_its_place_empty);
    tcase_add_test(tests, the_first_problem_stays);
    tcase_add_test(tests, flaws_beyond_the_room_are_dropped);
    tcase_add_test(tests, a_result_without_a_state_is_a_database_out_of_reach);
    tcase_add_test(tests, what_went_wrong_inside_stays_inside);
    tcase_add_test(tests, the_log_hears_what_failed_and_not_with_what_value);
    tcase_add_test(tests, the_language_is_what_the_client_prefers);
    Suite *suite = suite_create("problem");
    suite_add_tcase(suite, tests);
    return suite;
}
