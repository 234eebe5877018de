/* Access tokens. */
#include "middleware/token.h"

#include <jwt.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "middleware/problem.h"
#include "middleware/route.h"
#include "middleware/text.h"

/* libjwt copies the token to the stack, so the cap is a matter of memory safety too. */
enum { TOKEN_MAX = 4096, SIGNATURE_TEXT = 43, CLOCK_SKEW_SECONDS = 60 };

#define ISSUER "ansinh"
#define AUDIENCE "ansinh-api"

static bool key_parse(struct token_key *key, const char *text, size_t size)
{
    const char *colon = memchr(text, ':', size);
    size_t kid_size = colon ? (size_t)(colon - text) : 0;
    if (kid_size == 0 || kid_size >= sizeof key->kid) {
        return false;
    }
    memcpy(key->kid, text, kid_size);
    key->kid[kid_size] = '\0';
    size_t secret_size = 0;
    const char *end = NULL;
    const char *hex = colon + 1;
    size_t hex_size = size - kid_size - 1;
    if (sodium_hex2bin(key->secret, sizeof key->secret, hex, hex_size, NULL, &secret_size, &end) ||
        end != hex + hex_size || secret_size < TOKEN_KEY_MIN) {
        return false;
    }
    static const unsigned char purpose[] = "ansinh list cursor";
    key->size = (int)secret_size;
    crypto_generichash(key->cursor_secret, sizeof key->cursor_secret, purpose, sizeof purpose,
                       key->secret, secret_size);
    return true;
}

static const struct token_key *key_by_kid(const struct token_keys *keys, const char *kid)
{
    for (int i = 0; kid && i < keys->count; i++) {
        if (strcmp(keys->key[i].kid, kid) == 0) {
            return &keys->key[i];
        }
    }
    return NULL;
}

bool token_keys_parse(struct token_keys *keys, const char *text)
{
    static atomic_uint_fast64_t parsings;
    keys->serial = atomic_fetch_add(&parsings, 1) + 1;
    keys->count = 0;
    while (text && *text) {
        size_t size = strcspn(text, ",");
        if (keys->count == 2 || !key_parse(&keys->key[keys->count], text, size) ||
            key_by_kid(keys, keys->key[keys->count].kid)) {
            return false;
        }
        keys->count++;
        text += size;
        if (*text == ',' && *++text == '\0') {
            return false; /* a key was meant to follow */
        }
    }
    return keys->count > 0;
}

/* A base64url segment (no padding, canonical tail) that holds a JSON object without repeated names. */
static json_t *segment_object(struct arena *arena, const char *text, size_t size)
{
    char *plain = arena_alloc(arena, size + 1);
    size_t plain_size = 0;
    const char *end = NULL;
    if (sodium_base642bin((unsigned char *)plain, size, text, size, NULL, &plain_size, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) ||
        end != text + size) {
        return NULL;
    }
    if (text_nesting(plain, plain_size) > 1) { /* claims are flat */
        return NULL;
    }
    json_t *object = json_loadb(plain, plain_size, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return NULL;
    }
    arena_defer(arena, (void (*)(void *))json_decref, object);
    return object;
}

static bool text_is(const json_t *object, const char *name, const char *wanted)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value && strcmp(value, wanted) == 0;
}

/* Exactly alg, kid and typ: whatever else a header may ask for (crit, jku, jwk …) is refused. */
static const struct token_key *key_of_header(const struct token_keys *keys, const json_t *header)
{
    if (!header || json_object_size(header) != 3 || !text_is(header, "alg", "HS256") ||
        !text_is(header, "typ", "JWT")) {
        return NULL;
    }
    return key_by_kid(keys, json_string_value(json_object_get(header, "kid")));
}

static bool signature_holds(const struct token_key *key, const char *token)
{
    jwt_t *jwt = NULL;
    bool good = jwt_decode(&jwt, token, key->secret, key->size) == 0 && jwt &&
                jwt_get_alg(jwt) == JWT_ALG_HS256;
    jwt_free(jwt);
    return good;
}

/* The time at which a token was made or begins to count: not later than our clock, give or take. */
static bool has_begun(const json_t *claim, int64_t now)
{
    return json_is_integer(claim) && json_integer_value(claim) <= now + CLOCK_SKEW_SECONDS;
}

/* When the token counts. False when it has not begun, or lives longer than ours do. */
static bool span_of_claims(const json_t *claims, int64_t now, struct token_span *span)
{
    const json_t *issued = json_object_get(claims, "iat");
    const json_t *begins = json_object_get(claims, "nbf");
    const json_t *expires = json_object_get(claims, "exp");
    if (!has_begun(issued, now) || (begins && !has_begun(begins, now)) ||
        !json_is_integer(expires) ||
        json_integer_value(expires) > json_integer_value(issued) + TOKEN_LIFE_SECONDS) {
        return false;
    }
    int64_t latest = json_integer_value(issued);
    if (begins && json_integer_value(begins) > latest) {
        latest = json_integer_value(begins);
    }
    /* With the skew taken off, so that a cache notices as well when the clock is set back. */
    span->begins =
        latest < INT64_MIN + CLOCK_SKEW_SECONDS ? INT64_MIN : latest - CLOCK_SKEW_SECONDS;
    span->ends = json_integer_value(expires);
    return true;
}

static bool is_uuid(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    bool good = text && strlen(text) == sizeof form - 1;
    for (size_t i = 0; good && form[i]; i++) {
        good = strchr(form[i] == '-' ? "-" : "0123456789abcdef", text[i]) != NULL;
    }
    return good;
}

