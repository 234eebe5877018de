/* The demo province, and as many people in it as one asks for. */
#include "api/demo.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/identity/password.h"
#include "api/migrate.h"
#include "api/published.h"
#include "embedded.h"
#include "middleware/request.h"

/* People of one statement. */
enum { BATCH = 10000 };

static const char demo_folder[] = "migrations/demo/";

/* All demo logins get the demo password again; nobody else's password is touched. */
static bool set_demo_password(PGconn *pg, const char *hash)
{
    const char *const values[] = {hash};
    return database_run_with(
        pg,
        "insert into credential (user_id, hash) select id, $1 from app_user where "
        "username ~ '^(nation|province|district|commune|agency|agent|neighbour)[.]' "
        "on conflict (user_id) do update set hash = excluded.hash",
        1, values);
}

/* NNNN_*.sql makes the demo province, in this order; other files of the folder have other uses. */
static bool is_step(const char *name)
{
    size_t folder = sizeof demo_folder - 1;
    if (strncmp(name, demo_folder, folder) != 0) {
        return false;
    }
    const char *base = name + folder;
    return strspn(base, "0123456789") == 4 && base[4] == '_';
}

static const struct embedded_file *file_of(const char *name)
{
    for (size_t i = 0; i < embedded_file_count; i++) {
        if (strcmp(embedded_files[i].name, name) == 0) {
            return &embedded_files[i];
        }
    }
    abort(); /* the Makefile embeds the folder */
}

static bool load_published(PGconn *pg)
{
    return published_load(pg) &&
           database_run(pg, file_of("migrations/demo/published_plans.sql")->data);
}

static bool load_demo(PGconn *pg, const char *hash)
{
    PGresult *found = PQexec(pg, "select from app_user where username = 'nation.manager'");
    bool loaded = PQresultStatus(found) == PGRES_TUPLES_OK && PQntuples(found) > 0;
    PQclear(found);
    bool good = database_run(pg, "begin");
    for (size_t i = 0; !loaded && good && i < embedded_file_count; i++) {
        if (is_step(embedded_files[i].name)) {
            good = database_run(pg, embedded_files[i].data);
        }
    }
    return good && (loaded || load_published(pg)) && set_demo_password(pg, hash) &&
           database_run(pg, "commit");
}

/* --- People --------------------------------------------------------------------------------- */

struct filling {
    long made;   /* people who are there */
    long wanted; /* … and are to be there */
    long posted; /* enrolments of this run */
    uint64_t started_ns;
    bool terminal;
    int said; /* tenths of the work that were reported */
};

static double seconds_of(const struct filling *filling)
{
    return (double)(monotonic_ns() - filling->started_ns) / 1e9;
}

/* A bar that draws itself anew on a terminal; elsewhere a line now and then. */
static void show(struct filling *filling)
{
    static const char done[] = "####################";
    static const char open[] = "....................";
    int width = (int)sizeof done - 1;
    int filled = (int)(filling->made * width / filling->wanted);
    int tenths = (int)(filling->made * 10 / filling->wanted);
    double rate = (double)filling->posted / seconds_of(filling);
    if (filling->terminal) {
        fprintf(stderr, "\r[%.*s%.*s] %3ld %%  %ld people, %ld enrolments, %.0f/s %s", filled, done,
                width - filled, open, filling->made * 100 / filling->wanted, filling->made,
                filling->posted, rate, filling->made == filling->wanted ? "\n" : "");
    } else if (tenths > filling->said) {
        fprintf(stderr, "%3d %%  %ld people, %ld enrolments, %.0f/s\n", tenths * 10, filling->made,
                filling->posted, rate);
    }
    filling->said = tenths;
}

/* The number that a statement answers with, or -1. */
static long number_of(PGconn *pg, const char *sql, int count, const char *const *values)
{
    PGresult *result = PQexecParams(pg, sql, count, NULL, values, NULL, NULL, 0);
    long number = -1;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
        number = strtol(PQgetvalue(result, 0, 0), NULL, 10);
    } else {
        fprintf(stderr, "\nansinh: %s", PQresultErrorMessage(result));
    }
    PQclear(result);
    return number;
}

static bool add_people(PGconn *pg, struct filling *filling)
{
    while (filling->made < filling->wanted) {
        char first[24];
        char last[24];
        char wanted[24];
        long left = filling->wanted - filling->made;
        long more = left < BATCH ? left : BATCH;
        snprintf(first, sizeof first, "%ld", filling->made + 1);
        snprintf(last, sizeof last, "%ld", filling->made + more);
        snprintf(wanted, sizeof wanted, "%ld", filling->wanted);
        const char *const values[] = {first, last, wanted};
        long posted =
            number_of(pg, "select pg_temp.fill($1::bigint, $2::bigint, $3::bigint)", 3, values);
        if (posted < 0) {
            return false;
        }
        filling->made += more;
        filling->posted += posted;
        show(filling);
    }
    return true;
}

static bool restore_indexes(PGconn *pg)
{
    fputs("making the indexes\n", stderr);
    return database_run(pg, "call pg_temp.restore_indexes()");
}

/* Their coverage, and the live figures. */
static bool count_them(PGconn *pg)
{
    fputs("counting\n", stderr);
    return database_run(pg, "call rollup_catch_up()");
}

/* One transaction: a run that is broken off leaves nothing. Few people for a table that is full
 * already go through its indexes, many are faster without, and whoever reads waits until the end. */
static bool fill(PGconn *pg, struct filling *filling)
{
    bool good = database_run(pg, "set client_min_messages = warning; begin") &&
                database_run(pg, "select pg_advisory_xact_lock(20261123)") &&
                database_run(pg, file_of("migrations/demo/generate.sql")->data);
    filling->made = good ? number_of(pg, "select pg_temp.made()", 0, NULL) : -1;
    if (filling->made < 0 || filling->made >= filling->wanted) {
        return filling->made >= 0 && database_run(pg, "rollback");
    }
    bool many = filling->wanted - filling->made > filling->made;
    good = (!many || database_run(pg, "call pg_temp.set_indexes_aside()")) &&
           add_people(pg, filling) && (!many || restore_indexes(pg)) && count_them(pg) &&
           database_run(pg, "commit");
    return good &&
           database_run(pg, "vacuum (analyze) person, enrolment, coverage, progress_total, "
                            "credit_total") &&
           database_run(pg, "analyze unit, agency, collector, territory");
}

static bool fill_until(PGconn *pg, long people)
{
    struct filling filling = {
        .wanted = people, .started_ns = monotonic_ns(), .terminal = isatty(STDERR_FILENO)};
    if (!fill(pg, &filling)) {
        fputs("ansinh: nobody was added\n", stderr);
        return false;
    }
    printf("demo people: %ld invented, %ld enrolments added in %.1f s\n", filling.made,
           filling.posted, seconds_of(&filling));
    return true;
}

int demo_command(const struct config *config, long people)
{
    char hash[PASSWORD_HASH_ROOM];
    if (!config->demo_password || !password_hash(config->demo_password, hash)) {
        fputs("ansinh: set ANSINH_DEMO_PASSWORD, the password of all demo logins\n", stderr);
        return 1;
    }
    PGconn *pg = database_connect(config);
    bool good = pg && load_demo(pg, hash) && (people == 0 || fill_until(pg, people));
    PQfinish(pg);
    if (good) {
        puts("demo logins: {nation|province|district|commune}.{manager|officer|viewer}, "
             "agency.manager,\n             agent.collector, agent.viewer, "
             "neighbour.{province|district|commune|collector}; password: $ANSINH_DEMO_PASSWORD");
    }
    return good ? 0 : 1;
}
