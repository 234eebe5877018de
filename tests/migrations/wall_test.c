/* The wall seen from the catalogue: what no table, role or function may be. */
#include "tests/support/harness.h"
#include "tests/support/suites.h"

#define SLICES                                                                                     \
    "('ansinh_nation','ansinh_province','ansinh_district','ansinh_commune','ansinh_agency',"       \
    "'ansinh_collector')"

static void nothing(const char *what, const char *sql)
{
    const char *found =
        sql_text(text("select coalesce(string_agg(x::text, ', '), '') from (%s) found (x)", sql));
    ck_assert_msg(!*found, "%s: %s", what, found);
}

START_TEST(every_table_with_a_slice_key_has_forced_row_security)
{
    nothing("tables without forced row security",
            "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid where "
            "c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attname in "
            "('province_id', 'giver_id', 'agency_id', 'user_id') and c.relname <> 'session' and "
            "not (c.relrowsecurity and c.relforcerowsecurity)");
}
END_TEST

START_TEST(every_grant_to_a_slice_has_a_policy)
{
    nothing("grants without a policy",
            "select g.table_name || ' ' || g.grantee || ' ' || g.privilege_type from "
            "information_schema.role_table_grants g join pg_class c on c.relname = g.table_name "
            "and c.relnamespace = 'public'::regnamespace where g.grantee in " SLICES
            " and c.relrowsecurity and not exists (select from pg_policies p where p.tablename = "
            "g.table_name and g.grantee = any(p.roles::text[]) and p.cmd in ('ALL', "
            "g.privilege_type))");
}
END_TEST

START_TEST(the_login_can_do_nothing_by_itself)
{
    nothing("the login or a slice inherits or bypasses",
            "select rolname from pg_roles where rolname like 'ansinh\\_%' and rolname <> "
            "'ansinh_admin' and (rolsuper or rolbypassrls or rolinherit or rolcreaterole)");
    nothing("grants to the login",
            "select table_name from information_schema.role_table_grants where grantee = "
            "'ansinh_app' and (table_name, privilege_type) not in (('session', 'SELECT'), "
            "('migration', 'SELECT'))");
    nothing("a slice in another",
            "select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member join "
            "pg_roles g on g.oid = a.roleid where m.rolname in " SLICES);
    nothing("grants to everybody",
            "select table_name from information_schema.role_table_grants where grantee = 'PUBLIC' "
            "and table_schema = 'public'");
}
END_TEST

START_TEST(gate_functions_are_sealed)
{
    nothing("definer functions without an empty search_path, or not the gate's",
            "select p.proname from pg_proc p join pg_roles r on r.oid = p.proowner where "
            "p.prosecdef and (p.proconfig is null or not 'search_path=\"\"' = any(p.proconfig) or "
            "r.rolname <> 'ansinh_gate')");
    nothing("definer functions open to everybody",
            "select proname from pg_proc where prosecdef and (proacl is null or exists (select "
            "from aclexplode(proacl) where grantee = 0))");
}
END_TEST

START_TEST(policies_are_one_equality)
{
    nothing("policies with a subquery",
            "select tablename || ' ' || policyname from pg_policies where coalesce(qual, '') ~* "
            "'select' or coalesce(with_check, '') ~* 'select'");
}
END_TEST

/* The parts of an assignment change with it, and an answer belongs to its key. */
START_TEST(what_can_be_changed_has_a_version_that_moves)
{
    nothing(
        "tables that a slice may change without moving a version",
        "select distinct g.table_name from information_schema.column_privileges g where "
        "g.grantee in " SLICES " and g.privilege_type = 'UPDATE' and g.table_schema = 'public' "
        "and g.table_name not in ('cut_total', 'idempotency') and not exists (select from "
        "information_schema.column_privileges v where v.table_name = g.table_name and v.grantee "
        "= g.grantee and v.privilege_type = 'UPDATE' and v.column_name = 'version')");
    nothing("versions that may be null, or are no integer from 1 on",
            "select table_name from information_schema.columns where table_schema = 'public' and "
            "column_name = 'version' and table_name <> 'migration' and (is_nullable = 'YES' or "
            "data_type <> 'integer' or column_default <> '1')");
}
END_TEST

START_TEST(without_a_session_the_login_reads_no_row_of_any_table)
{
    PGresult *tables = PQexec(database(), "select c.oid::regclass from pg_class c where relkind = "
                                          "'r' and relnamespace = 'public'::regnamespace and "
                                          "relname not in ('session', 'migration')");
    ck_assert_int_gt(PQntuples(tables), 8);
    for (int i = 0; i < PQntuples(tables); i++) {
        PQclear(PQexec(database(), "begin; set local role ansinh_app"));
        PGresult *read = PQexec(database(), text("select * from %s", PQgetvalue(tables, i, 0)));
        ck_assert_str_eq(PQresultErrorField(read, PG_DIAG_SQLSTATE), "42501");
        PQclear(read);
        PQclear(PQexec(database(), "rollback"));
    }
    PQclear(tables);
}
END_TEST

Suite *wall_suite(void)
{
    Suite *suite = suite_create("wall");
    TCase *tcase = tcase_create("wall");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, every_table_with_a_slice_key_has_forced_row_security);
    tcase_add_test(tcase, every_grant_to_a_slice_has_a_policy);
    tcase_add_test(tcase, the_login_can_do_nothing_by_itself);
    tcase_add_test(tcase, gate_functions_are_sealed);
    tcase_add_test(tcase, policies_are_one_equality);
    tcase_add_test(tcase, what_can_be_changed_has_a_version_that_moves);
    tcase_add_test(tcase, without_a_session_the_login_reads_no_row_of_any_table);
    suite_add_tcase(suite, tcase);
    return suite;
}
