/* A token. "raw\nTOKEN" goes in as it is and must never be good: nobody has the key. "sign\nHEADER\nCLAIMS"
 * is encoded and signed with the key, so that the rules behind the signature decide. */
#include "middleware/token.h"

#include <sodium.h>
#include <string.h>

#include "tests/fuzz/target.h"

static struct token_cache *cache;

static const char *encoded(struct arena *arena, const void *bytes, size_t size)
{
    size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(arena_alloc(arena, room), room, bytes, size,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static const char *signed_token(struct request *req, const char *header, const char *claims)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state hmac;
    const struct token_key *key = &req->keys->key[0];
    const char *text =
        arena_printf(req->arena, "%s.%s", encoded(req->arena, header, strlen(header)),
                     encoded(req->arena, claims, strlen(claims)));
    crypto_auth_hmacsha256_init(&hmac, key->secret, (size_t)key->size);
    crypto_auth_hmacsha256_update(&hmac, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&hmac, mac);
    return arena_printf(req->arena, "%s.%s", text, encoded(req->arena, mac, sizeof mac));
}

static json_int_t number(const json_t *claims, const char *name)
{
    return json_integer_value(json_object_get(claims, name));
}

static const char *word(const json_t *claims, const char *name)
{
    const char *text = json_string_value(json_object_get(claims, name));
    return text ? text : "";
}

/* What a good token says, read by a parser that refuses nothing. */
static void check_good(const char *header_text, const char *claims_text,
                       const struct caller *caller)
{
    json_t *header = json_loads(header_text, 0, NULL);
    json_t *claims = json_loads(claims_text, 0, NULL);
    MUST(header && claims);
    MUST(strcmp(word(header, "alg"), "HS256") == 0 && strcmp(word(header, "typ"), "JWT") == 0);
    MUST(strcmp(word(header, "kid"), "k1") == 0 && json_object_size(header) == 3);
    MUST(strcmp(word(claims, "iss"), "ansinh") == 0);
    MUST(strcmp(word(claims, "aud"), "ansinh-api") == 0);
    MUST(number(claims, "exp") > FUZZ_NOW && number(claims, "iat") <= FUZZ_NOW + 60);
    MUST(number(claims, "exp") - number(claims, "iat") <= TOKEN_LIFE_SECONDS);
    MUST(strcmp(word(claims, "sub"), caller->user_id) == 0 && strlen(caller->user_id) == 36);
    MUST(strcmp(word(claims, "sid"), caller->session_id) == 0);
    MUST(strcmp(word(claims, "slice"), slice_names[caller->slice]) == 0 && caller->slice);
    MUST(strcmp(word(claims, "duty"), duty_names[caller->duty]) == 0 && caller->duty);
    json_decref(header);
    json_decref(claims);
}

static enum token_verdict verdict_of(struct request *req, const char *token, struct caller *caller)
{
    enum token_verdict verdict = token_verify(req->keys, req->arena, token, FUZZ_NOW, caller);
    for (int i = 0; i < 2; i++) {
        struct caller again;
        MUST(token_verify_cached(cache, req->keys, req->arena, token, FUZZ_NOW, &again) == verdict);
        MUST(verdict != TOKEN_GOOD || strcmp(again.user_id, caller->user_id) == 0);
    }
    return verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request *req = fuzz_request();
    struct caller caller;
    cache = cache ? cache : token_cache_new();
    if (strcmp(fuzz_line(req, &data, &size), "sign") == 0) {
        const char *header = fuzz_line(req, &data, &size);
        const char *claims = fuzz_rest(req, data, size);
        if (verdict_of(req, signed_token(req, header, claims), &caller) == TOKEN_GOOD) {
            check_good(header, claims, &caller);
        }
    } else {
        MUST(verdict_of(req, fuzz_rest(req, data, size), &caller) == TOKEN_BAD);
    }
    fuzz_end(req);
    return 0;
}
