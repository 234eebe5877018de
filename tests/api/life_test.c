/* Stopping, restarting and new keys while clients ask; what the supervisor is told; a database that is
 * killed outright. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "middleware/request.h"
#include "tests/support/cluster.h"
#include "tests/support/crowd.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

#define READY "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"
#define KEY_ONE "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_TWO "k2:404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"

/* A test that failed must not leave its clients behind. */
static void end_test(void)
{
    crowd_stop();
    harness_forget();
}

static void expect_nothing_lost(struct crowd *crowd)
{
    ck_assert_int_eq(atomic_load(&crowd->lost), 0);
    ck_assert_int_eq(atomic_load(&crowd->wrong), 0);
    ck_assert_int_eq(atomic_load(&crowd->busy), 0);
    ck_assert_int_gt(atomic_load(&crowd->answered), 0);
}

START_TEST(term_under_load_loses_no_answer)
{
    static struct crowd crowd;
    crowd = (struct crowd){.once = true, .request = wire_get("commune.viewer", "/v1/me")};
    pid_t server = start_program(NULL, &crowd.port);
    crowd_start(&crowd);
    crowd_wait(&crowd, 200);
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
    crowd_end();
    expect_nothing_lost(&crowd);
}
END_TEST

/* Sends a request that then waits for the locked table, and returns once PostgreSQL says so. */
static int send_blocked(unsigned port, const char *request)
{
    int fd = wire_open(port);
    sql_text("begin");
    sql_text("lock table app_user in access exclusive mode");
    wire_send(fd, request);
    while (strcmp(sql_text("select count(*) from pg_locks where not granted"), "0") == 0) {
    }
    return fd;
}

