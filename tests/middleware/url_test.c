/* Request targets: one spelling for each resource. */
#include "middleware/url.h"

#include <string.h>

#include "tests/support/request_case.h"

static void parse_well(const char *target, const char *path, const char *query)
{
    request_again();
    request->target = target;
    went_on(url_parse(request), target);
    ck_assert_str_eq(request->path, path);
    const char *text = "";
    for (int i = 0; i < request->query_count; i++) {
        text = arena_printf(request->arena, "%s[%s=%s]", text, request->query[i].name,
                            request->query[i].value);
    }
    ck_assert_str_eq(text, query);
}

static void parse_badly(const char *const *targets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        request_again();
        request->target = targets[i];
        refused(url_parse(request), MALFORMED_REQUEST, targets[i]);
    }
}

#define REFUSE(...)                                                                                \
    static const char *const targets[] = {__VA_ARGS__};                                            \
    parse_badly(targets, sizeof targets / sizeof *targets)

START_TEST(a_plain_path_is_kept)
{
    parse_well("/", "/", "");
    parse_well("/v1/units", "/v1/units", "");
    parse_well("/v1/units/79-26734", "/v1/units/79-26734", "");
    parse_well("/v1/units/...", "/v1/units/...", "");
    parse_well("/v1/units/.hidden", "/v1/units/.hidden", "");
    parse_well("/v1/a~b!$'()*,;:@", "/v1/a~b!$'()*,;:@", "");
}
END_TEST

START_TEST(the_host_of_a_whole_address_is_left_aside)
{
    parse_well("http://example.org/v1", "/v1", "");
    parse_well("HTTPS://example.org:443/v1?q=a", "/v1", "[q=a]");
}
END_TEST

START_TEST(a_path_is_decoded)
{
    parse_well("/v1/%75nits", "/v1/units", "");
    parse_well("/v1/H%C3%A0%20N%E1%BB%99i", "/v1/Hà Nội", "");
    parse_well("/v1/h%c3%a0", "/v1/hà", "");
    parse_well("/v1/Hà", "/v1/Hà", "");
}
END_TEST

START_TEST(a_path_is_decoded_only_once)
{
    parse_well("/v1/100%25", "/v1/100%", "");
    parse_well("/v1/a%252Fb", "/v1/a%2Fb", "");
    parse_well("/v1/%252e%252e", "/v1/%2e%2e", "");
}
END_TEST

START_TEST(plus_is_a_space_in_the_query_only)
{
    parse_well("/v1/a+b?q=a+b", "/v1/a+b", "[q=a b]");
    parse_well("/v1?a+b=%2B", "/v1", "[a b=+]");
}
END_TEST

START_TEST(the_query_becomes_pairs_in_their_order)
{
    parse_well("/v1?limit=10&q=x", "/v1", "[limit=10][q=x]");
    parse_well("/v1?q=1&q=2", "/v1", "[q=1][q=2]");
    parse_well("/v1?q", "/v1", "[q=]");
    parse_well("/v1?q=", "/v1", "[q=]");
    parse_well("/v1?q=a=b", "/v1", "[q=a=b]");
    parse_well("/v1?", "/v1", "");
}
END_TEST

START_TEST(the_query_is_decoded)
{
    parse_well("/v1?q=Nguy%E1%BB%85n+%C4%90%C3%A0o", "/v1", "[q=Nguyễn Đào]");
    parse_well("/v1?%71=x", "/v1", "[q=x]");
    parse_well("/v1?a=1%262", "/v1", "[a=1&2]");
    parse_well("/v1?a%3D=1", "/v1", "[a==1]");
    parse_well("/v1?q=a/b?c%2F..%5C", "/v1", "[q=a/b?c/..\\]");
}
END_TEST

START_TEST(an_encoded_slash_is_refused)
{
    REFUSE("/v1/a%2Fb", "/v1/a%2fb", "/%2F", "/v1%2Funits", "/v1/%2F", "/v1/%2e%2e%2Fb");
}
END_TEST

START_TEST(a_backslash_is_refused)
{
    REFUSE("/v1/a%5Cb", "/v1/a%5cb", "/v1/a\\b", "/v1\\units", "/v1/..%5C..");
}
END_TEST

START_TEST(an_encoded_nul_is_refused)
{
    REFUSE("/v1/abc%00def", "/v1/%00", "/%00", "/v1?q=%00", "/v1?q=a%00b", "/v1?%00=a",
           "/v1?q%00=a");
}
END_TEST

START_TEST(an_empty_segment_is_refused)
{
    REFUSE("//", "///", "//v1", "/v1//units", "/v1/units//", "//v1/units", "//example.org/v1");
}
END_TEST

START_TEST(a_trailing_slash_is_refused)
{
    REFUSE("/v1/", "/v1/units/", "/v1/units/?q=a");
}
END_TEST

START_TEST(a_dot_segment_is_refused)
{
    REFUSE("/.", "/..", "/./v1", "/../v1", "/v1/./units", "/v1/../units", "/v1/units/.",
           "/v1/units/..", "/v1/..?q=a");
}
END_TEST

START_TEST(an_encoded_dot_segment_is_refused)
{
    REFUSE("/%2e", "/v1/%2e/units", "/v1/%2E%2E/units", "/v1/.%2e/units", "/v1/%2e./units",
           "/v1/units/%2e%2e");
}
END_TEST

