/* Live figures against the rows they stand for: after random histories of enrolments, renewals, returns,
 * acceptances, rejections and voids over two years, a recount finds no difference; neither while others
 * write and the folder runs, nor in a snapshot that was opened before them. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/request.h"
#include "statements.h"
#include "tests/support/harness.h"
#include "tests/support/own_database.h"
#include "tests/support/suites.h"

/* Who works in the history: the settings of a session. */
static const struct actor {
    const char *role;
    const char *scope;
    const char *agent;
    const char *territory;
} actors[] = {
    {"ansinh_collector", "", "01900000-0000-7000-8000-0000000000c1", "{900101,900102}"},
    {"ansinh_collector", "", "01900000-0000-7000-8000-0000000000c2", "{900201,900101}"},
    {"ansinh_agency", "", "01900000-0000-7000-8000-0000000000a1", "{900101,900102,900201}"},
    {"ansinh_commune", "123173", "", ""},
    {"ansinh_district", "900001", "", ""},
};
enum { ACTORS = sizeof actors / sizeof *actors, OFFICE = ACTORS - 1 };

/* The day can be set, so that months pass within a test. */
static const char *const preparation[] = {
    "insert into association (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id, "
    "created_by) select '00000000-0000-7000-8000-0000000000aa', 'womens_union', 'Hội', id, province_id, "
    "district_id, commune_id, id, uuid7() from unit where id = 900001",
    "insert into app_user (id, username, full_name, slice, duty, unit_id, province_id, district_id, "
    "commune_id, giver_id) select '00000000-0000-7000-8000-0000000000ff', 'rollup', full_name, slice, "
    "duty, unit_id, province_id, district_id, commune_id, giver_id from app_user "
    "where username = 'district.officer'",
    "create or replace function business_date() returns date language sql stable "
    "return current_setting('test.today')::date",
    "alter database ansinh_rollup set test.today = '2024-11-05'",
    "insert into person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, province_id, "
    "district_id, commune_id, created_by) select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0')"
    ")::uuid, 'Người ' || n, 'nguoi ' || n, '1980-01-01', 'year', 'female', u.id, u.province_id, "
    "u.district_id, u.commune_id, uuid7() from generate_series(0, 39) n join unit u on u.id = "
    "(array[900101, 900102, 900103, 900201])[1 + n % 4]",
};

static void make_rows(void)
{
    const char *output = "";
    own_database_make("ansinh_rollup");
    int status = own_demo(NULL, &output);
    ck_assert_msg(status == 0, "%s", output);
    for (size_t i = 0; i < sizeof preparation / sizeof *preparation; i++) {
        own_text(preparation[i]);
    }
    own_text("set test.today = '2024-11-05'");
    harness_forget();
}

/* --- one history ------------------------------------------------------------------------------ */

struct history {
    PGconn *pg;
    unsigned seed;
    int day; /* since 2024-11-05 */
    int posted, decided, refused, refunded, broken;
};

static int below(struct history *history, int count)
{
    return (int)((unsigned)rand_r(&history->seed) % (unsigned)count);
}

