/* The housekeeper. */
#include "api/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "middleware/arena.h"
#include "middleware/log.h"

enum { PAUSE_SECONDS = 600 };

struct worker {
    struct pool_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

/* Row security decides what is old; the statements name the columns that it may look at. */
static const char house[] = "begin; set local role ansinh_worker; "
                            "delete from public.idempotency where created_at < now(); "
                            "delete from public.refresh_token where expires_at < now(); "
                            "delete from public.sign_in_attempt where updated_at < now(); "
                            "commit";

static void keep_house(const struct pool_options *options)
{
    PGconn *pg = pool_connect(options);
    PGresult *result = PQstatus(pg) == CONNECTION_OK ? PQexec(pg, house) : NULL;
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        log_event("warning", "housekeeping failed", PQresultErrorField(result, PG_DIAG_SQLSTATE));
    }
    PQclear(result);
    PQfinish(pg);
}

static void *work(void *own)
{
    struct worker *worker = own;
    pthread_mutex_lock(&worker->lock);
    while (!worker->stopping) {
        struct timespec next;
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec += PAUSE_SECONDS;
        if (pthread_cond_timedwait(&worker->wake, &worker->lock, &next) && !worker->stopping) {
            pthread_mutex_unlock(&worker->lock);
            keep_house(&worker->options);
            pthread_mutex_lock(&worker->lock);
        }
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

struct worker *worker_start(const struct pool_options *options)
{
    struct worker *worker = memory_or_stop(sizeof *worker);
    worker->options = *options;
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->wake, NULL);
    keep_house(options);
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
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->wake);
    free(worker);
}
