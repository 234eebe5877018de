/* Dividing a target: by hand what a reader can check, then what holds for every division, over many
 * random cases, and an oracle that tries all the ways the bounds could bind. */
#include "api/target/split_rules.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/suites.h"

typedef __int128 wide;
typedef enum split_verdict division(int64_t quantity, struct share *shares, int count);

enum { CASES = 20000, FEW = 12, TINY = 4, UNTOUCHED = -7, EXAMPLE_PARTS = 8 };

/* --- By hand --------------------------------------------------------------------------------- */

struct example {
    int64_t quantity;
    enum split_verdict verdict;
    int count;
    struct share shares[EXAMPLE_PARTS]; /* with the quantities that are expected */
};

/* A part without bounds. */
#define W(weight, quantity)                                                                        \
    {                                                                                              \
        weight, 0, SPLIT_NO_MOST, quantity                                                         \
    }
/* A part that must stay as it is. */
#define UNCHANGED(weight, least, most)                                                             \
    {                                                                                              \
        weight, least, most, UNTOUCHED                                                             \
    }

static void hold(division *split, const struct example *examples, size_t count)
{
    for (size_t e = 0; e < count; e++) {
        const struct example *example = &examples[e];
        struct share shares[EXAMPLE_PARTS];
        memcpy(shares, example->shares, sizeof shares);
        for (int i = 0; i < example->count && i < EXAMPLE_PARTS; i++) {
            shares[i].quantity = UNTOUCHED;
        }
        enum split_verdict verdict = split(example->quantity, shares, example->count);
        ck_assert_msg(verdict == example->verdict, "example %zu: verdict %d", e, verdict);
        for (int i = 0; i < EXAMPLE_PARTS; i++) {
            ck_assert_msg(memcmp(&shares[i], &example->shares[i], sizeof *shares) == 0,
                          "example %zu, part %d: %lld", e, i, (long long)shares[i].quantity);
        }
    }
}

#define HOLD(split, examples) hold(split, examples, sizeof(examples) / sizeof *(examples))

/* clang-format off */

static const struct example equal_shares[] = {
    {1000, SPLIT_DONE, 3, {W(0, 334), W(9, 333), W(5, 333)}},
    {2, SPLIT_DONE, 4, {W(0, 1), W(0, 1), W(0, 0), W(0, 0)}},
    {0, SPLIT_DONE, 2, {W(1, 0), W(1, 0)}},
    {SPLIT_QUANTITY_MAX, SPLIT_DONE, 1, {W(0, SPLIT_QUANTITY_MAX)}},
    /* Weights that are refused elsewhere are not even read. */
    {5, SPLIT_DONE, 2, {W(-1, 3), W(INT64_MAX, 2)}},
    /* 25 each, but 5 is full; 95 over three is more than 30; 65 over two is 32.5 each. */
    {100, SPLIT_DONE, 4, {W(0, 33), {0, 0, 5, 5}, {0, 30, 30, 30}, W(0, 32)}},
};

static const struct example weighted_shares[] = {
    /* The textbook's election of ten seats: 4.7, 1.6, 1.59, 1.2, 0.6, 0.31. */
    {10, SPLIT_DONE, 6,
     {W(47000, 5), W(16000, 2), W(15900, 1), W(12000, 1), W(6000, 1), W(3100, 0)}},
    /* A district's 2,182 over four communes' uncovered: 1012.90, 661.79, 379.63, 127.68. */
    {2182, SPLIT_DONE, 4, {W(2380, 1013), W(1555, 662), W(892, 379), W(300, 128)}},
    {60, SPLIT_DONE, 3, {W(1, 10), W(2, 20), W(3, 30)}},
    {1, SPLIT_DONE, 3, {W(1, 0), W(2, 1), W(1, 0)}},
    {SPLIT_QUANTITY_MAX, SPLIT_DONE, 3,
     {W(SPLIT_WEIGHT_MAX, 500000000), W(SPLIT_WEIGHT_MAX, 500000000), W(1, 0)}},
};

static const struct example ties[] = {
    {2, SPLIT_DONE, 2, {W(1, 0), W(3, 2)}},                   /* 0.5 and 1.5 */
    {4, SPLIT_DONE, 4, {W(3, 2), W(1, 0), W(3, 2), W(1, 0)}}, /* 1.5 and 0.5, twice */
    {3, SPLIT_DONE, 4, {W(1, 1), W(1, 0), W(3, 2), W(1, 0)}}, /* 0.5, 0.5, 1.5 and 0.5 */
    {2, SPLIT_DONE, 3, {W(7, 1), W(7, 1), W(7, 0)}},
};

