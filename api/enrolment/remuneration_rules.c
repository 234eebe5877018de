/* What a collection organisation is paid for an enrolment, and how statements add up. */
#include "api/enrolment/remuneration_rules.h"

#include <string.h>

#include "api/enrolment/rate_rules.h"

const char *const remuneration_cap_keys[CAP_COUNT] = {"overall", "vsi", "schools", "other_hhi"};

int64_t remuneration_of(int64_t base, int64_t hundredths)
{
    return base < 0 ? -percent_of(-base, hundredths) : percent_of(base, hundredths);
}

void remuneration_add(struct remuneration *sum, int64_t times, int sign, int64_t base,
                      int64_t hundredths)
{
    sum->count += times * sign;
    sum->base += times * base;
    sum->amount += times * remuneration_of(base, hundredths);
    sum->exact += (__int128)times * base * hundredths;
}

void remuneration_join(struct remuneration *sum, const struct remuneration *more)
{
    sum->count += more->count;
    sum->base += more->base;
    sum->amount += more->amount;
    sum->exact += more->exact;
}

enum remuneration_cap remuneration_cap_of(const char *scheme, const char *group)
{
    if (strcmp(scheme, "vsi") == 0) {
        return CAP_VSI;
    }
    bool school = group && (strcmp(group, "pupil") == 0 || strcmp(group, "student") == 0);
    return school ? CAP_SCHOOLS : CAP_OTHER_HHI;
}

bool remuneration_average(const struct remuneration *sum, int64_t *hundredths)
{
    if (sum->base <= 0) {
        return false;
    }
    __int128 size = sum->exact < 0 ? -sum->exact : sum->exact;
    int64_t average = (int64_t)((2 * size + sum->base) / (2 * (__int128)sum->base));
    *hundredths = sum->exact < 0 ? -average : average;
    return true;
}

bool remuneration_within(const struct remuneration *sum, int64_t cap_hundredths)
{
    return sum->base <= 0 || sum->exact <= (__int128)sum->base * cap_hundredths;
}
