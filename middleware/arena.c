/* The memory of one request. */
#include "middleware/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/allocator.h"

enum { BLOCK_SIZE = 16 * 1024 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*release)(void *);
    void *object;
};

struct arena {
    struct block *blocks; /* the newest first; only the newest has room */
    struct deferred *deferred;
    size_t used;
    size_t cap;
};

void *memory_or_stop(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory) {
        memory_stop();
    }
    return memory;
}

static struct block *block_new(size_t size)
{
    struct block *block = memory_or_stop(sizeof *block + size);
    block->size = size;
    return block;
}

struct arena *arena_new(size_t cap)
{
    struct arena *arena = memory_or_stop(sizeof *arena);
    arena->cap = cap;
    arena->blocks = block_new(BLOCK_SIZE);
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena) {
        return;
    }
    for (struct deferred *d = arena->deferred; d; d = d->next) {
        d->release(d->object);
    }
    for (struct block *block = arena->blocks; block;) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t step = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct block *block = arena->blocks;
    if (block->size - block->used < step) {
        block = block_new(step > BLOCK_SIZE ? step : BLOCK_SIZE);
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *memory = block->bytes + block->used;
    block->used += step;
    arena->used += step;
    return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t size)
{
    char *copy = arena_alloc(arena, size + 1);
    memcpy(copy, text, size);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, (size_t)(size < 0 ? 0 : size) + 1);
    if (size > 0) {
        vsnprintf(text, (size_t)size + 1, format, again);
    }
    va_end(again);
    return text;
}

void arena_defer(struct arena *arena, void (*release)(void *), void *object)
{
    struct deferred *d = arena_alloc(arena, sizeof *d);
    d->release = release;
    d->object = object;
    d->next = arena->deferred;
    arena->deferred = d;
}

void arena_charge(struct arena *arena, size_t size)
{
    arena->used += size;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

bool arena_over_cap(const struct arena *arena)
{
    return arena->used > arena->cap;
}