static bool run(struct history *history, const char *sql)
{
    PGresult *result = PQexec(history->pg, sql);
    ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* A statement of the service; how many rows it changed or found, -1 when refused. */
static int say(struct history *history, enum sql_id id, int count, const char *const *values)
{
    PGresult *result =
        PQexecParams(history->pg, statements[id].text, count, NULL, values, NULL, NULL, 0);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    int rows = state ? -1 : atoi(PQcmdTuples(result));
    if (state && strcmp(state, "ANS01") != 0) {
        history->broken++;
        fprintf(stderr, "%s: %s", statements[id].name, PQresultErrorMessage(result));
    }
    PQclear(result);
    return rows;
}

static void become(struct history *history, const struct actor *actor)
{
    char sql[700];
    snprintf(sql, sizeof sql,
             "begin; select set_config('test.today', (date '2024-11-05' + %d)::text, true), "
             "set_config('app.scope_id', '%s', true), set_config('app.agent_id', '%s', true), "
             "set_config('app.territory', '%s', true), set_config('app.user_id', "
             "'00000000-0000-7000-8000-0000000000ff', true), set_config('role', '%s', true)",
             history->day, actor->scope, actor->agent, actor->territory, actor->role);
    history->broken += !run(history, sql);
}

static const char paid_for[] =
    "[{\"funder\":\"participant\",\"base\":1,\"percent\":66.67,\"months\":3,\"amount\":60000,"
    "\"verified\":true},{\"funder\":\"state\",\"base\":1,\"percent\":33.33,\"months\":3,"
    "\"amount\":30000,\"verified\":true}]";

static void enrol(struct history *history)
{
    static const char *const months[] = {"3", "6", "12", "3"};
    static const char *const methods[] = {"period", "period", "missing", "ahead"};
    char id[37];
    char person[37];
    char paid_on[40];
    uuid7_text(id);
    snprintf(person, sizeof person, "00000000-0000-7000-8000-%012d", below(history, 40));
    snprintf(paid_on, sizeof paid_on, "2024-11-05");
    become(history, &actors[below(history, ACTORS)]);
    PGresult *day = PQexec(history->pg, "select business_date() - (random() * 20)::int");
    snprintf(paid_on, sizeof paid_on, "%s", PQgetvalue(day, 0, 0));
    PQclear(day);
    bool voluntary = below(history, 2) == 1;
    const char *method = methods[voluntary ? below(history, 4) : 0];
    const char *const row[] = {
        id,
        person,
        voluntary ? "vsi" : "hhi",
        strcmp(method, "ahead") == 0 ? "24" : months[below(history, 4)],
        paid_on,
        below(history, 3) ? NULL : "00000000-0000-7000-8000-0000000000ff",
        below(history, 3) ? NULL : "00000000-0000-7000-8000-0000000000aa",
        "90000",
        "60000",
        "other",
        NULL,
        "1500000",
        "3",
        "transfer",
        NULL,
        method,
    };
    const char *const post[] = {id, paid_for};
    int made = say(history, SQL_ENROLMENT_CREATE, 16, row);
    history->posted += made > 0 && say(history, SQL_ENROLMENT_POST, 2, post) >= 0;
}

/* Of the enrolments that the actor sees, one at random. */
static void decide(struct history *history, const char *becomes, const char *status)
{
    char sql[200];
    bool office = strcmp(becomes, "voided") != 0;
    become(history, &actors[office ? OFFICE : below(history, ACTORS)]);
    snprintf(sql, sizeof sql,
             "select id from enrolment where status in (%s) order by random() limit 1", status);
    PGresult *found = PQexec(history->pg, sql);
    if (PQntuples(found) == 1) {
        const char *const values[] = {PQgetvalue(found, 0, 0), becomes, "vì vậy", NULL, NULL};
        int done = say(history, SQL_ENROLMENT_DECIDE, 5, values);
        history->decided += done > 0;
        history->refused += done < 0;
    }
    PQclear(found);
}

/* Unused months of an enrolment that counts are paid back. */
static void refund(struct history *history)
{
    become(history, &actors[OFFICE]);
    PGresult *found =
        PQexec(history->pg,
               "select id, (starts_on + make_interval(months => used))::date, months - used, "
               "amount * (months - used) / months from enrolment cross join lateral (select "
               "(random() * (months - 1))::int + 0 * months as used) u where status in "
               "('submitted', 'accepted') and method <> 'missing' order by random() limit 1");
    if (PQntuples(found) == 1) {
        const char *const values[] = {PQgetvalue(found, 0, 0),
                                      "death",
                                      "2024-11-05",
                                      PQgetvalue(found, 0, 1),
                                      PQgetvalue(found, 0, 2),
                                      PQgetvalue(found, 0, 3),
                                      "159/2025/NĐ-CP",
                                      NULL};
        history->refunded += say(history, SQL_REFUND_BOOK, 8, values) > 0;
    }
    PQclear(found);
}

static void fold(struct history *history)
{
    run(history, "begin isolation level repeatable read; set local role ansinh_worker; "
                 "call fold_younger()");
}

/* As if a day had become one that is kept: the next fold makes its opening from the totals. */
static void forget_an_opening(struct history *history)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "begin isolation level repeatable read; set local role ansinh_worker; "
             "delete from progress_total where span = 'opening' and starts_on = "
             "(select openings[%1$d] from fold_mark); "
             "update fold_mark set openings = array_remove(openings, openings[%1$d])",
             1 + below(history, 20));
    run(history, sql);
}