/* What Alabama met in 1880: the third part loses one when there is one more to divide. */
static const struct example paradox[] = {
    {10, SPLIT_DONE, 3, {W(6, 4), W(6, 4), W(2, 2)}},
    {11, SPLIT_DONE, 3, {W(6, 5), W(6, 5), W(2, 1)}},
};

static const struct example zero_weights[] = {
    {7, SPLIT_DONE, 3, {W(0, 0), W(5, 7), W(0, 0)}},
    {7, SPLIT_DONE, 3, {{0, 2, 9, 2}, W(5, 5), W(0, 0)}},
    /* Nobody has a weight. */
    {11, SPLIT_WEIGHTS_ZERO, 3, {W(0, 4), W(0, 4), W(0, 3)}},
    {11, SPLIT_WEIGHTS_ZERO, 3, {{0, 0, 1, 1}, {0, 6, 9, 6}, W(0, 4)}},
    {0, SPLIT_WEIGHTS_ZERO, 2, {W(0, 0), W(0, 0)}},
    /* Those who have one may not take all; or just. */
    {20, SPLIT_WEIGHTS_FULL, 4, {{8, 0, 6, 6}, W(0, 6), {2, 1, 3, 3}, W(0, 5)}},
    {9, SPLIT_DONE, 3, {{8, 0, 6, 6}, W(0, 0), {2, 1, 3, 3}}},
};

static const struct example bounds[] = {
    /* 70 over 50 and 30 is 43.75 and 26.25. */
    {100, SPLIT_DONE, 3, {W(50, 44), W(30, 26), {20, 30, 99, 30}}},
    {100, SPLIT_DONE, 3, {{50, 0, 40, 40}, W(30, 36), W(20, 24)}},
    /* At first above its 45, but not when the second has its 40: 60 over 50 and 40. */
    {100, SPLIT_DONE, 3, {{50, 0, 45, 33}, {10, 40, 99, 40}, W(40, 27)}},
    /* At first the second is below its 17, but not when the first is full: 70 over 15 and 35. */
    {100, SPLIT_DONE, 3, {{50, 0, 30, 30}, {15, 17, 99, 21}, W(35, 49)}},
    /* One exceeds as much as another lacks. */
    {100, SPLIT_DONE, 3, {{50, 0, 40, 40}, {10, 20, 99, 20}, W(40, 40)}},
    /* Only one way is left. */
    {10, SPLIT_DONE, 3, {{9, 1, 99, 1}, {1, 7, 99, 7}, {0, 2, 99, 2}}},
    {10, SPLIT_WEIGHTS_FULL, 3, {{9, 0, 1, 1}, {1, 0, 7, 7}, {0, 0, 2, 2}}},
    {10, SPLIT_DONE, 2, {{1, 9, 9, 9}, {9, 1, 1, 1}}},
};

static const struct example refused[] = {
    {10, SPLIT_LEAST_EXCEEDS, 2, {UNCHANGED(1, 5, 99), UNCHANGED(1, 6, 99)}},
    {10, SPLIT_MOST_FALLS_SHORT, 2, {UNCHANGED(1, 0, 5), UNCHANGED(1, 0, 4)}},
    {1, SPLIT_MOST_FALLS_SHORT, 1, {UNCHANGED(1, 0, 0)}},
    {10, SPLIT_BOUNDS_CROSSED, 2, {UNCHANGED(1, 0, 99), UNCHANGED(1, 4, 3)}},
    {10, SPLIT_OUT_OF_RANGE, 1, {UNCHANGED(1, -1, 99)}},
    {10, SPLIT_OUT_OF_RANGE, 1, {UNCHANGED(1, 0, -1)}},
    {10, SPLIT_OUT_OF_RANGE, 1, {UNCHANGED(1, 0, SPLIT_QUANTITY_MAX + 1)}},
    {10, SPLIT_OUT_OF_RANGE, 1, {UNCHANGED(1, INT64_MAX, INT64_MAX)}},
    {-1, SPLIT_OUT_OF_RANGE, 1, {UNCHANGED(1, 0, 99)}},
    {SPLIT_QUANTITY_MAX + 1, SPLIT_OUT_OF_RANGE, 1, {UNCHANGED(1, 0, SPLIT_QUANTITY_MAX)}},
    {10, SPLIT_OUT_OF_RANGE, 0, {{1, 0, 99, 0}}},
    {10, SPLIT_OUT_OF_RANGE, -1, {{1, 0, 99, 0}}},
    {10, SPLIT_OUT_OF_RANGE, INT32_MIN, {{1, 0, 99, 0}}},
};

