/* The memory of one request: bump allocation, freed as a whole when the request ends.
 *
 * arena_alloc never returns NULL: allocator.h. Growing past the cap is remembered, and a request that
 * did goes no further: 413 when its own body made it, 503 before it takes a connection or commits.
 * Things that other libraries own (PGresult, json_t) join with arena_defer, so no handler frees. */
#ifndef ANSINH_ARENA_H
#define ANSINH_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(size_t cap);
/* Runs the deferred functions, newest first, then frees everything. NULL is allowed. */
void arena_free(struct arena *arena);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strndup(struct arena *arena, const char *text, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void arena_defer(struct arena *arena, void (*release)(void *), void *object);

/* Counts what a library holds for the request. */
void arena_charge(struct arena *arena, size_t size);
size_t arena_used(const struct arena *arena);
bool arena_over_cap(const struct arena *arena);

/* malloc that stops the process instead of returning NULL; for what outlives a request. */
void *memory_or_stop(size_t size);

#endif
