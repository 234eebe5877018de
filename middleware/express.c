/* The express lane. */
#include "middleware/express.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "middleware/metrics.h"
#include "middleware/pipeline.h"
#include "middleware/route.h"
#include "middleware/segment.h"

/* A quick read takes a fraction of a millisecond. What makes nobody progress for so long waits for a lock
 * or a disk, and would hold up all who came after it. */
enum { TOGETHER = 16, STALL_MS = 250, CLOSED_MS = 1000 };

_Static_assert(TOGETHER * 5 <= PIPELINE_DEPTH, "two PREPAREs, two executions and a Sync each");

/* One read on its way. */
struct errand {
    enum slice slice;
    const char *session[4]; /* the values of SQL_SESSION_OPEN */
    const struct segment *segment;
    uint64_t sent_ns;
    PGresult *opened;
    PGresult *rows;
    sem_t done;
    struct errand *next;
};

struct express {
    struct pool *pool; /* of the one connection */
    int room;
    pthread_t thread;
    _Atomic uint64_t closed_until_ns;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    struct errand *first; /* the line, oldest first */
    struct errand *last;
    int waiting;
    bool resting; /* the thread waits to be woken */
    bool ending;
};

static uint64_t in_ms(uint64_t ms)
{
    return monotonic_ns() + ms * 1000000u;
}

static bool is_closed(struct express *express)
{
    return monotonic_ns() < atomic_load(&express->closed_until_ns);
}

static void dismiss(struct errand *errand)
{
    sem_post(&errand->done);
}

static bool send_errand(struct connection *connection, const struct errand *errand)
{
    return pipeline_send(connection, SLICE_NONE, SQL_SESSION_OPEN, 4, errand->session) &&
           pipeline_send(connection, errand->slice, errand->segment->statement,
                         errand->segment->count, errand->segment->values) &&
           pipeline_sync(connection);
}

static bool receive_errand(struct connection *connection, struct errand *errand)
{
    uint64_t deadline_ns = in_ms(STALL_MS);
    errand->opened = pipeline_receive(connection, deadline_ns);
    errand->rows = errand->opened ? pipeline_receive(connection, deadline_ns) : NULL;
    PGresult *synced = errand->rows ? pipeline_receive(connection, deadline_ns) : NULL;
    PQclear(synced);
    return synced;
}

/* All are sent before the first is answered. False when the connection is of no use any more. */
static bool travel(struct connection *connection, struct errand *errand)
{
    bool good = true;
    uint64_t now = monotonic_ns();
    for (struct errand *one = errand; one && good; one = one->next) {
        one->sent_ns = now;
        good = send_errand(connection, one);
    }
    while (errand) {
        struct errand *next = errand->next; /* once dismissed it is gone */
        good = good && receive_errand(connection, errand);
        dismiss(errand);
        errand = next;
    }
    return good;
}

static void run(struct express *express, struct errand *errands)
{
    struct connection *connection = NULL;
    uint64_t begun = monotonic_ns();
    bool ready = !is_closed(express) && pool_take(express->pool, 0, &connection) == POOL_READY;
    if (!ready) {
        atomic_store(&express->closed_until_ns, in_ms(CLOSED_MS));
        while (errands) {
            struct errand *next = errands->next;
            dismiss(errands);
            errands = next;
        }
        return;
    }
    bool good = travel(connection, errands);
    if (!good && monotonic_ns() - begun >= STALL_MS * 1000000u) {
        atomic_store(&express->closed_until_ns, in_ms(CLOSED_MS));
    }
    pool_give(connection, good);
}

/* As many as may travel together, or NULL at the end. */
static struct errand *next_errands(struct express *express)
{
    pthread_mutex_lock(&express->lock);
    while (!express->first && !express->ending) {
        express->resting = true;
        pthread_cond_wait(&express->wake, &express->lock);
        express->resting = false;
    }
    struct errand *first = express->first;
    struct errand *last = first;
    int count = first ? 1 : 0;
    while (last && last->next && count < TOGETHER) {
        last = last->next;
        count++;
    }
    if (last) {
        express->first = last->next;
        express->last = last->next ? express->last : NULL;
        express->waiting -= count;
        last->next = NULL;
    }
    pthread_mutex_unlock(&express->lock);
    return first;
}

