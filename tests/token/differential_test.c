/* Two programs that share nothing must agree on every token: the service, and verify.py with PyJWT.
 *
 * The tokens are mutations of good ones, the same in each run. Most are signed after they were
 * mutated: then the signature says nothing, and the rules alone decide. What was compared stays in
 * CORPUS when they disagree, and `tests/token/verify.py build/token-corpus.tsv` says where. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "middleware/token.h"
#include "tests/support/suites.h"
#include "tests/token/mutation.h"

#define HEX_1 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX_0 "f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f"
#define CORPUS "build/token-corpus.tsv"

enum { TOKENS = 110000, DISTINCT_LEAST = 100000, OF_A_KIND_LEAST = 5000 };

static const int64_t now = 1800000000;
static const uint64_t seed = 20261122;

static struct token_keys keys;
static struct token_cache *cache;

/* --- Tokens ---------------------------------------------------------------------------------- */

/* Where a token is mutated, from the inside out. */
enum level {
    HEADER_MEMBERS,
    CLAIM_MEMBERS,
    CLAIM_MEMBERS_AGAIN,
    HEADER_JSON,
    CLAIMS_JSON,
    NUL_BYTE,
    HEADER_SEGMENT,
    CLAIMS_SEGMENT,
    KEY,
    SIGNATURE,
    TOKEN_TEXT,
    TOKEN_SEGMENTS,
    LEVELS
};

/* Seconds around the edges of what is allowed, or anywhere near. */
static int64_t moment(void)
{
    static const int edges[] = {-901, -900, -899, -61, -60, -59, -1, 0, 1, 59, 60, 61, 900};
    return now + (once_in(3) ? PICK(edges) : (int)below(1100) - 1000);
}

static struct caller some_caller(void)
{
    static const char *const generations[] = {"0", "1", "17", "-1", "9223372036854775807"};
    return (struct caller){
        arena_printf(arena, "01a201a1-%04zx-7000-8000-%012zx", below(65536), below(1u << 31)),
        arena_printf(arena, "01a201a1-%04zx-7000-8000-%012zx", below(65536), below(1u << 31)),
        PICK(generations), (enum slice)(1 + below(SLICE_COUNT - 1)),
        (enum duty)(1 + below(DUTY_COUNT - 1))};
}

static const char *quoted(const char *text)
{
    return arena_printf(arena, "\"%s\"", text);
}

static struct object good_claims(void)
{
    struct object claims = {0};
    struct caller caller = some_caller();
    int64_t iat = once_in(4) ? moment() : now - (int)below(899);
    add(&claims, "\"iss\"", "\"ansinh\"");
    add(&claims, "\"aud\"", "\"ansinh-api\"");
    add(&claims, "\"sub\"", quoted(caller.user_id));
    add(&claims, "\"sid\"", quoted(caller.session_id));
    add(&claims, "\"gen\"", caller.generation);
    add(&claims, "\"slice\"", quoted(slice_names[caller.slice]));
    add(&claims, "\"duty\"", quoted(duty_names[caller.duty]));
    add(&claims, "\"iat\"", arena_printf(arena, "%lld", (long long)iat));
    add(&claims, "\"exp\"", arena_printf(arena, "%lld", (long long)iat + 900 + once_in(50)));
    if (once_in(8)) {
        add(&claims, "\"nbf\"", arena_printf(arena, "%lld", (long long)moment()));
    }
    if (once_in(100)) { /* around the most bytes that a token may have */
        add(&claims, "\"x\"", arena_printf(arena, "\"%0*d\"", 2660 + (int)below(150), 0));
    }
    return claims;
}

static const char *segment_of(const char *json, bool with_nul)
{
    size_t size = strlen(json);
    char *bytes = arena_strndup(arena, json, size);
    if (with_nul) { /* in place of a byte, or one more */
        bytes[below(size + 1)] = '\0';
        size += once_in(2);
    }
    return encoded(bytes, size, VARIANT);
}

