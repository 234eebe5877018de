/* What a contribution costs, who pays for it, and from when to when it covers. */
#include "api/enrolment/quote_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/enrolment/quote_internal.h"

/* Months ahead are more than the longest period: the law pays for several years. */
enum { LAST_RANK = 5, MONTHS_A_YEAR = 12, LEAST_AHEAD = MONTHS_A_YEAR + 1 };

const char *const funder_names[FUNDERS] = {"participant", "state", "province", "sponsor"};

static bool stop(struct pricing *p, enum quote_verdict verdict, int64_t figure)
{
    if (p->quote->verdict == QUOTE_DONE) {
        p->quote->verdict = verdict;
        p->quote->figure = figure;
    }
    return false;
}

void pricing_use(struct pricing *p, const struct rate_row *row)
{
    struct quote *quote = p->quote;
    for (int i = 0; i < quote->used_count; i++) {
        if (quote->used[i] == row) {
            return;
        }
    }
    if (quote->used_count < RULES_USED_MAX) {
        quote->used[quote->used_count++] = row;
    }
    quote->verified = quote->verified && row->verified;
}

static const struct rate_row no_rate = {.kind = "", .key = "", .valid_from = "", .decision = ""};

/* A number that must be there; without it the quote is QUOTE_RATE_MISSING and the number 0. */
static const struct rate_row *need(struct pricing *p, const char *kind, const char *key)
{
    const struct rate_row *row = rate_find(p->book, kind, key);
    if (row) {
        return row;
    }
    stop(p, QUOTE_RATE_MISSING, 0);
    if (!p->quote->missing_kind) {
        p->quote->missing_kind = kind;
        p->quote->missing_key = key;
    }
    return &no_rate;
}

