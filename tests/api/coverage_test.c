/* Last of all: nothing was left untried. */
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

Suite *coverage_suite(void)
{
    Suite *suite = suite_create("coverage");
    TCase *tcase = tcase_create("coverage");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, every_operation_succeeded_at_least_once);
    suite_add_tcase(suite, tcase);
    return suite;
}
