/* The stage: path values, query, Idempotency-Key and body. */
#include "tests/support/schema_case.h"

#include <string.h>

#include "middleware/problem.h"

static void declare(const char *in, const char *name, bool required, const char *schema)
{
    operation.parameters[operation.parameter_count++] =
        (struct parameter){name, in, required, compiled(schema)};
}

static void ask(const char *name, const char *value)
{
    req->query[req->query_count++] = (struct pair){name, value};
}

static bool send_bytes(const char *body, size_t size)
{
    req->body = body;
    req->body_size = size;
    return schema_check(req);
}

static bool send(const char *body)
{
    char *copy = arena_strdup(arena, body);
    for (char *at = copy; *at; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    return send_bytes(copy, strlen(copy));
}

static void is_refused(bool good, enum problem_kind kind, const char *expected)
{
    ck_assert(!good);
    ck_assert_int_eq(req->problem.kind, (int)kind);
    ck_assert_str_eq(flaws(), expected);
    ck_assert_ptr_null(req->json);
}

START_TEST(a_path_value_that_cannot_exist_is_not_found)
{
    declare("path", "id", true, "{'type':'string','format':'uuid'}");
    req->path_values[req->path_value_count++] = (struct pair){"id", "7"};
    is_refused(schema_check(req), NOT_FOUND, "");
    new_request();
    const char *id = "01890a5d-ac96-774b-bcce-b302099a8057";
    req->path_values[req->path_value_count++] = (struct pair){"id", id};
    ck_assert(schema_check(req));
    ck_assert_str_eq(request_path_value(req, "id"), id);
}
END_TEST

START_TEST(path_and_query_values_become_nfc)
{
    declare("path", "name", true, "{'type':'string'}");
    declare("query", "q", false, "{'type':'string','maxLength':1}");
    req->path_values[req->path_value_count++] = (struct pair){"name", "e\xCC\x82"};
    ask("q", "o\xCC\x9B");
    ck_assert(schema_check(req));
    ck_assert_str_eq(request_path_value(req, "name"), "ê");
    ck_assert_str_eq(request_query(req, "q"), "ơ");
}
END_TEST

START_TEST(query_keys_are_declared_single_and_complete)
{
    declare("query", "unit", true, "{'type':'string'}");
    declare("query", "limit", false, "{'type':'integer','minimum':1,'maximum':200}");
    ask("limit", "500");
    ask("limit", "5");
    ask("offset", "5");
    ask("offset", "5");
    is_refused(
        schema_check(req), INVALID_REQUEST,
        "limit too_large 200; limit repeated; offset unknown; offset unknown; unit required");
    ck_assert_str_eq(req->problem.flaws[0].where, "parameter");
    ck_assert_str_eq(req->problem.flaws[4].where, "parameter");
}
END_TEST

START_TEST(a_path_name_is_no_query_key)
{
    declare("path", "id", true, "{'type':'string'}");
    req->path_values[req->path_value_count++] = (struct pair){"id", "7"};
    ask("id", "7");
    is_refused(schema_check(req), INVALID_REQUEST, "id unknown");
}
END_TEST

START_TEST(integers_in_a_query_have_one_spelling)
{
    static const char *const good[] = {"0", "7", "-7", "9223372036854775807",
                                       "-9223372036854775808"};
    static const char *const bad[] = {
        "", "+7", "007", " 7", "7 ", "7.0", "1e3", "0x7", "-0", "x", "9223372036854775808"};
    declare("query", "n", false, "{'type':'integer'}");
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        new_request();
        ask("n", good[i]);
        ck_assert_msg(schema_check(req), "%s", good[i]);
        ck_assert_str_eq(request_query(req, "n"), good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        new_request();
        ask("n", bad[i]);
        is_refused(schema_check(req), INVALID_REQUEST, "n type integer");
    }
}
END_TEST

START_TEST(booleans_in_a_query_are_true_or_false)
{
    declare("query", "b", false, "{'type':'boolean'}");
    ask("b", "true");
    ck_assert(schema_check(req));
    new_request();
    ask("b", "1");
    is_refused(schema_check(req), INVALID_REQUEST, "b type boolean");
}
END_TEST

START_TEST(text_in_a_query_stays_text)
{
    declare("query", "code", false, "{'type':'string','enum':['001','true']}");
    ask("code", "001");
    ck_assert(schema_check(req));
    new_request();
    ask("code", "1");
    is_refused(schema_check(req), INVALID_REQUEST, "code enum 001, true");
    new_request();
    ask("code", "\xFF");
    is_refused(schema_check(req), INVALID_REQUEST, "code not_text");
}
END_TEST

START_TEST(a_header_value_is_checked_alone_too)
{
    const char *value = "abc";
    const struct schema *schema = compiled("{'type':'string','maxLength':2}");
    ck_assert(!schema_check_text(req, schema, "header", "X-Name", &value));
    ck_assert_str_eq(flaws(), "X-Name too_long 2");
    ck_assert_str_eq(req->problem.flaws[0].where, "header");
}
END_TEST

START_TEST(a_missing_idempotency_key_has_its_own_problem)
{
    declare("header", "Idempotency-Key", true, "{'type':'string','pattern':'^[a-z]{3}$'}");
    is_refused(schema_check(req), IDEMPOTENCY_KEY_MISSING, "");
    new_request();
    req->headers[req->header_count++] = (struct pair){"idempotency-key", "abc"};
    ck_assert(schema_check(req));
    new_request();
    req->headers[req->header_count++] = (struct pair){"Idempotency-Key", "a"};
    is_refused(schema_check(req), INVALID_REQUEST, "Idempotency-Key pattern ^[a-z]{3}$");
    ck_assert_str_eq(req->problem.flaws[0].where, "header");
}
END_TEST

START_TEST(an_idempotency_key_nobody_asked_for_is_ignored)
{
    req->headers[req->header_count++] = (struct pair){"Idempotency-Key", "a"};
    ck_assert(schema_check(req));
    declare("header", "Idempotency-Key", false, "{'type':'string'}");
    new_request();
    ck_assert(schema_check(req));
}
END_TEST

START_TEST(a_body_that_nobody_takes_is_refused)
{
    ck_assert(schema_check(req));
    is_refused(send("{}"), INVALID_REQUEST, " unknown");
    ck_assert_str_eq(req->problem.flaws[0].where, "pointer");
}
END_TEST

START_TEST(a_good_body_is_kept)
{
    operation.body = compiled("{'type':'object','properties':{'name':{'type':'string'}},"
                              "'required':['name'],'additionalProperties':false}");
    ck_assert(send("{'name':'\\u0110a\\u0300o'}"));
    ck_assert_str_eq(request_text(req, "name"), "Đào");
    new_request();
    is_refused(send("{'name':1,'x':1}"), INVALID_REQUEST, "/name type string; /x unknown");
    new_request();
    is_refused(send("[]"), INVALID_REQUEST, " type object");
    new_request();
    is_refused(send("'name'"), INVALID_REQUEST, " type object");
}
END_TEST

START_TEST(what_is_not_json_is_malformed)
{
    static const char *const bodies[] = {
        "",
        "   ",
        "{",
        "{}}",
        "{} {}",
        "{'a':1,}",
        "{'a':1,'a':2}",
        "{a:1}",
        "[NaN]",
        "['\\u0000']",
        "['\\ud800']",
        "['\x01']",
        "['\xC3']",
        "\xEF\xBB\xBF{}",
        "[9223372036854775808]",
        "[1e400]",
        "['\xED\xA0\x80']",
        "[01]",
        "{'\\u0000':1}",
        "// c\n{}",
    };
    operation.body = compiled("{}");
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        new_request();
        is_refused(send(bodies[i]), MALFORMED_JSON, "");
    }
    new_request();
    is_refused(send_bytes("[1\0]", 4), MALFORMED_JSON, "");
    new_request();
    is_refused(send_bytes(NULL, 0), MALFORMED_JSON, "");
}
END_TEST