static const struct example refused_weights[] = {
    {10, SPLIT_OUT_OF_RANGE, 2, {UNCHANGED(1, 0, 99), UNCHANGED(-1, 0, 99)}},
    {10, SPLIT_OUT_OF_RANGE, 2, {UNCHANGED(0, 0, 99), UNCHANGED(SPLIT_WEIGHT_MAX + 1, 0, 99)}},
    {10, SPLIT_OUT_OF_RANGE, 1, {UNCHANGED(INT64_MAX, 0, 99)}},
    {10, SPLIT_OUT_OF_RANGE, 1, {UNCHANGED(INT64_MIN, 0, 99)}},
};

/* clang-format on */

START_TEST(equal_shares_differ_by_one_at_most_within_bounds)
{
    HOLD(split_equally, equal_shares);
}
END_TEST

START_TEST(weights_divide_by_largest_remainder)
{
    HOLD(split_by_weight, weighted_shares);
}
END_TEST

START_TEST(ties_go_to_the_larger_weight_then_to_the_lower_index)
{
    HOLD(split_by_weight, ties);
}
END_TEST

START_TEST(one_unit_more_may_cost_a_part_one)
{
    HOLD(split_by_weight, paradox);
}
END_TEST

START_TEST(a_zero_weight_counts_only_when_the_others_cannot_take_it)
{
    HOLD(split_by_weight, zero_weights);
}
END_TEST

START_TEST(bounds_hold_and_the_others_share_in_proportion)
{
    HOLD(split_by_weight, bounds);
}
END_TEST

START_TEST(the_impossible_is_refused_and_nothing_written)
{
    HOLD(split_by_weight, refused);
    HOLD(split_equally, refused);
    HOLD(split_by_weight, refused_weights);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        ck_assert(!split_done(refused[i].verdict));
    }
    ck_assert(split_done(SPLIT_DONE) && split_done(SPLIT_WEIGHTS_ZERO));
    ck_assert(split_done(SPLIT_WEIGHTS_FULL));
}
END_TEST

START_TEST(nobody_is_uncovered_where_more_are_covered_than_live)
{
    ck_assert_int_eq(uncovered_population(10000, 9246), 754);
    ck_assert_int_eq(uncovered_population(10000, 10000), 0);
    ck_assert_int_eq(uncovered_population(10000, 10001), 0);
    ck_assert_int_eq(uncovered_population(0, 5), 0);
    ck_assert_int_eq(uncovered_population(5, -1), 5);
    ck_assert_int_eq(uncovered_population(-5, -9), 0);
    ck_assert_int_eq(uncovered_population(INT64_MAX, INT64_MIN), INT64_MAX);
    ck_assert_int_eq(uncovered_population(INT64_MIN, INT64_MAX), 0);
}
END_TEST

/* --- Months ---------------------------------------------------------------------------------- */

static void phases(const char *period_text, int64_t quantity, const int64_t *weights,
                   enum split_verdict verdict, struct phasing expected)
{
    struct period period;
    struct phasing phasing;
    ck_assert(period_parse(period_text, &period));
    ck_assert_int_eq(phase_over_months(quantity, &period, weights, weights ? expected.count : 0,
                                       &phasing),
                     verdict);
    ck_assert_int_eq(phasing.count, expected.count);
    for (int i = 0; i < expected.count; i++) {
        ck_assert_int_eq(phasing.months[i].year, expected.months[i].year);
        ck_assert_int_eq(phasing.months[i].month, expected.months[i].month);
        ck_assert_int_eq(phasing.months[i].quantity, expected.months[i].quantity);
    }
}