/* The letter at the end carries bits that mean nothing; or there is padding. */
static const char *edited_segment(const char *segment)
{
    static const char *const pads[] = {"=", "==", "===", "A", ""};
    char letter[2] = {base64_letters[below(64)], '\0'};
    size_t size = strlen(segment);
    if (size < 2 || once_in(3)) {
        return edited(segment, token_letters);
    }
    return once_in(3) ? spliced(segment, size, 0, PICK(pads))
                      : spliced(segment, size - 1, 1, letter);
}

static const char *signature_of(const struct token_key *key, const char *text, bool mutated)
{
    unsigned char mac[crypto_auth_hmacsha512_BYTES];
    unsigned char wide[crypto_auth_hmacsha512_BYTES] = {0};
    size_t kind = mutated ? 1 + below(7) : 0;
    crypto_auth_hmacsha256_state hmac;
    crypto_auth_hmacsha256_init(&hmac, key->secret, (size_t)key->size);
    crypto_auth_hmacsha256_update(&hmac, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&hmac, mac);
    switch (kind) {
    case 1:
        crypto_auth_hmacsha512(wide, (const unsigned char *)text, strlen(text), key->secret);
        return encoded(wide, once_in(2) ? 32 : 64, VARIANT);
    case 2:
        crypto_hash_sha256(mac, (const unsigned char *)text, strlen(text));
        break;
    case 3:
        mac[below(32)] ^= (unsigned char)(1 << below(8));
        break;
    case 4:
        return encoded(mac, below(64), VARIANT);
    case 5:
        return encoded(wide, 32, VARIANT);
    case 6:
        return edited_segment(encoded(mac, 32, VARIANT));
    case 7:
        return spliced(encoded(mac, 32, VARIANT), 42, 1, (char[]){base64_letters[below(64)], '\0'});
    default:
        break;
    }
    return encoded(mac, 32, VARIANT);
}

static const char *built_token(unsigned levels)
{
    static const struct token_key strangers[] = {{.kid = "k1", .size = 0},
                                                 {.kid = "k1", .size = 32}};
    const struct token_key *key = &keys.key[below(2)];
    struct object header = {3, {{"\"alg\"", "\"HS256\""}, {"\"typ\"", "\"JWT\""}}};
    header.members[2] = (struct member){"\"kid\"", quoted(key->kid)};
    swap_members(&header, 0, below(3));
    struct object claims = good_claims();
    if (levels & 1u << HEADER_MEMBERS) {
        mutate_members(&header);
    }
    if (levels & 1u << CLAIM_MEMBERS) {
        mutate_members(&claims);
    }
    if (levels & 1u << CLAIM_MEMBERS_AGAIN) {
        mutate_members(&claims);
    }
    const char *header_json = json_of(&header);
    const char *claims_json = json_of(&claims);
    if (levels & 1u << HEADER_JSON) {
        header_json = edited_json(header_json);
    }
    if (levels & 1u << CLAIMS_JSON) {
        claims_json = edited_json(claims_json);
    }
    bool nul = levels & 1u << NUL_BYTE;
    bool in_header = nul && once_in(2);
    const char *first = segment_of(header_json, in_header);
    const char *second = segment_of(claims_json, nul && !in_header);
    first = levels & 1u << HEADER_SEGMENT ? edited_segment(first) : first;
    second = levels & 1u << CLAIMS_SEGMENT ? edited_segment(second) : second;
    const char *text = arena_printf(arena, "%s.%s", first, second);
    if (levels & 1u << KEY) {
        key = once_in(3) ? &keys.key[below(2)] : &PICK(strangers);
    }
    return arena_printf(arena, "%s.%s", text, signature_of(key, text, levels & 1u << SIGNATURE));
}

