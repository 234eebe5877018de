/* The keywords of JSON Schema that the contract may use: one function for each, found in one table. */
#include "middleware/schema_internal.h"

#include <stdlib.h>
#include <string.h>

static bool refuse_keyword(struct schema_set *set, const struct schema *schema,
                           const struct keyword *keyword, const char *wanted)
{
    return schema_refuse(set, schema->place, "%s must be %s", keyword->name, wanted);
}

static void release_json(void *json)
{
    json_decref(json);
}

static void release_pattern(void *pattern)
{
    pcre2_code_free(pattern);
}

/* "a, b" and one more. */
static const char *joined(struct schema_set *set, const char *list, const char *next)
{
    return list ? arena_printf(set->arena, "%s, %s", list, next) : next;
}

static const struct {
    const char *name;
    unsigned bits;
} type_rows[] = {
    {"null", TYPE_NULL},     {"boolean", TYPE_BOOLEAN}, {"integer", TYPE_INTEGER},
    {"number", TYPE_NUMBER}, {"string", TYPE_STRING},   {"array", TYPE_ARRAY},
    {"object", TYPE_OBJECT},
};

static unsigned type_bit(const char *name)
{
    for (size_t i = 0; name && i < sizeof type_rows / sizeof *type_rows; i++) {
        if (strcmp(type_rows[i].name, name) == 0) {
            return type_rows[i].bits;
        }
    }
    return 0;
}

static bool read_type(struct schema_set *set, struct schema *schema, json_t *value,
                      const struct keyword *keyword)
{
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0; i < count; i++) {
        const char *name =
            json_string_value(json_is_array(value) ? json_array_get(value, i) : value);
        unsigned bit = type_bit(name);
        if (!bit || (schema->types & bit)) {
            return refuse_keyword(set, schema, keyword, "a type or a list of different types");
        }
        schema->types |= bit;
        schema->type_text = joined(set, schema->type_text, name);
    }
    return count > 0 || refuse_keyword(set, schema, keyword, "a type or a list of different types");
}

static const char *choice_text(struct schema_set *set, json_t *choice)
{
    if (json_is_string(choice)) {
        return json_string_value(choice);
    }
    char *text = json_dumps(choice, JSON_ENCODE_ANY | JSON_COMPACT);
    if (!text) {
        return "";
    }
    arena_defer(set->arena, free, text);
    return text;
}

static bool set_choices(struct schema_set *set, struct schema *schema, json_t *choices)
{
    if (schema->choices) {
        return schema_refuse(set, schema->place, "enum beside const");
    }
    schema->choices = choices;
    size_t i;
    json_t *choice;
    json_array_foreach(choices, i, choice) {
        schema->choices_text = joined(set, schema->choices_text, choice_text(set, choice));
    }
    return true;
}

static bool read_enum(struct schema_set *set, struct schema *schema, json_t *value,
                      const struct keyword *keyword)
{
    if (json_array_size(value) == 0) {
        return refuse_keyword(set, schema, keyword, "a list of values");
    }
    return set_choices(set, schema, value);
}

static bool read_const(struct schema_set *set, struct schema *schema, json_t *value,
                       const struct keyword *keyword)
{
    json_t *choices = json_array();
    arena_defer(set->arena, release_json, choices);
    if (json_array_append(choices, value)) {
        return refuse_keyword(set, schema, keyword, "a value");
    }
    return set_choices(set, schema, choices);
}

static bool read_count(struct schema_set *set, struct schema *schema, json_t *value,
                       const struct keyword *keyword)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        return refuse_keyword(set, schema, keyword, "a whole number, 0 or more");
    }
    size_t count = (size_t)json_integer_value(value);
    memcpy((char *)schema + keyword->offset, &count, sizeof count);
    return true;
}

static bool read_limit(struct schema_set *set, struct schema *schema, json_t *value,
                       const struct keyword *keyword)
{
    if (!json_is_number(value)) {
        return refuse_keyword(set, schema, keyword, "a number");
    }
    memcpy((char *)schema + keyword->offset, &value, sizeof value);
    return true;
}

/* The end of a text is its very end, and \u0041 is a letter: as the contract's other readers see it,
 * whose patterns are those of ECMAScript. */
static bool read_pattern(struct schema_set *set, struct schema *schema, json_t *value,
                         const struct keyword *keyword)
{
    const uint32_t options =
        PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_NEVER_BACKSLASH_C;
    int error = 0;
    size_t at = 0;
    schema->pattern_text = json_string_value(value);
    if (!schema->pattern_text) {
        return refuse_keyword(set, schema, keyword, "a regular expression");
    }
    schema->pattern = pcre2_compile((PCRE2_SPTR)schema->pattern_text, PCRE2_ZERO_TERMINATED,
                                    options, &error, &at, NULL);
    if (!schema->pattern) {
        PCRE2_UCHAR message[128] = "";
        pcre2_get_error_message(error, message, sizeof message);
        return schema_refuse(set, schema->place, "pattern: %s at %zu", (const char *)message, at);
    }
    arena_defer(set->arena, release_pattern, schema->pattern);
    return true;
}

