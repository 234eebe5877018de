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

enum { UUID_ROOM = 37 };

/* A worker, and what it holds. */
struct worker {
    struct job_workers *all;
    pthread_t thread;
    bool busy;
    char job[UUID_ROOM];
    char name[UUID_ROOM]; /* for this job */
};

struct job_workers {
    const struct service *live;
    struct service service;
    char silence[32];
    uint64_t pulse_ns;
    int count;
    struct worker *workers;
    pthread_t pulse;
    bool pulsing;
    pthread_mutex_t lock; /* of what they hold, and of stopping */
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

static void hold(struct worker *worker, const struct job *job)
{
    pthread_mutex_lock(&worker->all->lock);
    worker->busy = job != NULL;
    if (job) {
        snprintf(worker->job, sizeof worker->job, "%s", job->id);
        snprintf(worker->name, sizeof worker->name, "%s", job->worker);
    }
    pthread_mutex_unlock(&worker->all->lock);
}

static bool work_once(struct worker *worker)
{
    struct arena *arena = arena_new(worker->all->service.memory_limit);
    struct job *job = take(worker->all, arena);
    if (job) {
        hold(worker, job);
        if (run(job)) {
            job->outcome = JOB_DONE;
        }
        hold(worker, NULL);
        conclude(job);
    }
    arena_free(arena);
    return job != NULL;
}

static bool rest(struct job_workers *workers, uint64_t ns)
{
    struct timespec until = monotonic_timespec(monotonic_ns() + ns);
    bool early = true;
    pthread_mutex_lock(&workers->lock);
    while (!workers->stopping && early) {
        early = pthread_cond_timedwait(&workers->wake, &workers->lock, &until) == 0;
    }
    bool on = !workers->stopping;
    pthread_mutex_unlock(&workers->lock);
    return on;
}

static void *work(void *own)
{
    struct worker *worker = own;
    struct job_workers *all = worker->all;
    bool busy = false;
    while ((busy || rest(all, pause_ns)) && !atomic_load(all->live->stopping)) {
        busy = work_once(worker);
    }
    return NULL;
}

/* Says that the job is still at work, also within a step that takes long: a workbook is packed in one go. */
static void say_alive(struct job_workers *all, const struct worker *worker)
{
    static const struct requester nobody;
    struct request *errand =
        errand_new(&all->service, atomic_load(&all->live->keys), &nobody, "job_cancel");
    const PGresult *told =
        ask_gate(errand, SQL_JOB_REPORT, PARAMS(worker->job, worker->name, "running", "{}"));
    if (!told) {
        log_event("warning", "a job could not say that it lives", worker->job);
    }
    transaction_end(errand);
    errand_end(errand);
}

static void *pulse(void *own)
{
    struct job_workers *all = own;
    while (rest(all, all->pulse_ns)) {
        for (int i = 0; i < all->count; i++) {
            pthread_mutex_lock(&all->lock);
            struct worker now = all->workers[i];
            pthread_mutex_unlock(&all->lock);
            if (now.busy) {
                say_alive(all, &now);
            }
        }
    }
    return NULL;
}

static struct service service_of(const struct service *live, const struct pool_options *options)
{
    struct service service = *live;
    struct pool_options own = *options;
    own.size++; /* of the pulse */
    service.read_pool = service.write_pool = pool_new(&own);
    service.slow_pool = NULL;
    service.express = NULL;
    service.metrics = NULL; /* which count what clients ask */
    return service;
}

static void start_threads(struct job_workers *all, int wanted)
{
    bool good = true;
    for (int i = 0; good && i < wanted; i++) {
        struct worker *worker = &all->workers[i];
        worker->all = all;
        good = pthread_create(&worker->thread, NULL, work, worker) == 0;
        all->count += good;
    }
    all->pulsing = pthread_create(&all->pulse, NULL, pulse, all) == 0;
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
    workers->pulse_ns = (uint64_t)silence_ms * 1000000 / 4;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&workers->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&workers->lock, NULL);
    workers->workers = memory_or_stop((size_t)options->size * sizeof *workers->workers);
    start_threads(workers, options->size);
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
        pthread_join(workers->workers[i].thread, NULL);
    }
    if (workers->pulsing) {
        pthread_join(workers->pulse, NULL);
    }
    pool_free(workers->service.read_pool);
    pthread_mutex_destroy(&workers->lock);
    pthread_cond_destroy(&workers->wake);
    free(workers->workers);
    free(workers);
}
