/* Deadlines and shared room, on socket pairs: one end is the client's. */
#include "middleware/visitor.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "middleware/request.h"
#include "tests/support/request_case.h"

enum { MS = 1000000, SOON = 50 * MS, LATE = 60000 * (uint64_t)MS, BODIES = 1000 };

static struct visitors *all;
static int client, server_end;

static struct visitor *come(void)
{
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    client = ends[0];
    server_end = ends[1];
    return visitor_new(all, server_end);
}

static void go(struct visitor *visitor)
{
    visitor_free(visitor);
    close(server_end);
    close(client);
}

static struct visitor_limits patient(void)
{
    return (struct visitor_limits){.most = 2,
                                   .idle_ns = LATE,
                                   .head_ns = LATE,
                                   .body_ns = LATE,
                                   .reply_ns = LATE,
                                   .bodies = BODIES};
}

static void open_with(struct visitor_limits limits)
{
    request_open();
    all = visitors_new(&limits);
    ck_assert_ptr_nonnull(all);
    stderr_begin();
}

static const char *close_all(void)
{
    const char *log = stderr_end();
    ck_assert_int_eq(visitors_count(all), 0);
    visitors_free(all);
    return log;
}

/* What the client reads until the connection is closed, which must be no sooner than it may. */
static const char *until_closed(uint64_t least_ns)
{
    static char text[2048];
    uint64_t started = monotonic_ns();
    size_t got = 0;
    ssize_t more = 1;
    while (more > 0) {
        struct pollfd socket = {.fd = client, .events = POLLIN};
        ck_assert_int_eq(poll(&socket, 1, 10000), 1);
        more = recv(client, text + got, sizeof text - 1 - got, 0);
        got += more > 0 ? (size_t)more : 0;
    }
    text[got] = '\0';
    ck_assert_uint_ge(monotonic_ns() - started + 5 * MS, least_ns);
    return text;
}

static bool is_open(void)
{
    struct pollfd socket = {.fd = client, .events = POLLIN};
    return poll(&socket, 1, 0) == 0;
}

START_TEST(who_says_nothing_is_sent_away_without_a_word)
{
    struct visitor_limits limits = patient();
    limits.head_ns = SOON;
    open_with(limits);
    struct visitor *visitor = come();
    ck_assert_str_eq(until_closed(SOON), "");
    ck_assert(!visitor_waits(visitor));
    go(visitor);
    ck_assert_str_eq(close_all(), "");
}
END_TEST

START_TEST(who_rests_too_long_is_sent_away_without_a_word)
{
    struct visitor_limits limits = patient();
    limits.idle_ns = SOON;
    open_with(limits);
    struct visitor *visitor = come();
    visitor_asks(visitor);
    ck_assert(visitor_waits(visitor));
    visitor_takes(visitor);
    visitor_rests(visitor);
    ck_assert_str_eq(until_closed(SOON), "");
    go(visitor);
    close_all();
}
END_TEST

static void expect_timeout(const char *reply, const char *log)
{
    ck_assert_msg(strncmp(reply, "HTTP/1.1 408 ", 13) == 0, "%s", reply);
    ck_assert_ptr_nonnull(strstr(reply, "\r\nConnection: close\r\n"));
    ck_assert_ptr_nonnull(strstr(reply, "\r\nContent-Type: application/problem+json\r\n"));
    ck_assert_ptr_nonnull(strstr(reply, "\"code\":\"request_timeout\""));
    ck_assert_ptr_nonnull(strstr(reply, "\r\nServer-Timing: app;dur="));
    ck_assert_ptr_nonnull(strstr(reply, "\r\ntraceresponse: 00-"));
    ck_assert_ptr_nonnull(strstr(reply, "\r\nX-Request-Id: "));
    ck_assert_ptr_nonnull(strstr(log, "\"code\":\"request_timeout\""));
}

START_TEST(a_slow_head_is_answered_408)
{
    struct visitor_limits limits = patient();
    limits.head_ns = SOON;
    open_with(limits);
    struct visitor *visitor = come();
    visitor_asks(visitor);
    const char *reply = until_closed(SOON);
    ck_assert(!visitor_waits(visitor));
    go(visitor);
    expect_timeout(reply, close_all());
}
END_TEST

