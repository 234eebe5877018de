/* Trace Context: what is continued, what is replaced, and what an answer says. */
#include "middleware/trace.h"

#include <string.h>

#include "tests/support/request_case.h"

#define TRACE_ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00f067aa0ba902b7"
#define ZEROS "00000000000000000000000000000000"

/* Begins the trace of a request with these headers, some of which may be NULL. */
static const struct trace *begun(const char *parent, const char *id)
{
    request_again();
    if (parent) {
        add_header("traceparent", parent);
    }
    if (id) {
        add_header("X-Request-Id", id);
    }
    trace_begin(request);
    return &request->trace;
}

static bool is_hex(const char *text, size_t size)
{
    return strlen(text) == size && strspn(text, "0123456789abcdef") == size &&
           strspn(text, "0") < size;
}

START_TEST(a_trace_that_is_told_goes_on_with_a_span_of_ours)
{
    static const struct {
        const char *parent;
        int flags;
    } rows[] = {
        {"00-" TRACE_ID "-" PARENT "-01", 1},
        {"00-" TRACE_ID "-" PARENT "-00", 0},
        {"00-" TRACE_ID "-" PARENT "-02", 0},
        {"00-" TRACE_ID "-" PARENT "-ff", 1},
        {"01-" TRACE_ID "-" PARENT "-01", 1},
        {"cc-" TRACE_ID "-" PARENT "-01-what-the-future-will-be-like", 1},
        {"fe-" TRACE_ID "-" PARENT "-01-", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct trace *trace = begun(rows[i].parent, NULL);
        ck_assert_str_eq(trace->trace_id, TRACE_ID);
        ck_assert_msg(is_hex(trace->span_id, 16), "%s", trace->span_id);
        ck_assert_str_ne(trace->span_id, PARENT);
        ck_assert_msg(trace->flags == rows[i].flags, "%s", rows[i].parent);
    }
}
END_TEST

START_TEST(one_that_breaks_the_rules_is_replaced)
{
    static const char *const rows[] = {
        "",
        "00",
        "00-" TRACE_ID "-" PARENT,
        "00-" TRACE_ID "-" PARENT "-",
        "00-" TRACE_ID "-" PARENT "-1",
        "00-" TRACE_ID "-" PARENT "-01-",
        "00-" TRACE_ID "-" PARENT "-01-more",
        "00-" TRACE_ID "-" PARENT "-011",
        "00-" TRACE_ID "-" PARENT "-0x",
        "00-" TRACE_ID "-" PARENT "-0A",
        "00-" TRACE_ID "-" PARENT "_01",
        "00_" TRACE_ID "-" PARENT "-01",
        "00-" TRACE_ID "_" PARENT "-01",
        "00-" ZEROS "-" PARENT "-01",
        "00-" TRACE_ID "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT "-01",
        "00-" TRACE_ID "-00F067AA0BA902B7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-" PARENT "-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736a-" PARENT "-01",
        "ff-" TRACE_ID "-" PARENT "-01",
        "FF-" TRACE_ID "-" PARENT "-01",
        "0x-" TRACE_ID "-" PARENT "-01",
        "0-" TRACE_ID "-" PARENT "-01",
        "01-" TRACE_ID "-" PARENT "-01.future",
        " 00-" TRACE_ID "-" PARENT "-01",
        "00-" TRACE_ID "-" PARENT "-01 ",
        "00-" TRACE_ID "-" PARENT "-01,00-" TRACE_ID "-" PARENT "-01",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct trace *trace = begun(rows[i], NULL);
        ck_assert_msg(strcmp(trace->trace_id, TRACE_ID) != 0, "%s", rows[i]);
        ck_assert_msg(is_hex(trace->trace_id, 32) && is_hex(trace->span_id, 16), "%s", rows[i]);
        ck_assert_int_eq(trace->flags, 0);
    }
}
END_TEST

START_TEST(two_are_as_good_as_none)
{
    request_again();
    add_header("traceparent", "00-" TRACE_ID "-" PARENT "-01");
    add_header("TraceParent", "00-" TRACE_ID "-" PARENT "-01");
    trace_begin(request);
    ck_assert_str_ne(request->trace.trace_id, TRACE_ID);
}
END_TEST

START_TEST(without_one_the_request_is_the_trace)
{
    const struct trace *trace = begun(NULL, NULL);
    char plain[37] = "";
    char *end = plain;
    for (const char *at = request->id; *at; at++) {
        *end = *at;
        end += *at != '-';
    }
    *end = '\0';
    ck_assert_str_eq(trace->trace_id, plain);
    ck_assert(is_hex(trace->span_id, 16));
    char first[33];
    strcpy(first, trace->span_id);
    ck_assert_str_ne(begun(NULL, NULL)->span_id, first);
}
END_TEST

START_TEST(a_plain_id_of_the_client_stays)
{
    static const struct {
        const char *id;
        bool stays;
    } rows[] = {
        {"phone-42.7", true},
        {"01a201a1-0000-7000-8000-00000000aaaa", true},
        {"abcdefgh", true},
        {"abcdefg", false},
        {"a123456789012345678901234567890123456789012345678901234567890123", true},
        {"a1234567890123456789012345678901234567890123456789012345678901234", false},
        {"079123456789", false},
        {"0912345678", false},
        {"0912-345.678", false},
        {"a\"bcdefgh", false},
        {"Hoa Mang Hoa", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begun("00-" TRACE_ID "-" PARENT "-01", rows[i].id);
        bool stayed = strcmp(request->id, rows[i].id) == 0;
        ck_assert_msg(stayed == rows[i].stays, "%s", rows[i].id);
        ck_assert(stayed || strlen(request->id) == 36);
    }
}
END_TEST

START_TEST(an_answer_says_how_long_it_took_and_in_what)
{
    static const struct {
        uint64_t took, wait, database;
        const char *timing;
    } rows[] = {
        {1500999, 20000, 1000000, "app;dur=0.480, wait;dur=0.020, db;dur=1.000"},
        {999, 0, 0, "app;dur=0.000, wait;dur=0.000, db;dur=0.000"},
        {12345678901, 0, 12345000000, "app;dur=0.678, wait;dur=0.000, db;dur=12345.000"},
        {1000, 2000, 3000, "app;dur=0.000, wait;dur=0.002, db;dur=0.003"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begun("00-" TRACE_ID "-" PARENT "-01", "phone-42.7");
        request->took_ns = rows[i].took;
        request->wait_ns = rows[i].wait;
        request->database_ns = rows[i].database;
        trace_tell(request);
        ck_assert_str_eq(reply_header_value("Server-Timing"), rows[i].timing);
    }
    ck_assert_str_eq(reply_header_value("X-Request-Id"), "phone-42.7");
    const char *response = reply_header_value("traceresponse");
    ck_assert_uint_eq(strlen(response), 55);
    ck_assert(strncmp(response, "00-" TRACE_ID "-", 36) == 0);
    ck_assert(strncmp(response + 36, request->trace.span_id, 16) == 0);
    ck_assert_str_eq(response + 52, "-01");
}
END_TEST

Suite *trace_suite(void)
{
    TCase *tests = tcase_create("trace");
    tcase_add_checked_fixture(tests, request_open, request_close);
    tcase_add_test(tests, a_trace_that_is_told_goes_on_with_a_span_of_ours);
    tcase_add_test(tests, one_that_breaks_the_rules_is_replaced);
    tcase_add_test(tests, two_are_as_good_as_none);
    tcase_add_test(tests, without_one_the_request_is_the_trace);
    tcase_add_test(tests, a_plain_id_of_the_client_stays);
    tcase_add_test(tests, an_answer_says_how_long_it_took_and_in_what);
    Suite *suite = suite_create("trace");
    suite_add_tcase(suite, tests);
    return suite;
}
