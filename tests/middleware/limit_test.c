/* How much a request may bring, and in which form. */
#include "middleware/limit.h"

#include "middleware/schema_internal.h"
#include "middleware/contract.h"
#include "tests/support/request_case.h"

enum { SERVICE_LIMIT = 1000, OWN_LIMIT = 5000 };

static struct operation writing;
static struct operation importing;
static struct operation reading;

static void open_limits(void)
{
    request_open();
    service.body_limit = SERVICE_LIMIT;
    writing =
        (struct operation){.id = "writing", .body = &schema_anything, .media_type = media_json};
    importing =
        (struct operation){.id = "importing", .body = &schema_anything, .media_type = media_csv};
    reading = (struct operation){.id = "reading"};
}

static bool checked(const struct operation *operation, size_t size, const char *declared,
                    const char *media_type)
{
    request_again();
    request->operation = operation;
    request->body_size = size;
    if (declared) {
        add_header("Content-Length", declared);
    }
    if (media_type) {
        add_header("Content-Type", media_type);
    }
    return limit_check(request);
}

START_TEST(a_body_up_to_the_limit_passes)
{
    went_on(checked(&writing, SERVICE_LIMIT - 1, "999", "application/json"), "below");
    went_on(checked(&writing, SERVICE_LIMIT, "1000", "application/json"), "exactly");
    went_on(checked(&writing, SERVICE_LIMIT, NULL, "application/json"), "exactly, chunked");
    went_on(checked(&reading, 0, NULL, NULL), "none");
}
END_TEST

START_TEST(a_body_over_the_limit_is_refused)
{
    refused(checked(&writing, SERVICE_LIMIT + 1, NULL, "application/json"), BODY_TOO_LARGE, "body");
    refused(checked(&reading, SERVICE_LIMIT + 1, NULL, NULL), BODY_TOO_LARGE, "where none is read");
    refused(checked(NULL, SERVICE_LIMIT + 1, NULL, NULL), BODY_TOO_LARGE, "of no operation");
}
END_TEST

START_TEST(a_declared_length_over_the_limit_is_refused)
{
    static const char *const lengths[] = {"1001", "4294967297", "9223372036854775808",
                                          "18446744073709551617",
                                          "99999999999999999999999999999999999999"};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        refused(checked(&writing, 0, lengths[i], "application/json"), BODY_TOO_LARGE, lengths[i]);
    }
}
END_TEST

START_TEST(an_operation_may_have_a_limit_of_its_own)
{
    service.body_limit = 2 * BODY_STANDARD;
    went_on(checked(&writing, BODY_STANDARD, NULL, "application/json"), "standard");
    refused(checked(&writing, BODY_STANDARD + 1, NULL, "application/json"), BODY_TOO_LARGE, "more");
    writing.body_limit = BODY_STANDARD + 100;
    went_on(checked(&writing, BODY_STANDARD + 100, "262244", "application/json"), "own, more");
    refused(checked(&writing, BODY_STANDARD + 101, NULL, "application/json"), BODY_TOO_LARGE,
            "own");
    writing.body_limit = 10;
    went_on(checked(&writing, 10, "10", "application/json"), "less");
    refused(checked(&writing, 11, "11", "application/json"), BODY_TOO_LARGE, "11");
}
END_TEST

START_TEST(no_operation_exceeds_the_limit_of_the_service)
{
    writing.body_limit = OWN_LIMIT;
    went_on(checked(&writing, SERVICE_LIMIT, "1000", "application/json"), "the service's");
    refused(checked(&writing, SERVICE_LIMIT + 1, "1001", "application/json"), BODY_TOO_LARGE,
            "half of it may be cut off by then");
}
END_TEST

START_TEST(a_table_is_known_by_its_media_type)
{
    went_on(checked(&importing, 2, NULL, "text/csv"), "plain");
    went_on(checked(&importing, 2, NULL, "Text/CSV; charset=UTF-8"), "charset");
    static const char *const types[] = {"application/json", "text/csv; header=present", "text/csvx",
                                        "text/plain", "text/csv; charset=windows-1258"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        refused(checked(&importing, 2, NULL, types[i]), UNSUPPORTED_MEDIA_TYPE, types[i]);
        ck_assert_str_eq(request->problem.flaws[0].argument, "text/csv");
    }
    refused(checked(&writing, 2, NULL, "text/csv"), UNSUPPORTED_MEDIA_TYPE, "no table wanted");
}
END_TEST

START_TEST(json_is_known_by_its_media_type)
{
    static const char *const types[] = {
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        "application/json; charset=UTF-8",
        "application/json ; charset=\"utf-8\"",
        "application/json;\tCharset=Utf-8",
        "application/json ",
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        went_on(checked(&writing, 2, NULL, types[i]), types[i]);
    }
}
END_TEST

START_TEST(any_other_media_type_is_refused)
{
    static const char *const types[] = {
        "",
        "text/json",
        "text/plain",
        "application/jsonx",
        "application/json-patch+json",
        "application/problem+json",
        "application/json, text/plain",
        "application/json charset=utf-8",
        "application/json,charset=utf-8",
        "application/jsonxcharset=utf-8",
        "application/json;",
        "application/json; charset",
        "application/json; charset=",
        "application/json; charset=utf-16",
        "application/json; charset=utf-8; x=y",
        "application/json; x=y",
        " application/json",
        "application /json",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        refused(checked(&writing, 2, NULL, types[i]), UNSUPPORTED_MEDIA_TYPE, types[i]);
        ck_assert_str_eq(request->problem.flaws[0].name, "Content-Type");
        ck_assert_str_eq(request->problem.flaws[0].argument, "application/json");
    }
}
END_TEST

START_TEST(a_missing_media_type_is_refused)
{
    refused(checked(&writing, 2, NULL, NULL), UNSUPPORTED_MEDIA_TYPE, "missing");
}
END_TEST

START_TEST(the_media_type_of_no_body_does_not_matter)
{
    went_on(checked(&writing, 0, "0", "text/plain"), "empty body");
    went_on(checked(&reading, 2, "2", "text/plain"), "no body expected");
}
END_TEST

START_TEST(a_body_both_too_large_and_of_another_type_is_too_large)
{
    refused(checked(&writing, SERVICE_LIMIT + 1, NULL, "text/plain"), BODY_TOO_LARGE, "both");
}
END_TEST

Suite *limit_suite(void)
{
    TCase *tests = tcase_create("limit");
    tcase_add_checked_fixture(tests, open_limits, request_close);
    tcase_add_test(tests, a_body_up_to_the_limit_passes);
    tcase_add_test(tests, a_body_over_the_limit_is_refused);
    tcase_add_test(tests, a_declared_length_over_the_limit_is_refused);
    tcase_add_test(tests, an_operation_may_have_a_limit_of_its_own);
    tcase_add_test(tests, no_operation_exceeds_the_limit_of_the_service);
    tcase_add_test(tests, a_table_is_known_by_its_media_type);
    tcase_add_test(tests, json_is_known_by_its_media_type);
    tcase_add_test(tests, any_other_media_type_is_refused);
    tcase_add_test(tests, a_missing_media_type_is_refused);
    tcase_add_test(tests, the_media_type_of_no_body_does_not_matter);
    tcase_add_test(tests, a_body_both_too_large_and_of_another_type_is_too_large);
    Suite *suite = suite_create("limit");
    suite_add_tcase(suite, tests);
    return suite;
}
