/* Why a good request is sent away: what there was too much of, for the log and the metrics. The client is
 * told no more than 503 or 429, and when to come back. */
#ifndef ANSINH_SHED_H
#define ANSINH_SHED_H

#include "middleware/problem.h"

enum cause {
    NO_CAUSE,
    CAUSE_CONNECTIONS,
    CAUSE_BODIES,
    CAUSE_WAITING, /* for a database connection */
    CAUSE_PASSWORDS,
    CAUSE_MEMORY,
    CAUSE_CONTENTION, /* within the database */
    CAUSE_DATABASE,   /* which is not there */
    CAUSE_STOPPING,
    CAUSE_USER_RATE,
    CAUSE_ADDRESS_RATE,
    CAUSE_ATTEMPTS,
    CAUSE_COUNT
};
extern const char *const cause_names[CAUSE_COUNT]; /* NULL for none */

/* fail() with BUSY or TOO_MANY_REQUESTS, of which there is more than one cause. */
bool shed(struct request *req, enum problem_kind kind, enum cause cause);
/* False, and BUSY, when the request has used more memory than one may. */
bool memory_suffices(struct request *req);
/* NO_CAUSE unless the problem is one of those that send away. */
enum cause shed_cause(const struct problem *problem);

#endif