START_TEST(a_slow_body_is_answered_408)
{
    struct visitor_limits limits = patient();
    limits.body_ns = SOON;
    open_with(limits);
    struct visitor *visitor = come();
    visitor_asks(visitor);
    ck_assert(visitor_sends(visitor, 1));
    const char *reply = until_closed(SOON);
    go(visitor);
    expect_timeout(reply, close_all());
}
END_TEST

START_TEST(an_answer_that_nobody_takes_is_cut)
{
    struct visitor_limits limits = patient();
    limits.reply_ns = SOON;
    open_with(limits);
    struct visitor *visitor = come();
    visitor_asks(visitor);
    ck_assert(visitor_waits(visitor));
    visitor_takes(visitor);
    ck_assert_str_eq(until_closed(SOON), "");
    go(visitor);
    close_all();
}
END_TEST

/* All the deadlines of others pass while we work for this one. */
START_TEST(who_waits_for_us_has_no_deadline)
{
    struct visitor_limits limits = patient();
    limits.idle_ns = limits.head_ns = limits.body_ns = limits.reply_ns = SOON;
    open_with(limits);
    struct visitor *visitor = come();
    int waiting = client, its_end = server_end;
    visitor_asks(visitor);
    ck_assert(visitor_waits(visitor));
    struct visitor *silent = come();
    until_closed(SOON);
    go(silent);
    client = waiting;
    server_end = its_end;
    ck_assert(is_open());
    visitor_takes(visitor);
    until_closed(SOON);
    go(visitor);
    close_all();
}
END_TEST

START_TEST(all_bodies_share_one_room)
{
    open_with(patient());
    struct visitor *first = come();
    int first_client = client, first_end = server_end;
    struct visitor *second = come();
    ck_assert(visitor_sends(first, 600));
    ck_assert(!visitor_sends(second, 401));
    ck_assert(visitor_sends(second, 400));
    ck_assert(!visitor_sends(second, 1));
    visitor_rests(second);
    ck_assert(visitor_sends(second, 400));
    go(second);
    client = first_client;
    server_end = first_end;
    go(first);
    first = come();
    ck_assert(visitor_sends(first, BODIES));
    ck_assert(!visitor_sends(first, SIZE_MAX));
    go(first);
    close_all();
}
END_TEST

START_TEST(who_comes_past_the_limit_is_surplus)
{
    open_with(patient());
    struct visitor *visitors[3];
    int clients[3], ends[3];
    for (int i = 0; i < 3; i++) {
        visitors[i] = come();
        clients[i] = client;
        ends[i] = server_end;
        ck_assert(visitor_is_surplus(visitors[i]) == (i == 2));
    }
    ck_assert_int_eq(visitors_count(all), 3);
    for (int i = 0; i < 3; i++) {
        client = clients[i];
        server_end = ends[i];
        go(visitors[i]);
    }
    close_all();
}
END_TEST

/* Between two requests, not in the midst of one; and not when the next one is there already. */
START_TEST(at_the_end_only_who_rests_is_sent_away)
{
    open_with(patient());
    struct visitor *asking = come();
    int asking_client = client, asking_end = server_end;
    visitor_asks(asking);
    struct visitor *resting = come();
    visitor_rests(resting);
    visitors_leave(all);
    ck_assert_ptr_eq(visitor_new(all, server_end), resting); /* a socket is one visitor */
    ck_assert_str_eq(until_closed(100 * MS), "");
    go(resting);
    client = asking_client;
    server_end = asking_end;
    ck_assert(is_open());
    ck_assert(visitor_waits(asking));
    go(asking);
    close_all();
}
END_TEST

Suite *visitor_suite(void)
{
    TCase *tests = tcase_create("visitor");
    tcase_add_checked_fixture(tests, NULL, request_close);
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, who_says_nothing_is_sent_away_without_a_word);
    tcase_add_test(tests, who_rests_too_long_is_sent_away_without_a_word);
    tcase_add_test(tests, a_slow_head_is_answered_408);
    tcase_add_test(tests, a_slow_body_is_answered_408);
    tcase_add_test(tests, an_answer_that_nobody_takes_is_cut);
    tcase_add_test(tests, who_waits_for_us_has_no_deadline);
    tcase_add_test(tests, all_bodies_share_one_room);
    tcase_add_test(tests, who_comes_past_the_limit_is_surplus);
    tcase_add_test(tests, at_the_end_only_who_rests_is_sent_away);
    Suite *suite = suite_create("visitor");
    suite_add_tcase(suite, tests);
    return suite;
}