/* The order of a stop: not ready first, then deaf, and at the end everything answered. */
START_TEST(a_stopping_server_says_so_and_finishes)
{
    const char *const settings[] = {"ANSINH_NOTICE_MS=60000", "ANSINH_WORK_MS=20000", NULL};
    unsigned port = 0;
    pid_t server = start_program(settings, &port);
    const char *me = strdup(wire_get("commune.viewer", "/v1/me"));
    int blocked = send_blocked(port, me);
    kill(server, SIGTERM);
    const char *reply = "";
    int status = 200;
    while (status == 200) {
        int probe = wire_open(port);
        wire_send(probe, READY);
        reply = wire_reply(probe);
        status = wire_status(reply);
        close(probe);
    }
    ck_assert_int_eq(status, 503);
    ck_assert_ptr_nonnull(strstr(reply, "\"code\":\"stopping\""));
    ck_assert_ptr_nonnull(strstr(reply, "\r\nConnection: close\r\n"));
    ck_assert_ptr_nonnull(strstr(reply, "\r\nRetry-After: 1\r\n"));
    int other = wire_open(port); /* the notice lasts: still accepted and served */
    wire_send(other, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
    ck_assert_int_eq(wire_status(wire_reply(other)), 200);
    kill(server, SIGTERM); /* enough notice: now it is deaf, and waits for what was asked */
    while (wire_try(port)) {
    }
    sql_text("rollback");
    ck_assert_int_eq(wire_status(wire_reply(blocked)), 200);
    int ended = 0;
    ck_assert_int_eq(waitpid(server, &ended, 0), server);
    ck_assert_int_eq(ended, 0);
    close(blocked);
    close(other);
    free((char *)me);
}
END_TEST

START_TEST(a_second_term_waits_for_nobody)
{
    const char *const settings[] = {"ANSINH_DRAIN_MS=600000", "ANSINH_BODY_MS=600000", NULL};
    unsigned port = 0;
    pid_t server = start_program(settings, &port);
    int slow = wire_open(port);
    wire_send(slow, "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    "Content-Length: 60\r\nExpect: 100-continue\r\n\r\n");
    ck_assert_int_eq(wire_status(wire_reply(slow)), 100);
    kill(server, SIGTERM);
    while (wire_try(port)) {
    }
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
    ck_assert(wire_ends(slow));
    close(slow);
}
END_TEST

START_TEST(the_wait_for_the_slow_has_an_end)
{
    const char *const settings[] = {"ANSINH_DRAIN_MS=100", NULL};
    unsigned port = 0;
    pid_t server = start_program(settings, &port);
    int slow = wire_open(port);
    wire_send(slow, "GET /livez HTTP/1.1\r\n");
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
    ck_assert(wire_ends(slow));
    close(slow);
}
END_TEST

/* --- keys ------------------------------------------------------------------------------------ */

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_gt(fprintf(file, "%s\n", content), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* The header of a token names the key that signed it. */
static const char *token_from(unsigned port)
{
    static const char body[] =
        "{\"username\":\"commune.viewer\",\"password\":\"test-password-2026\"}";
    int fd = wire_open(port);
    wire_send(fd, text("POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       strlen(body), body));
    const char *at = strstr(wire_reply(fd), "\"access_token\":\"");
    close(fd);
    ck_assert_ptr_nonnull(at);
    at += strlen("\"access_token\":\"");
    return text("%.*s", (int)strcspn(at, "\""), at);
}

static int status_with(unsigned port, const char *token)
{
    int fd = wire_open(port);
    wire_send(fd,
              text("GET /v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n\r\n", token));
    int status = wire_status(wire_reply(fd));
    close(fd);
    return status;
}

START_TEST(hup_takes_new_keys_and_drops_nothing)
{
    const char *path = text("build/test-token-keys-%d", (int)getpid());
    const char *const settings[] = {text("ANSINH_TOKEN_KEYS_FILE=%s", path), NULL};
    write_file(path, KEY_ONE);
    static struct crowd crowd;
    crowd = (struct crowd){.request = wire_get("commune.viewer", "/v1/me")};
    pid_t server = start_program(settings, &crowd.port);
    const char *old = token_from(crowd.port);
    crowd_start(&crowd);
    crowd_wait(&crowd, 20);
    write_file(path, KEY_TWO "," KEY_ONE);
    kill(server, SIGHUP);
    const char *new = old;
    while (strncmp(new, old, strcspn(old, ".")) == 0) { /* until another key signs */
        crowd_wait(&crowd, 20);
        new = token_from(crowd.port);
    }
    ck_assert_int_eq(status_with(crowd.port, old), 200);
    ck_assert_int_eq(status_with(crowd.port, new), 200);
    write_file(path, "k3:00"); /* of no use: the keys in force stay */
    kill(server, SIGHUP);
    crowd_wait(&crowd, 50);
    ck_assert_int_eq(status_with(crowd.port, new), 200);
    crowd_stop();
    expect_nothing_lost(&crowd);
    ck_assert_int_eq(atomic_load(&crowd.refused), 0);
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
    unlink(path);
}
END_TEST

START_TEST(a_bad_file_of_keys_stops_the_start)
{
    static const char *const files[] = {"/nonexistent", "/dev/null", "/etc/hostname"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *output;
        const char *const settings[] = {text("ANSINH_TOKEN_KEYS_FILE=%s", files[i]), NULL};
        ck_assert_int_ne(run_program(NULL, settings, &output), 0);
        ck_assert_ptr_nonnull(strstr(output, "ANSINH_TOKEN_KEYS_FILE"));
    }
}
END_TEST

/* --- the supervisor -------------------------------------------------------------------------- */

START_TEST(a_restart_on_an_inherited_socket_refuses_nobody)
{
    static struct crowd crowd;
    crowd = (struct crowd){.request = wire_get("commune.viewer", "/v1/me")};
    unsigned port = 0;
    int listening = wire_listen(&crowd.port);
    pid_t server = start_program_on(listening, NULL, &port);
    ck_assert_uint_eq(port, crowd.port);
    crowd_start(&crowd);
    crowd_wait(&crowd, 50);
    for (int restart = 0; restart < 3; restart++) {
        /* Once with the next server there already, then with nobody for a while. */
        pid_t next = restart == 0 ? start_program_on(listening, NULL, &port) : 0;
        ck_assert_int_eq(stop_program(server, SIGTERM), 0);
        server = next ? next : start_program_on(listening, NULL, &port);
        ck_assert_uint_eq(port, crowd.port);
        crowd_wait(&crowd, 50);
    }
    crowd_stop();
    expect_nothing_lost(&crowd);
    ck_assert_int_eq(atomic_load(&crowd.refused), 0);
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
    close(listening);
}
END_TEST

static const char *told(int fd)
{
    static char message[512];
    struct pollfd socket = {.fd = fd, .events = POLLIN};
    ck_assert_int_eq(poll(&socket, 1, 10000), 1);
    ssize_t size = recv(fd, message, sizeof message - 1, 0);
    message[size > 0 ? size : 0] = '\0';
    return message;
}

/* The next message that is not only a sign of life. */
static void expect_told(int fd, const char *wanted)
{
    const char *message = told(fd);
    while (strcmp(message, "WATCHDOG=1") == 0) {
        message = told(fd);
    }
    ck_assert_msg(strncmp(message, wanted, strlen(wanted)) == 0, "%s, not %s", message, wanted);
}

START_TEST(the_supervisor_is_told)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "build/test-notify-%d", (int)getpid());
    unlink(address.sun_path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    char *path = realpath(address.sun_path, NULL);
    const char *const settings[] = {text("NOTIFY_SOCKET=%s", path), "WATCHDOG_USEC=40000", NULL};
    unsigned port = 0;
    pid_t server = start_program(settings, &port);
    expect_told(fd, "READY=1");
    ck_assert_str_eq(told(fd), "WATCHDOG=1");
    ck_assert_str_eq(told(fd), "WATCHDOG=1");
    kill(server, SIGHUP);
    expect_told(fd, "RELOADING=1\nMONOTONIC_USEC=");
    expect_told(fd, "READY=1");
    kill(server, SIGTERM);
    expect_told(fd, "STOPPING=1");
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
    unlink(path);
    free(path);
    close(fd);
}
END_TEST

/* --- the database ---------------------------------------------------------------------------- */

START_TEST(a_killed_database_is_503_until_it_is_back)
{
    static struct crowd crowd;
    crowd = (struct crowd){.port = server_port_number(),
                           .request = wire_get("commune.viewer", "/v1/me")};
    crowd_start(&crowd);
    crowd_wait(&crowd, 50);
    cluster_kill();
    int seen = atomic_load(&crowd.busy);
    while (atomic_load(&crowd.busy) < seen + 50) {
        poll(NULL, 0, 1);
    }
    cluster_start();
    uint64_t back = monotonic_ns();
    crowd_wait(&crowd, 50);
    ck_assert_uint_lt(monotonic_ns() - back, 5000000000u);
    crowd_stop();
    ck_assert_int_eq(atomic_load(&crowd.lost), 0);
    ck_assert_int_eq(atomic_load(&crowd.wrong), 0);
    ck_assert_int_eq(atomic_load(&crowd.refused), 0);
    expect_status(call("commune.viewer", "GET", "/v1/enrolments", NULL), 200);
}
END_TEST

Suite *life_suite(void)
{
    Suite *suite = suite_create("life");
    TCase *tcase = tcase_create("life");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, NULL, end_test);
    tcase_add_test(tcase, term_under_load_loses_no_answer);
    tcase_add_test(tcase, a_stopping_server_says_so_and_finishes);
    tcase_add_test(tcase, a_second_term_waits_for_nobody);
    tcase_add_test(tcase, the_wait_for_the_slow_has_an_end);
    tcase_add_test(tcase, hup_takes_new_keys_and_drops_nothing);
    tcase_add_test(tcase, a_bad_file_of_keys_stops_the_start);
    tcase_add_test(tcase, a_restart_on_an_inherited_socket_refuses_nobody);
    tcase_add_test(tcase, the_supervisor_is_told);
    tcase_add_test(tcase, a_killed_database_is_503_until_it_is_back);
    suite_add_tcase(suite, tcase);
    return suite;
}
