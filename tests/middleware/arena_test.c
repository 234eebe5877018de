/* The memory of one request. */
#include "middleware/arena.h"

#include <stdalign.h>
#include <stdint.h>
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

static bool all_are(const unsigned char *bytes, size_t size, int value)
{
    size_t same = 0;
    while (same < size && bytes[same] == value) {
        same++;
    }
    return same == size;
}

/* Zeroed and aligned; filled afterwards, so that an overlap shows. */
static unsigned char *checked(size_t size)
{
    unsigned char *bytes = arena_alloc(arena, size);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq((uintptr_t)bytes % alignof(max_align_t), 0);
    ck_assert_msg(all_are(bytes, size, 0), "%zu bytes are not zero", size);
    memset(bytes, 0xff, size);
    return bytes;
}

START_TEST(memory_is_zeroed_and_aligned)
{
    for (size_t size = 0; size < 700; size++) {
        checked(size);
    }
}
END_TEST

START_TEST(a_piece_may_be_larger_than_a_block)
{
    static const size_t sizes[] = {16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 1 << 20, 1, 40};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        checked(sizes[i]);
    }
}
END_TEST

START_TEST(pieces_do_not_overlap)
{
    unsigned char *pieces[1000];
    for (size_t i = 0; i < 1000; i++) {
        pieces[i] = checked(i % 90 + 1);
        memset(pieces[i], (int)(i % 251), i % 90 + 1);
    }
    for (size_t i = 0; i < 1000; i++) {
        ck_assert(all_are(pieces[i], i % 90 + 1, (int)(i % 251)));
    }
}
END_TEST

START_TEST(text_is_copied_and_ended)
{
    char text[] = "Đông Anh";
    char *whole = arena_strdup(arena, text);
    char *part = arena_strndup(arena, text, 5);
    text[0] = text[1] = '?';
    ck_assert_str_eq(whole, "Đông Anh");
    ck_assert_str_eq(part, "Đôn");
    ck_assert_str_eq(arena_strdup(arena, ""), "");
}
END_TEST

START_TEST(printed_text_may_have_any_length)
{
    ck_assert_str_eq(arena_printf(arena, "%s-%03d", "a", 7), "a-007");
    ck_assert_str_eq(arena_printf(arena, "%s", ""), "");
    const char *wide = arena_printf(arena, "%100000d", 1);
    ck_assert_uint_eq(strlen(wide), 100000);
    ck_assert_int_eq(wide[99999], '1');
}
END_TEST

static char order[8];

static void note(void *object)
{
    strncat(order, object, 1);
}

START_TEST(what_was_deferred_last_is_released_first)
{
    static char names[] = "abc";
    struct arena *other = arena_new(1 << 20);
    order[0] = '\0';
    for (size_t i = 0; i < 3; i++) {
        arena_defer(other, note, &names[i]);
        arena_alloc(other, 20000);
    }
    ck_assert_str_eq(order, "");
    arena_free(other);
    ck_assert_str_eq(order, "cba");
}
END_TEST

START_TEST(the_cap_is_remembered_and_not_enforced)
{
    struct arena *small = arena_new(64);
    ck_assert(!arena_over_cap(small));
    arena_alloc(small, 64);
    ck_assert_uint_eq(arena_used(small), 64);
    ck_assert(!arena_over_cap(small));
    ck_assert_str_eq(arena_strdup(small, "still served"), "still served");
    ck_assert(arena_over_cap(small));
    arena_free(small);
}
END_TEST

START_TEST(what_others_hold_counts_as_well)
{
    struct arena *small = arena_new(64);
    arena_charge(small, 64);
    ck_assert_uint_eq(arena_used(small), 64);
    ck_assert(!arena_over_cap(small));
    arena_charge(small, 1);
    ck_assert(arena_over_cap(small));
    arena_free(small);
}
END_TEST

START_TEST(no_arena_at_all_may_be_freed)
{
    arena_free(NULL);
}
END_TEST

START_TEST(memory_beyond_a_request_is_zeroed_too)
{
    static const char zeros[1000];
    void *memory = memory_or_stop(sizeof zeros);
    ck_assert_mem_eq(memory, zeros, sizeof zeros);
    free(memory);
}
END_TEST

Suite *arena_suite(void)
{
    TCase *tests = tcase_create("arena");
    tcase_add_checked_fixture(tests, open_arena, close_arena);
    tcase_add_test(tests, memory_is_zeroed_and_aligned);
    tcase_add_test(tests, a_piece_may_be_larger_than_a_block);
    tcase_add_test(tests, pieces_do_not_overlap);
    tcase_add_test(tests, text_is_copied_and_ended);
    tcase_add_test(tests, printed_text_may_have_any_length);
    tcase_add_test(tests, what_was_deferred_last_is_released_first);
    tcase_add_test(tests, the_cap_is_remembered_and_not_enforced);
    tcase_add_test(tests, what_others_hold_counts_as_well);
    tcase_add_test(tests, no_arena_at_all_may_be_freed);
    tcase_add_test(tests, memory_beyond_a_request_is_zeroed_too);
    Suite *suite = suite_create("arena");
    suite_add_tcase(suite, tests);
    return suite;
}
