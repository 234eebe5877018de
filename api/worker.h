/* The housekeeper: deletes what has outlived its purpose (old answers by key, expired refresh tokens,
 * forgotten sign-in attempts), as the role ansinh_worker, which can delete nothing younger. */
#ifndef ANSINH_WORKER_H
#define ANSINH_WORKER_H

#include "middleware/pool.h"

struct worker;

/* Keeps house once before it returns, then every ten minutes in a thread of its own. NULL when the
 * thread cannot be made; a database that is away is tried again the next time. */
struct worker *worker_start(const struct pool_options *options);
void worker_stop(struct worker *worker);

#endif