/* A collector is sent to another commune; what they had credit for stays where it was. */
static void move_collector(struct history *history)
{
    char sql[400];
    snprintf(
        sql, sizeof sql,
        "begin; update collector c set (unit_id, commune_id) = (select u.id, u.id from unit u where "
        "u.id = (array[123173, 123149])[%d]) where c.id = "
        "'01900000-0000-7000-8000-0000000000c%d'",
        1 + below(history, 2), 1 + below(history, 2));
    history->broken += !run(history, sql);
}

static void step(struct history *history)
{
    int chance = below(history, 116);
    history->day += below(history, 4);
    if (chance < 55) {
        enrol(history);
    } else if (chance < 68) {
        decide(history, "accepted", "'submitted'");
    } else if (chance < 76) {
        decide(history, "rejected", "'submitted'");
    } else if (chance < 88) {
        decide(history, "voided", "'submitted', 'accepted'");
    } else if (chance < 100) {
        fold(history);
    } else if (chance < 108) {
        refund(history);
    } else if (chance < 112) {
        forget_an_opening(history);
    } else {
        move_collector(history);
    }
    if (!run(history, "commit")) {
        run(history, "rollback");
    }
}

/* --- what must hold ----------------------------------------------------------------------------- */

static const char recount[] = "set local role ansinh_gate; call gate.recount(false)";
static const char differences[] =
    "select coalesce((select string_agg(holder::text || ': counted ' || coalesce(counted::text, '-') || "
    "', kept ' || coalesce(kept::text, '-'), E'\\n') from (select * from recounted limit 5) r), '')";

static const char *recounted(void)
{
    own_text("begin isolation level repeatable read");
    own_text(recount);
    const char *found = own_text(differences);
    own_text("rollback");
    return found;
}

/* People with an enrolment in force in a period, and those of them that one enrolment is counted for:
 * everybody exactly once. */
static const char people_not_counted_once[] =
    "select count(*) from (select person_id, scheme, kind, p.span, date_trunc(p.span, paid_on::timestamp), "
    "count(*) filter (where holds & p.bit <> 0) as counted from enrolment cross join (values "
    "('month', 1), ('quarter', 2), ('year', 4)) p (span, bit) where reversed_on is null "
    "group by 1, 2, 3, 4, 5) c where counted <> 1";

/* Who counts twice on one day; nobody. */
static const char counted_twice[] =
    "select count(*) from coverage a join coverage b on a.person_id = b.person_id and a.scheme = b.scheme "
    "and a.id < b.id and a.counted && b.counted";

/* The stock of a day as the totals say it, by days from the beginning, and as the coverages say it. */
static const char stocks_that_differ[] =
    "select count(*) from generate_series(timestamp '2024-10-01', '2027-06-01', '17 days') d (day) "
    "cross join (values ('vsi'), ('hhi')) s (scheme) where "
    "(select coalesce(sum(t.n), 0) from progress_total t where t.holder_id = 168 and "
    "t.scheme = s.scheme collate \"C\" and t.kind = 'stock' and t.span = 'day' and "
    "t.starts_on <= d.day) + (select coalesce(sum(n), 0) from young_delta y "
    "where y.scheme = s.scheme collate \"C\" and y.kind = 'stock' and y.effective_on <= d.day) <> "
    "(select count(distinct person_id) from coverage c where c.scheme = s.scheme and "
    "c.counted @> d.day::date)";

/* The same for units of all levels, by openings or by days: yesterday, today, tomorrow and further off. */
static const char participants_that_differ[] =
    "select count(*) from (select d::date as day from generate_series(timestamp '2024-10-01', '2027-06-01', "
    "'97 days') d union select business_date() + n from generate_series(-1, 1) n) d cross join "
    "(values ('vsi'), ('hhi')) s (scheme) cross join unit u "
    "where u.id in (1, 168, 123149, 123173) and participants_at(u, s.scheme, d.day) <> "
    "(select count(distinct person_id) from coverage c where c.scheme = s.scheme and c.counted @> d.day "
    "and u.id in (1, c.province_id, c.district_id, c.commune_id))";

static void check_all(void)
{
    ck_assert_str_eq(recounted(), "");
    ck_assert_str_eq(own_text(people_not_counted_once), "0");
    ck_assert_str_eq(own_text(counted_twice), "0");
    ck_assert_str_eq(own_text(stocks_that_differ), "0");
    ck_assert_str_eq(own_text(participants_that_differ), "0");
    harness_forget();
}

