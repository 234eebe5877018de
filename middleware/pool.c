/* A lane of database connections. */
#include "middleware/pool.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "middleware/arena.h"
#include "middleware/request.h"
#include "statements.h"

/* After a failed connect nobody tries again for this long: requests fail at once instead of queueing
 * up behind a dead server, and the lane is back this soon after PostgreSQL is. */
enum { DOWN_PAUSE_MS = 200, CONNECT_MS = 3000 };

struct waiter {
    sem_t ready;
    struct connection *_Atomic connection;
    struct waiter *next;
};

struct pool {
    struct pool_options options;
    pthread_mutex_t lock;
    struct connection *connections; /* all, as an array */
    struct connection *idle;
    struct waiter *first; /* the queue, oldest first */
    struct waiter *last;
    int queued;
    _Atomic uint64_t down_until_ns;
};

/* Notices would go to stderr as plain text, between the JSON lines of the log. */
static void drop_notice(void *unused, const char *message)
{
    (void)unused;
    (void)message;
}

/* Until it stands, is refused or takes too long; PQstatus says which. */
static void complete(PGconn *pg)
{
    uint64_t deadline_ns = monotonic_ns() + CONNECT_MS * 1000000ull;
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (PQstatus(pg) != CONNECTION_BAD && next != PGRES_POLLING_OK &&
           next != PGRES_POLLING_FAILED && monotonic_ns() < deadline_ns) {
        struct pollfd socket = {.fd = PQsocket(pg),
                                .events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        if (poll(&socket, 1, 100) > 0) {
            next = PQconnectPoll(pg);
        }
    }
}

PGconn *pool_connect(const struct pool_options *options)
{
    const char *names[5] = {"dbname"};
    const char *values[5] = {options->conninfo};
    int n = 1;
    if (options->user) {
        names[n] = "user";
        values[n++] = options->user;
    }
    if (options->password) {
        names[n] = "password";
        values[n++] = options->password;
    }
    names[n] = "fallback_application_name";
    values[n] = "ansinh";
    PGconn *pg = PQconnectStartParams(names, values, 1);
    PQsetNoticeProcessor(pg, drop_notice, NULL); /* before the first word: it may be a farewell */
    complete(pg);
    return pg;
}

struct pool *pool_new(const struct pool_options *options)
{
    struct pool *pool = memory_or_stop(sizeof *pool);
    pool->options = *options;
    pthread_mutex_init(&pool->lock, NULL);
    pool->connections = memory_or_stop((size_t)options->size * sizeof *pool->connections);
    for (int i = 0; i < options->size; i++) {
        struct connection *connection = &pool->connections[i];
        connection->pool = pool;
        connection->prepared = memory_or_stop((size_t)SLICE_COUNT * SQL_COUNT);
        connection->next = pool->idle;
        pool->idle = connection;
    }
    return pool;
}

static void connection_close(struct connection *connection)
{
    PQfinish(connection->pg);
    connection->pg = NULL;
    connection->expected = connection->received = 0;
    memset(connection->prepared, 0, (size_t)SLICE_COUNT * SQL_COUNT);
}

void pool_free(struct pool *pool)
{
    for (int i = 0; pool && i < pool->options.size; i++) {
        connection_close(&pool->connections[i]);
        free(pool->connections[i].prepared);
    }
    if (pool) {
        pthread_mutex_destroy(&pool->lock);
        free(pool->connections);
        free(pool);
    }
}

/* An idle connection has nothing to say; one that does is usually saying farewell (PostgreSQL was
 * stopped or dropped it), and making a new one is cheap enough not to ask. One that comes from hand to
 * hand answered a moment ago. */
static bool connection_alive(struct connection *connection, bool was_idle)
{
    if (!connection->pg || PQstatus(connection->pg) != CONNECTION_OK) {
        return false;
    }
    if (!was_idle) {
        return true;
    }
    struct pollfd socket = {.fd = PQsocket(connection->pg), .events = POLLIN};
    return poll(&socket, 1, 0) == 0;
}

static bool connection_open(struct connection *connection)
{
    connection_close(connection);
    PGconn *pg = pool_connect(&connection->pool->options);
    if (PQstatus(pg) != CONNECTION_OK || PQsetnonblocking(pg, 1) || !PQenterPipelineMode(pg)) {
        PQfinish(pg);
        return false;
    }
    connection->pg = pg;
    return true;
}

static void join_line(struct pool *pool, struct waiter *waiter)
{
    if (pool->last) {
        pool->last->next = waiter;
    } else {
        pool->first = waiter;
    }
    pool->last = waiter;
    pool->queued++;
}

/* False when a connection is on its way to this one already. */
static bool leave_line(struct pool *pool, struct waiter *waiter)
{
    struct waiter **at = &pool->first;
    struct waiter *previous = NULL;
    while (*at && *at != waiter) {
        previous = *at;
        at = &(*at)->next;
    }
    if (!*at) {
        return false;
    }
    *at = waiter->next;
    pool->last = pool->last == waiter ? previous : pool->last;
    pool->queued--;
    return true;
}

static bool awaited(struct waiter *waiter, const struct timespec *until)
{
    int failed =
        until ? sem_clockwait(&waiter->ready, CLOCK_MONOTONIC, until) : sem_wait(&waiter->ready);
    return !failed || (errno == EINTR && awaited(waiter, until));
}

/* The connection that the one before in line hands over, or NULL when that took too long. */
static struct connection *wait_in_line(struct pool *pool, struct waiter *waiter,
                                       uint64_t deadline_ns)
{
    struct timespec until = monotonic_timespec(deadline_ns);
    if (!awaited(waiter, &until)) {
        pthread_mutex_lock(&pool->lock);
        bool left = leave_line(pool, waiter);
        pthread_mutex_unlock(&pool->lock);
        if (!left) {
            awaited(waiter, NULL);
        }
    }
    sem_destroy(&waiter->ready);
    return waiter->connection;
}

/* From the idle ones, or from the line, which forms only while none is idle. */
static struct connection *next_connection(struct pool *pool, uint64_t deadline_ns, bool *was_idle)
{
    struct waiter self = {0};
    pthread_mutex_lock(&pool->lock);
    struct connection *connection = pool->idle;
    *was_idle = connection;
    bool waits = !connection && pool->queued < pool->options.waiting;
    if (connection) {
        pool->idle = connection->next;
    } else if (waits) {
        sem_init(&self.ready, 0, 0);
        join_line(pool, &self);
    }
    pthread_mutex_unlock(&pool->lock);
    return waits ? wait_in_line(pool, &self, deadline_ns) : connection;
}

enum pool_verdict pool_take(struct pool *pool, uint64_t deadline_ns, struct connection **out)
{
    bool was_idle = false;
    struct connection *connection = next_connection(pool, deadline_ns, &was_idle);
    if (!connection) {
        return POOL_BUSY;
    }
    connection->trips = 0;
    bool may_connect = monotonic_ns() >= atomic_load(&pool->down_until_ns);
    if (connection_alive(connection, was_idle) || (may_connect && connection_open(connection))) {
        *out = connection;
        return POOL_READY;
    }
    if (may_connect) {
        atomic_store(&pool->down_until_ns, monotonic_ns() + DOWN_PAUSE_MS * 1000000ull);
    }
    pool_give(connection, false);
    return POOL_DOWN;
}

void pool_give(struct connection *connection, bool healthy)
{
    struct pool *pool = connection->pool;
    if (!healthy || connection->expected != connection->received) {
        connection_close(connection);
    }
    pthread_mutex_lock(&pool->lock);
    struct waiter *waiter = pool->first;
    if (waiter) {
        pool->first = waiter->next;
        pool->last = pool->first ? pool->last : NULL;
        pool->queued--;
        waiter->connection = connection;
    } else {
        connection->next = pool->idle;
        pool->idle = connection;
    }
    pthread_mutex_unlock(&pool->lock);
    if (waiter) { /* without the lock: who wakes up must not wait for it first */
        sem_post(&waiter->ready);
    }
}

int pool_waiting(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    int waiting = pool->queued;
    pthread_mutex_unlock(&pool->lock);
    return waiting;
}

/* Whose connection is at work is not looked at but counted as open. */
void pool_look(struct pool *pool, struct pool_state *state)
{
    int not_open = 0;
    int free_places = 0;
    pthread_mutex_lock(&pool->lock);
    for (const struct connection *one = pool->idle; one; one = one->next) {
        free_places++;
        not_open += !one->pg;
    }
    *state = (struct pool_state){.size = pool->options.size,
                                 .open = pool->options.size - not_open,
                                 .in_use = pool->options.size - free_places,
                                 .idle = free_places - not_open,
                                 .waiting = pool->queued};
    pthread_mutex_unlock(&pool->lock);
}
