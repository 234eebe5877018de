/* The workers of the jobs. */
#include "api/report/job_worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "api/report/export.h"
#include "api/report/import.h"
#include "api/report/job_work.h"
#include "middleware/arena.h"
#include "middleware/log.h"
#include "middleware/transaction.h"

static const uint64_t pause_ns = 300 * 1000000u; /* between two looks when there is nothing to do */

struct job_workers {
    const struct service *live;
    struct service service;
    char silence[32];
    int count;
    pthread_t *threads;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

static const struct {
    const char *kind;
    bool (*run)(struct job *job);
} runs[] = {{"export", export_run}, {"import", import_run}};

static bool run(struct job *job)
{
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        if (strcmp(runs[i].kind, job->kind) == 0) {
            return runs[i].run(job);
        }
    }
    return job_fail(job, "internal");
}

/* Columns of the statement job_take. */
enum { ID, KIND, SUBJECT, PARAMETERS, LANGUAGE, TOTAL, USER, SESSION, GENERATION, SLICE, DUTY };

static void release_json(void *json)
{
    json_decref(json);
}

static struct job *job_of(struct job_workers *workers, struct arena *arena, const PGresult *row,
                          const char *worker)
{
    struct job *job = arena_alloc(arena, sizeof *job);
    *job = (struct job){
        .service = &workers->service,
        .live = workers->live,
        .arena = arena,
        .worker = worker,
        .id = arena_strdup(arena, PQgetvalue(row, 0, ID)),
        .kind = arena_strdup(arena, PQgetvalue(row, 0, KIND)),
        .subject = arena_strdup(arena, PQgetvalue(row, 0, SUBJECT)),
        .parameters = json_loads(PQgetvalue(row, 0, PARAMETERS), 0, NULL),
        .total = (int)strtol(PQgetvalue(row, 0, TOTAL), NULL, 10),
        .told_ns = monotonic_ns(),
    };
    arena_defer(arena, release_json, job->parameters);
    job->who.language = strcmp(PQgetvalue(row, 0, LANGUAGE), "en") == 0 ? ENGLISH : VIETNAMESE;
    job->who.caller = (struct caller){
        .user_id = arena_strdup(arena, PQgetvalue(row, 0, USER)),
        .session_id = arena_strdup(arena, PQgetvalue(row, 0, SESSION)),
        .generation = arena_strdup(arena, PQgetvalue(row, 0, GENERATION)),
        .slice = slice_named(PQgetvalue(row, 0, SLICE)),
        .duty = duty_named(PQgetvalue(row, 0, DUTY)),
    };
    return job;
}

/* NULL when there is none, or no database. */
static struct job *take(struct job_workers *workers, struct arena *arena)
{
    static const struct requester nobody;
    char worker[37];
    uuid7_text(worker);
    struct request *errand =
        errand_new(&workers->service, atomic_load(&workers->live->keys), &nobody, "job_cancel");
    const PGresult *row = ask_gate(errand, SQL_JOB_TAKE, PARAMS(worker, workers->silence));
    struct job *job = row && PQntuples(row) == 1
                          ? job_of(workers, arena, row, arena_strdup(arena, worker))
                          : NULL;
    transaction_end(errand);
    errand_end(errand);
    return job;
}

static void conclude(struct job *job)
{
    static const char *const becomes[] = {
        [JOB_GOES_ON] = "failed", [JOB_DONE] = "done",    [JOB_FAILED] = "failed",
        [JOB_STOPPED] = "queued", [JOB_AGAIN] = "queued", [JOB_LOST] = "running",
    };
    if (job->outcome == JOB_GOES_ON) {
        job->error = "internal";
    }
    /* Of a lost one the counts are still told: a cancelled job shows what it did. */
    if (!job_report(job, becomes[job->outcome]) && job->outcome != JOB_LOST) {
        log_event("warning", "a job ended unheard", job->id);
    }
}

static bool work_once(struct job_workers *workers)
{
    struct arena *arena = arena_new(workers->service.memory_limit);
    struct job *job = take(workers, arena);
    if (job) {
        if (run(job)) {
            job->outcome = JOB_DONE;
        }
        conclude(job);
    }
    arena_free(arena);
    return job != NULL;
}

static bool go_on(struct job_workers *workers, bool busy)
{
    struct timespec until = monotonic_timespec(monotonic_ns() + pause_ns);
    bool early = true;
    pthread_mutex_lock(&workers->lock);
    while (!busy && !workers->stopping && early) {
        early = pthread_cond_timedwait(&workers->wake, &workers->lock, &until) == 0;
    }
    bool on = !workers->stopping && !atomic_load(workers->live->stopping);
    pthread_mutex_unlock(&workers->lock);
    return on;
}

static void *work(void *own)
{
    struct job_workers *workers = own;
    bool busy = false;
    while (go_on(workers, busy)) {
        busy = work_once(workers);
    }
    return NULL;
}

static struct service service_of(const struct service *live, const struct pool_options *options)
{
    struct service service = *live;
    service.read_pool = service.write_pool = pool_new(options);
    service.slow_pool = NULL;
    service.express = NULL;
    service.metrics = NULL; /* which count what clients ask */
    return service;
}

struct job_workers *job_workers_start(const struct service *service,
                                      const struct pool_options *options, long silence_ms)
{
    if (options->size == 0) {
        return NULL;
    }
    struct job_workers *workers = memory_or_stop(sizeof *workers);
    pthread_condattr_t monotonic;
    workers->live = service;
    workers->service = service_of(service, options);
    snprintf(workers->silence, sizeof workers->silence, "%ld milliseconds", silence_ms);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&workers->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&workers->lock, NULL);
    workers->threads = memory_or_stop((size_t)options->size * sizeof *workers->threads);
    while (workers->count < options->size &&
           pthread_create(&workers->threads[workers->count], NULL, work, workers) == 0) {
        workers->count++;
    }
    return workers;
}

void job_workers_stop(struct job_workers *workers)
{
    if (!workers) {
        return;
    }
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->wake);
    pthread_mutex_unlock(&workers->lock);
    for (int i = 0; i < workers->count; i++) {
        pthread_join(workers->threads[i], NULL);
    }
    pool_free(workers->service.read_pool);
    pthread_mutex_destroy(&workers->lock);
    pthread_cond_destroy(&workers->wake);
    free(workers->threads);
    free(workers);
}
