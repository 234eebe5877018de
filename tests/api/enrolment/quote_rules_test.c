/* Prices: every figure of the printed tables by the rates that ship, and what holds for any input. */
#include "api/enrolment/quote_rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/rate_case.h"
#include "tests/support/suites.h"

#define GROUP(code_) .group_count = 1, .groups = {{.code = (code_)}}

static struct quote priced(struct quote_terms terms, struct quote_person person,
                           const char *province)
{
    struct rate_book book = shipped_book(terms.paid_on, province);
    struct quote quote;
    int next = 1;
    quote_price(&terms, &person, &book, &next, &quote);
    return quote;
}

static struct quote voluntary(const char *day, int months, struct quote_person person)
{
    return priced((struct quote_terms){VSI, PERIODIC, months, day}, person, NULL);
}

static struct quote household(const char *day, int months, struct quote_person person)
{
    return priced((struct quote_terms){HHI, PERIODIC, months, day}, person, NULL);
}

static void done(const struct quote *quote)
{
    ck_assert_msg(quote->verdict == QUOTE_DONE, "verdict %d, missing %s.%s", (int)quote->verdict,
                  quote->missing_kind ? quote->missing_kind : "",
                  quote->missing_key ? quote->missing_key : "");
}

/* --- the printed tables ------------------------------------------------------------------------ */

