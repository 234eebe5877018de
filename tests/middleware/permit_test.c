/* Who may call. Both tables are written by hand: computed ones would prove nothing. */
#include "middleware/permit.h"

#include "tests/support/request_case.h"

// clang-format off
static const struct {
    enum permission permission;
    const char *duties; /* none, manager, officer, viewer */
} includes[] = {
    {NOTHING,         "----"},
    {OWN_ACCOUNT,     "-yyy"},
    {USER_READ,       "-y--"},
    {USER_MANAGE,     "-y--"},
    {UNIT_READ,       "-yyy"},
    {UNIT_WRITE,      "-y--"},
    {PERSON_READ,     "-yyy"},
    {PERSON_WRITE, "-yy-"},   {IDENTITY_REVEAL, "-yy-"},
    {AUDIT_READ,      "-y--"},
    {NETWORK_READ,    "-yyy"},
    {NETWORK_WRITE,   "-y--"},
    {TARGET_READ,     "-yyy"},
    {TARGET_ASSIGN,   "-y--"},
    {TARGET_ACCEPT,   "-yy-"},
    {FIGURE_READ,     "-yyy"},
    {FIGURE_WRITE,    "-yy-"},
    {ENROLMENT_READ,  "-yyy"},
    {ENROLMENT_WRITE, "-yy-"},
    {ENROLMENT_DECIDE, "-yy-"},
    {PROGRESS_READ,   "-yyy"},
    {RATE_READ,       "-yyy"},
    {RATE_WRITE,      "-y--"},
};

static const enum tier tiers[] = {TIER_NATION, TIER_PROVINCE, TIER_DISTRICT, TIER_COMMUNE, TIER_AGENT};
static const struct {
    enum slice slice;
    const char *tiers; /* nation, province, district, commune, agent */
} slices[] = {
    {SLICE_NONE,      "-----"},
    {SLICE_NATION,    "y----"},
    {SLICE_PROVINCE,  "-y---"},
    {SLICE_DISTRICT,  "--y--"},
    {SLICE_COMMUNE,   "---y-"},
    {SLICE_AGENCY,    "----y"},
    {SLICE_COLLECTOR, "----y"},
};
// clang-format on

enum { ROWS = sizeof includes / sizeof *includes, SLICES = sizeof slices / sizeof *slices };
_Static_assert((int)ROWS == (int)PERMISSION_COUNT, "a row for each permission");
_Static_assert((int)SLICES == (int)SLICE_COUNT, "a row for each slice");

static bool checked(unsigned route_tiers, enum permission permission, enum slice slice,
                    enum duty duty)
{
    struct route route = {.tiers = route_tiers, .permission = permission};
    request_again();
    request->route = &route;
    request->caller = (struct caller){.slice = slice, .duty = duty};
    bool good = permit_check(request);
    request->route = NULL;
    return good;
}

START_TEST(each_duty_includes_what_the_table_says)
{
    for (int i = 0; i < ROWS; i++) {
        for (int duty = 0; duty < DUTY_COUNT; duty++) {
            bool yes = includes[i].duties[duty] == 'y';
            ck_assert_msg(duty_permits((enum duty)duty, includes[i].permission) == yes, "%s of %s",
                          permission_names[includes[i].permission], duty_names[duty]);
        }
    }
}
END_TEST

START_TEST(each_slice_is_of_its_tier)
{
    for (int i = 0; i < SLICES; i++) {
        for (int t = 0; t < 5; t++) {
            bool yes = slices[i].tiers[t] == 'y';
            ck_assert_msg((tier_of(slices[i].slice) == tiers[t]) == yes, "%s",
                          slice_names[slices[i].slice]);
        }
    }
    ck_assert_uint_eq(tier_of(SLICE_NONE), 0);
}
END_TEST

START_TEST(a_caller_passes_with_both_tier_and_duty)
{
    for (int i = 0; i < SLICES; i++) {
        for (int t = 0; t < 5; t++) {
            bool passes = checked(tiers[t], UNIT_WRITE, slices[i].slice, DUTY_MANAGER);
            ck_assert_int_eq(passes, slices[i].tiers[t] == 'y');
            ck_assert_int_eq(request->problem.kind, passes ? NO_PROBLEM : FORBIDDEN);
            refused(checked(tiers[t], UNIT_WRITE, slices[i].slice, DUTY_OFFICER), FORBIDDEN,
                    "the right tier with too small a duty");
        }
    }
}
END_TEST

START_TEST(the_tiers_of_a_row_add_up)
{
    unsigned middle = TIER_PROVINCE | TIER_COMMUNE;
    refused(checked(middle, UNIT_READ, SLICE_NATION, DUTY_VIEWER), FORBIDDEN, "nation");
    went_on(checked(middle, UNIT_READ, SLICE_PROVINCE, DUTY_VIEWER), "province");
    refused(checked(middle, UNIT_READ, SLICE_DISTRICT, DUTY_VIEWER), FORBIDDEN, "district");
    went_on(checked(middle, UNIT_READ, SLICE_COMMUNE, DUTY_VIEWER), "commune");
    refused(checked(middle, UNIT_READ, SLICE_AGENCY, DUTY_VIEWER), FORBIDDEN, "agency");
    went_on(checked(ANY_TIER, UNIT_READ, SLICE_COLLECTOR, DUTY_VIEWER), "any tier");
}
END_TEST

START_TEST(a_row_without_tiers_denies_everybody)
{
    for (int i = 0; i < SLICES; i++) {
        for (int duty = 0; duty < DUTY_COUNT; duty++) {
            refused(checked(0, UNIT_READ, slices[i].slice, (enum duty)duty), FORBIDDEN,
                    slice_names[slices[i].slice]);
        }
    }
}
END_TEST

START_TEST(a_row_without_a_permission_denies_everybody_who_signed_in)
{
    for (int i = 0; i < SLICES; i++) {
        for (int duty = 0; duty < DUTY_COUNT; duty++) {
            refused(checked(ANY_TIER, NOTHING, slices[i].slice, (enum duty)duty), FORBIDDEN,
                    slice_names[slices[i].slice]);
        }
    }
}
END_TEST

START_TEST(nobody_in_particular_may_only_call_what_is_for_anyone)
{
    went_on(checked(ANYONE, NOTHING, SLICE_NONE, DUTY_NONE), "anyone");
    refused(checked(ANY_TIER, UNIT_READ, SLICE_NONE, DUTY_NONE), FORBIDDEN, "signed in");
    refused(checked(ANY_TIER, UNIT_READ, SLICE_NONE, DUTY_MANAGER), FORBIDDEN, "no slice");
    refused(checked(ANY_TIER, UNIT_READ, SLICE_NATION, DUTY_NONE), FORBIDDEN, "no duty");
}
END_TEST

Suite *permit_suite(void)
{
    TCase *tests = tcase_create("permit");
    tcase_add_checked_fixture(tests, request_open, request_close);
    tcase_add_test(tests, each_duty_includes_what_the_table_says);
    tcase_add_test(tests, each_slice_is_of_its_tier);
    tcase_add_test(tests, a_caller_passes_with_both_tier_and_duty);
    tcase_add_test(tests, the_tiers_of_a_row_add_up);
    tcase_add_test(tests, a_row_without_tiers_denies_everybody);
    tcase_add_test(tests, a_row_without_a_permission_denies_everybody_who_signed_in);
    tcase_add_test(tests, nobody_in_particular_may_only_call_what_is_for_anyone);
    Suite *suite = suite_create("permit");
    suite_add_tcase(suite, tests);
    return suite;
}