START_TEST(a_recount_equals_the_figures_after_any_history)
{
    struct history history = {.pg = own_database(), .seed = 20261122};
    for (int i = 0; i < 900; i++) {
        step(&history);
        if (i % 90 == 0) {
            check_all();
        }
    }
    check_all();
    ck_assert_int_eq(history.broken, 0);
    ck_assert_int_gt(history.posted, 300);
    ck_assert_int_gt(history.decided, 150);
    ck_assert_int_gt(history.refunded, 20);
    ck_assert_str_ne(own_text("select count(*) from progress_total where span = 'opening'"), "0");
    ck_assert_str_ne(own_text("select count(*) from person_period where to_id is not null"), "0");
    ck_assert_str_ne(own_text("select count(*) from enrolment where kind = 'return'"), "0");
    ck_assert_str_ne(own_text("select count(*) from enrolment where starts_on > paid_on + 40"),
                     "0");
}
END_TEST

/* --- many at once --------------------------------------------------------------------------------- */

enum { WRITERS = 4, STEPS = 150 };
static atomic_int writing;

static void *write_history(void *own)
{
    struct history *history = own;
    for (int i = 0; i < STEPS; i++) {
        step(history);
    }
    atomic_fetch_sub(&writing, 1);
    return NULL;
}

static void *fold_all_the_time(void *own)
{
    struct history *history = own;
    while (atomic_load(&writing) > 0) {
        fold(history);
        if (!run(history, "commit")) {
            run(history, "rollback");
        }
    }
    return NULL;
}

static void start(pthread_t *thread, struct history *history, unsigned seed, void *(*body)(void *))
{
    *history = (struct history){.pg = own_connect(), .seed = seed, .day = 900};
    ck_assert_int_eq(PQstatus(history->pg), CONNECTION_OK);
    pthread_create(thread, NULL, body, history);
}

START_TEST(a_recount_equals_the_figures_while_others_write_and_fold)
{
    pthread_t threads[WRITERS + 1];
    struct history histories[WRITERS + 1];
    struct history open = {.pg = own_connect(), .seed = 5, .day = 899};
    struct history old = {.pg = own_connect()};
    atomic_store(&writing, WRITERS);
    /* one transaction that posts and stays open, one snapshot from before everything */
    enrol(&open);
    ck_assert(run(&old, "begin isolation level repeatable read; select count(*) from fold_mark"));
    for (unsigned i = 0; i <= WRITERS; i++) {
        start(&threads[i], &histories[i], i + 1, i < WRITERS ? write_history : fold_all_the_time);
    }
    /* an assertion would leave the threads alone with connections that are closed */
    const char *found = "";
    for (int looks = 0; atomic_load(&writing) > 0; looks++) {
        found = *found ? found : recounted();
        if (looks == 3) {
            run(&open, "commit");
        }
    }
    for (int i = 0; i <= WRITERS; i++) {
        pthread_join(threads[i], NULL);
        PQfinish(histories[i].pg);
    }
    ck_assert_str_eq(found, "");
    for (int i = 0; i <= WRITERS; i++) {
        ck_assert_int_eq(histories[i].broken, 0);
    }
    ck_assert(run(&old, recount));
    PGresult *result = PQexec(old.pg, differences);
    ck_assert_str_eq(PQgetvalue(result, 0, 0), "");
    PQclear(result);
    PQfinish(old.pg);
    PQfinish(open.pg);
    check_all();
}
END_TEST

START_TEST(a_wrong_total_is_found_and_repaired)
{
    ck_assert_str_eq(recounted(), "");
    own_text("update progress_total set n = n + 1 where holder_id = 168 and span = 'year'");
    own_text("delete from credit_total where span = 'month'");
    own_text("update progress_delta set n = n + 1 where collector_id is null");
    ck_assert_str_ne(recounted(), "");
    own_text("begin isolation level repeatable read");
    own_text("set local role ansinh_gate; call gate.recount(true)");
    own_text("commit");
    check_all();
}
END_TEST

Suite *rollup_suite(void)
{
    Suite *suite = suite_create("rollup");
    TCase *tcase = tcase_create("rollup");
    tcase_set_timeout(tcase, 300);
    tcase_add_unchecked_fixture(tcase, make_rows, own_database_drop);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_recount_equals_the_figures_after_any_history);
    tcase_add_test(tcase, a_recount_equals_the_figures_while_others_write_and_fold);
    tcase_add_test(tcase, a_wrong_total_is_found_and_repaired);
    suite_add_tcase(suite, tcase);
    return suite;
}
