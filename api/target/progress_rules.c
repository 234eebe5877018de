/* Which totals answer a question about progress, and how a line is judged. */
#include "api/target/progress_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/enrolment/enrolment_rules.h"

static const char since_ever[] = "-infinity";

static int year_of(const char *date)
{
    return (int)strtol(date, NULL, 10);
}

/* The same day of another year. */
static void in_year(int year, const char *day, char out[11])
{
    snprintf(out, 11, "%04u-%.5s", (unsigned)year % 10000, day);
}

static int add(struct span *out, int count, const char *span, const char *lo, const char *hi)
{
    bool ever = strcmp(lo, since_ever) == 0;
    if (!ever && strcmp(lo, hi) >= 0) {
        return count;
    }
    out[count].span = span;
    snprintf(out[count].lo, sizeof out[count].lo, "%s", lo);
    snprintf(out[count].hi, sizeof out[count].hi, "%s", hi);
    return count + 1;
}

static const char *later(const char *a, const char *b)
{
    return strcmp(a, b) > 0 ? a : b;
}

int spans_of(const char *first, const char *past, struct span out[SPANS_MAX])
{
    char year_lo[11];
    char year_hi[11];
    char month_hi[11];
    int count = 0;
    in_year(year_of(past), "01-01", year_hi);
    snprintf(month_hi, sizeof month_hi, "%.8s01", past);
    if (!first) {
        count = add(out, count, "year", since_ever, year_hi);
        count = add(out, count, "month", year_hi, month_hi);
        return add(out, count, "day", month_hi, past);
    }
    in_year(year_of(first) + (strcmp(first + 5, "01-01") != 0), "01-01", year_lo);
    count = add(out, count, "year", year_lo, year_hi);
    if (strcmp(year_lo, year_hi) <= 0) {
        count = add(out, count, "month", first, year_lo);
    }
    count = add(out, count, "month", later(year_hi, first), month_hi);
    return add(out, count, "day", later(month_hi, first), past);
}

void year_before(const char *date, char out[11])
{
    bool leap = strcmp(date + 5, "02-29") == 0;
    in_year(year_of(date) - 1, leap ? "02-28" : date + 5, out);
}

/* A question about a time, which begins with time itself where there is no first day. */
struct asked {
    const char *question, *kinds, *of;
    const char *first, *past;
};

static int ask(struct progress_cell *cells, int count, const struct asked *asked, const char *use)
{
    struct span spans[SPANS_MAX];
    int found = spans_of(asked->first, asked->past, spans);
    for (int i = 0; i < found; i++) {
        cells[count + i] =
            (struct progress_cell){asked->question, asked->kinds, asked->of, use, spans[i]};
    }
    return count + found;
}

/* The days that questions are about, those of today's and of a year ago; `past` and `end` are the days after. */
struct days {
    char past[11], end[11]; /* of the day, of the period */
    char first_before[11], past_before[11];
};

static struct days days_of(const struct period *period, const char *at)
{
    struct days days;
    char day_before[11];
    days_before(at, -1, days.past);
    days_before(period->to, -1, days.end);
    year_before(period->from, days.first_before);
    year_before(at, day_before);
    days_before(day_before, -1, days.past_before);
    return days;
}

int progress_cells(const struct period *period, const char *at, bool to_date, bool own,
                   struct progress_cell cells[PROGRESS_CELLS_MAX])
{
    struct days days = days_of(period, at);
    const char *flow_end = to_date ? days.past : days.end;
    const struct asked what[] = {
        {"now", own ? "own" : "flow", "any", period->from, flow_end},
        {"level", "stock", "stock", NULL, days.past},
        {"now", "stock", "any", period->from, days.past},
        {"before", "own", "flow", days.first_before, days.past_before},
        {"level_before", "stock", "stock", NULL, days.past_before},
    };
    int count = 0;
    for (size_t i = 0; i < (own ? 2 : sizeof what / sizeof *what); i++) {
        count = ask(cells, count, &what[i], "always");
    }
    return count;
}

static int opening(struct progress_cell *cells, int count, const struct asked *asked,
                   const char *use, const char *day)
{
    char next[11];
    days_before(day, -1, next);
    cells[count] = (struct progress_cell){asked->question, asked->kinds, asked->of, use, {0}};
    return count + add(&cells[count].span, 0, "opening", day, next);
}

