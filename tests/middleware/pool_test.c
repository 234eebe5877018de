/* The lane of connections: first come first served, bounded, lazy, and cancelled when late. */
#include "middleware/pool.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "middleware/pipeline.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"

enum { QUEUE = 6 };

static struct pool *lane;

static void open_lane(int size, int waiting)
{
    struct pool_options options = {
        .conninfo = harness_database_url(), .user = "ansinh_app", .size = size, .waiting = waiting};
    lane = pool_new(&options);
}

static uint64_t in_ms(uint64_t ms)
{
    return monotonic_ns() + ms * 1000000;
}

struct customer {
    pthread_t thread;
    int served; /* as which one, from 1 */
    enum pool_verdict verdict;
};

static int served;

static void *stand_in_line(void *own)
{
    struct customer *customer = own;
    struct connection *connection = NULL;
    customer->verdict = pool_take(lane, in_ms(10000), &connection);
    if (customer->verdict == POOL_READY) {
        customer->served = ++served; /* one connection: nobody else counts at the same time */
        pool_give(connection, true);
    }
    return NULL;
}

START_TEST(who_came_first_is_served_first)
{
    struct customer customers[QUEUE] = {0};
    struct connection *connection = NULL;
    open_lane(1, QUEUE);
    served = 0;
    ck_assert_int_eq(pool_take(lane, in_ms(1000), &connection), POOL_READY);
    for (int i = 0; i < QUEUE; i++) {
        pthread_create(&customers[i].thread, NULL, stand_in_line, &customers[i]);
        while (pool_waiting(lane) <= i) {
            sched_yield();
        }
    }
    pool_give(connection, true);
    for (int i = 0; i < QUEUE; i++) {
        pthread_join(customers[i].thread, NULL);
        ck_assert_int_eq(customers[i].served, i + 1);
    }
    ck_assert_int_eq(pool_waiting(lane), 0);
    pool_free(lane);
}
END_TEST

START_TEST(the_wait_ends_at_its_deadline_and_the_line_is_bounded)
{
    struct connection *connection = NULL;
    struct connection *other = NULL;
    open_lane(1, 1);
    ck_assert_int_eq(pool_take(lane, in_ms(1000), &connection), POOL_READY);
    uint64_t before = monotonic_ns();
    ck_assert_int_eq(pool_take(lane, in_ms(30), &other), POOL_BUSY);
    ck_assert_uint_ge(monotonic_ns() - before, 30 * 1000000u);
    ck_assert_int_eq(pool_waiting(lane), 0);
    struct customer first = {0};
    pthread_create(&first.thread, NULL, stand_in_line, &first);
    while (pool_waiting(lane) < 1) {
        sched_yield();
    }
    before = monotonic_ns();
    ck_assert_int_eq(pool_take(lane, in_ms(60000), &other), POOL_BUSY);
    ck_assert_uint_lt(monotonic_ns() - before, 10000u * 1000000u);
    pool_give(connection, true);
    pthread_join(first.thread, NULL);
    ck_assert_int_eq(first.verdict, POOL_READY);
    pool_free(lane);
}
END_TEST

START_TEST(a_lane_without_a_database_says_so_and_stays_usable)
{
    struct connection *connection = NULL;
    struct pool_options options = {.conninfo = "host=/nonexistent", .size = 1, .waiting = 1};
    lane = pool_new(&options);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(pool_take(lane, in_ms(1000), &connection), POOL_DOWN);
    }
    pool_free(lane);
}
END_TEST

START_TEST(a_statement_is_prepared_at_its_first_use_by_a_slice)
{
    struct connection *connection = NULL;
    open_lane(1, 0);
    ck_assert_int_eq(pool_take(lane, in_ms(1000), &connection), POOL_READY);
    for (int use = 0; use < 3; use++) {
        ck_assert(pipeline_send(connection, SLICE_NONE, SQL_SCHEMA_VERSION, 0, NULL));
        ck_assert_int_eq(connection->expected, use == 0 ? 2 : 1);
        ck_assert(pipeline_sync(connection));
        PGresult *rows = pipeline_receive(connection, in_ms(1000));
        ck_assert_int_eq(PQresultStatus(rows), PGRES_TUPLES_OK);
        PQclear(rows);
        ck_assert(pipeline_drain(connection, in_ms(1000)));
    }
    ck_assert_int_eq(connection->trips, 3);
    pool_give(connection, true);
    pool_free(lane);
}
END_TEST

START_TEST(a_failed_statement_leaves_the_connection_usable)
{
    static const char *const values[] = {"no uuid", "1", "nation", "on"};
    struct connection *connection = NULL;
    open_lane(1, 0);
    ck_assert_int_eq(pool_take(lane, in_ms(1000), &connection), POOL_READY);
    for (int again = 0; again < 2; again++) {
        ck_assert(pipeline_send(connection, SLICE_NONE, SQL_SESSION_OPEN, 4, values));
        ck_assert(pipeline_send(connection, SLICE_NONE, SQL_SCHEMA_VERSION, 0, NULL));
        ck_assert(pipeline_sync(connection));
        PGresult *failed = pipeline_receive(connection, in_ms(1000));
        ck_assert_str_eq(PQresultErrorField(failed, PG_DIAG_SQLSTATE), "22P02");
        PQclear(failed);
        PGresult *skipped = pipeline_receive(connection, in_ms(1000));
        ck_assert_int_eq(PQresultStatus(skipped), PGRES_PIPELINE_ABORTED);
        PQclear(skipped);
        ck_assert(pipeline_drain(connection, in_ms(1000)));
    }
    pool_give(connection, true);
    pool_free(lane);
}
END_TEST

Suite *pool_suite(void)
{
    Suite *suite = suite_create("pool");
    TCase *tcase = tcase_create("pool");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, who_came_first_is_served_first);
    tcase_add_test(tcase, the_wait_ends_at_its_deadline_and_the_line_is_bounded);
    tcase_add_test(tcase, a_lane_without_a_database_says_so_and_stays_usable);
    tcase_add_test(tcase, a_statement_is_prepared_at_its_first_use_by_a_slice);
    tcase_add_test(tcase, a_failed_statement_leaves_the_connection_usable);
    suite_add_tcase(suite, tcase);
    return suite;
}
