/* What h1spec (github.com/uNetworking/h1spec) asks of a server in its 33 vectors, asked of paths that
 * exist here: 15 beginnings of a request, which a server must wait for, and 18 whole requests. All 33 are
 * answered as they must be. */
#include <assert.h>
#include <poll.h>
#include <unistd.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

enum { FRAGMENT_MS = 100 };

struct vector {
    const char *what;
    const char *request;
    int least, most; /* of the status */
};

/* Each beginning is cut from this one, in the midst of what it is named after. */
static const char whole[] = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
static const struct {
    const char *what;
    size_t size;
} fragments[] = {
    {"method", 1},
    {"URL 1", 4},
    {"URL 2", 10},
    {"URL 3", 11},
    {"HTTP version", 15},
    {"request line", 19},
    {"request line newline 1", 20},
    {"request line newline 2", 21},
    {"field name", 24},
    {"field value 1", 26},
    {"field value 2", 27},
    {"field value 3", 36},
    {"field value 4", 37},
    {"request", 38},
    {"request termination", 39},
};

// clang-format off
#define HEAD "GET /livez HTTP/1.1\r\nHost: example.com\r\n"
#define POST "POST /v1/sessions HTTP/1.1\r\nHost: example.com\r\nContent-Type: application/json\r\n"
#define SIGN_IN "{\"username\":\"commune.viewer\",\"password\":\"test-password-2026\"}"
static const struct vector vectors[] = {
    {"request without HTTP version", "GET /livez \r\n\r\n", 400, 599},
    {"request with Expect header", HEAD "Expect: 100-continue\r\n\r\n", 100, 299},
    {"valid GET request", HEAD "\r\n", 200, 299},
    {"valid GET request with edge cases", "GET /livez HTTP/1.1\r\nhoSt:\texample.com\r\nempty:\r\n\r\n", 200, 299},
    {"invalid header characters", HEAD "X-Invalid[]: test\r\n\r\n", 400, 499},
    {"missing Host header", "GET /livez HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 400, 499},
    {"multiple Host headers", HEAD "Host: example.org\r\n\r\n", 400, 499},
    {"overflowing negative Content-Length", HEAD "Content-Length: -123456789123456789123456789\r\n\r\n", 400, 499},
    {"negative Content-Length", HEAD "Content-Length: -1234\r\n\r\n", 400, 499},
    {"non-numeric Content-Length", HEAD "Content-Length: abc\r\n\r\n", 400, 499},
    {"empty header value", HEAD "X-Empty-Header: \r\n\r\n", 200, 299},
    {"control character in a header", HEAD "X-Bad-Control-Char: test\x07\r\n\r\n", 400, 499},
    {"invalid HTTP version", "GET /livez HTTP/9.9\r\nHost: example.com\r\n\r\n", 400, 599},
    {"invalid prefix of request", "Extra line" HEAD "\r\n", 400, 599},
    {"invalid line ending", HEAD "\rSome-Header: Test\r\n\r\n", 400, 499},
    {"valid POST request with body", POST "Content-Length: 61\r\n\r\n" SIGN_IN, 200, 299},
    {"chunked Transfer-Encoding", POST "Transfer-Encoding: chunked\r\n\r\n3d\r\n" SIGN_IN "\r\n0\r\n\r\n", 200, 299},
    {"Transfer-Encoding and Content-Length", POST "content-LengtH: 5\r\nTransFer-Encoding: chunked\r\n\r\n3d\r\n" SIGN_IN "\r\n0\r\n\r\n", 400, 499},
};
// clang-format on
enum { FRAGMENTS = sizeof fragments / sizeof *fragments, WHOLE = sizeof vectors / sizeof *vectors };
static_assert(FRAGMENTS + WHOLE == 33, "h1spec has 33 vectors");

/* All fragments at a time: one wait for all of them. */
START_TEST(a_server_waits_for_the_rest_of_a_request)
{
    struct pollfd open[FRAGMENTS];
    for (int i = 0; i < FRAGMENTS; i++) {
        open[i] = (struct pollfd){.fd = wire_open(server_port_number()), .events = POLLIN};
        wire_send_bytes(open[i].fd, whole, fragments[i].size);
    }
    ck_assert_int_eq(poll(open, FRAGMENTS, FRAGMENT_MS), 0);
    for (int i = 0; i < FRAGMENTS; i++) {
        wire_send(open[i].fd, whole + fragments[i].size);
        ck_assert_msg(wire_status(wire_reply(open[i].fd)) == 200, "%s", fragments[i].what);
        close(open[i].fd);
    }
}
END_TEST

START_TEST(each_vector_is_answered_as_it_must_be)
{
    for (int i = 0; i < WHOLE; i++) {
        int fd = wire_open(server_port_number());
        wire_send(fd, vectors[i].request);
        int status = wire_status(wire_reply(fd));
        ck_assert_msg(status >= vectors[i].least && status <= vectors[i].most, "%s: %d",
                      vectors[i].what, status);
        close(fd);
    }
}
END_TEST

Suite *h1spec_suite(void)
{
    Suite *suite = suite_create("h1spec");
    TCase *tcase = tcase_create("h1spec");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_server_waits_for_the_rest_of_a_request);
    tcase_add_test(tcase, each_vector_is_answered_as_it_must_be);
    suite_add_tcase(suite, tcase);
    return suite;
}
