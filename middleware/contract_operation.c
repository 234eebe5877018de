/* One operation out of the contract: each aspect has its step, and every step can refuse it. */
#include "middleware/contract_internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/csv_body.h"
#include "middleware/schema_internal.h"

const char media_json[] = "application/json";
const char media_csv[] = "text/csv";
static const char problem_type[] = "application/problem+json";

static const struct schema *compile_part(struct contract *contract,
                                         const struct operation *operation, const char *part,
                                         json_t *source)
{
    return contract_compile(contract, source,
                            arena_printf(contract->arena, "%s %s/%s",
                                         method_names[operation->method], operation->path, part));
}

/* What a $ref into `section` of the components means; anything else as it is. */
static json_t *resolved(struct contract *contract, const struct operation *operation, json_t *node,
                        const char *section)
{
    const char *reference = json_string_value(json_object_get(node, "$ref"));
    if (!reference) {
        return node;
    }
    const char *start = arena_printf(contract->arena, "#/components/%s/", section);
    json_t *components = json_object_get(contract->root, "components");
    json_t *target = NULL;
    if (strncmp(reference, start, strlen(start)) == 0) {
        target = json_object_get(json_object_get(components, section), reference + strlen(start));
    }
    if (!target) {
        contract_refuse(contract, operation, "%s leads nowhere", reference);
    }
    return target;
}

/* A misspelt `parameter` would otherwise declare nothing, silently. */
static bool check_members(struct contract *contract, struct operation *operation, json_t *source)
{
    static const char *const known[] = {
        "operationId", "tags",      "summary",  "description", "parameters",
        "requestBody", "responses", "security", "deprecated",
    };
    const char *name;
    json_t *value;
    json_object_foreach(source, name, value) {
        bool found = strncmp(name, "x-", 2) == 0;
        for (size_t i = 0; !found && i < sizeof known / sizeof *known; i++) {
            found = strcmp(known[i], name) == 0;
        }
        if (!found) {
            return contract_refuse(contract, operation, "%s is not supported here", name);
        }
    }
    return true;
}

static bool read_id(struct contract *contract, struct operation *operation, json_t *source)
{
    operation->id = json_string_value(json_object_get(source, "operationId"));
    return (operation->id && *operation->id) ||
           contract_refuse(contract, operation, "no operationId");
}

static unsigned tier_bit(const char *name)
{
    for (size_t i = 0; name && i < TIER_ROWS; i++) {
        if (strcmp(tier_rows[i].name, name) == 0) {
            return tier_rows[i].bit;
        }
    }
    return 0;
}

static bool read_tiers(struct contract *contract, struct operation *operation, json_t *source)
{
    size_t i;
    json_t *name;
    json_array_foreach(json_object_get(source, "x-tiers"), i, name) {
        unsigned bit = tier_bit(json_string_value(name));
        if (!bit) {
            return contract_refuse(contract, operation, "unknown tier in x-tiers");
        }
        operation->tiers |= bit;
    }
    if (operation->tiers == 0) {
        return contract_refuse(contract, operation, "no x-tiers");
    }
    return operation->tiers <= ANYONE ||
           contract_refuse(contract, operation, "anyone beside other tiers");
}

static bool read_permission(struct contract *contract, struct operation *operation, json_t *source)
{
    const char *name = json_string_value(json_object_get(source, "x-permission"));
    for (int i = 0; name && i < PERMISSION_COUNT; i++) {
        if (strcmp(permission_names[i], name) == 0) {
            operation->permission = (enum permission)i;
            return true;
        }
    }
    return name ? contract_refuse(contract, operation, "unknown x-permission %s", name)
                : contract_refuse(contract, operation, "no x-permission");
}

static bool read_limits(struct contract *contract, struct operation *operation, json_t *source)
{
    json_t *limit = json_object_get(source, "x-body-limit");
    json_t *exempt = json_object_get(source, "x-idempotency");
    json_t *open = json_object_get(source, "x-precondition");
    if (limit && json_integer_value(limit) <= 0) {
        return contract_refuse(contract, operation, "x-body-limit must be a number of bytes");
    }
    operation->body_limit = (size_t)json_integer_value(limit);
    if (exempt && (!json_is_string(exempt) || strcmp(json_string_value(exempt), "exempt") != 0)) {
        return contract_refuse(contract, operation, "x-idempotency may only be exempt");
    }
    if (open && (!json_is_string(open) || strcmp(json_string_value(open), "exempt") != 0)) {
        return contract_refuse(contract, operation, "x-precondition may only be exempt");
    }
    json_t *body = json_object_get(source, "x-body");
    if (body && (!json_is_string(body) || strcmp(json_string_value(body), "stored") != 0)) {
        return contract_refuse(contract, operation, "x-body may only be stored");
    }
    operation->unguarded = open != NULL;
    operation->stored = body != NULL;
    return true;
}