START_TEST(a_quantity_is_phased_over_the_months_of_its_period)
{
    struct phasing year = {.count = 12};
    for (int i = 0; i < 12; i++) {
        year.months[i] = (struct month_share){2026, i + 1, i < 4 ? 84 : 83};
    }
    phases("2026", 1000, NULL, SPLIT_DONE, year);
    phases("2026-Q4", 11, NULL, SPLIT_DONE,
           (struct phasing){3, {{2026, 10, 4}, {2026, 11, 4}, {2026, 12, 3}}});
    phases("2028-02", 40, NULL, SPLIT_DONE, (struct phasing){1, {{2028, 2, 40}}});
    /* The surge before the year ends: 7.69, 23.08, 69.23. */
    static const int64_t surge[] = {1, 3, 9};
    phases("2026-Q4", 100, surge, SPLIT_DONE,
           (struct phasing){3, {{2026, 10, 8}, {2026, 11, 23}, {2026, 12, 69}}});
    static const int64_t none[] = {0, 0, 0};
    phases("2026-Q1", 5, none, SPLIT_WEIGHTS_ZERO,
           (struct phasing){3, {{2026, 1, 2}, {2026, 2, 2}, {2026, 3, 1}}});
    struct period turn = {"2026-11-01", "2027-02-28"};
    struct phasing phasing;
    ck_assert_int_eq(phase_over_months(4, &turn, NULL, 0, &phasing), SPLIT_DONE);
    ck_assert(phasing.count == 4 && phasing.months[1].year == 2026 &&
              phasing.months[1].month == 12);
    ck_assert(phasing.months[2].year == 2027 && phasing.months[2].month == 1);
}
END_TEST

START_TEST(a_phasing_that_does_not_fit_is_refused)
{
    static const int64_t weights[] = {1, 2, 3, -1};
    static const struct period impossible[] = {
        {"2026-01-01", "2027-01-31"},
        {"2026-02-01", "2026-01-31"},
        {"", ""},
        {"2026", "2026"},
        {"2026-00-01", "2026-12-31"},
        {"2026-01-01", "2026-13-01"},
        {"-202-01-01", "-202-12-31"},
        {"2026-01-01", "2026--1-01"},
        {"26-01-01", "26-12-31"},
    };
    struct phasing phasing = {.count = UNTOUCHED};
    struct period quarter;
    ck_assert(period_parse("2026-Q2", &quarter));
    ck_assert_int_eq(phase_over_months(9, &quarter, weights, 2, &phasing), SPLIT_MONTHS_DIFFER);
    ck_assert_int_eq(phase_over_months(9, &quarter, weights, 4, &phasing), SPLIT_MONTHS_DIFFER);
    ck_assert_int_eq(phase_over_months(9, &quarter, NULL, 3, &phasing), SPLIT_MONTHS_DIFFER);
    ck_assert_int_eq(phase_over_months(9, &quarter, weights + 1, 3, &phasing), SPLIT_OUT_OF_RANGE);
    ck_assert_int_eq(phase_over_months(-1, &quarter, weights, 3, &phasing), SPLIT_OUT_OF_RANGE);
    for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
        ck_assert_int_eq(phase_over_months(9, &impossible[i], NULL, 0, &phasing),
                         SPLIT_PERIOD_IMPOSSIBLE);
    }
    ck_assert_int_eq(phasing.count, UNTOUCHED);
}
END_TEST

/* --- Random cases ---------------------------------------------------------------------------- */

static const uint64_t seed = 20260105;
static uint64_t state;

/* SplitMix64: every case starts from its own number, so a failure repeats alone. */
static uint64_t next(void)
{
    uint64_t mixed = state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
}

static int64_t up_to(int64_t most)
{
    return (int64_t)(next() % ((uint64_t)most + 1));
}

struct random_case {
    int64_t quantity;
    int count;
    struct share shares[FEW];
};

/* Numbers small enough for ties, of a commune's size, and at the limits. */
static struct random_case unbounded_case(int parts)
{
    static const int64_t quantities[] = {20, 3000, SPLIT_QUANTITY_MAX};
    static const int64_t weights[] = {1, 5, 20000, SPLIT_WEIGHT_MAX};
    struct random_case random = {.count = 1 + (int)up_to(parts - 1)};
    random.quantity = up_to(7) ? up_to(quantities[up_to(2)]) : SPLIT_QUANTITY_MAX;
    int64_t most = weights[up_to(3)];
    bool similar = up_to(3) == 0; /* so that nearly equal weights meet */
    for (int i = 0; i < random.count; i++) {
        int64_t weight = similar ? most - up_to(most < 3 ? most : 3) : up_to(most);
        random.shares[i] = (struct share){weight, 0, SPLIT_NO_MOST, (int64_t)next()};
    }
    return random;
}

/* Bounds about as large as the shares, so that some bind, some do not, and some are impossible. */
static struct random_case bounded_case(int parts)
{
    struct random_case random = unbounded_case(parts);
    int64_t size = 1 + 2 * random.quantity / random.count;
    size = size < SPLIT_NO_MOST ? size : SPLIT_NO_MOST;
    bool tight = up_to(9) == 0;
    for (int i = 0; i < random.count; i++) {
        struct share *share = &random.shares[i];
        share->least = tight || up_to(2) == 0 ? up_to(tight ? size : size / 2) : 0;
        int64_t most = share->least + up_to(size);
        share->most = up_to(1) && most <= SPLIT_NO_MOST ? most : SPLIT_NO_MOST;
    }
    return random;
}

