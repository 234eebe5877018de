/* A small contract, what breaks it, and its comparison with routes. ' stands for " in its JSON. */
#include "middleware/contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/suites.h"

static const char text[] =
    "{'openapi':'3.1.0','info':{'title':'t','version':'1'},'paths':{"
    "'/v1/people':{"
    "'get':{'operationId':'person_list','x-tiers':['nation','agent'],'x-permission':'unit_read',"
    "'parameters':[{'$ref':'#/components/parameters/limit'},"
    "{'name':'q','in':'query','required':true,'schema':{'type':'string'}}],"
    "'responses':{'200':{'description':'d','content':{'application/json':{'schema':{'type':'array',"
    "'items':{'$ref':'#/components/schemas/Person'}}},'text/csv':{}}},"
    "'default':{'$ref':'#/components/responses/Problem'}}},"
    "'post':{'operationId':'person_create','x-tiers':['commune'],'x-permission':'unit_write',"
    "'x-body-limit':4096,'parameters':[{'$ref':'#/components/parameters/key'}],"
    "'requestBody':{'required':true,'content':{'application/json':{'schema':"
    "{'$ref':'#/components/schemas/Person'}}}},"
    "'responses':{'201':{'description':'d'},'default':{'$ref':'#/components/responses/Problem'}}}},"
    "'/v1/people/{id}':{'description':'one','delete':{'operationId':'person_delete',"
    "'x-tiers':['anyone'],'x-permission':'nothing','x-idempotency':'exempt',"
    "'x-precondition':'exempt','parameters':[{'name':'id','in':'path','required':true,'schema':{'type':'integer'}}],"
    "'responses':{'204':{'description':'gone'},'default':{'$ref':'#/components/responses/Problem'}}}}"
    "},'components':{'schemas':{'Person':{'type':'object','properties':{'name':{'type':'string'},"
    "'tags':{'type':'array','items':{'$ref':'#/components/schemas/Tag'}}},"
    "'additionalProperties':false},"
    "'Tag':{'type':'object','properties':{'tag':{'type':'string'},"
    "'below':{'type':'array','items':{'$ref':'#/components/schemas/Tag'}}},"
    "'additionalProperties':false},"
    "'Problem':{'type':'object','properties':{'code':{'type':'string'}}}},"
    "'parameters':{'limit':{'name':'limit','in':'query','schema':{'type':'integer'}},"
    "'key':{'name':'Idempotency-Key','in':'header','required':true,'schema':{'type':'string'}}},"
    "'responses':{'Problem':{'description':'d','content':{'application/problem+json':{'schema':"
    "{'$ref':'#/components/schemas/Problem'}}}}}}}";

#define MATCH "{'name':'If-Match','in':'header','required':true,'schema':{'type':'string'}},"

static struct arena *arena;
static struct contract *contract;

static const struct route agreed[] = {
    {METHOD_GET, "/v1/people", TIER_NATION | TIER_AGENT, UNIT_READ, "person_list", NULL, false,
     false},
    {METHOD_POST, "/v1/people", TIER_COMMUNE, UNIT_WRITE, "person_create", NULL, false, false},
    {METHOD_DELETE, "/v1/people/{id}", ANYONE, NOTHING, "person_delete", NULL, false, false},
};
static struct route routes[3]; /* as agreed, until a test changes them */

