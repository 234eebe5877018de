/* Access tokens: our own, and those that somebody else made. The hostile ones are signed with the
 * right key where that is the point: only the gate under test can refuse them then. */
#include "middleware/token.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "middleware/route.h"
#include "tests/support/request_case.h"

#define HEX_32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX_64 HEX_32 HEX_32
#define OTHER_32 "f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f"
#define USER "01a201a1-0000-7000-8000-00000000aaaa"
#define SESSION "01a201a1-0000-7000-8000-00000000bbbb"

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
static int64_t now; /* of the clock that tokens are made and judged by */

/* Members as raw JSON; @ and a number is so many seconds after now. */
static const struct pair good_header[] = {
    {"alg", "\"HS256\""}, {"kid", "\"k1\""}, {"typ", "\"JWT\""}};
static const struct pair good_claims[] = {{"iss", "\"ansinh\""},
                                          {"aud", "\"ansinh-api\""},
                                          {"sub", "\"" USER "\""},
                                          {"sid", "\"" SESSION "\""},
                                          {"gen", "3"},
                                          {"slice", "\"province\""},
                                          {"duty", "\"officer\""},
                                          {"iat", "@0"},
                                          {"exp", "@900"}};
enum {
    HEADER_MEMBERS = sizeof good_header / sizeof *good_header,
    CLAIMS = sizeof good_claims / sizeof *good_claims
};

static struct token_keys keys; /* k1 signs, k0 is the one before */
static struct arena *arena;

static void open_tokens(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    request_open();
    arena = request->arena;
    now = 1800000000;
    ck_assert(token_keys_parse(&keys, "k1:" HEX_32 ",k0:" OTHER_32));
    service.keys = &keys;
    request->keys = &keys;
}

/* --- A signer that shares nothing with the one under test ------------------------------------ */

static const char *encoded(const void *bytes, size_t size)
{
    size_t room = sodium_base64_ENCODED_LEN(size, VARIANT);
    return sodium_bin2base64(arena_alloc(arena, room), room, bytes, size, VARIANT);
}

static const char *encoded_text(const char *text)
{
    return encoded(text, strlen(text));
}

static const char *signature_by(const struct token_key *key, const char *text)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key->secret, (size_t)key->size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&state, mac);
    return encoded(mac, sizeof mac);
}

/* Of two segments as they stand. */
static const char *signed_segments(const struct token_key *key, const char *header,
                                   const char *claims)
{
    const char *text = arena_printf(arena, "%s.%s", header, claims);
    return arena_printf(arena, "%s.%s", text, signature_by(key, text));
}

static const char *signed_json(const char *header, const char *claims)
{
    return signed_segments(&keys.key[0], encoded_text(header), encoded_text(claims));
}

static const char *raw_json(const char *value)
{
    if (value[0] != '@') {
        return value;
    }
    char *rest = NULL;
    long long time_of = (long long)now + strtoll(value + 1, &rest, 10);
    return arena_printf(arena, "%lld%s", time_of, rest);
}

/* The members as an object; the one of this name with another value, added, or with NULL left out. */
static const char *object_with(const struct pair *members, int count, const char *name,
                               const char *value)
{
    const char *text = "{";
    bool known = false;
    for (int i = 0; i < count; i++) {
        bool same = name && strcmp(members[i].name, name) == 0;
        const char *raw = same ? value : members[i].value;
        known = known || same;
        if (raw) {
            text = arena_printf(arena, "%s%s\"%s\":%s", text, text[1] ? "," : "", members[i].name,
                                raw_json(raw));
        }
    }
    return name && !known ? arena_printf(arena, "%s,\"%s\":%s}", text, name, raw_json(value))
                          : arena_printf(arena, "%s}", text);
}

static const char *header_with(const char *name, const char *value)
{
    return object_with(good_header, HEADER_MEMBERS, name, value);
}

static const char *claims_with(const char *name, const char *value)
{
    return object_with(good_claims, CLAIMS, name, value);
}

static const char *good_token(void)
{
    return signed_json(header_with(NULL, NULL), claims_with(NULL, NULL));
}

/* --- Members that are refused ---------------------------------------------------------------- */

struct change {
    const char *what;
    const char *name;
    const char *value; /* raw JSON; NULL leaves the member out */
};

#define ROWS(table) (sizeof table / sizeof *(table))

static const struct change algorithms[] = {
    {"none", "alg", "\"none\""},
    {"None", "alg", "\"None\""},
    {"NONE", "alg", "\"NONE\""},
    {"nOnE", "alg", "\"nOnE\""},
    {"lower case", "alg", "\"hs256\""},
    {"mixed case", "alg", "\"Hs256\""},
    {"HS384", "alg", "\"HS384\""},
    {"HS512", "alg", "\"HS512\""},
    {"RS256", "alg", "\"RS256\""},
    {"ES256", "alg", "\"ES256\""},
    {"PS256", "alg", "\"PS256\""},
    {"EdDSA", "alg", "\"EdDSA\""},
    {"blank", "alg", "\"HS256 \""},
    {"empty", "alg", "\"\""},
    {"null", "alg", "null"},
    {"number", "alg", "256"},
    {"list", "alg", "[\"HS256\"]"},
    {"missing", "alg", NULL},
    {"cut by NUL", "alg", "\"HS256\\u0000\""},
};

static const struct change key_ids[] = {
    {"unknown", "kid", "\"k2\""}, {"missing", "kid", NULL},
    {"empty", "kid", "\"\""},     {"upper case", "kid", "\"K1\""},
    {"number", "kid", "1"},       {"null", "kid", "null"},
    {"blank", "kid", "\"k1 \""},  {"path", "kid", "\"../../dev/null\""},
    {"list", "kid", "[\"k1\"]"},  {"SQL", "kid", "\"k1' or '1'='1\""},
    {"prefix", "kid", "\"k\""},   {"cut by NUL", "kid", "\"k1\\u0000x\""},
};

static const struct change types[] = {
    {"missing", "typ", NULL},        {"lower case", "typ", "\"jwt\""},
    {"access", "typ", "\"at+jwt\""}, {"logout", "typ", "\"logout+jwt\""},
    {"number", "typ", "1"},          {"null", "typ", "null"},
    {"blank", "typ", "\"JWT \""},
};

