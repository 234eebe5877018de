/* A database beside the harness's. */
#include "tests/support/own_database.h"

#include <stdio.h>
#include <string.h>

#include "api/migrate.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"

static PGconn *own;
static char own_name[64];
static char setting[600]; /* DATABASE_URL=… for programs */

static int run(const char *const *arguments, const char **output)
{
    const char *const settings[] = {setting, NULL};
    return run_program(arguments, settings, output);
}

/* The harness's address with another database: postgresql://user@/NAME?host=… */
static void create(const char *name)
{
    const char *url = harness_database_url();
    const char *start = strstr(url, "@/");
    ck_assert_ptr_nonnull(start);
    start += 2;
    snprintf(own_name, sizeof own_name, "%s", name);
    snprintf(setting, sizeof setting, "DATABASE_URL=%.*s%s%s", (int)(start - url), url, name,
             start + strcspn(start, "?"));
    sql_text(text("create database %s", name));
}

void own_migrate(void)
{
    const char *output = "";
    const char *const migrate[] = {"migrate", NULL};
    int status = run(migrate, &output);
    ck_assert_msg(status == 0, "%s", output);
}

void own_database_make(const char *name)
{
    create(name);
    own_migrate();
    own = own_connect();
    ck_assert_int_eq(PQstatus(own), CONNECTION_OK);
}

void own_database_make_as_of(const char *name, int version)
{
    create(name);
    own = own_connect();
    ck_assert_int_eq(PQstatus(own), CONNECTION_OK);
    struct arena *arena = arena_new((size_t)1 << 26);
    bool migrated = migrate_until(own, arena, version);
    arena_free(arena);
    ck_assert(migrated);
    own_text("select pg_advisory_unlock_all()");
}

PGconn *own_connect(void)
{
    return PQconnectdb(strchr(setting, '=') + 1);
}

void own_database_drop(void)
{
    PQfinish(own);
    own = NULL;
    sql_text(text("drop database %s with (force)", own_name));
    harness_forget();
}

const char *own_setting(void)
{
    return setting;
}

PGconn *own_database(void)
{
    return own;
}

const char *own_text(const char *sql)
{
    PGresult *result = PQexec(own, sql);
    ExecStatusType status = PQresultStatus(result);
    const char *value = PQntuples(result) ? text("%s", PQgetvalue(result, 0, 0)) : "";
    const char *error = text("%s", PQresultErrorMessage(result));
    PQclear(result);
    ck_assert_msg(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK, "%s: %s", sql, error);
    return value;
}

int own_demo(const char *people, const char **output)
{
    const char *const arguments[] = {"demo", people ? "--people" : NULL, people, NULL};
    return run(arguments, output);
}