START_TEST(a_household_pays_what_the_table_says)
{
    static const struct {
        const char *day;
        int64_t monthly[5], yearly[5];
    } table[] = {
        {"2015-06-01",
         {51750, 36225, 31050, 25875, 20700},
         {621000, 434700, 372600, 310500, 248400}},
        {"2016-05-01",
         {54450, 38115, 32670, 27225, 21780},
         {653400, 457380, 392040, 326700, 261360}},
        {"2017-07-01",
         {58500, 40950, 35100, 29250, 23400},
         {702000, 491400, 421200, 351000, 280800}},
        {"2018-07-01",
         {62550, 43785, 37530, 31275, 25020},
         {750600, 525420, 450360, 375300, 300240}},
        {"2019-07-01",
         {67050, 46935, 40230, 33525, 26820},
         {804600, 563220, 482760, 402300, 321840}},
        {"2023-06-30",
         {67050, 46935, 40230, 33525, 26820},
         {804600, 563220, 482760, 402300, 321840}},
        {"2023-07-01",
         {81000, 56700, 48600, 40500, 32400},
         {972000, 680400, 583200, 486000, 388800}},
        {"2024-07-01",
         {105300, 73710, 63180, 52650, 42120},
         {1263600, 884520, 758160, 631800, 505440}},
        {"2026-06-30",
         {105300, 73710, 63180, 52650, 42120},
         {1263600, 884520, 758160, 631800, 505440}},
        {"2026-07-01",
         {113850, 79695, 68310, 56925, 45540},
         {1366200, 956340, 819720, 683100, 546480}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (int rank = 1; rank <= 7; rank++) { /* from the fifth on all pay the same */
            int column = rank < 5 ? rank - 1 : 4;
            struct quote_person person = {.position = rank};
            struct quote year = household(table[i].day, 12, person);
            struct quote quarter = household(table[i].day, 3, person);
            done(&year);
            ck_assert_int_eq(year.monthly, table[i].monthly[column]);
            ck_assert_int_eq(year.contribution, table[i].yearly[column]);
            ck_assert_int_eq(quote_amount(&year, PARTICIPANT), table[i].yearly[column]);
            ck_assert_int_eq(quarter.contribution, 3 * table[i].monthly[column]);
            ck_assert_int_eq(year.position, rank);
        }
    }
}
END_TEST

START_TEST(subsidised_groups_pay_what_the_table_says)
{
    static const struct {
        const char *group, *day;
        int64_t monthly;
    } table[] = {
        {"near_poor_poor_commune", "2026-11-22", 0},
        {"near_poor", "2026-11-22", 34155},
        {"ethnic_minority_dropped", "2026-11-22", 34155},
        {"pupil", "2026-11-22", 56925},
        {"student", "2026-11-22", 56925},
        {"village_health_worker", "2026-11-22", 56925},
        {"village_staff", "2026-11-22", 56925},
        {"grassroots_security", "2026-11-22", 56925},
        {"artisan", "2026-11-22", 56925},
        {"trafficking_victim", "2026-11-22", 56925},
        {"average_standard_agri", "2026-11-22", 79695},
        {"near_poor", "2020-01-01", 20115},
        {"pupil", "2025-06-30", 73710},
        {"pupil", "2025-07-01", 52650},
        {"village_staff", "2025-06-30", 105300}, /* no group before: the household pays */
        {"ethnic_minority_dropped", "2023-10-31", 81000},
        {"ethnic_minority_dropped", "2023-11-01", 24300},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct quote_person person = {GROUP(table[i].group)};
        person.groups[0].since = "2026-06-01";
        if (strcmp(table[i].day, person.groups[0].since) < 0) {
            person.groups[0].since = "2023-11-01";
        }
        struct quote quote = household(table[i].day, 6, person);
        done(&quote);
        ck_assert_msg(quote_amount(&quote, PARTICIPANT) == 6 * table[i].monthly, "%s on %s: %lld",
                      table[i].group, table[i].day, (long long)quote_amount(&quote, PARTICIPANT));
    }
}
END_TEST

START_TEST(voluntary_insurance_costs_what_the_tables_say)
{
    static const struct {
        const char *day;
        int64_t least, ceiling, most;
    } table[] = {
        {"2016-01-01", 154000, 23000000, 5060000},  {"2016-05-01", 154000, 24200000, 5324000},
        {"2017-07-01", 154000, 26000000, 5720000},  {"2018-07-01", 154000, 27800000, 6116000},
        {"2019-07-01", 154000, 29800000, 6556000},  {"2022-01-01", 330000, 29800000, 6556000},
        {"2023-07-01", 330000, 36000000, 7920000},  {"2024-07-01", 330000, 46800000, 10296000},
        {"2026-12-31", 330000, 50600000, 11132000}, {"2027-01-01", 484000, 50600000, 11132000},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct quote floor = voluntary(table[i].day, 1, (struct quote_person){0});
        struct quote top =
            voluntary(table[i].day, 12, (struct quote_person){.income = table[i].ceiling});
        struct quote above =
            voluntary(table[i].day, 12, (struct quote_person){.income = table[i].ceiling + 50000});
        done(&floor);
        done(&top);
        ck_assert_int_eq(floor.contribution, table[i].least);
        ck_assert_int_eq(top.monthly, table[i].most);
        ck_assert_int_eq(top.contribution, 12 * table[i].most);
        ck_assert_int_eq(above.verdict, QUOTE_INCOME_HIGH);
        ck_assert_int_eq(above.figure, table[i].ceiling);
    }
}
END_TEST

START_TEST(the_state_supports_what_the_table_says)
{
    static const char *const groups[] = {"poor", "near_poor", "ethnic_minority", "island", "other"};
    static const struct {
        const char *day;
        int64_t monthly[5];
    } table[] = {
        {"2017-12-31", {0, 0, 0, 0, 0}},
        {"2018-01-01", {46200, 38500, 15400, 15400, 15400}}, /* a dash: as everybody else */
        {"2021-12-31", {46200, 38500, 15400, 15400, 15400}},
        {"2022-01-01", {99000, 82500, 33000, 33000, 33000}},
        {"2025-06-30", {99000, 82500, 33000, 33000, 33000}},
        {"2025-07-01", {165000, 132000, 99000, 165000, 66000}},
        {"2026-12-31", {165000, 132000, 99000, 165000, 66000}},
        {"2027-01-01", {242000, 193600, 145200, 242000, 96800}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (int group = 0; group < 5; group++) {
            struct quote_person person = {GROUP(groups[group])};
            struct quote quote = voluntary(table[i].day, 6, person);
            done(&quote);
            ck_assert_int_eq(quote_amount(&quote, STATE), 6 * table[i].monthly[group]);
            person.income = 5000000 - 5000000 % 50000; /* support is of the least contribution */
            quote = voluntary(table[i].day, 6, person);
            done(&quote);
            ck_assert_int_eq(quote_amount(&quote, STATE), 6 * table[i].monthly[group]);
        }
    }
}
END_TEST

START_TEST(a_province_adds_its_top_up)
{
    struct quote_terms vsi = {VSI, PERIODIC, 1, "2026-11-22"};
    struct quote poor = priced(vsi, (struct quote_person){GROUP("poor")}, "79");
    struct quote near = priced(vsi, (struct quote_person){GROUP("near_poor")}, "79");
    ck_assert_int_eq(quote_amount(&poor, STATE) + quote_amount(&poor, PROVINCE), 330000 * 80 / 100);
    ck_assert_int_eq(quote_amount(&near, STATE) + quote_amount(&near, PROVINCE), 330000 * 65 / 100);
    struct quote_terms hhi = {HHI, PERIODIC, 12, "2026-11-22"};
    struct quote pupil = priced(hhi, (struct quote_person){GROUP("pupil")}, "79");
    ck_assert_int_eq(quote_amount(&pupil, PARTICIPANT), 0);
    struct quote_person dropped = {GROUP("ethnic_minority_dropped")};
    dropped.groups[0].since = "2026-01-01";
    struct quote capped = priced(hhi, dropped, "96"); /* 70 + 30 */
    ck_assert_int_eq(quote_amount(&capped, PARTICIPANT), 0);
    struct quote student = priced(hhi, (struct quote_person){GROUP("student")}, "66");
    ck_assert_int_eq(quote_amount(&student, PARTICIPANT), 12 * (113850 - 56925 - 5693));
    struct quote sonla = priced((struct quote_terms){HHI, PERIODIC, 12, "2020-06-01"},
                                (struct quote_person){GROUP("student")}, "14");
    ck_assert_int_eq(quote_amount(&sonla, PARTICIPANT), 804600 / 2);
    ck_assert(!sonla.verified);
}
END_TEST

/* --- rules ----------------------------------------------------------------------------------- */

START_TEST(the_group_that_is_worth_most_counts_alone)
{
    struct quote_person person = {
        .group_count = 3,
        .groups = {{.code = "near_poor"}, {.code = "ethnic_minority"}, {.code = "poor"}}};
    struct quote quote = voluntary("2026-11-22", 12, person);
    ck_assert_str_eq(quote.group, "poor");
    ck_assert_int_eq(quote_amount(&quote, STATE), 12 * 165000);
    struct rate_book book = shipped_book("2026-11-22", NULL);
    book.island = true;
    int next = 1;
    quote_price(&(struct quote_terms){VSI, PERIODIC, 12, "2026-11-22"}, &(struct quote_person){0},
                &book, &next, &quote);
    ck_assert_str_eq(quote.group, "island");
}
END_TEST

START_TEST(support_ends_after_120_months)
{
    struct quote_person person = {GROUP("poor"), .support_used = 115};
    struct quote quote = voluntary("2026-11-22", 12, person);
    ck_assert_int_eq(quote.support_months, 5);
    ck_assert_int_eq(quote_amount(&quote, STATE), 5 * 165000);
    person.support_used = 130;
    quote = voluntary("2026-11-22", 12, person);
    ck_assert_int_eq(quote_amount(&quote, STATE), 0);
    ck_assert_int_eq(quote_amount(&quote, PARTICIPANT), 12 * 330000);
}
END_TEST

START_TEST(groups_for_a_time_end_with_it)
{
    struct quote_person person = {GROUP("ethnic_minority_dropped")};
    ck_assert_int_eq(household("2026-10-31", 3, person).verdict, QUOTE_SINCE);
    person.groups[0].since = "2021-06-04"; /* 36 months, but not from before there was support */
    ck_assert_str_eq(household("2026-10-31", 3, person).group, "ethnic_minority_dropped");
    struct quote over = household("2026-11-01", 3, person);
    ck_assert_str_eq(over.group, "household");
    ck_assert_int_eq(over.position, 1);
}
END_TEST

START_TEST(a_household_counts_those_without_support)
{
    static const char *const groups[] = {NULL, "pupil", NULL, NULL};
    static const int positions[] = {1, 0, 2, 3};
    struct rate_book book = shipped_book("2026-11-22", NULL);
    int next = 1;
    for (int i = 0; i < 4; i++) {
        struct quote_person person = {0};
        struct quote quote;
        if (groups[i]) {
            person.groups[person.group_count++].code = groups[i];
        }
        quote_price(&(struct quote_terms){HHI, PERIODIC, 12, "2026-11-22"}, &person, &book, &next,
                    &quote);
        ck_assert_int_eq(quote.position, positions[i]);
    }
    ck_assert_int_eq(next, 4);
}
END_TEST

START_TEST(incomes_go_in_steps_until_2025)
{
    struct quote_person person = {.income = 1525000};
    struct quote quote = voluntary("2025-06-30", 12, person);
    ck_assert_int_eq(quote.verdict, QUOTE_INCOME_STEP);
    ck_assert_int_eq(quote.figure, 50000);
    quote = voluntary("2025-07-01", 12, person);
    done(&quote);
    ck_assert(!quote.verified); /* whether the step goes on nobody has compared */
    person.income = 1499999;
    quote = voluntary("2025-07-01", 12, person);
    ck_assert_int_eq(quote.verdict, QUOTE_INCOME_LOW);
    quote = voluntary("2026-11-22", 12, (struct quote_person){0});
    ck_assert(quote.verified);
}
END_TEST

START_TEST(voluntary_insurance_begins_at_fifteen)
{
    struct quote_person person = {.born = "2011-11-23"};
    ck_assert_int_eq(voluntary("2026-11-22", 12, person).verdict, QUOTE_TOO_YOUNG);
    person.born = "2011-11-22";
    ck_assert_int_eq(voluntary("2026-11-22", 12, person).verdict, QUOTE_DONE);
    ck_assert_int_eq(household("2026-11-22", 12, person).verdict, QUOTE_DONE);
    person.born = "9999-12-31";
    ck_assert_int_eq(voluntary("2026-11-22", 12, person).verdict, QUOTE_TOO_YOUNG);
}
END_TEST

START_TEST(methods_have_their_months)
{
    ck_assert_int_eq(voluntary("2026-11-22", 2, (struct quote_person){0}).verdict, QUOTE_MONTHS);
    ck_assert_int_eq(household("2026-11-22", 1, (struct quote_person){0}).verdict, QUOTE_MONTHS);
    struct quote_terms ahead = {VSI, ADVANCE, 61, "2024-11-22"};
    ck_assert_int_eq(priced(ahead, (struct quote_person){0}, NULL).verdict, QUOTE_MONTHS);
    ahead.months = 12;
    ck_assert_int_eq(priced(ahead, (struct quote_person){0}, NULL).figure, 13);
    struct quote_terms missing = {VSI, MISSING, 121, "2024-11-22"};
    ck_assert_int_eq(priced(missing, (struct quote_person){0}, NULL).figure, 120);
    missing.paid_on = "2025-07-01";
    ck_assert_int_eq(priced(missing, (struct quote_person){0}, NULL).figure, 60);
}
END_TEST

START_TEST(a_rate_that_is_missing_is_named)
{
    struct quote_terms ahead = {VSI, ADVANCE, 24, "2026-11-22"};
    struct quote quote = priced(ahead, (struct quote_person){0}, NULL);
    ck_assert_int_eq(quote.verdict, QUOTE_RATE_MISSING);
    ck_assert_str_eq(quote.missing_kind, "vsi_fund_rate");
    ck_assert_str_eq(quote.missing_key, "all");
    quote = household("2010-01-01", 12, (struct quote_person){0});
    ck_assert_int_eq(quote.verdict, QUOTE_RATE_MISSING);
    ck_assert_str_eq(quote.missing_kind, "hhi_method");
    quote = household("2026-11-22", 12, (struct quote_person){GROUP("poor")});
    ck_assert_str_eq(quote.missing_key, "poor");
}
END_TEST

/* --- lump sums ------------------------------------------------------------------------------- */

/* The printed formulas month by month, in the floating point of whoever checks them by hand. */
static long double by_hand(bool missing, int64_t monthly, int months, long double rate)
{
    long double sum = 0;
    for (int i = 1; i <= months; i++) {
        sum += missing ? (long double)monthly * powl(1 + rate, i)
                       : (long double)monthly / powl(1 + rate, i - 1);
    }
    return sum;
}

START_TEST(lump_sums_follow_their_formulas)
{
    static const int64_t rates[] = {0, 3492, 3633, 6583, 20000};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        for (int months = 1; months <= 120; months++) {
            long double rate = (long double)rates[r] / 1e6L;
            long double ahead = by_hand(false, 330000, months, rate);
            long double missing = by_hand(true, 5720000, months, rate);
            ck_assert(fabsl((long double)lump_ahead(330000, months, rates[r], 1) - ahead) <= 0.51L);
            ck_assert(fabsl((long double)lump_missing(5720000, months, rates[r]) - missing) <=
                      0.51L);
        }
    }
    /* The rate of 2017, 0.6583 % a month, for ten years at the least income. */
    struct quote_terms terms = {VSI, MISSING, 120, "2017-09-11"};
    struct quote quote = priced(terms, (struct quote_person){0}, NULL);
    done(&quote);
    ck_assert(fabsl((long double)quote.contribution - by_hand(true, 154000, 120, 0.006583L)) <= 5);
    ck_assert_int_eq(quote_amount(&quote, STATE), 0);
    ck_assert_str_eq(quote.starts_on, "");
}
END_TEST

START_TEST(months_ahead_are_supported_month_by_month)
{
    struct quote_terms terms = {VSI, ADVANCE, 60, "2024-05-10"};
    struct quote quote =
        priced(terms, (struct quote_person){GROUP("poor"), .support_used = 100}, NULL);
    done(&quote);
    ck_assert_int_eq(quote.support_months, 20);
    ck_assert_int_eq(quote.contribution, lump_ahead(330000, 60, 3633, 1));
    ck_assert_int_eq(quote_amount(&quote, STATE), lump_ahead(99000, 20, 3633, 1));
    ck_assert_int_lt(quote.contribution, 60 * 330000);
    ck_assert(!quote.verified); /* the exponent is to be verified */
    ck_assert_str_eq(quote.ends_on, "2029-05-09");
}
END_TEST

/* --- cards ----------------------------------------------------------------------------------- */

static void covers(struct quote quote, const char *starts_on, const char *ends_on, bool waits)
{
    done(&quote);
    ck_assert_str_eq(quote.starts_on, starts_on);
    ck_assert_str_eq(quote.ends_on, ends_on);
    ck_assert_int_eq(quote.waits, waits);
}

START_TEST(a_card_begins_when_the_old_one_ends_or_after_thirty_days)
{
    struct quote_person person = {0};
    covers(household("2026-11-22", 12, person), "2026-12-22", "2027-12-21", true);
    person.covered_until = "2026-12-31";
    covers(household("2026-11-22", 12, person), "2027-01-01", "2027-12-31", false);
    person.covered_until = "2026-10-31"; /* late, but within the gap: from the payment on */
    covers(household("2026-11-22", 3, person), "2026-11-22", "2027-02-21", false);
    person.covered_until = "2026-08-24"; /* the 90th day without a card is today */
    covers(household("2026-11-22", 3, person), "2026-11-22", "2027-02-21", false);
    person.covered_until = "2026-08-23";
    covers(household("2026-11-22", 3, person), "2026-12-22", "2027-03-21", true);
    person.covered_until = "2025-02-28"; /* three months until the law of 2025-07 */
    covers(household("2025-05-31", 6, person), "2025-05-31", "2025-11-29", false);
    covers(household("2025-06-01", 6, person), "2025-07-01", "2025-12-31", true);
    covers(household("9999-12-31", 6, person), "9999-12-31", "9999-12-30", true); /* no later day */
    person.renewable_until = "2027-01-01"; /* of the register: the method paid before decides */
    covers(household("2026-12-31", 6, person), "2026-12-31", "2027-06-29", false);
}
END_TEST

START_TEST(the_next_payment_is_due_by_method)
{
    static const struct {
        int months;
        const char *due_on;
    } table[] = {{1, "2026-12-31"}, {3, "2027-04-30"}, {6, "2027-08-31"}, {12, "2028-05-31"}};
    struct quote_person person = {0};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        ck_assert_str_eq(voluntary("2026-11-01", table[i].months, person).due_on, table[i].due_on);
    }
    struct quote card = household("2026-11-22", 12, person);
    ck_assert_str_eq(card.due_on, "2027-12-21");
    ck_assert_str_eq(card.continues_until, "2028-03-20");
    person.covered_until = "2026-10-31";
    covers(voluntary("2026-11-30", 3, person), "2026-11-01", "2027-01-31", false);
}
END_TEST

