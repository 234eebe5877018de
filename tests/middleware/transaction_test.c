/* Keys that make a retry harmless, and how often a request waits for the database. */
#include <poll.h>
#include <string.h>

#include "middleware/request.h"
#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

static const char hamlet[] = "{\"kind\":\"hamlet\",\"form\":\"thon\",\"name\":\"Thôn Khóa\"}";

static struct answer keyed(const char *login, const char *key, const char *body)
{
    const char *const headers[] = {text("Idempotency-Key: %s", key), NULL};
    return call_with(login, "POST", "/v1/units", body, headers);
}

START_TEST(a_retry_with_the_key_has_one_effect_and_the_same_answer)
{
    struct answer first = expect_status(keyed("commune.manager", "retry-0001", hamlet), 201);
    ck_assert_ptr_null(answer_header(first, "Idempotency-Replayed"));
    for (int i = 0; i < 3; i++) {
        struct answer again = expect_status(keyed("commune.manager", "retry-0001", hamlet), 201);
        ck_assert_str_eq(again.body, first.body);
        ck_assert_str_eq(answer_header(again, "Location"), answer_header(first, "Location"));
        ck_assert_str_eq(answer_header(again, "Idempotency-Replayed"), "true");
    }
    ck_assert_str_eq(sql_text("select count(*) from unit where name = 'Thôn Khóa'"), "1");
}
END_TEST

START_TEST(a_key_belongs_to_one_request_of_one_user)
{
    const char *other = "{\"kind\":\"hamlet\",\"form\":\"thon\",\"name\":\"Thôn Khác\"}";
    expect_problem(keyed("commune.manager", "retry-0001", other), 422, "idempotency_key_reused");
    expect_status(keyed("neighbour.commune", "retry-0001", hamlet), 201);
}
END_TEST

START_TEST(a_refused_request_leaves_no_key)
{
    struct answer refused = keyed("commune.manager", "retry-0002", hamlet);
    expect_problem(refused, 409, "duplicate");
    ck_assert_str_eq(sql_text("select count(*) from idempotency where key = 'retry-0002'"), "0");
    expect_status(keyed("commune.manager", "retry-0002",
                        "{\"kind\":\"hamlet\",\"form\":\"thon\",\"name\":\"Thôn Sau\"}"),
                  201);
}
END_TEST

START_TEST(a_write_without_a_key_is_refused)
{
    expect_problem(call_with("commune.manager", "POST", "/v1/units", hamlet, NULL), 400,
                   "idempotency_key_missing");
    const char *const bad[] = {"Idempotency-Key: short", NULL};
    expect_problem(call_with("commune.manager", "POST", "/v1/units", hamlet, bad), 400,
                   "invalid_request");
}
END_TEST

/* The last log line of an operation says how many trips it took. */
static const char *last_log_line(const char *method, const char *route)
{
    FILE *log = fopen(server_log_path(), "r");
    static char line[4096];
    static char found[4096];
    const char *wanted = text("\"method\":\"%s\",\"route\":\"%s\"", method, route);
    found[0] = '\0';
    while (log && fgets(line, sizeof line, log)) {
        if (strstr(line, wanted)) {
            memcpy(found, line, sizeof found);
        }
    }
    if (log) {
        fclose(log);
    }
    return found;
}

