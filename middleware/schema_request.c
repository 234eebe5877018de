/* The stage: path values, query, Idempotency-Key and body against the operation of the contract. */
#include "middleware/schema_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/contract.h"
#include "middleware/csv_body.h"
#include "middleware/text.h"

static const char key_header[] = "Idempotency-Key";

static void release_json(void *json)
{
    json_decref(json);
}

/* Only the canonical spelling: 7, neither +7 nor 007, and nothing beyond int64. */
static json_t *parse_integer(struct arena *arena, const char *text)
{
    int64_t number = strtoll(text, NULL, 10);
    const char *canonical = arena_printf(arena, "%" PRId64, number);
    return strcmp(canonical, text) == 0 ? json_integer(number) : NULL;
}

static json_t *parse_boolean(struct arena *arena, const char *text)
{
    (void)arena;
    bool yes = strcmp(text, "true") == 0;
    return yes || strcmp(text, "false") == 0 ? json_boolean(yes) : NULL;
}

/* What does not parse stays text, and the walk finds that it has the wrong type. */
json_t *schema_parse_text(struct arena *arena, unsigned types, const char *text)
{
    static const struct {
        unsigned type;
        json_t *(*parse)(struct arena *arena, const char *text);
    } parsers[] = {{TYPE_INTEGER, parse_integer}, {TYPE_BOOLEAN, parse_boolean}};
    json_t *value = NULL;
    for (size_t i = 0; !value && i < sizeof parsers / sizeof *parsers; i++) {
        if (types & parsers[i].type) {
            value = parsers[i].parse(arena, text);
        }
    }
    return value ? value : json_string(text);
}

bool check_text(struct check *check, const struct schema *schema, const char **value)
{
    struct request *req = check->req;
    json_t *json = schema_parse_text(req->arena, schema->types, *value);
    if (!json) { /* jansson takes nothing but UTF-8 */
        return !check->quiet &&
               fail_at(req, INVALID_REQUEST, check->where, check->name, FLAW_NOT_TEXT, NULL);
    }
    arena_defer(req->arena, release_json, json);
    if (!check_json(check, schema, json)) {
        return false;
    }
    if (json_is_string(json)) {
        *value = json_string_value(json);
    }
    return true;
}

bool schema_check_text(struct request *req, const struct schema *schema, const char *where,
                       const char *name, const char **value)
{
    struct check check = {.req = req, .where = where, .name = name};
    return check_text(&check, schema, value);
}

static const struct parameter *parameter_find(const struct operation *operation, const char *in,
                                              const char *name)
{
    for (int i = 0; i < operation->parameter_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        if (strcmp(parameter->in, in) == 0 && strcmp(parameter->name, name) == 0) {
            return parameter;
        }
    }
    return NULL;
}

/* A path that the contract does not allow names nothing that could exist. */
static bool check_path(struct check *check)
{
    struct request *req = check->req;
    bool good = true;
    check->quiet = true;
    for (int i = 0; i < req->path_value_count && good; i++) {
        struct pair *pair = &req->path_values[i];
        const struct parameter *parameter = parameter_find(req->operation, "path", pair->name);
        good = parameter && check_text(check, parameter->schema, &pair->value);
    }
    check->quiet = false;
    return good || fail(req, NOT_FOUND);
}

static bool check_pair(struct check *check, int index)
{
    struct request *req = check->req;
    struct pair *pair = &req->query[index];
    const struct parameter *parameter = parameter_find(req->operation, "query", pair->name);
    if (!parameter) {
        return fail_at(req, INVALID_REQUEST, check->where, pair->name, FLAW_UNKNOWN, NULL);
    }
    for (int i = 0; i < index; i++) {
        if (strcmp(req->query[i].name, pair->name) == 0) {
            return fail_at(req, INVALID_REQUEST, check->where, pair->name, FLAW_REPEATED, NULL);
        }
    }
    check->name = pair->name;
    return check_text(check, parameter->schema, &pair->value);
}

static bool check_query(struct check *check)
{
    struct request *req = check->req;
    bool good = true;
    check->where = "parameter";
    for (int i = 0; i < req->query_count; i++) {
        good = check_pair(check, i) && good;
    }
    for (int i = 0; i < req->operation->parameter_count; i++) {
        const struct parameter *parameter = &req->operation->parameters[i];
        if (strcmp(parameter->in, "query") == 0 && parameter->required &&
            !request_query(req, parameter->name)) {
            good =
                fail_at(req, INVALID_REQUEST, check->where, parameter->name, FLAW_REQUIRED, NULL);
        }
    }
    return good;
}

static bool check_key(struct check *check)
{
    struct request *req = check->req;
    const struct parameter *parameter = parameter_find(req->operation, "header", key_header);
    const char *value = request_header(req, key_header);
    if (!parameter || (!value && !parameter->required)) {
        return true;
    }
    if (!value) {
        return fail(req, IDEMPOTENCY_KEY_MISSING);
    }
    check->where = "header";
    check->name = parameter->name;
    return check_text(check, parameter->schema, &value);
}

/* At most what jansson makes of the text: an empty list takes more memory than a hundred digits. */
static size_t weight_of(const char *json, size_t size)
{
    enum { CONTAINER = 256, MEMBER = 96 };
    size_t weight = size;
    for (size_t i = 0; i < size; i++) {
        weight += json[i] == '{' || json[i] == '['   ? CONTAINER
                  : json[i] == ',' || json[i] == ':' ? MEMBER
                                                     : 0;
    }
    return weight;
}

static bool check_body(struct check *check)
{
    struct request *req = check->req;
    check->where = "pointer";
    check->name = NULL;
    if (!req->operation->body) {
        return req->body_size == 0 ||
               fail_at(req, INVALID_REQUEST, check->where, "", FLAW_UNKNOWN, NULL);
    }
    if (req->operation->stored) {
        return (req->body_size > 0 && text_is_utf8(req->body, req->body_size)) ||
               fail(req, MALFORMED_CSV);
    }
    if (req->operation->media_type == media_csv) {
        return csv_body_read(req, req->operation->body);
    }
    if (req->body_size == 0 || !text_is_utf8(req->body, req->body_size)) {
        return fail(req, MALFORMED_JSON);
    }
    if (text_nesting(req->body, req->body_size) > MAX_NESTING) {
        return fail_at(req, INVALID_REQUEST, check->where, "", FLAW_TOO_DEEP, "32");
    }
    arena_charge(req->arena, weight_of(req->body, req->body_size));
    if (arena_over_cap(req->arena)) {
        return fail(req, BODY_TOO_LARGE);
    }
    json_t *json =
        json_loadb(req->body, req->body_size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    if (!json) {
        return fail(req, MALFORMED_JSON);
    }
    arena_defer(req->arena, release_json, json);
    if (!check_json(check, req->operation->body, json)) {
        return false;
    }
    req->json = json;
    return true;
}

bool schema_check(struct request *req)
{
    struct check check = {.req = req};
    return check_path(&check) && check_query(&check) && check_key(&check) && check_body(&check) &&
           (!arena_over_cap(req->arena) || fail(req, BODY_TOO_LARGE));
}
