/* `ansinh demo --people N`: what it makes must be what the service itself could have written. */
#include <stdlib.h>
#include <string.h>

#include "middleware/text.h"
#include "tests/support/harness.h"
#include "tests/support/own_database.h"
#include "tests/support/suites.h"

#define AUTHOR "'01900000-0000-7000-8000-0000000000ff'"

static void make_people(void)
{
    const char *output = "";
    own_database_make("ansinh_demo");
    int status = own_demo("1000", &output);
    ck_assert_msg(status == 0, "%s", output);
    ck_assert_msg(strstr(output, "1000 invented") != NULL, "%s", output);
}

static long number(const char *sql)
{
    return strtol(own_text(sql), NULL, 10);
}

/* Rows that should not be: `sql` selects them, and the first one is shown. */
static void none(const char *what, const char *sql)
{
    const char *found = own_text(text("select x::text from (%s) x limit 1", sql));
    ck_assert_msg(!*found, "%s: %s", what, found);
}

START_TEST(a_number_out_of_range_is_refused)
{
    static const char *const wrong[] = {"0", "-1", "10000001", "many", "5x", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *output = "";
        ck_assert_int_eq(own_demo(wrong[i], &output), 2);
        ck_assert_msg(strstr(output, "from 1 to 10000000") != NULL, "%s: %s", wrong[i], output);
    }
}
END_TEST

START_TEST(the_demo_alone_invents_nobody)
{
    ck_assert_str_eq(sql_text("select count(*) from person where created_by = " AUTHOR), "0");
}
END_TEST

START_TEST(people_live_in_every_hamlet_of_every_commune)
{
    ck_assert_int_eq(number("select count(*) from person where created_by = " AUTHOR), 1000);
    none("hamlets without anybody",
         "select name from unit h where kind = 'hamlet' and province_id = 168 and not exists "
         "(select from person p where p.hamlet_id = h.id)");
    none("communes with fewer than two named hamlets",
         "select c.name from unit c join unit h on h.parent_id = c.id and h.form <> 'unplaced' "
         "where c.kind = 'commune' and c.province_id = 168 and c.valid_to is null "
         "and c.district_id = 0 "
         "group by c.name having count(*) not between 3 and 6");
    none("hamlets whose code or key is not as the service makes it",
         "select h.name from unit h join unit c on c.id = h.parent_id where h.form = 'thon' and "
         "(h.code <> c.code || '-' || h.id or h.name_key <> replace(lower(h.name), 'ô', 'o')) and "
         "h.id >= 1000000");
    ck_assert_int_gt(number("select count(distinct full_name) from person"), 500);
    ck_assert_int_gt(number("select count(*) from person where full_name like 'K'' %'"), 5);
}
END_TEST

START_TEST(enrolments_follow_each_other_over_the_years)
{
    long posted = number("select count(*) from enrolment");
    ck_assert_int_ge(posted, 8000);
    ck_assert_int_le(posted, 12000);
    ck_assert_int_eq(number("select min(extract(year from paid_on)) from enrolment"), 2020);
    none("enrolments that nobody could have taken yet",
         "select id from enrolment where paid_on >= business_date() or created_at > now()");
    none("terms of other lengths",
         "select months from enrolment where months not in (3, 6, 12) or "
         "ends_on <> (starts_on + make_interval(months => months))::date - 1");
    none("a first enrolment that is not new, or another one that is",
         "select id from (select id, kind, row_number() over (partition by person_id, scheme "
         "order by starts_on) as n from enrolment) e where (n = 1) <> (kind = 'new')");
    none("cards of one scheme at the same time",
         "select id from (select id, starts_on, lag(ends_on) over (partition by person_id, scheme "
         "order by starts_on) as before from enrolment) e where starts_on <= before");
    none(
        "a kind, status or scheme that never occurs",
        "select * from unnest(array['new', 'renewal', 'return', 'submitted', 'accepted', 'issued', "
        "'vsi', 'hhi']) w where not exists (select from enrolment where w in (kind, status, scheme))");
    none("days recorded before an earlier one",
         "select paid_on from (select paid_on, min(created_at) as first, lag(max(created_at)) over "
         "(order by paid_on) as before from enrolment group by paid_on) d where first <= before");
    none("people registered after their enrolment",
         "select p.id from person p join enrolment e on e.person_id = p.id "
         "where e.created_at < p.created_at");
}
END_TEST

