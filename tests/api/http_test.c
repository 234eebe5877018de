/* The edge of HTTP: what is not a request of the contract gets a precise refusal. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "middleware/problem.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

static int raw_status(const char *request)
{
    int fd = wire_open(server_port_number());
    wire_send(fd, request);
    int status = wire_status(wire_reply(fd));
    close(fd);
    return status;
}

START_TEST(unknown_paths_are_404_for_every_method)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    static const char *const paths[] = {"/",     "/v1", "/v2/me", "/v1/unitss", "/v1/units/1/2/3",
                                        "/V1/me"};
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
            expect_problem(call("nation.manager", methods[m], paths[p], NULL), 404, "not_found");
        }
    }
}
END_TEST

START_TEST(known_paths_say_which_methods_they_allow)
{
    struct answer answer = call("nation.manager", "DELETE", "/v1/enrolments", NULL);
    expect_problem(answer, 405, "method_not_allowed");
    ck_assert_str_eq(answer_header(answer, "Allow"), "GET, HEAD, POST, OPTIONS");
    answer = call(NULL, "PUT", "/livez", NULL);
    expect_problem(answer, 405, "method_not_allowed");
    answer = call(NULL, "OPTIONS", "/v1/me", NULL);
    expect_status(answer, 204);
    ck_assert_str_eq(answer_header(answer, "Allow"), "GET, HEAD, OPTIONS");
}
END_TEST

START_TEST(every_operation_refuses_every_other_method)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    size_t count = 0;
    const struct operation *all = contract_operations(harness_contract(), &count);
    for (size_t i = 0; i < count; i++) {
        for (int m = 0; m < METHOD_COUNT; m++) {
            bool known = false;
            for (size_t j = 0; j < count; j++) {
                known |= all[j].method == (enum method)m && !strcmp(all[j].path, all[i].path);
            }
            if (!known) {
                expect_problem(call("nation.manager", methods[m], all[i].path, NULL), 405,
                               "method_not_allowed");
            }
        }
    }
}
END_TEST

START_TEST(head_is_get_without_the_body)
{
    static const char *const paths[] = {"/livez", "/readyz", "/openapi.json", "/docs",
                                        "/v1/me", "/v1/me/", "/nowhere"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct answer head = call("nation.viewer", "HEAD", paths[i], NULL);
        struct answer get = call("nation.viewer", "GET", paths[i], NULL);
        ck_assert_int_eq(head.status, get.status);
        ck_assert_uint_eq(head.size, 0);
        ck_assert_str_eq(answer_header(head, "Content-Type"), answer_header(get, "Content-Type"));
        ck_assert_str_eq(answer_header(head, "Content-Length"),
                         answer_header(get, "Content-Length"));
    }
}
END_TEST

START_TEST(a_long_body_is_413_and_no_handler_sees_half_of_it)
{
    char *body = malloc(300000);
    memset(body, ' ', 299999);
    body[299999] = '\0';
    memcpy(body, "{}", 2);
    struct answer answer = call("commune.manager", "POST", "/v1/units", body);
    free(body);
    expect_problem(answer, 413, "body_too_large");
}
END_TEST

START_TEST(only_json_is_accepted)
{
    const char *const form[] = {"Content-Type: application/x-www-form-urlencoded",
                                "Idempotency-Key: form-0001", NULL};
    const char *const plain[] = {"Content-Type: text/plain", "Idempotency-Key: form-0002", NULL};
    struct answer answer = call_with("commune.manager", "POST", "/v1/units", NULL, form);
    expect_problem(answer, 400, "malformed_json");
    static const char head[] = "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n";
    ck_assert_int_eq(raw_status(text("%sContent-Type: text/plain\r\n\r\n{}", head)), 415);
    ck_assert_int_eq(raw_status(text("%s\r\n{}", head)), 415);
    ck_assert_int_eq(
        raw_status(text("%sContent-Type: application/json; charset=utf-8\r\n\r\n{}", head)), 400);
    answer = call_with("commune.manager", "POST", "/v1/units", NULL, plain);
    expect_problem(answer, 400, "malformed_json");
}
END_TEST

START_TEST(json_that_others_could_read_differently_is_refused)
{
    static const char *const bodies[] = {
        "",
        "{",
        "[]",
        "null",
        "{\"username\":\"a\",\"username\":\"b\",\"password\":\"c\"}",
        "{\"username\":\"a\\u0000b\",\"password\":\"c\"}",
        "{\"username\":\"a\",\"password\":\"c\"}x",
        "\xef\xbb\xbf{\"username\":\"a\",\"password\":\"c\"}",
        "{\"username\":\"\xff\",\"password\":\"c\"}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct answer answer = call_with(NULL, "POST", "/v1/sessions", bodies[i], NULL);
        ck_assert_msg(answer.status == 400, "%s: %d", bodies[i], answer.status);
    }
}
END_TEST

START_TEST(targets_with_two_readings_are_400)
{
    static const char *const paths[] = {
        "/v1//units",
        "//v1/units",
        "/v1/units/",
        "/v1/./units",
        "/v1/../v1/units",
        "/v1/units%2f1",
        "/v1/units/%00",
        "/v1/units/%ff",
        "/v1/units/%",
        "/v1/units?limit",
        "/v1/units?limit=1&limit=2",
        "/v1/units?unknown=1",
        "/v1/units?=1",
        "/v1/units?limit=0",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct answer answer = call("nation.viewer", "GET", paths[i], NULL);
        ck_assert_msg(answer.status == 400, "%s: %d %s", paths[i], answer.status, answer.body);
    }
}
END_TEST

START_TEST(messages_that_a_proxy_could_read_differently_are_400)
{
    static const char *const requests[] = {
        "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        "GET /livez HTTP/1.1\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nX: a\x01"
        "b\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        ck_assert_msg(raw_status(requests[i]) == 400, "request %zu", i);
    }
}
END_TEST

START_TEST(problems_speak_the_language_that_was_asked_for)
{
    const char *const english[] = {"Accept-Language: en-GB, vi;q=0.5", NULL};
    struct answer answer = call_with(NULL, "GET", "/v1/me", NULL, english);
    ck_assert_str_eq(text_member(answer, "title"), "Sign-in is required");
    ck_assert_str_eq(answer_header(answer, "Content-Language"), "en");
    answer = call_with(NULL, "GET", "/v1/me", NULL, NULL);
    ck_assert_str_eq(text_member(answer, "title"), "Cần đăng nhập");
}
END_TEST

START_TEST(a_request_keeps_its_id)
{
    const char *const own[] = {"X-Request-Id: phone-42.7", NULL};
    struct answer answer = call_with(NULL, "GET", "/v1/me", NULL, own);
    ck_assert_str_eq(answer_header(answer, "X-Request-Id"), "phone-42.7");
    ck_assert_str_eq(text_member(answer, "instance"), "urn:ansinh:request:phone-42.7");
    const char *const evil[] = {"X-Request-Id: a\"b", NULL};
    answer = call_with(NULL, "GET", "/v1/me", NULL, evil);
    ck_assert_uint_eq(strlen(answer_header(answer, "X-Request-Id")), 36);
}
END_TEST

START_TEST(every_answer_says_how_long_it_took_and_whose_trace_it_is_part_of)
{
    static const struct {
        const char *login, *method, *path;
        bool database;
    } rows[] = {
        {NULL, "GET", "/livez", false},
        {NULL, "GET", "/nowhere", false},
        {NULL, "DELETE", "/v1/me", false},
        {NULL, "OPTIONS", "/v1/me", false},
        {NULL, "GET", "/v1/me", false},
        {"commune.viewer", "GET", "/v1/me", true},
        {"commune.viewer", "HEAD", "/v1/me", true},
        {"commune.viewer", "GET", "/v1/enrolments?limit=x", false},
    };
    static const char id[] = "4bf92f3577b34da6a3ce929d0e0e4736";
    const char *const told[] = {text("traceparent: 00-%s-00f067aa0ba902b7-01", id), NULL};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct answer answer = call_with(rows[i].login, rows[i].method, rows[i].path, NULL, told);
        double app = -1, wait = -1, database = -1;
        int read = sscanf(answer_header(answer, "Server-Timing"),
                          "app;dur=%lf, wait;dur=%lf, db;dur=%lf", &app, &wait, &database);
        ck_assert_int_eq(read, 3);
        ck_assert(app >= 0 && wait >= 0 && (database > 0) == rows[i].database);
        const char *response = answer_header(answer, "traceresponse");
        ck_assert_uint_eq(strlen(response), 55);
        ck_assert(strncmp(response + 3, id, 32) == 0 && strcmp(response + 52, "-01") == 0);
    }
}
END_TEST

START_TEST(the_service_tells_about_itself)
{
    expect_status(call(NULL, "GET", "/livez", NULL), 200);
    expect_status(call(NULL, "GET", "/readyz", NULL), 200);
    struct answer contract = expect_status(call(NULL, "GET", "/openapi.json", NULL), 200);
    ck_assert_str_eq(text_member(contract, "openapi"), "3.1.0");
    struct answer docs = expect_status(call(NULL, "GET", "/docs", NULL), 200);
    ck_assert_ptr_nonnull(strstr(docs.body, "/openapi.json"));
    ck_assert_ptr_nonnull(
        strstr(answer_header(docs, "Content-Security-Policy"), "default-src 'none'"));
    ck_assert_ptr_null(strstr(answer_header(docs, "Content-Security-Policy"), "unsafe"));
    ck_assert_ptr_nonnull(
        strstr(answer_header(docs, "Content-Security-Policy"), "style-src 'sha256-"));
    struct answer viewer = call(NULL, "GET", "/docs?part=viewer", NULL);
    ck_assert(viewer.status == 404 ||
              strstr(viewer.body, "/docs?part=script")); /* as it was built */
    expect_status(call(NULL, "GET", "/docs?part=script", NULL), viewer.status);
}
END_TEST

