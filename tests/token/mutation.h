/* Small edits of texts and of JSON objects, by chance that is the same in each run. Included once:
 * differential_test.c makes the arena and seeds `state`. */
#ifndef ANSINH_TESTS_MUTATION_H
#define ANSINH_TESTS_MUTATION_H

#include <ctype.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>

#include "middleware/arena.h"
#include "middleware/render.h"

#define ROWS(table) (sizeof table / sizeof *(table))
#define PICK(table) ((table)[below(ROWS(table))])

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

static uint64_t state;
static struct arena *arena; /* of one token */

/* SplitMix64: the same numbers on every machine. */
static uint64_t random_bits(void)
{
    uint64_t bits = state += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    return bits ^ bits >> 31;
}

static size_t below(size_t count)
{
    return random_bits() % count;
}

static bool once_in(size_t count)
{
    return below(count) == 0;
}

/* --- Texts ----------------------------------------------------------------------------------- */

static const char base64_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char token_letters[] = "AZaz09-_-_+/==..,% \t\n\"\x7f\x80\xff";
static const char json_letters[] =
    "{}[]\"\"::,,\\\\ \t\n\r\f\v/u0123456789eE+-.-.tfnaé\x01\x1f\x7f\x80\xc0\xc3\xed\xa0\xff";

/* The text with `cut` bytes from `at` replaced by another text. */
static const char *spliced(const char *text, size_t at, size_t cut, const char *with)
{
    return arena_printf(arena, "%.*s%s%s", (int)at, text, with, text + at + cut);
}

/* One small edit, with the letters that matter in such a text. */
static const char *edited(const char *text, const char *letters)
{
    size_t size = strlen(text);
    if (size < 2) {
        return letters;
    }
    size_t at = below(size);
    size_t more = below(size - at > 20 ? 20 : size - at);
    char letter[2] = {letters[below(strlen(letters))], '\0'};
    char other_case[2] = {(char)(isalpha((unsigned char)text[at]) ? text[at] ^ 0x20 : text[at]),
                          '\0'};
    char flipped[2] = {(char)(text[at] ^ 1 << below(8)), '\0'};
    char swapped[3] = {text[at + 1], text[at], '\0'};
    switch (below(9)) {
    case 0:
        return spliced(text, at, 1, letter);
    case 1:
        return spliced(text, at, 1, "");
    case 2:
        return spliced(text, at, 0, letter);
    case 3:
        return spliced(text, at, 1, other_case);
    case 4:
        return spliced(text, at, 1, flipped);
    case 5:
        return at + 1 < size ? spliced(text, at, 2, swapped) : spliced(text, size, 0, letter);
    case 6:
        return spliced(text, at, 0, arena_strndup(arena, text + at, more + 1));
    case 7:
        return spliced(text, at, more + 1, "");
    default:
        return once_in(2) ? arena_strndup(arena, text, at) : spliced(text, 0, 0, letter);
    }
}

static const char *encoded(const void *bytes, size_t size, int variant)
{
    size_t room = sodium_base64_encoded_len(size, variant);
    return sodium_bin2base64(arena_alloc(arena, room), room, bytes, size, variant);
}

/* --- JSON objects ---------------------------------------------------------------------------- */

enum { MEMBERS_MAX = 16 };

struct member {
    const char *name; /* raw JSON, as the value is */
    const char *value;
};

struct object {
    int count;
    struct member members[MEMBERS_MAX];
};

/* Raw JSON, and what looks like it, with a bar between. */
static const char names[] =
    "\"alg\"|\"kid\"|\"typ\"|\"iss\"|\"aud\"|\"sub\"|\"sid\"|\"gen\"|\"slice\"|\"duty\"|"
    "\"iat\"|\"exp\"|\"nbf\"|\"crit\"|\"jku\"|\"jwk\"|\"b64\"|\"\\u0061lg\"|\"Alg\"|\"EXP\"|"
    "\"\"|\"x\"|\"jti\"|\"é\"|\"\\ud83d\\ude00\"|\"\\u0000\"|\"su\\u0062\"|exp";