/* What a property says of a case: NULL, or what is wrong with it. */
typedef const char *property(struct random_case *random);

static void always(struct random_case (*draw)(int parts), int parts, property *wrong)
{
    for (uint64_t number = 0; number < CASES; number++) {
        state = seed ^ number << 32;
        struct random_case random = draw(parts);
        const char *why = wrong(&random);
        /* One assertion a case: Check writes each into a file. */
        ck_assert_msg(!why, "%s: seed %llu, case %llu, %lld over %d", why, (unsigned long long)seed,
                      (unsigned long long)number, (long long)random.quantity, random.count);
    }
}

static int64_t total(const struct random_case *random)
{
    int64_t sum = 0;
    for (int i = 0; i < random->count; i++) {
        sum += random->shares[i].quantity;
    }
    return sum;
}

static wide all_weights(const struct random_case *random)
{
    wide sum = 0;
    for (int i = 0; i < random->count; i++) {
        sum += random->shares[i].weight;
    }
    return sum;
}

/* Without bounds: the parts that got the unit more are just those that come first, pair by pair. */
static const char *not_by_largest_remainder(const struct random_case *random, wide weights)
{
    for (int i = 0; i < random->count; i++) {
        const struct share *a = &random->shares[i];
        wide above = (wide)a->quantity * weights - (wide)random->quantity * a->weight;
        if (above >= weights || above <= -weights) {
            return "a whole unit from the proportion";
        }
        for (int j = 0; j < random->count && above > 0; j++) {
            const struct share *b = &random->shares[j];
            wide lost = (wide)random->quantity * b->weight - (wide)b->quantity * weights;
            wide would = weights - above; /* what a would have lost */
            bool first = would > lost || (would == lost && a->weight > b->weight) ||
                         (would == lost && a->weight == b->weight && i < j);
            if (lost >= 0 && !first) {
                return "rounded up before one that comes first";
            }
        }
    }
    return NULL;
}

static const char *unbounded_wrong(struct random_case *random)
{
    wide weights = all_weights(random);
    enum split_verdict verdict = split_by_weight(random->quantity, random->shares, random->count);
    if (verdict != (weights ? SPLIT_DONE : SPLIT_WEIGHTS_ZERO)) {
        return "verdict";
    }
    if (total(random) != random->quantity) {
        return "sum";
    }
    for (int i = 0; i < random->count; i++) {
        const struct share *share = &random->shares[i];
        if (share->quantity < 0) {
            return "negative";
        }
        if (weights && share->weight == 0 && share->quantity) {
            return "a share without a weight";
        }
        for (int j = 0; j < random->count; j++) {
            if (share->weight > random->shares[j].weight &&
                share->quantity < random->shares[j].quantity) {
                return "less for a larger weight";
            }
        }
    }
    return weights ? not_by_largest_remainder(random, weights) : NULL;
}

START_TEST(unbounded_divisions_are_exact_fair_and_monotone)
{
    always(unbounded_case, FEW, unbounded_wrong);
}
END_TEST

static const char *equal_wrong(struct random_case *random)
{
    if (split_equally(random->quantity, random->shares, random->count) != SPLIT_DONE) {
        return "verdict";
    }
    int64_t each = random->quantity / random->count;
    for (int i = 0; i < random->count; i++) {
        bool more = i < random->quantity % random->count;
        if (random->shares[i].quantity != each + more) {
            return "not the quotient, and one more for the first";
        }
    }
    return NULL;
}

START_TEST(equal_divisions_are_the_quotient_and_the_rest_goes_first)
{
    always(unbounded_case, FEW, equal_wrong);
}
END_TEST

static enum split_verdict expected_verdict(const struct random_case *random)
{
    int64_t least = 0;
    int64_t most = 0;
    int64_t weighted = 0;
    for (int i = 0; i < random->count; i++) {
        const struct share *share = &random->shares[i];
        least += share->least;
        most += share->most;
        weighted += share->weight ? share->most : share->least;
    }
    return least > random->quantity      ? SPLIT_LEAST_EXCEEDS
           : most < random->quantity     ? SPLIT_MOST_FALLS_SHORT
           : all_weights(random) == 0    ? SPLIT_WEIGHTS_ZERO
           : weighted < random->quantity ? SPLIT_WEIGHTS_FULL
                                         : SPLIT_DONE;
}

