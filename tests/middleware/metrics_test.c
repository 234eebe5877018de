/* Counters: many threads, one sum, and a text that keeps the rules of Prometheus. */
#include "middleware/metrics.h"

#include <pthread.h>
#include <string.h>

#include "middleware/exposition.h"
#include "middleware/shed.h"
#include "tests/support/request_case.h"
#include "tests/support/scrape.h"

static const struct route rows[] = {
    {METHOD_GET, "/v1/units/{id}", 0, UNIT_READ, "unit_get", NULL, false, false},
    {METHOD_POST, "/v1/units", 0, UNIT_WRITE, "unit_create", NULL, false, false},
};
static struct metrics *metrics;

static void open_metrics(void)
{
    request_open();
    metrics = metrics_new(rows, 2);
    service.metrics = metrics;
}

static void close_metrics(void)
{
    metrics_free(metrics);
    request_close();
}

static struct scrape scraped(void)
{
    struct render out;
    render_init(&out, request->arena);
    metrics_render(metrics, &out);
    return scrape_read(out.data);
}

static void answered(const struct route *route, int status, uint64_t took_ns)
{
    request_again();
    request->route = route;
    request->reply.status = status;
    request->took_ns = took_ns;
    metrics_request(request);
}

START_TEST(nothing_counted_is_a_text_too)
{
    struct scrape scrape = scraped();
    ck_assert_uint_gt(scrape.count, 50);
    for (size_t i = 0; i < scrape.count; i++) {
        ck_assert(scrape.samples[i].value == 0);
    }
}
END_TEST

#define UNIT_GET "{operation=\"unit_get\",method=\"GET\",status=\"2xx\"}"
#define UNIT_GET_LE(le) "{operation=\"unit_get\",method=\"GET\",status=\"2xx\",le=\"" le "\"}"
#define SECONDS "http_request_duration_seconds"

START_TEST(a_time_is_in_the_bucket_whose_bound_it_does_not_exceed)
{
    static const uint64_t times[] = {0, 500000, 500001, 9999999, 10000000, 10000000001, 1u << 31};
    double sum = 0;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        answered(&rows[0], 200, times[i]);
        sum += (double)times[i] / 1e9;
    }
    struct scrape scrape = scraped();
    ck_assert(scrape_value(scrape, SECONDS "_bucket" UNIT_GET_LE("0.0005")) == 2);
    ck_assert(scrape_value(scrape, SECONDS "_bucket" UNIT_GET_LE("0.001")) == 3);
    ck_assert(scrape_value(scrape, SECONDS "_bucket" UNIT_GET_LE("0.005")) == 3);
    ck_assert(scrape_value(scrape, SECONDS "_bucket" UNIT_GET_LE("0.01")) == 5);
    ck_assert(scrape_value(scrape, SECONDS "_bucket" UNIT_GET_LE("2.5")) == 6);
    ck_assert(scrape_value(scrape, SECONDS "_bucket" UNIT_GET_LE("10")) == 6);
    ck_assert(scrape_value(scrape, SECONDS "_bucket" UNIT_GET_LE("+Inf")) == 7);
    ck_assert(scrape_value(scrape, SECONDS "_count" UNIT_GET) == 7);
    ck_assert_double_eq_tol(scrape_value(scrape, SECONDS "_sum" UNIT_GET), sum, 1e-9);
}
END_TEST

START_TEST(requests_are_told_apart_by_row_and_class_of_status)
{
    static const int statuses[] = {200, 201, 204, 304, 404, 409, 499, 503, 0, 999};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        answered(&rows[1], statuses[i], 1);
        answered(NULL, statuses[i], 1);
    }
    static const int counts[] = {1, 3, 1, 3, 2};
    struct scrape scrape = scraped();
    for (int class = 1; class <= 5; class ++) {
        char spelt[200];
        snprintf(spelt, sizeof spelt,
                 SECONDS "_count{operation=\"unit_create\",method=\"POST\",status=\"%dxx\"}",
                 class);
        ck_assert(scrape_value(scrape, spelt) == counts[class - 1]);
        snprintf(spelt, sizeof spelt,
                 SECONDS "_count{operation=\"unknown\",method=\"any\",status=\"%dxx\"}", class);
        ck_assert(scrape_value(scrape, spelt) == counts[class - 1]);
    }
}
END_TEST

