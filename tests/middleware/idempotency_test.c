/* One key, one effect: many at once, answers that never arrive, connections that are killed. */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/volley.h"
#include "tests/support/wire.h"

static const char *hamlet(const char *name)
{
    return text("{\"kind\":\"hamlet\",\"form\":\"thon\",\"name\":\"%s\"}", name);
}

static struct answer keyed(const char *key, const char *name)
{
    const char *const headers[] = {text("Idempotency-Key: %s", key), NULL};
    return call_with("commune.manager", "POST", "/v1/units", hamlet(name), headers);
}

static const char *request_of(const char *key, const char *name)
{
    return volley_request("commune.manager", "POST", "/v1/units",
                          text("Idempotency-Key: %s\r\n", key), hamlet(name));
}

static void has_one_effect(const char *name)
{
    ck_assert_str_eq(sql_text(text("select count(*) from unit where name = '%s'", name)), "1");
}

/* Everybody gets the one answer, or is told to wait for it. */
START_TEST(many_with_one_key_have_one_effect)
{
    static struct shot shots[VOLLEY];
    for (int i = 0; i < VOLLEY; i++) {
        shots[i].request = request_of("volley-0001", "Thôn Chung");
    }
    volley(shots, VOLLEY);
    int made = volley_count(shots, VOLLEY, 201);
    int replayed = 0;
    ck_assert_int_eq(made + volley_count(shots, VOLLEY, 409), VOLLEY);
    for (int i = 0; i < VOLLEY; i++) {
        replayed += strstr(shots[i].answer, "Idempotency-Replayed: true") != NULL;
        ck_assert(shots[i].status == 201 || strstr(shots[i].answer, "idempotency_in_flight"));
    }
    ck_assert_int_eq(replayed, made - 1);
    has_one_effect("Thôn Chung");
}
END_TEST

START_TEST(of_many_with_one_key_and_other_bodies_one_is_heard)
{
    static struct shot shots[VOLLEY];
    for (int i = 0; i < VOLLEY; i++) {
        shots[i].request = request_of("volley-0002", text("Thôn Ai %d", i));
    }
    volley(shots, VOLLEY);
    ck_assert_int_eq(volley_count(shots, VOLLEY, 201), 1);
    ck_assert_int_eq(volley_count(shots, VOLLEY, 422) + volley_count(shots, VOLLEY, 409),
                     VOLLEY - 1);
    ck_assert_str_eq(sql_text("select count(*) from unit where name like 'Thôn Ai %'"), "1");
}
END_TEST

/* The first request with the key is still at work: here somebody else's transaction that holds it. */
START_TEST(a_key_at_work_is_409)
{
    PGconn *first = PQconnectdb(harness_database_url());
    PQclear(PQexec(first, "begin"));
    PQclear(PQexec(first,
                   "insert into idempotency (user_id, operation, key, fingerprint) select id, "
                   "'unit_create', 'at-work-0001', '' from app_user where username = "
                   "'commune.manager'"));
    expect_problem(keyed("at-work-0001", "Thôn Chờ"), 409, "idempotency_in_flight");
    PQclear(PQexec(first, "rollback"));
    PQfinish(first);
    struct answer made = expect_status(keyed("at-work-0001", "Thôn Chờ"), 201);
    ck_assert_ptr_null(answer_header(made, "Idempotency-Replayed"));
}
END_TEST

START_TEST(a_key_belongs_to_its_operation)
{
    const char *const headers[] = {"Idempotency-Key: both-0001", NULL};
    expect_status(keyed("both-0001", "Thôn Đôi"), 201);
    struct answer other =
        call_with("commune.manager", "POST", "/v1/associations",
                  "{\"kind\":\"farmers_association\",\"name\":\"Hội Nông dân Đôi\"}", headers);
    expect_status(other, 201);
    ck_assert_ptr_null(answer_header(other, "Idempotency-Replayed"));
}
END_TEST

