/* A lane of database connections: bounded, first come first served, re-made when one breaks.
 *
 * A connection is taken for the trips of one request and given back before the reply is written;
 * it is never held while a body is read or a password is hashed. */
#ifndef ANSINH_POOL_H
#define ANSINH_POOL_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

struct pool;

enum { PIPELINE_DEPTH = 96 };

/* What a sent message will answer with, in order. */
struct expected {
    enum { EXPECT_PREPARED, EXPECT_ROWS, EXPECT_SYNC } kind;
    unsigned char *prepared; /* the mark that a PREPARE sets */
};

struct connection {
    PGconn *pg; /* NULL until first taken, or after it broke */
    struct pool *pool;
    struct connection *next; /* in the list of idle connections */
    unsigned char *prepared; /* per slice and statement: 0 no, 1 yes, 2 asked for */
    struct expected queue[PIPELINE_DEPTH];
    int expected; /* sent and not yet received */
    int received;
    int trips; /* how often the server waited for an answer since the connection was taken */
};

enum pool_verdict { POOL_READY, POOL_BUSY, POOL_DOWN };

struct pool_options {
    const char *conninfo; /* libpq connection string */
    const char *user;     /* overrides the one in conninfo */
    const char *password; /* may be NULL */
    int size;
    int waiting; /* how many may queue for a connection; more are refused at once */
};

struct pool *pool_new(const struct pool_options *options);
/* Nobody may hold a connection any more. */
void pool_free(struct pool *pool);

/* Waits in line until deadline_ns (monotonic). */
enum pool_verdict pool_take(struct pool *pool, uint64_t deadline_ns, struct connection **out);
/* A connection whose pipeline is not clean is closed instead of reused. */
void pool_give(struct connection *connection, bool healthy);

/* How many stand in line now. */
int pool_waiting(struct pool *pool);

/* A lane at this moment. */
struct pool_state {
    int size, open, in_use, idle, waiting;
};
void pool_look(struct pool *pool, struct pool_state *state);

/* One plain connection outside the lane, for start-up and readiness; check PQstatus, PQfinish it. */
PGconn *pool_connect(const struct pool_options *options);

#endif