static int ask_of_board(struct progress_cell *cells, int count, const struct asked *asked)
{
    int past = ask(cells, count, asked, "always");
    bool days = past > count && strcmp(cells[past - 1].span.span, "day") == 0;
    if (asked->first && !days) {
        return past;
    }
    for (int i = count; i < past; i++) {
        cells[i].use = "else";
    }
    past = opening(cells, past, asked, "opening", asked->past);
    return asked->first ? opening(cells, past, asked, "less", asked->first) : past;
}

int progress_board_cells(const struct period *period, const char *at, bool brief,
                         struct progress_cell cells[PROGRESS_CELLS_MAX])
{
    struct days days = days_of(period, at);
    /* Before a period that is to come, nothing has changed in it. */
    const char *begin = strcmp(period->from, days.past) < 0 ? period->from : days.past;
    const struct asked what[] = {
        {"now", brief ? "own" : "flow", brief ? "flow" : "any", period->from, days.end},
        {"level", "stock", "stock", NULL, days.past},
        {"since", "stock", "stock", NULL, begin},
        {"change", "stock", "flow", period->from, days.past},
        {"before", "own", "flow", days.first_before, days.past_before},
        {"before", "stock", "stock", NULL, days.past_before},
    };
    int count = 0;
    for (size_t i = 0; i < (brief ? 3 : sizeof what / sizeof *what); i++) {
        count = ask_of_board(cells, count, &what[i]);
    }
    return count;
}

enum progress_band progress_band(const struct progress_line *line)
{
    if (!line->has_target) {
        return BAND_NONE;
    }
    if (line->achieved >= line->target) {
        return BAND_MET;
    }
    if (line->achieved <= 0) {
        return BAND_ZERO;
    }
    return line->achieved < line->target - line->achieved ? BAND_BELOW_HALF : BAND_BELOW_TARGET;
}

/* The greater completion rate first: a/b > c/d is ad > cb, and the products may need 128 bits. */
static int by_rate(const void *a, const void *b)
{
    const struct progress_line *x = *(struct progress_line *const *)a;
    const struct progress_line *y = *(struct progress_line *const *)b;
    __int128 left = (__int128)x->achieved * y->target;
    __int128 right = (__int128)y->achieved * x->target;
    return (left < right) - (left > right);
}

void progress_rank(struct progress_line *lines, int count, struct progress_line **order)
{
    int ranked = 0;
    for (int i = 0; i < count; i++) {
        lines[i].rank = 0;
        if (lines[i].has_target && lines[i].target > 0) {
            order[ranked++] = &lines[i];
        }
    }
    qsort(order, (size_t)ranked, sizeof *order, by_rate);
    for (int i = 0; i < ranked; i++) {
        bool tie = i > 0 && by_rate(&order[i - 1], &order[i]) == 0;
        order[i]->rank = tie ? order[i - 1]->rank : i + 1;
    }
}

struct progress_counts progress_count(const struct progress_line *lines, int count)
{
    struct progress_counts counts = {.lines = count};
    for (int i = 0; i < count; i++) {
        enum progress_band band = lines[i].band;
        counts.with_target += band != BAND_NONE;
        counts.met += band == BAND_MET;
        counts.below_target += progress_shown(band, "below_target");
        counts.below_half += progress_shown(band, "below_half");
        counts.zero += band == BAND_ZERO;
    }
    return counts;
}

bool progress_shown(enum progress_band band, const char *show)
{
    static const struct {
        const char *show;
        enum progress_band from, to;
    } shows[] = {{"zero", BAND_ZERO, BAND_ZERO},
                 {"below_half", BAND_ZERO, BAND_BELOW_HALF},
                 {"below_target", BAND_ZERO, BAND_BELOW_TARGET},
                 {"met", BAND_MET, BAND_MET}};
    for (size_t i = 0; show && i < sizeof shows / sizeof *shows; i++) {
        if (strcmp(shows[i].show, show) == 0) {
            return band >= shows[i].from && band <= shows[i].to;
        }
    }
    return !show;
}

int64_t hundredths(int64_t part, int64_t whole)
{
    __int128 size = part < 0 ? -(__int128)part : part;
    __int128 rounded = (size * 200 + whole) / ((__int128)2 * whole);
    return (int64_t)(part < 0 ? -rounded : rounded);
}