const struct rate_row *pricing_take(struct pricing *p, const char *kind, const char *key)
{
    const struct rate_row *row = need(p, kind, key);
    if (row != &no_rate) {
        pricing_use(p, row);
    }
    return row;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t quote_amount(const struct quote *quote, enum funder funder)
{
    for (int i = 0; i < quote->line_count; i++) {
        if (quote->lines[i].funder == funder) {
            return quote->lines[i].amount;
        }
    }
    return 0;
}

/* --- groups ---------------------------------------------------------------------------------- */

/* What a group is worth on the day: the state's share, and the province's on top. */
struct support {
    const char *group;
    const struct rate_row *state; /* NULL: no support */
    const struct rate_row *top_up;
};

static int64_t worth(const struct support *support)
{
    return (support->state ? support->state->value : 0) +
           (support->top_up ? support->top_up->value : 0);
}

/* Some groups are supported for a time: from the day they joined the group, or if that is later from
 * the day on which there is such support. */
static bool still_supported(struct pricing *p, const struct quote_group *group, int index)
{
    const struct rate_row *months = rate_find(p->book, "hhi_support_months", group->code);
    char until[DATE_ROOM];
    if (p->terms->scheme == VSI || !months) {
        return true;
    }
    if (!group->since) {
        return stop(p, QUOTE_SINCE, index);
    }
    const char *from =
        strcmp(group->since, months->valid_from) > 0 ? group->since : months->valid_from;
    date_plus_months(from, (int)months->value, until);
    pricing_use(p, months);
    return strcmp(p->terms->paid_on, until) < 0;
}

static void weigh(struct pricing *p, const struct quote_group *group, int index,
                  struct support *best)
{
    bool voluntary = p->terms->scheme == VSI;
    struct support support = {.group = group->code};
    support.state = need(p, voluntary ? "vsi_support" : "hhi_support", group->code);
    support.top_up = rate_find(p->book, voluntary ? "vsi_top_up" : "hhi_top_up", group->code);
    if (support.state->value + (support.top_up ? support.top_up->value : 0) > 0 &&
        !still_supported(p, group, index)) {
        return;
    }
    if (worth(&support) > worth(best) || !best->group) {
        *best = support;
    }
}

/* Of several groups the one that is worth most counts, and it alone. */
static struct support best_support(struct pricing *p)
{
    static const struct quote_group other = {.code = "other"};
    static const struct quote_group island = {.code = "island"};
    struct support best = {0};
    bool voluntary = p->terms->scheme == VSI;
    for (int i = 0; i < p->person->group_count; i++) {
        if (strcmp(p->person->groups[i].code, "household") != 0) {
            weigh(p, &p->person->groups[i], i, &best);
        }
    }
    if (voluntary) {
        weigh(p, &other, 0, &best);
    }
    if (voluntary && p->book->island) {
        weigh(p, &island, 0, &best);
    }
    if (worth(&best) == 0) {
        return (struct support){.group = voluntary ? "other" : "household",
                                .state = voluntary ? best.state : NULL};
    }
    return best;
}

/* --- lines ----------------------------------------------------------------------------------- */

static void add_line(struct quote *quote, enum funder funder, int64_t base, int64_t percent,
                     int months, int64_t amount, const struct rate_row *rule, bool verified)
{
    quote->lines[quote->line_count++] = (struct quote_line){
        .funder = funder,
        .base = base,
        .percent_hundredths = percent,
        .months = months,
        .amount = amount,
        .rule = rule,
        .verified = verified,
    };
}

/* What a month costs, and what supports are a part of. */
struct month {
    int64_t amount;
    int64_t support_base;
    const struct rate_row *rule;
};

static int64_t for_months(struct pricing *p, int64_t monthly, int months)
{
    if (p->terms->method == PERIODIC) {
        return monthly * months;
    }
    int64_t rate = pricing_take(p, "vsi_fund_rate", "all")->value;
    if (p->terms->method == MISSING) {
        return lump_missing(monthly, months, rate);
    }
    return lump_ahead(monthly, months, rate, (int)pricing_take(p, "vsi_advance_lag", "all")->value);
}

/* The state first, then the province, then a sponsor; the participant has the rest. Each is capped by
 * what is left. */
static void divide(struct pricing *p, const struct month *month, const struct support *support)
{
    struct quote *quote = p->quote;
    const struct rate_row *rules[] = {support->state, support->top_up};
    int64_t rest = quote->contribution;
    int64_t month_rest = month->amount;
    struct quote_line lines[FUNDERS];
    int count = 0;
    for (int i = 0; i < 2 && quote->support_months > 0; i++) {
        int64_t value = rules[i] ? rules[i]->value : 0;
        int64_t monthly = least(percent_of(month->support_base, value), month_rest);
        int64_t amount = least(for_months(p, monthly, quote->support_months), rest);
        if (amount > 0) {
            pricing_use(p, rules[i]);
            lines[count++] = (struct quote_line){i ? PROVINCE : STATE,
                                                 month->support_base,
                                                 value,
                                                 quote->support_months,
                                                 amount,
                                                 rules[i],
                                                 quote->verified && rules[i]->verified};
            rest -= amount;
            month_rest -= monthly;
        }
    }
    int64_t sponsored = percent_of(rest, p->person->sponsor_hundredths);
    int64_t own = rest - sponsored;
    add_line(quote, PARTICIPANT, month->amount, share_of(HUNDREDTHS, own, quote->contribution),
             p->terms->months, own, month->rule, quote->verified);
    for (int i = 0; i < count; i++) {
        quote->lines[quote->line_count++] = lines[i];
    }
    if (sponsored > 0) {
        add_line(quote, SPONSOR, month->amount,
                 share_of(HUNDREDTHS, sponsored, quote->contribution), p->terms->months, sponsored,
                 NULL, true);
    }
}

/* --- voluntary social insurance ---------------------------------------------------------------- */

static bool income_fits(struct pricing *p)
{
    struct quote *quote = p->quote;
    int64_t floor = pricing_take(p, "vsi_income_floor", "all")->value;
    quote->income = p->person->income ? p->person->income : floor;
    if (quote->verdict != QUOTE_DONE || quote->income == floor) {
        return quote->verdict == QUOTE_DONE;
    }
    int64_t ceiling = pricing_take(p, "vsi_ceiling_levels", "all")->value *
                      pricing_take(p, "reference_level", "all")->value;
    int64_t step = pricing_take(p, "vsi_income_step", "all")->value;
    if (quote->income < floor) {
        return stop(p, QUOTE_INCOME_LOW, floor);
    }
    if (quote->income > ceiling) {
        return stop(p, QUOTE_INCOME_HIGH, ceiling);
    }
    return step == 0 || (quote->income - floor) % step == 0 || stop(p, QUOTE_INCOME_STEP, step);
}

static bool old_enough(struct pricing *p)
{
    char birthday[DATE_ROOM];
    int years = (int)pricing_take(p, "vsi_least_age", "all")->value;
    if (!p->person->born) {
        return true;
    }
    date_plus_months(p->person->born, years * MONTHS_A_YEAR, birthday);
    return strcmp(birthday, p->terms->paid_on) <= 0 || stop(p, QUOTE_TOO_YOUNG, years);
}

/* The number of months that a method takes: periods are keys of the book, lump sums have a limit. */
static bool method_fits(struct pricing *p, const char *kind)
{
    static const char *const limits[] = {
        [ADVANCE] = "vsi_advance_months", [MISSING] = "vsi_missing_months"};
    char key[12];
    if (p->terms->method == PERIODIC) {
        snprintf(key, sizeof key, "%d", p->terms->months);
        if (rate_find(p->book, kind, key)) {
            return true;
        }
        return rate_find(p->book, kind, "12") ? stop(p, QUOTE_MONTHS, 0)
                                              : need(p, kind, "12") != &no_rate;
    }
    if (p->terms->method == ADVANCE && p->terms->months < LEAST_AHEAD) {
        return stop(p, QUOTE_MONTHS, LEAST_AHEAD);
    }
    int64_t most = pricing_take(p, limits[p->terms->method], "all")->value;
    return p->terms->months <= most || stop(p, QUOTE_MONTHS, most);
}

static void price_voluntary(struct pricing *p)
{
    struct quote *quote = p->quote;
    if (!method_fits(p, "vsi_method") || !old_enough(p) || !income_fits(p)) {
        return;
    }
    const struct rate_row *rate = pricing_take(p, "vsi_rate", "all");
    struct month month = {.amount = percent_of(quote->income, rate->value), .rule = rate};
    struct support support = best_support(p);
    quote->group = support.group;
    quote->monthly = month.amount;
    if (p->terms->method != MISSING && worth(&support) > 0) {
        int64_t most =
            pricing_take(p, "vsi_support_months", "all")->value - p->person->support_used;
        quote->support_months = (int)least(p->terms->months, most > 0 ? most : 0);
    }
    month.support_base = percent_of(pricing_take(p, "vsi_income_floor", "all")->value, rate->value);
    quote->contribution = for_months(p, quote->monthly, p->terms->months);
    if (quote->verdict == QUOTE_DONE) {
        divide(p, &month, &support);
    }
}

/* --- household health insurance --------------------------------------------------------------- */

static const char *rank_key(int position)
{
    static const char *const keys[] = {"1", "2", "3", "4", "5"};
    return keys[(position < LAST_RANK ? position : LAST_RANK) - 1];
}

static void price_household(struct pricing *p, int *next_position)
{
    struct quote *quote = p->quote;
    if (!method_fits(p, "hhi_method") || (p->person->income && !stop(p, QUOTE_NO_INCOME, 0))) {
        return;
    }
    int64_t reference = pricing_take(p, "reference_level", "all")->value;
    const struct rate_row *rate = pricing_take(p, "hhi_rate", "all");
    struct support support = best_support(p);
    struct month month = {.amount = percent_of(reference, rate->value), .rule = rate};
    quote->group = support.group;
    if (!support.state) { /* no support: the share of a member of the household */
        quote->position = p->person->position ? p->person->position : *next_position;
        *next_position = quote->position >= *next_position ? quote->position + 1 : *next_position;
        month.rule = pricing_take(p, "hhi_rank", rank_key(quote->position));
        month.amount =
            share_of(reference, rate->value * month.rule->value, (int64_t)HUNDREDTHS * HUNDREDTHS);
    }
    month.support_base = month.amount;
    quote->monthly = month.amount;
    quote->support_months = support.state ? p->terms->months : 0;
    quote->contribution = month.amount * p->terms->months;
    if (quote->verdict == QUOTE_DONE) {
        divide(p, &month, &support);
    }
}

void quote_price(const struct quote_terms *terms, const struct quote_person *person,
                 const struct rate_book *book, int *next_position, struct quote *quote)
{
    struct pricing pricing = {terms, person, book, quote};
    *quote = (struct quote){.verified = true};
    if (person->died && strcmp(person->died, terms->paid_on) < 0) {
        stop(&pricing, QUOTE_DIED, 0);
        return;
    }
    if (terms->scheme == VSI) {
        price_voluntary(&pricing);
    } else {
        price_household(&pricing, next_position);
    }
    if (quote->verdict == QUOTE_DONE && terms->method != MISSING) {
        pricing_cover(&pricing);
    }
}
