/* When the database is slow, busy or away: waiting is bounded, refusals are quick and say when to come
 * back, and whoever does not need a connection does not wait for one. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "middleware/request.h"
#include "middleware/token.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

static pid_t server;
static unsigned port;

static void start(const char *const *settings)
{
    server = start_program(settings, &port);
    ck_assert_uint_ne(port, 0);
}

static void stop(void)
{
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
}

static int status_of(const char *request)
{
    int fd = wire_open(port);
    wire_send(fd, request);
    int status = wire_status(wire_reply(fd));
    close(fd);
    return status;
}

/* Sends a request that then waits for the locked table, and returns once PostgreSQL says so. */
static int send_blocked(const char *request)
{
    int fd = wire_open(port);
    wire_send(fd, request);
    while (strcmp(sql_text("select count(*) from pg_locks where not granted"), "0") == 0) {
        harness_forget();
    }
    return fd;
}

static void lock_accounts(void)
{
    sql_text("begin");
    sql_text("lock table app_user in access exclusive mode");
}

START_TEST(a_full_lane_refuses_in_time_and_says_when_to_come_back)
{
    const char *const settings[] = {"ANSINH_READ_CONNECTIONS=1", "ANSINH_WAITING_REQUESTS=1",
                                    "ANSINH_WAIT_MS=100", NULL};
    start(settings);
    const char *list = strdup(wire_get("commune.manager", "/v1/users"));
    lock_accounts();
    int blocked = send_blocked(list);
    int fd = wire_open(port);
    wire_send(fd, list);
    const char *reply = wire_reply(fd);
    ck_assert_int_eq(wire_status(reply), 503);
    ck_assert_ptr_nonnull(strstr(reply, "\"code\":\"busy\""));
    ck_assert_ptr_nonnull(strstr(reply, "\r\nRetry-After: 1\r\n"));
    close(fd);
    sql_text("rollback");
    ck_assert_int_eq(wire_status(wire_reply(blocked)), 200);
    close(blocked);
    ck_assert_int_eq(status_of(list), 200);
    free((char *)list);
    stop();
}
END_TEST

START_TEST(what_needs_no_connection_does_not_wait_for_one)
{
    const char *const settings[] = {"ANSINH_READ_CONNECTIONS=1", "ANSINH_WAITING_REQUESTS=0", NULL};
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        {"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n", 200},
        {"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n", 200},
        {"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404},
        {"DELETE /v1/me HTTP/1.1\r\nHost: a\r\n\r\n", 405},
        {"OPTIONS /v1/me HTTP/1.1\r\nHost: a\r\n\r\n", 204},
        {"GET /v1/me HTTP/1.1\r\nHost: a\r\n\r\n", 401},
        {"GET /v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x.y.z\r\n\r\n", 401},
        {"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
         "Content-Length: 2\r\n\r\n{}",
         400},
    };
    start(settings);
    const char *me = strdup(wire_get("commune.viewer", "/v1/me"));
    lock_accounts();
    int blocked = send_blocked(me);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(status_of(cases[i].request), cases[i].status);
    }
    ck_assert_int_eq(status_of(wire_get("commune.viewer", "/v1/enrolments?limit=x")), 400);
    ck_assert_int_eq(status_of(wire_get("commune.viewer", "/v1/enrolments")), 503);
    sql_text("rollback");
    ck_assert_int_eq(wire_status(wire_reply(blocked)), 200);
    close(blocked);
    free((char *)me);
    stop();
}
END_TEST