static const struct change header_extras[] = {
    {"crit", "crit", "[\"exp\"]"},
    {"empty crit", "crit", "[]"},
    {"jku", "jku", "\"https://example.org/keys\""},
    {"jwk", "jwk", "{\"kty\":\"oct\",\"k\":\"AAAA\"}"},
    {"x5u", "x5u", "\"https://example.org/cert\""},
    {"x5c", "x5c", "[\"AAAA\"]"},
    {"x5t", "x5t", "\"AAAA\""},
    {"zip", "zip", "\"DEF\""},
    {"b64", "b64", "false"},
    {"cty", "cty", "\"JWT\""},
    {"unknown", "x", "null"},
    {"empty name", "", "1"},
};

static const struct change header_repeats[] = {
    {"alg", "alg", "\"HS256\",\"alg\":\"HS256\""},
    {"alg, none first", "alg", "\"none\",\"alg\":\"HS256\""},
    {"alg, none last", "alg", "\"HS256\",\"alg\":\"none\""},
    {"kid", "kid", "\"k0\",\"kid\":\"k1\""},
    {"typ", "typ", "\"JWT\",\"typ\":\"JWT\""},
    {"alg, escaped", "alg", "\"HS256\",\"\\u0061lg\":\"none\""},
};

static const struct change claim_repeats[] = {
    {"sub", "sub", "\"" USER "\",\"sub\":\"" SESSION "\""},
    {"duty", "duty", "\"officer\",\"duty\":\"manager\""},
    {"slice", "slice", "\"province\",\"slice\":\"nation\""},
    {"exp", "exp", "@900,\"exp\":1800000900"},
    {"gen, escaped", "gen", "3,\"\\u0067en\":4"},
};

static const struct change parties[] = {
    {"no issuer", "iss", NULL},
    {"empty issuer", "iss", "\"\""},
    {"other issuer", "iss", "\"example\""},
    {"issuer in capitals", "iss", "\"ANSINH\""},
    {"issuer as list", "iss", "[\"ansinh\"]"},
    {"issuer null", "iss", "null"},
    {"no audience", "aud", NULL},
    {"empty audience", "aud", "\"\""},
    {"other audience", "aud", "\"ansinh-web\""},
    {"audience as list", "aud", "[\"ansinh-api\"]"},
    {"audience null", "aud", "null"},
};

static const struct change callers[] = {
    {"no user", "sub", NULL},
    {"empty user", "sub", "\"\""},
    {"user as number", "sub", "7"},
    {"user in capitals", "sub", "\"01A201A1-0000-7000-8000-00000000AAAA\""},
    {"user cut", "sub", "\"01a201a1-0000-7000-8000-00000000aaa\""},
    {"user with more", "sub", "\"" USER "0\""},
    {"user of other letters", "sub", "\"01a201a1-0000-7000-8000-00000000aaag\""},
    {"user without hyphens", "sub", "\"01a201a100007000800000000000aaaa\""},
    {"user of hyphens", "sub", "\"------------------------------------\""},
    {"user with hyphens elsewhere", "sub", "\"01a201a-10000-7000-8000-00000000aaaa\""},
    {"user in braces", "sub", "\"{" USER "}\""},
    {"user with NUL", "sub", "\"" USER "\\u0000\""},
    {"no session", "sid", NULL},
    {"empty session", "sid", "\"\""},
    {"session in capitals", "sid", "\"01A201A1-0000-7000-8000-00000000BBBB\""},
    {"session as SQL", "sid", "\"' or '1'='1\""},
    {"no generation", "gen", NULL},
    {"generation as text", "gen", "\"3\""},
    {"generation with fraction", "gen", "3.0"},
    {"generation with exponent", "gen", "3e0"},
    {"generation null", "gen", "null"},
    {"generation true", "gen", "true"},
    {"generation beyond int64", "gen", "9223372036854775808"},
};

static const struct change slices_and_duties[] = {
    {"no slice", "slice", NULL},
    {"empty slice", "slice", "\"\""},
    {"unknown slice", "slice", "\"world\""},
    {"slice in capitals", "slice", "\"Nation\""},
    {"slice as number", "slice", "1"},
    {"slice null", "slice", "null"},
    {"no duty", "duty", NULL},
    {"empty duty", "duty", "\"\""},
    {"unknown duty", "duty", "\"owner\""},
    {"duty in capitals", "duty", "\"MANAGER\""},
    {"duty as number", "duty", "1"},
    {"duty as list", "duty", "[\"manager\"]"},
};

static const struct change times[] = {
    {"no end", "exp", NULL},
    {"end as text", "exp", "\"1800000900\""},
    {"end with fraction", "exp", "@900.0"},
    {"end with exponent", "exp", "18e8"},
    {"end null", "exp", "null"},
    {"end true", "exp", "true"},
    {"a life too long", "exp", "@901"},
    {"a life of ages", "exp", "9223372036854775807"},
    {"end beyond int64", "exp", "99999999999999999999"},
    {"no beginning", "iat", NULL},
    {"beginning as text", "iat", "\"1800000000\""},
    {"beginning with fraction", "iat", "@0.5"},
    {"beginning null", "iat", "null"},
    {"beginning in the future", "iat", "@61"},
    {"beginning at the end of time", "iat", "9223372036854775807"},
    {"beginning before time", "iat", "-9223372036854775808"},
    {"beginning long ago", "iat", "0"},
};

static const struct change beginnings[] = {
    {"nbf in the future", "nbf", "@61"},
    {"nbf at the end of time", "nbf", "9223372036854775807"},
    {"nbf beyond int64", "nbf", "9223372036854775808"},
    {"nbf as text", "nbf", "\"0\""},
    {"nbf with fraction", "nbf", "0.5"},
    {"nbf with exponent", "nbf", "1e3"},
    {"nbf null", "nbf", "null"},
    {"nbf false", "nbf", "false"},
    {"nbf twice", "nbf", "0,\"nbf\":0"},
};