/* Two parts of which one could give a unit and the other take it must not be a whole unit from one
 * common factor: (a - 1) / weight of a < factor < (b + 1) / weight of b. And a part gets no less
 * than another that it is above in weight and in both bounds. */
static const char *pair_wrong(const struct share *a, const struct share *b)
{
    bool could_move = a->quantity > a->least && b->quantity < b->most;
    if (could_move && (a->weight || b->weight) &&
        (wide)(a->quantity - 1) * b->weight >= (wide)(b->quantity + 1) * a->weight) {
        return "a whole unit from one factor";
    }
    bool above = a->weight > b->weight && a->least >= b->least && a->most >= b->most;
    return above && a->quantity < b->quantity ? "less for a larger weight" : NULL;
}

static const char *bounded_wrong(struct random_case *random)
{
    enum split_verdict expected = expected_verdict(random);
    if (split_by_weight(random->quantity, random->shares, random->count) != expected) {
        return "verdict";
    }
    if (!split_done(expected)) {
        return NULL;
    }
    if (total(random) != random->quantity) {
        return "sum";
    }
    for (int i = 0; i < random->count; i++) {
        const struct share *a = &random->shares[i];
        if (a->quantity < a->least || a->quantity > a->most) {
            return "bounds";
        }
        if (expected == SPLIT_DONE && a->weight == 0 && a->quantity != a->least) {
            return "more than its least without a weight";
        }
        for (int j = 0; j < random->count; j++) {
            const char *why = pair_wrong(a, &random->shares[j]);
            if (why) {
                return why;
            }
        }
    }
    return NULL;
}

START_TEST(bounded_divisions_are_exact_fair_and_within_bounds)
{
    always(bounded_case, FEW, bounded_wrong);
}
END_TEST

/* Every kind of bounded division must have come up, or the test above says little. */
START_TEST(the_random_cases_are_of_all_kinds)
{
    int of_a_kind[SPLIT_PERIOD_IMPOSSIBLE + 1] = {0};
    for (uint64_t number = 0; number < CASES; number++) {
        state = seed ^ number << 32;
        struct random_case random = bounded_case(FEW);
        of_a_kind[expected_verdict(&random)]++;
    }
    ck_assert_int_ge(of_a_kind[SPLIT_DONE], CASES / 3);
    ck_assert_int_ge(of_a_kind[SPLIT_WEIGHTS_ZERO], CASES / 100);
    ck_assert_int_ge(of_a_kind[SPLIT_WEIGHTS_FULL], CASES / 200);
    ck_assert_int_ge(of_a_kind[SPLIT_LEAST_EXCEEDS], CASES / 100);
    ck_assert_int_ge(of_a_kind[SPLIT_MOST_FALLS_SHORT], CASES / 100);
}
END_TEST

/* Divides again, in another order, over whatever the quantities were before. */
static const char *order_matters(struct random_case *random)
{
    int place[FEW];
    struct random_case other = *random;
    for (int i = 0; i < random->count; i++) {
        /* Different weights, nearly in their proportions. */
        random->shares[i].weight = random->shares[i].weight / (2 * FEW) * FEW + i;
        int to = (int)up_to(i);
        place[i] = i;
        place[i] = place[to];
        place[to] = i;
    }
    for (int i = 0; i < random->count; i++) {
        other.shares[i] = random->shares[place[i]];
        other.shares[i].quantity = UNTOUCHED;
    }
    struct random_case again = *random;
    enum split_verdict verdict = split_by_weight(random->quantity, random->shares, random->count);
    if (split_by_weight(other.quantity, other.shares, other.count) != verdict ||
        split_by_weight(again.quantity, again.shares, again.count) != verdict) {
        return "verdict";
    }
    for (int i = 0; i < random->count && split_done(verdict); i++) {
        if (again.shares[i].quantity != random->shares[i].quantity) {
            return "not the same again";
        }
        if (other.shares[i].quantity != random->shares[place[i]].quantity) {
            return "not the same in another order";
        }
    }
    return NULL;
}

START_TEST(the_order_of_different_weights_does_not_matter)
{
    always(unbounded_case, FEW, order_matters);
    always(bounded_case, FEW, order_matters);
}
END_TEST

/* --- An oracle ------------------------------------------------------------------------------- */

enum hold { AT_LEAST, BETWEEN, AT_MOST };

