/* A job at work. */
#include "api/report/job_work.h"

#include <stdlib.h>
#include <string.h>

#include "middleware/log.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

static const uint64_t report_ns = 500 * 1000000u;
static const long pause_ns = 100 * 1000000L;

struct request *job_errand(const struct job *job, const char *operation_id)
{
    return errand_new(job->service, atomic_load(&job->live->keys), &job->who, operation_id);
}

bool job_end(struct job *job, enum outcome outcome)
{
    job->outcome = outcome;
    return false;
}

bool job_fail(struct job *job, const char *error)
{
    job->error = error;
    return job_end(job, JOB_FAILED);
}

bool job_fail_as(struct job *job, const struct request *errand)
{
    switch (errand->problem.kind) {
    case TOKEN_STALE:
        return job_end(job, JOB_AGAIN);
    case BUSY:
    case TIMEOUT:
    case DATABASE_UNAVAILABLE:
        return job_end(job, JOB_LOST);
    default:
        if (errand->problem.internal) {
            log_event("error", "a job failed", errand->problem.internal);
        }
        return job_fail(job, problem_rows[errand->problem.kind].code);
    }
}

bool job_may_retry(struct job *job, const struct request *errand, int tries)
{
    enum { MOST = 6 };
    int kind = errand->problem.kind;
    bool passes = kind == BUSY || kind == TIMEOUT || kind == DATABASE_UNAVAILABLE;
    if (!passes || tries >= MOST || atomic_load(job->service->stopping)) {
        return false;
    }
    struct timespec pause = {.tv_nsec = pause_ns * (tries + 1)};
    nanosleep(&pause, NULL);
    return true;
}

static void add_count(json_t *facts, const char *name, int value)
{
    json_object_set_new(facts, name, json_integer(value));
}

static const char *facts_of(const struct job *job, struct arena *arena)
{
    json_t *facts = json_object();
    if (job->step) {
        json_object_set_new(facts, "step", json_string(job->step));
    }
    if (job->error) {
        json_object_set_new(facts, "error", json_string(job->error));
    }
    if (job->outcome == JOB_STOPPED) {
        json_object_set_new(facts, "stopped", json_true());
    }
    if (job->size > 0) {
        json_object_set_new(facts, "size", json_integer((json_int_t)job->size));
    }
    if (job->total > 0) {
        add_count(facts, "total", job->total);
    }
    add_count(facts, "done", job->done);
    add_count(facts, "accepted", job->accepted);
    add_count(facts, "unchanged", job->unchanged);
    add_count(facts, "rejected", job->rejected);
    add_count(facts, "written", job->written);
    char *text = json_dumps(facts, JSON_COMPACT);
    arena_defer(arena, free, text);
    json_decref(facts);
    return text;
}

bool job_report(struct job *job, const char *becomes)
{
    struct request *errand = job_errand(job, "job_cancel");
    const PGresult *row =
        ask_gate(errand, SQL_JOB_REPORT,
                 PARAMS(job->id, job->worker, becomes, facts_of(job, errand->arena)));
    bool ours = row && strcmp(PQgetvalue(row, 0, 0), "t") == 0;
    transaction_end(errand);
    errand_end(errand);
    job->told_ns = monotonic_ns();
    return ours;
}

bool job_goes_on(struct job *job)
{
    if (atomic_load(job->service->stopping)) {
        return job_end(job, JOB_STOPPED);
    }
    if (monotonic_ns() - job->told_ns < report_ns) {
        return true;
    }
    return job_report(job, "running") || job_end(job, JOB_LOST);
}
