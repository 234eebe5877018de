/* Pages of a list, and cursors that somebody carried elsewhere. */
#include "middleware/page.h"

#include <sodium.h>
#include <string.h>

#include "middleware/route.h"
#include "middleware/token.h"
#include "tests/support/request_case.h"

static const char instant[] = "2026-11-22 05:01:12.123456+00";
static const char id[] = "01a201a1-0000-7000-8000-000000000001";
static const struct page_key start = {"infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff"};
static const struct route plans = {.operation_id = "plan_list"};
static const struct route enrolments = {.operation_id = "enrolment_list"};

/* The next request of the same caller for the same list. */
static void same_list(void)
{
    request_again();
    request->route = &plans;
    request->path = "/v1/plans";
    request->caller = (struct caller){.user_id = "01a201a1-0000-7000-8000-00000000aaaa",
                                      .generation = "1",
                                      .slice = SLICE_PROVINCE,
                                      .duty = DUTY_MANAGER};
}

#define ONE "3031323334353637383961626364656630313233343536373839616263646566"
#define OTHER "3031323334353637383961626364656630313233343536373839616263646546"

static struct token_keys signing;

static void open_pages(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    request_open();
    ck_assert(token_keys_parse(&signing, "k1:" ONE));
    service.keys = &signing;
    same_list();
}

/* A cursor after this row, for the list that the request asks for. */
static const char *cursor(void)
{
    return page_cursor(request, instant, id);
}

static void leads_on(const char *text)
{
    struct page_key key = {NULL, NULL};
    add_query("cursor", text);
    went_on(page_key(request, start, &key), text);
    ck_assert_str_eq(key.first, instant);
    ck_assert_str_eq(key.second, id);
}

static void leads_nowhere(const char *text, const char *what)
{
    struct page_key key;
    add_query("cursor", text);
    refused(page_key(request, start, &key), INVALID_CURSOR, what);
    ck_assert_int_eq(request->problem.flaw_count, 1);
    ck_assert_str_eq(request->problem.flaws[0].where, "parameter");
    ck_assert_str_eq(request->problem.flaws[0].name, "cursor");
    ck_assert_int_eq(request->problem.flaws[0].kind, FLAW_CURSOR);
}

