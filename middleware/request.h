/* One request on its way through the stages.
 *
 * A stage or handler returns true to go on. Whoever refuses says why once, by fail() of problem.h,
 * and returns false. Everything reached from here lives in the request's arena. */
#ifndef ANSINH_REQUEST_H
#define ANSINH_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "middleware/arena.h"
#include "middleware/caller.h"
#include "middleware/reply.h"
#include "middleware/service.h"
#include "middleware/trace.h"

struct csv_body;
struct operation;
struct route;
struct segment;
struct transaction;
struct visitor;

enum { MAX_HEADERS = 64, MAX_QUERY = 16, MAX_PATH_VALUES = 4, MAX_FLAWS = 16 };

enum language { VIETNAMESE, ENGLISH };

/* One precise complaint inside a problem: where, what, and the figure that explains it. */
struct flaw {
    const char *where; /* "pointer", "parameter" or "header" */
    const char *name;
    int kind; /* enum flaw_kind of problem.h */
    const char *argument;
};

struct problem {
    int kind;  /* enum problem_kind of problem.h; 0 is none */
    int cause; /* enum cause of shed.h, as far as shed() said it */
    int flaw_count;
    struct flaw flaws[MAX_FLAWS];
    int retry_after;      /* seconds, for 429 and 503; 0 is one second */
    const char *members;  /* further ones, as JSON text */
    const char *internal; /* for the log only, never for the client */
};

struct request {
    const struct service *service;
    const struct token_keys *keys; /* the same for the whole request */
    struct arena *arena;
    const char *id;
    struct trace trace;
    enum language language;

    struct visitor *visitor;
    const char *peer; /* the client's address, as text */
    const char *method_name;
    const char *protocol; /* "HTTP/1.1" */
    const char *target;   /* as it came: path and query, still encoded */
    bool mangled;         /* the head can be read in another way */
    bool head_too_large;
    int header_count;
    struct pair headers[MAX_HEADERS];
    const char *body;
    size_t body_size;

    const char *path; /* decoded, canonical */
    int query_count;
    struct pair query[MAX_QUERY];

    const struct route *route;
    const struct operation *operation;
    bool head_only; /* HEAD is answered as GET without the body */
    int path_value_count;
    struct pair path_values[MAX_PATH_VALUES];

    struct caller caller;
    json_t *json;               /* the validated body; NULL where the operation takes no JSON */
    const struct csv_body *csv; /* the same of a table */

    struct transaction *transaction;
    const struct segment *segment; /* what the handler asks of the database last */
    struct reply reply;
    struct problem problem;

    bool close;           /* nothing more is read from this connection */
    bool connection_lost; /* before anything could have been committed: doing it again is safe */

    uint64_t started_ns;
    uint64_t took_ns;     /* until the answer was made; of that … */
    uint64_t wait_ns;     /* … waiting for a database connection */
    uint64_t database_ns; /* … and having one */
    int database_trips;
};

#define must_check __attribute__((warn_unused_result))

/* The value of a header (case-insensitive), or NULL. */
const char *request_header(const struct request *req, const char *name);
/* A query parameter that the contract knows and that was given, or NULL. */
const char *request_query(const struct request *req, const char *name);
/* A {name} of the route's path. */
const char *request_path_value(const struct request *req, const char *name);
/* The validated body as compact JSON text, for `$1::jsonb`. */
const char *request_body_text(struct request *req);
/* A text member of the validated body, and a whole number as text for a statement; or NULL. */
const char *request_text(const struct request *req, const char *member);
const char *request_number(struct request *req, const char *member);

/* A new UUIDv7 as text: sorts by time, so it indexes well and pages by key. */
const char *request_new_id(struct request *req);
void uuid7_text(char out[37]);

uint64_t monotonic_ns(void);
/* The same moment as waiting functions want it. */
struct timespec monotonic_timespec(uint64_t ns);

#endif
