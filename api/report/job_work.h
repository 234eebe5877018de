/* A job at work, as its worker holds it. */
#ifndef ANSINH_JOB_WORK_H
#define ANSINH_JOB_WORK_H

#include <stdatomic.h>

#include "api/report/errand.h"

enum outcome {
    JOB_GOES_ON,
    JOB_DONE,
    JOB_FAILED,  /* `error` says why */
    JOB_STOPPED, /* the server stops: whoever takes it goes on where this one was */
    JOB_AGAIN,   /* its session changed: it is to be looked at again */
    JOB_LOST     /* cancelled, or somebody else's by now; or the database is away */
};

struct job {
    const struct service *service; /* with a lane of the jobs' own */
    const struct service *live;    /* the server's, whose keys may change */
    struct arena *arena;
    const char *worker;
    const char *id;
    const char *kind;
    const char *subject;
    json_t *parameters;
    struct requester who;

    enum outcome outcome;
    const char *error; /* a code of a problem, or of the contract's list */
    const char *step;
    int done;
    int total; /* 0 is not known */
    int accepted;
    int unchanged;
    int rejected;
    int written;
    size_t size;
    uint64_t told_ns; /* when it was reported last */
};

/* For its runs: an errand as the requester. */
struct request *job_errand(const struct job *job, const char *operation_id);
/* Between two steps: reports now and then; false when it is to end, with its outcome set. */
bool job_goes_on(struct job *job) must_check;
/* Always false: ends the job for the problem of an errand, or for a code of its own. */
bool job_fail_as(struct job *job, const struct request *errand);
bool job_fail(struct job *job, const char *error);
bool job_end(struct job *job, enum outcome outcome);
/* Whether the problem is one that passes, such as a lock or a database that is starting; then it has waited
 * a while, the longer the more often it was tried. */
bool job_may_retry(struct job *job, const struct request *errand, int tries);
/* Says how it stands; false when it is not ours any more. */
bool job_report(struct job *job, const char *becomes) must_check;

#endif