static const struct change loose_json[] = {
    {"NUL in text", "x", "\"a\\u0000b\""},
    {"broken UTF-8", "x", "\"\xff\""},
    {"overlong UTF-8", "x", "\"\xc0\xaf\""},
    {"half a surrogate", "x", "\"\\ud800\""},
    {"line break in text", "x", "\"\n\""},
    {"not a number", "x", "NaN"},
    {"endless", "x", "Infinity"},
    {"hexadecimal", "x", "0x1"},
    {"zero in front", "x", "01"},
    {"single quotes", "x", "'a'"},
    {"comma at the end", "x", "1,"},
    {"comment", "x", "1/**/"},
    {"nothing", "x", ""},
    {"open text", "x", "\"a"},
};

static const struct {
    const struct change *changes;
    size_t count;
    bool of_header;
} refused_members[] = {
    {algorithms, ROWS(algorithms), true},
    {key_ids, ROWS(key_ids), true},
    {types, ROWS(types), true},
    {header_extras, ROWS(header_extras), true},
    {header_repeats, ROWS(header_repeats), true},
    {claim_repeats, ROWS(claim_repeats), false},
    {parties, ROWS(parties), false},
    {callers, ROWS(callers), false},
    {slices_and_duties, ROWS(slices_and_duties), false},
    {times, ROWS(times), false},
    {beginnings, ROWS(beginnings), false},
    {loose_json, ROWS(loose_json), false},
};

/* --- What the gate says ---------------------------------------------------------------------- */

static enum token_verdict verdict(const char *token)
{
    struct caller caller = {NULL, NULL, NULL, SLICE_NONE, DUTY_NONE};
    return token_verify(&keys, arena, token, now, &caller);
}

static void ck_bad(const char *token, const char *what)
{
    ck_assert_msg(verdict(token) == TOKEN_BAD, "%s: %s", what, token);
}

static void refuse_headers(const struct change *changes, size_t count)
{
    ck_assert_int_eq(verdict(good_token()), TOKEN_GOOD);
    for (size_t i = 0; i < count; i++) {
        const char *header = header_with(changes[i].name, changes[i].value);
        ck_bad(signed_json(header, claims_with(NULL, NULL)), changes[i].what);
    }
}

static void refuse_claims(const struct change *changes, size_t count)
{
    ck_assert_int_eq(verdict(good_token()), TOKEN_GOOD);
    for (size_t i = 0; i < count; i++) {
        const char *claims = claims_with(changes[i].name, changes[i].value);
        ck_bad(signed_json(header_with(NULL, NULL), claims), changes[i].what);
    }
}

START_TEST(a_token_comes_back_as_the_caller)
{
    for (int slice = SLICE_NATION; slice < SLICE_COUNT; slice++) {
        for (int duty = DUTY_MANAGER; duty < DUTY_COUNT; duty++) {
            struct caller caller = {USER, SESSION, "17", (enum slice)slice, (enum duty)duty};
            struct caller back = {NULL, NULL, NULL, SLICE_NONE, DUTY_NONE};
            const char *token = token_issue(&keys, arena, &caller, now);
            ck_assert_int_eq(token_verify(&keys, arena, token, now, &back), TOKEN_GOOD);
            ck_assert_str_eq(back.user_id, USER);
            ck_assert_str_eq(back.session_id, SESSION);
            ck_assert_str_eq(back.generation, "17");
            ck_assert_int_eq(back.slice, slice);
            ck_assert_int_eq(back.duty, duty);
        }
    }
}
END_TEST

START_TEST(a_token_is_signed_as_another_library_would)
{
    struct caller caller = {USER, SESSION, "17", SLICE_PROVINCE, DUTY_OFFICER};
    char *token = arena_strdup(arena, token_issue(&keys, arena, &caller, now));
    char *last = strrchr(token, '.');
    *last = '\0';
    ck_assert_str_eq(last + 1, signature_by(&keys.key[0], token));
    ck_assert_int_eq(verdict(good_token()), TOKEN_GOOD);
}
END_TEST

START_TEST(a_generation_may_be_as_large_as_the_database_counts)
{
    struct caller caller = {USER, SESSION, "9223372036854775807", SLICE_NATION, DUTY_VIEWER};
    struct caller back;
    const char *token = token_issue(&keys, arena, &caller, now);
    ck_assert_int_eq(token_verify(&keys, arena, token, now, &back), TOKEN_GOOD);
    ck_assert_str_eq(back.generation, "9223372036854775807");
}
END_TEST

START_TEST(a_token_lives_fifteen_minutes)
{
    static const struct {
        int64_t after;
        enum token_verdict verdict;
    } rows[] = {{0, TOKEN_GOOD},      {899, TOKEN_GOOD},      {900, TOKEN_TOO_OLD},
                {901, TOKEN_TOO_OLD}, {86400, TOKEN_TOO_OLD}, {-60, TOKEN_GOOD},
                {-61, TOKEN_BAD},     {-86400, TOKEN_BAD}};
    struct caller caller = {USER, SESSION, "1", SLICE_NATION, DUTY_VIEWER};
    const char *token = token_issue(&keys, arena, &caller, now);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct caller back;
        ck_assert_int_eq(token_verify(&keys, arena, token, now + rows[i].after, &back),
                         rows[i].verdict);
    }
}
END_TEST

START_TEST(the_key_before_still_verifies)
{
    const char *header = encoded_text(header_with("kid", "\"k0\""));
    const char *claims = encoded_text(claims_with(NULL, NULL));
    ck_assert_int_eq(verdict(signed_segments(&keys.key[1], header, claims)), TOKEN_GOOD);
    struct caller caller = {USER, SESSION, "1", SLICE_NATION, DUTY_VIEWER};
    const char *issued = token_issue(&keys, arena, &caller, now);
    keys.count = 1;
    ck_assert_int_eq(verdict(issued), TOKEN_GOOD);
    ck_bad(signed_segments(&keys.key[1], header, claims), "a key that was taken away");
}
END_TEST

