/* A lane of database connections. */
#include "middleware/pool.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "middleware/arena.h"
#include "middleware/request.h"
#include "statements.h"

/* After a failed connect nobody tries again for this long: requests fail at once instead of queueing
 * up behind a dead server, and the lane is back this soon after PostgreSQL is. */
enum { DOWN_PAUSE_MS = 200 };

struct waiter {
    pthread_cond_t ready;
    struct connection *connection;
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
    uint64_t down_until_ns;
};

/* Notices would go to stderr as plain text, between the JSON lines of the log. */
static void drop_notice(void *unused, const char *message)
{
    (void)unused;
    (void)message;
}

PGconn *pool_connect(const struct pool_options *options)
{
    const char *names[6] = {"dbname"};
    const char *values[6] = {options->conninfo};
    int n = 1;
    if (options->user) {
        names[n] = "user";
        values[n++] = options->user;
    }
    if (options->password) {
        names[n] = "password";
        values[n++] = options->password;
    }
    names[n] = "connect_timeout";
    values[n++] = "3";
    names[n] = "fallback_application_name";
    values[n] = "ansinh";
    PGconn *pg = PQconnectdbParams(names, values, 1);
    PQsetNoticeProcessor(pg, drop_notice, NULL);
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
 * stopped or dropped it), and making a new one is cheap enough not to ask. */
static bool connection_alive(struct connection *connection)
{
    if (!connection->pg || PQstatus(connection->pg) != CONNECTION_OK) {
        return false;
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

/* Leaves the queue; the caller holds the lock. */
static void waiter_leave(struct pool *pool, struct waiter *waiter)
{
    struct waiter **at = &pool->first;
    struct waiter *previous = NULL;
    while (*at && *at != waiter) {
        previous = *at;
        at = &(*at)->next;
    }
    if (*at) {
        *at = waiter->next;
        pool->last = pool->last == waiter ? previous : pool->last;
        pool->queued--;
    }
}

/* Stands in line until a connection is handed over; the caller holds the lock. */
static struct connection *wait_in_line(struct pool *pool, uint64_t deadline_ns)
{
    struct waiter self = {0};
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&self.ready, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pool->last) {
        pool->last->next = &self;
    } else {
        pool->first = &self;
    }
    pool->last = &self;
    pool->queued++;
    struct timespec until = monotonic_timespec(deadline_ns);
    while (!self.connection && pthread_cond_timedwait(&self.ready, &pool->lock, &until) == 0) {
    }
    if (!self.connection) {
        waiter_leave(pool, &self);
    }
    pthread_cond_destroy(&self.ready);
    return self.connection;
}

enum pool_verdict pool_take(struct pool *pool, uint64_t deadline_ns, struct connection **out)
{
    pthread_mutex_lock(&pool->lock);
    struct connection *connection = pool->idle;
    if (connection) {
        pool->idle = connection->next;
    } else if (pool->queued < pool->options.waiting) {
        connection = wait_in_line(pool, deadline_ns);
    }
    bool may_connect = monotonic_ns() >= pool->down_until_ns;
    pthread_mutex_unlock(&pool->lock);
    if (!connection) {
        return POOL_BUSY;
    }
    connection->trips = 0;
    if (connection_alive(connection) || (may_connect && connection_open(connection))) {
        *out = connection;
        return POOL_READY;
    }
    if (may_connect) {
        pthread_mutex_lock(&pool->lock);
        pool->down_until_ns = monotonic_ns() + DOWN_PAUSE_MS * 1000000ull;
        pthread_mutex_unlock(&pool->lock);
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
        pthread_cond_signal(&waiter->ready);
    } else {
        connection->next = pool->idle;
        pool->idle = connection;
    }
    pthread_mutex_unlock(&pool->lock);
}

int pool_waiting(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    int waiting = pool->queued;
    pthread_mutex_unlock(&pool->lock);
    return waiting;
}