/* --- what holds for any input ------------------------------------------------------------------ */

static uint64_t state = 88172645463325252u;

static int below(int limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (int)(state % (uint64_t)limit);
}

static const char *const provinces[] = {NULL, "79", "96", "66", "14", "68"};
static const char *const days[] = {"2018-02-01", "2019-08-15", "2020-10-31", "2021-12-31",
                                   "2023-05-05", "2024-12-31", "2025-06-30", "2025-11-22",
                                   "2026-11-22", "2027-01-01"};
static const char *const vsi_groups[] = {"poor", "near_poor", "ethnic_minority", "island", "other"};
static const char *const hhi_groups[] = {"household",
                                         "near_poor",
                                         "near_poor_poor_commune",
                                         "pupil",
                                         "village_staff",
                                         "artisan",
                                         "average_standard_agri",
                                         "trafficking_victim",
                                         "student",
                                         "grassroots_security"};

static struct quote_terms any_terms(void)
{
    static const int periods[] = {3, 6, 12, 1};
    struct quote_terms terms = {.scheme = below(2) ? HHI : VSI, .paid_on = days[below(10)]};
    terms.method = terms.scheme == VSI ? (enum quote_method)below(3) : PERIODIC;
    terms.months = terms.method == PERIODIC  ? periods[below(terms.scheme == VSI ? 4 : 3)]
                   : terms.method == ADVANCE ? 13 + below(48)
                                             : 1 + below(60);
    return terms;
}

