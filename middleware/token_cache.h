/* Tokens that were verified a moment ago: most requests bring one of those, and a keyed hash costs a
 * fraction of what parsing and verifying costs. Only good tokens are kept, and a hit answers what
 * verifying would answer now. All functions may be called by many threads at a time. */
#ifndef ANSINH_TOKEN_CACHE_H
#define ANSINH_TOKEN_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "middleware/arena.h"
#include "middleware/caller.h"

enum { TOKEN_MARK_SIZE = 32, TOKEN_CACHE_SIZE = 4096, TOKEN_CACHE_WAYS = 8 };

struct token_cache;

/* What stands for a token under a set of keys: a hash that nobody can aim at without the key of this
 * process, and of so many bits that two tokens never share one. The token itself is not kept. */
struct token_mark {
    unsigned char bytes[TOKEN_MARK_SIZE];
};

/* A token counts while begins <= now < ends (seconds of the epoch). */
struct token_span {
    int64_t begins;
    int64_t ends;
};

struct token_cache *token_cache_new(void);
void token_cache_free(struct token_cache *cache); /* NULL is allowed */

/* `serial` is that of the keys: under others the same token has another mark. */
void token_cache_mark(const struct token_cache *cache, uint64_t serial, const char *token,
                      size_t size, struct token_mark *mark);
/* The caller of a token that is known and counts now, copied into the arena. */
bool token_cache_find(struct token_cache *cache, const struct token_mark *mark, int64_t now,
                      struct arena *arena, struct caller *caller);
/* Remembers a verified token, in place of the one that was not asked for the longest. */
void token_cache_keep(struct token_cache *cache, const struct token_mark *mark,
                      const struct token_span *span, const struct caller *caller);

#endif
