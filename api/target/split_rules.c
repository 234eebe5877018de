/* Dividing a target among parts. */
#include "api/target/split_rules.h"

#include <stdlib.h>

/* A bound times a sum of weights is up to 10^9 * 4000 * 10^12: too much for 64 bits. */
typedef __int128 wide;

/* A division under way: the parts still open share `rest`; all others have their quantity. */
struct division {
    struct share *shares;
    bool equal; /* every open part weighs one */
    int64_t rest;
    int open;
    int part[SPLIT_PARTS_MAX];          /* the open parts' indexes */
    int64_t remainder[SPLIT_PARTS_MAX]; /* by index: what rounding down took from the part */
};

bool split_done(enum split_verdict verdict)
{
    return verdict <= SPLIT_WEIGHTS_FULL;
}

static int64_t weight_of(const struct division *division, int index)
{
    return division->equal ? 1 : division->shares[index].weight;
}

static int64_t open_weight(const struct division *division)
{
    int64_t sum = 0;
    for (int i = 0; i < division->open; i++) {
        sum += weight_of(division, division->part[i]);
    }
    return sum;
}

/* How far the part's proportion of the rest is outside its bounds: negative below, positive above.
 * In fractions of a unit whose denominator is `weights`, so that nothing is rounded here. */
static wide outside(const struct division *division, int index, int64_t weights)
{
    const struct share *share = &division->shares[index];
    wide due = (wide)division->rest * weight_of(division, index);
    wide least = (wide)share->least * weights;
    wide most = (wide)share->most * weights;
    return due < least ? due - least : due > most ? due - most : 0;
}

/* Settles open parts at the bound that their proportion breaks; false if none does.
 *
 * Which bound is safe? If the parts below lack more than the parts above exceed, then holding all
 * of them within bounds would give away too much, so the factor must become smaller: who is below
 * its `least` now stays below it. The other way round, who is above stays above (Bitran and Hax,
 * 1981). Settling both at once would be wrong: a part above `most` may come back under it. */
static bool settle_outside(struct division *division)
{
    int64_t weights = open_weight(division);
    wide lacking = 0;
    wide exceeding = 0;
    for (int i = 0; i < division->open; i++) {
        wide distance = outside(division, division->part[i], weights);
        lacking -= distance < 0 ? distance : 0;
        exceeding += distance > 0 ? distance : 0;
    }
    if (lacking == 0 && exceeding == 0) {
        return false;
    }
    int64_t given = 0;
    int kept = 0;
    for (int i = 0; i < division->open; i++) {
        struct share *share = &division->shares[division->part[i]];
        wide distance = outside(division, division->part[i], weights);
        if (distance < 0 && lacking >= exceeding) {
            given += share->quantity = share->least;
        } else if (distance > 0 && exceeding >= lacking) {
            given += share->quantity = share->most;
        } else {
            division->part[kept++] = division->part[i];
        }
    }
    division->open = kept;
    division->rest -= given; /* only now: `outside` compares with the rest of this round */
    return true;
}

/* The order in which parts get the units that rounding down left over. */
static bool comes_before(const struct division *division, int a, int b)
{
    if (division->remainder[a] != division->remainder[b]) {
        return division->remainder[a] > division->remainder[b];
    }
    int64_t weight_a = weight_of(division, a);
    int64_t weight_b = weight_of(division, b);
    return weight_a != weight_b ? weight_a > weight_b : a < b;
}

/* Shell's sort, with Ciura's gaps: in place, while qsort() may allocate. */
static void sort_open(struct division *division)
{
    static const int gaps[] = {1750, 701, 301, 132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++) {
        int gap = gaps[g];
        for (int i = gap; i < division->open; i++) {
            int moving = division->part[i];
            int to = i;
            for (; to >= gap && comes_before(division, moving, division->part[to - gap]);
                 to -= gap) {
                division->part[to] = division->part[to - gap];
            }
            division->part[to] = moving;
        }
    }
}

/* Gives every open part its proportion, all of them now within bounds, by largest remainder.
 * Bounds are whole numbers, so rounding down keeps `least`. Only a part with a remainder is rounded
 * up, as there are fewer units left over than remainders, and so it keeps `most`. */
static void settle_open(struct division *division)
{
    int64_t weights = open_weight(division);
    int64_t left = division->rest;
    for (int i = 0; i < division->open; i++) {
        int index = division->part[i];
        wide due = (wide)division->rest * weight_of(division, index);
        division->shares[index].quantity = (int64_t)(due / weights);
        division->remainder[index] = (int64_t)(due % weights);
        left -= division->shares[index].quantity;
    }
    sort_open(division);
    for (int i = 0; i < left; i++) {
        division->shares[division->part[i]].quantity++;
    }
}

static bool within(int64_t number, int64_t most)
{
    return number >= 0 && number <= most;
}

