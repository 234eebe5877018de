/* What a collection organisation is paid for an enrolment, and how statements add up. Pure functions.
 *
 * The base is the participant's own money, never what the state, a province or a sponsor pays. It is
 * rounded once, for each enrolment, half up and the same in both directions: what is taken back is
 * exactly what was given, in whatever month. */
#ifndef ANSINH_REMUNERATION_RULES_H
#define ANSINH_REMUNERATION_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Of one enrolment; a negative base for what is taken back. */
int64_t remuneration_of(int64_t base, int64_t hundredths);

struct remuneration {
    int64_t count; /* enrolments, less those taken back */
    int64_t base;
    int64_t amount;
    __int128 exact; /* the amount before rounding, in ten-thousandths of a dong */
};

/* Adds `times` equal ones that count `sign` each (1, -1, or 0 for a refund). */
void remuneration_add(struct remuneration *sum, int64_t times, int sign, int64_t base,
                      int64_t hundredths);
void remuneration_join(struct remuneration *sum, const struct remuneration *more);

/* What the averages of a statement are held against. */
enum remuneration_cap { CAP_OVERALL, CAP_VSI, CAP_SCHOOLS, CAP_OTHER_HHI, CAP_COUNT };
extern const char *const remuneration_cap_keys[CAP_COUNT];
/* The narrow cap of an enrolment; all of them fall under CAP_OVERALL as well. `group` may be NULL. */
enum remuneration_cap remuneration_cap_of(const char *scheme, const char *group);

/* The average in hundredths of a percent, half up; false where there is no base. */
bool remuneration_average(const struct remuneration *sum, int64_t *hundredths);
/* By the exact ratio, because rounding may lift a sum above it; without a base nothing is above a cap. */
bool remuneration_within(const struct remuneration *sum, int64_t cap_hundredths);

#endif
