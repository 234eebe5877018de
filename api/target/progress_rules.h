/* Which totals answer a question about progress. Pure functions.
 *
 * Totals are kept by year, month and day. A time is whole years, the whole months before and after
 * them, and the days of the last month; so a year that is over is one line, and a day in November is
 * ten months and some days. */
#ifndef ANSINH_PROGRESS_RULES_H
#define ANSINH_PROGRESS_RULES_H

#include <stdbool.h>

#include "api/target/period_rules.h"

enum { SPANS_MAX = 4 };

struct span {
    const char *span; /* year, month or day */
    char lo[11];      /* ISO dates, or "-infinity" */
    char hi[11];      /* without this day */
};

/* From the first of a month (NULL: since ever) up to and without `past`; how many there are. */
int spans_of(const char *first, const char *past, struct span out[SPANS_MAX]);

/* The same day a year earlier; the last day of February for a leap day. */
void year_before(const char *date, char out[11]);

/* One question with one span: what it asks, of which kinds (own: the indicator's; flow; stock). */
struct progress_cell {
    const char *question;
    const char *kinds;
    struct span span;
};

enum { PROGRESS_CELLS_MAX = 5 * SPANS_MAX };

/* The cells of a period as of the day `at`; how many there are. Nothing but stock is dated in the
 * future, so a period that is not over is asked for whole (`to_date` false), unless somebody wants an
 * earlier day.
 *   now           flows and leavings in the period; brief: the indicator's own flow only
 *   moved         brief only: the change of a stock in the period
 *   level         a stock on the day
 *   before, level_before   both a year ago, not when brief */
int progress_cells(const struct period *period, const char *at, bool to_date, bool brief,
                   struct progress_cell cells[PROGRESS_CELLS_MAX]);

#endif
