/* The workers of the jobs: a few threads with database connections of their own. Each takes the oldest job
 * that waits, or whose worker is silent, and does it as its requester. */
#ifndef ANSINH_JOB_WORKER_H
#define ANSINH_JOB_WORKER_H

#include "middleware/pool.h"
#include "middleware/service.h"

struct job_workers;

/* `options.size` is how many, none: NULL; a job is taken over when its worker was silent for so long. They end by
 * themselves when the service stops. */
struct job_workers *job_workers_start(const struct service *service,
                                      const struct pool_options *options, long silence_ms);
void job_workers_stop(struct job_workers *workers);

#endif
