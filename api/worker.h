/* The housekeeper, as the role ansinh_worker: folds the deltas of live figures into totals every
 * second, and every ten minutes deletes what has outlived its purpose (old answers by key, expired
 * refresh tokens, forgotten sign-in attempts, files of jobs); row security lets it delete nothing younger. */
#ifndef ANSINH_WORKER_H
#define ANSINH_WORKER_H

#include "middleware/metrics.h"
#include "middleware/pool.h"

struct worker;

/* Does both once before it returns, then in a thread of its own. NULL when the thread cannot be made;
 * a database that is away is tried again the next time. Several servers on one database take turns. */
struct worker *worker_start(const struct pool_options *options, struct metrics *metrics);
void worker_stop(struct worker *worker);

#endif
