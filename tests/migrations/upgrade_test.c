/* A database that was at work when the register, prices and the life cycle came: nothing of it is lost, and
 * its figures are still what its rows say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/own_database.h"
#include "tests/support/suites.h"

enum { AS_OF = 15, SQL_ROOM = 1 << 16 };

/* What must be the same afterwards: rows, money, people, coverage, and the figures of a day. */
static const char *const kept[] = {
    "select count(*) from person",
    "select count(*) || ' ' || sum(amount) || ' ' || max(version) from enrolment",
    "select string_agg(s, ', ' order by s) from (select scheme || kind || status || count(*) as s "
    "from enrolment group by scheme, kind, status) e",
    "select md5(string_agg(c::text, '|' order by c)) from (select (id, person_id, during, counted, "
    "confirmed, voided_on)::text as c from coverage) c",
    "select count(*) || ' ' || string_agg(distinct to_status, ',') from enrolment_event",
    "select count(*) from person_period",
    "select count(*) from person_identity",
    "select string_agg(participants_at(u, s, d)::text, ' ' order by u.id, s, d) from unit u, "
    "unnest(array['vsi', 'hhi']) s, unnest(array['2022-06-30', '2024-02-29', '2026-11-22']::date[]) d "
    "where u.id in (1, 168, 900001, 123173, 900101)",
    "select sum(quantity) from assignment",
    "select sum(people) from reported_count",
};
enum { KEPT = sizeof kept / sizeof *kept };

static void fill(void)
{
    static char sql[SQL_ROOM];
    FILE *file = fopen("tests/migrations/as_of_0015.sql", "r");
    ck_assert_ptr_nonnull(file);
    size_t size = fread(sql, 1, sizeof sql - 1, file);
    fclose(file);
    ck_assert_uint_lt(size, sizeof sql - 1);
    sql[size] = '\0';
    own_database_make_as_of("upgraded", AS_OF);
    own_text(sql);
}

static void recount_agrees(void)
{
    const char *const recount[] = {"recount", NULL};
    const char *const settings[] = {own_setting(), NULL};
    const char *output = "";
    int status = run_program(recount, settings, &output);
    ck_assert_msg(status == 0, "%.2000s", output);
}

START_TEST(a_database_at_work_is_brought_up_to_date)
{
    const char *before[KEPT];
    ck_assert_str_eq(own_text("select max(version) from migration"), text("%d", AS_OF));
    ck_assert_int_gt(
        strtol(own_text("select count(*) from enrolment where reversed_on is not null"), NULL, 10),
        50);
    for (int i = 0; i < KEPT; i++) {
        before[i] = text("%s", own_text(kept[i]));
    }
    own_migrate();
    for (int i = 0; i < KEPT; i++) {
        ck_assert_msg(strcmp(own_text(kept[i]), before[i]) == 0, "%s: %s before, %s after", kept[i],
                      before[i], own_text(kept[i]));
    }
    recount_agrees();
}
END_TEST

/* The old rows are worked on with today's gate. */
START_TEST(what_was_there_goes_on)
{
    own_text("begin");
    own_text("select set_config('app.scope_id', '900001', true), set_config('app.user_id', "
             "'01900000-0000-7000-8000-000000000d01', true)");
    own_text("set local role ansinh_district");
    own_text("select gate.enrolment_decide(e.id, 'voided', 'x') from (select id from enrolment "
             "where status in ('submitted', 'accepted', 'issued') order by id limit 40) e");
    own_text("select gate.enrolment_decide(e.id, 'issued', null) from (select id from enrolment "
             "where status = 'submitted' order by id limit 10) e");
    own_text("commit");
    recount_agrees();
    ck_assert_str_eq(own_text(
                         "select count(*) > 0 and bool_and(f->>'covered_until' is not null) from "
                         "enrolment e cross join lateral (select set_config('app.scope_id', "
                         "'900001', false), set_config('role', 'ansinh_district', false)) s "
                         "cross join lateral (select gate.price_facts(e.person_id, e.scheme, "
                         "'2026-11-22', false) as f) f where e.status = 'issued'"),
                     "t");
    own_text("reset role");
}
END_TEST

Suite *upgrade_suite(void)
{
    Suite *suite = suite_create("upgrade");
    TCase *tcase = tcase_create("upgrade");
    tcase_set_timeout(tcase, 120);
    tcase_add_unchecked_fixture(tcase, fill, own_database_drop);
    tcase_add_test(tcase, a_database_at_work_is_brought_up_to_date);
    tcase_add_test(tcase, what_was_there_goes_on);
    suite_add_tcase(suite, tcase);
    return suite;
}