/* The meaning of the body counts, not how it is written. */
START_TEST(the_same_in_other_words_is_the_same)
{
    const char *const headers[] = {"Idempotency-Key: words-0001", NULL};
    expect_status(keyed("words-0001", "Thôn Lời"), 201);
    struct answer again = call_with("commune.manager", "POST", "/v1/units",
                                    " {\"name\" : \"Thôn L\\u1eddi\", \"form\":\"thon\", "
                                    "\"kind\":\"hamlet\"}",
                                    headers);
    ck_assert_str_eq(answer_header(expect_status(again, 201), "Idempotency-Replayed"), "true");
    has_one_effect("Thôn Lời");
}
END_TEST

/* The client hangs up at every moment of the answer, or before it, and asks again. */
START_TEST(an_answer_that_was_cut_comes_again)
{
    static const int bytes[] = {0, 1, 9, 12, 40, 100, 200, 400};
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        char read[512];
        const char *key = text("cut-%04zu", i);
        const char *name = text("Thôn Cắt %zu", i);
        int fd = wire_open(server_port_number());
        wire_send(fd, request_of(key, name));
        for (int left = bytes[i]; left > 0;) {
            ssize_t got = recv(fd, read, (size_t)left, 0);
            ck_assert_int_gt(got, 0);
            left -= (int)got;
        }
        close(fd);
        struct answer answer = keyed(key, name);
        while (answer.status == 409) {
            answer = keyed(key, name);
        }
        expect_status(answer, 201);
        has_one_effect(name);
    }
}
END_TEST

static atomic_bool killing;

static void *kill_connections(void *own)
{
    PGconn *pg = own;
    PQclear(PQexec(pg, "set client_min_messages = error"));
    while (atomic_load(&killing)) {
        PQclear(PQexec(pg, "select pg_terminate_backend(pid) from (select pid from "
                           "pg_stat_activity where usename = 'ansinh_app' and datname = "
                           "current_database() order by random() limit 1) some"));
        poll(NULL, 0, 3);
    }
    return NULL;
}

/* Whatever a client is told meanwhile: asked until it is answered well, there is one effect. */
START_TEST(killed_connections_double_nothing)
{
    enum { NAMES = 30 };
    pthread_t killer;
    PGconn *pg = PQconnectdb(harness_database_url());
    token_of("commune.manager");
    atomic_store(&killing, true);
    ck_assert_int_eq(pthread_create(&killer, NULL, kill_connections, pg), 0);
    for (int i = 0; i < NAMES; i++) {
        struct answer answer = keyed(text("kill-%04d", i), text("Thôn Giết %d", i));
        for (int again = 0; again < 2000 && answer.status != 201; again++) {
            ck_assert_msg(answer.status == 503 || answer.status == 409, "%s", answer.body);
            answer = keyed(text("kill-%04d", i), text("Thôn Giết %d", i));
        }
        expect_status(answer, 201);
    }
    atomic_store(&killing, false);
    pthread_join(killer, NULL);
    PQfinish(pg);
    ck_assert_str_eq(sql_text("select count(*) || ' ' || count(distinct name) from unit where name "
                              "like 'Thôn Giết %'"),
                     "30 30");
    sql_text("delete from unit where name ~ '^Thôn (Chung|Ai|Chờ|Đôi|Lời|Cắt|Giết)'");
}
END_TEST

Suite *idempotency_suite(void)
{
    Suite *suite = suite_create("idempotency");
    TCase *tcase = tcase_create("idempotency");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, many_with_one_key_have_one_effect);
    tcase_add_test(tcase, of_many_with_one_key_and_other_bodies_one_is_heard);
    tcase_add_test(tcase, a_key_at_work_is_409);
    tcase_add_test(tcase, a_key_belongs_to_its_operation);
    tcase_add_test(tcase, the_same_in_other_words_is_the_same);
    tcase_add_test(tcase, an_answer_that_was_cut_comes_again);
    tcase_add_test(tcase, killed_connections_double_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