static bool read_format(struct schema_set *set, struct schema *schema, json_t *value,
                        const struct keyword *keyword)
{
    const char *name = json_string_value(value);
    if (!name) {
        return refuse_keyword(set, schema, keyword, "the name of a format");
    }
    schema->format = format_find(name);
    return schema->format || schema_refuse(set, schema->place, "unknown format \"%s\"", name);
}

static bool read_unique(struct schema_set *set, struct schema *schema, json_t *value,
                        const struct keyword *keyword)
{
    schema->unique = json_is_true(value);
    return json_is_boolean(value) || refuse_keyword(set, schema, keyword, "true or false");
}

static bool read_items(struct schema_set *set, struct schema *schema, json_t *value,
                       const struct keyword *keyword)
{
    (void)keyword;
    schema->items = schema_node(set, value, arena_printf(set->arena, "%s/items", schema->place));
    return schema->items;
}

static bool read_properties(struct schema_set *set, struct schema *schema, json_t *value,
                            const struct keyword *keyword)
{
    if (!json_is_object(value)) {
        return refuse_keyword(set, schema, keyword, "an object");
    }
    schema->declared = value;
    schema->properties = arena_alloc(set->arena, json_object_size(value) * sizeof(struct property));
    const char *name;
    json_t *source;
    json_object_foreach(value, name, source) {
        const char *place = arena_printf(set->arena, "%s/properties/%s", schema->place, name);
        const struct schema *property = schema_node(set, source, place);
        if (!property) {
            return false;
        }
        schema->properties[schema->property_count++] = (struct property){name, property};
    }
    return true;
}

static bool read_required(struct schema_set *set, struct schema *schema, json_t *value,
                          const struct keyword *keyword)
{
    schema->required = value;
    bool texts = json_is_array(value);
    size_t i;
    json_t *name;
    json_array_foreach(value, i, name) {
        texts = texts && json_is_string(name);
    }
    return texts || refuse_keyword(set, schema, keyword, "a list of names");
}

static bool read_closed(struct schema_set *set, struct schema *schema, json_t *value,
                        const struct keyword *keyword)
{
    schema->closed = json_is_false(value);
    return schema->closed || refuse_keyword(set, schema, keyword, "false");
}

/* A choice directly inside a choice could refer to itself without end, and two say no more than
 * one list of all branches. */
static bool read_one_of(struct schema_set *set, struct schema *schema, json_t *value,
                        const struct keyword *keyword)
{
    schema->branch_count = json_array_size(value);
    if (schema->branch_count == 0) {
        return refuse_keyword(set, schema, keyword, "a list of schemas");
    }
    schema->branches = arena_alloc(set->arena, schema->branch_count * sizeof *schema->branches);
    for (size_t i = 0; i < schema->branch_count; i++) {
        const char *place = arena_printf(set->arena, "%s/oneOf/%zu", schema->place, i);
        schema->branches[i] = schema_node(set, json_array_get(value, i), place);
        if (!schema->branches[i]) {
            return false;
        }
        if (schema->branches[i]->branch_count > 0) {
            return schema_refuse(set, place, "oneOf inside oneOf");
        }
    }
    return true;
}

// clang-format off
static const struct keyword keywords[] = {
    {"type", read_type, 0},
    {"properties", read_properties, 0},
    {"required", read_required, 0},
    {"additionalProperties", read_closed, 0},
    {"items", read_items, 0},
    {"minItems", read_count, offsetof(struct schema, min_items)},
    {"maxItems", read_count, offsetof(struct schema, max_items)},
    {"uniqueItems", read_unique, 0},
    {"enum", read_enum, 0},
    {"const", read_const, 0},
    {"minLength", read_count, offsetof(struct schema, min_length)},
    {"maxLength", read_count, offsetof(struct schema, max_length)},
    {"pattern", read_pattern, 0},
    {"format", read_format, 0},
    {"minimum", read_limit, offsetof(struct schema, minimum)},
    {"maximum", read_limit, offsetof(struct schema, maximum)},
    {"oneOf", read_one_of, 0},
    {"title", NULL, 0},
    {"description", NULL, 0},
    {"default", NULL, 0},
    {"example", NULL, 0},
    {"examples", NULL, 0},
    {"deprecated", NULL, 0},
    {"readOnly", NULL, 0},
};
// clang-format on

const struct keyword *schema_keyword(const char *name)
{
    static const struct keyword extension = {"x-", NULL, 0};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (strcmp(keywords[i].name, name) == 0) {
            return &keywords[i];
        }
    }
    return strncmp(name, "x-", 2) == 0 ? &extension : NULL;
}