START_TEST(a_body_nested_too_deeply_is_refused_before_parsing)
{
    static char body[100000];
    operation.body = compiled("{}");
    memset(body, '[', sizeof body);
    is_refused(send_bytes(body, sizeof body), INVALID_REQUEST, " too_deep 32");
    memset(body + 33, ']', 33);
    new_request();
    is_refused(send_bytes(body, 66), INVALID_REQUEST, " too_deep 32");
    memset(body + 32, ']', 32);
    new_request();
    ck_assert(send_bytes(body, 64));
}
END_TEST

START_TEST(brackets_inside_text_are_no_nesting)
{
    char body[64] = "['\\'";
    operation.body = compiled("{}");
    memset(body + 4, '[', 40);
    memcpy(body + 44, "\\\\']", 5);
    ck_assert(send(body + 0));
}
END_TEST

START_TEST(the_path_comes_before_the_query_and_that_before_the_body)
{
    operation.body = compiled("{}");
    declare("path", "id", true, "{'type':'integer'}");
    req->path_values[req->path_value_count++] = (struct pair){"id", "x"};
    ask("a", "b");
    is_refused(send("{"), NOT_FOUND, "");
    new_request();
    req->path_values[req->path_value_count++] = (struct pair){"id", "1"};
    ask("a", "b");
    is_refused(send("{"), INVALID_REQUEST, "a unknown");
}
END_TEST

TCase *schema_request_case(void)
{
    TCase *tests = tcase_create("request");
    tcase_add_checked_fixture(tests, open_all, close_all);
    tcase_add_test(tests, a_path_value_that_cannot_exist_is_not_found);
    tcase_add_test(tests, path_and_query_values_become_nfc);
    tcase_add_test(tests, query_keys_are_declared_single_and_complete);
    tcase_add_test(tests, a_path_name_is_no_query_key);
    tcase_add_test(tests, integers_in_a_query_have_one_spelling);
    tcase_add_test(tests, booleans_in_a_query_are_true_or_false);
    tcase_add_test(tests, text_in_a_query_stays_text);
    tcase_add_test(tests, a_header_value_is_checked_alone_too);
    tcase_add_test(tests, a_missing_idempotency_key_has_its_own_problem);
    tcase_add_test(tests, an_idempotency_key_nobody_asked_for_is_ignored);
    tcase_add_test(tests, a_body_that_nobody_takes_is_refused);
    tcase_add_test(tests, a_good_body_is_kept);
    tcase_add_test(tests, what_is_not_json_is_malformed);
    tcase_add_test(tests, a_body_nested_too_deeply_is_refused_before_parsing);
    tcase_add_test(tests, brackets_inside_text_are_no_nesting);
    tcase_add_test(tests, the_path_comes_before_the_query_and_that_before_the_body);
    return tests;
}
