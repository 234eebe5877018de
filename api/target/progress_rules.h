/* Which totals answer a question about progress, and how a line is judged. Pure functions.
 *
 * Totals are kept by year, month and day. A time is whole years, the whole months before and after
 * them, and the days of the last month; so a year that is over is one line, and a day in November is
 * ten months and some days. */
#ifndef ANSINH_PROGRESS_RULES_H
#define ANSINH_PROGRESS_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "api/target/period_rules.h"

enum { SPANS_MAX = 4 };

struct span {
    const char *span; /* year, month, day or opening */
    char lo[11];      /* ISO dates, or "-infinity" */
    char hi[11];      /* without this day */
};

/* From the first of a month (NULL: since ever) up to and without `past`; how many there are. */
int spans_of(const char *first, const char *past, struct span out[SPANS_MAX]);

/* The same day a year earlier; the last day of February for a leap day. */
void year_before(const char *date, char out[11]);

/* One question with one span: what it asks, of which kinds (own: the indicator's; flow; stock), and of a
 * board for which measures (stock, flow, which is everything else, or any) and how the totals are used:
 *   always
 *   opening, less   what there was before the day `lo` began, added and taken away, where that is kept
 *   else            where it is not, instead */
struct progress_cell {
    const char *question;
    const char *kinds;
    const char *of;
    const char *use;
    struct span span;
};

/* Six questions, each by spans and by two openings. */
enum { PROGRESS_CELLS_MAX = 6 * (SPANS_MAX + 2) };

/* The cells of a period as of the day `at`; how many there are. Nothing but stock is dated in the
 * future, so a period that is not over is asked for whole (`to_date` false), unless somebody wants an
 * earlier day.
 *   now           flows, the change of a stock and leavings in the period
 *   level         a stock on the day
 *   before, level_before   both a year ago
 * `own`: only what the indicator itself counts, now. */
int progress_cells(const struct period *period, const char *at, bool to_date, bool own,
                   struct progress_cell cells[PROGRESS_CELLS_MAX]);

/* What a board asks today. What would be many days, or all since ever, is asked by openings too.
 *   now           flows in the period; brief: the indicator's own
 *   level, since  where the indicator is a stock: on the day, and before the period began
 *   change        where it is not: how the stock changed in the period, not when brief
 *   before        the indicator a year ago, not when brief */
int progress_board_cells(const struct period *period, const char *at, bool brief,
                         struct progress_cell cells[PROGRESS_CELLS_MAX]);

/* On exact ratios: nothing achieved, less than half, less than the target, the target or more. */
enum progress_band { BAND_NONE, BAND_ZERO, BAND_BELOW_HALF, BAND_BELOW_TARGET, BAND_MET };

/* New enrolments, renewals and returns. */
enum { FLOWS = 3 };

/* What a line of a board shows in full. */
struct progress_detail {
    int64_t people, transactions;
    int64_t before; /* in the same time a year ago */
    int64_t flow[FLOWS], money[FLOWS];
    int64_t leaving, net;
};

struct progress_line {
    bool has_target;
    int64_t target;
    int64_t achieved;
    int64_t confirmed;
    int64_t moved;                        /* since the period began, for the pace */
    enum progress_band band;              /* BAND_NONE without a target */
    int rank;                             /* among the lines with a target above 0; 0 for none */
    int row;                              /* of the result that says who it is */
    int depth;                            /* 0 is what was asked for, 1 below it */
    const char *code, *unit;              /* what it is sorted by, and a unit's number as text */
    bool opens;                           /* there is something below it */
    const struct progress_detail *detail; /* of a board only */
};

struct progress_counts {
    int lines, with_target, met, below_target, below_half, zero;
};

enum progress_band progress_band(const struct progress_line *line);
/* Ranks by completion rate, exact: equal rates share a rank and the next ones are left out (1, 2, 2,
 * 4). `order` has room for as many pointers as there are lines. */
void progress_rank(struct progress_line *lines, int count, struct progress_line **order);
/* How many lines are in each band, those beneath included. */
struct progress_counts progress_count(const struct progress_line *lines, int count);
/* Whether a line is one of those that `show` names (zero, below_half, below_target, met); NULL is all. */
bool progress_shown(enum progress_band band, const char *show);

/* part / whole in hundredths, half rounded away from 0; whole > 0. */
int64_t hundredths(int64_t part, int64_t whole);

#endif