/* The generator checks the foreign keys by the batch and not by the row. */
START_TEST(every_key_holds)
{
    for (int i = 0; i < 2; i++) {
        const char *table = i ? "enrolment e" : "(select *, hamlet_id as unit_id from person) e";
        none("keys of another unit",
             text("select e.id from %s left join unit u on (u.id, u.province_id, u.district_id, "
                  "u.commune_id) = (e.unit_id, e.province_id, e.district_id, e.commune_id) and "
                  "u.kind = 'hamlet' where u.id is null",
                  table));
    }
    none("enrolments of nobody", "select e.id from enrolment e left join person p on p.id = "
                                 "e.person_id where p.id is null or p.hamlet_id <> e.unit_id");
    none("credit outside the territory",
         "select e.id from enrolment e where (collector_id is null) <> (agency_id is null) or "
         "collector_id is not null and not exists (select from territory t where t.collector_id = "
         "e.collector_id and t.agency_id = e.agency_id and t.hamlet_id = e.unit_id and "
         "t.during @> e.paid_on)");
    none(
        "communes where nobody gets credit",
        "select c.name from unit c where kind = 'commune' and province_id = 168 and valid_to is null "
        "and not exists "
        "(select from enrolment e where e.commune_id = c.id and e.collector_id is not null)");
    none("ids of another version",
         "select id from (select id from person union select id from enrolment) i "
         "where id::text !~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]'");
}
END_TEST

START_TEST(a_partial_date_of_birth_is_its_first_day)
{
    none("dates that do not begin their month or year",
         "select birth from person where birth <> date_trunc(birth_precision, birth)");
    none("a precision that never occurs",
         "select w from unnest(array['day', 'month', 'year']) w where not exists "
         "(select from person where birth_precision = w)");
    none("enrolled under age", "select p.id from person p join enrolment e on e.person_id = p.id "
                               "where e.starts_on < p.birth + interval '15 years'");
}
END_TEST

START_TEST(name_keys_are_those_of_the_service)
{
    PGresult *names = PQexec(own_database(), "select full_name, name_key from person union "
                                             "select name, name_key from unit where id >= 1000000");
    ck_assert_int_gt(PQntuples(names), 500);
    struct arena *arena = arena_new((size_t)1 << 24);
    for (int i = 0; i < PQntuples(names); i++) {
        ck_assert_str_eq(PQgetvalue(names, i, 1), text_key(arena, PQgetvalue(names, i, 0)));
        ck_assert_str_eq(PQgetvalue(names, i, 0), text_nfc(arena, PQgetvalue(names, i, 0)));
    }
    arena_free(arena);
    PQclear(names);
}
END_TEST

/* Everything that stays, in one line. */
static const char *contents(void)
{
    return own_text(
        "select md5(string_agg(x, ' ')) from (select count(*)::text as x from unit "
        "union all select count(*)::text from agency union all "
        "select count(*)::text from collector union all "
        "select md5(string_agg(p::text, ' ' order by id)) from person p union all "
        "select md5(string_agg(e::text, ' ' order by id)) from enrolment e union all "
        "select string_agg(indexdef, ' ' order by indexdef) from pg_indexes) all_of_it");
}

START_TEST(running_it_again_goes_on_where_it_stopped)
{
    static const struct {
        const char *people;
        long then;
    } runs[] = {{"1000", 1000}, {"400", 1000}, {"1010", 1010}, {"2500", 2500}};
    const char *output = "";
    const char *units = own_text("select count(*) from unit");
    const char *indexes = own_text("select string_agg(indexdef, ' ' order by indexdef) "
                                   "from pg_indexes where schemaname = 'public'");
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        const char *before = contents();
        long posted = number("select count(*) from enrolment");
        ck_assert_int_eq(own_demo(runs[i].people, &output), 0);
        ck_assert_int_eq(number("select count(*) from person"), runs[i].then);
        ck_assert_int_eq(strcmp(contents(), before) == 0, i < 2);
        ck_assert_int_eq(number("select count(*) from enrolment") > posted, i >= 2);
    }
    ck_assert_str_eq(own_text("select count(*) from unit"), units);
    ck_assert_str_eq(own_text("select string_agg(indexdef, ' ' order by indexdef) "
                              "from pg_indexes where schemaname = 'public'"),
                     indexes);
}
END_TEST

START_TEST(a_run_that_fails_leaves_nothing)
{
    const char *output = "";
    const char *before = contents();
    own_text(
        "alter table enrolment add constraint full_up check (paid_on < '2020-01-02') not valid");
    ck_assert_int_eq(own_demo("9000", &output), 1);
    own_text("alter table enrolment drop constraint full_up");
    ck_assert_msg(strstr(output, "full_up") != NULL, "%s", output);
    ck_assert_str_eq(contents(), before);
}
END_TEST

Suite *demo_suite(void)
{
    Suite *suite = suite_create("demo");
    TCase *tcase = tcase_create("demo");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, make_people, own_database_drop);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_number_out_of_range_is_refused);
    tcase_add_test(tcase, the_demo_alone_invents_nobody);
    tcase_add_test(tcase, people_live_in_every_hamlet_of_every_commune);
    tcase_add_test(tcase, enrolments_follow_each_other_over_the_years);
    tcase_add_test(tcase, every_key_holds);
    tcase_add_test(tcase, a_partial_date_of_birth_is_its_first_day);
    tcase_add_test(tcase, name_keys_are_those_of_the_service);
    tcase_add_test(tcase, running_it_again_goes_on_where_it_stopped);
    tcase_add_test(tcase, a_run_that_fails_leaves_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