START_TEST(the_signature_of_another_key_is_refused)
{
    const char *header = encoded_text(header_with(NULL, NULL));
    const char *claims = encoded_text(claims_with(NULL, NULL));
    struct token_key stranger = {.kid = "k1", .size = 32};
    struct token_key empty = {.kid = "k1", .size = 0};
    ck_bad(signed_segments(&keys.key[1], header, claims), "k0 as k1");
    ck_bad(signed_segments(&stranger, header, claims), "zeros as k1");
    ck_bad(signed_segments(&empty, header, claims), "no secret as k1");
    header = encoded_text(header_with("kid", "\"k0\""));
    ck_bad(signed_segments(&keys.key[0], header, claims), "k1 as k0");
}
END_TEST

START_TEST(any_other_algorithm_is_refused)
{
    refuse_headers(algorithms, ROWS(algorithms));
}
END_TEST

START_TEST(a_key_that_is_not_ours_is_refused)
{
    refuse_headers(key_ids, ROWS(key_ids));
}
END_TEST

START_TEST(any_other_type_of_token_is_refused)
{
    refuse_headers(types, ROWS(types));
}
END_TEST

START_TEST(a_header_that_asks_for_more_is_refused)
{
    refuse_headers(header_extras, ROWS(header_extras));
}
END_TEST

START_TEST(a_repeated_member_of_the_header_is_refused)
{
    refuse_headers(header_repeats, ROWS(header_repeats));
}
END_TEST

START_TEST(a_repeated_claim_is_refused)
{
    refuse_claims(claim_repeats, ROWS(claim_repeats));
}
END_TEST

START_TEST(a_token_of_or_for_somebody_else_is_refused)
{
    refuse_claims(parties, ROWS(parties));
}
END_TEST

START_TEST(a_caller_that_cannot_be_is_refused)
{
    refuse_claims(callers, ROWS(callers));
}
END_TEST

START_TEST(an_unknown_slice_or_duty_is_refused)
{
    refuse_claims(slices_and_duties, ROWS(slices_and_duties));
}
END_TEST

START_TEST(times_that_cannot_be_are_refused)
{
    refuse_claims(times, ROWS(times));
}
END_TEST

START_TEST(a_beginning_is_honoured)
{
    refuse_claims(beginnings, ROWS(beginnings));
    static const char *const begun[] = {"@60", "@0", "@-1000", "0", "-9223372036854775808"};
    for (size_t i = 0; i < sizeof begun / sizeof *begun; i++) {
        const char *claims = claims_with("nbf", begun[i]);
        ck_assert_int_eq(verdict(signed_json(header_with(NULL, NULL), claims)), TOKEN_GOOD);
    }
}
END_TEST

START_TEST(an_expired_token_is_told_apart)
{
    static const char *const ends[] = {"1800000000", "1799999999", "1",
                                       "0",          "-1",         "-9223372036854775808"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *claims = claims_with("exp", ends[i]);
        ck_assert_int_eq(verdict(signed_json(header_with(NULL, NULL), claims)), TOKEN_TOO_OLD);
        const char *unsigned_one = signed_segments(
            &keys.key[1], encoded_text(header_with(NULL, NULL)), encoded_text(claims));
        ck_bad(unsigned_one, "expired and of another key");
    }
}
END_TEST

START_TEST(a_segment_that_is_no_json_object_is_refused)
{
    static const struct {
        const char *text;
        size_t size;
    } rows[] = {
        {"", 0},
        {"[]", 2},
        {"[{}]", 4},
        {"\"a\"", 3},
        {"null", 4},
        {"true", 4},
        {"7", 1},
        {"{", 1},
        {"{} {}", 5},
        {"{}x", 3},
        {"{}\0", 3},
        {"\0{}", 3},
        {"{\"a\":1,}", 8},
        {"{a:1}", 5},
        {"{'a':1}", 7},
        {"// \n{}", 6},
        {" ", 1},
        {"\xEF\xBB\xBF{}", 5},
        {"{\"a\":\"\xFF\"}", 9},
        {"{\"a\":NaN}", 9},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *hostile = encoded(rows[i].text, rows[i].size);
        const char *header = encoded_text(header_with(NULL, NULL));
        const char *claims = encoded_text(claims_with(NULL, NULL));
        ck_bad(signed_segments(&keys.key[0], header, hostile), "claims");
        ck_bad(signed_segments(&keys.key[0], hostile, claims), "header");
    }
}
END_TEST

START_TEST(claims_in_loose_json_are_refused)
{
    refuse_claims(loose_json, ROWS(loose_json));
}
END_TEST

START_TEST(a_good_object_within_anything_is_refused)
{
    static const char *const forms[] = {"[%s]", "{\"a\":%s}", "\xEF\xBB\xBF%s", "//\n%s", ",%s"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t before = strcspn(forms[i], "%");
        const char *header = header_with(NULL, NULL);
        const char *claims = claims_with(NULL, NULL);
        ck_bad(signed_json(header, arena_printf(arena, "%.*s%s%s", (int)before, forms[i], claims,
                                                forms[i] + before + 2)),
               "claims");
        ck_bad(signed_json(arena_printf(arena, "%.*s%s%s", (int)before, forms[i], header,
                                        forms[i] + before + 2),
                           claims),
               "header");
    }
}
END_TEST

START_TEST(a_good_object_followed_by_anything_is_refused)
{
    static const char *const tails[] = {"x", "{}", ",", "}", "]"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        const char *header = header_with(NULL, NULL);
        const char *claims = claims_with(NULL, NULL);
        ck_bad(signed_json(header, arena_printf(arena, "%s%s", claims, tails[i])), "claims");
        ck_bad(signed_json(arena_printf(arena, "%s%s", header, tails[i]), claims), "header");
    }
    const char *claims = claims_with(NULL, NULL);
    ck_bad(signed_segments(&keys.key[0], encoded_text(header_with(NULL, NULL)),
                           encoded(claims, strlen(claims) + 1)),
           "NUL after the claims");
}
END_TEST

enum { SEGMENT_TOKENS = 22 };