static const char values[] =
    "null|true|false|0|-0|1|-1|3.0|3e0|-0.0|1E+2|1e-400|1e400|01|1.|.5|+1|0x10|NaN|Infinity|"
    "-Infinity|9223372036854775807|9223372036854775808|-9223372036854775808|"
    "-9223372036854775809|99999999999999999999999999999999999999|1800000000|1800000060|"
    "1800000061|1799999100|1800000900|1800000901|1800000000.0|\"1800000900\"|18e8|\"\"|"
    "\"HS256\"|\"HS512\"|\"none\"|\"hs256\"|\"HS\\u003256\"|\"JWT\"|\"jwt\"|\"at+jwt\"|\"k1\"|"
    "\"k0\"|\"k2\"|\"k1\\u0000\"|\"ansinh\"|\"ansinh-api\"|[\"ansinh-api\"]|\"nation\"|"
    "\"Nation\"|\"collector\"|\"manager\"|\"viewer\"|\"owner\"|[]|{}|[[]]|{\"exp\":1}|\"[{\"|"
    "\"\\\"\"|\"\\ud800\"|\"\\udc00\\ud800\"|\"\\ud83d\\ude00\"|\"\\u0000\"|\"\\u00e9\"|\"é\"|"
    "\"\xed\xa0\x80\"|\"\xc0\xaf\"|\"\xf4\x90\x80\x80\"|\"\xf0\x9f\x98\x80\"|\"\x7f\"|\"\t\"|"
    "\"\\x\"|\"\\/\"|\"01a201a1-0000-7000-8000-00000000cccc\"|"
    "\"01A201A1-0000-7000-8000-00000000CCCC\"|'a'||\"a";

static const char *word_of(const char *list)
{
    size_t bars = 0;
    for (const char *at = list; *at; at++) {
        bars += *at == '|';
    }
    for (size_t skip = below(bars + 1); skip > 0; skip--) {
        list = strchr(list, '|') + 1;
    }
    return arena_strndup(arena, list, strcspn(list, "|"));
}

static void add(struct object *object, const char *name, const char *value)
{
    if (object->count < MEMBERS_MAX) {
        object->members[object->count++] = (struct member){name, value};
    }
}

static void swap_members(struct object *object, size_t i, size_t j)
{
    struct member member = object->members[i];
    object->members[i] = object->members[j];
    object->members[j] = member;
}

static void mutate_members(struct object *object)
{
    size_t i = below((size_t)object->count);
    size_t j = below((size_t)object->count);
    struct member *member = &object->members[i];
    switch (below(9)) {
    case 0:
        member->value = word_of(values);
        break;
    case 1:
        *member = object->members[--object->count];
        break;
    case 2:
        add(object, member->name, once_in(2) ? member->value : word_of(values));
        break;
    case 3:
        member->name = once_in(2) ? word_of(names) : edited(member->name, json_letters);
        break;
    case 4:
        member->value = edited(member->value, json_letters);
        break;
    case 5:
        add(object, word_of(names), word_of(values));
        swap_members(object, i, (size_t)object->count - 1);
        break;
    case 6:
        member->value = object->members[j].value;
        break;
    case 7: /* a digit for a digit: another caller, or another time */
        j = below(strlen(member->value) + 1);
        if (isxdigit((unsigned char)member->value[j])) {
            member->value = spliced(member->value, j, 1, arena_printf(arena, "%zx", below(16)));
        }
        break;
    default:
        swap_members(object, i, j);
    }
}

static const char *json_of(const struct object *object)
{
    static const char *const blanks[] = {"", "", "", "", " ", "\n", "\t", "\r\n  "};
    struct render out;
    render_init(&out, arena);
    render_text(&out, PICK(blanks));
    for (int i = 0; i < object->count; i++) {
        render_text(&out, i ? "," : "{");
        render_text(&out, PICK(blanks));
        render_text(&out, object->members[i].name);
        render_text(&out, PICK(blanks));
        render_text(&out, ":");
        render_text(&out, PICK(blanks));
        render_text(&out, object->members[i].value);
    }
    render_text(&out, PICK(blanks));
    render_text(&out, "}");
    render_text(&out, PICK(blanks));
    return arena_strndup(arena, out.data, out.size);
}

static const char *edited_json(const char *json)
{
    switch (below(30)) {
    case 0:
        return word_of(values);
    case 1:
        return arena_printf(arena, "[%s]", json);
    case 2:
        return arena_printf(arena, "\xef\xbb\xbf%s", json);
    case 3:
        return arena_printf(arena, "%s%s", json, json);
    default:
        return edited(json, json_letters);
    }
}

#endif