/* SPLIT_DONE, or why this cannot be divided whatever the weights. */
static enum split_verdict check(int64_t quantity, const struct share *shares, int count)
{
    if (!within(quantity, SPLIT_QUANTITY_MAX) || count < 1 || count > SPLIT_PARTS_MAX) {
        return SPLIT_OUT_OF_RANGE;
    }
    int64_t least = 0;
    int64_t most = 0;
    for (int i = 0; i < count; i++) {
        if (!within(shares[i].least, SPLIT_QUANTITY_MAX) ||
            !within(shares[i].most, SPLIT_QUANTITY_MAX)) {
            return SPLIT_OUT_OF_RANGE;
        }
        if (shares[i].least > shares[i].most) {
            return SPLIT_BOUNDS_CROSSED;
        }
        least += shares[i].least;
        most += shares[i].most;
    }
    return least > quantity  ? SPLIT_LEAST_EXCEEDS
           : most < quantity ? SPLIT_MOST_FALLS_SHORT
                             : SPLIT_DONE;
}

/* How far the weights go: SPLIT_DONE, _WEIGHTS_ZERO, _WEIGHTS_FULL, or _OUT_OF_RANGE. */
static enum split_verdict reach(int64_t quantity, const struct share *shares, int count)
{
    bool any = false;
    int64_t most = 0;
    for (int i = 0; i < count; i++) {
        if (!within(shares[i].weight, SPLIT_WEIGHT_MAX)) {
            return SPLIT_OUT_OF_RANGE;
        }
        any = any || shares[i].weight > 0;
        most += shares[i].weight > 0 ? shares[i].most : shares[i].least;
    }
    return !any ? SPLIT_WEIGHTS_ZERO : most < quantity ? SPLIT_WEIGHTS_FULL : SPLIT_DONE;
}

static void settle(struct division *division)
{
    while (settle_outside(division)) {
    }
    settle_open(division);
}

enum split_verdict split_equally(int64_t quantity, struct share *shares, int count)
{
    enum split_verdict verdict = check(quantity, shares, count);
    if (verdict != SPLIT_DONE) {
        return verdict;
    }
    struct division division;
    division.shares = shares;
    division.equal = true;
    division.rest = quantity;
    for (division.open = 0; division.open < count; division.open++) {
        division.part[division.open] = division.open;
    }
    settle(&division);
    return SPLIT_DONE;
}

enum split_verdict split_by_weight(int64_t quantity, struct share *shares, int count)
{
    enum split_verdict verdict = check(quantity, shares, count);
    if (verdict == SPLIT_DONE) {
        verdict = reach(quantity, shares, count);
    }
    if (!split_done(verdict)) {
        return verdict;
    }
    struct division division;
    division.shares = shares;
    division.equal = verdict != SPLIT_DONE;
    division.rest = quantity;
    division.open = 0;
    for (int i = 0; i < count; i++) {
        if ((shares[i].weight == 0) == division.equal) {
            division.part[division.open++] = i;
            continue;
        }
        shares[i].quantity = division.equal ? shares[i].most : shares[i].least;
        division.rest -= shares[i].quantity;
    }
    settle(&division);
    return verdict;
}

int64_t uncovered_population(int64_t population, int64_t covered)
{
    if (population < 0) {
        return 0;
    }
    return covered < 0 ? population : covered < population ? population - covered : 0;
}

/* Months since the year 0 of an ISO date; negative if it is none. */
static int month_number(const char *date)
{
    char *end = NULL;
    long year = strtol(date, &end, 10);
    if (end != date + 4 || *end != '-') {
        return -1;
    }
    long month = strtol(end + 1, &end, 10);
    return year < 0 || month < 1 || month > 12 ? -1 : (int)(year * 12 + month - 1);
}

enum split_verdict phase_over_months(int64_t quantity, const struct period *period,
                                     const int64_t *weights, int weight_count,
                                     struct phasing *phasing)
{
    int first = month_number(period->from);
    int last = month_number(period->to);
    if (first < 0 || last < first || last - first >= PHASE_MONTHS_MAX) {
        return SPLIT_PERIOD_IMPOSSIBLE;
    }
    int count = last - first + 1;
    if (weights ? weight_count != count : weight_count != 0) {
        return SPLIT_MONTHS_DIFFER;
    }
    struct share shares[PHASE_MONTHS_MAX] = {0};
    for (int i = 0; i < count; i++) {
        shares[i].weight = weights ? weights[i] : 0;
        shares[i].most = SPLIT_NO_MOST;
    }
    enum split_verdict verdict =
        weights ? split_by_weight(quantity, shares, count) : split_equally(quantity, shares, count);
    if (!split_done(verdict)) {
        return verdict;
    }
    phasing->count = count;
    for (int i = 0; i < count; i++) {
        phasing->months[i].year = (first + i) / 12;
        phasing->months[i].month = (first + i) % 12 + 1;
        phasing->months[i].quantity = shares[i].quantity;
    }
    return verdict;
}