static struct quote_person any_person(const struct quote_terms *terms)
{
    struct quote_person person = {.support_used = below(140), .position = below(9)};
    person.income = terms->scheme == VSI ? 2200000 + 50000 * below(400) : 0;
    person.sponsor_hundredths = below(3) ? 0 : 100 * below(101);
    person.covered_until = below(2) ? "2025-03-31" : NULL;
    person.group_count = below(4);
    for (int i = 0; i < person.group_count; i++) {
        person.groups[i].code = terms->scheme == VSI ? vsi_groups[below(5)] : hhi_groups[below(10)];
        person.groups[i].since = "2026-01-01";
    }
    return person;
}

static void adds_up(const struct quote *quote)
{
    int64_t sum = 0;
    for (int i = 0; i < quote->line_count; i++) {
        const struct quote_line *line = &quote->lines[i];
        ck_assert_int_ge(line->amount, 0);
        ck_assert_int_le(line->amount, quote->contribution);
        ck_assert(line->rule || line->funder == SPONSOR);
        sum += line->amount;
    }
    ck_assert_int_eq(sum, quote->contribution);
    ck_assert_int_ge(quote->contribution, 0);
    ck_assert_int_le(quote_amount(quote, STATE) + quote_amount(quote, PROVINCE),
                     quote->contribution);
}