START_TEST(a_body_that_never_comes_holds_no_connection)
{
    const char *const settings[] = {"ANSINH_WRITE_CONNECTIONS=1", "ANSINH_WAITING_REQUESTS=0",
                                    NULL};
    start(settings);
    int slow = wire_open(port);
    wire_send(slow, "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    "Content-Length: 60\r\n\r\n{\"username\":");
    ck_assert_int_eq(status_of("POST /v1/sessions/refresh HTTP/1.1\r\nHost: a\r\nContent-Type: "
                               "application/json\r\nContent-Length: 63\r\n\r\n{\"refresh_token\":"
                               "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"),
                     401);
    close(slow);
    stop();
}
END_TEST

START_TEST(a_statement_past_its_deadline_is_cancelled)
{
    const char *const settings[] = {"ANSINH_WORK_MS=200", NULL};
    start(settings);
    const char *me = strdup(wire_get("commune.viewer", "/v1/me"));
    lock_accounts();
    int fd = wire_open(port);
    wire_send(fd, me);
    const char *reply = wire_reply(fd);
    ck_assert_int_eq(wire_status(reply), 504);
    ck_assert_ptr_nonnull(strstr(reply, "\"code\":\"timeout\""));
    close(fd);
    while (strcmp(sql_text("select count(*) from pg_locks where not granted"), "0") != 0) {
        harness_forget();
    }
    sql_text("rollback");
    ck_assert_int_eq(status_of(me), 200);
    free((char *)me);
    stop();
}
END_TEST

/* The folder of the throwaway cluster, out of its address. */
static const char *cluster_folder(void)
{
    const char *host = strstr(harness_database_url(), "host=");
    const char *end = host ? strstr(host, "/socket") : NULL;
    ck_assert_ptr_nonnull(end);
    return text("%.*s", (int)(end - host - 5), host + 5);
}

START_TEST(the_service_is_back_soon_after_postgresql_is)
{
    const char *folder = cluster_folder();
    const char *stop_command = text("tools/cluster.sh stop %s immediate", folder);
    const char *start_command = text("tools/cluster.sh start %s throwaway", folder);
    expect_status(call("commune.viewer", "GET", "/v1/me", NULL), 200);
    ck_assert_int_eq(system(stop_command), 0);
    struct answer down = call("commune.viewer", "GET", "/v1/me", NULL);
    expect_problem(down, 503, "database_unavailable");
    ck_assert_str_eq(answer_header(down, "Retry-After"), "1");
    expect_problem(call(NULL, "GET", "/readyz", NULL), 503, "database_unavailable");
    expect_status(call(NULL, "GET", "/livez", NULL), 200);
    ck_assert_int_eq(system(start_command), 0);
    PQreset(database());
    uint64_t limit = monotonic_ns() + 2000000000u;
    struct answer answer = call("commune.viewer", "GET", "/v1/me", NULL);
    while (answer.status == 503 && monotonic_ns() < limit) {
        answer = call("commune.viewer", "GET", "/v1/me", NULL);
    }
    expect_status(answer, 200);
    for (int i = 0; i < 10; i++) {
        expect_status(call("commune.viewer", "GET", "/v1/enrolments", NULL), 200);
    }
}
END_TEST

START_TEST(past_the_rate_it_is_429_for_this_user_alone)
{
    const char *const settings[] = {"ANSINH_USER_RATE=20", "ANSINH_ADDRESS_RATE=10", NULL};
    start(settings);
    const char *mine = strdup(wire_get("commune.viewer", "/v1/me"));
    const char *other = strdup(wire_get("commune.officer", "/v1/me"));
    int fd = wire_open(port);
    for (int i = 0; i < 20; i++) {
        wire_send(fd, mine);
        const char *reply = wire_reply(fd);
        ck_assert_int_eq(wire_status(reply), 200);
        ck_assert_ptr_nonnull(strstr(reply, "\r\nRateLimit-Policy: \"user\";q=20;w=60\r\n"));
        ck_assert_ptr_nonnull(strstr(reply, text("\r\nRateLimit: \"user\";r=%d;t=", 19 - i)));
    }
    wire_send(fd, mine);
    const char *reply = wire_reply(fd);
    ck_assert_int_eq(wire_status(reply), 429);
    ck_assert_ptr_nonnull(strstr(reply, "\"code\":\"too_many_requests\""));
    ck_assert_ptr_nonnull(strstr(reply, "\r\nRetry-After: 3\r\n"));
    wire_send(fd, other);
    ck_assert_int_eq(wire_status(wire_reply(fd)), 200);
    for (int i = 0; i < 10; i++) {
        wire_send(fd, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
        ck_assert_int_eq(wire_status(wire_reply(fd)), 200);
    }
    wire_send(fd, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
    ck_assert_int_eq(wire_status(wire_reply(fd)), 429);
    wire_send(fd, other); /* signed in, the address does not matter */
    ck_assert_int_eq(wire_status(wire_reply(fd)), 200);
    close(fd);
    free((char *)mine);
    free((char *)other);
    stop();
}
END_TEST

/* Of a login that the server knows well, but too old: nobody is signed in with it. */
static const char *expired_token(struct arena *arena)
{
    static const char keys_text[] =
        "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    struct caller caller = {.user_id = sql_text("select id from app_user limit 1"),
                            .session_id = sql_text("select id from session limit 1"),
                            .generation = "1",
                            .slice = SLICE_COMMUNE,
                            .duty = DUTY_VIEWER};
    struct token_keys keys;
    ck_assert(token_keys_parse(&keys, keys_text));
    return token_issue(&keys, arena, &caller, time(NULL) - 2 * TOKEN_LIFE_SECONDS);
}

START_TEST(a_token_that_is_no_good_counts_against_its_address)
{
    const char *const settings[] = {"ANSINH_USER_RATE=0", "ANSINH_ADDRESS_RATE=12", NULL};
    struct arena *arena = arena_new(1 << 20);
    start(settings);
    const char *mine = strdup(wire_get("commune.viewer", "/v1/me"));
    const char *bad[] = {text("Authorization: Bearer %s\r\n", expired_token(arena)), "",
                         "Authorization: Bearer x.y.z\r\n"};
    int fd = wire_open(port);
    for (int i = 0; i < 12; i++) {
        wire_send(fd, text("GET /v1/me HTTP/1.1\r\nHost: a\r\n%s\r\n", bad[i % 3]));
        const char *reply = wire_reply(fd);
        ck_assert_int_eq(wire_status(reply), 401);
        ck_assert_ptr_nonnull(strstr(reply, text("\r\nRateLimit: \"address\";r=%d;t=", 11 - i)));
    }
    for (int i = 0; i < 3; i++) {
        wire_send(fd, text("GET /v1/me HTTP/1.1\r\nHost: a\r\n%s\r\n", bad[i]));
        const char *reply = wire_reply(fd);
        ck_assert_int_eq(wire_status(reply), 429);
        ck_assert_ptr_nonnull(strstr(reply, "\r\nRetry-After: "));
    }
    wire_send(fd, mine);
    ck_assert_int_eq(wire_status(wire_reply(fd)), 200);
    close(fd);
    free((char *)mine);
    arena_free(arena);
    stop();
}
END_TEST

static int status_at(unsigned other, const char *path)
{
    int fd = wire_open(other);
    wire_send(fd, text("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path));
    int status = wire_status(wire_reply(fd));
    close(fd);
    return status;
}

/* All connections taken, the only database connection busy; and afterwards, while it stops. */
START_TEST(probes_have_a_listener_of_their_own)
{
    unsigned probes = wire_free_port();
    const char *const settings[] = {text("ANSINH_ADMIN_LISTEN=127.0.0.1:%u", probes),
                                    "ANSINH_CONNECTION_LIMIT=8", "ANSINH_READ_CONNECTIONS=1",
                                    "ANSINH_WAITING_REQUESTS=0", NULL};
    start(settings);
    const char *me = strdup(wire_get("commune.viewer", "/v1/me"));
    int clients[8];
    for (int i = 0; i < 8; i++) {
        clients[i] = wire_open(port);
    }
    lock_accounts();
    wire_send(clients[0], me);
    while (strcmp(sql_text("select count(*) from pg_locks where not granted"), "0") == 0) {
        harness_forget();
    }
    ck_assert_int_eq(status_of("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 503);
    ck_assert_int_eq(status_at(probes, "/livez"), 200);
    ck_assert_int_eq(status_at(probes, "/readyz"), 200);
    ck_assert_int_eq(status_at(probes, "/v1/me"), 404);
    ck_assert_int_eq(status_at(probes, "/docs"), 404);
    kill(server, SIGTERM);
    while (wire_try(port)) {
    }
    ck_assert_int_eq(status_at(probes, "/livez"), 200);
    ck_assert_int_eq(status_at(probes, "/readyz"), 503);
    sql_text("rollback");
    ck_assert_int_eq(wire_status(wire_reply(clients[0])), 200);
    stop();
    for (int i = 0; i < 8; i++) {
        close(clients[i]);
    }
    free((char *)me);
}
END_TEST

START_TEST(a_rotated_key_signs_nobody_out)
{
    const char *const settings[] = {
        "ANSINH_TOKEN_KEYS=k2:404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f,"
        "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        NULL};
    start(settings);
    ck_assert_int_eq(status_of(wire_get("commune.viewer", "/v1/me")), 200);
    stop();
}
END_TEST

START_TEST(what_outlived_its_purpose_is_gone_after_a_start)
{
    sql_text("insert into idempotency (user_id, operation, key, fingerprint, created_at) values "
             "(uuid7(), 'x', 'old', '', now() - interval '41 days'), (uuid7(), 'x', 'young', '', "
             "now() - interval '39 days')");
    sql_text("insert into sign_in_attempt (key, attempts, updated_at) values ('user old', 1, now() "
             "- interval '2 days'), ('user young', 1, now())");
    start(NULL);
    stop();
    ck_assert_str_eq(sql_text("select string_agg(key, ' ') from idempotency where operation = 'x'"),
                     "young");
    ck_assert_str_eq(sql_text("select string_agg(key, ' ') from sign_in_attempt where key like "
                              "'user %o%' and attempts = 1 and key <> 'user no'"),
                     "user young");
    sql_text("delete from idempotency where operation = 'x'");
    sql_text("delete from sign_in_attempt where key = 'user young'");
}
END_TEST

Suite *overload_suite(void)
{
    Suite *suite = suite_create("overload");
    TCase *tcase = tcase_create("overload");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_full_lane_refuses_in_time_and_says_when_to_come_back);
    tcase_add_test(tcase, what_needs_no_connection_does_not_wait_for_one);
    tcase_add_test(tcase, a_body_that_never_comes_holds_no_connection);
    tcase_add_test(tcase, a_statement_past_its_deadline_is_cancelled);
    tcase_add_test(tcase, past_the_rate_it_is_429_for_this_user_alone);
    tcase_add_test(tcase, a_token_that_is_no_good_counts_against_its_address);
    tcase_add_test(tcase, probes_have_a_listener_of_their_own);
    tcase_add_test(tcase, a_rotated_key_signs_nobody_out);
    tcase_add_test(tcase, what_outlived_its_purpose_is_gone_after_a_start);
    tcase_add_test(tcase, the_service_is_back_soon_after_postgresql_is);
    suite_add_tcase(suite, tcase);
    return suite;
}