static bool caller_of_claims(struct arena *arena, const json_t *claims, struct caller *caller)
{
    const char *user = json_string_value(json_object_get(claims, "sub"));
    const char *session = json_string_value(json_object_get(claims, "sid"));
    const json_t *generation = json_object_get(claims, "gen");
    caller->slice = slice_named(json_string_value(json_object_get(claims, "slice")));
    caller->duty = duty_named(json_string_value(json_object_get(claims, "duty")));
    if (!is_uuid(user) || !is_uuid(session) || !json_is_integer(generation) || !caller->slice ||
        !caller->duty) {
        return false;
    }
    caller->user_id = user;
    caller->session_id = session;
    caller->generation = arena_printf(arena, "%lld", (long long)json_integer_value(generation));
    return true;
}

static enum token_verdict verified(const struct token_keys *keys, struct arena *arena,
                                   const char *token, int64_t now, struct caller *caller,
                                   struct token_span *span)
{
    size_t size = strnlen(token, TOKEN_MAX + 1);
    const char *first = memchr(token, '.', size);
    const char *second = first ? memchr(first + 1, '.', size - (size_t)(first + 1 - token)) : NULL;
    if (size > TOKEN_MAX || !second || first == token || second == first + 1 ||
        size - (size_t)(second + 1 - token) != SIGNATURE_TEXT) {
        return TOKEN_BAD;
    }
    unsigned char signature[crypto_auth_hmacsha256_BYTES + 1];
    size_t signature_size = 0;
    if (sodium_base642bin(signature, sizeof signature, second + 1, SIGNATURE_TEXT, NULL,
                          &signature_size, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) ||
        signature_size != crypto_auth_hmacsha256_BYTES) {
        return TOKEN_BAD;
    }
    json_t *header = segment_object(arena, token, (size_t)(first - token));
    json_t *claims = segment_object(arena, first + 1, (size_t)(second - first - 1));
    const struct token_key *key = key_of_header(keys, header);
    if (!key || !claims || !signature_holds(key, token) || !text_is(claims, "iss", ISSUER) ||
        !text_is(claims, "aud", AUDIENCE) || !caller_of_claims(arena, claims, caller) ||
        !span_of_claims(claims, now, span)) {
        return TOKEN_BAD;
    }
    return span->ends > now ? TOKEN_GOOD : TOKEN_TOO_OLD;
}

enum token_verdict token_verify(const struct token_keys *keys, struct arena *arena,
                                const char *token, int64_t now, struct caller *caller)
{
    struct token_span span;
    return verified(keys, arena, token, now, caller, &span);
}

enum token_verdict token_verify_cached(struct token_cache *cache, const struct token_keys *keys,
                                       struct arena *arena, const char *token, int64_t now,
                                       struct caller *caller)
{
    struct token_mark mark;
    struct token_span span;
    size_t size = strnlen(token, TOKEN_MAX + 1);
    if (!cache || size > TOKEN_MAX) {
        return verified(keys, arena, token, now, caller, &span);
    }
    token_cache_mark(cache, keys->serial, token, size, &mark);
    if (token_cache_find(cache, &mark, now, arena, caller)) {
        return TOKEN_GOOD;
    }
    enum token_verdict verdict = verified(keys, arena, token, now, caller, &span);
    if (verdict == TOKEN_GOOD) {
        token_cache_keep(cache, &mark, &span, caller);
    }
    return verdict;
}

const char *token_issue(const struct token_keys *keys, struct arena *arena,
                        const struct caller *caller, int64_t now)
{
    const struct token_key *key = &keys->key[0];
    jwt_t *jwt = NULL;
    if (jwt_new(&jwt)) {
        return NULL;
    }
    arena_defer(arena, (void (*)(void *))jwt_free, jwt);
    bool made = !jwt_set_alg(jwt, JWT_ALG_HS256, key->secret, key->size) &&
                !jwt_add_header(jwt, "kid", key->kid) && !jwt_add_grant(jwt, "iss", ISSUER) &&
                !jwt_add_grant(jwt, "aud", AUDIENCE) &&
                !jwt_add_grant(jwt, "sub", caller->user_id) &&
                !jwt_add_grant(jwt, "sid", caller->session_id) &&
                !jwt_add_grant_int(jwt, "gen", strtol(caller->generation, NULL, 10)) &&
                !jwt_add_grant(jwt, "slice", slice_names[caller->slice]) &&
                !jwt_add_grant(jwt, "duty", duty_names[caller->duty]) &&
                !jwt_add_grant_int(jwt, "iat", (long)now) &&
                !jwt_add_grant_int(jwt, "exp", (long)now + TOKEN_LIFE_SECONDS);
    char *token = made ? jwt_encode_str(jwt) : NULL;
    if (!token) {
        return NULL;
    }
    arena_defer(arena, free, token);
    return token;
}

bool token_check(struct request *req)
{
    if (req->route->tiers & ANYONE) {
        return true;
    }
    const char *header = request_header(req, "Authorization");
    if (!header || strncasecmp(header, "Bearer ", 7) != 0) {
        return fail(req, TOKEN_MISSING);
    }
    const struct service *service = req->service;
    switch (token_verify_cached(service->token_cache, req->keys, req->arena, header + 7, time(NULL),
                                &req->caller)) {
    case TOKEN_GOOD:
        return true;
    case TOKEN_TOO_OLD:
        return fail(req, TOKEN_EXPIRED);
    default:
        return fail(req, TOKEN_INVALID);
    }
}
