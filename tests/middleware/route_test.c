/* Finding the route of a path. */
#include "middleware/route.h"

#include <string.h>

#include "tests/support/request_case.h"

static bool handled(struct request *req)
{
    (void)req;
    return true;
}

// clang-format off
static const struct route rows[] = {
    {METHOD_GET,    "/v1/units",                        ANY_TIER, UNIT_READ,  "unit_list",   handled, false, false},
    {METHOD_POST,   "/v1/units",                        ANY_TIER, UNIT_WRITE, "unit_create", handled, false, false},
    {METHOD_GET,    "/v1/units/{id}",                   ANY_TIER, UNIT_READ,  "unit_get",    handled, false, false},
    {METHOD_PUT,    "/v1/units/{id}",                   ANY_TIER, UNIT_WRITE, "unit_put",    handled, false, false},
    {METHOD_PATCH,  "/v1/units/{id}",                   ANY_TIER, UNIT_WRITE, "unit_patch",  handled, false, false},
    {METHOD_DELETE, "/v1/units/{id}",                   ANY_TIER, UNIT_WRITE, "unit_delete", handled, false, false},
    {METHOD_GET,    "/v1/units/own",                    ANY_TIER, UNIT_READ,  "unit_own",    handled, false, false},
    {METHOD_GET,    "/v1/units/{id}/below/{kind}",      ANY_TIER, UNIT_READ,  "unit_below",  handled, false, false},
    {METHOD_POST,   "/v1/plans",                        ANY_TIER, UNIT_READ,  "plan_create", handled, false, false},
    {METHOD_GET,    "/v1/plan",                         ANY_TIER, UNIT_READ,  "plan_only",   handled, false, false},
    {METHOD_GET,    "/v1/deep/{a}/{b}/{c}/{d}",         ANY_TIER, UNIT_READ,  "deep_four",   handled, false, false},
    {METHOD_GET,    "/v1/deep/{a}/{b}/{c}/{d}/{e}",     ANY_TIER, UNIT_READ,  "deep_five",   handled, false, false},
};
// clang-format on

static struct route_table *table;

static void open_routes(void)
{
    request_open();
    table = route_table_new(rows, sizeof rows / sizeof *rows);
    service.routes = table;
}

static void close_routes(void)
{
    route_table_free(table);
    request_close();
}

static bool found(const char *method, const char *path)
{
    request_again();
    request->method_name = method;
    request->path = path;
    return route_find(request);
}

static void finds(const char *method, const char *path, const char *operation_id)
{
    went_on(found(method, path), path);
    ck_assert_ptr_nonnull(request->route);
    ck_assert_str_eq(request->route->operation_id, operation_id);
    ck_assert_int_eq(request->reply.header_count, 0);
}

static void allows(const char *method, const char *path, const char *methods)
{
    refused(found(method, path), METHOD_NOT_ALLOWED, method);
    ck_assert_ptr_null(request->route);
    ck_assert_str_eq(reply_header_value("Allow"), methods);
}

START_TEST(a_path_and_method_name_one_row)
{
    finds("GET", "/v1/units", "unit_list");
    finds("POST", "/v1/units", "unit_create");
    finds("GET", "/v1/units/7", "unit_get");
    finds("PUT", "/v1/units/7", "unit_put");
    finds("PATCH", "/v1/units/7", "unit_patch");
    finds("DELETE", "/v1/units/7", "unit_delete");
    finds("GET", "/v1/units/7/below/hamlet", "unit_below");
    finds("GET", "/v1/plan", "plan_only");
}
END_TEST

START_TEST(a_literal_comes_before_a_variable)
{
    finds("GET", "/v1/units/own", "unit_own");
    ck_assert_int_eq(request->path_value_count, 0);
    finds("GET", "/v1/units/owner", "unit_get");
    finds("GET", "/v1/units/ow", "unit_get");
    allows("DELETE", "/v1/units/own", "GET, HEAD, OPTIONS");
}
END_TEST

START_TEST(path_values_carry_the_names_of_the_route)
{
    finds("GET", "/v1/units/79-26734/below/xã", "unit_below");
    ck_assert_int_eq(request->path_value_count, 2);
    ck_assert_str_eq(request_path_value(request, "id"), "79-26734");
    ck_assert_str_eq(request_path_value(request, "kind"), "xã");
    ck_assert_ptr_null(request_path_value(request, "name"));
}
END_TEST

START_TEST(as_many_path_values_as_there_is_room_for)
{
    finds("GET", "/v1/deep/1/2/3/4", "deep_four");
    ck_assert_str_eq(request_path_value(request, "a"), "1");
    ck_assert_str_eq(request_path_value(request, "d"), "4");
    refused(found("GET", "/v1/deep/1/2/3/4/5"), NOT_FOUND, "five values");
}
END_TEST

START_TEST(an_unknown_path_is_not_found)
{
    static const char *const paths[] = {"/",
                                        "/v1",
                                        "/v2/units",
                                        "/v1/unit",
                                        "/v1/unitss",
                                        "/V1/units",
                                        "/v1/Units",
                                        "/v1/units/7/below",
                                        "/v1/units/7/below/xã/more",
                                        "/v1/units/own/below/xã",
                                        "/v1/plans/1",
                                        "/v1/{id}",
                                        "/v1 /units"};
    static const char *const methods[] = {"GET", "POST", "HEAD", "OPTIONS", "DELETE", "BREW"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
            refused(found(methods[m], paths[i]), NOT_FOUND, paths[i]);
            ck_assert_ptr_null(request->route);
            ck_assert_ptr_null(reply_header_value("Allow"));
        }
    }
}
END_TEST