/* `text` with the first `old` replaced. */
static const char *changed(const char *old, const char *new)
{
    const char *at = strstr(text, old);
    ck_assert_msg(at, "%s is not in the contract", old);
    char *copy = arena_printf(arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    for (char *quote = copy; *quote; quote++) {
        *quote = *quote == '\'' ? '"' : *quote;
    }
    return copy;
}

static void read_changed(const char *old, const char *new)
{
    char *error = NULL;
    const char *json = changed(old, new);
    contract_free(contract);
    contract = contract_new(json, strlen(json), &error);
    ck_assert_msg(contract, "%s", error ? error : "no error text");
}

static void breaks(const char *old, const char *new, const char *expected)
{
    char *error = NULL;
    const char *json = changed(old, new);
    ck_assert_ptr_null(contract_new(json, strlen(json), &error));
    ck_assert_str_eq(error, expected);
    free(error);
}

static void open_contract(void)
{
    arena = arena_new(1 << 20);
    memcpy(routes, agreed, sizeof routes);
    read_changed("", "");
}

static void close_contract(void)
{
    contract_free(contract);
    contract = NULL;
    arena_free(arena);
}

START_TEST(operations_are_read_as_written)
{
    size_t count = 0;
    ck_assert_ptr_nonnull(contract_operations(contract, &count));
    ck_assert_uint_eq(count, 3);
    ck_assert_ptr_null(contract_operation(contract, "person_none"));
    const struct operation *create = contract_operation(contract, "person_create");
    ck_assert_int_eq(create->method, METHOD_POST);
    ck_assert_str_eq(create->path, "/v1/people");
    ck_assert_str_eq(create->id, "person_create");
    ck_assert_uint_eq(create->tiers, TIER_COMMUNE);
    ck_assert_int_eq(create->permission, UNIT_WRITE);
    ck_assert_uint_eq(create->body_limit, 4096);
    ck_assert_ptr_nonnull(create->body);
    ck_assert(operation_takes_key(create));
    const struct operation *gone = contract_operation(contract, "person_delete");
    ck_assert_uint_eq(gone->tiers, ANYONE);
    ck_assert_uint_eq(gone->body_limit, 0);
    ck_assert_ptr_null(gone->body);
    ck_assert(!operation_takes_key(gone));
}
END_TEST

START_TEST(parameters_are_read_inline_and_by_reference)
{
    const struct operation *list = contract_operation(contract, "person_list");
    ck_assert_int_eq(list->parameter_count, 2);
    ck_assert_str_eq(list->parameters[0].name, "limit");
    ck_assert_str_eq(list->parameters[0].in, "query");
    ck_assert(!list->parameters[0].required);
    ck_assert_str_eq(list->parameters[1].name, "q");
    ck_assert(list->parameters[1].required);
    ck_assert_ptr_nonnull(list->parameters[1].schema);
}
END_TEST

START_TEST(responses_have_a_schema_where_they_are_json)
{
    const struct operation *list = contract_operation(contract, "person_list");
    ck_assert_int_eq(list->response_count, 3);
    ck_assert_int_eq(list->responses[0].status, 200);
    ck_assert_str_eq(list->responses[0].content_type, "application/json");
    ck_assert_ptr_nonnull(list->responses[0].schema);
    ck_assert_str_eq(list->responses[1].content_type, "text/csv");
    ck_assert_ptr_null(list->responses[1].schema);
    ck_assert_int_eq(list->responses[2].status, 0);
    ck_assert_str_eq(list->responses[2].content_type, "application/problem+json");
    ck_assert_ptr_nonnull(list->responses[2].schema);
    const struct operation *gone = contract_operation(contract, "person_delete");
    ck_assert_int_eq(gone->responses[0].status, 204);
    ck_assert_ptr_null(gone->responses[0].content_type);
}
END_TEST

START_TEST(the_text_is_kept_and_not_copied)
{
    char *error = NULL;
    const char *json = changed("", "");
    struct contract *same = contract_new(json, strlen(json), &error);
    size_t size = 0;
    ck_assert_ptr_eq(contract_text(same, &size), json);
    ck_assert_uint_eq(size, strlen(json));
    contract_free(same);
}
END_TEST

START_TEST(a_contract_that_is_no_document_is_refused)
{
    breaks("{'openapi':'3.1.0'", "{'openapi':'3.0.3'", "openapi: only 3.1 is understood");
    breaks("'info'", "'openapi'", "line 1: duplicate object key near '\"openapi\"'");
    char *error = NULL;
    ck_assert_ptr_null(contract_new("{\"openapi\":\"3.1.0\"}", 19, &error));
    ck_assert_str_eq(error, "paths: no operation");
    free(error);
    ck_assert_ptr_null(contract_new("", 0, &error));
    free(error);
}
END_TEST

START_TEST(operations_need_their_members)
{
    breaks("'operationId':'person_list',", "", "GET /v1/people: no operationId");
    breaks("'person_create'", "'person_list'",
           "POST /v1/people: operationId person_list is used twice");
    breaks("'x-tiers':['nation','agent'],", "", "GET /v1/people: no x-tiers");
    breaks("['nation','agent']", "[]", "GET /v1/people: no x-tiers");
    breaks("'agent'", "'agents'", "GET /v1/people: unknown tier in x-tiers");
    breaks("'agent'", "'anyone'", "GET /v1/people: anyone beside other tiers");
    breaks("'x-permission':'unit_read',", "", "GET /v1/people: no x-permission");
    breaks("'unit_read'", "'unit_reed'", "GET /v1/people: unknown x-permission unit_reed");
    breaks("4096", "'4k'", "POST /v1/people: x-body-limit must be a number of bytes");
    breaks("'exempt'", "true", "DELETE /v1/people/{id}: x-idempotency may only be exempt");
    breaks("'parameters':[{'$ref'", "'parameter':[{'$ref'",
           "GET /v1/people: parameter is not supported here");
}
END_TEST

START_TEST(a_path_holds_only_operations)
{
    breaks("'description':'one'", "'parameters':[]",
           "/v1/people/{id}: parameters is not supported here");
    breaks("'delete':{", "'trace':{", "/v1/people/{id}: trace is not supported here");
}
END_TEST

START_TEST(parameters_are_exact)
{
    breaks("'name':'q',", "", "GET /v1/people: a parameter without name or in");
    breaks("'name':'q','in':'query'", "'name':'q','in':'cookie'",
           "GET /v1/people: parameter q in cookie");
    breaks("'name':'q'", "'name':'limit'", "GET /v1/people: parameter limit is declared twice");
    breaks("'name':'q','in':'query'", "'name':'q','in':'header'",
           "GET /v1/people: header q: only Idempotency-Key, If-Match and If-None-Match are known");
    breaks("'#/components/parameters/limit'", "'#/components/parameters/none'",
           "GET /v1/people: #/components/parameters/none leads nowhere");
    breaks("'schema':{'type':'string'}}],", "'schema':{'type':'array'}}],",
           "GET /v1/people: parameter q must be one of string, integer, boolean");
    breaks("'schema':{'type':'string'}}],", "'schema':{'type':['string','integer']}}],",
           "GET /v1/people: parameter q must be one of string, integer, boolean");
    breaks("'schema':{'type':'string'}}],", "'content':{}}],",
           "GET /v1/people/parameters/q: not a schema");
    breaks("'schema':{'type':'string'}}],", "'schema':{'type':'string','allOf':[]}}],",
           "GET /v1/people/parameters/q: unknown keyword \"allOf\"");
}
END_TEST

START_TEST(path_parameters_and_places_belong_together)
{
    breaks("{'name':'id','in':'path','required':true,'schema':{'type':'integer'}}", "",
           "DELETE /v1/people/{id}: {id} is not declared");
    breaks("'in':'path','required':true", "'in':'path'",
           "DELETE /v1/people/{id}: path parameter id must be required");
    breaks("'name':'id','in':'path'", "'name':'id','in':'query'",
           "DELETE /v1/people/{id}: {id} is not declared");
    breaks("'/v1/people/{id}'", "'/v1/people/one'",
           "DELETE /v1/people/one: 1 path parameters for 0 places");
    breaks("'/v1/people/{id}'", "'/v1/people/{id}/{id}'",
           "DELETE /v1/people/{id}/{id}: 1 path parameters for 2 places");
    breaks("[{'name':'id'", "[{'name':'id','in':'query','schema':{'type':'string'}},{'name':'id'",
           "DELETE /v1/people/{id}: parameter id is declared twice");
}
END_TEST

START_TEST(a_body_is_required_json_with_closed_objects)
{
    const char *const open = "POST /v1/people: components/schemas/Tag needs additionalProperties: "
                             "false";
    breaks("'requestBody':{'required':true", "'requestBody':{'required':false",
           "POST /v1/people: requestBody must be required");
    breaks("{'application/json':{'schema':{'$ref'",
           "{'text/plain':{},'application/json':{'schema':{'$ref'",
           "POST /v1/people: requestBody must be one of application/json, text/csv");
    breaks("}},'additionalProperties':false},'Problem'", "}}},'Problem'", open);
    breaks("'additionalProperties':false},'Tag'", "'x-closed':false},'Tag'",
           "POST /v1/people: components/schemas/Person needs additionalProperties: false");
    breaks("'parameters':[{'$ref':'#/components/parameters/limit'}",
           "'requestBody':{},'parameters':[{'$ref':'#/components/parameters/limit'}",
           "GET /v1/people: a GET takes no body");
}
END_TEST

static const char json_body[] =
    "{'application/json':{'schema':{'$ref':'#/components/schemas/Person'}}}";

static const char *table_of(const char *row, const char *limit)
{
    return arena_printf(arena,
                        "{'text/csv':{'schema':{'type':'array'%s,'items':{'type':'object',"
                        "'additionalProperties':false,'properties':{%s}}}}}",
                        limit, row);
}

START_TEST(a_table_is_a_body_too)
{
    read_changed(json_body,
                 table_of("'a':{'type':'string'},'b':{'type':'integer'}", ",'maxItems':10"));
    const struct operation *create = contract_operation(contract, "person_create");
    ck_assert_ptr_eq(create->media_type, media_csv);
    read_changed("", "");
    ck_assert_ptr_eq(contract_operation(contract, "person_create")->media_type, media_json);
}
END_TEST

START_TEST(a_column_is_one_text_or_one_integer)
{
    static const char shape[] =
        "POST /v1/people: text/csv wants an array with maxItems, of objects "
        "of up to 16 properties";
    static const char *const columns[][2] = {
        {"'a':{'type':'boolean'}", "a"},         {"'a':{'type':'array'}", "a"},
        {"'a':{'type':['string','null']}", "a"}, {"'a':{}", "a"},
        {"'line':{'type':'integer'}", "line"},   {"'Ab':{'type':'string'}", "Ab"},
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        breaks(json_body, table_of(columns[i][0], ",'maxItems':10"),
               arena_printf(arena, "POST /v1/people: %s cannot be a column", columns[i][1]));
    }
    breaks(json_body, table_of("'a':{'type':'string'}", ""), shape);
    breaks("'x-permission'", "'x-body':'kept','x-permission'",
           "GET /v1/people: x-body may only be stored");
    breaks("'application/json':{'schema':{'$ref'", "'text/csv':{'schema':{'$ref'", shape);
}
END_TEST

START_TEST(free_objects_and_open_answers_are_allowed)
{
    read_changed("'name':{'type':'string'}", "'name':{'type':'object'}");
    ck_assert_ptr_nonnull(contract_operation(contract, "person_create")->body);
}
END_TEST

START_TEST(responses_are_exact)
{
    static const char default_response[] = ",'default':{'$ref':'#/components/responses/Problem'}";
    breaks(default_response, "", "GET /v1/people: no default response of application/problem+json");
    breaks("application/problem+json", "application/json",
           "GET /v1/people: no default response of application/problem+json");
    breaks("'200'", "'2XX'", "GET /v1/people: unknown status 2XX");
    breaks("#/components/responses/Problem", "#/components/responses/None",
           "GET /v1/people: #/components/responses/None leads nowhere");
    breaks("'text/csv'", "'application/geo+json'", "GET /v1/people/responses/200: not a schema");
}
END_TEST

START_TEST(schemas_that_nobody_uses_must_compile_too)
{
    breaks("'Problem':{'type'", "'Unused':{'anyOf':[]},'Problem':{'type'",
           "components/schemas/Unused: unknown keyword \"anyOf\"");
}
END_TEST

/* --- the routes --- */

static char reported[2048];

static void report(const char *difference)
{
    size_t used = strlen(reported);
    snprintf(reported + used, sizeof reported - used, "%s\n", difference);
}

static void differs(size_t count, const char *expected)
{
    int lines = 0;
    for (const char *at = expected; *at; at++) {
        lines += *at == '\n';
    }
    reported[0] = '\0';
    ck_assert_int_eq(contract_compare(contract, routes, count, report), lines);
    ck_assert_str_eq(reported, expected);
}

START_TEST(routes_that_agree_differ_in_nothing)
{
    differs(3, "");
}
END_TEST

START_TEST(every_difference_of_a_route_is_told)
{
    routes[0].tiers = ANY_TIER;
    routes[1].permission = UNIT_READ;
    routes[2].path = "/v1/people/{person}";
    differs(3,
            "person_list: the route lets in nation,province,district,commune,agent, the operation "
            "nation,agent\n"
            "person_create: the route asks for unit_read, the operation for unit_write\n"
            "person_delete: the route is DELETE /v1/people/{person}, the operation DELETE "
            "/v1/people/{id}\n");
}
END_TEST

START_TEST(a_route_that_forgot_its_tiers_differs)
{
    routes[0].tiers = 0;
    routes[1].method = METHOD_PUT;
    differs(3, "person_list: the route lets in nobody, the operation nation,agent\n"
               "person_create: the route is PUT /v1/people, the operation POST /v1/people\n");
}
END_TEST

START_TEST(routes_and_operations_are_the_same_set)
{
    routes[0].operation_id = "person_show";
    differs(2, "person_show: the route GET /v1/people has no operation\n"
               "person_delete: the operation DELETE /v1/people/{id} has no route\n"
               "person_list: the operation GET /v1/people has no route\n");
}
END_TEST

START_TEST(a_write_requires_an_idempotency_key)
{
    read_changed("'x-idempotency':'exempt',", "");
    differs(3, "person_delete: a write must require Idempotency-Key\n");
    read_changed("'in':'header','required':true", "'in':'header'");
    differs(3, "person_create: a write must require Idempotency-Key\n");
    read_changed("'x-body-limit':4096", "'x-idempotency':'exempt'");
    differs(3, "person_create: exempt, and yet it takes Idempotency-Key\n");
}
END_TEST

START_TEST(what_replaces_or_removes_requires_if_match)
{
    read_changed("'x-precondition':'exempt',", "");
    differs(3, "person_delete: a DELETE must require If-Match or be exempt\n");
    routes[2].guarded = true;
    differs(3, "person_delete: the route requires If-Match, the operation does not\n"
               "person_delete: a DELETE must require If-Match or be exempt\n");
    read_changed("'x-precondition':'exempt','parameters':[", "'parameters':[" MATCH);
    differs(3, "");
    read_changed("'parameters':[{'name':'id'", "'parameters':[" MATCH "{'name':'id'");
    differs(3, "person_delete: exempt, and yet it requires If-Match\n");
    breaks("'x-precondition':'exempt'", "'x-precondition':true",
           "DELETE /v1/people/{id}: x-precondition may only be exempt");
}
END_TEST

START_TEST(a_read_takes_no_idempotency_key)
{
    read_changed("#/components/parameters/limit", "#/components/parameters/key");
    differs(3, "person_list: a GET takes no Idempotency-Key\n");
}
END_TEST

static TCase *reading_case(void)
{
    TCase *tests = tcase_create("reading");
    tcase_add_checked_fixture(tests, open_contract, close_contract);
    tcase_add_test(tests, operations_are_read_as_written);
    tcase_add_test(tests, parameters_are_read_inline_and_by_reference);
    tcase_add_test(tests, responses_have_a_schema_where_they_are_json);
    tcase_add_test(tests, the_text_is_kept_and_not_copied);
    tcase_add_test(tests, a_contract_that_is_no_document_is_refused);
    tcase_add_test(tests, operations_need_their_members);
    tcase_add_test(tests, a_path_holds_only_operations);
    tcase_add_test(tests, parameters_are_exact);
    tcase_add_test(tests, path_parameters_and_places_belong_together);
    tcase_add_test(tests, a_body_is_required_json_with_closed_objects);
    tcase_add_test(tests, a_table_is_a_body_too);
    tcase_add_test(tests, a_column_is_one_text_or_one_integer);
    tcase_add_test(tests, free_objects_and_open_answers_are_allowed);
    tcase_add_test(tests, responses_are_exact);
    tcase_add_test(tests, schemas_that_nobody_uses_must_compile_too);
    return tests;
}

static TCase *routes_case(void)
{
    TCase *tests = tcase_create("routes");
    tcase_add_checked_fixture(tests, open_contract, close_contract);
    tcase_add_test(tests, routes_that_agree_differ_in_nothing);
    tcase_add_test(tests, every_difference_of_a_route_is_told);
    tcase_add_test(tests, a_route_that_forgot_its_tiers_differs);
    tcase_add_test(tests, routes_and_operations_are_the_same_set);
    tcase_add_test(tests, a_write_requires_an_idempotency_key);
    tcase_add_test(tests, what_replaces_or_removes_requires_if_match);
    tcase_add_test(tests, a_read_takes_no_idempotency_key);
    return tests;
}

Suite *contract_suite(void)
{
    Suite *suite = suite_create("contract");
    suite_add_tcase(suite, reading_case());
    suite_add_tcase(suite, routes_case());
    return suite;
}
