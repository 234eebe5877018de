/* What is counted while serving, for GET /metrics.
 *
 * Counting takes no lock and no memory. Every processor has a copy of all counters, so threads hardly ever
 * meet on one; who reads adds the copies up. NULL counts nothing: single stages in tests, and the listener
 * for probes. */
#ifndef ANSINH_METRICS_H
#define ANSINH_METRICS_H

#include "middleware/route.h"

struct render;

enum counter {
    COUNT_ABANDONED,
    COUNT_REPLAYED,
    COUNT_SIGN_IN_GOOD,
    COUNT_SIGN_IN_WRONG,
    COUNT_SIGN_IN_CHANGE, /* a one-time password without the new one */
    COUNT_SIGN_IN_LIMITED,
    COUNT_SIGN_IN_FAILED,
    COUNT_READ_LATE, /* waited for a connection in vain; in the order of enum span, as the next two */
    COUNT_WRITE_LATE,
    COUNT_READ_REFUSED, /* too many waited already */
    COUNT_WRITE_REFUSED,
    COUNT_READ_DOWN, /* the database did not answer */
    COUNT_WRITE_DOWN,
    COUNT_FOLD_GOOD,
    COUNT_FOLD_FAILED,
    COUNT_FOLD_ROWS,
    COUNTER_COUNT
};

/* What has begun and not ended. */
enum gauge { GAUGE_CONNECTIONS, GAUGE_IN_FLIGHT, GAUGE_COUNT };

/* Times of which there is a histogram each, beside those of the routes. */
enum span { SPAN_READ_WAIT, SPAN_WRITE_WAIT, SPAN_FOLD, SPAN_COUNT };

/* Figures that somebody knows as a whole. */
enum level { LEVEL_FOLD_DONE, LEVEL_FOLD_BACKLOG, LEVEL_MEMORY_PEAK, LEVEL_COUNT };

struct metrics;

/* Requests are told apart by the rows of this table. */
struct metrics *metrics_new(const struct route *rows, size_t count);
void metrics_free(struct metrics *metrics);

void metrics_count(struct metrics *metrics, enum counter counter);
void metrics_add(struct metrics *metrics, enum counter counter, uint64_t more);
void metrics_gauge(struct metrics *metrics, enum gauge gauge, int change);
void metrics_span(struct metrics *metrics, enum span span, uint64_t ns);
void metrics_level(struct metrics *metrics, enum level level, uint64_t value);
/* A statement failed with this SQLSTATE. */
void metrics_state(struct metrics *metrics, const char *state);
/* The answer of this request is made. */
void metrics_request(const struct request *req);

/* All of it in the text format of Prometheus. */
void metrics_render(const struct metrics *metrics, struct render *out);

#endif
