/* What ulfius 2.7.13 and libmicrohttpd 0.9.75 get wrong when left alone, with the bytes that show it:
 *
 *    1  bodies past the limit are cut and handled       a_long_body…, no_handler_sees_half_a_body
 *    2  bodies are read before anybody is asked         a_body_that_may_not_be_sent…, a_body_without_an_end…
 *    3  half an IPv6 address is copied                  a_peer_has_its_own_address_in_both_families
 *    4  a byte now and then keeps a connection          slow_test.c
 *    5  stopping drops what is asked                    life_test.c
 *    6  HEAD, OPTIONS and wrong methods are 404         http_test.c
 *    7  an error of a callback wipes its answer         (ours never returns one)
 *    8  %00, %2F, empty segments, joined query keys     http_test.c, url_test.c, a_refused_message…
 *    9  messages with two readings                      a_message_with_two_readings…
 *   10  h1spec                                          h1spec_test.c
 *   12  client text is taken for a format               the_library_writes_nothing…
 *   14  any JSON is taken                               http_test.c, schema_request_test.c
 *   15  multipart without a boundary                    a_refused_message_leaves_the_next_one_alone
 *   16  unknown paths answer 200                        http_test.c
 *
 * 11 and 13, allocations that fail, are not here. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

#define HEAD "GET /livez HTTP/1.1\r\nHost: a\r\n"
#define SIGN_IN "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
#define CHUNKED SIGN_IN "Transfer-Encoding: chunked\r\n\r\n"
#define NEXT "GET /docs HTTP/1.1\r\nHost: a\r\n\r\n"

/* Bytes may hold NULs: their size goes with them. */
struct message {
    const char *what;
    const char *bytes;
    size_t size;
};
#define MESSAGE(what, bytes)                                                                       \
    {                                                                                              \
        what, bytes, sizeof bytes - 1                                                              \
    }

static int send_message(const struct message *message)
{
    int fd = wire_open(server_port_number());
    wire_send_bytes(fd, message->bytes, message->size);
    return fd;
}

static bool is_problem(const char *reply)
{
    return strstr(reply, "\r\nContent-Type: application/problem+json\r\n") &&
           strstr(reply, "\r\nX-Request-Id: ");
}