START_TEST(what_was_too_much_is_counted_by_its_cause)
{
    static const struct {
        enum problem_kind kind;
        enum cause cause;
        const char *spelt;
    } cases[] = {
        {BUSY, CAUSE_CONNECTIONS, "connections"},
        {BUSY, CAUSE_BODIES, "bodies"},
        {BUSY, CAUSE_WAITING, "waiting"},
        {BUSY, CAUSE_PASSWORDS, "passwords"},
        {BUSY, CAUSE_MEMORY, "memory"},
        {BUSY, NO_CAUSE, "contention"},
        {DATABASE_UNAVAILABLE, NO_CAUSE, "database"},
        {STOPPING, NO_CAUSE, "stopping"},
        {TOO_MANY_REQUESTS, CAUSE_USER_RATE, "user_rate"},
        {TOO_MANY_REQUESTS, CAUSE_ADDRESS_RATE, "address_rate"},
        {TOO_MANY_REQUESTS, NO_CAUSE, "attempts"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t n = 0; n <= i; n++) {
            request_again();
            ck_assert(!shed(request, cases[i].kind, cases[i].cause));
            request->reply.status = problem_rows[cases[i].kind].status;
            metrics_request(request);
        }
    }
    request_again();
    ck_assert(!fail(request, NOT_FOUND));
    ck_assert(!shed(request, BUSY, CAUSE_BODIES)); /* the first problem stays */
    metrics_request(request);
    struct scrape scrape = scraped();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char spelt[100];
        snprintf(spelt, sizeof spelt, "ansinh_requests_shed_total{cause=\"%s\"}", cases[i].spelt);
        ck_assert_msg(scrape_value(scrape, spelt) == (double)(i + 1), "%s", spelt);
    }
}
END_TEST

START_TEST(states_of_sql_are_counted_by_class)
{
    static const char *const states[] = {"23505", "23514", "42501", "57014", "ZZ999", "", NULL};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        metrics_state(metrics, states[i]);
    }
    struct scrape scrape = scraped();
    ck_assert(scrape_value(scrape, "ansinh_sql_errors_total{class=\"23\"}") == 2);
    ck_assert(scrape_value(scrape, "ansinh_sql_errors_total{class=\"42\"}") == 1);
    ck_assert(scrape_value(scrape, "ansinh_sql_errors_total{class=\"57\"}") == 1);
    ck_assert(scrape_value(scrape, "ansinh_sql_errors_total{class=\"other\"}") == 3);
}
END_TEST

enum { THREADS = 8, TURNS = 20000 };

static void *count_much(void *own)
{
    struct request mine = {.service = &service, .route = own, .arena = arena_new(1 << 20)};
    arena_alloc(mine.arena, 1);
    mine.reply.status = 200;
    mine.took_ns = 2000000;
    for (int i = 0; i < TURNS; i++) {
        metrics_gauge(metrics, GAUGE_IN_FLIGHT, 1);
        metrics_count(metrics, COUNT_REPLAYED);
        metrics_span(metrics, SPAN_READ_WAIT, 1000);
        metrics_request(&mine);
        metrics_gauge(metrics, GAUGE_IN_FLIGHT, -1);
    }
    arena_free(mine.arena);
    return NULL;
}

START_TEST(no_thread_loses_a_count)
{
    pthread_t threads[THREADS];
    const double all = (double)THREADS * TURNS;
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count_much, (void *)&rows[0]), 0);
    }
    struct scrape before = scraped();
    scrape_follows(before, scraped());
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    struct scrape scrape = scraped();
    ck_assert(scrape_value(scrape, "ansinh_idempotent_replays_total") == all);
    ck_assert(scrape_value(scrape, "http_requests_in_flight") == 0);
    ck_assert(scrape_value(scrape, SECONDS "_count" UNIT_GET) == all);
    ck_assert_double_eq_tol(scrape_value(scrape, SECONDS "_sum" UNIT_GET), all * 0.002, 1e-6);
    ck_assert(scrape_value(scrape, "ansinh_pool_wait_seconds_count{lane=\"read\"}") == all);
    ck_assert(scrape_value(scrape, "ansinh_request_memory_peak_bytes") > 0);
}
END_TEST

START_TEST(without_metrics_nothing_is_counted)
{
    service.metrics = NULL;
    metrics_count(NULL, COUNT_REPLAYED);
    metrics_gauge(NULL, GAUGE_IN_FLIGHT, 1);
    metrics_span(NULL, SPAN_FOLD, 1);
    metrics_level(NULL, LEVEL_FOLD_DONE, 1);
    metrics_state(NULL, "23505");
    answered(&rows[0], 200, 1);
    metrics_free(NULL);
    ck_assert(scrape_value(scraped(), "ansinh_idempotent_replays_total") == 0);
}
END_TEST

Suite *metrics_suite(void)
{
    TCase *tests = tcase_create("metrics");
    tcase_add_checked_fixture(tests, open_metrics, close_metrics);
    tcase_add_test(tests, nothing_counted_is_a_text_too);
    tcase_add_test(tests, a_time_is_in_the_bucket_whose_bound_it_does_not_exceed);
    tcase_add_test(tests, requests_are_told_apart_by_row_and_class_of_status);
    tcase_add_test(tests, what_was_too_much_is_counted_by_its_cause);
    tcase_add_test(tests, states_of_sql_are_counted_by_class);
    tcase_add_test(tests, no_thread_loses_a_count);
    tcase_add_test(tests, without_metrics_nothing_is_counted);
    Suite *suite = suite_create("metrics");
    suite_add_tcase(suite, tests);
    return suite;
}