START_TEST(a_read_takes_one_trip_and_a_write_two)
{
    expect_status(call("commune.manager", "GET", "/v1/enrolments", NULL), 200);
    ck_assert_ptr_nonnull(strstr(last_log_line("GET", "/v1/enrolments"), "\"database_trips\":1"));
    expect_status(call("commune.manager", "GET", "/v1/units/1", NULL), 200);
    ck_assert_ptr_nonnull(strstr(last_log_line("GET", "/v1/units/{id}"), "\"database_trips\":1"));
    /* with its audit line */
    expect_status(call("commune.manager", "GET", "/v1/people?q=a", NULL), 200);
    ck_assert_ptr_nonnull(strstr(last_log_line("GET", "/v1/people"), "\"database_trips\":1"));
    expect_status(call_with("agent.collector", "POST", "/v1/quotes",
                            "{\"scheme\":\"hhi\",\"months\":12,\"paid_on\":\"2026-11-22\","
                            "\"members\":[{}]}",
                            (const char *const[]){NULL}),
                  200);
    ck_assert_ptr_nonnull(strstr(last_log_line("POST", "/v1/quotes"), "\"database_trips\":1"));
    expect_status(call("commune.manager", "POST", "/v1/units",
                       "{\"kind\":\"hamlet\",\"form\":\"thon\",\"name\":\"Thôn Hai Chuyến\"}"),
                  201);
    ck_assert_ptr_nonnull(strstr(last_log_line("POST", "/v1/units"), "\"database_trips\":2"));
}
END_TEST

/* It reads what the price depends on, and prices, before it writes. */
START_TEST(an_enrolment_takes_three_trips)
{
    struct answer made =
        call("agent.collector", "POST", "/v1/enrolments",
             text("{\"scheme\":\"hhi\",\"hamlet_id\":900101,\"months\":12,\"paid_on\":\"%s\","
                  "\"person\":{\"full_name\":\"Ka Rêm\",\"date_of_birth\":\"1990\",\"sex\":"
                  "\"female\"}}",
                  sql_text("select business_date()")));
    const char *id = text_member(expect_status(made, 201), "id");
    ck_assert_ptr_nonnull(strstr(last_log_line("POST", "/v1/enrolments"), "\"database_trips\":3"));
    expect_status(call("agent.collector", "POST", text("/v1/enrolments/%s/void", id),
                       "{\"reason\":\"x\"}"),
                  200);
}
END_TEST

static const char *trips_of(const char *action)
{
    const char *line = last_log_line("POST", text("/v1/assignments/{id}/%s", action));
    return text("%.1s", strstr(line, "\"database_trips\":") + 17);
}

/* A decision that is noted and the locks of the ledger travel along; only what must be computed between
 * reading and writing takes a trip more. */
START_TEST(locks_and_decisions_take_no_trip_of_their_own)
{
    const char *id = planned("province.manager", "arrears", "2029", 10);
    ck_assert_ptr_nonnull(strstr(last_log_line("POST", "/v1/plans"), "\"database_trips\":2"));
    expect_status(act("province.manager", id, "amend",
                      "{\"change\":5,\"reason\":\"x\",\"decision\":{\"number\":\"9\","
                      "\"decided_on\":\"2029-01-05\"}}"),
                  201);
    ck_assert_str_eq(trips_of("amend"), "2");
    expect_status(act("province.manager", id, "phase", "{\"by\":\"equal\",\"reason\":\"x\"}"), 201);
    ck_assert_str_eq(trips_of("phase"), "3");
}
END_TEST

START_TEST(the_service_is_back_after_the_database_dropped_it)
{
    sql_text("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ansinh_app'");
    for (int i = 0; i < 8; i++) {
        expect_status(call("commune.manager", "GET", "/v1/me", NULL), 200);
    }
}
END_TEST

Suite *transaction_suite(void)
{
    Suite *suite = suite_create("transaction");
    TCase *tcase = tcase_create("transaction");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_retry_with_the_key_has_one_effect_and_the_same_answer);
    tcase_add_test(tcase, a_key_belongs_to_one_request_of_one_user);
    tcase_add_test(tcase, a_refused_request_leaves_no_key);
    tcase_add_test(tcase, a_write_without_a_key_is_refused);
    tcase_add_test(tcase, a_read_takes_one_trip_and_a_write_two);
    tcase_add_test(tcase, an_enrolment_takes_three_trips);
    tcase_add_test(tcase, locks_and_decisions_take_no_trip_of_their_own);
    tcase_add_test(tcase, the_service_is_back_after_the_database_dropped_it);
    suite_add_tcase(suite, tcase);
    return suite;
}