static const struct parameter *parameter_find(const struct operation *operation, const char *name,
                                              size_t size)
{
    for (int i = 0; i < operation->parameter_count; i++) {
        const char *known = operation->parameters[i].name;
        if (strlen(known) == size && memcmp(known, name, size) == 0) {
            return &operation->parameters[i];
        }
    }
    return NULL;
}

/* The same name twice is an error wherever the two stand: handlers ask for values by name. */
static bool is_usable(struct contract *contract, const struct operation *operation,
                      const struct parameter *parameter)
{
    const char *name = parameter->name;
    if (!name || !parameter->in) {
        return contract_refuse(contract, operation, "a parameter without name or in");
    }
    bool path = strcmp(parameter->in, "path") == 0;
    bool header = strcmp(parameter->in, "header") == 0;
    if (!path && !header && strcmp(parameter->in, "query") != 0) {
        return contract_refuse(contract, operation, "parameter %s in %s", name, parameter->in);
    }
    if (header && strcmp(name, idempotency_key) != 0 && strcmp(name, if_match) != 0 &&
        strcmp(name, if_none_match) != 0) {
        return contract_refuse(contract, operation, "header %s: only %s, %s and %s are known", name,
                               idempotency_key, if_match, if_none_match);
    }
    if (path && !parameter->required) {
        return contract_refuse(contract, operation, "path parameter %s must be required", name);
    }
    if (parameter_find(operation, name, strlen(name))) {
        return contract_refuse(contract, operation, "parameter %s is declared twice", name);
    }
    return operation->parameter_count < MAX_PARAMETERS ||
           contract_refuse(contract, operation, "more than %d parameters", MAX_PARAMETERS);
}

static bool read_parameter(struct contract *contract, struct operation *operation, json_t *source)
{
    const unsigned parsed = TYPE_STRING | TYPE_INTEGER | TYPE_BOOLEAN;
    struct parameter parameter = {
        .name = json_string_value(json_object_get(source, "name")),
        .in = json_string_value(json_object_get(source, "in")),
        .required = json_is_true(json_object_get(source, "required")),
    };
    if (!is_usable(contract, operation, &parameter)) {
        return false;
    }
    const char *part = arena_printf(contract->arena, "parameters/%s", parameter.name);
    parameter.schema = compile_part(contract, operation, part, json_object_get(source, "schema"));
    if (!parameter.schema) {
        return false;
    }
    unsigned types = parameter.schema->types;
    if ((types & ~parsed) || (types & (types - 1)) || types == 0) {
        return contract_refuse(contract, operation,
                               "parameter %s must be one of string, integer, boolean",
                               parameter.name);
    }
    operation->parameters[operation->parameter_count++] = parameter;
    return true;
}

static bool read_parameters(struct contract *contract, struct operation *operation, json_t *source)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(source, "parameters"), i, item) {
        json_t *parameter = resolved(contract, operation, item, "parameters");
        if (!parameter || !read_parameter(contract, operation, parameter)) {
            return false;
        }
    }
    return true;
}

static bool check_path(struct contract *contract, struct operation *operation, json_t *source)
{
    (void)source;
    int names = 0;
    for (const char *at = strchr(operation->path, '{'); at; at = strchr(at, '{')) {
        size_t size = strcspn(++at, "}");
        const struct parameter *parameter = parameter_find(operation, at, size);
        if (!parameter || strcmp(parameter->in, "path") != 0) {
            return contract_refuse(contract, operation, "{%.*s} is not declared", (int)size, at);
        }
        names++;
    }
    int declared = 0;
    for (int i = 0; i < operation->parameter_count; i++) {
        declared += strcmp(operation->parameters[i].in, "path") == 0;
    }
    if (declared != names) {
        return contract_refuse(contract, operation, "%d path parameters for %d places", declared,
                               names);
    }
    return names <= MAX_PATH_VALUES ||
           contract_refuse(contract, operation, "more than %d path parameters", MAX_PATH_VALUES);
}

static bool refuse_table(struct contract *contract, const struct operation *operation)
{
    return contract_refuse(contract, operation,
                           "%s wants an array with maxItems, of objects of up to %d properties",
                           media_csv, MAX_COLUMNS);
}

/* A closed object, with one text or one integer in each column; `line` is the reader's own. */
static bool is_row(struct contract *contract, const struct operation *operation,
                   const struct schema *row)
{
    if (!row || row->types != TYPE_OBJECT || row->property_count > MAX_COLUMNS) {
        return refuse_table(contract, operation);
    }
    for (size_t i = 0; i < row->property_count; i++) {
        const struct property *property = &row->properties[i];
        unsigned types = property->schema->types;
        bool plain = types == TYPE_STRING || types == TYPE_INTEGER;
        if (!plain || strcmp(property->name, "line") == 0 ||
            property->name[strspn(property->name, "abcdefghijklmnopqrstuvwxyz_")]) {
            return contract_refuse(contract, operation, "%s cannot be a column", property->name);
        }
    }
    return true;
}

