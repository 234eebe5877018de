/* A time as whole years, months and days, each day exactly once. */
#include "api/target/progress_rules.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "tests/support/suites.h"

static long day_number(const char *date)
{
    struct tm day = {.tm_year = (int)strtol(date, NULL, 10) - 1900,
                     .tm_mon = (int)strtol(date + 5, NULL, 10) - 1,
                     .tm_mday = (int)strtol(date + 8, NULL, 10)};
    return (long)(timegm(&day) / 86400);
}

static void is_aligned(const struct span *span)
{
    const char *tail = strcmp(span->span, "year") == 0 ? "-01-01" : "-01";
    if (strcmp(span->span, "day") != 0) {
        ck_assert_str_eq(span->lo + 10 - strlen(tail), tail);
        ck_assert_str_eq(span->hi + 10 - strlen(tail), tail);
    }
}

static void covers_each_day_once(const char *first, const char *past)
{
    struct span spans[SPANS_MAX];
    int count = spans_of(first, past, spans);
    long days = 0;
    for (int i = 0; i < count; i++) {
        is_aligned(&spans[i]);
        days += day_number(spans[i].hi) - day_number(spans[i].lo);
        ck_assert_int_ge(strcmp(spans[i].lo, first), 0);
        ck_assert_int_le(strcmp(spans[i].hi, past), 0);
    }
    ck_assert_msg(days == day_number(past) - day_number(first), "%s to %s", first, past);
}

START_TEST(every_day_is_counted_once)
{
    for (int month = 0; month < 30; month++) {
        char first[32];
        char past[11];
        snprintf(first, sizeof first, "%04d-%02d-01", 2024 + month / 12, month % 12 + 1);
        for (int days = 1; days < 900; days++) {
            days_before(first, -days, past);
            covers_each_day_once(first, past);
        }
    }
}
END_TEST

