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
    struct metrics *metrics;
    PGconn *pg;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

/* In one transaction: how many deltas are in no total, and how many are left. */
static const char fold_look[] = "begin isolation level repeatable read; "
                                "set local role ansinh_worker; "
                                "set local statement_timeout = '60s'; "
                                "select count(*) from young_delta";
static const char fold_work[] = "call fold_younger(); select count(*) from young_delta";
static const char fold_keep[] = "commit";

/* Row security decides what is old; the statements name the columns that it may look at. */
static const char house[] = "begin; set local role ansinh_worker; "
                            "set local statement_timeout = '60s'; "
                            "delete from public.idempotency where created_at < now(); "
                            "delete from public.refresh_token where expires_at < now(); "
                            "delete from public.sign_in_attempt where updated_at < now(); "
                            "delete from public.job_part where created_at < now(); "
                            "delete from public.job where finished_at < now(); "
                            "commit";

/* Whatever goes wrong is tried again at the next beat, with a new connection. The number is the first
 * value of the last statement, if it has one. */
static bool run(struct worker *worker, const char *job, const char *failure, long *number)
{
    if (!worker->pg) {
        worker->pg = pool_connect(&worker->options);
    }
    PGresult *result = PQstatus(worker->pg) == CONNECTION_OK ? PQexec(worker->pg, job) : NULL;
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (good && number) {
        *number = strtol(PQgetvalue(result, 0, 0), NULL, 10);
    }
    if (!good) {
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        metrics_state(worker->metrics, state ? state : "08"); /* no word: the connection itself */
        log_event("warning", failure, state);
        PQfinish(worker->pg);
        worker->pg = NULL;
    }
    PQclear(result);
    return good;
}

static bool fold(struct worker *worker)
{
    static const char failure[] = "folding failed";
    struct metrics *metrics = worker->metrics;
    long found = 0;
    long left = 0;
    if (!run(worker, fold_look, failure, &found)) {
        return false;
    }
    metrics_level(metrics, LEVEL_FOLD_BACKLOG, (uint64_t)found);
    if (!run(worker, fold_work, failure, &left) || !run(worker, fold_keep, failure, NULL)) {
        return false;
    }
    metrics_add(metrics, COUNT_FOLD_ROWS, (uint64_t)(found - left));
    metrics_level(metrics, LEVEL_FOLD_BACKLOG, (uint64_t)left);
    metrics_level(metrics, LEVEL_FOLD_DONE, (uint64_t)time(NULL));
    return true;
}

static void beat(struct worker *worker, long count)
{
    uint64_t started = monotonic_ns();
    bool good = fold(worker);
    metrics_span(worker->metrics, SPAN_FOLD, monotonic_ns() - started);
    metrics_count(worker->metrics, good ? COUNT_FOLD_GOOD : COUNT_FOLD_FAILED);
    if (count % BEATS_PER_HOUSEKEEPING == 0) {
        run(worker, house, "housekeeping failed", NULL);
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

struct worker *worker_start(const struct pool_options *options, struct metrics *metrics)
{
    struct worker *worker = memory_or_stop(sizeof *worker);
    pthread_condattr_t monotonic;
    worker->options = *options;
    worker->metrics = metrics;
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