START_TEST(a_broken_percent_code_is_refused)
{
    REFUSE("/v1/%", "/v1/%4", "/v1/a%", "/v1/%/a", "/v1/%4/a", "/v1/%zz", "/v1/%4g", "/v1/%g4",
           "/v1/%-1", "/v1/%+1", "/v1/% 41", "/v1/%u0041", "/v1/%%41", "/v1?q=%", "/v1?q=%4",
           "/v1?q=%&a=1", "/v1?q=%4&1=1", "/v1?%=1", "/v1?%4=1", "/v1?q=%zz");
}
END_TEST

START_TEST(invalid_utf8_is_refused)
{
    REFUSE("/v1/%80", "/v1/%C3", "/v1/%C3/%A0", "/v1/%C0%AF", "/v1/%C0%AE%C0%AE", "/v1/%E0%80%AF",
           "/v1/%ED%A0%80", "/v1/%F4%90%80%80", "/v1/%FF", "/v1/\xff", "/v1?q=%FF", "/v1?q=\xc3",
           "/v1?%E1%BB=1", "/v1?q=%E1%BB&a=%85");
}
END_TEST

START_TEST(control_characters_are_refused)
{
    REFUSE("/v1/%0A", "/v1/%0D%0AHost:x", "/v1/%09", "/v1/%1F", "/v1/%7F", "/v1/\n", "/v1/\x7f",
           "/v1?q=%0A", "/v1?q=%09", "/v1?q=\t", "/v1?q=%7f", "/v1?%0D=1");
}
END_TEST

START_TEST(a_fragment_is_refused)
{
    REFUSE("/v1#top", "/#", "/v1?q=a#b", "#");
}
END_TEST

START_TEST(any_other_form_of_target_is_refused)
{
    REFUSE("", "v1/units", "?q=a", "*", "example.org:443", ".", "..", "%2Fv1", "http://",
           "http:///v1", "http://example.org", "http://example.org?q=a", "ftp://example.org/v1");
}
END_TEST

START_TEST(a_raw_blank_is_refused)
{
    REFUSE("/v1 units", "/v1/units?q=a b", " /v1", "/v1 ");
}
END_TEST

START_TEST(a_target_may_have_8_kib)
{
    char target[8195];
    memset(target, 'a', sizeof target);
    target[0] = '/';
    target[8192] = '\0';
    parse_well(target, target, "");
    target[8192] = 'a';
    target[8193] = '\0';
    request_again();
    request->target = target;
    refused(url_parse(request), TARGET_TOO_LONG, "8193 bytes");
}
END_TEST

START_TEST(a_pair_without_a_name_is_refused)
{
    REFUSE("/v1?=1", "/v1?=", "/v1?&", "/v1?&q=1", "/v1?q=1&&a=2", "/v1?q=1&=2");
}
END_TEST

START_TEST(more_pairs_than_there_is_room_for_are_refused)
{
    const char *target = "/v1?a0=";
    for (int i = 1; i < MAX_QUERY; i++) {
        target = arena_printf(request->arena, "%s&a%d=", target, i);
    }
    request->target = target;
    went_on(url_parse(request), target);
    ck_assert_int_eq(request->query_count, MAX_QUERY);
    const char *const too_many[] = {arena_printf(request->arena, "%s&a16=", target)};
    parse_badly(too_many, 1);
}
END_TEST

static TCase *accepted_case(void)
{
    TCase *tests = tcase_create("accepted");
    tcase_add_checked_fixture(tests, request_open, request_close);
    tcase_add_test(tests, a_plain_path_is_kept);
    tcase_add_test(tests, the_host_of_a_whole_address_is_left_aside);
    tcase_add_test(tests, a_path_is_decoded);
    tcase_add_test(tests, a_path_is_decoded_only_once);
    tcase_add_test(tests, plus_is_a_space_in_the_query_only);
    tcase_add_test(tests, the_query_becomes_pairs_in_their_order);
    tcase_add_test(tests, the_query_is_decoded);
    return tests;
}

static TCase *refused_case(void)
{
    TCase *tests = tcase_create("refused");
    tcase_add_checked_fixture(tests, request_open, request_close);
    tcase_add_test(tests, an_encoded_slash_is_refused);
    tcase_add_test(tests, a_backslash_is_refused);
    tcase_add_test(tests, an_encoded_nul_is_refused);
    tcase_add_test(tests, an_empty_segment_is_refused);
    tcase_add_test(tests, a_trailing_slash_is_refused);
    tcase_add_test(tests, a_dot_segment_is_refused);
    tcase_add_test(tests, an_encoded_dot_segment_is_refused);
    tcase_add_test(tests, a_broken_percent_code_is_refused);
    tcase_add_test(tests, invalid_utf8_is_refused);
    tcase_add_test(tests, control_characters_are_refused);
    tcase_add_test(tests, a_fragment_is_refused);
    tcase_add_test(tests, any_other_form_of_target_is_refused);
    tcase_add_test(tests, a_raw_blank_is_refused);
    tcase_add_test(tests, a_target_may_have_8_kib);
    tcase_add_test(tests, a_pair_without_a_name_is_refused);
    tcase_add_test(tests, more_pairs_than_there_is_room_for_are_refused);
    return tests;
}

Suite *url_suite(void)
{
    Suite *suite = suite_create("url");
    suite_add_tcase(suite, accepted_case());
    suite_add_tcase(suite, refused_case());
    return suite;
}
