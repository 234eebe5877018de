/* Errands. */
#include "api/report/errand.h"

#include <string.h>

#include "middleware/contract.h"
#include "middleware/route.h"

static const struct route *route_named(const struct service *service, const char *operation_id)
{
    size_t count;
    const struct route *rows = route_table_rows(service->routes, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].operation_id, operation_id) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

struct request *errand_new(const struct service *service, const struct token_keys *keys,
                           const struct requester *who, const char *operation_id)
{
    const struct route *route = route_named(service, operation_id);
    if (!route) {
        return NULL;
    }
    struct arena *arena = arena_new(service->memory_limit);
    struct request *errand = arena_alloc(arena, sizeof *errand);
    errand->arena = arena;
    errand->service = service;
    errand->keys = keys;
    errand->id = request_new_id(errand);
    errand->started_ns = monotonic_ns();
    errand->caller = who->caller;
    errand->language = who->language;
    errand->peer = "";
    errand->method_name = method_names[route->method];
    errand_turn(errand, operation_id);
    return errand;
}

void errand_end(struct request *errand)
{
    if (errand) {
        arena_free(errand->arena);
    }
}

void errand_turn(struct request *errand, const char *operation_id)
{
    errand->route = route_named(errand->service, operation_id);
    errand->operation = contract_operation(errand->service->contract, operation_id);
    errand->path = errand->route->path;
    errand->target = errand->path;
    errand->path_value_count = 0;
    errand->query_count = 0;
    errand->json = NULL;
    errand->segment = NULL;
    errand->reply = (struct reply){0};
}

static const char *place_of(const struct request *errand, const char *name)
{
    const struct operation *operation = errand->operation;
    for (int i = 0; i < operation->parameter_count; i++) {
        if (strcmp(operation->parameters[i].name, name) == 0) {
            return operation->parameters[i].in;
        }
    }
    return "";
}

bool errand_knows(const struct request *errand, const char *name)
{
    return strcmp(place_of(errand, name), "query") == 0;
}

bool errand_value(struct request *errand, const char *name, const char *value)
{
    const struct pair pair = {name, value};
    if (strcmp(place_of(errand, name), "path") == 0) {
        if (errand->path_value_count == MAX_PATH_VALUES) {
            return false;
        }
        errand->path_values[errand->path_value_count++] = pair;
        return true;
    }
    if (errand->query_count == MAX_QUERY) {
        return false;
    }
    errand->query[errand->query_count++] = pair;
    return true;
}
