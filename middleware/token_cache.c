/* A set-associative cache of verified tokens. */
#include "middleware/token_cache.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { SETS = TOKEN_CACHE_SIZE / TOKEN_CACHE_WAYS, ID_ROOM = 37, GENERATION_ROOM = 21 };

_Static_assert((SETS & (SETS - 1)) == 0, "the set is chosen by bits of the mark");

/* A caller without pointers. */
struct kept_caller {
    char user_id[ID_ROOM];
    char session_id[ID_ROOM];
    char generation[GENERATION_ROOM];
    enum slice slice;
    enum duty duty;
};

struct entry {
    struct token_mark mark;
    struct token_span span; /* of an empty entry: never */
    uint64_t asked;         /* by the count of its set */
    struct kept_caller caller;
};

/* The lock is held for some comparisons and one copy, by one of very many sets: threads hardly meet. */
struct set {
    pthread_mutex_t lock;
    uint64_t count; /* of all that was asked and kept here: the clock of `asked` */
    struct entry entries[TOKEN_CACHE_WAYS];
};

struct token_cache {
    struct arena *arena; /* owns all of this */
    unsigned char key[crypto_generichash_blake2b_KEYBYTES];
    struct set sets[SETS];
};

struct token_cache *token_cache_new(void)
{
    struct arena *arena = arena_new(sizeof(struct token_cache));
    struct token_cache *cache = arena_alloc(arena, sizeof *cache);
    cache->arena = arena;
    randombytes_buf(cache->key, sizeof cache->key);
    for (int i = 0; i < SETS; i++) {
        pthread_mutex_init(&cache->sets[i].lock, NULL);
    }
    return cache;
}

void token_cache_free(struct token_cache *cache)
{
    if (!cache) {
        return;
    }
    for (int i = 0; i < SETS; i++) {
        pthread_mutex_destroy(&cache->sets[i].lock);
    }
    sodium_memzero(cache->key, sizeof cache->key);
    arena_free(cache->arena);
}

void token_cache_mark(const struct token_cache *cache, uint64_t serial, const char *token,
                      size_t size, struct token_mark *mark)
{
    unsigned char salt[crypto_generichash_blake2b_SALTBYTES] = {0};
    memcpy(salt, &serial, sizeof serial);
    crypto_generichash_blake2b_salt_personal(mark->bytes, sizeof mark->bytes,
                                             (const unsigned char *)token, size, cache->key,
                                             sizeof cache->key, salt, NULL);
}

static struct set *set_of(struct token_cache *cache, const struct token_mark *mark)
{
    uint32_t bits;
    memcpy(&bits, mark->bytes, sizeof bits);
    return &cache->sets[bits & (SETS - 1)];
}

/* Comparing in variable time tells nothing: who cannot compute a mark cannot approach one. */
static struct entry *entry_of(struct set *set, const struct token_mark *mark)
{
    for (int i = 0; i < TOKEN_CACHE_WAYS; i++) {
        if (memcmp(&set->entries[i].mark, mark, sizeof *mark) == 0) {
            return &set->entries[i];
        }
    }
    return NULL;
}

bool token_cache_find(struct token_cache *cache, const struct token_mark *mark, int64_t now,
                      struct arena *arena, struct caller *caller)
{
    struct kept_caller copy;
    struct set *set = set_of(cache, mark);
    pthread_mutex_lock(&set->lock);
    struct entry *entry = entry_of(set, mark);
    bool found = entry && entry->span.begins <= now && now < entry->span.ends;
    if (found) {
        entry->asked = ++set->count;
        copy = entry->caller;
    }
    pthread_mutex_unlock(&set->lock);
    if (found) {
        struct kept_caller *own = arena_alloc(arena, sizeof *own);
        *own = copy;
        *caller =
            (struct caller){own->user_id, own->session_id, own->generation, own->slice, own->duty};
    }
    return found;
}

static bool copy_text(char *to, size_t room, const char *from)
{
    size_t size = strlen(from) + 1;
    if (size > room) {
        return false;
    }
    memcpy(to, from, size);
    return true;
}

/* The one to give up: an empty one, else what was asked for the longest ago. */
static struct entry *oldest_of(struct set *set)
{
    struct entry *oldest = &set->entries[0];
    for (int i = 1; i < TOKEN_CACHE_WAYS; i++) {
        if (set->entries[i].asked < oldest->asked) {
            oldest = &set->entries[i];
        }
    }
    return oldest;
}

void token_cache_keep(struct token_cache *cache, const struct token_mark *mark,
                      const struct token_span *span, const struct caller *caller)
{
    struct entry made = {.mark = *mark, .span = *span};
    made.caller.slice = caller->slice;
    made.caller.duty = caller->duty;
    if (!copy_text(made.caller.user_id, ID_ROOM, caller->user_id) ||
        !copy_text(made.caller.session_id, ID_ROOM, caller->session_id) ||
        !copy_text(made.caller.generation, GENERATION_ROOM, caller->generation)) {
        return;
    }
    struct set *set = set_of(cache, mark);
    pthread_mutex_lock(&set->lock);
    struct entry *entry = entry_of(set, mark); /* another thread may have been as quick */
    entry = entry ? entry : oldest_of(set);
    made.asked = ++set->count;
    *entry = made;
    pthread_mutex_unlock(&set->lock);
}
