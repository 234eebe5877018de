/* Keys come and go without signing anybody out: a new key signs, the one before verifies until the
 * last of its tokens has ended, and then it goes. One cache sees all of it. */
#include <sodium.h>
#include <string.h>

#include "middleware/token.h"
#include "tests/support/request_case.h"

#define OLD "2026-10:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define NEW "2026-11:f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f"
#define FORGED "2026-10:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static const int64_t now = 1800000000;
static const struct caller collector = {"01a201a1-0000-7000-8000-00000000aaaa",
                                        "01a201a1-0000-7000-8000-00000000bbbb", "3",
                                        SLICE_COLLECTOR, DUTY_OFFICER};
static struct token_cache *cache;
static struct token_keys keys;

static void open_rotation(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    request_open();
    cache = token_cache_new();
}

static void close_rotation(void)
{
    token_cache_free(cache);
    request_close();
}

static void rotate_to(const char *text)
{
    ck_assert(token_keys_parse(&keys, text));
}

static const char *issued(void)
{
    return token_issue(&keys, request->arena, &collector, now);
}

/* Twice with the cache, so that the second could come out of it, and once without. */
static void ck_verdict(const char *token, enum token_verdict wanted, const char *what)
{
    struct token_cache *const caches[] = {cache, cache, NULL};
    for (int i = 0; i < 3; i++) {
        struct caller caller;
        ck_assert_msg(token_verify_cached(caches[i], &keys, request->arena, token, now, &caller) ==
                          wanted,
                      "%s, round %d", what, i);
        if (wanted == TOKEN_GOOD) {
            ck_assert_str_eq(caller.user_id, collector.user_id);
            ck_assert_str_eq(caller.session_id, collector.session_id);
        }
    }
}

START_TEST(nobody_is_signed_out_by_a_new_key)
{
    rotate_to(OLD);
    const char *before = issued();
    ck_verdict(before, TOKEN_GOOD, "the only key");
    rotate_to(NEW "," OLD);
    const char *after = issued();
    ck_verdict(before, TOKEN_GOOD, "of the key before");
    ck_verdict(after, TOKEN_GOOD, "of the new key");
    ck_assert_str_ne(before, after);
    rotate_to(NEW);
    ck_verdict(after, TOKEN_GOOD, "the new key signed it");
    ck_verdict(before, TOKEN_BAD, "of a key that is gone");
}
END_TEST

/* Servers get their keys one after the other: a key that verifies everywhere may begin to sign. */
START_TEST(a_key_may_verify_before_it_signs)
{
    rotate_to(NEW);
    const char *of_new = issued();
    rotate_to(OLD "," NEW);
    const char *of_old = issued();
    ck_verdict(of_new, TOKEN_GOOD, "of the one that does not sign here yet");
    ck_verdict(of_old, TOKEN_GOOD, "of the one that still signs");
    rotate_to(OLD);
    ck_verdict(of_old, TOKEN_GOOD, "back again");
    ck_verdict(of_new, TOKEN_BAD, "taken back");
}
END_TEST

START_TEST(a_key_that_is_gone_takes_its_tokens_along)
{
    rotate_to(OLD);
    const char *tokens[3];
    for (int i = 0; i < 3; i++) {
        tokens[i] = token_issue(&keys, request->arena, &collector, now - i);
        ck_verdict(tokens[i], TOKEN_GOOD, "before");
    }
    rotate_to(FORGED);
    for (int i = 0; i < 3; i++) {
        ck_verdict(tokens[i], TOKEN_BAD, "of another secret with the same name");
    }
    rotate_to(NEW);
    for (int i = 0; i < 3; i++) {
        ck_verdict(tokens[i], TOKEN_BAD, "of a key that is gone");
    }
    rotate_to(OLD);
    for (int i = 0; i < 3; i++) {
        ck_verdict(tokens[i], TOKEN_GOOD, "the key came back");
    }
}
END_TEST

/* Two sets of keys at a time, as while one replaces the other: each has its own memories. */
START_TEST(keys_do_not_share_what_the_cache_remembers)
{
    struct token_keys others;
    ck_assert(token_keys_parse(&others, FORGED));
    rotate_to(OLD);
    const char *token = issued();
    for (int i = 0; i < 2; i++) {
        struct caller caller;
        ck_verdict(token, TOKEN_GOOD, "own");
        ck_assert_int_eq(token_verify_cached(cache, &others, request->arena, token, now, &caller),
                         TOKEN_BAD);
    }
    ck_assert_uint_ne(keys.serial, others.serial);
}
END_TEST

Suite *rotation_suite(void)
{
    Suite *suite = suite_create("rotation");
    TCase *tests = tcase_create("keys");
    tcase_add_checked_fixture(tests, open_rotation, close_rotation);
    tcase_add_test(tests, nobody_is_signed_out_by_a_new_key);
    tcase_add_test(tests, a_key_may_verify_before_it_signs);
    tcase_add_test(tests, a_key_that_is_gone_takes_its_tokens_along);
    tcase_add_test(tests, keys_do_not_share_what_the_cache_remembers);
    suite_add_tcase(suite, tests);
    return suite;
}
