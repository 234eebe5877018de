/* How often somebody may ask: a bucket of requests for each, which fills evenly within a minute.
 *
 * The buckets live in this process: behind a balancer each node allows as much again. */
#ifndef ANSINH_RATE_H
#define ANSINH_RATE_H

#include "middleware/request.h"

enum { RATE_SECONDS = 60 };

struct rate;

/* So many requests a minute, at once or spread; NULL for 0, which is no limit. */
struct rate *rate_new(int quota);
void rate_free(struct rate *rate);

struct rate_verdict {
    bool allowed;
    int remaining;     /* requests that are left now */
    int reset_seconds; /* until the bucket is full again */
    int retry_seconds; /* until one is allowed again */
};
struct rate_verdict rate_take(struct rate *rate, const char *who, uint64_t now_ns);

/* Stage: TOO_MANY_REQUESTS past the quota of the user or, where nobody is signed in, of the address (a
 * carrier or an office has one address for all its people, so it counts before sign-in only). Tells what
 * is left in RateLimit. */
bool rate_check(struct request *req) must_check;

#endif