static void segment_tokens(const char *out[SEGMENT_TOKENS])
{
    const char *header = encoded_text(header_with(NULL, NULL));
    const char *claims = encoded_text(claims_with(NULL, NULL));
    const char *good = good_token();
    const char *signature = strrchr(good, '.') + 1;
    const char *const tokens[SEGMENT_TOKENS] = {
        "",
        ".",
        "..",
        "...",
        "a",
        "a.b.c",
        header,
        signature,
        arena_printf(arena, "%s.", header),
        arena_printf(arena, "%s..", header),
        arena_printf(arena, "%s.%s", header, claims),
        arena_printf(arena, "%s.%s.", header, claims),
        arena_printf(arena, ".%s.%s", claims, signature),
        arena_printf(arena, "%s..%s", header, signature),
        arena_printf(arena, "..%s", signature),
        arena_printf(arena, ".%s", good),
        arena_printf(arena, "%s.", good),
        arena_printf(arena, "%s.%s", good, signature),
        arena_printf(arena, "%s.%s.%s.%s", header, header, claims, signature),
        arena_printf(arena, "%s.%s.%s", claims, header, signature),
        arena_printf(arena, "%s,%s,%s", header, claims, signature),
        arena_printf(arena, "%s.%s%%2E%s", header, claims, signature),
    };
    memcpy(out, tokens, sizeof tokens);
}

START_TEST(any_other_number_of_segments_is_refused)
{
    const char *tokens[SEGMENT_TOKENS];
    segment_tokens(tokens);
    for (size_t i = 0; i < SEGMENT_TOKENS; i++) {
        ck_bad(tokens[i], "segments");
    }
}
END_TEST

START_TEST(the_signature_of_nothing_is_refused)
{
    static const char *const headers[] = {"\"none\"", "\"HS256\""};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        const char *header = encoded_text(header_with("alg", headers[i]));
        const char *claims = encoded_text(claims_with(NULL, NULL));
        ck_bad(arena_printf(arena, "%s.%s.", header, claims), "empty");
        ck_bad(arena_printf(arena, "%s.%s", header, claims), "missing");
        ck_bad(arena_printf(arena, "%s.%s.%043d", header, claims, 0), "zeros");
    }
}
END_TEST

START_TEST(padding_is_refused)
{
    const char *header = encoded_text(header_with(NULL, NULL));
    const char *claims = encoded_text(claims_with(NULL, NULL));
    for (int i = 1; i <= 3; i++) {
        const char *pad = arena_strndup(arena, "===", (size_t)i);
        const char *padded = arena_printf(arena, "%s%s", header, pad);
        ck_bad(signed_segments(&keys.key[0], padded, claims), "header");
        padded = arena_printf(arena, "%s%s", claims, pad);
        ck_bad(signed_segments(&keys.key[0], header, padded), "claims");
        ck_bad(arena_printf(arena, "%s%s", good_token(), pad), "signature");
    }
}
END_TEST

START_TEST(blanks_and_junk_around_or_inside_are_refused)
{
    static const char *const junk[] = {" ",   "\t", "\n", "\r\n", "\x01", "\xC2\xA0",
                                       "%20", "\"", "!",  "*",    "$"};
    const char *good = good_token();
    size_t sizes[] = {0,
                      5,
                      strcspn(good, "."),
                      (size_t)(strrchr(good, '.') - good) - 3,
                      (size_t)(strrchr(good, '.') - good) + 9,
                      strlen(good)};
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++) {
        for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++) {
            ck_bad(arena_printf(arena, "%.*s%s%s", (int)sizes[at], good, junk[i], good + sizes[at]),
                   "junk");
        }
    }
}
END_TEST

/* The gate decodes base64url only: with + for - or / for _ the same bytes have a second spelling. */
START_TEST(the_other_base64_alphabet_is_refused)
{
    const char *header = encoded_text(header_with(NULL, NULL));
    int seen = 0;
    for (int i = 0; i < 200; i++) {
        /* Marks of three bytes whose code needs the 62nd and 63rd letter. */
        const char *extra = arena_printf(arena, "%d,\"x\":\"%.*s>>>???\"", i, i % 3, "aaa");
        char *claims = arena_strdup(arena, encoded_text(claims_with("gen", extra)));
        ck_assert_int_eq(verdict(signed_segments(&keys.key[0], header, claims)), TOKEN_GOOD);
        char *letter = strpbrk(claims, "-_");
        if (letter) {
            *letter = *letter == '-' ? '+' : '/';
            ck_bad(signed_segments(&keys.key[0], header, claims), "claims");
            seen++;
        }
        char *token =
            arena_strdup(arena, signed_json(header_with(NULL, NULL), claims_with("gen", extra)));
        letter = strpbrk(strrchr(token, '.'), "-_");
        if (letter) {
            *letter = *letter == '-' ? '+' : '/';
            ck_bad(token, "signature");
            seen++;
        }
    }
    ck_assert_int_gt(seen, 100);
}
END_TEST

/* The last letter with one of its unused bits set. */
static const char *with_tail_bit(const char *segment, int bit)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *changed = arena_strdup(arena, segment);
    char *last = changed + strlen(changed) - 1;
    *last = letters[(strchr(letters, *last) - letters) | bit];
    ck_assert_str_ne(changed, segment);
    return changed;
}

START_TEST(bits_after_the_end_are_refused_in_each_segment)
{
    for (int blanks = 0; blanks < 3; blanks++) {
        const char *pad = arena_strndup(arena, "  ", (size_t)blanks);
        const char *header = arena_printf(arena, "%s%s", header_with(NULL, NULL), pad);
        const char *claims = arena_printf(arena, "%s%s", claims_with(NULL, NULL), pad);
        ck_assert_int_eq(verdict(signed_json(header, claims)), TOKEN_GOOD);
        const char *own = encoded_text(header);
        const char *others = encoded_text(claims);
        if (strlen(own) % 4) {
            ck_bad(signed_segments(&keys.key[0], with_tail_bit(own, 1), others), "header");
        }
        if (strlen(others) % 4) {
            ck_bad(signed_segments(&keys.key[0], own, with_tail_bit(others, 1)), "claims");
        }
    }
    ck_bad(with_tail_bit(good_token(), 1), "signature");
    ck_bad(with_tail_bit(good_token(), 2), "signature");
    ck_bad(with_tail_bit(good_token(), 3), "signature");
}
END_TEST

