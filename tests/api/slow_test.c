/* Clients that are slow, on purpose or not, and clients that are too many. The server has short deadlines
 * and small limits; a poll for the end of a connection is the only clock. */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "middleware/request.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

#define HEAD "GET /livez HTTP/1.1\r\nHost: a\r\n"
#define SIGN_IN "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"

enum { DRIPPING = 40, DRIP_MS = 20, DEADLINE_MS = 400 };

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

/* The milliseconds until all of them have an answer or an end; a byte each goes out meanwhile. */
static int drip_until_answered(struct pollfd *clients, const char *drop)
{
    uint64_t started = monotonic_ns();
    int left = DRIPPING;
    while (left > 0) {
        ck_assert_uint_lt(monotonic_ns() - started, 10000000000u);
        int ready = poll(clients, DRIPPING, DRIP_MS);
        for (int i = 0; i < DRIPPING; i++) {
            if (ready > 0 && clients[i].revents) {
                clients[i].fd = -1 - clients[i].fd;
                left--;
            } else if (clients[i].fd >= 0) {
                send(clients[i].fd, drop, strlen(drop), MSG_NOSIGNAL);
            }
        }
        ck_assert_int_eq(status_of(HEAD "\r\n"), 200);
    }
    return (int)((monotonic_ns() - started) / 1000000);
}

static void drip(const char *begin, const char *drop)
{
    struct pollfd clients[DRIPPING];
    for (int i = 0; i < DRIPPING; i++) {
        clients[i] = (struct pollfd){.fd = wire_open(port), .events = POLLIN};
        wire_send(clients[i].fd, begin);
    }
    ck_assert_int_ge(drip_until_answered(clients, drop), DEADLINE_MS - 50);
    for (int i = 0; i < DRIPPING; i++) {
        int fd = -1 - clients[i].fd;
        const char *reply = wire_reply(fd);
        ck_assert_int_eq(wire_status(reply), 408);
        ck_assert_ptr_nonnull(strstr(reply, "\"code\":\"request_timeout\""));
        ck_assert(wire_ends(fd));
        close(fd);
    }
}

START_TEST(forty_dripping_heads_end_at_their_deadline)
{
    const char *const settings[] = {"ANSINH_HEAD_MS=400", NULL};
    start(settings);
    drip(HEAD, "X: a\r\n");
    stop();
}
END_TEST

START_TEST(forty_dripping_bodies_end_at_their_deadline)
{
    const char *const settings[] = {"ANSINH_BODY_MS=400", NULL};
    start(settings);
    drip(SIGN_IN "Content-Length: 60000\r\n\r\n", " ");
    drip(SIGN_IN "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n");
    drip(SIGN_IN "Transfer-Encoding: chunked\r\n\r\nffffffffffffff\r\n", " ");
    stop();
}
END_TEST

/* The body of a refused request has a deadline too. */
START_TEST(a_dripping_body_that_nobody_wants_ends_as_well)
{
    const char *const settings[] = {"ANSINH_BODY_MS=400", NULL};
    start(settings);
    drip("POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n", " ");
    stop();
}
END_TEST

START_TEST(silence_ends_without_a_word)
{
    const char *const settings[] = {"ANSINH_HEAD_MS=300", "ANSINH_IDLE_MS=300", NULL};
    start(settings);
    int silent = wire_open(port);
    int half = wire_open(port);
    wire_send(half, "GET /li");
    int idle = wire_open(port);
    wire_send(idle, HEAD "\r\n");
    ck_assert_int_eq(wire_status(wire_reply(idle)), 200);
    ck_assert(wire_ends(silent));
    ck_assert(wire_ends(half));
    ck_assert(wire_ends(idle));
    close(silent);
    close(half);
    close(idle);
    stop();
}
END_TEST

/* Asks for many long answers and reads none: what is there in the end fitted into the buffers between. */
START_TEST(an_answer_that_is_not_read_is_cut)
{
    enum { ASKED = 200 };
    const char *const settings[] = {"ANSINH_REPLY_MS=300", NULL};
    start(settings);
    int fd = wire_open(port);
    int small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    for (int i = 0; i < ASKED; i++) {
        send(fd, "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n", 40, MSG_NOSIGNAL);
    }
    struct pollfd broken = {.fd = fd};
    poll(&broken, 1, 600);
    size_t wanted = ASKED * expect_status(call(NULL, "GET", "/openapi.json", NULL), 200).size;
    size_t got = 0;
    char bytes[65536];
    for (ssize_t more = 1; more > 0; got += more > 0 ? (size_t)more : 0) {
        more = recv(fd, bytes, sizeof bytes, 0);
    }
    ck_assert_uint_lt(got, wanted);
    close(fd);
    stop();
}
END_TEST

