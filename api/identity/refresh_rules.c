/* Refresh tokens. */
#include "api/identity/refresh_rules.h"

#include <sodium.h>
#include <string.h>

enum { RAW_SIZE = 32 };

static void encode(const unsigned char raw[RAW_SIZE], char text[REFRESH_TEXT_ROOM])
{
    sodium_bin2base64(text, REFRESH_TEXT_ROOM, raw, RAW_SIZE,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool decode(const char *text, unsigned char raw[RAW_SIZE])
{
    size_t size = 0;
    return sodium_base642bin(raw, RAW_SIZE, text, strlen(text), NULL, &size, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           size == RAW_SIZE;
}

void refresh_new(char text[REFRESH_TEXT_ROOM])
{
    unsigned char raw[RAW_SIZE];
    randombytes_buf(raw, sizeof raw);
    encode(raw, text);
}

bool refresh_next(const struct token_key *key, const char *text, char next[REFRESH_TEXT_ROOM])
{
    static const char purpose[] = "ansinh refresh token";
    unsigned char raw[RAW_SIZE];
    unsigned char successor[RAW_SIZE];
    crypto_generichash_state state;
    if (!decode(text, raw)) {
        return false;
    }
    crypto_generichash_init(&state, key->secret, (size_t)key->size, RAW_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)purpose, sizeof purpose);
    crypto_generichash_update(&state, raw, sizeof raw);
    crypto_generichash_final(&state, successor, sizeof successor);
    encode(successor, next);
    return true;
}

bool refresh_hash(const char *text, char hash[REFRESH_HASH_ROOM])
{
    unsigned char raw[RAW_SIZE];
    unsigned char digest[32];
    if (!decode(text, raw)) {
        return false;
    }
    crypto_generichash(digest, sizeof digest, raw, sizeof raw, NULL, 0);
    sodium_bin2hex(hash, REFRESH_HASH_ROOM, digest, sizeof digest);
    return true;
}
