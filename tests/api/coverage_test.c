/* Last of all: nothing was left untried, and nothing was said that must not be. */
#include <stdio.h>
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

static const char *missing = "";

static void remember(const char *operation)
{
    missing = text("%s %s", missing, operation);
}

/* Every success was also held against its schema on the way (tests/support/harness.c). */
START_TEST(every_operation_succeeded_at_least_once)
{
    ck_assert_msg(harness_unhit_operations(remember) == 0, "never a success:%s", missing);
}
END_TEST

START_TEST(the_log_of_the_whole_run_holds_no_secret_and_no_name)
{
    static const char *const secrets[] = {"eyJ",          "test-password",   "Bearer",
                                          "000102030405", "Mang Thị",        "full_name",
                                          "username",     "agent.collector", "$argon2id",
                                          "Idempotency"};
    char line[8192];
    FILE *log = fopen(server_log_path(), "r");
    ck_assert_ptr_nonnull(log);
    size_t count = 0;
    while (fgets(line, sizeof line, log)) {
        count++;
        for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
            ck_assert_msg(!strstr(line, secrets[i]), "%s in the log: %s", secrets[i], line);
        }
        json_t *object = json_loads(line, 0, NULL);
        ck_assert_msg(json_is_object(object), "not a JSON line: %s", line);
        json_decref(object);
    }
    fclose(log);
    ck_assert_uint_gt(count, 100);
}
END_TEST

Suite *coverage_suite(void)
{
    Suite *suite = suite_create("coverage");
    TCase *tcase = tcase_create("coverage");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, every_operation_succeeded_at_least_once);
    tcase_add_test(tcase, the_log_of_the_whole_run_holds_no_secret_and_no_name);
    suite_add_tcase(suite, tcase);
    return suite;
}
