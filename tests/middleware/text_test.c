/* Names as Vietnamese keyboards and phones write them. */
#include "middleware/text.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/suites.h"

static struct arena *arena;

static void open_arena(void)
{
    arena = arena_new(1 << 20);
}

static void close_arena(void)
{
    arena_free(arena);
}

START_TEST(vietnamese_and_any_other_script_is_utf8)
{
    const char *const texts[] = {"",     "a", "Nguyễn Thị Đào",  "ơ ư ễ Ặ",
                                 "日本", "😀", "\xF4\x8F\xBF\xBF"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_msg(text_is_utf8(texts[i], strlen(texts[i])), "%s", texts[i]);
    }
    ck_assert(text_is_utf8(NULL, 0));
}
END_TEST

START_TEST(broken_utf8_is_refused)
{
    const char *const texts[] = {
        "\x80",             /* continuation alone */
        "\xC3",             /* cut */
        "\xE1\xBB",         /* cut in the middle of ễ */
        "\xC0\xAF",         /* overlong slash */
        "\xE0\x80\xAF",     /* overlong slash in three */
        "\xF0\x80\x80\xAF", /* overlong slash in four */
        "\xED\xA0\x80",     /* high surrogate */
        "\xED\xBF\xBF",     /* low surrogate */
        "\xF4\x90\x80\x80", /* beyond U+10FFFF */
        "\xFF\xFE",         /* no UTF-8 byte at all */
        "a\xE9z",           /* Latin-1 */
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_msg(!text_is_utf8(texts[i], strlen(texts[i])), "text %zu", i);
    }
}
END_TEST

START_TEST(a_nul_inside_is_refused)
{
    ck_assert(!text_is_utf8("a\0b", 3));
    ck_assert(!text_is_utf8("\0", 1));
}
END_TEST

START_TEST(only_the_given_size_is_read)
{
    ck_assert(text_is_utf8("ab\xFF", 2));
    ck_assert(!text_is_utf8("ễ", 2));
}
END_TEST

START_TEST(length_counts_code_points_and_not_bytes)
{
    ck_assert_uint_eq(text_length(""), 0);
    ck_assert_uint_eq(text_length("Đào"), 3);
    ck_assert_uint_eq(text_length("e\xCC\x82\xCC\x83"), 3);
    ck_assert_uint_eq(text_length("😀ễ"), 2);
}
END_TEST

START_TEST(decomposed_text_becomes_nfc)
{
    ck_assert_str_eq(text_nfc(arena, "Nguye\xCC\x82\xCC\x83n"), "Nguyễn");
    ck_assert_str_eq(text_nfc(arena, "o\xCC\x9B u\xCC\x9B"), "ơ ư");
    ck_assert_str_eq(text_nfc(arena, "a\xCC\xA3\xCC\x82"), "ậ");
}
END_TEST

START_TEST(marks_in_another_order_become_the_same_nfc)
{
    const char *one = text_nfc(arena, "a\xCC\xA3\xCC\x82"); /* dot below, then circumflex */
    const char *other = text_nfc(arena, "a\xCC\x82\xCC\xA3");
    ck_assert_str_eq(one, other);
}
END_TEST

START_TEST(nfc_text_is_not_copied)
{
    const char *const texts[] = {"", "Tran", "Nguyễn Thị Đào", "ỳ Ỵ ợ", "日本"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_ptr_eq(text_nfc(arena, texts[i]), texts[i]);
    }
}
END_TEST

START_TEST(vietnamese_nfc_costs_no_memory)
{
    size_t before = arena_used(arena);
    text_nfc(arena, "Xã Đường Lâm, thị xã Sơn Tây");
    ck_assert_uint_eq(arena_used(arena), before);
}
END_TEST

START_TEST(text_that_grows_most_fits)
{
    char text[4 * 1000 + 1] = "";
    for (size_t i = 0; i < 1000; i++) {
        memcpy(text + 4 * i, "\xF0\x9D\x85\xA0", 4); /* U+1D160, three times as long in NFC */
    }
    ck_assert_uint_eq(strlen(text_nfc(arena, text)), 12 * 1000);
}
END_TEST

