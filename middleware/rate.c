/* How often somebody may ask. */
#include "middleware/rate.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/problem.h"
#include "middleware/shed.h"

/* Whoever has a full bucket needs no entry, so the table holds those only who asked within a minute.
 * Should more of them share a set than it has places, the fullest bucket counts as full. */
enum { SETS = 4096, WAYS = 8, LOCKS = 64 };

static const uint64_t second_ns = 1000000000u;
static const uint64_t window_ns = RATE_SECONDS * 1000000000ull;

struct bucket {
    uint64_t who;     /* hash; nobody can aim at another's without the key of this process */
    uint64_t full_ns; /* when it will be full */
};

struct rate {
    uint64_t step_ns; /* in which one request is regained */
    int quota;
    unsigned char key[crypto_shorthash_KEYBYTES];
    pthread_mutex_t locks[LOCKS];
    struct bucket buckets[SETS][WAYS];
};

struct rate *rate_new(int quota)
{
    if (quota == 0) {
        return NULL;
    }
    struct rate *rate = memory_or_stop(sizeof *rate);
    rate->quota = quota;
    rate->step_ns = window_ns / (uint64_t)quota;
    crypto_shorthash_keygen(rate->key);
    for (int i = 0; i < LOCKS; i++) {
        pthread_mutex_init(&rate->locks[i], NULL);
    }
    return rate;
}

void rate_free(struct rate *rate)
{
    for (int i = 0; rate && i < LOCKS; i++) {
        pthread_mutex_destroy(&rate->locks[i]);
    }
    free(rate);
}

/* The bucket of this one, or the place of the one that is the fullest. */
static struct bucket *bucket_of(struct bucket set[WAYS], uint64_t who)
{
    struct bucket *best = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].who == who) {
            return &set[i];
        }
        best = set[i].full_ns < best->full_ns ? &set[i] : best;
    }
    *best = (struct bucket){.who = who};
    return best;
}

static int seconds_up(uint64_t ns)
{
    return (int)((ns + second_ns - 1) / second_ns);
}

static struct rate_verdict draw(const struct rate *rate, struct bucket *bucket, uint64_t now_ns)
{
    uint64_t missing = bucket->full_ns > now_ns ? bucket->full_ns - now_ns : 0;
    uint64_t most = rate->step_ns * (uint64_t)rate->quota;
    struct rate_verdict verdict = {.allowed = missing + rate->step_ns <= most};
    if (verdict.allowed) {
        missing += rate->step_ns;
        bucket->full_ns = now_ns + missing;
    } else {
        verdict.retry_seconds = seconds_up(missing + rate->step_ns - most);
    }
    verdict.remaining = (int)((most - missing) / rate->step_ns);
    verdict.reset_seconds = seconds_up(missing);
    return verdict;
}

struct rate_verdict rate_take(struct rate *rate, const char *who, uint64_t now_ns)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t number;
    crypto_shorthash(hash, (const unsigned char *)who, strlen(who), rate->key);
    memcpy(&number, hash, sizeof number);
    pthread_mutex_t *lock = &rate->locks[number % LOCKS];
    pthread_mutex_lock(lock);
    struct bucket *bucket = bucket_of(rate->buckets[number % SETS], number);
    struct rate_verdict verdict = draw(rate, bucket, now_ns);
    pthread_mutex_unlock(lock);
    return verdict;
}

/* Of IPv6 the part that a provider gives to one customer: the rest is the customer's to choose. */
static const char *customer(struct request *req)
{
    struct in6_addr address;
    char text[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET6, req->peer, &address) != 1) {
        return req->peer;
    }
    memset(address.s6_addr + 8, 0, 8);
    return arena_strdup(req->arena, inet_ntop(AF_INET6, &address, text, sizeof text));
}

bool rate_check(struct request *req)
{
    bool known = req->caller.user_id;
    struct rate *rate = known ? req->service->user_rate : req->service->address_rate;
    if (!rate) {
        return true;
    }
    const char *name = known ? "user" : "address";
    const char *who = known ? req->caller.user_id : customer(req);
    struct rate_verdict verdict = rate_take(rate, who, monotonic_ns());
    reply_header(req, "RateLimit-Policy",
                 arena_printf(req->arena, "\"%s\";q=%d;w=%d", name, rate->quota, RATE_SECONDS));
    reply_header(req, "RateLimit",
                 arena_printf(req->arena, "\"%s\";r=%d;t=%d", name, verdict.remaining,
                              verdict.reset_seconds));
    if (!verdict.allowed) {
        req->problem.retry_after = verdict.retry_seconds;
        return shed(req, TOO_MANY_REQUESTS, known ? CAUSE_USER_RATE : CAUSE_ADDRESS_RATE);
    }
    return true;
}