START_TEST(lines_add_up_and_no_support_exceeds_the_contribution)
{
    for (int i = 0; i < 20000; i++) {
        struct quote_terms terms = any_terms();
        struct quote_person person = any_person(&terms);
        struct quote quote = priced(terms, person, provinces[below(6)]);
        if (quote.verdict == QUOTE_DONE) {
            adds_up(&quote);
        } else {
            ck_assert_int_eq(quote.verdict, QUOTE_RATE_MISSING); /* the fund's rate */
        }
    }
}
END_TEST

START_TEST(who_earns_more_never_pays_less)
{
    for (int i = 0; i < 5000; i++) {
        struct quote_terms terms = any_terms();
        struct quote_person person = any_person(&terms);
        const char *province = provinces[below(6)];
        terms.scheme = VSI;
        person.group_count = below(2);
        person.groups[0].code = vsi_groups[below(5)];
        struct quote less = priced(terms, person, province);
        person.income = (person.income ? person.income : 2200000) + 50000 * below(20);
        struct quote more = priced(terms, person, province);
        if (less.verdict == QUOTE_DONE && more.verdict == QUOTE_DONE) {
            ck_assert_int_ge(more.contribution, less.contribution);
            ck_assert_int_ge(quote_amount(&more, PARTICIPANT), quote_amount(&less, PARTICIPANT));
        }
    }
}
END_TEST

