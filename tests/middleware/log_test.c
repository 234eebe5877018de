/* The log: one JSON object a line, whatever a client sends. */
#include "middleware/log.h"

#include <jansson.h>
#include <string.h>

#include "middleware/route.h"
#include "tests/support/request_case.h"

static const struct route get_unit = {
    METHOD_GET, "/v1/units/{id}", 0, UNIT_READ, "unit_get", NULL, false, false};

static void release(void *json)
{
    json_decref(json);
}

/* The only line of this text, as JSON. */
static json_t *line(const char *text)
{
    const char *end = strchr(text, '\n');
    ck_assert_msg(end && !end[1], "not one line: %s", text);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json_is_object(json), "%s", text);
    arena_defer(request->arena, release, json);
    return json;
}

static const char *logged(void)
{
    stderr_begin();
    log_request(request);
    return stderr_end();
}

static json_t *event(const char *level, const char *message, const char *detail)
{
    stderr_begin();
    log_event(level, message, detail);
    return line(stderr_end());
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "(none)";
}

static json_int_t number_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    ck_assert_msg(json_is_integer(value), "no %s", name);
    return json_integer_value(value);
}

/* "2026-11-22T05:01:12.123Z" */
static void ck_instant(const char *text)
{
    static const char form[] = "0000-00-00T00:00:00.000Z";
    ck_assert_uint_eq(strlen(text), strlen(form));
    for (size_t i = 0; form[i]; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        ck_assert_msg(form[i] == '0' ? digit : text[i] == form[i], "%s", text);
    }
}

static void finish_request(void)
{
    request->route = &get_unit;
    request->reply.status = 200;
    request->reply.size = 321;
    request->database_trips = 1;
    request->took_ns = 1500999;
    request->wait_ns = 20000;
    request->database_ns = 1000000;
    strcpy(request->trace.trace_id, "0af7651916cd43dd8448eb211c80319c");
    strcpy(request->trace.span_id, "b7ad6b7169203331");
    request->caller.user_id = "01a201a1-0000-7000-8000-00000000aaaa";
}

START_TEST(a_finished_request_is_one_line)
{
    finish_request();
    json_t *json = line(logged());
    ck_instant(text_of(json, "time"));
    ck_assert_str_eq(text_of(json, "level"), "info");
    ck_assert_str_eq(text_of(json, "request_id"), "test-request");
    ck_assert_str_eq(text_of(json, "method"), "GET");
    ck_assert_str_eq(text_of(json, "route"), "/v1/units/{id}");
    ck_assert_str_eq(text_of(json, "user_id"), "01a201a1-0000-7000-8000-00000000aaaa");
    ck_assert_int_eq(number_of(json, "status"), 200);
    ck_assert_int_eq(number_of(json, "bytes"), 321);
    ck_assert_int_eq(number_of(json, "database_trips"), 1);
    ck_assert_int_eq(number_of(json, "microseconds"), 1500);
    ck_assert_int_eq(number_of(json, "wait_microseconds"), 20);
    ck_assert_int_eq(number_of(json, "database_microseconds"), 1000);
    ck_assert_str_eq(text_of(json, "trace_id"), "0af7651916cd43dd8448eb211c80319c");
    ck_assert_str_eq(text_of(json, "span_id"), "b7ad6b7169203331");
    ck_assert_ptr_null(json_object_get(json, "code"));
    ck_assert_ptr_null(json_object_get(json, "internal"));
}
END_TEST

START_TEST(a_request_without_route_or_caller_is_logged_too)
{
    request->reply.status = 404;
    ck_assert(!fail(request, NOT_FOUND));
    json_t *json = line(logged());
    ck_assert_str_eq(text_of(json, "method"), "-");
    ck_assert_str_eq(text_of(json, "route"), "-");
    ck_assert_str_eq(text_of(json, "code"), "not_found");
    ck_assert_str_eq(text_of(json, "level"), "info");
    ck_assert_ptr_null(json_object_get(json, "user_id"));
}
END_TEST

START_TEST(our_own_failures_are_errors_with_their_reason)
{
    finish_request();
    request->reply.status = 500;
    ck_assert(!fail(request, INTERNAL));
    request->problem.internal = "42P01 relation \"x\" does not exist";
    json_t *json = line(logged());
    ck_assert_str_eq(text_of(json, "level"), "error");
    ck_assert_str_eq(text_of(json, "code"), "internal");
    ck_assert_str_eq(text_of(json, "internal"), "42P01 relation \"x\" does not exist");
}
END_TEST

