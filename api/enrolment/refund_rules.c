/* What a participant gets back for months that were paid and are not used. */
#include "api/enrolment/refund_rules.h"

#include <string.h>

#include "api/enrolment/rate_rules.h"

static int used_months(const struct paid *paid, const char *happened_on)
{
    char begins[DATE_ROOM];
    int used = 0;
    while (used < paid->months) {
        date_plus_months(paid->starts_on, used, begins);
        if (strcmp(begins, happened_on) > 0) {
            break;
        }
        used++;
    }
    return used;
}

struct refund refund_of(const struct paid *paid, const char *happened_on, int64_t hundredths)
{
    struct refund refund = {0};
    int used = used_months(paid, happened_on);
    int supported = paid->support_months > used ? paid->support_months - used : 0;
    refund.unused_months = paid->months - used;
    date_plus_months(paid->starts_on, used, refund.unused_from);
    int64_t unused = share_of(paid->contribution, refund.unused_months, paid->months);
    refund.support =
        paid->support_months ? share_of(paid->support, supported, paid->support_months) : 0;
    int64_t rest = unused - refund.support;
    /* a sponsor paid the same share of every month */
    int64_t own = share_of(rest, paid->participant, paid->participant + paid->sponsor);
    refund.amount = percent_of(own < paid->participant ? own : paid->participant, hundredths);
    return refund;
}
