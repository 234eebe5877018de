/* Messages that a proxy in front could read differently. */
#include "middleware/frame.h"

#include "tests/support/request_case.h"

struct message {
    const char *what;
    struct pair headers[3];
};

static bool checked(const struct message *message)
{
    request_again();
    for (int i = 0; i < 3 && message->headers[i].name; i++) {
        add_header(message->headers[i].name, message->headers[i].value);
    }
    return frame_check(request);
}

static void refuse_each(const struct message *messages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        refused(checked(&messages[i]), MALFORMED_REQUEST, messages[i].what);
    }
}

START_TEST(ordinary_messages_pass)
{
    static const struct message messages[] = {
        {"no header", {{NULL, NULL}}},
        {"host", {{"Host", "ansinh.vn"}}},
        {"length", {{"Host", "a"}, {"Content-Length", "12"}}},
        {"length of nothing", {{"Content-Length", "0"}}},
        {"chunked", {{"Host", "a"}, {"Transfer-Encoding", "chunked"}}},
        {"chunked in capitals", {{"Transfer-Encoding", "CHUNKED"}}},
        {"name of every kind of character", {{"X-!#$%&'*+-.^_`|~09azAZ", "1"}}},
        {"empty value", {{"X-Empty", ""}}},
        {"tab in a value", {{"X-Tab", "a\tb"}}},
        {"accents in a value", {{"X-Name", "Nguyễn"}}},
        {"list header twice", {{"Accept", "a/b"}, {"Accept", "c/d"}}},
    };
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        went_on(checked(&messages[i]), messages[i].what);
    }
}
END_TEST

START_TEST(a_second_copy_of_a_single_header_is_refused_by_name)
{
    static const char *const names[] = {
        "Host",   "Content-Length",  "Transfer-Encoding", "Content-Type", "Authorization",
        "Expect", "Idempotency-Key", "Accept-Language",   "If-Match",     "X-Request-Id",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct message twice = {names[i], {{names[i], "1"}, {names[i], "1"}}};
        refused(checked(&twice), MALFORMED_REQUEST, names[i]);
        ck_assert_int_eq(request->problem.flaw_count, 1);
        ck_assert_str_eq(request->problem.flaws[0].where, "header");
        ck_assert_str_eq(request->problem.flaws[0].name, names[i]);
        ck_assert_int_eq(request->problem.flaws[0].kind, FLAW_REPEATED);
    }
}
END_TEST

START_TEST(copies_differ_in_case_and_value)
{
    static const struct message messages[] = {
        {"two hosts", {{"Host", "a"}, {"host", "b"}}},
        {"two lengths", {{"Content-Length", "5"}, {"CONTENT-LENGTH", "6"}}},
        {"two credentials", {{"authorization", "Bearer a"}, {"Authorization", "Bearer b"}}},
        {"two keys with another between",
         {{"Idempotency-Key", "a"}, {"Accept", "*/*"}, {"idempotency-key", "b"}}},
    };
    refuse_each(messages, sizeof messages / sizeof *messages);
}
END_TEST

START_TEST(a_length_together_with_a_coding_is_refused)
{
    static const struct message messages[] = {
        {"length first", {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}},
        {"coding first", {{"transfer-encoding", "chunked"}, {"content-length", "5"}}},
        {"length of nothing", {{"Content-Length", "0"}, {"Transfer-Encoding", "chunked"}}},
    };
    refuse_each(messages, sizeof messages / sizeof *messages);
}
END_TEST

START_TEST(an_unknown_transfer_coding_is_refused)
{
    static const char *const codings[] = {"",         "gzip",     "identity", "gzip, chunked",
                                          "chunked,", "chunked ", " chunked", "chunked, chunked",
                                          "xchunked", "chunked;", "\tchunked"};
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        struct message message = {codings[i], {{"Transfer-Encoding", codings[i]}}};
        refused(checked(&message), MALFORMED_REQUEST, codings[i]);
    }
}
END_TEST

START_TEST(a_length_that_is_not_digits_only_is_refused)
{
    static const char *const lengths[] = {"",    "+5",  "-5",  "5 ", " 5", "5,5", "5, 5",
                                          "0x5", "5.0", "5e1", "a",  "٥",  "\t5"};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct message message = {lengths[i], {{"Content-Length", lengths[i]}}};
        refused(checked(&message), MALFORMED_REQUEST, lengths[i]);
    }
}
END_TEST

START_TEST(a_name_that_is_no_token_is_refused)
{
    static const char *const names[] = {"",       "Content-Length ",
                                        " Host",  "Content Length",
                                        "Host\t", "X(y)",
                                        "X:y",    "X\"y",
                                        "X/y",    "X\x7f",
                                        "X\x01y", "Tên"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct message message = {names[i], {{"Host", "a"}, {names[i], "7"}}};
        refused(checked(&message), MALFORMED_REQUEST, names[i]);
    }
}
END_TEST

START_TEST(a_value_with_control_characters_is_refused)
{
    static const char *const values[] = {"a\nb",  "a\r\nX-Evil: 1", "\r",
                                         "a\x01", "\x1b[31m",       "a\x7f"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct message message = {"control character", {{"Host", "a"}, {"X-Any", values[i]}}};
        refused(checked(&message), MALFORMED_REQUEST, message.what);
    }
}
END_TEST

Suite *frame_suite(void)
{
    TCase *tests = tcase_create("frame");
    tcase_add_checked_fixture(tests, request_open, request_close);
    tcase_add_test(tests, ordinary_messages_pass);
    tcase_add_test(tests, a_second_copy_of_a_single_header_is_refused_by_name);
    tcase_add_test(tests, copies_differ_in_case_and_value);
    tcase_add_test(tests, a_length_together_with_a_coding_is_refused);
    tcase_add_test(tests, an_unknown_transfer_coding_is_refused);
    tcase_add_test(tests, a_length_that_is_not_digits_only_is_refused);
    tcase_add_test(tests, a_name_that_is_no_token_is_refused);
    tcase_add_test(tests, a_value_with_control_characters_is_refused);
    Suite *suite = suite_create("frame");
    suite_add_tcase(suite, tests);
    return suite;
}