/* The segments of two tokens in any order and number. */
static const char *mixed(const char *a, const char *b)
{
    const char *text = arena_printf(arena, "%s.%s", a, b);
    const char *parts[16];
    size_t count = 0;
    for (char *at = arena_strdup(arena, text); at && count < ROWS(parts); count++) {
        parts[count] = strsep(&at, ".");
    }
    const char *made = parts[below(count)];
    for (size_t wanted = once_in(4) ? below(5) : 2; wanted > 0; wanted--) {
        made = arena_printf(arena, "%s.%s", made, once_in(20) ? "" : parts[below(count)]);
    }
    return made;
}

static const char *some_token(void)
{
    struct caller caller = some_caller();
    unsigned levels = 1u << below(LEVELS) | (once_in(6) ? 1u << below(LEVELS) : 0);
    const char *token =
        once_in(8) ? token_issue(&keys, arena, &caller, moment()) : built_token(levels);
    if (levels & 1u << TOKEN_TEXT) {
        token = edited(token, token_letters);
    }
    return levels & 1u << TOKEN_SEGMENTS ? mixed(token, built_token(0)) : token;
}

/* --- The comparison -------------------------------------------------------------------------- */

static const char *verdict_of(const char *token)
{
    struct caller caller;
    switch (token_verify_cached(cache, &keys, arena, token, now, &caller)) {
    case TOKEN_GOOD:
        return arena_printf(arena, "good %s %s %s %s %s", caller.user_id, caller.session_id,
                            caller.generation, slice_names[caller.slice], duty_names[caller.duty]);
    case TOKEN_TOO_OLD:
        return "old";
    default:
        return "bad";
    }
}

static void write_corpus(void)
{
    FILE *out = fopen(CORPUS, "w");
    ck_assert_ptr_nonnull(out);
    fprintf(out, "now\t%lld\nkey\tk1\t" HEX_1 "\nkey\tk0\t" HEX_0 "\n", (long long)now);
    for (int i = 0; i < TOKENS; i++) {
        arena = arena_new(1 << 20);
        const char *token = some_token();
        const char *verdict = verdict_of(token);
        if (verdict[0] == 'g') { /* asked again it comes from the cache */
            ck_assert_str_eq(verdict_of(token), verdict);
        }
        fprintf(out, "%s\t%s\n", verdict,
                encoded(token, strlen(token), sodium_base64_VARIANT_ORIGINAL));
        arena_free(arena);
    }
    ck_assert_int_eq(fclose(out), 0);
}

START_TEST(a_second_program_says_the_same_of_every_token)
{
    char output[65536];
    int tokens = 0, distinct = 0, good = 0, old = 0, bad = 0, disagreements = -1;
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert(token_keys_parse(&keys, "k1:" HEX_1 ",k0:" HEX_0));
    cache = token_cache_new();
    state = seed;
    write_corpus();
    token_cache_free(cache);
    FILE *run = popen("/usr/bin/python3 -B tests/token/verify.py " CORPUS " 2>&1", "r");
    ck_assert_ptr_nonnull(run);
    size_t size = fread(output, 1, sizeof output - 1, run);
    output[size] = '\0';
    ck_assert_msg(pclose(run) == 0, "%s", output);
    sscanf(output, "tokens %d distinct %d good %d old %d bad %d disagreements %d", &tokens,
           &distinct, &good, &old, &bad, &disagreements);
    ck_assert_msg(disagreements == 0, "%s", output);
    ck_assert_int_eq(tokens, TOKENS);
    ck_assert_msg(distinct >= DISTINCT_LEAST && good >= OF_A_KIND_LEAST && bad >= OF_A_KIND_LEAST &&
                      old >= OF_A_KIND_LEAST / 10,
                  "%s", output);
    unlink(CORPUS);
}
END_TEST

Suite *differential_suite(void)
{
    Suite *suite = suite_create("differential");
    TCase *tests = tcase_create("tokens");
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, a_second_program_says_the_same_of_every_token);
    suite_add_tcase(suite, tests);
    return suite;
}