START_TEST(bodies_share_one_room)
{
    const char *const settings[] = {"ANSINH_BODIES_LIMIT=300000", NULL};
    start(settings);
    int holder = wire_open(port);
    wire_send(holder, SIGN_IN "Content-Length: 200000\r\nExpect: 100-continue\r\n\r\n");
    ck_assert_int_eq(wire_status(wire_reply(holder)), 100);
    const char *second = text(SIGN_IN "Content-Length: 110000\r\n\r\n{%109998s}", "");
    int fd = wire_open(port);
    wire_send(fd, second);
    const char *reply = wire_reply(fd);
    int status = wire_status(reply);
    ck_assert_int_eq(status, 503);
    ck_assert_ptr_nonnull(strstr(reply, "\"code\":\"busy\""));
    ck_assert_ptr_nonnull(strstr(reply, "\r\nRetry-After: 1\r\n"));
    ck_assert_int_eq(status_of(SIGN_IN "Content-Length: 2\r\n\r\n{}"), 400);
    close(holder);
    while (status == 503) {
        wire_send(fd, second);
        status = wire_status(wire_reply(fd));
    }
    ck_assert_int_eq(status, 400);
    close(fd);
    stop();
}
END_TEST

START_TEST(past_the_limit_of_connections_is_a_503)
{
    enum { MOST = 8 };
    const char *const settings[] = {"ANSINH_CONNECTION_LIMIT=8", NULL};
    int clients[MOST];
    start(settings);
    for (int i = 0; i < MOST; i++) {
        clients[i] = wire_open(port);
        wire_send(clients[i], HEAD "\r\n");
        ck_assert_int_eq(wire_status(wire_reply(clients[i])), 200);
    }
    int fd = wire_open(port);
    wire_send(fd, HEAD "\r\n");
    const char *reply = wire_reply(fd);
    ck_assert_int_eq(wire_status(reply), 503);
    ck_assert_ptr_nonnull(strstr(reply, "\"code\":\"busy\""));
    ck_assert_ptr_nonnull(strstr(reply, "\r\nRetry-After: 1\r\n"));
    ck_assert(wire_ends(fd));
    close(fd);
    wire_send(clients[0], HEAD "\r\n");
    ck_assert_int_eq(wire_status(wire_reply(clients[0])), 200);
    close(clients[1]);
    int status = 503; /* until the server has noticed who left */
    while (status == 503) {
        status = status_of(HEAD "\r\n");
    }
    ck_assert_int_eq(status, 200);
    for (int i = 0; i < MOST; i++) {
        i == 1 ? 0 : close(clients[i]);
    }
    stop();
}
END_TEST

/* A shell allows few open files; the server takes what it may have. */
START_TEST(the_limit_of_open_files_is_not_the_limit_of_connections)
{
    enum { FILES = 100, CLIENTS = 150 };
    struct rlimit before;
    int clients[CLIENTS];
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit few = {.rlim_cur = FILES, .rlim_max = before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    server = start_program(NULL, &port);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_uint_ne(port, 0);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = wire_open(port);
        wire_send(clients[i], HEAD "\r\n");
        ck_assert_int_eq(wire_status(wire_reply(clients[i])), 200);
    }
    for (int i = 0; i < CLIENTS; i++) {
        close(clients[i]);
    }
    stop();
}
END_TEST

Suite *slow_suite(void)
{
    Suite *suite = suite_create("slow");
    TCase *tcase = tcase_create("slow");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, forty_dripping_heads_end_at_their_deadline);
    tcase_add_test(tcase, forty_dripping_bodies_end_at_their_deadline);
    tcase_add_test(tcase, a_dripping_body_that_nobody_wants_ends_as_well);
    tcase_add_test(tcase, silence_ends_without_a_word);
    tcase_add_test(tcase, an_answer_that_is_not_read_is_cut);
    tcase_add_test(tcase, bodies_share_one_room);
    tcase_add_test(tcase, past_the_limit_of_connections_is_a_503);
    tcase_add_test(tcase, the_limit_of_open_files_is_not_the_limit_of_connections);
    suite_add_tcase(suite, tcase);
    return suite;
}
