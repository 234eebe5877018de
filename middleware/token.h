/* Access tokens: HS256, two live keys, 15 minutes. libjwt makes and verifies them behind one strict
 * gate, because libjwt 1.10 alone accepts tokens that it must not (README, "Decisions"). */
#ifndef ANSINH_TOKEN_H
#define ANSINH_TOKEN_H

#include "middleware/request.h"
#include "middleware/token_cache.h"

enum {
    TOKEN_KEY_MAX = 64,
    TOKEN_KEY_MIN = 32,
    TOKEN_CURSOR_KEY = 32,
    TOKEN_LIFE_SECONDS = 15 * 60
};

struct token_key {
    char kid[17];
    unsigned char secret[TOKEN_KEY_MAX];
    int size;
    unsigned char cursor_secret[TOKEN_CURSOR_KEY]; /* signs the cursors of lists */
};

struct token_keys {
    int count; /* the first signs, all verify */
    struct token_key key[2];
    uint64_t serial; /* of the parsing: never given twice, so nothing remembered fits other keys */
};

/* "kid:hex[,kid:hex]" with 32 to 64 bytes of secret each. False when it is unusable. */
bool token_keys_parse(struct token_keys *keys, const char *text) must_check;

enum token_verdict { TOKEN_GOOD, TOKEN_BAD, TOKEN_TOO_OLD };

/* Checks everything about a token but the database: form, algorithm, key, signature, claims. */
enum token_verdict token_verify(const struct token_keys *keys, struct arena *arena,
                                const char *token, int64_t now, struct caller *caller);
/* The same verdict, and sooner for a token that the cache has seen verified. NULL is no cache. */
enum token_verdict token_verify_cached(struct token_cache *cache, const struct token_keys *keys,
                                       struct arena *arena, const char *token, int64_t now,
                                       struct caller *caller);
/* A signed token for the caller, valid from `now` (seconds of the epoch). */
const char *token_issue(const struct token_keys *keys, struct arena *arena,
                        const struct caller *caller, int64_t now);

/* Stage: the bearer token becomes req->caller; routes for ANYONE pass without. */
bool token_check(struct request *req) must_check;

#endif