// clang-format off
/* A proxy in front could end these elsewhere, so what follows must not be taken for a request. */
static const struct message two_readings[] = {
    MESSAGE("length and coding", SIGN_IN "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT),
    MESSAGE("coding and length, no body", SIGN_IN "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"),
    MESSAGE("two lengths", SIGN_IN "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" NEXT),
    MESSAGE("the same length twice", SIGN_IN "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" NEXT),
    MESSAGE("blank before the colon", SIGN_IN "Content-Length : 7\r\n\r\n" NEXT),
    MESSAGE("unknown coding", SIGN_IN "Transfer-Encoding: gzip\r\n\r\n" NEXT),
    MESSAGE("two codings", SIGN_IN "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" NEXT),
    MESSAGE("blank behind the coding", SIGN_IN "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n" NEXT),
    MESSAGE("coding of HTTP/1.0", "POST /v1/sessions HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT),
    MESSAGE("two hosts", HEAD "Host: b\r\n\r\n" NEXT),
    MESSAGE("no host", "GET /livez HTTP/1.1\r\n\r\n" NEXT),
    MESSAGE("list of hosts", "GET /livez HTTP/1.1\r\nHost: a, b\r\n\r\n" NEXT),
    MESSAGE("host with a user", "GET /livez HTTP/1.1\r\nHost: me@a\r\n\r\n" NEXT),
    MESSAGE("bare LF behind the request line", "GET /livez HTTP/1.1\nHost: a\r\n\r\n" NEXT),
    MESSAGE("bare LF behind a header", "GET /livez HTTP/1.1\r\nX: a\nHost: a\r\n\r\n" NEXT),
    MESSAGE("bare LF behind an empty header", "GET /livez HTTP/1.1\r\nX:\nHost: a\r\n\r\n" NEXT),
    MESSAGE("bare LF behind the last header", HEAD "X: a\n\r\n" NEXT),
    MESSAGE("bare LF for the empty line", HEAD "\n" NEXT),
    MESSAGE("bare LF only", "GET /livez HTTP/1.1\nHost: a\n\n" NEXT),
    MESSAGE("CR within a header", HEAD "X: a\rb\r\n\r\n" NEXT),
    MESSAGE("folded header", HEAD "Content: 5\r\n -Length\r\n\r\n" NEXT),
    MESSAGE("folded with a tab", HEAD "X: a\r\n\tb\r\n\r\n" NEXT),
    MESSAGE("blank before the first header", "GET /livez HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n" NEXT),
    MESSAGE("NUL in a header", HEAD "X: a\0b\r\nY: c\r\n\r\n" NEXT),
    MESSAGE("NUL in the last header", HEAD "X: a\0b\r\n\r\n" NEXT),
    MESSAGE("NULs that look like the end", HEAD "X: a\0\0\0\0b\r\n\r\n" NEXT),
    MESSAGE("NUL in the target", "GET /livez\0/x HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
    MESSAGE("NUL that hides a version", "GET /livez\0HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
    MESSAGE("control character in a header", HEAD "X: a\x01z\r\n\r\n" NEXT),
    MESSAGE("parenthesis in a name", HEAD "X(y): a\r\n\r\n" NEXT),
    MESSAGE("no name", HEAD ": a\r\n\r\n" NEXT),
    MESSAGE("two blanks behind the method", "GET  /livez HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
};

/* libmicrohttpd answers these before it asks us, in HTML, and closes. */
static const struct { struct message message; int status; } answered_below[] = {
    {MESSAGE("no version", "GET /livez\r\n\r\n" NEXT), 400},
    {MESSAGE("half a version", "GET /livez HTTP/1\r\nHost: a\r\n\r\n" NEXT), 400},
    {MESSAGE("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" NEXT), 505},
    {MESSAGE("HTTP/0.9", "GET /livez HTTP/0.9\r\n\r\n" NEXT), 505},
    {MESSAGE("header without a colon", HEAD "X\r\n\r\n" NEXT), 400},
    {MESSAGE("NUL in a name", HEAD "X\0Y: a\r\n\r\n" NEXT), 400},
    {MESSAGE("length below zero", SIGN_IN "Content-Length: -5\r\n\r\n" NEXT), 400},
    {MESSAGE("list of lengths", SIGN_IN "Content-Length: 2, 2\r\n\r\n{}" NEXT), 400},
    {MESSAGE("signed length", SIGN_IN "Content-Length: +2\r\n\r\n{}" NEXT), 400},
    {MESSAGE("empty length", SIGN_IN "Content-Length:\r\n\r\n" NEXT), 400},
    {MESSAGE("length past 64 bits", SIGN_IN "Content-Length: 99999999999999999999\r\n\r\n" NEXT), 413},
    {MESSAGE("no chunk size", CHUNKED "\r\n{}\r\n0\r\n\r\n" NEXT), 400},
    {MESSAGE("chunk size that is none", CHUNKED "xyz\r\n{}\r\n0\r\n\r\n" NEXT), 400},
    {MESSAGE("signed chunk size", CHUNKED "+2\r\n{}\r\n0\r\n\r\n" NEXT), 400},
    {MESSAGE("chunk size 0x2", CHUNKED "0x2\r\n{}\r\n0\r\n\r\n" NEXT), 400},
    {MESSAGE("chunk size past 64 bits", CHUNKED "fffffffffffffffff\r\n{}\r\n0\r\n\r\n" NEXT), 413},
    {MESSAGE("chunk longer than its size", CHUNKED "1\r\n{}\r\n0\r\n\r\n" NEXT), 400},
};

/* Refused by us; the message is over without doubt, so the next request is answered. */
static const struct { struct message message; int status; } refused[] = {
    {MESSAGE("blank in the target", "GET /livez x HTTP/1.1\r\nHost: a\r\n\r\n" NEXT), 400},
    {MESSAGE("not UTF-8", "GET /livez\xff HTTP/1.1\r\nHost: a\r\n\r\n" NEXT), 400},
    {MESSAGE("asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" NEXT), 400},
    {MESSAGE("method in small letters", "get /livez HTTP/1.1\r\nHost: a\r\n\r\n" NEXT), 405},
    {MESSAGE("unknown method", "BREW /livez HTTP/1.1\r\nHost: a\r\n\r\n" NEXT), 405},
    {MESSAGE("TRACE", "TRACE /livez HTTP/1.1\r\nHost: a\r\n\r\n" NEXT), 405},
    {MESSAGE("unknown query key", "GET /livez?x=1 HTTP/1.1\r\nHost: a\r\n\r\n" NEXT), 400},
    {MESSAGE("body that nobody expects", "GET /v1/me HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}" NEXT), 401},
    {MESSAGE("form", "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b" NEXT), 415},
    {MESSAGE("multipart without a boundary", "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc" NEXT), 415},
};
// clang-format on
enum {
    TWO_READINGS = sizeof two_readings / sizeof *two_readings,
    ANSWERED_BELOW = sizeof answered_below / sizeof *answered_below,
    REFUSED = sizeof refused / sizeof *refused
};

START_TEST(a_message_with_two_readings_is_the_last_on_its_connection)
{
    for (int i = 0; i < TWO_READINGS; i++) {
        int fd = send_message(&two_readings[i]);
        const char *reply = wire_reply(fd);
        ck_assert_msg(wire_status(reply) == 400 && is_problem(reply), "%s: %s",
                      two_readings[i].what, reply);
        ck_assert_msg(strstr(reply, "\r\nConnection: close\r\n"), "%s", two_readings[i].what);
        ck_assert_msg(wire_ends(fd), "%s", two_readings[i].what);
        close(fd);
    }
}
END_TEST

/* Not a problem as ours are, but all that it is: these three headers, a page of the library's own, and
 * no byte of what was sent. For one of them libmicrohttpd sends the head twice. */
static void expect_library_page(const char *what, const char *reply, int status)
{
    static const char *const ours[] = {"X-Request-Id", "Server-Timing", "Content-Type", "{",
                                       "livez",        "sessions",      "doctype"};
    ck_assert_msg(wire_status(reply) == status, "%s: %s", what, reply);
    ck_assert_msg(strstr(reply, "\r\nConnection: close\r\n"), "%s: %s", what, reply);
    ck_assert_msg(strstr(reply, "\r\n\r\n<html><head><title>"), "%s: %s", what, reply);
    ck_assert_msg(strcmp(reply + strlen(reply) - 14, "</body></html>") == 0, "%s: %s", what, reply);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        ck_assert_msg(!strstr(reply, ours[i]), "%s: %s", what, reply);
    }
}

START_TEST(what_the_library_answers_itself_ends_the_connection_too)
{
    for (int i = 0; i < ANSWERED_BELOW; i++) {
        int fd = send_message(&answered_below[i].message);
        expect_library_page(answered_below[i].message.what, wire_rest(fd),
                            answered_below[i].status);
        close(fd);
    }
}
END_TEST

START_TEST(a_refused_message_leaves_the_next_one_alone)
{
    for (int i = 0; i < REFUSED; i++) {
        int fd = send_message(&refused[i].message);
        const char *reply = wire_reply(fd);
        ck_assert_msg(wire_status(reply) == refused[i].status && is_problem(reply), "%s: %s",
                      refused[i].message.what, reply);
        ck_assert_msg(wire_status(wire_reply(fd)) == 200, "%s", refused[i].message.what);
        close(fd);
    }
}
END_TEST

static void expect_refusal(const char *request, int status, const char *code)
{
    int fd = wire_open(server_port_number());
    wire_send(fd, request);
    const char *reply = wire_reply(fd);
    ck_assert_msg(wire_status(reply) == status && is_problem(reply) && strstr(reply, code), "%s",
                  reply);
    close(fd);
}

START_TEST(heads_have_limits_of_ours_below_those_of_the_library)
{
    char text_of[20001];
    memset(text_of, 'a', sizeof text_of - 1);
    text_of[sizeof text_of - 1] = '\0';
    expect_refusal(text("GET /%.9000s HTTP/1.1\r\nHost: a\r\n\r\n", text_of), 414,
                   "target_too_long");
    expect_refusal(text(HEAD "X: %.17000s\r\n\r\n", text_of), 431, "head_too_large");
    const char *many = HEAD;
    for (int i = 0; i < 64; i++) {
        many = text("%sX-%d: a\r\n", many, i);
    }
    expect_refusal(text("%s\r\n", many), 431, "head_too_large");
    int fd = wire_open(server_port_number());
    wire_send(fd, text(HEAD "X: %s%s\r\n\r\n", text_of, text_of));
    ck_assert_int_eq(wire_status(wire_reply(fd)), 431);
    close(fd);
}
END_TEST

/* Byte by byte, so that the head is read in as many pieces as it can be. */
START_TEST(a_head_in_pieces_is_the_same_head)
{
    const char *request = text(HEAD "X: %0500d\r\nEmpty:\r\nBlank: \r\nTab:\ta\r\n\r\n", 7);
    int fd = wire_open(server_port_number());
    for (int again = 0; again < 2; again++) {
        for (const char *at = request; *at; at++) {
            wire_send_bytes(fd, at, 1);
        }
        ck_assert_int_eq(wire_status(wire_reply(fd)), 200);
    }
    wire_send(fd, text("%s%s", request, request));
    ck_assert_int_eq(wire_status(wire_reply(fd)), 200);
    ck_assert_int_eq(wire_status(wire_reply(fd)), 200);
    wire_send(fd, "GET http://elsewhere/livez HTTP/1.1\r\nHost: a\r\n\r\n");
    ck_assert_int_eq(wire_status(wire_reply(fd)), 200);
    close(fd);
}
END_TEST

/* --- bodies ---------------------------------------------------------------------------------- */

static const char *attempts_of(const char *user)
{
    return sql_text(
        text("select coalesce(sum(attempts), 0) from sign_in_attempt where key = 'user %s'", user));
}

START_TEST(no_handler_sees_half_a_body)
{
    static const char *const cut[] = {
        SIGN_IN "Content-Length: 99\r\n\r\n{\"username\":\"cut.off\",\"password\":\"x\"}",
        CHUNKED "63\r\n{\"username\":\"cut.off\",\"password\":\"x\"}",
        CHUNKED "25\r\n{\"username\":\"cut.off\",\"password\":\"x\"}\r\n",
        CHUNKED "25\r\n{\"username\":\"cut.off\",\"password\":\"x\"}\r\n0\r\n",
    };
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        int fd = wire_open(server_port_number());
        wire_send(fd, cut[i]);
        wire_send_end(fd);
        ck_assert_msg(wire_ends(fd), "body %zu", i);
        close(fd);
    }
    ck_assert_str_eq(attempts_of("cut.off"), "0");
}
END_TEST

static char *spaces(size_t size)
{
    char *body = malloc(size + 1);
    memset(body, ' ', size);
    body[size] = '\0';
    return body;
}

START_TEST(a_long_body_is_413_in_one_piece_or_in_chunks)
{
    char *body = spaces(300000);
    int fd = wire_open(server_port_number());
    wire_send(fd, text(SIGN_IN "Content-Length: 300000\r\n\r\n%s", body));
    ck_assert_int_eq(wire_status(wire_reply(fd)), 413);
    wire_send(fd, text(CHUNKED "%x\r\n%s\r\n0\r\n\r\n", 300000, body));
    const char *reply = wire_reply(fd);
    ck_assert_int_eq(wire_status(reply), 413);
    ck_assert(is_problem(reply));
    wire_send(fd, HEAD "\r\n");
    ck_assert_int_eq(wire_status(wire_reply(fd)), 200);
    close(fd);
    free(body);
}
END_TEST

/* Of what is too long already no more is read than may be worth an answer. */
START_TEST(a_body_without_an_end_is_cut)
{
    enum { PIECE = 64 * 1024, MOST = 256 };
    char *body = spaces(PIECE);
    const char *piece = text("%x\r\n%s\r\n", PIECE, body);
    int fd = wire_open(server_port_number());
    int sent = 0;
    wire_send(fd, CHUNKED);
    while (sent < MOST && send(fd, piece, strlen(piece), MSG_NOSIGNAL) > 0) {
        sent++;
    }
    ck_assert_int_lt(sent, MOST);
    close(fd);
    free(body);
}
END_TEST

/* Neither "100 Continue" nor the body comes before the refusal. */
START_TEST(a_body_that_may_not_be_sent_is_not_read)
{
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {SIGN_IN "Content-Length: 99999999999\r\n\r\n", 413},
        {SIGN_IN "Content-Length: 300000\r\nExpect: 100-continue\r\n\r\n", 413},
        {"POST /v1/enrolments HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: "
         "100-continue\r\n\r\n",
         401},
        {"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
         404},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = wire_open(server_port_number());
        wire_send(fd, rows[i].request);
        ck_assert_int_eq(wire_status(wire_reply(fd)), rows[i].status);
        ck_assert(wire_ends(fd));
        close(fd);
    }
    int fd = wire_open(server_port_number());
    wire_send(fd, SIGN_IN "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    ck_assert_int_eq(wire_status(wire_reply(fd)), 100);
    wire_send(fd, "{}");
    ck_assert_int_eq(wire_status(wire_reply(fd)), 400);
    close(fd);
}
END_TEST

/* --- who it is ------------------------------------------------------------------------------- */

static void sign_in_badly(int fd, const char *user)
{
    const char *body = text("{\"username\":\"%s\",\"password\":\"wrong\"}", user);
    wire_send(fd, text(SIGN_IN "Content-Length: %zu\r\n\r\n%s", strlen(body), body));
    ck_assert_int_eq(wire_status(wire_reply(fd)), 401);
    close(fd);
}

START_TEST(a_peer_has_its_own_address_in_both_families)
{
    const char *const settings[] = {"ANSINH_LISTEN=[::]:0", NULL};
    unsigned port = 0;
    pid_t server = start_program(settings, &port);
    ck_assert_uint_ne(port, 0);
    sql_text("delete from sign_in_attempt where key like 'address %'");
    sign_in_badly(wire_open_six(port), "nobody.six");
    sign_in_badly(wire_open(port), "nobody.four");
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
    ck_assert_str_eq(sql_text("select string_agg(key, ', ' order by key) from sign_in_attempt "
                              "where key like 'address %'"),
                     "address 127.0.0.1, address ::1");
    sql_text("delete from sign_in_attempt where key like 'address %' or key like 'user nobody.%'");
}
END_TEST

START_TEST(the_library_writes_nothing_that_a_client_sent)
{
    int fd = wire_open(server_port_number());
    wire_send(fd, "GET /%n%s%p HTTP/1.1\r\nno colon %n%s%p\r\n\r\n");
    ck_assert_int_eq(wire_status(wire_reply(fd)), 400);
    close(fd);
    expect_unlogged("%n%s");
    expect_status(call(NULL, "GET", "/livez", NULL), 200);
}
END_TEST

Suite *defects_suite(void)
{
    Suite *suite = suite_create("defects");
    TCase *tcase = tcase_create("defects");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_message_with_two_readings_is_the_last_on_its_connection);
    tcase_add_test(tcase, what_the_library_answers_itself_ends_the_connection_too);
    tcase_add_test(tcase, a_refused_message_leaves_the_next_one_alone);
    tcase_add_test(tcase, heads_have_limits_of_ours_below_those_of_the_library);
    tcase_add_test(tcase, a_head_in_pieces_is_the_same_head);
    tcase_add_test(tcase, no_handler_sees_half_a_body);
    tcase_add_test(tcase, a_long_body_is_413_in_one_piece_or_in_chunks);
    tcase_add_test(tcase, a_body_without_an_end_is_cut);
    tcase_add_test(tcase, a_body_that_may_not_be_sent_is_not_read);
    tcase_add_test(tcase, a_peer_has_its_own_address_in_both_families);
    tcase_add_test(tcase, the_library_writes_nothing_that_a_client_sent);
    suite_add_tcase(suite, tcase);
    return suite;
}
