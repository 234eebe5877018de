/* Checking a value against a compiled schema: one walk, every flaw with its place. */
#include "middleware/schema_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "middleware/text.h"

/* Where in the value the walk is: a chain on the stack, spelt out only for a flaw. */
struct place {
    const struct place *up;
    const char *key; /* NULL for an item of an array */
    size_t index;
    int depth;
};

static bool check_value(struct check *check, const struct place *place, const struct schema *schema,
                        json_t *value);

static const char *pointer_step(struct arena *arena, const char *key)
{
    char *step = arena_alloc(arena, strlen(key) * 2 + 1);
    char *out = step;
    for (; *key; key++) {
        bool escaped = *key == '~' || *key == '/';
        *out++ = escaped ? '~' : *key;
        if (escaped) {
            *out++ = *key == '~' ? '0' : '1';
        }
    }
    return step;
}

/* RFC 6901. */
static const char *pointer_text(struct arena *arena, const struct place *place)
{
    if (!place->up) {
        return "";
    }
    const char *above = pointer_text(arena, place->up);
    return place->key ? arena_printf(arena, "%s/%s", above, pointer_step(arena, place->key))
                      : arena_printf(arena, "%s/%zu", above, place->index);
}

/* No flaw more will be reported: a hostile value must not cost the rest of its size in memory. */
static bool enough(const struct check *check)
{
    return check->quiet || check->req->problem.flaw_count >= MAX_FLAWS;
}

/* Always false, as fail_at() is. */
static bool flaw(struct check *check, const struct place *place, enum flaw_kind kind,
                 const char *argument)
{
    if (enough(check)) {
        return false;
    }
    const char *name = check->name ? check->name : pointer_text(check->req->arena, place);
    return fail_at(check->req, INVALID_REQUEST, check->where, name, kind, argument);
}

static bool flaw_of_size(struct check *check, const struct place *place, enum flaw_kind kind,
                         size_t limit)
{
    const char *figure = enough(check) ? NULL : arena_printf(check->req->arena, "%zu", limit);
    return flaw(check, place, kind, figure);
}

static bool is_allowed(ucs4_t uc)
{
    bool control = uc < 0x20 || uc == 0x7F; /* names and reasons are one line */
    bool noncharacter = (uc & 0xFFFE) == 0xFFFE || (uc >= 0xFDD0 && uc <= 0xFDEF);
    return !control && !noncharacter;
}

static bool is_text(const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    ucs4_t uc;
    for (int step = u8_strmbtouc(&uc, at); step > 0; step = u8_strmbtouc(&uc, at)) {
        if (!is_allowed(uc)) {
            return false;
        }
        at += step;
    }
    return *at == '\0';
}

static void *arena_for_match(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void keep_for_arena(void *memory, void *arena)
{
    (void)memory;
    (void)arena;
}

/* The matcher's working memory (20 KiB) is made at the first pattern and serves the whole walk. */
static bool matches(struct check *check, const struct schema *schema, const char *text)
{
    if (!check->match) {
        pcre2_general_context *memory =
            pcre2_general_context_create(arena_for_match, keep_for_arena, check->req->arena);
        check->match_limit = pcre2_match_context_create(memory);
        pcre2_set_match_limit(check->match_limit, MAX_STEPS);
        check->match = pcre2_match_data_create(1, memory);
    }
    return pcre2_match(schema->pattern, (PCRE2_SPTR)text, strlen(text), 0, PCRE2_NO_UTF_CHECK,
                       check->match, check->match_limit) >= 0;
}

/* The shortest complaint first: a text of the wrong length is not worth matching. */
static bool check_string(struct check *check, const struct place *place,
                         const struct schema *schema, json_t *value)
{
    const char *text = json_string_value(value);
    if (!is_text(text)) {
        return flaw(check, place, FLAW_NOT_TEXT, NULL);
    }
    const char *nfc = text_nfc(check->req->arena, text);
    if (nfc != text && json_string_set(value, nfc)) {
        return fail(check->req, INTERNAL);
    }
    text = json_string_value(value);
    size_t length = text_length(text);
    if (length < schema->min_length) {
        return flaw_of_size(check, place, FLAW_TOO_SHORT, schema->min_length);
    }
    if (length > schema->max_length) {
        return flaw_of_size(check, place, FLAW_TOO_LONG, schema->max_length);
    }
    if (schema->pattern && !matches(check, schema, text)) {
        return flaw(check, place, FLAW_PATTERN, schema->pattern_text);
    }
    if (schema->format && !schema->format->matches(text)) {
        return flaw(check, place, FLAW_FORMAT, schema->format->name);
    }
    return true;
}

/* long double holds every int64 and every double exactly. */
static long double number_of(const json_t *number)
{
    return json_is_integer(number) ? (long double)json_integer_value(number)
                                   : (long double)json_real_value(number);
}

static bool flaw_of_number(struct check *check, const struct place *place, enum flaw_kind kind,
                           const json_t *limit)
{
    struct arena *arena = check->req->arena;
    const char *figure =
        json_is_integer(limit)
            ? arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(limit))
            : arena_printf(arena, "%.15g", json_real_value(limit));
    return flaw(check, place, kind, figure);
}