START_TEST(each_bit_of_the_signature_counts)
{
    const char *good = good_token();
    const char *signature = strrchr(good, '.') + 1;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    size_t size = 0;
    ck_assert_int_eq(sodium_base642bin(mac, sizeof mac, signature, strlen(signature), NULL, &size,
                                       NULL, VARIANT),
                     0);
    for (size_t bit = 0; bit < 8 * sizeof mac; bit++) {
        mac[bit / 8] = (unsigned char)(mac[bit / 8] ^ (1 << bit % 8));
        ck_bad(arena_printf(arena, "%.*s%s", (int)(signature - good), good,
                            encoded(mac, sizeof mac)),
               "one bit");
        mac[bit / 8] = (unsigned char)(mac[bit / 8] ^ (1 << bit % 8));
    }
    ck_bad(arena_strndup(arena, good, strlen(good) - 1), "cut");
    ck_bad(arena_printf(arena, "%.*s%s", (int)(signature - good), good, encoded(mac, 31)), "short");
    ck_bad(arena_printf(arena, "%s%s", good, "AAAA"), "long");
}
END_TEST

START_TEST(each_byte_of_a_token_counts)
{
    const char *good = good_token();
    for (size_t i = 0; i < strlen(good); i++) {
        char *changed = arena_strdup(arena, good);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        ck_bad(changed, "changed");
        ck_bad(arena_strndup(arena, good, i), "cut");
        ck_bad(arena_printf(arena, "%.*s%s", (int)i, good, good + i + 1), "one less");
    }
}
END_TEST

/* A blank more in the header reaches the lengths that base64 of the claims alone leaves out. */
static const char *token_with_filling(int blanks, int size)
{
    const char *header = arena_printf(arena, "%s%.*s", header_with(NULL, NULL), blanks, "  ");
    const char *extra = arena_printf(arena, "3,\"x\":\"%0*d\"", size, 0);
    return signed_json(header, claims_with("gen", extra));
}

START_TEST(an_oversize_token_is_refused)
{
    bool seen[4200] = {false};
    for (int blanks = 0; blanks < 3; blanks++) {
        for (int size = 2650; size < 2800; size++) {
            const char *token = token_with_filling(blanks, size);
            size_t length = strlen(token);
            ck_assert_uint_lt(length, sizeof seen);
            seen[length] = true;
            ck_assert_int_eq(verdict(token), length <= 4096 ? TOKEN_GOOD : TOKEN_BAD);
        }
    }
    ck_assert(seen[4095] && seen[4096] && seen[4097] && seen[4098]);
    ck_bad(token_with_filling(0, 100000), "a lot more");
}
END_TEST

START_TEST(claims_nested_without_end_are_refused)
{
    char *nested = arena_alloc(arena, 2801);
    memset(nested, '[', 2800);
    ck_bad(signed_json(header_with(NULL, NULL), claims_with("x", nested)), "never closed");
    ck_bad(signed_json(header_with("x", nested), claims_with(NULL, NULL)), "never closed");
}
END_TEST

/* --- The configured keys --------------------------------------------------------------------- */

START_TEST(keys_are_read_as_configured)
{
    struct token_keys parsed;
    ck_assert(token_keys_parse(&parsed, "2026-11:" HEX_32));
    ck_assert_int_eq(parsed.count, 1);
    ck_assert_str_eq(parsed.key[0].kid, "2026-11");
    ck_assert_int_eq(parsed.key[0].size, 32);
    ck_assert_int_eq(parsed.key[0].secret[31], 0x1f);
    ck_assert(token_keys_parse(&parsed, "abcdefghijklmnop:" HEX_64 ",b:000102030405060708090A0B0C0D"
                                        "0E0F101112131415161718191A1B1C1D1E1F20"));
    ck_assert_int_eq(parsed.count, 2);
    ck_assert_str_eq(parsed.key[0].kid, "abcdefghijklmnop");
    ck_assert_int_eq(parsed.key[0].size, 64);
    ck_assert_int_eq(parsed.key[1].size, 33);
    ck_assert_int_eq(parsed.key[1].secret[32], 0x20);
}
END_TEST

START_TEST(unusable_keys_are_refused)
{
    static const char *const texts[] = {
        NULL,
        "",
        ",",
        ":",
        "k1",
        "k1:",
        HEX_32,
        ":" HEX_32,
        "k1=" HEX_32,
        "k1:00",
        "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
        "k1:" HEX_32 "0",
        "k1:" HEX_64 "00",
        "k1:" HEX_32 " ",
        "k1: " HEX_32,
        "k1:" HEX_32 "zz",
        "k1:0x" HEX_32,
        "k1:zz" HEX_32,
        "abcdefghijklmnopq:" HEX_32,
        ","
        "k1:" HEX_32,
        "k1:" HEX_32 ",",
        "k1:" HEX_32 ",k0:" OTHER_32 ",",
        "k1:" HEX_32 ",k0",
        "k1:" HEX_32 ",k0:00",
        "k1:" HEX_32 ",:" OTHER_32,
        "k1:" HEX_32 ",,k0:" OTHER_32,
        "k1:" HEX_32 ";k0:" OTHER_32,
        "k1:" HEX_32 ",k1:" OTHER_32,
        "k1:" HEX_32 ",k0:" OTHER_32 ",k2:" HEX_64,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct token_keys parsed;
        ck_assert_msg(!token_keys_parse(&parsed, texts[i]), "%s", texts[i] ? texts[i] : "none");
    }
}
END_TEST

/* --- The stage ------------------------------------------------------------------------------- */

static const struct route closed = {.tiers = ANY_TIER, .permission = UNIT_READ};
static const struct route open_to_all = {.tiers = ANYONE};

static bool presented(const struct route *route, const char *authorization)
{
    request_again();
    request->route = route;
    if (authorization) {
        add_header("Authorization", authorization);
    }
    return token_check(request);
}

/* Made as if so many seconds ago. */
static const char *token_of_age(int64_t age)
{
    struct caller caller = {USER, SESSION, "1", SLICE_COMMUNE, DUTY_OFFICER};
    return token_issue(&keys, arena, &caller, time(NULL) - age);
}

START_TEST(a_bearer_token_becomes_the_caller)
{
    static const char *const schemes[] = {"Bearer", "bearer", "BEARER"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        const char *value = arena_printf(arena, "%s %s", schemes[i], token_of_age(0));
        went_on(presented(&closed, value), schemes[i]);
        ck_assert_str_eq(request->caller.user_id, USER);
        ck_assert_int_eq(request->caller.slice, SLICE_COMMUNE);
    }
}
END_TEST

