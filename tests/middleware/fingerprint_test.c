/* What identifies a request: path, query and body, and nothing that may change on a retry. */
#include "middleware/fingerprint.h"

#include <string.h>

#include "tests/support/request_case.h"

static void release(void *json)
{
    json_decref(json);
}

/* A JSON body when it begins with a brace, else any other. */
static const char *print_of(const char *path, const char *name, const char *value, const char *body)
{
    request_again();
    request->path = path;
    if (name) {
        add_query(name, value);
    }
    request->body = body;
    request->body_size = strlen(body);
    if (*body == '{') {
        request->json = json_loads(body, 0, NULL);
        arena_defer(request->arena, release, request->json);
    }
    return fingerprint_of(request);
}

START_TEST(the_order_of_members_does_not_matter)
{
    ck_assert_str_eq(print_of("/v1/a", NULL, NULL, "{\"a\":1,\"b\":2}"),
                     print_of("/v1/a", NULL, NULL, "{ \"b\": 2, \"a\": 1 }"));
    ck_assert_uint_eq(strlen(print_of("/v1/a", NULL, NULL, "")), 64);
}
END_TEST

START_TEST(whatever_else_differs_is_another_request)
{
    static const char *const requests[][4] = {
        {"/v1/a", NULL, NULL, ""},           {"/v1/b", NULL, NULL, ""},
        {"/v1/a", "dry_run", "true", ""},    {"/v1/a", "dry_run", "false", ""},
        {"/v1/a", NULL, NULL, "{}"},         {"/v1/a", NULL, NULL, "{\"a\":1}"},
        {"/v1/a", NULL, NULL, "a,b\n1,2\n"}, {"/v1/a", NULL, NULL, "a,b\r\n1,2\r\n"},
        {"/v1/a", NULL, NULL, "dry_run"},    {"/v1/a", "dry_run", "true", "a,b\n1,2\n"},
    };
    enum { COUNT = sizeof requests / sizeof *requests };
    const char *prints[COUNT];
    for (int i = 0; i < COUNT; i++) {
        const char *const *one = requests[i];
        prints[i] = print_of(one[0], one[1], one[2], one[3]);
        for (int other = 0; other < i; other++) {
            ck_assert_str_ne(prints[i], prints[other]);
        }
    }
}
END_TEST

Suite *fingerprint_suite(void)
{
    TCase *tests = tcase_create("fingerprint");
    tcase_add_checked_fixture(tests, request_open, request_close);
    tcase_add_test(tests, the_order_of_members_does_not_matter);
    tcase_add_test(tests, whatever_else_differs_is_another_request);
    Suite *suite = suite_create("fingerprint");
    suite_add_tcase(suite, tests);
    return suite;
}
