/* Who asks: the header of a proxy counts, everybody else's does not. */
#include "middleware/forward.h"

#include "tests/support/request_case.h"

START_TEST(only_proxies_are_believed)
{
    static const struct {
        const char *proxies, *peer, *headers[2], *wanted;
    } rows[] = {
        {NULL, "10.0.0.1", {"203.0.113.9", NULL}, "10.0.0.1"},
        {"", "10.0.0.1", {"203.0.113.9", NULL}, "10.0.0.1"},
        {"10.0.0.2", "10.0.0.1", {"203.0.113.9", NULL}, "10.0.0.1"},
        {"10.0.0.11", "10.0.0.1", {"203.0.113.9", NULL}, "10.0.0.1"},
        {"10.0.0.1", "10.0.0.1", {NULL, NULL}, "10.0.0.1"},
        {"10.0.0.1", "10.0.0.1", {"203.0.113.9", NULL}, "203.0.113.9"},
        {"10.0.0.2, 10.0.0.1", "10.0.0.1", {"203.0.113.9", NULL}, "203.0.113.9"},
        {"10.0.0.2,10.0.0.1", "10.0.0.1", {"203.0.113.9, 10.0.0.2", NULL}, "203.0.113.9"},
        /* What the client itself wrote stands to the left of what the proxy saw. */
        {"10.0.0.1", "10.0.0.1", {"1.1.1.1, 203.0.113.9", NULL}, "203.0.113.9"},
        {"10.0.0.1", "10.0.0.1", {"1.1.1.1", "203.0.113.9"}, "203.0.113.9"},
        {"10.0.0.1", "10.0.0.1", {"10.0.0.1", NULL}, "10.0.0.1"},
        {"::1", "::1", {"2001:DB8::0001 ", NULL}, "2001:db8::1"},
        {"10.0.0.1", "10.0.0.1", {"unknown", NULL}, "10.0.0.1"},
        {"10.0.0.1", "10.0.0.1", {"203.0.113.9, ", NULL}, "10.0.0.1"},
        {"10.0.0.1", "10.0.0.1", {"203.0.113.9:4711", NULL}, "10.0.0.1"},
        {"10.0.0.1", "10.0.0.1", {"", NULL}, "10.0.0.1"},
        {"10.0.0.1", "10.0.0.1", {",", NULL}, "10.0.0.1"},
        {"10.0.0.1", "", {"203.0.113.9", NULL}, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        request_again();
        service.proxies = rows[i].proxies;
        request->peer = rows[i].peer;
        for (int n = 0; n < 2 && rows[i].headers[n]; n++) {
            add_header("X-Forwarded-For", rows[i].headers[n]);
        }
        ck_assert_msg(strcmp(forward_peer(request), rows[i].wanted) == 0, "row %zu: %s", i,
                      forward_peer(request));
    }
}
END_TEST

Suite *forward_suite(void)
{
    TCase *tests = tcase_create("forward");
    tcase_add_checked_fixture(tests, request_open, request_close);
    tcase_add_test(tests, only_proxies_are_believed);
    Suite *suite = suite_create("forward");
    suite_add_tcase(suite, tests);
    return suite;
}
