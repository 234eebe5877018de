/* Passwords. Every hash takes 50 ms, so there are few of them here. */
#include "api/identity/password.h"

#include <sodium.h>
#include <string.h>

#include "tests/support/suites.h"

static char hash[PASSWORD_HASH_ROOM];

static void open_passwords(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert(password_init());
    ck_assert(password_hash("mật khẩu đúng", hash));
}

START_TEST(a_hash_says_how_it_was_made)
{
    static const char prefix[] = "$argon2id$v=19$m=47104,t=1,p=1$";
    ck_assert_uint_lt(strlen(hash), PASSWORD_HASH_ROOM);
    ck_assert_int_eq(strncmp(hash, prefix, strlen(prefix)), 0);
}
END_TEST

START_TEST(no_two_hashes_are_alike)
{
    char other[PASSWORD_HASH_ROOM];
    ck_assert(password_hash("mật khẩu đúng", other));
    ck_assert_str_ne(hash, other);
    ck_assert_int_eq(password_verify(other, "mật khẩu đúng"), PASSWORD_RIGHT);
}
END_TEST

START_TEST(only_the_right_password_is_right)
{
    ck_assert_int_eq(password_verify(hash, "mật khẩu đúng"), PASSWORD_RIGHT);
    ck_assert_int_eq(password_verify(hash, "mật khẩu đúng "), PASSWORD_WRONG);
    ck_assert_int_eq(password_verify(hash, ""), PASSWORD_WRONG);
}
END_TEST

START_TEST(an_unknown_user_has_no_right_password)
{
    ck_assert_int_eq(password_verify(NULL, "mật khẩu đúng"), PASSWORD_WRONG);
    ck_assert_int_eq(password_verify(NULL, "nobody has this password"), PASSWORD_WRONG);
}
END_TEST

START_TEST(a_broken_hash_has_no_right_password)
{
    ck_assert_int_eq(password_verify("", ""), PASSWORD_WRONG);
    ck_assert_int_eq(password_verify("mật khẩu đúng", "mật khẩu đúng"), PASSWORD_WRONG);
}
END_TEST

Suite *password_suite(void)
{
    TCase *tests = tcase_create("password");
    tcase_add_unchecked_fixture(tests, open_passwords, NULL);
    tcase_add_test(tests, a_hash_says_how_it_was_made);
    tcase_add_test(tests, no_two_hashes_are_alike);
    tcase_add_test(tests, only_the_right_password_is_right);
    tcase_add_test(tests, an_unknown_user_has_no_right_password);
    tcase_add_test(tests, a_broken_hash_has_no_right_password);
    Suite *suite = suite_create("password");
    suite_add_tcase(suite, tests);
    return suite;
}