static void *work(void *own)
{
    struct express *express = own;
    /* Not to be woken in haste by the first answer: a little later there are more of them. */
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &(struct sched_param){0});
    for (struct errand *errands; (errands = next_errands(express));) {
        run(express, errands);
    }
    return NULL;
}

struct express *express_new(const struct pool_options *options)
{
    struct express *express = memory_or_stop(sizeof *express);
    struct pool_options single = *options;
    single.size = 1;
    single.waiting = 0;
    express->pool = pool_new(&single);
    express->room = options->waiting;
    pthread_mutex_init(&express->lock, NULL);
    pthread_cond_init(&express->wake, NULL);
    if (pthread_create(&express->thread, NULL, work, express)) {
        pool_free(express->pool);
        free(express);
        return NULL;
    }
    return express;
}

void express_free(struct express *express)
{
    if (!express) {
        return;
    }
    pthread_mutex_lock(&express->lock);
    express->ending = true;
    pthread_cond_signal(&express->wake);
    pthread_mutex_unlock(&express->lock);
    pthread_join(express->thread, NULL);
    pool_free(express->pool);
    pthread_cond_destroy(&express->wake);
    pthread_mutex_destroy(&express->lock);
    free(express);
}

static bool join_line(struct express *express, struct errand *errand)
{
    pthread_mutex_lock(&express->lock);
    bool fits = express->waiting < express->room;
    bool wake = fits && express->resting;
    if (fits) {
        errand->next = NULL;
        *(express->last ? &express->last->next : &express->first) = errand;
        express->last = errand;
        express->waiting++;
        express->resting = false;
    }
    pthread_mutex_unlock(&express->lock);
    if (wake) {
        pthread_cond_signal(&express->wake);
    }
    return fits;
}

/* True when both statements succeeded. */
static bool run_errand(struct express *express, struct errand *errand)
{
    sem_init(&errand->done, 0, 0);
    bool sent = !is_closed(express) && join_line(express, errand);
    while (sent && sem_wait(&errand->done) && errno == EINTR) {
    }
    sem_destroy(&errand->done);
    return sent && PQresultStatus(errand->opened) == PGRES_TUPLES_OK &&
           PQresultStatus(errand->rows) == PGRES_TUPLES_OK;
}

static bool is_quick(const struct request *req)
{
    return statements[req->segment->statement].lane == LANE_FAST && req->service->express &&
           !req->transaction && !route_writes(req->route) && !req->route->audited;
}

static void note_times(struct request *req, uint64_t asked_ns, uint64_t sent_ns)
{
    req->database_trips++;
    req->wait_ns += sent_ns - asked_ns;
    req->database_ns += monotonic_ns() - sent_ns;
    metrics_span(req->service->metrics, SPAN_READ_WAIT, sent_ns - asked_ns);
}

const PGresult *express_rows(struct request *req)
{
    if (!is_quick(req)) {
        return NULL;
    }
    const struct caller *caller = &req->caller;
    struct errand errand = {.slice = caller->slice,
                            .session = {caller->session_id, caller->generation,
                                        slice_names[caller->slice], "on"},
                            .segment = req->segment};
    uint64_t asked = monotonic_ns();
    bool done = run_errand(req->service->express, &errand);
    arena_defer(req->arena, (void (*)(void *))PQclear, errand.opened);
    arena_defer(req->arena, (void (*)(void *))PQclear, errand.rows);
    if (!done) {
        return NULL;
    }
    note_times(req, asked, errand.sent_ns);
    return PQntuples(errand.opened) == 1 ? errand.rows : NULL;
}