START_TEST(a_page_has_fifty_rows_and_at_most_two_hundred)
{
    static const struct {
        const char *limit;
        int rows;
        const char *asked;
    } rows[] = {{NULL, 50, "51"},
                {"1", 1, "2"},
                {"50", 50, "51"},
                {"200", 200, "201"},
                {"201", 200, "201"},
                {"9223372036854775807", 200, "201"},
                {"99999999999999999999", 200, "201"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        same_list();
        if (rows[i].limit) {
            add_query("limit", rows[i].limit);
        }
        ck_assert_int_eq(page_limit(request), rows[i].rows);
        ck_assert_str_eq(page_rows(request), rows[i].asked);
    }
}
END_TEST

START_TEST(the_first_page_begins_at_the_start)
{
    struct page_key key;
    ck_assert(page_key(request, start, &key));
    ck_assert_str_eq(key.first, start.first);
    ck_assert_str_eq(key.second, start.second);
    ck_assert(page_key_newest(request, &key));
    ck_assert_str_eq(key.first, "infinity");
    ck_assert_str_eq(key.second, "ffffffff-ffff-ffff-ffff-ffffffffffff");
}
END_TEST

START_TEST(a_cursor_leads_to_the_row_it_was_made_of)
{
    const char *text = cursor();
    same_list();
    leads_on(text);
}
END_TEST

START_TEST(a_cursor_carries_any_text)
{
    static const struct page_key keys[] = {
        {"", "0"}, {"", ""}, {"79", ""}, {"huyện Đông Anh", "9"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *text = page_cursor(request, keys[i].first, keys[i].second);
        struct page_key key;
        same_list();
        add_query("cursor", text);
        went_on(page_key(request, start, &key), keys[i].first);
        ck_assert_str_eq(key.first, keys[i].first);
        ck_assert_str_eq(key.second, keys[i].second);
        same_list();
    }
}
END_TEST

START_TEST(a_cursor_needs_no_encoding_in_a_url)
{
    const char *text = cursor();
    ck_assert_uint_eq(strspn(text,
                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
                      strlen(text));
    ck_assert_uint_lt(strlen(text), 512);
}
END_TEST

START_TEST(the_limit_may_change_between_pages)
{
    add_query("limit", "10");
    const char *text = cursor();
    same_list();
    add_query("limit", "20");
    leads_on(text);
    same_list();
    leads_on(text);
}
END_TEST

START_TEST(a_cursor_of_any_page_makes_the_next)
{
    const char *text = cursor();
    same_list();
    leads_on(text);
    text = page_cursor(request, instant, id);
    same_list();
    leads_on(text);
}
END_TEST

START_TEST(a_changed_character_is_noticed)
{
    const char *text = cursor();
    for (size_t i = 0; i < strlen(text); i++) {
        for (int bit = 0; bit < 8; bit++) {
            char *changed = arena_strdup(request->arena, text);
            changed[i] = (char)(changed[i] ^ (1 << bit));
            same_list();
            leads_nowhere(changed, "changed");
        }
    }
}
END_TEST

START_TEST(a_cut_or_extended_cursor_is_noticed)
{
    const char *text = cursor();
    for (size_t size = 0; size < strlen(text); size++) {
        same_list();
        leads_nowhere(arena_strndup(request->arena, text, size), "cut");
    }
    static const char *const tails[] = {"A", "AA", "AAA", "AAAA", "=", "==", " ", "\n", ".", "%3D"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        same_list();
        leads_nowhere(arena_printf(request->arena, "%s%s", text, tails[i]), "extended");
        same_list();
        leads_nowhere(arena_printf(request->arena, "%s%s", tails[i], text), "preceded");
    }
}
END_TEST

START_TEST(a_cursor_made_of_nothing_is_refused)
{
    static const char *const texts[] = {"",
                                        "A",
                                        "AA",
                                        "AAAA",
                                        "AAAAAAAAAAAAAAAAAAAAAA",
                                        "AAAAAAAAAAAAAAAAAAAAAAAA",
                                        "eyJhIjoxfQ",
                                        "1",
                                        "null",
                                        "AAAA/+AA",
                                        "Nguyễn",
                                        "../../etc"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        same_list();
        leads_nowhere(texts[i], texts[i]);
    }
}
END_TEST

START_TEST(a_cursor_of_any_length_is_refused)
{
    static const size_t sizes[] = {511, 512, 680, 682, 683, 684, 1000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        same_list();
        char *text = arena_alloc(request->arena, sizes[i] + 1);
        memset(text, 'A', sizes[i]);
        leads_nowhere(text, "long");
    }
}
END_TEST

START_TEST(a_cursor_belongs_to_its_user)
{
    const char *text = cursor();
    same_list();
    request->caller.user_id = "01a201a1-0000-7000-8000-00000000bbbb";
    leads_nowhere(text, "another user");
}
END_TEST

START_TEST(a_cursor_belongs_to_its_slice)
{
    const char *text = cursor();
    same_list();
    request->caller.slice = SLICE_DISTRICT;
    leads_nowhere(text, "another slice");
}
END_TEST

START_TEST(a_cursor_ends_with_what_its_user_may)
{
    const char *text = cursor();
    same_list();
    request->caller.generation = "2";
    leads_nowhere(text, "another duty or place");
}
END_TEST

START_TEST(a_cursor_belongs_to_its_list)
{
    const char *text = cursor();
    same_list();
    request->path = "/v1/plans/01a201a1-0000-7000-8000-000000000001";
    leads_nowhere(text, "another path");
    same_list();
    request->route = &enrolments;
    leads_nowhere(text, "another list");
}
END_TEST

START_TEST(a_cursor_belongs_to_its_service)
{
    const char *text = cursor();
    same_list();
    ck_assert(token_keys_parse(&signing, "k1:" OTHER));
    leads_nowhere(text, "another key");
}
END_TEST

START_TEST(a_cursor_outlives_the_key_before)
{
    const char *text = cursor();
    same_list();
    ck_assert(token_keys_parse(&signing, "k2:" OTHER ",k1:" ONE));
    leads_on(text);
    text = cursor();
    same_list();
    ck_assert(token_keys_parse(&signing, "k2:" OTHER));
    leads_on(text);
}
END_TEST

START_TEST(a_cursor_belongs_to_its_filters)
{
    static const struct {
        const char *what;
        struct pair filters[2];
    } rows[] = {
        {"none", {{NULL, NULL}}},
        {"another value", {{"status", "closed"}, {"unit", "7"}}},
        {"another name", {{"state", "open"}, {"unit", "7"}}},
        {"one less", {{"status", "open"}}},
        {"values changed places", {{"status", "7"}, {"unit", "open"}}},
        {"empty value", {{"status", "open"}, {"unit", ""}}},
        {"border moved", {{"statuso", "pen"}, {"unit", "7"}}},
    };
    add_query("status", "open");
    add_query("unit", "7");
    const char *text = cursor();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        same_list();
        for (int f = 0; f < 2 && rows[i].filters[f].name; f++) {
            add_query(rows[i].filters[f].name, rows[i].filters[f].value);
        }
        leads_nowhere(text, rows[i].what);
    }
    same_list();
    add_query("status", "open");
    add_query("unit", "7");
    leads_on(text);
}
END_TEST

START_TEST(a_cursor_without_filters_takes_none)
{
    const char *text = cursor();
    same_list();
    add_query("status", "open");
    leads_nowhere(text, "one more");
}
END_TEST

/* The same bytes in the same order, with the border between filters and key elsewhere. */
START_TEST(a_filter_cannot_move_into_the_cursor)
{
    enum { MAC = 16, VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
    static const char moved[] = "status\0open";
    unsigned char plain[256];
    char text[512];
    size_t size = 0;
    add_query("status", "open");
    const char *original = cursor();
    ck_assert_int_eq(sodium_base642bin(plain, sizeof plain, original, strlen(original), NULL, &size,
                                       NULL, VARIANT),
                     0);
    memmove(plain + MAC + sizeof moved, plain + MAC, size - MAC);
    memcpy(plain + MAC, moved, sizeof moved);
    sodium_bin2base64(text, sizeof text, plain, size + sizeof moved, VARIANT);
    same_list();
    leads_nowhere(text, "the filter as key");
}
END_TEST

START_TEST(a_link_leads_to_the_next_page_of_the_same_list)
{
    add_query("q", "Đồng & Kho?");
    add_query("cursor", "before");
    add_query("limit", "2");
    page_link(request, "AB-_");
    ck_assert_str_eq(reply_header_value("Link"),
                     "</v1/plans?q=%C4%90%E1%BB%93ng%20%26%20Kho%3F&limit=2&cursor=AB-_>; "
                     "rel=\"next\"");
    same_list();
    page_link(request, "AB");
    ck_assert_str_eq(reply_header_value("Link"), "</v1/plans?cursor=AB>; rel=\"next\"");
}
END_TEST

static TCase *cursor_case(void)
{
    TCase *tests = tcase_create("cursor");
    tcase_add_checked_fixture(tests, open_pages, request_close);
    tcase_add_test(tests, a_cursor_belongs_to_its_user);
    tcase_add_test(tests, a_cursor_belongs_to_its_slice);
    tcase_add_test(tests, a_cursor_ends_with_what_its_user_may);
    tcase_add_test(tests, a_cursor_belongs_to_its_list);
    tcase_add_test(tests, a_cursor_belongs_to_its_service);
    tcase_add_test(tests, a_cursor_outlives_the_key_before);
    tcase_add_test(tests, a_cursor_belongs_to_its_filters);
    tcase_add_test(tests, a_cursor_without_filters_takes_none);
    tcase_add_test(tests, a_filter_cannot_move_into_the_cursor);
    tcase_add_test(tests, a_link_leads_to_the_next_page_of_the_same_list);
    return tests;
}

Suite *page_suite(void)
{
    TCase *tests = tcase_create("page");
    tcase_add_checked_fixture(tests, open_pages, request_close);
    tcase_add_test(tests, a_page_has_fifty_rows_and_at_most_two_hundred);
    tcase_add_test(tests, the_first_page_begins_at_the_start);
    tcase_add_test(tests, a_cursor_leads_to_the_row_it_was_made_of);
    tcase_add_test(tests, a_cursor_carries_any_text);
    tcase_add_test(tests, a_cursor_needs_no_encoding_in_a_url);
    tcase_add_test(tests, the_limit_may_change_between_pages);
    tcase_add_test(tests, a_cursor_of_any_page_makes_the_next);
    tcase_add_test(tests, a_changed_character_is_noticed);
    tcase_add_test(tests, a_cut_or_extended_cursor_is_noticed);
    tcase_add_test(tests, a_cursor_made_of_nothing_is_refused);
    tcase_add_test(tests, a_cursor_of_any_length_is_refused);
    Suite *suite = suite_create("page");
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, cursor_case());
    return suite;
}
