/* Who may call. */
#include "middleware/permit.h"

#include "middleware/problem.h"

enum tier tier_of(enum slice slice)
{
    static const enum tier tiers[SLICE_COUNT] = {
        [SLICE_NATION] = TIER_NATION,     [SLICE_PROVINCE] = TIER_PROVINCE,
        [SLICE_DISTRICT] = TIER_DISTRICT, [SLICE_COMMUNE] = TIER_COMMUNE,
        [SLICE_AGENCY] = TIER_AGENT,      [SLICE_COLLECTOR] = TIER_AGENT,
    };
    return tiers[slice];
}

// clang-format off
/* What each duty includes; a permission that is not listed is denied. */
static const bool granted[DUTY_COUNT][PERMISSION_COUNT] = {
    [DUTY_MANAGER] = {
        [OWN_ACCOUNT] = true, [USER_READ] = true, [USER_MANAGE] = true, [UNIT_READ] = true,
        [UNIT_WRITE] = true, [NETWORK_READ] = true, [NETWORK_WRITE] = true, [TARGET_READ] = true,
        [TARGET_ASSIGN] = true, [TARGET_ACCEPT] = true, [FIGURE_READ] = true,
        [FIGURE_WRITE] = true, [PERSON_READ] = true, [PERSON_WRITE] = true, [IDENTITY_REVEAL] = true,
        [AUDIT_READ] = true, [ENROLMENT_READ] = true, [ENROLMENT_WRITE] = true,
        [ENROLMENT_DECIDE] = true, [PROGRESS_READ] = true, [RATE_READ] = true,
        [RATE_WRITE] = true,
    },
    [DUTY_OFFICER] = {
        [OWN_ACCOUNT] = true, [UNIT_READ] = true, [NETWORK_READ] = true, [TARGET_READ] = true,
        [TARGET_ACCEPT] = true, [FIGURE_READ] = true, [FIGURE_WRITE] = true,
        [PERSON_READ] = true, [PERSON_WRITE] = true, [IDENTITY_REVEAL] = true,
        [ENROLMENT_READ] = true, [ENROLMENT_WRITE] = true, [ENROLMENT_DECIDE] = true,
        [PROGRESS_READ] = true, [RATE_READ] = true,
    },
    [DUTY_VIEWER] = {
        [OWN_ACCOUNT] = true, [UNIT_READ] = true, [NETWORK_READ] = true, [TARGET_READ] = true,
        [FIGURE_READ] = true, [PERSON_READ] = true, [ENROLMENT_READ] = true,
        [PROGRESS_READ] = true, [RATE_READ] = true,
    },
};
// clang-format on

bool duty_permits(enum duty duty, enum permission permission)
{
    return granted[duty][permission];
}

bool permit_check(struct request *req)
{
    const struct route *route = req->route;
    if (route->tiers & ANYONE) {
        return true;
    }
    if (!(route->tiers & tier_of(req->caller.slice)) ||
        !duty_permits(req->caller.duty, route->permission)) {
        return fail(req, FORBIDDEN);
    }
    return true;
}

bool permit_also(struct request *req, enum permission permission)
{
    return duty_permits(req->caller.duty, permission) || fail(req, FORBIDDEN);
}