START_TEST(few_spans_say_much)
{
    static const struct {
        const char *first, *past;
        int count;
        const char *span, *lo, *hi; /* of the first */
    } cases[] = {
        {"2026-01-01", "2027-01-01", 1, "year", "2026-01-01", "2027-01-01"},
        {"2026-01-01", "2026-11-23", 2, "month", "2026-01-01", "2026-11-01"},
        {"2026-10-01", "2027-01-01", 1, "month", "2026-10-01", "2027-01-01"},
        {"2025-10-01", "2026-02-03", 3, "month", "2025-10-01", "2026-01-01"},
        {NULL, "2026-11-23", 3, "year", "-infinity", "2026-01-01"},
        {"2026-03-01", "2026-03-01", 0, NULL, NULL, NULL},
        {"2026-03-01", "2026-02-01", 0, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct span spans[SPANS_MAX];
        ck_assert_int_eq(spans_of(cases[i].first, cases[i].past, spans), cases[i].count);
        if (cases[i].count > 0) {
            ck_assert_str_eq(spans[0].span, cases[i].span);
            ck_assert_str_eq(spans[0].lo, cases[i].lo);
            ck_assert_str_eq(spans[0].hi, cases[i].hi);
        }
    }
}
END_TEST

START_TEST(a_leap_day_was_the_twenty_eighth_a_year_ago)
{
    char before[11];
    year_before("2024-02-29", before);
    ck_assert_str_eq(before, "2023-02-28");
    year_before("2025-02-28", before);
    ck_assert_str_eq(before, "2024-02-28");
    year_before("2026-12-31", before);
    ck_assert_str_eq(before, "2025-12-31");
}
END_TEST

START_TEST(a_period_asks_no_more_than_it_must)
{
    struct progress_cell cells[PROGRESS_CELLS_MAX];
    struct period year;
    ck_assert(period_parse("2026", &year));
    int own = progress_cells(&year, "2026-11-22", false, true, cells);
    ck_assert_str_eq(cells[0].question, "now");
    ck_assert_str_eq(cells[0].kinds, "own");
    ck_assert_str_eq(cells[0].span.span, "year");
    ck_assert_str_eq(cells[1].question, "level");
    ck_assert_int_eq(own, 4);
    ck_assert_int_gt(progress_cells(&year, "2026-11-22", true, false, cells), own);
    ck_assert_str_eq(cells[0].span.hi, "2026-11-01");
    ck_assert_str_eq(cells[1].span.hi, "2026-11-23");
    /* a day before the period begins */
    ck_assert_str_eq(cells[0].kinds, "flow");
    progress_cells(&year, "2025-06-01", true, false, cells);
    ck_assert_str_eq(cells[0].question, "level");
}
END_TEST

START_TEST(a_board_asks_for_openings_instead_of_days)
{
    static const struct {
        const char *question, *use, *span, *lo;
    } brief[] = {
        {"now", "always", "year", "2026-01-01"},       {"level", "else", "year", "-infinity"},
        {"level", "else", "month", "2026-01-01"},      {"level", "else", "day", "2026-11-01"},
        {"level", "opening", "opening", "2026-11-23"}, {"since", "else", "year", "-infinity"},
        {"since", "opening", "opening", "2026-01-01"},
    };
    enum { BRIEF = sizeof brief / sizeof *brief };
    struct progress_cell cells[PROGRESS_CELLS_MAX];
    struct period period;
    ck_assert(period_parse("2026", &period));
    ck_assert_int_eq(progress_board_cells(&period, "2026-11-22", true, cells), BRIEF);
    for (int i = 0; i < BRIEF; i++) {
        ck_assert_str_eq(cells[i].question, brief[i].question);
        ck_assert_str_eq(cells[i].use, brief[i].use);
        ck_assert_str_eq(cells[i].span.span, brief[i].span);
        ck_assert_str_eq(cells[i].span.lo, brief[i].lo);
    }
    ck_assert_int_le(progress_board_cells(&period, "2026-11-22", false, cells), PROGRESS_CELLS_MAX);
    /* whole months need none, but for what has been since ever */
    ck_assert(period_parse("2025-03", &period));
    int count = progress_board_cells(&period, "2025-03-31", false, cells);
    for (int i = 0; i < count; i++) {
        bool ever = strcmp(cells[i].of, "stock") == 0;
        ck_assert_int_eq(strcmp(cells[i].use, "always") == 0, !ever);
    }
}
END_TEST

START_TEST(nothing_has_changed_in_a_period_to_come)
{
    struct progress_cell cells[PROGRESS_CELLS_MAX];
    struct period period;
    ck_assert(period_parse("2027", &period));
    int count = progress_board_cells(&period, "2026-11-22", false, cells);
    for (int i = 0; i < count; i++) {
        if (strcmp(cells[i].question, "since") == 0 || strcmp(cells[i].question, "level") == 0) {
            ck_assert_str_le(cells[i].span.lo, "2026-11-23");
        }
    }
}
END_TEST

static struct progress_line line_of(int64_t achieved, int64_t target)
{
    struct progress_line line = {.has_target = target >= 0, .target = target, .achieved = achieved};
    line.band = progress_band(&line);
    return line;
}

START_TEST(bands_are_exact)
{
    static const struct {
        int64_t achieved, target;
        enum progress_band band;
    } cases[] = {
        {0, 7, BAND_ZERO},
        {-3, 7, BAND_ZERO},
        {3, 7, BAND_BELOW_HALF},
        {4, 7, BAND_BELOW_TARGET},
        {4, 8, BAND_BELOW_TARGET},
        {7, 7, BAND_MET},
        {9, 7, BAND_MET},
        {0, 0, BAND_MET},
        {5, -1, BAND_NONE},
        {999999, 1000000, BAND_BELOW_TARGET}, /* printed 100.00 */
        {INT64_MAX / 2, INT64_MAX, BAND_BELOW_HALF},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct progress_line line = line_of(cases[i].achieved, cases[i].target);
        ck_assert_msg(line.band == cases[i].band, "case %zu", i);
    }
}
END_TEST

START_TEST(equal_rates_share_a_rank)
{
    /* 1/2, 3/3, none, 2/4, 1/3, 5 of nothing, and two rates that a double cannot tell apart */
    struct progress_line lines[] = {
        line_of(1, 2),
        line_of(3, 3),
        line_of(4, -1),
        line_of(2, 4),
        line_of(1, 3),
        line_of(5, 0),
        line_of(9007199254740992, 9007199254740994),
        line_of(9007199254740993, 9007199254740995),
    };
    static const int ranks[] = {4, 1, 0, 4, 6, 0, 3, 2};
    struct progress_line *order[8];
    progress_rank(lines, 8, order);
    for (int i = 0; i < 8; i++) {
        ck_assert_msg(lines[i].rank == ranks[i], "line %d has rank %d", i, lines[i].rank);
    }
}
END_TEST

START_TEST(a_band_counts_those_beneath_it)
{
    struct progress_line lines[] = {line_of(0, 4), line_of(1, 4), line_of(3, 4), line_of(4, 4),
                                    line_of(4, -1)};
    struct progress_counts counts = progress_count(lines, 5);
    ck_assert_int_eq(counts.lines, 5);
    ck_assert_int_eq(counts.with_target, 4);
    ck_assert_int_eq(counts.met, 1);
    ck_assert_int_eq(counts.below_target, 3);
    ck_assert_int_eq(counts.below_half, 2);
    ck_assert_int_eq(counts.zero, 1);
    ck_assert(progress_shown(BAND_NONE, NULL));
    ck_assert(!progress_shown(BAND_NONE, "met"));
}
END_TEST

START_TEST(halves_are_rounded_away_from_nothing)
{
    ck_assert_int_eq(hundredths(1, 3), 33);
    ck_assert_int_eq(hundredths(2, 3), 67);
    ck_assert_int_eq(hundredths(1, 8), 13);
    ck_assert_int_eq(hundredths(-1, 8), -13);
    ck_assert_int_eq(hundredths(0, 5), 0);
    ck_assert_int_eq(hundredths(9000000000000000000, 900), 1000000000000000000);
}
END_TEST

Suite *progress_rules_suite(void)
{
    Suite *suite = suite_create("progress_rules");
    TCase *tcase = tcase_create("progress_rules");
    tcase_add_test(tcase, every_day_is_counted_once);
    tcase_add_test(tcase, few_spans_say_much);
    tcase_add_test(tcase, a_leap_day_was_the_twenty_eighth_a_year_ago);
    tcase_add_test(tcase, a_period_asks_no_more_than_it_must);
    tcase_add_test(tcase, a_board_asks_for_openings_instead_of_days);
    tcase_add_test(tcase, nothing_has_changed_in_a_period_to_come);
    tcase_add_test(tcase, bands_are_exact);
    tcase_add_test(tcase, equal_rates_share_a_rank);
    tcase_add_test(tcase, a_band_counts_those_beneath_it);
    tcase_add_test(tcase, halves_are_rounded_away_from_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