START_TEST(without_a_bearer_token_one_is_missing)
{
    static const char *const values[] = {NULL,          "",
                                         "Bearer",      "Basic YTpi",
                                         "Bearertoken", " Bearer a.b.c",
                                         "Token a.b.c", "Bearer\ta.b.c"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        refused(presented(&closed, values[i]), TOKEN_MISSING, values[i] ? values[i] : "none");
    }
    refused(presented(&closed, token_of_age(0)), TOKEN_MISSING, "the token alone");
}
END_TEST

START_TEST(a_hostile_token_is_invalid_and_an_old_one_expired)
{
    refused(presented(&closed, "Bearer "), TOKEN_INVALID, "empty");
    refused(presented(&closed, "Bearer a.b.c"), TOKEN_INVALID, "nonsense");
    const char *value = arena_printf(arena, "Bearer  %s", token_of_age(0));
    refused(presented(&closed, value), TOKEN_INVALID, "two blanks");
    value = arena_printf(arena, "Bearer %s, Bearer %s", token_of_age(0), token_of_age(0));
    refused(presented(&closed, value), TOKEN_INVALID, "two tokens");
    value = arena_printf(arena, "Bearer %s", token_of_age(901));
    refused(presented(&closed, value), TOKEN_EXPIRED, "old");
    value = arena_printf(arena, "Bearer %s", token_of_age(-300));
    refused(presented(&closed, value), TOKEN_INVALID, "of the future");
}
END_TEST

START_TEST(routes_for_anyone_look_at_no_token)
{
    went_on(presented(&open_to_all, NULL), "none");
    went_on(presented(&open_to_all, "Bearer a.b.c"), "nonsense");
    went_on(presented(&open_to_all, arena_printf(arena, "Bearer %s", token_of_age(0))), "good");
    ck_assert_int_eq(request->caller.slice, SLICE_NONE);
}
END_TEST

/* --- All of it over the stage ---------------------------------------------------------------- */

enum { HOSTILE_ROOM = 400, HOSTILE_LEAST = 200 };

struct hostile {
    const char *what;
    const char *token;
};

static struct hostile hostile[HOSTILE_ROOM];
static size_t hostile_count;

/* Each counts once. */
static void add_hostile(const char *what, const char *token)
{
    for (size_t i = 0; i < hostile_count; i++) {
        if (strcmp(hostile[i].token, token) == 0) {
            return;
        }
    }
    ck_assert_uint_lt(hostile_count, HOSTILE_ROOM);
    hostile[hostile_count++] = (struct hostile){what, token};
}

static void add_members(void)
{
    for (size_t table = 0; table < ROWS(refused_members); table++) {
        bool of_header = refused_members[table].of_header;
        for (size_t i = 0; i < refused_members[table].count; i++) {
            const struct change *change = &refused_members[table].changes[i];
            const char *header =
                of_header ? header_with(change->name, change->value) : header_with(NULL, NULL);
            const char *claims =
                of_header ? claims_with(NULL, NULL) : claims_with(change->name, change->value);
            add_hostile(change->what, signed_json(header, claims));
        }
    }
}

static void add_keyed(const char *what, const void *secret, size_t size)
{
    struct token_key key = {.size = (int)size};
    memcpy(key.secret, secret, size);
    add_hostile(what, signed_segments(&key, encoded_text(header_with(NULL, NULL)),
                                      encoded_text(claims_with(NULL, NULL))));
}

static void add_signatures(void)
{
    const char *header = header_with(NULL, NULL);
    const char *claims = claims_with(NULL, NULL);
    const char *text = arena_printf(arena, "%s.%s", encoded_text(header), encoded_text(claims));
    unsigned char mac[crypto_auth_hmacsha512_BYTES];
    crypto_auth_hmacsha512(mac, (const unsigned char *)text, strlen(text), keys.key[0].secret);
    add_hostile("HMAC of SHA-512", arena_printf(arena, "%s.%s", text, encoded(mac, sizeof mac)));
    add_hostile("half of it", arena_printf(arena, "%s.%s", text, encoded(mac, 32)));
    crypto_hash_sha256(mac, (const unsigned char *)text, strlen(text));
    add_hostile("a hash without key", arena_printf(arena, "%s.%s", text, encoded(mac, 32)));
    add_hostile("the text as signature", arena_printf(arena, "%s.%.43s", text, text));
    add_keyed("the key's hex", HEX_32, strlen(HEX_32));
    add_keyed("the key's name", "k1", 2);
    add_keyed("an empty key", "", 0);
    add_keyed("the other key", keys.key[1].secret, 32);
    add_keyed("a public key", "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYI", 47);
}

static void add_forms(void)
{
    const char *header = encoded_text(header_with(NULL, NULL));
    const char *claims = encoded_text(claims_with(NULL, NULL));
    const char *good = good_token();
    char *deep = arena_alloc(arena, 2001);
    memset(deep, '[', 2000);
    const char *const tokens[] = {
        signed_segments(&keys.key[0], arena_printf(arena, "%s=", header), claims),
        signed_segments(&keys.key[0], header, arena_printf(arena, "%s=", claims)),
        signed_segments(&keys.key[0], header, arena_printf(arena, "%s==", claims)),
        arena_printf(arena, "%s=", good),
        arena_printf(arena, " %s", good),
        arena_printf(arena, "%s ", good),
        arena_printf(arena, "%s\n", good),
        arena_printf(arena, "\"%s\"", good),
        arena_printf(arena, "%sA", good),
        arena_strndup(arena, good, strlen(good) - 1),
        with_tail_bit(good, 1),
        with_tail_bit(good, 2),
        signed_segments(&keys.key[0], header, arena_printf(arena, "%sA", claims)),
        signed_segments(&keys.key[0], arena_printf(arena, "\n%s", header), claims),
        signed_segments(&keys.key[0], header, encoded("{}\0", 3)),
        signed_segments(&keys.key[0], header, encoded("\xEF\xBB\xBF{}", 5)),
        signed_segments(&keys.key[0], header, encoded_text("[]")),
        signed_segments(&keys.key[0], header, encoded_text("{}")),
        signed_segments(&keys.key[0], encoded_text("{}"), claims),
        signed_segments(&keys.key[0], claims, header),
        token_with_filling(0, 2800),
        token_with_filling(0, 20000),
        signed_json(header_with(NULL, NULL), claims_with("x", deep)),
        signed_json(header_with("x", deep), claims_with(NULL, NULL)),
        signed_json(header_with(NULL, NULL), claims_with("x", "{\"sub\":1}")),
        signed_json(header_with(NULL, NULL), claims_with("exp", "1")),
        signed_json(header_with(NULL, NULL), claims_with("exp", "-1")),
    };
    for (size_t i = 0; i < ROWS(tokens); i++) {
        add_hostile("form", tokens[i]);
    }
    const char *segments[SEGMENT_TOKENS];
    segment_tokens(segments);
    for (size_t i = 0; i < SEGMENT_TOKENS; i++) {
        add_hostile("segments", segments[i]);
    }
}

