/* What a contribution costs, who pays for it, and from when to when it covers. Pure functions.
 *
 * Every number comes from the book of rates of the day of payment (api/enrolment/rate.sql), and so does
 * the decision that a line names. A number that is not in the book is an answer of its own
 * (QUOTE_RATE_MISSING), never a guess.
 *
 * Rounding, everywhere the same: the amount of one month is rounded half up to whole VND, a period is
 * that times its months, and a lump sum is rounded once more after its formula. So the parts of the
 * state, the province and a sponsor are whole, and the participant pays the rest: the lines add up to
 * the contribution, and no support exceeds it. */
#ifndef ANSINH_QUOTE_RULES_H
#define ANSINH_QUOTE_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "api/enrolment/date_rules.h"
#include "api/enrolment/rate_rules.h"

enum { GROUPS_MAX = 6, FUNDERS = 4, RULES_USED_MAX = 20 };

enum scheme { VSI, HHI };
/* Voluntary insurance: for a period (1, 3, 6, 12 months), for months ahead, for missing months. */
enum quote_method { PERIODIC, ADVANCE, MISSING };

struct quote_terms {
    enum scheme scheme;
    enum quote_method method;
    int months;
    const char *paid_on;
};

struct quote_group {
    const char *code;
    const char *since; /* for groups that are supported for a time; NULL where nobody said */
};

struct quote_person {
    int64_t income; /* chosen; 0 is the floor */
    int position; /* in the household and calendar year, of those without support; 0 is the next */
    int group_count;
    struct quote_group groups[GROUPS_MAX];
    int support_used;          /* months of voluntary insurance that were supported before */
    const char *born;          /* the earliest day that fits what is known, NULL where nothing is */
    const char *died;          /* NULL where nobody knows */
    const char *covered_until; /* last day of the coverage before, NULL where there was none */
    const char
        *renewable_until; /* the first day too late to continue it; NULL: by the method paid now */
    int sponsor_hundredths; /* of what is left to the participant, in hundredths of a percent */
};

enum quote_verdict {
    QUOTE_DONE,
    QUOTE_RATE_MISSING, /* missing_kind, missing_key */
    QUOTE_INCOME_LOW,   /* figure: the least */
    QUOTE_INCOME_HIGH,  /* figure: the most */
    QUOTE_INCOME_STEP,  /* figure: the step */
    QUOTE_NO_INCOME,    /* household insurance has none */
    QUOTE_MONTHS,       /* figure: how many at most, or at least */
    QUOTE_TOO_YOUNG,    /* figure: how old at least */
    QUOTE_DIED,         /* before the day of payment */
    QUOTE_SINCE,        /* figure: which group must say since when */
};

enum funder { PARTICIPANT, STATE, PROVINCE, SPONSOR };
extern const char *const funder_names[FUNDERS];

struct quote_line {
    enum funder funder;
    int64_t base;               /* of one month */
    int64_t percent_hundredths; /* of the base; of the participant: of the contribution */
    int months;
    int64_t amount;
    const struct rate_row *rule; /* NULL: of a sponsor */
    bool verified;               /* all that it was computed from */
};

struct quote {
    enum quote_verdict verdict;
    const char *missing_kind;
    const char *missing_key;
    int64_t figure;

    const char *group; /* the one that counts: other, household, or a supported one */
    int position;      /* of a household; 0 for the others, who take none */
    int64_t income;    /* 0 of household insurance */
    int64_t monthly;
    int64_t contribution;
    int support_months;
    int line_count;
    struct quote_line lines[FUNDERS];

    char starts_on[DATE_ROOM]; /* all four empty for missing months */
    char ends_on[DATE_ROOM];
    char due_on[DATE_ROOM];          /* the next payment */
    char continues_until[DATE_ROOM]; /* a payment until then continues the coverage */
    bool waits;                      /* a first card, or one after a stop */

    int used_count;
    const struct rate_row *used[RULES_USED_MAX];
    bool verified; /* all that was used */
};

/* Prices one person. `next_position` is the household's next free one; it is taken, and moves on, where
 * a member of the household without support names no position. */
void quote_price(const struct quote_terms *terms, const struct quote_person *person,
                 const struct rate_book *book, int *next_position, struct quote *quote);

/* The amount of a funder, 0 where it has no line. */
int64_t quote_amount(const struct quote *quote, enum funder funder);

#endif
