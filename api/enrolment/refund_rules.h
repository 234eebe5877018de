/* What a participant gets back for months that were paid and are not used. Pure functions.
 *
 * Decree 159/2025/NĐ-CP Art. 8: voluntary insurance ends early when somebody joins compulsory insurance,
 * takes everything out at once, draws the pension or dies. The support of the state, of a province and
 * of a sponsor is not paid out. The month in which it happens is a used one. */
#ifndef ANSINH_REFUND_RULES_H
#define ANSINH_REFUND_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "api/enrolment/date_rules.h"

struct paid {
    const char *starts_on;
    int months;
    int64_t contribution;
    int64_t participant;
    int64_t sponsor;
    int64_t support;    /* of the state and the province */
    int support_months; /* the first months of the period */
};

struct refund {
    char unused_from[DATE_ROOM];
    int unused_months;
    int64_t amount;  /* 0 where no month is left */
    int64_t support; /* what stays with those who supported */
};

/* `hundredths` of the own money is paid back. */
struct refund refund_of(const struct paid *paid, const char *happened_on, int64_t hundredths);

#endif
