/* Jobs whose server ends under them: what was done is done, and nothing twice. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/request.h"
#include "tests/support/harness.h"
#include "tests/support/own_database.h"
#include "tests/support/suites.h"

enum { ROWS = 500 };

static int number(const char *sql)
{
    return atoi(own_text(sql));
}

static void make(void)
{
    const char *output = "";
    own_database_make("ansinh_job");
    ck_assert_msg(own_demo(NULL, &output) == 0, "%s", output);
    harness_forget();
}

static pid_t start(void)
{
    const char *const settings[] = {own_setting(), "ANSINH_JOB_SILENCE_MS=1000", NULL};
    unsigned port = 0;
    pid_t server = start_program(settings, &port);
    ck_assert_int_gt((int)server, 0);
    return server;
}

/* An import of the officer of Đồng Kho, as import_create stores it: the names, then two pieces. */
static void ask_for_import(void)
{
    own_text("delete from job");
    own_text(
        "insert into session (id, user_id, role, scope_id, agent_id, duty, gen, expires_at) "
        "select uuid7(), id, 'ansinh_commune', '123173', '', duty, gen, now() + interval '1 hour' "
        "from app_user where username = 'commune.officer'");
    own_text(
        "insert into job (id, requester_id, kind, subject, parameters, language, total, session_id) "
        "select uuid7(), user_id, 'import', 'enrolments', '{\"partial\":true,\"dry_run\":false}', "
        "'vi', 500, id from session order by created_at desc limit 1");
    own_text(
        "insert into job_part (job_id, requester_id, role, n, first_line, content) select id, "
        "requester_id, 'body', 1, 1, convert_to(E'hamlet_code,full_name,date_of_birth,sex,scheme,"
        "months,paid_on\\n', 'UTF8') from job");
    own_text(
        "insert into job_part (job_id, requester_id, role, n, first_line, content) select j.id, "
        "j.requester_id, 'body', 2 + (i - 1) / 250, min(i) + 1, convert_to(string_agg(format("
        "E'23173-900101,Dân %s,%s,female,vsi,1,%s\\n', i, 1950 + i % 50, business_date()), '' order "
        "by i), 'UTF8') from job j, generate_series(1, 500) i group by 1, 2, 4");
}

static const char written[] =
    "select count(*) from enrolment e join person p on p.id = e.person_id "
    "where p.full_name like 'Dân %'";

static void wait_for(int rows)
{
    uint64_t until = monotonic_ns() + 60000000000u;
    while (number(written) < rows) {
        ck_assert_msg(monotonic_ns() < until, "no more than %d rows", number(written));
    }
}

static void wait_for_end(void)
{
    uint64_t until = monotonic_ns() + 60000000000u;
    while (number("select count(*) from job where state = 'done'") == 0) {
        ck_assert_msg(monotonic_ns() < until, "%s", own_text("select row_to_json(job) from job"));
    }
}

static void every_row_is_there_once(void)
{
    ck_assert_int_eq(number(written), ROWS);
    ck_assert_int_eq(number("select count(*) from person where full_name like 'Dân %'"), ROWS);
    ck_assert_int_eq(
        number("select count(distinct line) from job_verdict where verdict = 'accepted'"), ROWS);
    ck_assert_int_eq(number("select count(*) from job_verdict"), ROWS);
    ck_assert_str_eq(
        own_text("select concat_ws(' ', state, done, total, accepted, written) from job"),
        "done 500 500 500 500");
    ck_assert_int_eq(
        number("select count(*) from coverage c join person p on p.id = c.person_id where "
               "p.full_name like 'Dân %'"),
        ROWS);
}

START_TEST(a_killed_servers_import_is_taken_over_and_doubles_nothing)
{
    ask_for_import();
    pid_t server = start();
    wait_for(60);
    stop_program(server, SIGKILL);
    ck_assert_int_lt(number(written), ROWS);
    ck_assert_str_eq(own_text("select state from job"), "running");
    server = start();
    wait_for(200);
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
    ck_assert_str_eq(own_text("select concat_ws(' ', state, attempts) from job"), "queued 1");
    ck_assert_int_eq(number("select count(*) from job_verdict"), number(written));
    pid_t one = start();
    pid_t other = start();
    wait_for_end();
    ck_assert_int_eq(stop_program(one, SIGTERM), 0);
    ck_assert_int_eq(stop_program(other, SIGTERM), 0);
    every_row_is_there_once();
}
END_TEST

/* Two workers that both believe to hold it: the one that was silent too long writes nothing more. */
START_TEST(who_lost_a_job_writes_nothing_more)
{
    ask_for_import();
    own_text(
        "update job_part set content = convert_to(replace(convert_from(content, 'UTF8'), 'Dân ', "
        "'Hai '), 'UTF8')");
    pid_t server = start();
    uint64_t until = monotonic_ns() + 60000000000u;
    while (number("select count(*) from job_verdict") < 20) {
        ck_assert(monotonic_ns() < until);
    }
    own_text("update job set worker = uuid7(), heartbeat_at = now() + interval '1 hour'");
    int before = number("select count(*) from job_verdict");
    ck_assert_int_eq(stop_program(server, SIGTERM), 0);
    int after = number("select count(*) from job_verdict");
    ck_assert_int_le(after, before + 1); /* one that was on its way */
    ck_assert_int_eq(number("select count(*) from person where full_name like 'Hai %'"), after);
    ck_assert_str_eq(own_text("select state from job"), "running");
}
END_TEST

Suite *job_suite(void)
{
    Suite *suite = suite_create("job");
    TCase *tcase = tcase_create("job");
    tcase_set_timeout(tcase, 180);
    tcase_add_unchecked_fixture(tcase, make, own_database_drop);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_killed_servers_import_is_taken_over_and_doubles_nothing);
    tcase_add_test(tcase, who_lost_a_job_writes_nothing_more);
    suite_add_tcase(suite, tcase);
    return suite;
}
