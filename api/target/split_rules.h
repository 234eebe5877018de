/* Dividing a target among parts, and over months: whole numbers, exact to the unit. Pure functions.
 *
 * A quantity (people, cards, conferences: whatever whole unit the indicator counts in) is divided
 * by the largest-remainder method (Hamilton, Hare): each part gets its exact proportion rounded
 * down, and the units then left go one each to the parts whose proportions lost most.
 *
 * Ties: the larger remainder first, then the larger weight, then the lower index. So the same input
 * always gives the same division, and a larger weight never gets less than a smaller one (with
 * equal bounds). The order of the parts matters only between parts of equal weight: a caller whose
 * rows come in no fixed order sorts them by a key first.
 *
 * Bounds: every part gets `least` to `most`, whenever the sums of both leave room for that. Each
 * gets factor * weight held within its bounds, with the one factor that makes the sum exact; only
 * then is rounded, so nobody is a whole unit away from that.
 *
 * Accepted: the paradoxes of this method. With one unit more to divide, a part may get one less
 * (Alabama: 10 over weights 6, 6, 2 is 4, 4, 2, but 11 is 5, 5, 1). Methods without them do not
 * stay within one unit of the proportion, and that is what an office checks by hand. */
#ifndef ANSINH_SPLIT_RULES_H
#define ANSINH_SPLIT_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "api/target/period_rules.h"

enum { SPLIT_PARTS_MAX = 4000, PHASE_MONTHS_MAX = 12 };

#define SPLIT_QUANTITY_MAX INT64_C(1000000000)
#define SPLIT_WEIGHT_MAX INT64_C(1000000000000)
#define SPLIT_NO_MOST SPLIT_QUANTITY_MAX /* `most` of a part without a maximum */

struct share {
    int64_t weight;   /* population, uncovered population, last result, or given: 0 or more */
    int64_t least;    /* 0 if there is no minimum */
    int64_t most;     /* SPLIT_NO_MOST if there is no maximum */
    int64_t quantity; /* the answer */
};

enum split_verdict {
    /* Divided; the sum of the quantities is exact. */
    SPLIT_DONE,
    SPLIT_WEIGHTS_ZERO, /* no part has a weight: divided equally instead */
    SPLIT_WEIGHTS_FULL, /* all with a weight are at `most`: the others share the rest equally */
    /* Refused; no quantity was written. */
    SPLIT_OUT_OF_RANGE,      /* a number outside the limits above, or no part at all */
    SPLIT_BOUNDS_CROSSED,    /* a part's `least` is above its `most` */
    SPLIT_LEAST_EXCEEDS,     /* all parts at `least` are more than the quantity */
    SPLIT_MOST_FALLS_SHORT,  /* all parts at `most` are less than the quantity */
    SPLIT_MONTHS_DIFFER,     /* other than one weight for each month of the period */
    SPLIT_PERIOD_IMPOSSIBLE, /* no period of one to twelve months */
};

/* Is this one of the verdicts that say "divided"? */
bool split_done(enum split_verdict verdict);

/* By weights. A part of weight 0 gets its `least`, except with SPLIT_WEIGHTS_ZERO and _FULL. */
enum split_verdict split_by_weight(int64_t quantity, struct share *shares, int count);

/* By equal shares within the bounds; the weights are neither read nor changed. */
enum split_verdict split_equally(int64_t quantity, struct share *shares, int count);

/* A weight: the people not yet covered. 0 where more are covered than the population counts, as the
 * two come from different sources; a negative number counts as 0. */
int64_t uncovered_population(int64_t population, int64_t covered);

struct month_share {
    int year;
    int month; /* 1 to 12 */
    int64_t quantity;
};

struct phasing {
    int count; /* 12 for a year, 3 for a quarter, 1 for a month */
    struct month_share months[PHASE_MONTHS_MAX];
};

/* Over the months of a period, in their order, by one weight each; without weights (NULL, 0)
 * equally, and what does not divide goes to the first months. Verdicts and ties as above. */
enum split_verdict phase_over_months(int64_t quantity, const struct period *period,
                                     const int64_t *weights, int weight_count,
                                     struct phasing *phasing);

#endif
