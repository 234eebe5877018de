/* The contract: openapi.json as a whole, and its comparison with the routes. */
#include "middleware/contract_internal.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char idempotency_key[] = "Idempotency-Key";
const char if_match[] = "If-Match";
const char if_none_match[] = "If-None-Match";

const struct tier_row tier_rows[TIER_ROWS] = {
    {"nation", TIER_NATION},   {"province", TIER_PROVINCE}, {"district", TIER_DISTRICT},
    {"commune", TIER_COMMUNE}, {"agent", TIER_AGENT},       {"anyone", ANYONE},
};

bool contract_refuse(struct contract *contract, const struct operation *operation,
                     const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *method = operation ? method_names[operation->method] : "";
    if (!contract->error) {
        contract->error =
            operation ? arena_printf(contract->arena, "%s %s: %s", method, operation->path, text)
                      : arena_strdup(contract->arena, text);
    }
    return false;
}

const struct schema *contract_compile(struct contract *contract, json_t *source, const char *place)
{
    char *error = NULL;
    const struct schema *schema = schema_compile(contract->schemas, source, place, &error);
    if (!schema) {
        arena_defer(contract->arena, free, error);
        contract_refuse(contract, NULL, "%s", error);
    }
    return schema;
}

static void release_json(void *json)
{
    json_decref(json);
}

static void release_schemas(void *schemas)
{
    schema_set_free(schemas);
}

static bool parse(struct contract *contract)
{
    json_error_t error;
    contract->root = json_loadb(contract->text, contract->size, JSON_REJECT_DUPLICATES, &error);
    if (!contract->root) {
        return contract_refuse(contract, NULL, "line %d: %s", error.line, error.text);
    }
    arena_defer(contract->arena, release_json, contract->root);
    contract->schemas = schema_set_new(contract->root);
    arena_defer(contract->arena, release_schemas, contract->schemas);
    const char *version = json_string_value(json_object_get(contract->root, "openapi"));
    return (version && strncmp(version, "3.1.", 4) == 0) ||
           contract_refuse(contract, NULL, "openapi: only 3.1 is understood");
}

/* Also those that nothing refers to: an unknown keyword must not lie in wait for its first user. */
static bool compile_components(struct contract *contract)
{
    json_t *components = json_object_get(contract->root, "components");
    const char *name;
    json_t *source;
    json_object_foreach(json_object_get(components, "schemas"), name, source) {
        const char *place = arena_printf(contract->arena, "components/schemas/%s", name);
        if (!contract_compile(contract, source, place)) {
            return false;
        }
    }
    return true;
}

static bool find_method(const char *name, enum method *method)
{
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (strcasecmp(method_names[m], name) == 0) {
            *method = (enum method)m;
            return true;
        }
    }
    return false;
}

/* `item` is everything at one path; what is no operation of it must be prose. */
static bool read_path(struct contract *contract, const char *path, json_t *item)
{
    const char *name;
    json_t *source;
    json_object_foreach(item, name, source) {
        struct operation *operation = &contract->operations[contract->count];
        if (strcmp(name, "summary") == 0 || strcmp(name, "description") == 0) {
            continue;
        }
        if (!find_method(name, &operation->method)) {
            return contract_refuse(contract, NULL, "%s: %s is not supported here", path, name);
        }
        operation->path = path;
        if (!contract_read_operation(contract, operation, source)) {
            return false;
        }
        contract->count++;
    }
    return true;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct operation *)a)->id, ((const struct operation *)b)->id);
}

static bool read_paths(struct contract *contract)
{
    json_t *paths = json_object_get(contract->root, "paths");
    const char *path;
    json_t *item;
    size_t most = 0;
    json_object_foreach(paths, path, item) {
        most += json_object_size(item);
    }
    contract->operations = arena_alloc(contract->arena, (most + 1) * sizeof *contract->operations);
    json_object_foreach(paths, path, item) {
        if (!read_path(contract, path, item)) {
            return false;
        }
    }
    qsort(contract->operations, contract->count, sizeof *contract->operations, by_id);
    for (size_t i = 1; i < contract->count; i++) {
        const struct operation *operation = &contract->operations[i];
        if (by_id(operation - 1, operation) == 0) {
            return contract_refuse(contract, operation, "operationId %s is used twice",
                                   operation->id);
        }
    }
    return contract->count > 0 || contract_refuse(contract, NULL, "paths: no operation");
}

struct contract *contract_new(const char *json, size_t size, char **error)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct contract *contract = arena_alloc(arena, sizeof *contract);
    contract->arena = arena;
    contract->text = json;
    contract->size = size;
    if (parse(contract) && compile_components(contract) && read_paths(contract)) {
        return contract;
    }
    size_t length = strlen(contract->error) + 1;
    *error = memory_or_stop(length);
    memcpy(*error, contract->error, length);
    arena_free(arena);
    return NULL;
}

void contract_free(struct contract *contract)
{
    if (contract) {
        arena_free(contract->arena);
    }
}

const struct operation *contract_operation(const struct contract *contract,
                                           const char *operation_id)
{
    struct operation wanted = {.id = operation_id};
    return bsearch(&wanted, contract->operations, contract->count, sizeof wanted, by_id);
}