START_TEST(a_hostile_request_id_cannot_break_the_line)
{
    static const char *const ids[] = {"a\n{\"level\":\"info\"}",
                                      "a\r\nb",
                                      "\",\"level\":\"error",
                                      "\\",
                                      "\\\"",
                                      "a\tb\x01\x1b[31m\x7f",
                                      "xin chào",
                                      "%s%n%d"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        request_again();
        finish_request();
        request->id = ids[i];
        json_t *json = line(logged());
        ck_assert_str_eq(text_of(json, "request_id"), ids[i]);
        ck_assert_str_eq(text_of(json, "level"), "info");
        ck_assert_uint_eq(json_object_size(json), 14);
    }
}
END_TEST

START_TEST(a_line_is_plain_text_on_a_terminal)
{
    finish_request();
    request->id = "\x01\x1b[2J\x7f\b";
    for (const char *at = logged(); *at; at++) {
        ck_assert_msg((*at >= 0x20 && *at != 0x7f) || (*at == '\n' && !at[1]), "%#x", *at);
    }
}
END_TEST

START_TEST(nothing_that_the_client_sent_is_in_the_line)
{
    finish_request();
    request->target = "/v1/units/target-secret?q=query-secret";
    request->path = "/v1/units/path-secret";
    request->path_values[request->path_value_count++] = (struct pair){"id", "value-secret"};
    request->body = "{\"name\":\"body-secret\"}";
    request->body_size = strlen(request->body);
    request->reply.body = "{\"name\":\"reply-secret\"}";
    add_header("Authorization", "Bearer header-secret");
    add_header("Idempotency-Key", "key-secret");
    add_query("q", "query-secret");
    fail_at(request, INVALID_REQUEST, "parameter", "name-secret", FLAW_ENUM, "argument-secret");
    const char *text = logged();
    ck_assert_ptr_null(strstr(text, "secret"));
    ck_assert_ptr_null(strstr(text, "Bearer"));
    ck_assert_str_eq(text_of(line(text), "code"), "invalid_request");
}
END_TEST

START_TEST(an_event_is_one_line)
{
    json_t *json = event("info", "listening", "127.0.0.1:8080");
    ck_instant(text_of(json, "time"));
    ck_assert_str_eq(text_of(json, "level"), "info");
    ck_assert_str_eq(text_of(json, "message"), "listening");
    ck_assert_str_eq(text_of(json, "detail"), "127.0.0.1:8080");
    ck_assert_uint_eq(json_object_size(json), 4);
}
END_TEST

START_TEST(an_event_may_have_no_detail)
{
    ck_assert_uint_eq(json_object_size(event("info", "stopped", NULL)), 3);
}
END_TEST

START_TEST(an_event_may_carry_any_text)
{
    static const char detail[] = "ERROR: \"x\"\n\tDETAIL: \\ cụm xã %s";
    ck_assert_str_eq(text_of(event("error", "a\nb", detail), "detail"), detail);
}
END_TEST

/* Whatever the text, a whole line that a pipe takes at once. */
START_TEST(long_text_is_cut_between_two_characters)
{
    static const char *const units[] = {"\n", "a", "\"", "đ", "ậ", "𠊛"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t unit = strlen(units[i]);
        char *detail = arena_alloc(request->arena, 30001);
        for (size_t at = 0; at + unit <= 30000; at += unit) {
            memcpy(detail + at, units[i], unit);
        }
        stderr_begin();
        log_event("error", detail, detail);
        const char *text = stderr_end();
        ck_assert_uint_le(strlen(text), 4096);
        const char *kept = text_of(line(text), "detail");
        ck_assert_uint_eq(strlen(kept) % unit, 0);
        ck_assert_uint_gt(strlen(kept), 270);
        ck_assert(memcmp(kept, detail, strlen(kept)) == 0);
    }
}
END_TEST

Suite *log_suite(void)
{
    TCase *tests = tcase_create("log");
    tcase_add_checked_fixture(tests, request_open, request_close);
    tcase_add_test(tests, a_finished_request_is_one_line);
    tcase_add_test(tests, a_request_without_route_or_caller_is_logged_too);
    tcase_add_test(tests, our_own_failures_are_errors_with_their_reason);
    tcase_add_test(tests, a_hostile_request_id_cannot_break_the_line);
    tcase_add_test(tests, a_line_is_plain_text_on_a_terminal);
    tcase_add_test(tests, nothing_that_the_client_sent_is_in_the_line);
    tcase_add_test(tests, an_event_is_one_line);
    tcase_add_test(tests, an_event_may_have_no_detail);
    tcase_add_test(tests, an_event_may_carry_any_text);
    tcase_add_test(tests, long_text_is_cut_between_two_characters);
    Suite *suite = suite_create("log");
    suite_add_tcase(suite, tests);
    return suite;
}
