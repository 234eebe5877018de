/* What the tests of schemas have in common. */
#include "tests/support/schema_case.h"

#include <stdlib.h>
#include <string.h>

#include "middleware/problem.h"

struct arena *arena;
struct request *req;
struct schema_set *set;
struct operation operation;
static json_t *contract;

static char *quoted(const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *at = copy; *at; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    return copy;
}

static void release(void *json)
{
    json_decref(json);
}

json_t *json_of(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(quoted(text), JSON_DECODE_ANY, &error);
    ck_assert_msg(json, "%s in %s", error.text, text);
    arena_defer(arena, release, json);
    return json;
}

void new_request(void)
{
    req = arena_alloc(arena, sizeof *req);
    req->arena = arena;
    req->operation = &operation;
}

/* A contract with these components/schemas. */
void use(const char *schemas)
{
    schema_set_free(set);
    json_decref(contract);
    contract = json_pack("{s{sO}}", "components", "schemas", json_of(schemas));
    set = schema_set_new(contract);
}

void open_all(void)
{
    arena = arena_new(1 << 20);
    memset(&operation, 0, sizeof operation);
    new_request();
    use("{}");
}

void close_all(void)
{
    schema_set_free(set);
    json_decref(contract);
    arena_free(arena);
    set = NULL;
    contract = NULL;
}

const struct schema *compiled(const char *text)
{
    char *error = NULL;
    const struct schema *schema = schema_compile(set, json_of(text), "test", &error);
    ck_assert_msg(schema, "%s", error ? error : "no error text");
    return schema;
}

void stops(const char *text, const char *expected)
{
    char *error = NULL;
    use("{}");
    ck_assert_ptr_null(schema_compile(set, json_of(text), "test", &error));
    ck_assert_str_eq(error, expected);
    free(error);
}

const char *flaws(void)
{
    const char *text = "";
    for (int i = 0; i < req->problem.flaw_count; i++) {
        const struct flaw *flaw = &req->problem.flaws[i];
        text = arena_printf(arena, "%s%s%s %s%s%s", text, i ? "; " : "", flaw->name,
                            flaw_rows[flaw->kind].code, flaw->argument ? " " : "",
                            flaw->argument ? flaw->argument : "");
    }
    return text;
}

void accepts(const char *schema, const char *value)
{
    new_request();
    bool good = schema_check_json(req, compiled(schema), json_of(value));
    ck_assert_msg(good, "%s refused: %s", value, flaws());
    ck_assert_int_eq(req->problem.kind, NO_PROBLEM);
}

void refuses(const char *schema, const char *value, const char *expected)
{
    new_request();
    bool good = schema_check_json(req, compiled(schema), json_of(value));
    ck_assert_msg(!good, "%s accepted", value);
    ck_assert_int_eq(req->problem.kind, INVALID_REQUEST);
    ck_assert_str_eq(flaws(), expected);
}
