/* Remuneration: what one enrolment is worth, how statements add up, and what the caps say. */
#include "api/enrolment/remuneration_rules.h"

#include <stdlib.h>

#include "tests/support/suites.h"

START_TEST(a_percentage_of_the_own_money_half_up)
{
    static const struct {
        int64_t base;
        int64_t hundredths;
        int64_t amount;
    } table[] = {
        {1366200, 700, 95634}, {3168000, 1400, 443520},
        {683100, 250, 17078},  {546480, 333, 18198},
        {1, 5000, 1},          {1, 4999, 0},
        {3, 5000, 2},          {0, 750, 0},
        {1366200, 0, 0},       {99, 10000, 99},
        {150, 100, 2},         {149, 100, 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        ck_assert_int_eq(remuneration_of(table[i].base, table[i].hundredths), table[i].amount);
        ck_assert_int_eq(remuneration_of(-table[i].base, table[i].hundredths), -table[i].amount);
    }
}
END_TEST

START_TEST(more_money_or_more_percent_is_never_less)
{
    srandom(20261122);
    for (int i = 0; i < 20000; i++) {
        int64_t base = random() % 60000000;
        int64_t hundredths = random() % 10001;
        int64_t amount = remuneration_of(base, hundredths);
        ck_assert_int_le(amount, base);
        ck_assert_int_le(amount, remuneration_of(base + 1, hundredths));
        ck_assert_int_le(amount, remuneration_of(base, hundredths + 1));
        int64_t off = amount * 10000 - base * hundredths; /* half up: -5000 < off <= 5000 */
        ck_assert(-5000 < off && off <= 5000);
    }
}
END_TEST

/* A history: what is posted in one month is taken back in another, in part refunded, or stays. */
START_TEST(all_months_together_are_what_stayed)
{
    enum { MONTHS = 6, POSTINGS = 3000 };
    static const int64_t rates[] = {250, 333, 700, 1199, 1400};
    struct remuneration months[MONTHS] = {{0}};
    struct remuneration stayed = {0};
    srandom(7);
    for (int i = 0; i < POSTINGS; i++) {
        int64_t base = 1 + random() % 4000000;
        int64_t rate = rates[random() % 5];
        int posted = (int)(random() % MONTHS);
        int later = posted + (int)(random() % (MONTHS - posted));
        int becomes = (int)(random() % 3);
        remuneration_add(&months[posted], 1, 1, base, rate);
        if (becomes == 0) {
            remuneration_add(&months[later], 1, -1, -base, rate);
            continue;
        }
        remuneration_add(&stayed, 1, 1, base, rate);
        if (becomes == 1) {
            int64_t back = random() % (base + 1);
            remuneration_add(&months[later], 1, 0, -back, rate);
            remuneration_add(&stayed, 1, 0, -back, rate);
        }
    }
    struct remuneration all = {0};
    for (int month = 0; month < MONTHS; month++) {
        remuneration_join(&all, &months[month]);
    }
    ck_assert_int_eq(all.count, stayed.count);
    ck_assert_int_eq(all.base, stayed.base);
    ck_assert_int_eq(all.amount, stayed.amount);
}
END_TEST

START_TEST(equal_ones_are_rounded_each)
{
    struct remuneration once = {0};
    struct remuneration together = {0};
    for (int i = 0; i < 7; i++) {
        remuneration_add(&once, 1, 1, 683110, 255);
    }
    remuneration_add(&together, 7, 1, 683110, 255);
    ck_assert_int_eq(once.count, together.count);
    ck_assert_int_eq(once.amount, together.amount);
    remuneration_add(&together, 7, -1, -683110, 255);
    ck_assert_int_eq(together.count, 0);
    ck_assert_int_eq(together.base, 0);
    ck_assert_int_eq(together.amount, 0);
}
END_TEST

START_TEST(caps_are_about_exact_ratios)
{
    static const struct {
        int64_t base;
        int64_t more;    /* beside it, at 7.50 % */
        int64_t percent; /* of the base */
        int64_t average;
        bool within; /* of 7.50 % */
    } table[] = {
        {10000, 0, 750, 750, true},         {1, 1000000000000, 751, 750, false},
        {1, 1000000000000, 749, 750, true}, {200, 0, 800, 800, false},
        {100, 100, 800, 775, false},        {100, 100, 701, 726, true},
        {683100, 0, 250, 250, true},        {1, 0, 10000, 10000, false},
    };
    int64_t average = -1;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct remuneration sum = {0};
        remuneration_add(&sum, 1, 1, table[i].base, table[i].percent);
        remuneration_add(&sum, 1, 1, table[i].more, 750);
        ck_assert(remuneration_average(&sum, &average));
        ck_assert_int_eq(average, table[i].average);
        ck_assert(remuneration_within(&sum, 750) == table[i].within);
    }
    struct remuneration pupils = {0}; /* 17,077.5 is paid as 17,078 */
    remuneration_add(&pupils, 1000, 1, 683100, 250);
    ck_assert_int_eq(pupils.amount, 17078000);
    ck_assert(remuneration_within(&pupils, 250));
    struct remuneration refunded = {0}; /* at the rate of another month */
    remuneration_add(&refunded, 1, 1, 1000, 100);
    remuneration_add(&refunded, 1, -1, -900, 1000);
    ck_assert(remuneration_average(&refunded, &average));
    ck_assert_int_eq(average, -8000);
    ck_assert(remuneration_within(&refunded, 0));
    struct remuneration nothing = {0};
    ck_assert(!remuneration_average(&nothing, &average));
    ck_assert(remuneration_within(&nothing, 0));
    struct remuneration negative = {0};
    remuneration_add(&negative, 1, -1, -100, 700);
    ck_assert(!remuneration_average(&negative, &average));
    ck_assert(remuneration_within(&negative, 0));
}
END_TEST

START_TEST(each_enrolment_falls_under_one_narrow_cap)
{
    ck_assert_int_eq(remuneration_cap_of("vsi", "poor"), CAP_VSI);
    ck_assert_int_eq(remuneration_cap_of("vsi", NULL), CAP_VSI);
    ck_assert_int_eq(remuneration_cap_of("hhi", "pupil"), CAP_SCHOOLS);
    ck_assert_int_eq(remuneration_cap_of("hhi", "student"), CAP_SCHOOLS);
    ck_assert_int_eq(remuneration_cap_of("hhi", "household"), CAP_OTHER_HHI);
    ck_assert_int_eq(remuneration_cap_of("hhi", NULL), CAP_OTHER_HHI);
}
END_TEST

Suite *remuneration_rules_suite(void)
{
    Suite *suite = suite_create("remuneration_rules");
    TCase *tcase = tcase_create("remuneration_rules");
    tcase_add_test(tcase, a_percentage_of_the_own_money_half_up);
    tcase_add_test(tcase, more_money_or_more_percent_is_never_less);
    tcase_add_test(tcase, all_months_together_are_what_stayed);
    tcase_add_test(tcase, equal_ones_are_rounded_each);
    tcase_add_test(tcase, caps_are_about_exact_ratios);
    tcase_add_test(tcase, each_enrolment_falls_under_one_narrow_cap);
    suite_add_tcase(suite, tcase);
    return suite;
}
