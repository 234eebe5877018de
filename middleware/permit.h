/* Who may call: the row of the route against the caller. No handler checks a role. */
#ifndef ANSINH_PERMIT_H
#define ANSINH_PERMIT_H

#include "middleware/route.h"

/* The tier bit of a slice; an agency and a collector are both of the agent tier. */
enum tier tier_of(enum slice slice);
bool duty_permits(enum duty duty, enum permission permission);

/* Stage: FORBIDDEN when the caller's tier or duty is not in the route's row. */
bool permit_check(struct request *req) must_check;

/* For the rare operation where a parameter asks for more than the row grants (revealing numbers):
 * FORBIDDEN when the caller's duty does not include that permission. */
bool permit_also(struct request *req, enum permission permission) must_check;

#endif