/* If the parts are held so, does no part's proportion contradict it? Then this is the division. */
static bool consistent(const struct random_case *random, const enum hold *holds, int64_t *rest,
                       wide *weights)
{
    *rest = random->quantity;
    *weights = 0;
    for (int i = 0; i < random->count; i++) {
        const struct share *share = &random->shares[i];
        *rest -= holds[i] == AT_LEAST ? share->least : holds[i] == AT_MOST ? share->most : 0;
        *weights += holds[i] == BETWEEN ? share->weight : 0;
    }
    if (*rest < 0 || *weights == 0) {
        return false;
    }
    for (int i = 0; i < random->count; i++) {
        const struct share *share = &random->shares[i];
        wide due = *rest * (wide)share->weight;
        wide low = *weights * (holds[i] == AT_MOST ? share->most : share->least);
        wide high = *weights * (holds[i] == AT_LEAST ? share->least : share->most);
        if ((holds[i] != AT_LEAST && due < low) || (holds[i] != AT_MOST && due > high)) {
            return false;
        }
    }
    return true;
}

/* The next of the 3^count ways; false after the last. */
static bool next_holds(enum hold *holds, int count)
{
    for (int i = 0; i < count; i++) {
        if (holds[i] != AT_MOST) {
            holds[i]++;
            return true;
        }
        holds[i] = AT_LEAST;
    }
    return false;
}

/* Rounds down, then looks for the best part as often as a unit is left. */
static void round_as_held(struct random_case *random, const enum hold *holds, int64_t rest,
                          wide weights)
{
    wide remainders[TINY];
    int64_t left = rest;
    for (int i = 0; i < random->count; i++) {
        struct share *share = &random->shares[i];
        wide due = (wide)rest * share->weight;
        bool between = holds[i] == BETWEEN;
        remainders[i] = between ? due % weights : -1;
        share->quantity = between                ? (int64_t)(due / weights)
                          : holds[i] == AT_LEAST ? share->least
                                                 : share->most;
        left -= between ? share->quantity : 0;
    }
    for (; left > 0; left--) {
        int best = 0;
        for (int i = 1; i < random->count; i++) {
            bool heavier = random->shares[i].weight > random->shares[best].weight;
            if (remainders[i] > remainders[best] ||
                (remainders[i] == remainders[best] && heavier)) {
                best = i;
            }
        }
        random->shares[best].quantity++;
        remainders[best] = -1;
    }
}

static const char *other_than_the_oracle(struct random_case *random)
{
    if (expected_verdict(random) != SPLIT_DONE) {
        return NULL;
    }
    struct random_case oracle = *random;
    enum hold holds[TINY] = {AT_LEAST};
    wide weights = 0;
    int64_t rest = 0;
    bool found = false;
    while (!found && next_holds(holds, oracle.count)) {
        found = consistent(&oracle, holds, &rest, &weights);
    }
    split_by_weight(random->quantity, random->shares, random->count);
    if (!found) { /* no factor leaves a part between its bounds */
        return NULL;
    }
    round_as_held(&oracle, holds, rest, weights);
    for (int i = 0; i < random->count; i++) {
        if (oracle.shares[i].quantity != random->shares[i].quantity) {
            return "not what trying all ways finds";
        }
    }
    return NULL;
}

START_TEST(trying_all_ways_to_bind_bounds_finds_the_same)
{
    always(bounded_case, TINY, other_than_the_oracle);
}
END_TEST

static const char *phasing_wrong(struct random_case *random)
{
    struct period period = {.from = "2026-01-01"};
    int64_t weights[FEW];
    struct phasing phasing;
    int64_t sum = 0;
    snprintf(period.to, sizeof period.to, "2026-%02d-28", random->count);
    for (int i = 0; i < random->count; i++) {
        weights[i] = random->shares[i].weight;
    }
    bool equal = up_to(1);
    enum split_verdict verdict = phase_over_months(
        random->quantity, &period, equal ? NULL : weights, equal ? 0 : random->count, &phasing);
    if (!split_done(verdict) || phasing.count != random->count) {
        return "verdict or count";
    }
    for (int i = 0; i < phasing.count; i++) {
        sum += phasing.months[i].quantity;
        if (phasing.months[i].quantity < 0 || phasing.months[i].month != i + 1) {
            return "month";
        }
    }
    return sum == random->quantity ? NULL : "sum";
}

START_TEST(the_months_sum_up_to_the_quantity)
{
    always(unbounded_case, FEW, phasing_wrong);
}
END_TEST