static bool check_number(struct check *check, const struct place *place,
                         const struct schema *schema, json_t *value)
{
    if (schema->minimum && number_of(value) < number_of(schema->minimum)) {
        return flaw_of_number(check, place, FLAW_TOO_SMALL, schema->minimum);
    }
    if (schema->maximum && number_of(value) > number_of(schema->maximum)) {
        return flaw_of_number(check, place, FLAW_TOO_LARGE, schema->maximum);
    }
    return true;
}

static bool is_repeated(json_t *array, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (json_equal(json_array_get(array, i), json_array_get(array, index))) {
            return true;
        }
    }
    return false;
}

static bool check_array(struct check *check, const struct place *place, const struct schema *schema,
                        json_t *value)
{
    size_t size = json_array_size(value);
    if (size < schema->min_items) {
        return flaw_of_size(check, place, FLAW_TOO_FEW, schema->min_items);
    }
    if (size > schema->max_items) {
        return flaw_of_size(check, place, FLAW_TOO_MANY, schema->max_items);
    }
    bool good = true;
    for (size_t i = 0; i < size && (good || !enough(check)); i++) {
        struct place item = {place, NULL, i, place->depth + 1};
        const struct schema *wanted = schema->items ? schema->items : &schema_anything;
        good = check_value(check, &item, wanted, json_array_get(value, i)) && good;
        if (schema->unique && is_repeated(value, i)) {
            good = flaw(check, &item, FLAW_NOT_UNIQUE, NULL);
        }
    }
    return good;
}

static bool check_required(struct check *check, const struct place *place,
                           const struct schema *schema, json_t *value)
{
    bool good = true;
    size_t i;
    json_t *name;
    json_array_foreach(schema->required, i, name) {
        if (!json_object_get(value, json_string_value(name))) {
            struct place member = {place, json_string_value(name), 0, place->depth + 1};
            good = flaw(check, &member, FLAW_REQUIRED, NULL);
        }
    }
    return good;
}

static bool check_undeclared(struct check *check, const struct place *place,
                             const struct schema *schema, json_t *value)
{
    bool good = true;
    const char *name;
    json_t *given;
    json_object_foreach(value, name, given) {
        struct place member = {place, name, 0, place->depth + 1};
        if (json_object_get(schema->declared, name)) {
            continue;
        }
        good = (schema->closed ? flaw(check, &member, FLAW_UNKNOWN, NULL)
                               : check_value(check, &member, &schema_anything, given)) &&
               good;
        if (!good && enough(check)) {
            break;
        }
    }
    return good;
}

static bool check_object(struct check *check, const struct place *place,
                         const struct schema *schema, json_t *value)
{
    bool good = true;
    for (size_t i = 0; i < schema->property_count && (good || !enough(check)); i++) {
        const struct property *property = &schema->properties[i];
        json_t *given = json_object_get(value, property->name);
        struct place member = {place, property->name, 0, place->depth + 1};
        good = (!given || check_value(check, &member, property->schema, given)) && good;
    }
    good = check_required(check, place, schema, value) && good;
    return check_undeclared(check, place, schema, value) && good;
}

