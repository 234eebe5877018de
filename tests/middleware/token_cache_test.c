/* The cache of verified tokens: by itself, with marks made by hand, and behind the verdict. */
#include "middleware/token_cache.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "middleware/route.h"
#include "middleware/token.h"
#include "tests/support/request_case.h"

#define KEYS "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define USER "01a201a1-0000-7000-8000-00000000aaaa"
#define SESSION "01a201a1-0000-7000-8000-00000000bbbb"

static const int64_t now = 1800000000;
static const struct token_span span = {1800000000, 1800000900};
static const struct caller officer = {USER, SESSION, "3", SLICE_PROVINCE, DUTY_OFFICER};

static struct token_cache *cache;
static struct token_keys keys;

static void open_cache(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    request_open();
    ck_assert(token_keys_parse(&keys, KEYS));
    cache = token_cache_new();
}

static void close_cache(void)
{
    token_cache_free(cache);
    request_close();
}

/* The bytes at the front choose the set. */
static struct token_mark mark_of(uint32_t set, unsigned char last)
{
    struct token_mark mark = {{0}};
    memcpy(mark.bytes, &set, sizeof set);
    mark.bytes[TOKEN_MARK_SIZE - 1] = last;
    return mark;
}

/* A caller told from others by the number in all of the texts. */
static struct caller numbered(struct arena *arena, uint32_t number)
{
    return (struct caller){arena_printf(arena, "01a201a1-0000-7000-8000-%012x", number),
                           arena_printf(arena, "01a201a1-0000-7000-9000-%012x", number),
                           arena_printf(arena, "%u", number), (enum slice)(1 + number % 6),
                           (enum duty)(1 + number % 3)};
}

static bool same_caller(const struct caller *a, const struct caller *b)
{
    return strcmp(a->user_id, b->user_id) == 0 && strcmp(a->session_id, b->session_id) == 0 &&
           strcmp(a->generation, b->generation) == 0 && a->slice == b->slice && a->duty == b->duty;
}

static bool finds(const struct token_mark *mark, struct caller *caller)
{
    return token_cache_find(cache, mark, now, request->arena, caller);
}

static void keep(uint32_t set, unsigned char last, uint32_t number)
{
    struct token_mark mark = mark_of(set, last);
    struct caller caller = numbered(request->arena, number);
    token_cache_keep(cache, &mark, &span, &caller);
}

static void ck_found(uint32_t set, unsigned char last, uint32_t number)
{
    struct token_mark mark = mark_of(set, last);
    struct caller wanted = numbered(request->arena, number);
    struct caller caller;
    ck_assert_msg(finds(&mark, &caller), "set %u, %u", set, last);
    ck_assert_msg(same_caller(&caller, &wanted), "set %u, %u", set, last);
}

static void ck_absent(uint32_t set, unsigned char last)
{
    struct token_mark mark = mark_of(set, last);
    struct caller caller;
    ck_assert_msg(!finds(&mark, &caller), "set %u, %u", set, last);
}

START_TEST(an_empty_cache_finds_nothing)
{
    for (unsigned char i = 0; i < 8; i++) {
        ck_absent(i, 0); /* all zero is what an empty entry holds */
    }
}
END_TEST

START_TEST(what_is_kept_is_found_as_it_was)
{
    for (uint32_t i = 0; i < 18; i++) {
        keep(i, 1, i);
    }
    for (uint32_t i = 0; i < 18; i++) {
        ck_found(i, 1, i);
    }
}
END_TEST

START_TEST(what_is_found_outlives_the_entry)
{
    struct token_mark mark = mark_of(1, 1);
    struct caller wanted = numbered(request->arena, 7);
    struct caller caller;
    keep(1, 1, 7);
    ck_assert(finds(&mark, &caller));
    keep(1, 1, 8);
    ck_assert(same_caller(&caller, &wanted));
    ck_found(1, 1, 8);
}
END_TEST

START_TEST(each_bit_of_a_mark_counts)
{
    struct token_mark mark = mark_of(0, 0);
    struct caller caller;
    randombytes_buf(mark.bytes, sizeof mark.bytes);
    token_cache_keep(cache, &mark, &span, &officer);
    for (size_t bit = 0; bit < 8 * sizeof mark.bytes; bit++) {
        struct token_mark other = mark;
        other.bytes[bit / 8] = (unsigned char)(other.bytes[bit / 8] ^ (1 << bit % 8));
        ck_assert(!finds(&other, &caller));
    }
    ck_assert(finds(&mark, &caller));
}
END_TEST

START_TEST(an_entry_counts_within_its_span_only)
{
    static const struct {
        int64_t at;
        bool found;
    } rows[] = {{INT64_MIN, false},  {1799999999, false}, {1800000000, true}, {1800000899, true},
                {1800000900, false}, {1800000901, false}, {INT64_MAX, false}};
    struct token_mark mark = mark_of(5, 5);
    token_cache_keep(cache, &mark, &span, &officer);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct caller caller;
        ck_assert_int_eq(token_cache_find(cache, &mark, rows[i].at, request->arena, &caller),
                         rows[i].found);
    }
}
END_TEST