/* --- At the limits --------------------------------------------------------------------------- */

static struct share all[SPLIT_PARTS_MAX];

static int64_t total_of_all(void)
{
    int64_t sum = 0;
    for (int i = 0; i < SPLIT_PARTS_MAX; i++) {
        sum += all[i].quantity;
    }
    return sum;
}

START_TEST(the_largest_division_is_exact)
{
    for (int i = 0; i < SPLIT_PARTS_MAX; i++) {
        all[i] = (struct share){SPLIT_WEIGHT_MAX - i % 7, 0, SPLIT_NO_MOST, UNTOUCHED};
    }
    ck_assert_int_eq(split_by_weight(SPLIT_QUANTITY_MAX, all, SPLIT_PARTS_MAX), SPLIT_DONE);
    ck_assert_int_eq(total_of_all(), SPLIT_QUANTITY_MAX);
    ck_assert_int_eq(split_equally(SPLIT_QUANTITY_MAX - 1, all, SPLIT_PARTS_MAX), SPLIT_DONE);
    ck_assert_int_eq(total_of_all(), SPLIT_QUANTITY_MAX - 1);
    ck_assert(all[0].quantity == 250000 && all[SPLIT_PARTS_MAX - 1].quantity == 249999);
    ck_assert_int_eq(split_equally(5, all, SPLIT_PARTS_MAX + 1), SPLIT_OUT_OF_RANGE);
    ck_assert_int_eq(split_by_weight(5, all, SPLIT_PARTS_MAX + 1), SPLIT_OUT_OF_RANGE);
}
END_TEST

START_TEST(many_parts_at_many_bounds_are_exact)
{
    state = seed;
    for (int round = 0; round < 50; round++) {
        int64_t least = 0;
        for (int i = 0; i < SPLIT_PARTS_MAX; i++) {
            int64_t low = up_to(1) ? up_to(round * 1000) : 0;
            all[i] = (struct share){up_to(SPLIT_WEIGHT_MAX), low, low + up_to(900000), UNTOUCHED};
            least += low;
        }
        int64_t quantity = least + up_to(SPLIT_QUANTITY_MAX - least);
        ck_assert_int_eq(split_by_weight(quantity, all, SPLIT_PARTS_MAX), SPLIT_DONE);
        ck_assert_int_eq(total_of_all(), quantity);
        bool within = true;
        for (int i = 0; i < SPLIT_PARTS_MAX; i++) {
            within = within && all[i].quantity >= all[i].least && all[i].quantity <= all[i].most;
        }
        ck_assert_msg(within, "seed %llu, round %d", (unsigned long long)seed, round);
    }
}
END_TEST

Suite *split_rules_suite(void)
{
    Suite *suite = suite_create("split_rules");
    TCase *tests = tcase_create("split_rules");
    tcase_add_test(tests, equal_shares_differ_by_one_at_most_within_bounds);
    tcase_add_test(tests, weights_divide_by_largest_remainder);
    tcase_add_test(tests, ties_go_to_the_larger_weight_then_to_the_lower_index);
    tcase_add_test(tests, one_unit_more_may_cost_a_part_one);
    tcase_add_test(tests, a_zero_weight_counts_only_when_the_others_cannot_take_it);
    tcase_add_test(tests, bounds_hold_and_the_others_share_in_proportion);
    tcase_add_test(tests, the_impossible_is_refused_and_nothing_written);
    tcase_add_test(tests, nobody_is_uncovered_where_more_are_covered_than_live);
    tcase_add_test(tests, a_quantity_is_phased_over_the_months_of_its_period);
    tcase_add_test(tests, a_phasing_that_does_not_fit_is_refused);
    tcase_add_test(tests, unbounded_divisions_are_exact_fair_and_monotone);
    tcase_add_test(tests, equal_divisions_are_the_quotient_and_the_rest_goes_first);
    tcase_add_test(tests, bounded_divisions_are_exact_fair_and_within_bounds);
    tcase_add_test(tests, the_random_cases_are_of_all_kinds);
    tcase_add_test(tests, the_order_of_different_weights_does_not_matter);
    tcase_add_test(tests, trying_all_ways_to_bind_bounds_finds_the_same);
    tcase_add_test(tests, the_months_sum_up_to_the_quantity);
    tcase_add_test(tests, the_largest_division_is_exact);
    tcase_add_test(tests, many_parts_at_many_bounds_are_exact);
    suite_add_tcase(suite, tests);
    return suite;
}