/* A table is an array of rows; one that is stored may have rows of several kinds, one in each file. */
static bool is_table(struct contract *contract, const struct operation *operation)
{
    const struct schema *table = operation->body;
    const struct schema *row = table->items;
    if (table->types != TYPE_ARRAY || table->max_items == SIZE_MAX) {
        return refuse_table(contract, operation);
    }
    if (!operation->stored || !row || row->branch_count == 0) {
        return is_row(contract, operation, row);
    }
    bool good = true;
    for (size_t i = 0; good && i < row->branch_count; i++) {
        good = is_row(contract, operation, row->branches[i]);
    }
    return good;
}

static bool read_body(struct contract *contract, struct operation *operation, json_t *source)
{
    json_t *body = json_object_get(source, "requestBody");
    if (!body) {
        return true;
    }
    json_t *content = json_object_get(body, "content");
    json_t *table = json_object_get(content, media_csv);
    json_t *media = table ? table : json_object_get(content, media_json);
    if (operation->method == METHOD_GET) {
        return contract_refuse(contract, operation, "a GET takes no body");
    }
    if (!media || json_object_size(content) != 1) {
        return contract_refuse(contract, operation, "requestBody must be one of %s, %s", media_json,
                               media_csv);
    }
    if (!json_is_true(json_object_get(body, "required"))) {
        return contract_refuse(contract, operation, "requestBody must be required");
    }
    operation->media_type = table ? media_csv : media_json;
    operation->body =
        compile_part(contract, operation, "requestBody", json_object_get(media, "schema"));
    const char *open = operation->body ? schema_open_object(operation->body) : NULL;
    if (open) {
        return contract_refuse(contract, operation, "%s needs additionalProperties: false", open);
    }
    return operation->body && (!table || is_table(contract, operation));
}

static bool is_json(const char *content_type)
{
    const char *suffix = strrchr(content_type, '+');
    return strcmp(content_type, "application/json") == 0 || (suffix && !strcmp(suffix, "+json"));
}

static bool add_response(struct contract *contract, struct operation *operation, const char *status,
                         const char *content_type, json_t *media, bool tagged)
{
    struct response response = {.content_type = content_type, .tagged = tagged};
    if (strcmp(status, "default") != 0) {
        char *end = NULL;
        response.status = (int)strtol(status, &end, 10);
        if (*end || strlen(status) != 3 || response.status < 100) {
            return contract_refuse(contract, operation, "unknown status %s", status);
        }
    }
    if (content_type && is_json(content_type)) {
        const char *part = arena_printf(contract->arena, "responses/%s", status);
        response.schema = compile_part(contract, operation, part, json_object_get(media, "schema"));
        if (!response.schema) {
            return false;
        }
    }
    if (operation->response_count == MAX_RESPONSES) {
        return contract_refuse(contract, operation, "more than %d responses", MAX_RESPONSES);
    }
    operation->responses[operation->response_count++] = response;
    return true;
}

static bool read_response(struct contract *contract, struct operation *operation,
                          const char *status, json_t *source)
{
    json_t *content = json_object_get(source, "content");
    bool tagged = json_object_get(json_object_get(source, "headers"), "ETag");
    if (json_object_size(content) == 0) {
        return add_response(contract, operation, status, NULL, NULL, tagged);
    }
    const char *type;
    json_t *media;
    json_object_foreach(content, type, media) {
        if (!add_response(contract, operation, status, type, media, tagged)) {
            return false;
        }
    }
    return true;
}

/* Any operation can fail in ways that its author did not think of. */
static bool has_default(struct contract *contract, const struct operation *operation)
{
    for (int i = 0; i < operation->response_count; i++) {
        const struct response *response = &operation->responses[i];
        if (response->status == 0 && response->content_type &&
            strcmp(response->content_type, problem_type) == 0) {
            return true;
        }
    }
    return contract_refuse(contract, operation, "no default response of %s", problem_type);
}

static bool read_responses(struct contract *contract, struct operation *operation, json_t *source)
{
    const char *status;
    json_t *item;
    json_object_foreach(json_object_get(source, "responses"), status, item) {
        json_t *response = resolved(contract, operation, item, "responses");
        if (!response || !read_response(contract, operation, status, response)) {
            return false;
        }
    }
    return has_default(contract, operation);
}

bool contract_read_operation(struct contract *contract, struct operation *operation, json_t *source)
{
    static bool (*const steps[])(struct contract *, struct operation *, json_t *) = {
        check_members,   read_id,    read_tiers, read_permission, read_limits,
        read_parameters, check_path, read_body,  read_responses,
    };
    size_t done = 0;
    while (done < sizeof steps / sizeof *steps && steps[done](contract, operation, source)) {
        done++;
    }
    return done == sizeof steps / sizeof *steps;
}
