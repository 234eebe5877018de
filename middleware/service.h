/* What the whole process shares; made by main, read by every request. */
#ifndef ANSINH_SERVICE_H
#define ANSINH_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct contract;
struct express;
struct metrics;
struct pool;
struct rate;
struct route_table;
struct token_cache;
struct token_keys;

struct service {
    const struct contract *contract;
    const struct route_table *routes;
    const struct token_keys *_Atomic keys; /* in force; they may change between two requests */
    struct token_cache *token_cache;       /* NULL: every token is verified anew */
    struct pool *read_pool;
    struct pool *write_pool;
    struct pool *slow_pool;    /* NULL: slow reads go the common way */
    struct express *express;   /* NULL: quick reads go the common way */
    struct rate *user_rate;    /* NULL: as often as they like */
    struct rate *address_rate; /* the same before sign-in */
    uint64_t wait_ns;          /* how long a request may wait for a connection */
    uint64_t work_ns;          /* and then for all its statements; what is late is cancelled */
    const char *proxies;       /* addresses whose X-Forwarded-For is believed, or NULL */
    size_t body_limit;         /* bytes; a longer body is 413 */
    size_t memory_limit;       /* bytes of arena a request may use */
    int schema_version;        /* newest migration this binary knows */
    const atomic_bool *stopping;
    struct metrics *metrics;       /* NULL: nothing is counted */
    const struct service *watched; /* of the listener for probes: whose metrics it shows */
};

#endif
