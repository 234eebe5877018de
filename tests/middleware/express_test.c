/* The express lane: together on one connection, and yet each for itself. */
#include "middleware/express.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "middleware/pool.h"
#include "middleware/route.h"
#include "middleware/segment.h"
#include "tests/support/harness.h"
#include "tests/support/request_case.h"
#include "tests/support/wire.h"

enum { TRAVELLERS = 24, JOURNEYS = 40, KINDS = 4 };

static const struct route reading = {.method = METHOD_GET, .operation_id = "user_get"};
static const struct route auditing = {.method = METHOD_GET, .audited = true};

static void open_lane(const char *conninfo)
{
    struct pool_options options = {
        .conninfo = conninfo, .user = "ansinh_app", .size = 4, .waiting = TRAVELLERS};
    service.express = express_new(&options);
    ck_assert_ptr_nonnull(service.express);
}

static void close_lane(void)
{
    express_free(service.express);
    service.express = NULL;
}

/* Whom a login's session makes. */
static struct caller caller_of(const char *login, enum slice slice)
{
    token_of(login);
    const char *session = text("from session s join app_user u on u.id = s.user_id where s.ok and "
                               "u.username = '%s' order by s.expires_at desc limit 1",
                               login);
    return (struct caller){.user_id = sql_text(text("select u.id %s", session)),
                           .session_id = sql_text(text("select s.id %s", session)),
                           .generation = sql_text(text("select s.gen %s", session)),
                           .slice = slice};
}

/* The rows of this statement for this caller, or NULL. */
static const PGresult *ask_lane(struct request *req, const struct caller *caller,
                                enum sql_id statement, const char *id)
{
    req->service = &service;
    req->caller = *caller;
    req->route = req->route ? req->route : &reading;
    answer_row(req, 200, statement, PARAMS(id));
    return express_rows(req);
}

/* What a traveller asks for, and what it must get. */
static struct kind {
    struct caller caller;
    const char *id;
    int rows; /* -1: nothing from this lane */
} kinds[KINDS];

struct traveller {
    pthread_t thread;
    const struct kind *kind;
    int good, nothing, wrong;
};

static void *travel(void *own)
{
    struct traveller *traveller = own;
    const struct kind *kind = traveller->kind;
    for (int i = 0; i < JOURNEYS; i++) {
        struct arena *arena = arena_new(1 << 20);
        struct request *req = arena_alloc(arena, sizeof *req);
        req->arena = arena;
        const PGresult *rows = ask_lane(req, &kind->caller, SQL_USER_GET, kind->id);
        bool own_row =
            rows && PQntuples(rows) == 1 && strcmp(PQgetvalue(rows, 0, 0), kind->id) == 0;
        traveller->nothing += !rows;
        traveller->good += rows && PQntuples(rows) == kind->rows && (kind->rows == 0 || own_row);
        traveller->wrong += rows && (PQntuples(rows) != kind->rows || (kind->rows && !own_row));
        arena_free(arena);
    }
    return NULL;
}

/* A commune, its neighbour who asks for the same row, a session that is over, and an id that is none. The
 * first journeys may find a statement that a failed one in front should have prepared: nothing, then. */
START_TEST(each_has_its_own_session_and_its_own_errors)
{
    struct traveller travellers[TRAVELLERS] = {0};
    kinds[0].caller = caller_of("commune.manager", SLICE_COMMUNE);
    kinds[1].caller = caller_of("neighbour.commune", SLICE_COMMUNE);
    kinds[2] = kinds[3] = kinds[0];
    kinds[2].caller.generation = "9999";
    kinds[0].id = kinds[1].id = kinds[2].id = kinds[0].caller.user_id;
    kinds[3].id = "no uuid";
    kinds[0].rows = 1;
    kinds[2].rows = kinds[3].rows = -1;
    open_lane(harness_database_url());
    for (int i = 0; i < TRAVELLERS; i++) {
        travellers[i].kind = &kinds[i % KINDS];
        pthread_create(&travellers[i].thread, NULL, travel, &travellers[i]);
    }
    for (int i = 0; i < TRAVELLERS; i++) {
        pthread_join(travellers[i].thread, NULL);
        ck_assert_int_eq(travellers[i].wrong, 0);
        if (travellers[i].kind->rows < 0) {
            ck_assert_int_eq(travellers[i].nothing, JOURNEYS);
        } else {
            ck_assert_int_gt(travellers[i].good, JOURNEYS / 2);
        }
    }
    close_lane();
}
END_TEST

