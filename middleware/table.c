/* Lists as tables. */
#include "middleware/table.h"

#include <string.h>

#include "middleware/schema_internal.h"

const struct schema *schema_property(const struct schema *object, const char *name)
{
    for (size_t i = 0; object && i < object->property_count; i++) {
        if (strcmp(object->properties[i].name, name) == 0) {
            return object->properties[i].schema;
        }
    }
    return NULL;
}

static bool is_known(const struct table *table, const char *name)
{
    for (int i = 0; i < table->count; i++) {
        if (strcmp(table->names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The columns of an object below `prefix`; those of its branches are those of all of them. */
static bool add_columns(struct arena *arena, struct table *table, const struct schema *object,
                        const char *prefix, int depth)
{
    bool good = depth < MAX_NESTING;
    for (size_t i = 0; good && i < object->branch_count; i++) {
        good = add_columns(arena, table, object->branches[i], prefix, depth + 1);
    }
    for (size_t i = 0; good && i < object->property_count; i++) {
        const struct property *property = &object->properties[i];
        const struct schema *inner = property->schema;
        const char *name = arena_printf(arena, "%s%s", prefix, property->name);
        if (inner->property_count > 0 || inner->branch_count > 0) {
            good = add_columns(arena, table, inner, arena_printf(arena, "%s.", name), depth + 1);
        } else if (!is_known(table, name)) {
            good = table->count < TABLE_COLUMNS;
            if (good) {
                table->names[table->count++] = name;
            }
        }
    }
    return good;
}

const struct table *table_of(struct arena *arena, const struct operation *operation)
{
    const struct schema *answer = NULL;
    for (int i = 0; i < operation->response_count; i++) {
        answer = operation->responses[i].status == 200 ? operation->responses[i].schema : answer;
    }
    const struct schema *items = schema_property(answer, "items");
    if (operation->method != METHOD_GET || !items || !items->items) {
        return NULL;
    }
    struct table *table = arena_alloc(arena, sizeof *table);
    bool good = add_columns(arena, table, items->items, "", 0);
    return good && table->count > 0 ? table : NULL;
}

const json_t *table_cell(const json_t *item, const char *name)
{
    const char *dot = strchr(name, '.');
    while (item && dot) {
        item = json_object_getn(item, name, (size_t)(dot - name));
        name = dot + 1;
        dot = strchr(name, '.');
    }
    return json_object_get(item, name);
}