/* From the first supported month to the last one that is known, nobody is refused for want of a rule. */
START_TEST(every_month_since_2018_has_its_price)
{
    for (int month = 0; month < 12 * 10; month++) {
        char day[DATE_ROOM];
        date_plus_months("2018-01-15", month, day);
        struct quote year = household(day, 12, (struct quote_person){0});
        struct quote pupil = household(day, 3, (struct quote_person){GROUP("pupil")});
        struct quote own = voluntary(day, 1, (struct quote_person){0});
        struct quote poor = voluntary(day, 12, (struct quote_person){GROUP("poor")});
        done(&year);
        done(&pupil);
        done(&own);
        done(&poor);
        ck_assert_int_gt(quote_amount(&poor, STATE), 0);
        ck_assert_int_gt(quote_amount(&pupil, STATE), 0);
        ck_assert_str_gt(year.ends_on, day);
    }
}
END_TEST

Suite *quote_rules_suite(void)
{
    TCase *tests = tcase_create("quote_rules");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_household_pays_what_the_table_says);
    tcase_add_test(tests, subsidised_groups_pay_what_the_table_says);
    tcase_add_test(tests, voluntary_insurance_costs_what_the_tables_say);
    tcase_add_test(tests, the_state_supports_what_the_table_says);
    tcase_add_test(tests, a_province_adds_its_top_up);
    tcase_add_test(tests, the_group_that_is_worth_most_counts_alone);
    tcase_add_test(tests, support_ends_after_120_months);
    tcase_add_test(tests, groups_for_a_time_end_with_it);
    tcase_add_test(tests, a_household_counts_those_without_support);
    tcase_add_test(tests, incomes_go_in_steps_until_2025);
    tcase_add_test(tests, voluntary_insurance_begins_at_fifteen);
    tcase_add_test(tests, methods_have_their_months);
    tcase_add_test(tests, a_rate_that_is_missing_is_named);
    tcase_add_test(tests, lump_sums_follow_their_formulas);
    tcase_add_test(tests, months_ahead_are_supported_month_by_month);
    tcase_add_test(tests, every_month_since_2018_has_its_price);
    tcase_add_test(tests, a_card_begins_when_the_old_one_ends_or_after_thirty_days);
    tcase_add_test(tests, the_next_payment_is_due_by_method);
    tcase_add_test(tests, lines_add_up_and_no_support_exceeds_the_contribution);
    tcase_add_test(tests, who_earns_more_never_pays_less);
    Suite *suite = suite_create("quote_rules");
    suite_add_tcase(suite, tests);
    return suite;
}