START_TEST(what_is_not_declared_fast_goes_another_way)
{
    struct caller caller = caller_of("commune.manager", SLICE_COMMUNE);
    open_lane(harness_database_url());
    ck_assert_ptr_nonnull(ask_lane(request, &caller, SQL_USER_GET, caller.user_id));
    ck_assert_int_eq(request->database_trips, 1);
    ck_assert_ptr_null(ask_lane(request, &caller, SQL_PERSON_GET, caller.user_id));
    request->route = &auditing;
    ck_assert_ptr_null(ask_lane(request, &caller, SQL_USER_GET, caller.user_id));
    ck_assert_int_eq(request->database_trips, 1);
    close_lane();
}
END_TEST

START_TEST(without_a_database_nobody_waits_for_the_lane)
{
    struct caller caller = {"x", "x", "1", SLICE_COMMUNE, DUTY_VIEWER};
    open_lane("host=/nonexistent");
    for (int i = 0; i < 3; i++) {
        ck_assert_ptr_null(ask_lane(request, &caller, SQL_USER_GET, "x"));
    }
    close_lane();
}
END_TEST

/* Somebody reorganises the table: whoever reads it waits. */
static PGconn *lock_users(void)
{
    PGconn *other = PQconnectdb(harness_database_url());
    PQclear(PQexec(other, "begin"));
    PGresult *locked = PQexec(other, "lock table app_user in access exclusive mode");
    ck_assert_int_eq(PQresultStatus(locked), PGRES_COMMAND_OK);
    PQclear(locked);
    return other;
}

START_TEST(who_waits_for_a_lock_closes_the_lane_for_a_moment)
{
    struct caller caller = caller_of("commune.manager", SLICE_COMMUNE);
    const char *unit = sql_text("select min(id) from unit");
    open_lane(harness_database_url());
    ck_assert_ptr_nonnull(ask_lane(request, &caller, SQL_UNIT_GET, unit));
    PGconn *other = lock_users();
    ck_assert_ptr_null(ask_lane(request, &caller, SQL_USER_GET, caller.user_id));
    ck_assert_ptr_null(ask_lane(request, &caller, SQL_UNIT_GET, unit));
    PQfinish(other);
    while (!ask_lane(request, &caller, SQL_UNIT_GET, unit)) {
        sched_yield();
    }
    ck_assert_ptr_nonnull(ask_lane(request, &caller, SQL_USER_GET, caller.user_id));
    close_lane();
}
END_TEST

/* The same over HTTP: who asks for something else is answered while the first one still waits. */
START_TEST(nobody_else_waits_for_that_lock)
{
    const char *unit = text("/v1/units/%s", sql_text("select min(id) from unit"));
    const char *path = text("/v1/users/%s", sql_text("select id from app_user where username = "
                                                     "'commune.manager'"));
    int fd = wire_open(server_port_number());
    const char *asking = wire_get("commune.manager", path);
    PGconn *other = lock_users();
    wire_send(fd, asking);
    for (int i = 0; i < 8; i++) {
        expect_status(call("commune.manager", "GET", unit, NULL), 200);
    }
    PQfinish(other);
    ck_assert_int_eq(wire_status(wire_reply(fd)), 200);
}
END_TEST

static void close_all(void)
{
    request_close();
    harness_forget();
}

Suite *express_suite(void)
{
    TCase *tests = tcase_create("express");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, request_open, close_all);
    tcase_add_test(tests, each_has_its_own_session_and_its_own_errors);
    tcase_add_test(tests, what_is_not_declared_fast_goes_another_way);
    tcase_add_test(tests, without_a_database_nobody_waits_for_the_lane);
    tcase_add_test(tests, who_waits_for_a_lock_closes_the_lane_for_a_moment);
    tcase_add_test(tests, nobody_else_waits_for_that_lock);
    Suite *suite = suite_create("express");
    suite_add_tcase(suite, tests);
    return suite;
}
