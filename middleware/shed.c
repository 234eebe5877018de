/* Why a good request is sent away. */
#include "middleware/shed.h"

// clang-format off
const char *const cause_names[CAUSE_COUNT] = {
    [CAUSE_CONNECTIONS]  = "connections",
    [CAUSE_BODIES]       = "bodies",
    [CAUSE_WAITING]      = "waiting",
    [CAUSE_PASSWORDS]    = "passwords",
    [CAUSE_MEMORY]       = "memory",
    [CAUSE_CONTENTION]   = "contention",
    [CAUSE_DATABASE]     = "database",
    [CAUSE_STOPPING]     = "stopping",
    [CAUSE_USER_RATE]    = "user_rate",
    [CAUSE_ADDRESS_RATE] = "address_rate",
    [CAUSE_ATTEMPTS]     = "attempts",
};
// clang-format on

bool shed(struct request *req, enum problem_kind kind, enum cause cause)
{
    if (req->problem.kind == NO_PROBLEM) {
        req->problem.cause = (int)cause;
    }
    return fail(req, kind);
}

bool memory_suffices(struct request *req)
{
    return !arena_over_cap(req->arena) || shed(req, BUSY, CAUSE_MEMORY);
}

enum cause shed_cause(const struct problem *problem)
{
    switch (problem->kind) {
    case DATABASE_UNAVAILABLE:
        return CAUSE_DATABASE;
    case STOPPING:
        return CAUSE_STOPPING;
    case BUSY:
        return problem->cause ? (enum cause)problem->cause : CAUSE_CONTENTION;
    case TOO_MANY_REQUESTS:
        return problem->cause ? (enum cause)problem->cause : CAUSE_ATTEMPTS;
    default:
        return NO_CAUSE;
    }
}