static bool is_choice(const struct schema *schema, const json_t *value)
{
    size_t i;
    json_t *choice;
    json_array_foreach(schema->choices, i, choice) {
        if (json_equal(choice, value)) {
            return true;
        }
    }
    return !schema->choices;
}

static bool has_type(const struct schema *schema, const json_t *value)
{
    static const unsigned types[] = {
        [JSON_OBJECT] = TYPE_OBJECT, [JSON_ARRAY] = TYPE_ARRAY,
        [JSON_STRING] = TYPE_STRING, [JSON_INTEGER] = TYPE_INTEGER | TYPE_NUMBER,
        [JSON_REAL] = TYPE_NUMBER,   [JSON_TRUE] = TYPE_BOOLEAN,
        [JSON_FALSE] = TYPE_BOOLEAN, [JSON_NULL] = TYPE_NULL,
    };
    return schema->types == 0 || (schema->types & types[json_typeof(value)]);
}

/* A branch of another type, or one whose fixed property (a const or single enum, such as the kind
 * of a thing) has another value, cannot be what the caller meant. */
static bool is_ruled_out(const struct schema *branch, const json_t *value)
{
    if (!has_type(branch, value)) {
        return true;
    }
    for (size_t i = 0; i < branch->property_count; i++) {
        const struct property *property = &branch->properties[i];
        const json_t *given = json_object_get(value, property->name);
        if (given && json_array_size(property->schema->choices) == 1 &&
            !is_choice(property->schema, given)) {
            return true;
        }
    }
    return false;
}

static size_t count_fitting(struct check *check, const struct place *place,
                            const struct schema *schema, json_t *value)
{
    bool quiet = check->quiet;
    size_t fitting = 0;
    check->quiet = true;
    for (size_t i = 0; i < schema->branch_count; i++) {
        fitting += !is_ruled_out(schema->branches[i], value) &&
                   check_value(check, place, schema->branches[i], value);
    }
    check->quiet = quiet;
    return fitting;
}

/* Where only one branch is possible its own flaws help; otherwise there is no telling which of
 * them the caller meant, and the whole place is named. */
static bool check_branches(struct check *check, const struct place *place,
                           const struct schema *schema, json_t *value)
{
    const struct schema *only = NULL;
    size_t possible = 0;
    for (size_t i = 0; i < schema->branch_count; i++) {
        if (!is_ruled_out(schema->branches[i], value)) {
            only = schema->branches[i];
            possible++;
        }
    }
    if (possible == 1) {
        return check_value(check, place, only, value);
    }
    return count_fitting(check, place, schema, value) == 1 ||
           flaw(check, place, FLAW_FORMAT, "oneOf");
}

static bool check_value(struct check *check, const struct place *place, const struct schema *schema,
                        json_t *value)
{
    static bool (*const checks[])(struct check *, const struct place *, const struct schema *,
                                  json_t *) = {
        [JSON_OBJECT] = check_object,  [JSON_ARRAY] = check_array, [JSON_STRING] = check_string,
        [JSON_INTEGER] = check_number, [JSON_REAL] = check_number, [JSON_TRUE] = NULL,
        [JSON_FALSE] = NULL,           [JSON_NULL] = NULL,
    };
    bool nested = json_is_object(value) || json_is_array(value);
    if (nested && place->depth >= MAX_NESTING) {
        return flaw_of_size(check, place, FLAW_TOO_DEEP, MAX_NESTING);
    }
    if (!has_type(schema, value)) {
        return flaw(check, place, FLAW_TYPE, schema->type_text);
    }
    if (checks[json_typeof(value)] && !checks[json_typeof(value)](check, place, schema, value)) {
        return false;
    }
    if (!is_choice(schema, value)) {
        return flaw(check, place, FLAW_ENUM, schema->choices_text);
    }
    return schema->branch_count == 0 || check_branches(check, place, schema, value);
}

bool check_json(struct check *check, const struct schema *schema, json_t *value)
{
    struct place root = {NULL, NULL, 0, 0};
    return check_value(check, &root, schema, value);
}

bool schema_check_json(struct request *req, const struct schema *schema, json_t *value)
{
    struct check check = {.req = req, .where = "pointer"};
    return check_json(&check, schema, value);
}
