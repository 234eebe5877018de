/* GET /metrics on a server of its own: where it is, and that what is done to the server is what it counts. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "middleware/request.h"
#include "tests/support/harness.h"
#include "tests/support/own_database.h"
#include "tests/support/scrape.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

#define REFUSED "ansinh_requests_shed_total"

static pid_t server;
static unsigned port, probes;

/* Up to four settings. */
static void start(const char *const *more)
{
    probes = wire_free_port();
    const char *settings[6] = {text("ANSINH_ADMIN_LISTEN=127.0.0.1:%u", probes)};
    for (int i = 0; more && more[i] && i < 4; i++) {
        settings[i + 1] = more[i];
    }
    server = start_program(settings, &port);
    ck_assert_uint_ne(port, 0);
}

static void stop(void)
{
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
}

static const char *answer_at(unsigned other, const char *request)
{
    int fd = wire_open(other);
    wire_send(fd, request);
    const char *reply = text("%s", wire_reply(fd));
    close(fd);
    return reply;
}

static int status_of(const char *request)
{
    return wire_status(answer_at(port, request));
}

static struct scrape scraped(void)
{
    const char *reply = answer_at(probes, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    ck_assert_int_eq(wire_status(reply), 200);
    ck_assert_ptr_nonnull(
        strstr(reply, "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    return scrape_read(strstr(reply, "\r\n\r\n") + 4);
}

/* Until a figure is as it has to become. */
static struct scrape scraped_until(const char *spelt, double value)
{
    struct scrape scrape = scraped();
    uint64_t limit = monotonic_ns() + 10000000000u;
    while (scrape_value(scrape, spelt) != value && monotonic_ns() < limit) {
        harness_forget();
        scrape = scraped();
    }
    ck_assert_msg(scrape_value(scrape, spelt) == value, "%s is %f", spelt,
                  scrape_value(scrape, spelt));
    return scrape;
}

static int requests(struct scrape scrape, const char *labels)
{
    return (int)scrape_value(scrape, text("http_request_duration_seconds_count{%s}", labels));
}

static int number(struct scrape scrape, const char *spelt)
{
    return (int)scrape_value(scrape, spelt);
}

START_TEST(only_the_listener_for_probes_shows_them)
{
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 200},
        {"POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405},
        {"GET /metrics?name=x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", 400},
        {"GET /metrics/x HTTP/1.1\r\nHost: a\r\n\r\n", 404},
    };
    start(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_int_eq(wire_status(answer_at(probes, rows[i].request)), rows[i].status);
        ck_assert_int_eq(status_of(rows[i].request), 404);
    }
    ck_assert_int_eq(status_of("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"), 404);
    struct scrape scrape = scraped();
    ck_assert_int_eq(requests(scrape, "operation=\"unknown\",method=\"any\",status=\"4xx\""), 6);
    stop();
}
END_TEST

static const char *post_session(const char *user, const char *password)
{
    const char *body = text("{\"username\":\"%s\",\"password\":\"%s\"}", user, password);
    return text("POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                "Content-Length: %zu\r\n\r\n%s",
                strlen(body), body);
}

static const char *post_hamlet(const char *key)
{
    static const char body[] = "{\"kind\":\"hamlet\",\"form\":\"thon\",\"name\":\"Thôn Đếm Được\"}";
    return text("POST /v1/units HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                "Authorization: Bearer %s\r\nIdempotency-Key: %s\r\nContent-Length: %zu\r\n\r\n%s",
                token_of("commune.manager"), key, strlen(body), body);
}

START_TEST(what_was_asked_is_what_is_counted)
{
    start(NULL);
    struct scrape before = scraped();
    ck_assert_int_eq(status_of("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    ck_assert_int_eq(status_of("HEAD /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    for (int i = 0; i < 30; i++) {
        ck_assert_int_eq(status_of(text("GET /path-%d HTTP/1.1\r\nHost: a\r\n\r\n", i)), 404);
        ck_assert_int_eq(status_of(text("VERB-%d /v1/me HTTP/1.1\r\nHost: a\r\n\r\n", i)), 405);
    }
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(status_of(wire_get("commune.viewer", text("/v1/units/%d", 9999990 + i))),
                         404);
    }
    ck_assert_int_eq(status_of(wire_get("commune.viewer", "/v1/me")), 200);
    ck_assert_int_eq(status_of("GET /v1/me HTTP/1.1\r\nHost: a\r\n\r\n"), 401);
    ck_assert_int_eq(status_of(post_session("commune.viewer", "test-password-2026")), 201);
    ck_assert_int_eq(status_of(post_session("no.such.metrics", "wrong-password")), 401);
    ck_assert_int_eq(status_of(post_hamlet("metrics-key-1")), 201);
    ck_assert_int_eq(status_of(post_hamlet("metrics-key-1")), 201);
    struct scrape after = scraped();
    scrape_follows(before, after);
    ck_assert_int_eq(requests(after, "operation=\"probe_live\",method=\"GET\",status=\"2xx\""), 2);
    ck_assert_int_eq(requests(after, "operation=\"unknown\",method=\"any\",status=\"4xx\""), 60);
    ck_assert_int_eq(requests(after, "operation=\"unit_get\",method=\"GET\",status=\"4xx\""), 3);
    ck_assert_int_eq(requests(after, "operation=\"user_me\",method=\"GET\",status=\"2xx\""), 1);
    ck_assert_int_eq(requests(after, "operation=\"user_me\",method=\"GET\",status=\"4xx\""), 1);
    ck_assert_int_eq(requests(after, "operation=\"unit_create\",method=\"POST\",status=\"2xx\""),
                     2);
    ck_assert_int_eq(number(after, "ansinh_idempotent_replays_total"), 1);
    ck_assert_int_eq(number(after, "ansinh_sql_errors_total{class=\"23\"}"),
                     1); /* the key is known */
    ck_assert_int_eq(number(after, "ansinh_sign_ins_total{outcome=\"good\"}"), 1);
    ck_assert_int_eq(number(after, "ansinh_sign_ins_total{outcome=\"wrong_credentials\"}"), 1);
    ck_assert_int_eq(number(after, "ansinh_pool_wait_seconds_count{lane=\"read\"}"), 4);
    ck_assert_int_eq(number(after, "ansinh_pool_open{lane=\"write\"}"), 1);
    ck_assert_int_gt(number(after, "ansinh_request_memory_peak_bytes"), 1000);
    stop();
}
END_TEST

START_TEST(the_process_says_what_it_is_and_what_it_takes)
{
    start(NULL);
    struct scrape scrape = scraped();
    time_t now = time(NULL);
    double started = scrape_value(scrape, "process_start_time_seconds");
    ck_assert(started > (double)now - 100 && started < (double)now + 2);
    ck_assert(scrape_value(scrape, "process_resident_memory_bytes") > 1e6);
    ck_assert(scrape_value(scrape, "process_cpu_seconds_total") > 0);
    ck_assert_int_gt(number(scrape, "process_open_fds"), 5);
    ck_assert_int_ge(number(scrape, "process_max_fds"), number(scrape, "process_open_fds"));
    ck_assert_int_gt(number(scrape, "process_threads"), 2);
    ck_assert(strstr(scrape.samples[0].labels, "version=\"1."));
    ck_assert_int_eq(number(scrape, "ansinh_pool_connections{lane=\"write\"}"), 4);
    stop();
}
END_TEST

/* One at work, one waits in vain, one may not even wait. */
START_TEST(a_lane_that_is_full_shows)
{
    const char *const settings[] = {"ANSINH_READ_CONNECTIONS=1", "ANSINH_WAITING_REQUESTS=1",
                                    "ANSINH_WAIT_MS=400", NULL};
    start(settings);
    const char *me = strdup(wire_get("commune.viewer", "/v1/me"));
    int fds[2];
    sql_text("begin");
    sql_text("lock table app_user in access exclusive mode");
    for (int i = 0; i < 2; i++) {
        fds[i] = wire_open(port);
        wire_send(fds[i], me);
        scraped_until(
            i ? "ansinh_pool_waiting{lane=\"read\"}" : "ansinh_pool_in_use{lane=\"read\"}", 1);
    }
    struct scrape during = scraped_until("http_requests_in_flight", 2);
    ck_assert_int_eq(number(during, "http_connections"), 2);
    ck_assert_int_eq(number(during, "ansinh_pool_idle{lane=\"read\"}"), 0);
    ck_assert_int_eq(status_of(me), 503);
    ck_assert_int_eq(wire_status(wire_reply(fds[1])), 503);
    sql_text("rollback");
    ck_assert_int_eq(wire_status(wire_reply(fds[0])), 200);
    close(fds[0]);
    close(fds[1]);
    struct scrape after = scraped_until("http_connections", 0);
    ck_assert_int_eq(number(after, "ansinh_pool_refused_total{lane=\"read\"}"), 1);
    ck_assert_int_eq(number(after, "ansinh_pool_timeouts_total{lane=\"read\"}"), 1);
    ck_assert_int_eq(number(after, REFUSED "{cause=\"waiting\"}"), 2);
    ck_assert_int_eq(number(after, "ansinh_pool_in_use{lane=\"read\"}"), 0);
    ck_assert_int_eq(number(after, "ansinh_pool_wait_seconds_count{lane=\"read\"}"), 3);
    ck_assert_int_eq(number(after, "http_requests_in_flight"), 0);
    free((char *)me);
    stop();
}
END_TEST

START_TEST(whom_it_sends_away_it_counts_by_the_reason)
{
    const char *const settings[] = {"ANSINH_CONNECTION_LIMIT=8", "ANSINH_USER_RATE=1",
                                    "ANSINH_ADDRESS_RATE=3", "ANSINH_BODIES_LIMIT=1024", NULL};
    start(settings);
    const char *me = strdup(wire_get("commune.viewer", "/v1/me"));
    ck_assert_int_eq(status_of(me), 200);
    ck_assert_int_eq(status_of(me), 429);
    ck_assert_int_eq(status_of(text("POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: "
                                    "application/json\r\nContent-Length: 2000\r\n\r\n%2000s",
                                    "")),
                     503);
    int cut = wire_open(port);
    wire_send(cut, "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                   "Content-Length: 100\r\n\r\n{\"username\":");
    close(cut);
    ck_assert_int_eq(status_of("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    ck_assert_int_eq(status_of("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 429);
    scraped_until("http_connections", 0);
    int clients[8];
    for (int i = 0; i < 8; i++) {
        clients[i] = wire_open(port);
    }
    scraped_until("http_connections", 8);
    ck_assert_int_eq(status_of("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 503);
    for (int i = 0; i < 8; i++) {
        close(clients[i]);
    }
    struct scrape after = scraped_until("http_requests_abandoned_total", 1);
    ck_assert_int_eq(number(after, REFUSED "{cause=\"user_rate\"}"), 1);
    ck_assert_int_eq(number(after, REFUSED "{cause=\"address_rate\"}"), 1);
    ck_assert_int_eq(number(after, REFUSED "{cause=\"bodies\"}"), 1);
    ck_assert_int_eq(number(after, REFUSED "{cause=\"connections\"}"), 1);
    free((char *)me);
    stop();
}
END_TEST

/* A gauge that forgets to fall would show more and more. */
START_TEST(what_never_became_whole_leaves_nothing_in_flight)
{
    static const char *const rows[] = {
        "GET /livez HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nX: b",
        "GET /livez HTTP/1.1\r\n",
        "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{",
        "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}",
        "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /li",
        "",
    };
    const char *const settings[] = {"ANSINH_HEAD_MS=300", "ANSINH_BODY_MS=300", NULL};
    start(settings);
    for (int again = 0; again < 2; again++) { /* cut by the client, then by us */
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            int fd = wire_open(port);
            wire_send(fd, rows[i]);
            if (again) {
                wire_rest(fd);
            }
            close(fd);
        }
    }
    struct scrape after = scraped_until("http_connections", 0);
    ck_assert_int_eq(number(after, "http_requests_in_flight"), 0);
    ck_assert_int_eq(number(after, "http_requests_abandoned_total"), 10);
    ck_assert_int_eq(requests(after, "operation=\"unknown\",method=\"any\",status=\"4xx\""), 2);
    stop();
}
END_TEST

static void make_rows(void)
{
    own_database_make("ansinh_metrics");
}

/* A server alone with its database: nobody else folds. */
START_TEST(folding_says_how_much_when_and_whether_it_went_well)
{
    static const char some[] =
        "insert into progress_delta (scheme, kind, effective_on, n, unit_id, province_id, district_id, "
        "commune_id) select 'vsi', 'stock', '2026-01-01', 1, id, province_id, district_id, commune_id "
        "from unit where kind = 'commune' order by id limit 7";
    const char *const settings[] = {own_setting(), NULL};
    start(settings);
    ck_assert_int_eq(number(scraped(), "ansinh_fold_rows_total"), 0);
    own_text(some);
    struct scrape good = scraped_until("ansinh_fold_rows_total", 7);
    ck_assert_int_ge(number(good, "ansinh_folds_total{outcome=\"good\"}"), 1);
    ck_assert_int_eq(number(good, "ansinh_fold_backlog_rows"), 0);
    double done = scrape_value(good, "ansinh_fold_last_success_timestamp_seconds");
    ck_assert(done > (double)time(NULL) - 30 && done < (double)time(NULL) + 2);
    ck_assert_int_ge(number(good, "ansinh_fold_duration_seconds_count"), 1);
    own_text("alter procedure fold_younger rename to not_now");
    own_text(some);
    struct scrape bad = scraped_until("ansinh_fold_backlog_rows", 7);
    ck_assert_int_eq(number(bad, "ansinh_fold_rows_total"), 7);
    bad = scraped_until("ansinh_folds_total{outcome=\"failed\"}", 1);
    ck_assert_int_ge(number(bad, "ansinh_sql_errors_total{class=\"42\"}"), 1);
    own_text("alter procedure not_now rename to fold_younger");
    scraped_until("ansinh_fold_rows_total", 14);
    scraped_until("ansinh_fold_backlog_rows", 0);
    stop();
}
END_TEST

Suite *metrics_show_suite(void)
{
    Suite *suite = suite_create("metrics_show");
    TCase *tcase = tcase_create("metrics_show");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, only_the_listener_for_probes_shows_them);
    tcase_add_test(tcase, what_was_asked_is_what_is_counted);
    tcase_add_test(tcase, the_process_says_what_it_is_and_what_it_takes);
    tcase_add_test(tcase, a_lane_that_is_full_shows);
    tcase_add_test(tcase, whom_it_sends_away_it_counts_by_the_reason);
    tcase_add_test(tcase, what_never_became_whole_leaves_nothing_in_flight);
    suite_add_tcase(suite, tcase);
    TCase *own = tcase_create("folding");
    tcase_set_timeout(own, 60);
    tcase_add_unchecked_fixture(own, make_rows, own_database_drop);
    tcase_add_checked_fixture(own, NULL, harness_forget);
    tcase_add_test(own, folding_says_how_much_when_and_whether_it_went_well);
    suite_add_tcase(suite, own);
    return suite;
}