static void is_a_401(const struct hostile *row)
{
    bool old = verdict(row->token) == TOKEN_TOO_OLD;
    const char *value = arena_printf(arena, "Bearer %s", row->token);
    refused(presented(&closed, value), old ? TOKEN_EXPIRED : TOKEN_INVALID, row->what);
    problem_reply(request);
    ck_assert_int_eq(request->reply.status, 401);
    ck_assert_str_eq(request->reply.content_type, "application/problem+json");
    ck_assert_ptr_nonnull(reply_header_value("WWW-Authenticate"));
    ck_assert_ptr_nonnull(strstr(request->reply.body, old ? "token_expired" : "token_invalid"));
}

/* The stage has the real clock. The one of these tokens is half a minute ahead of it, so that what
 * begins too late still does when the last one has been presented. */
START_TEST(every_hostile_token_is_a_401)
{
    now = time(NULL) + 30;
    hostile_count = 0;
    add_members();
    add_signatures();
    add_forms();
    ck_assert_uint_ge(hostile_count, HOSTILE_LEAST);
    service.token_cache = token_cache_new();
    for (int again = 0; again < 2; again++) { /* a cache must not come to like what it was shown */
        for (size_t i = 0; i < hostile_count; i++) {
            ck_assert_msg(verdict(hostile[i].token) != TOKEN_GOOD, "%s", hostile[i].what);
            is_a_401(&hostile[i]);
        }
        went_on(presented(&closed, arena_printf(arena, "Bearer %s", good_token())), "good");
    }
    token_cache_free(service.token_cache);
}
END_TEST

static TCase *own_case(void)
{
    TCase *tests = tcase_create("own");
    tcase_add_checked_fixture(tests, open_tokens, request_close);
    tcase_add_test(tests, a_token_comes_back_as_the_caller);
    tcase_add_test(tests, a_token_is_signed_as_another_library_would);
    tcase_add_test(tests, a_generation_may_be_as_large_as_the_database_counts);
    tcase_add_test(tests, a_token_lives_fifteen_minutes);
    tcase_add_test(tests, the_key_before_still_verifies);
    tcase_add_test(tests, keys_are_read_as_configured);
    tcase_add_test(tests, unusable_keys_are_refused);
    tcase_add_test(tests, a_bearer_token_becomes_the_caller);
    tcase_add_test(tests, without_a_bearer_token_one_is_missing);
    tcase_add_test(tests, a_hostile_token_is_invalid_and_an_old_one_expired);
    tcase_add_test(tests, routes_for_anyone_look_at_no_token);
    tcase_add_test(tests, every_hostile_token_is_a_401);
    return tests;
}

static TCase *member_case(void)
{
    TCase *tests = tcase_create("members");
    tcase_add_checked_fixture(tests, open_tokens, request_close);
    tcase_add_test(tests, any_other_algorithm_is_refused);
    tcase_add_test(tests, a_key_that_is_not_ours_is_refused);
    tcase_add_test(tests, any_other_type_of_token_is_refused);
    tcase_add_test(tests, a_header_that_asks_for_more_is_refused);
    tcase_add_test(tests, a_repeated_member_of_the_header_is_refused);
    tcase_add_test(tests, a_repeated_claim_is_refused);
    tcase_add_test(tests, a_token_of_or_for_somebody_else_is_refused);
    tcase_add_test(tests, a_caller_that_cannot_be_is_refused);
    tcase_add_test(tests, an_unknown_slice_or_duty_is_refused);
    tcase_add_test(tests, times_that_cannot_be_are_refused);
    tcase_add_test(tests, a_beginning_is_honoured);
    tcase_add_test(tests, an_expired_token_is_told_apart);
    return tests;
}

static TCase *form_case(void)
{
    TCase *tests = tcase_create("form");
    tcase_add_checked_fixture(tests, open_tokens, request_close);
    tcase_add_test(tests, the_signature_of_another_key_is_refused);
    tcase_add_test(tests, a_segment_that_is_no_json_object_is_refused);
    tcase_add_test(tests, claims_in_loose_json_are_refused);
    tcase_add_test(tests, a_good_object_within_anything_is_refused);
    tcase_add_test(tests, a_good_object_followed_by_anything_is_refused);
    tcase_add_test(tests, any_other_number_of_segments_is_refused);
    tcase_add_test(tests, the_signature_of_nothing_is_refused);
    tcase_add_test(tests, padding_is_refused);
    tcase_add_test(tests, blanks_and_junk_around_or_inside_are_refused);
    tcase_add_test(tests, the_other_base64_alphabet_is_refused);
    tcase_add_test(tests, bits_after_the_end_are_refused_in_each_segment);
    tcase_add_test(tests, each_bit_of_the_signature_counts);
    tcase_add_test(tests, each_byte_of_a_token_counts);
    tcase_add_test(tests, an_oversize_token_is_refused);
    tcase_add_test(tests, claims_nested_without_end_are_refused);
    return tests;
}

Suite *token_suite(void)
{
    Suite *suite = suite_create("token");
    suite_add_tcase(suite, own_case());
    suite_add_tcase(suite, member_case());
    suite_add_tcase(suite, form_case());
    return suite;
}