/* The row of a list of codes, as the contract has it. */
static const char *listed(struct answer contract, const char *list, const char *code)
{
    const json_t *rows = member(contract, list);
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row) {
        if (strcmp(json_string_value(json_object_get(row, "code")), code) == 0) {
            return text("%lld %s %s", json_integer_value(json_object_get(row, "status")),
                        json_string_value(json_object_get(row, "vi")),
                        json_string_value(json_object_get(row, "en")));
        }
    }
    return "";
}

static void expect_listed(struct answer contract, const char *list, const struct problem_row *row)
{
    ck_assert_str_eq(listed(contract, list, row->code),
                     text("%d %s %s", row->status, row->title[0], row->title[1]));
}

START_TEST(the_contract_lists_every_problem_and_flaw)
{
    struct answer contract = call(NULL, "GET", "/openapi.json", NULL);
    for (int i = NO_PROBLEM + 1; i < PROBLEM_COUNT; i++) {
        expect_listed(contract, "info.x-problem-codes", &problem_rows[i]);
    }
    for (int i = 0; i < FLAW_COUNT; i++) {
        expect_listed(contract, "info.x-flaw-codes", &flaw_rows[i]);
    }
}
END_TEST

Suite *http_suite(void)
{
    Suite *suite = suite_create("http");
    TCase *tcase = tcase_create("http");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, unknown_paths_are_404_for_every_method);
    tcase_add_test(tcase, known_paths_say_which_methods_they_allow);
    tcase_add_test(tcase, every_operation_refuses_every_other_method);
    tcase_add_test(tcase, head_is_get_without_the_body);
    tcase_add_test(tcase, a_long_body_is_413_and_no_handler_sees_half_of_it);
    tcase_add_test(tcase, only_json_is_accepted);
    tcase_add_test(tcase, json_that_others_could_read_differently_is_refused);
    tcase_add_test(tcase, targets_with_two_readings_are_400);
    tcase_add_test(tcase, messages_that_a_proxy_could_read_differently_are_400);
    tcase_add_test(tcase, problems_speak_the_language_that_was_asked_for);
    tcase_add_test(tcase, a_request_keeps_its_id);
    tcase_add_test(tcase, every_answer_says_how_long_it_took_and_whose_trace_it_is_part_of);
    tcase_add_test(tcase, the_service_tells_about_itself);
    tcase_add_test(tcase, the_contract_lists_every_problem_and_flaw);
    suite_add_tcase(suite, tcase);
    return suite;
}