START_TEST(a_full_set_gives_up_what_was_not_asked_for_the_longest)
{
    for (unsigned char i = 1; i <= TOKEN_CACHE_WAYS; i++) {
        keep(9, i, i);
    }
    keep(10, 1, 100);
    ck_found(9, 1, 1);
    keep(9, 9, 9);
    ck_absent(9, 2);
    keep(9, 10, 10);
    ck_absent(9, 3);
    static const unsigned char left[] = {1, 4, 5, 6, 7, 8, 9, 10};
    for (size_t i = 0; i < sizeof left; i++) {
        ck_found(9, left[i], left[i]);
    }
    ck_found(10, 1, 100);
}
END_TEST

START_TEST(keeping_again_takes_no_other_place)
{
    for (unsigned char i = 1; i <= TOKEN_CACHE_WAYS; i++) {
        keep(9, i, i);
    }
    for (int i = 0; i < 20; i++) {
        keep(9, 1, 1);
    }
    for (unsigned char i = 1; i <= TOKEN_CACHE_WAYS; i++) {
        ck_found(9, i, i);
    }
}
END_TEST

START_TEST(texts_that_do_not_fit_are_not_kept)
{
    struct token_mark mark = mark_of(1, 1);
    struct caller rows[] = {officer, officer, officer};
    struct caller caller;
    rows[0].user_id = USER "0";
    rows[1].session_id = SESSION "0";
    rows[2].generation = "123456789012345678901";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        token_cache_keep(cache, &mark, &span, &rows[i]);
        ck_assert(!finds(&mark, &caller));
    }
    rows[2].generation = "-9223372036854775808";
    token_cache_keep(cache, &mark, &span, &rows[2]);
    ck_assert(finds(&mark, &caller));
    ck_assert_str_eq(caller.generation, "-9223372036854775808");
}
END_TEST

static struct token_mark marked(const struct token_cache *by, uint64_t serial, const char *token)
{
    struct token_mark mark;
    token_cache_mark(by, serial, token, strlen(token), &mark);
    return mark;
}

static bool same_mark(struct token_mark a, struct token_mark b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

START_TEST(a_mark_stands_for_one_token_under_one_set_of_keys)
{
    struct token_cache *other = token_cache_new();
    ck_assert(same_mark(marked(cache, 1, "a.b.c"), marked(cache, 1, "a.b.c")));
    ck_assert(!same_mark(marked(cache, 1, "a.b.c"), marked(cache, 1, "a.b.d")));
    ck_assert(!same_mark(marked(cache, 1, "a.b.c"), marked(cache, 1, "a.b.")));
    ck_assert(!same_mark(marked(cache, 1, "a.b.c"), marked(cache, 2, "a.b.c")));
    ck_assert(!same_mark(marked(cache, 1, "a.b.c"), marked(cache, UINT64_C(1) << 32, "a.b.c")));
    ck_assert(!same_mark(marked(cache, 1, "a.b.c"), marked(other, 1, "a.b.c")));
    token_cache_free(other);
}
END_TEST

/* Sets fill unevenly: of as many tokens as there are entries, most must still find room. */
START_TEST(tokens_spread_over_the_sets)
{
    struct caller caller;
    int found = 0;
    for (uint32_t i = 0; i < TOKEN_CACHE_SIZE; i++) {
        struct token_mark mark = marked(cache, 1, arena_printf(request->arena, "token %u", i));
        caller = numbered(request->arena, i);
        token_cache_keep(cache, &mark, &span, &caller);
    }
    for (uint32_t i = 0; i < TOKEN_CACHE_SIZE; i++) {
        struct token_mark mark = marked(cache, 1, arena_printf(request->arena, "token %u", i));
        struct caller wanted = numbered(request->arena, i);
        bool known = finds(&mark, &caller);
        ck_assert(!known || same_caller(&caller, &wanted));
        found += known;
    }
    ck_assert_int_gt(found, TOKEN_CACHE_SIZE * 3 / 4);
}
END_TEST

/* Returns the argument as long as each caller found is the one that was kept. */
static void *ask_and_keep(void *seed)
{
    struct arena *arena = arena_new(1 << 20);
    uint32_t random = *(uint32_t *)seed;
    for (int i = 0; i < 20000 && seed; i++) {
        random = random * 1664525 + 1013904223;
        uint32_t number = random >> 16 & 63; /* 64 tokens for 24 places in three sets */
        struct token_mark mark = mark_of(number % 3, (unsigned char)number);
        struct caller wanted = numbered(arena, number);
        struct caller caller;
        if (!token_cache_find(cache, &mark, now, arena, &caller)) {
            token_cache_keep(cache, &mark, &span, &wanted);
        } else if (!same_caller(&caller, &wanted)) {
            seed = NULL;
        }
    }
    arena_free(arena);
    return seed;
}

START_TEST(threads_never_get_each_others_callers)
{
    pthread_t threads[4];
    uint32_t seeds[4] = {1, 2, 3, 4};
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_and_keep, &seeds[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        ck_assert_ptr_nonnull(result);
    }
}
END_TEST

/* --- Behind the verdict ---------------------------------------------------------------------- */

static enum token_verdict verdict_at(const char *token, int64_t at)
{
    struct caller caller = {NULL, NULL, NULL, SLICE_NONE, DUTY_NONE};
    enum token_verdict verdict =
        token_verify_cached(cache, &keys, request->arena, token, at, &caller);
    ck_assert(verdict != TOKEN_GOOD || same_caller(&caller, &officer));
    return verdict;
}

/* Without a new serial only a cache cannot notice it: what is good all the same was remembered. */
static void spoil_the_key(void)
{
    keys.key[0].secret[0] ^= 1;
}

START_TEST(a_good_token_is_verified_once)
{
    const char *token = token_issue(&keys, request->arena, &officer, now);
    ck_assert_int_eq(verdict_at(token, now), TOKEN_GOOD);
    spoil_the_key();
    ck_assert_int_eq(verdict_at(token, now), TOKEN_GOOD);
    ck_assert_int_eq(verdict_at(token, now + 899), TOKEN_GOOD);
    struct caller caller;
    ck_assert_int_eq(token_verify(&keys, request->arena, token, now, &caller), TOKEN_BAD);
    ck_assert_int_eq(token_verify_cached(NULL, &keys, request->arena, token, now, &caller),
                     TOKEN_BAD);
}
END_TEST

START_TEST(a_remembered_token_still_ends)
{
    static const struct {
        int64_t after;
        enum token_verdict verdict;
    } rows[] = {{0, TOKEN_GOOD},   {899, TOKEN_GOOD}, {900, TOKEN_TOO_OLD}, {86400, TOKEN_TOO_OLD},
                {-60, TOKEN_GOOD}, {-61, TOKEN_BAD},  {0, TOKEN_GOOD}};
    const char *token = token_issue(&keys, request->arena, &officer, now);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_int_eq(verdict_at(token, now + rows[i].after), rows[i].verdict);
    }
}
END_TEST