START_TEST(hundreds_of_marks_on_one_letter_are_survived)
{
    char text[1 + 2 * 400 + 1] = "e";
    for (size_t i = 0; i < 400; i++) {
        memcpy(text + 1 + 2 * i, i % 2 ? "\xCC\xA3" : "\xCC\x82", 2);
    }
    ck_assert(text_is_utf8(text_nfc(arena, text), strlen(text_nfc(arena, text))));
    ck_assert_str_eq(text_key(arena, text), "e");
}
END_TEST

START_TEST(what_is_not_utf8_is_replaced_and_fits)
{
    ck_assert_str_eq(text_nfc(arena, "a\xFF\xFF\xFF"), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    ck_assert_str_eq(text_key(arena, "\xFF\xC3"), "");
}
END_TEST

START_TEST(key_drops_marks_case_and_extra_space)
{
    ck_assert_str_eq(text_key(arena, "Nguyễn Thị  Đào"), "nguyen thi dao");
    ck_assert_str_eq(text_key(arena, "  TRƯƠNG\tĐÌNH\nƠN  "), "truong dinh on");
    ck_assert_str_eq(text_key(arena, "đặng Ðức"), "dang ðuc"); /* Icelandic Ð is another letter */
    ck_assert_str_eq(text_key(arena, "Ỷ Ỹ ự ữ ẵ ặ"), "y y u u a a");
}
END_TEST

START_TEST(key_is_the_same_for_nfd_and_nfc)
{
    ck_assert_str_eq(text_key(arena, "Nguye\xCC\x82\xCC\x83n \xC4\x90u\xCC\x9B\xCC\x81"),
                     text_key(arena, "Nguyễn Đứ"));
}
END_TEST

START_TEST(key_keeps_only_letters_and_digits)
{
    ck_assert_str_eq(text_key(arena, "Thôn 3 - (Tổ 12)"), "thon 3 to 12");
    ck_assert_str_eq(text_key(arena, "H'Hen Niê"), "h hen nie");
    ck_assert_str_eq(text_key(arena, "...!?"), "");
    ck_assert_str_eq(text_key(arena, ""), "");
    ck_assert_str_eq(text_key(arena, "-a-"), "a");
    ck_assert_str_eq(text_key(arena, "100%_\\"), "100");
}
END_TEST

START_TEST(key_keeps_letters_of_other_scripts)
{
    ck_assert_str_eq(text_key(arena, "Москва"), "москва");
    ck_assert_str_eq(text_key(arena, "日本 1"), "日本 1");
    ck_assert_str_eq(text_key(arena, "Straße"), "straße");
}
END_TEST

START_TEST(letters_whose_lower_case_is_longer_fit)
{
    char text[2 * 500 + 1] = "";
    for (size_t i = 0; i < 500; i++) {
        memcpy(text + 2 * i, "\xC8\xBA", 2); /* Ⱥ, two bytes; ⱥ has three */
    }
    ck_assert_uint_eq(strlen(text_key(arena, text)), 3 * 500);
}
END_TEST

Suite *text_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *forms = tcase_create("forms");
    tcase_add_checked_fixture(forms, open_arena, close_arena);
    tcase_add_test(forms, vietnamese_and_any_other_script_is_utf8);
    tcase_add_test(forms, broken_utf8_is_refused);
    tcase_add_test(forms, a_nul_inside_is_refused);
    tcase_add_test(forms, only_the_given_size_is_read);
    tcase_add_test(forms, length_counts_code_points_and_not_bytes);
    tcase_add_test(forms, decomposed_text_becomes_nfc);
    tcase_add_test(forms, marks_in_another_order_become_the_same_nfc);
    tcase_add_test(forms, nfc_text_is_not_copied);
    tcase_add_test(forms, vietnamese_nfc_costs_no_memory);
    tcase_add_test(forms, text_that_grows_most_fits);
    tcase_add_test(forms, hundreds_of_marks_on_one_letter_are_survived);
    tcase_add_test(forms, what_is_not_utf8_is_replaced_and_fits);
    suite_add_tcase(suite, forms);

    TCase *keys = tcase_create("keys");
    tcase_add_checked_fixture(keys, open_arena, close_arena);
    tcase_add_test(keys, key_drops_marks_case_and_extra_space);
    tcase_add_test(keys, key_is_the_same_for_nfd_and_nfc);
    tcase_add_test(keys, key_keeps_only_letters_and_digits);
    tcase_add_test(keys, key_keeps_letters_of_other_scripts);
    tcase_add_test(keys, letters_whose_lower_case_is_longer_fit);
    suite_add_tcase(suite, keys);
    return suite;
}
