/* What one request may use: a body that would need more is 413, an answer 503; nothing of it is written,
 * and the next request is served. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "middleware/request.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

#define SOURCE "memory_test"

static unsigned port;
static pid_t server;

static void start_with(const char *limit)
{
    const char *const settings[] = {text("ANSINH_MEMORY_LIMIT=%s", limit), NULL};
    server = start_program(settings, &port);
    ck_assert_uint_ne(port, 0);
}

static void stop(void)
{
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
}

static const char *send_request(const char *request)
{
    int fd = wire_open(port);
    wire_send(fd, request);
    const char *reply = wire_reply(fd);
    close(fd);
    return reply;
}

static const char *get(const char *login, const char *path)
{
    return send_request(wire_get(login, path));
}

static const char *post(const char *login, const char *path, const char *type, const char *body)
{
    char key[37];
    uuid7_text(key);
    return send_request(
        text("POST %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
             "Idempotency-Key: %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n"
             "%s",
             path, token_of(login), key, type, strlen(body), body));
}

static void expect_code(const char *reply, int status, const char *code)
{
    ck_assert_msg(wire_status(reply) == status, "%.300s", reply);
    ck_assert_ptr_nonnull(strstr(reply, text("\"code\":\"%s\"", code)));
    ck_assert(status != 503 || strstr(reply, "\r\nRetry-After: 1\r\n"));
}

static void expect_served(void)
{
    ck_assert_int_eq(wire_status(get("commune.viewer", "/v1/me")), 200);
}

/* N times the same, with commas. */
static const char *list_of(int count, const char *item)
{
    size_t size = strlen(item);
    char *list = malloc((size_t)count * (size + 1) + 1);
    for (int i = 0; i < count; i++) {
        memcpy(list + (size_t)i * (size + 1), item, size);
        list[(size_t)i * (size + 1) + size] = ',';
    }
    list[(size_t)count * (size + 1) - 1] = '\0';
    const char *copy = text("%s", list);
    free(list);
    return copy;
}

/* Few bytes that become much: each pair of brackets is a list of its own. */
START_TEST(a_body_that_takes_too_much_is_413)
{
    start_with("1048576");
    const char *body = text("{\"cut\":\"territory\",\"parts\":[%s]}", list_of(20000, "[]"));
    const char *path = "/v1/assignments/01a201a1-0000-7000-8000-00000000aaaa/split";
    expect_code(post("province.manager", path, "application/json", body), 413, "body_too_large");
    expect_served();
    body = text("{\"cut\":\"territory\",\"parts\":[%s]}", list_of(100, "[]"));
    expect_code(post("province.manager", path, "application/json", body), 400, "invalid_request");
    stop();
}
END_TEST

START_TEST(an_answer_that_takes_too_much_is_503)
{
    start_with("65536");
    expect_code(get("nation.viewer", "/v1/units?kind=commune&limit=200"), 503, "busy");
    expect_served();
    ck_assert_int_eq(wire_status(get("nation.viewer", "/v1/units?kind=commune&limit=5")), 200);
    stop();
}
END_TEST

static const char *table_of(int rows)
{
    const char *table = "unit_kind,unit_code,kind,on,people,source\n";
    for (int i = 0; i < rows; i++) {
        table = text("%scommune,23173,total,%d-%02d-%02d,14205," SOURCE "\n", table, 1990 + i / 336,
                     1 + i / 28 % 12, 1 + i % 28);
    }
    return table;
}

static int written(void)
{
    return (int)strtol(sql_text("select count(*) from population where source = '" SOURCE "'"),
                       NULL, 10);
}

/* A table that grows by a quarter each time: first it fits, then its answer does not, then itself. */
START_TEST(a_write_beyond_it_writes_nothing)
{
    static const int wanted[] = {200, 503, 413};
    int seen[3] = {0};
    int at = 0;
    start_with("131072");
    for (int rows = 16; rows < 2000 && seen[2] < 2; rows += rows / 4) {
        int status = wire_status(
            post("commune.manager", "/v1/populations/import", "text/csv", table_of(rows)));
        while (at < 3 && status != wanted[at]) {
            at++;
        }
        ck_assert_msg(at < 3, "%d rows: %d", rows, status);
        seen[at]++;
        ck_assert_int_eq(written(), status == 200 ? rows : 0);
        sql_text("delete from population where source = '" SOURCE "'");
        expect_served();
        harness_forget();
    }
    ck_assert(seen[0] > 0 && seen[1] > 0 && seen[2] > 0);
    stop();
}
END_TEST

Suite *memory_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *tcase = tcase_create("memory");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_body_that_takes_too_much_is_413);
    tcase_add_test(tcase, an_answer_that_takes_too_much_is_503);
    tcase_add_test(tcase, a_write_beyond_it_writes_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