const struct operation *contract_operations(const struct contract *contract, size_t *count)
{
    *count = contract->count;
    return contract->operations;
}

const char *contract_version(const struct contract *contract)
{
    const json_t *info = json_object_get(contract->root, "info");
    const char *version = json_string_value(json_object_get(info, "version"));
    return version ? version : "";
}

const char *contract_text(const struct contract *contract, size_t *size)
{
    *size = contract->size;
    return contract->text;
}

static const struct parameter *header_of(const struct operation *operation, const char *name)
{
    for (int i = 0; i < operation->parameter_count; i++) {
        if (strcmp(operation->parameters[i].name, name) == 0) {
            return &operation->parameters[i];
        }
    }
    return NULL;
}

bool operation_takes_key(const struct operation *operation)
{
    return header_of(operation, idempotency_key);
}

struct comparison {
    const struct contract *contract;
    void (*report)(const char *difference);
    int differences;
};

static void differ(struct comparison *comparison, const char *id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void differ(struct comparison *comparison, const char *id, const char *format, ...)
{
    char text[512];
    int used = snprintf(text, sizeof text, "%.100s: ", id);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, sizeof text - (size_t)used, format, args);
    va_end(args);
    comparison->report(text);
    comparison->differences++;
}

static const char *tier_text(char out[64], unsigned bits)
{
    int used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < TIER_ROWS; i++) {
        if (bits & tier_rows[i].bit) {
            used +=
                snprintf(out + used, 64 - (size_t)used, "%s%s", used ? "," : "", tier_rows[i].name);
        }
    }
    return used ? out : "nobody";
}

/* What replaces or removes something says by If-Match what it has seen, unless there is a reason not to;
 * a GUARDED row and a required If-Match are the same. */
static void compare_guard(struct comparison *comparison, const struct route *route,
                          const struct operation *operation)
{
    const struct parameter *match = header_of(operation, if_match);
    bool required = match && match->required;
    bool replaces = operation->method != METHOD_GET && operation->method != METHOD_POST;
    if (required != route->guarded) {
        differ(comparison, operation->id, "the route %s %s, the operation %s",
               route->guarded ? "requires" : "does not require", if_match,
               required ? "does" : "does not");
    }
    if (replaces && !required && !operation->unguarded) {
        differ(comparison, operation->id, "a %s must require %s or be exempt",
               method_names[operation->method], if_match);
    }
    if (required && operation->unguarded) {
        differ(comparison, operation->id, "exempt, and yet it requires %s", if_match);
    }
}

static void compare_route(struct comparison *comparison, const struct route *route)
{
    const char *id = route->operation_id;
    const struct operation *operation = contract_operation(comparison->contract, id);
    if (!operation) {
        differ(comparison, id, "the route %s %s has no operation", method_names[route->method],
               route->path);
        return;
    }
    if (operation->method != route->method || strcmp(operation->path, route->path) != 0) {
        differ(comparison, id, "the route is %s %s, the operation %s %s",
               method_names[route->method], route->path, method_names[operation->method],
               operation->path);
    }
    if (operation->tiers != route->tiers) {
        char ours[64];
        char theirs[64];
        differ(comparison, id, "the route lets in %s, the operation %s",
               tier_text(ours, route->tiers), tier_text(theirs, operation->tiers));
    }
    if (operation->permission != route->permission) {
        differ(comparison, id, "the route asks for %s, the operation for %s",
               permission_names[route->permission], permission_names[operation->permission]);
    }
    compare_guard(comparison, route, operation);
}

static bool has_route(const struct operation *operation, const struct route *routes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(routes[i].operation_id, operation->id) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_exempt(const struct contract *contract, const struct operation *operation)
{
    const char *name;
    json_t *source;
    json_t *paths = json_object_get(contract->root, "paths");
    json_object_foreach(json_object_get(paths, operation->path), name, source) {
        if (strcasecmp(name, method_names[operation->method]) == 0) {
            return json_object_get(source, "x-idempotency");
        }
    }
    return false;
}

/* A write that is repeated after a lost answer must not count twice. */
static void compare_key(struct comparison *comparison, const struct operation *operation)
{
    const struct parameter *key = header_of(operation, idempotency_key);
    bool exempt = is_exempt(comparison->contract, operation);
    if (operation->method == METHOD_GET && key) {
        differ(comparison, operation->id, "a GET takes no %s", idempotency_key);
    }
    if (operation->method != METHOD_GET && !exempt && (!key || !key->required)) {
        differ(comparison, operation->id, "a write must require %s", idempotency_key);
    }
    if (exempt && key) {
        differ(comparison, operation->id, "exempt, and yet it takes %s", idempotency_key);
    }
}

int contract_compare(const struct contract *contract, const struct route *routes, size_t count,
                     void (*report)(const char *difference))
{
    struct comparison comparison = {contract, report, 0};
    for (size_t i = 0; i < count; i++) {
        compare_route(&comparison, &routes[i]);
    }
    for (size_t i = 0; i < contract->count; i++) {
        const struct operation *operation = &contract->operations[i];
        if (!has_route(operation, routes, count)) {
            differ(&comparison, operation->id, "the operation %s %s has no route",
                   method_names[operation->method], operation->path);
        }
        compare_key(&comparison, operation);
    }
    return comparison.differences;
}
