/* From the contract's JSON to schema nodes: names, references, and the set that owns all nodes. */
#include "middleware/schema_internal.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct named {
    struct named *next;
    const char *name;
    struct schema *schema; /* NULL while a name that only refers to another is being resolved */
};

static const char reference_start[] = "#/components/schemas/";

bool schema_refuse(struct schema_set *set, const char *place, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!set->error) {
        set->error = arena_printf(set->arena, "%s: %s", place, text);
    }
    return false;
}

/* What only several keywords together can get wrong. */
static bool is_consistent(struct schema_set *set, const struct schema *schema)
{
    if (schema->unique && schema->max_items > MAX_UNIQUE) {
        return schema_refuse(set, schema->place, "uniqueItems needs a maxItems up to %d",
                             MAX_UNIQUE);
    }
    size_t i;
    json_t *name;
    json_array_foreach(schema->required, i, name) {
        if (schema->closed && !json_object_get(schema->declared, json_string_value(name))) {
            return schema_refuse(set, schema->place, "\"%s\" is required but no property",
                                 json_string_value(name));
        }
    }
    return true;
}

/* What every node begins as: no limits. */
const struct schema schema_anything = {.max_length = SIZE_MAX, .max_items = SIZE_MAX};

static struct schema *node_new(struct schema_set *set, const char *place)
{
    struct schema *schema = arena_alloc(set->arena, sizeof *schema);
    *schema = schema_anything;
    schema->place = place;
    return schema;
}

static bool fill(struct schema_set *set, struct schema *schema, json_t *source)
{
    if (!json_is_object(source)) {
        return schema_refuse(set, schema->place, "not a schema");
    }
    const char *name;
    json_t *value;
    json_object_foreach(source, name, value) {
        const struct keyword *keyword = schema_keyword(name);
        if (!keyword) {
            return schema_refuse(set, schema->place, "unknown keyword \"%s\"", name);
        }
        if (keyword->read && !keyword->read(set, schema, value, keyword)) {
            return false;
        }
    }
    return is_consistent(set, schema);
}

/* The node is known by its name before it is filled, so that a schema may refer to itself. */
static struct schema *compile_named(struct schema_set *set, const char *name, const char *place)
{
    for (const struct named *named = set->named; named; named = named->next) {
        if (strcmp(named->name, name) == 0) {
            if (!named->schema) {
                schema_refuse(set, place, "\"%s\" refers to itself", name);
            }
            return named->schema;
        }
    }
    json_t *source = json_object_get(set->schemas, name);
    if (!source) {
        schema_refuse(set, place, "there is no schema \"%s\"", name);
        return NULL;
    }
    struct named *named = arena_alloc(set->arena, sizeof *named);
    *named = (struct named){.next = set->named, .name = arena_strdup(set->arena, name)};
    set->named = named;
    const char *home = arena_printf(set->arena, "components/schemas/%s", name);
    if (json_object_get(source, "$ref")) {
        named->schema = schema_node(set, source, home);
        return named->schema;
    }
    named->schema = node_new(set, home);
    return fill(set, named->schema, source) ? named->schema : NULL;
}

static struct schema *follow(struct schema_set *set, json_t *source, const char *place)
{
    const char *name;
    json_t *value;
    json_object_foreach(source, name, value) {
        const struct keyword *keyword = schema_keyword(name);
        if (strcmp(name, "$ref") != 0 && (!keyword || keyword->read)) {
            schema_refuse(set, place, "\"%s\" beside $ref", name);
            return NULL;
        }
    }
    const char *reference = json_string_value(json_object_get(source, "$ref"));
    size_t start = sizeof reference_start - 1;
    if (!reference || strncmp(reference, reference_start, start) != 0) {
        schema_refuse(set, place, "$ref must begin with %s", reference_start);
        return NULL;
    }
    return compile_named(set, reference + start, place);
}

struct schema *schema_node(struct schema_set *set, json_t *source, const char *place)
{
    if (json_object_get(source, "$ref")) {
        return follow(set, source, place);
    }
    struct schema *schema = node_new(set, place);
    return fill(set, schema, source) ? schema : NULL;
}

struct schema_set *schema_set_new(json_t *contract)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct schema_set *set = arena_alloc(arena, sizeof *set);
    set->arena = arena;
    set->schemas = json_object_get(json_object_get(contract, "components"), "schemas");
    return set;
}

void schema_set_free(struct schema_set *set)
{
    if (set) {
        arena_free(set->arena);
    }
}

const struct schema *schema_compile(struct schema_set *set, json_t *source, const char *place,
                                    char **error)
{
    const struct schema *schema =
        set->error ? NULL : schema_node(set, source, arena_strdup(set->arena, place));
    if (!schema) {
        size_t size = strlen(set->error) + 1;
        *error = memory_or_stop(size);
        memcpy(*error, set->error, size);
    }
    return schema;
}

/* The way from the root of a schema to the node at hand; a node on it again is a circle. */
struct trail {
    const struct trail *up;
    const struct schema *schema;
};

static bool on_trail(const struct trail *trail, const struct schema *schema)
{
    for (; trail; trail = trail->up) {
        if (trail->schema == schema) {
            return true;
        }
    }
    return false;
}

static const char *open_object(const struct trail *up, const struct schema *schema)
{
    struct trail trail = {up, schema};
    if (!schema || on_trail(up, schema)) {
        return NULL;
    }
    if (schema->property_count > 0 && !schema->closed) {
        return schema->place;
    }
    const char *place = open_object(&trail, schema->items);
    for (size_t i = 0; !place && i < schema->property_count; i++) {
        place = open_object(&trail, schema->properties[i].schema);
    }
    for (size_t i = 0; !place && i < schema->branch_count; i++) {
        place = open_object(&trail, schema->branches[i]);
    }
    return place;
}

const char *schema_open_object(const struct schema *schema)
{
    return open_object(NULL, schema);
}
