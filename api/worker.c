/* The housekeeper: folds live figures into totals, and throws away what has outlived its purpose. */
#include "api/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "middleware/arena.h"
#include "middleware/log.h"

/* A read adds up what is not folded yet: folding often keeps that little, folding seldom finds more
 * deltas for the same total. Housekeeping is every so many beats. */
enum { BEAT_MS = 1000, BEATS_PER_HOUSEKEEPING = 600 };

struct worker {
    struct pool_options options;
    PGconn *pg;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

static const char fold[] = "begin isolation level repeatable read; "
                           "set local role ansinh_worker; set local statement_timeout = '60s'; "
                           "call fold_younger(); "
                           "commit";

/* Row security decides what is old; the statements name the columns that it may look at. */
static const char house[] = "begin; set local role ansinh_worker; "
                            "set local statement_timeout = '60s'; "
                            "delete from public.idempotency where created_at < now(); "
                            "delete from public.refresh_token where expires_at < now(); "
                            "delete from public.sign_in_attempt where updated_at < now(); "
                            "commit";

/* Whatever goes wrong is tried again at the next beat, with a new connection. */
static void run(struct worker *worker, const char *job, const char *failure)
{
    if (!worker->pg) {
        worker->pg = pool_connect(&worker->options);
    }
    PGresult *result = PQstatus(worker->pg) == CONNECTION_OK ? PQexec(worker->pg, job) : NULL;
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        log_event("warning", failure, PQresultErrorField(result, PG_DIAG_SQLSTATE));
        PQfinish(worker->pg);
        worker->pg = NULL;
    }
    PQclear(result);
}

static void beat(struct worker *worker, long count)
{
    run(worker, fold, "folding failed");
    if (count % BEATS_PER_HOUSEKEEPING == 0) {
        run(worker, house, "housekeeping failed");
    }
}

static struct timespec next_beat(void)
{
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    next.tv_sec += BEAT_MS / 1000;
    next.tv_nsec += BEAT_MS % 1000 * 1000000L;
    if (next.tv_nsec >= 1000000000L) {
        next.tv_sec++;
        next.tv_nsec -= 1000000000L;
    }
    return next;
}

/* Waits for the next beat, or to be stopped. */
static bool rest(struct worker *worker)
{
    struct timespec next = next_beat();
    bool early = true;
    pthread_mutex_lock(&worker->lock);
    while (!worker->stopping && early) {
        early = pthread_cond_timedwait(&worker->wake, &worker->lock, &next) == 0;
    }
    bool go_on = !worker->stopping;
    pthread_mutex_unlock(&worker->lock);
    return go_on;
}

static void *work(void *own)
{
    struct worker *worker = own;
    for (long count = 1; rest(worker); count++) {
        beat(worker, count);
    }
    return NULL;
}

struct worker *worker_start(const struct pool_options *options)
{
    struct worker *worker = memory_or_stop(sizeof *worker);
    pthread_condattr_t monotonic;
    worker->options = *options;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&worker->lock, NULL);
    beat(worker, 0);
    if (pthread_create(&worker->thread, NULL, work, worker)) {
        free(worker);
        return NULL;
    }
    return worker;
}

void worker_stop(struct worker *worker)
{
    if (!worker) {
        return;
    }
    pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    PQfinish(worker->pg);
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->wake);
    free(worker);
}