START_TEST(a_wrong_method_is_told_the_right_ones)
{
    allows("DELETE", "/v1/units", "GET, HEAD, POST, OPTIONS");
    allows("POST", "/v1/units/7", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    allows("GET", "/v1/plans", "POST, OPTIONS");
    allows("TRACE", "/v1/units", "GET, HEAD, POST, OPTIONS");
    allows("CONNECT", "/v1/units/own", "GET, HEAD, OPTIONS");
}
END_TEST

START_TEST(method_names_are_exact)
{
    static const char *const names[] = {"get", "Get", "GE", "GETS", "", "head", "options", "post"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        allows(names[i], "/v1/units", "GET, HEAD, POST, OPTIONS");
    }
}
END_TEST

START_TEST(head_counts_as_get)
{
    finds("GET", "/v1/units", "unit_list");
    ck_assert(!request->head_only);
    finds("HEAD", "/v1/units", "unit_list");
    ck_assert(request->head_only);
    allows("HEAD", "/v1/plans", "POST, OPTIONS");
}
END_TEST

START_TEST(options_is_answered_without_a_problem)
{
    ck_assert(!found("OPTIONS", "/v1/units"));
    ck_assert_int_eq(request->problem.kind, NO_PROBLEM);
    ck_assert_int_eq(request->reply.status, 204);
    ck_assert_uint_eq(request->reply.size, 0);
    ck_assert_str_eq(reply_header_value("Allow"), "GET, HEAD, POST, OPTIONS");
    ck_assert_ptr_null(request->route);
}
END_TEST

START_TEST(every_method_but_get_writes)
{
    for (int m = 0; m < METHOD_COUNT; m++) {
        struct route route = {.method = (enum method)m};
        ck_assert_int_eq(route_writes(&route), m != METHOD_GET);
    }
}
END_TEST

START_TEST(the_table_gives_its_rows_back)
{
    size_t count = 0;
    ck_assert_ptr_eq(route_table_rows(table, &count), rows);
    ck_assert_uint_eq(count, sizeof rows / sizeof *rows);
    route_table_free(NULL);
}
END_TEST

enum { AREAS = 40, SHAPES = 5 };

/* Of 200 routes the one with this number, in an order that the tree has not. */
static struct route generated(int number)
{
    static const struct {
        enum method method;
        const char *below;
    } shapes[SHAPES] = {{METHOD_GET, ""},
                        {METHOD_POST, ""},
                        {METHOD_GET, "/{id}"},
                        {METHOD_PATCH, "/{id}/parts/{part}"},
                        {METHOD_GET, "/{id}/parts"}};
    int shape = number / AREAS;
    return (struct route){.method = shapes[shape].method,
                          .path = arena_printf(request->arena, "/v1/area%d%s", number % AREAS,
                                               shapes[shape].below),
                          .operation_id = arena_printf(request->arena, "operation_%d", number)};
}

START_TEST(two_hundred_routes_are_all_found)
{
    static const char *const paths[SHAPES] = {"", "", "/x", "/x/parts/y", "/x/parts"};
    struct route routes[AREAS * SHAPES];
    for (int i = 0; i < AREAS * SHAPES; i++) {
        routes[i] = generated(i);
    }
    struct route_table *many = route_table_new(routes, AREAS * SHAPES);
    service.routes = many;
    for (int i = 0; i < AREAS * SHAPES; i++) {
        const char *path =
            arena_printf(request->arena, "/v1/area%d%s", i % AREAS, paths[i / AREAS]);
        finds(method_names[routes[i].method], path, routes[i].operation_id);
        ck_assert_ptr_eq(request->route, &routes[i]);
    }
    refused(found("GET", "/v1/area40"), NOT_FOUND, "one area more");
    route_table_free(many);
}
END_TEST

Suite *route_suite(void)
{
    TCase *tests = tcase_create("route");
    tcase_add_checked_fixture(tests, open_routes, close_routes);
    tcase_add_test(tests, a_path_and_method_name_one_row);
    tcase_add_test(tests, a_literal_comes_before_a_variable);
    tcase_add_test(tests, path_values_carry_the_names_of_the_route);
    tcase_add_test(tests, as_many_path_values_as_there_is_room_for);
    tcase_add_test(tests, an_unknown_path_is_not_found);
    tcase_add_test(tests, a_wrong_method_is_told_the_right_ones);
    tcase_add_test(tests, method_names_are_exact);
    tcase_add_test(tests, head_counts_as_get);
    tcase_add_test(tests, options_is_answered_without_a_problem);
    tcase_add_test(tests, every_method_but_get_writes);
    tcase_add_test(tests, the_table_gives_its_rows_back);
    tcase_add_test(tests, two_hundred_routes_are_all_found);
    Suite *suite = suite_create("route");
    suite_add_tcase(suite, tests);
    return suite;
}