START_TEST(only_good_tokens_are_remembered)
{
    const char *token = token_issue(&keys, request->arena, &officer, now);
    ck_assert_int_eq(verdict_at(token, now + 900), TOKEN_TOO_OLD);
    ck_assert_int_eq(verdict_at(token, now - 61), TOKEN_BAD);
    spoil_the_key();
    ck_assert_int_eq(verdict_at(token, now), TOKEN_BAD);
    spoil_the_key();
    ck_assert_int_eq(verdict_at(token, now), TOKEN_GOOD);
}
END_TEST

START_TEST(a_changed_token_is_not_the_remembered_one)
{
    const char *token = token_issue(&keys, request->arena, &officer, now);
    ck_assert_int_eq(verdict_at(token, now), TOKEN_GOOD);
    for (size_t i = 0; i < strlen(token); i++) {
        char *changed = arena_strdup(request->arena, token);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        ck_assert_int_eq(verdict_at(changed, now), TOKEN_BAD);
    }
    ck_assert_int_eq(verdict_at(arena_printf(request->arena, "%s%05000d", token, 0), now),
                     TOKEN_BAD);
}
END_TEST

START_TEST(the_stage_asks_the_cache)
{
    static const struct route closed = {.tiers = ANY_TIER, .permission = UNIT_READ};
    const char *token = token_issue(&keys, request->arena, &officer, time(NULL));
    const char *value = arena_printf(request->arena, "Bearer %s", token);
    service.keys = &keys;
    service.token_cache = cache;
    for (int i = 0; i < 2; i++) {
        request_again();
        request->route = &closed;
        add_header("Authorization", value);
        went_on(token_check(request), i ? "remembered" : "verified");
        ck_assert(same_caller(&request->caller, &officer));
        spoil_the_key();
    }
}
END_TEST

Suite *token_cache_suite(void)
{
    Suite *suite = suite_create("token_cache");
    TCase *tests = tcase_create("cache");
    tcase_add_checked_fixture(tests, open_cache, close_cache);
    tcase_add_test(tests, an_empty_cache_finds_nothing);
    tcase_add_test(tests, what_is_kept_is_found_as_it_was);
    tcase_add_test(tests, what_is_found_outlives_the_entry);
    tcase_add_test(tests, each_bit_of_a_mark_counts);
    tcase_add_test(tests, an_entry_counts_within_its_span_only);
    tcase_add_test(tests, a_full_set_gives_up_what_was_not_asked_for_the_longest);
    tcase_add_test(tests, keeping_again_takes_no_other_place);
    tcase_add_test(tests, texts_that_do_not_fit_are_not_kept);
    tcase_add_test(tests, a_mark_stands_for_one_token_under_one_set_of_keys);
    tcase_add_test(tests, tokens_spread_over_the_sets);
    tcase_add_test(tests, threads_never_get_each_others_callers);
    tcase_add_test(tests, a_good_token_is_verified_once);
    tcase_add_test(tests, a_remembered_token_still_ends);
    tcase_add_test(tests, only_good_tokens_are_remembered);
    tcase_add_test(tests, a_changed_token_is_not_the_remembered_one);
    tcase_add_test(tests, the_stage_asks_the_cache);
    suite_add_tcase(suite, tests);
    return suite;
}
