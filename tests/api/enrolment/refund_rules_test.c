/* Refunds: which months are used, and what is the participant's own. */
#include "api/enrolment/refund_rules.h"

#include "tests/support/suites.h"

static const struct paid year = {.starts_on = "2026-01-31",
                                 .months = 12,
                                 .contribution = 3960000,
                                 .participant = 3168000,
                                 .support = 792000,
                                 .support_months = 12};

START_TEST(the_month_in_which_it_happens_is_used)
{
    static const struct {
        const char *day;
        int unused;
        const char *from;
    } table[] = {
        {"2026-01-30", 12, "2026-01-31"}, {"2026-01-31", 11, "2026-02-28"},
        {"2026-02-27", 11, "2026-02-28"}, {"2026-02-28", 10, "2026-03-31"},
        {"2026-12-30", 1, "2026-12-31"},  {"2026-12-31", 0, "2027-01-31"},
        {"2030-01-01", 0, "2027-01-31"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct refund refund = refund_of(&year, table[i].day, 10000);
        ck_assert_int_eq(refund.unused_months, table[i].unused);
        ck_assert_str_eq(refund.unused_from, table[i].from);
        ck_assert_int_eq(refund.amount, table[i].unused * 264000);
        ck_assert_int_eq(refund.support, table[i].unused * 66000);
    }
}
END_TEST

START_TEST(support_that_ended_earlier_is_not_deducted)
{
    struct paid paid = year;
    paid.support_months = 5;
    paid.support = 5 * 66000;
    paid.participant = paid.contribution - paid.support;
    ck_assert_int_eq(refund_of(&paid, "2026-06-30", 10000).amount, 6 * 330000);
    ck_assert_int_eq(refund_of(&paid, "2026-03-31", 10000).amount, 9 * 330000 - 2 * 66000);
}
END_TEST

START_TEST(a_sponsors_share_stays)
{
    struct paid paid = year;
    paid.sponsor = paid.participant / 2;
    paid.participant -= paid.sponsor;
    ck_assert_int_eq(refund_of(&paid, "2026-01-31", 10000).amount, 11 * 132000);
    ck_assert_int_eq(refund_of(&paid, "2026-01-31", 5000).amount, 11 * 66000);
}
END_TEST

START_TEST(nobody_gets_more_than_was_paid)
{
    for (int months = 1; months <= 60; months++) {
        for (int supported = 0; supported <= months; supported++) {
            struct paid paid = {.starts_on = "2025-07-01",
                                .months = months,
                                .contribution = 330001 * months,
                                .support = 165000 * supported,
                                .support_months = supported};
            paid.sponsor = (paid.contribution - paid.support) / 3;
            paid.participant = paid.contribution - paid.support - paid.sponsor;
            struct refund refund = refund_of(&paid, "2025-06-30", 10000);
            ck_assert_int_le(refund.amount, paid.participant);
            ck_assert_int_ge(refund.amount, paid.participant - 1);
            ck_assert_int_ge(refund_of(&paid, "2026-09-09", 10000).amount, 0);
        }
    }
}
END_TEST

Suite *refund_rules_suite(void)
{
    TCase *tests = tcase_create("refund_rules");
    tcase_add_test(tests, the_month_in_which_it_happens_is_used);
    tcase_add_test(tests, support_that_ended_earlier_is_not_deducted);
    tcase_add_test(tests, a_sponsors_share_stays);
    tcase_add_test(tests, nobody_gets_more_than_was_paid);
    Suite *suite = suite_create("refund_rules");
    suite_add_tcase(suite, tests);
    return suite;
}
