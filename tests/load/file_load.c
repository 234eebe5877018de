/* What exports and imports cost. The jobs are put into the database as the operations would. */
#include "tests/load/file_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "middleware/request.h"
#include "tests/load/spent.h"

enum { SQL_ROOM = 2048, DISTRICT = 2 };

static void run(PGconn *pg, const char *sql)
{
    PQclear(world_ask(pg, sql));
}

static void ask(PGconn *pg, const struct session *session, const char *kind, const char *subject,
                const char *parameters)
{
    char sql[SQL_ROOM];
    snprintf(
        sql, sizeof sql,
        "insert into job (id, requester_id, kind, subject, parameters, language, session_id, "
        "worker, state, heartbeat_at) select uuid7(), user_id, '%s', '%s', '%s', 'vi', id, id, "
        "'running', now() + interval '1 day' from session where id = '%s'",
        kind, subject, parameters, session->id);
    run(pg, sql);
}

/* Lets the newest job go and waits for it; the most memory that the server had meanwhile, in MB. */
static long finish(PGconn *pg, pid_t server, int *rows)
{
    static const struct timespec pause = {.tv_nsec = 20000000};
    long most = 0;
    bool open = true;
    run(pg, "update job set state = 'queued', worker = null where state = 'running'");
    while (open) {
        long now = resident_kb(server);
        most = now > most ? now : most;
        PGresult *job =
            world_ask(pg, "select state, done, error from job order by id desc limit 1");
        open = strcmp(PQgetvalue(job, 0, 0), "queued") == 0 ||
               strcmp(PQgetvalue(job, 0, 0), "running") == 0;
        *rows = (int)strtol(PQgetvalue(job, 0, 1), NULL, 10);
        if (!open && strcmp(PQgetvalue(job, 0, 0), "done") != 0) {
            printf("WRONG JOB: %s %s\n", PQgetvalue(job, 0, 0), PQgetvalue(job, 0, 2));
        }
        PQclear(job);
        nanosleep(&pause, NULL);
    }
    return most / 1024;
}

static void measure(PGconn *pg, pid_t server, const char *what)
{
    int rows = 0;
    long before = resident_kb(server) / 1024;
    struct spent spent = spent_now();
    uint64_t started = monotonic_ns();
    long most = finish(pg, server, &rows);
    double seconds = (double)(monotonic_ns() - started) / 1e9;
    struct spent each = spent_each(spent, rows);
    PGresult *size =
        world_ask(pg, "select coalesce(size, 0) >> 20, written from job order by id desc "
                      "limit 1");
    printf(
        "%-34s | %8d rows in %6.1f s | %7.0f a second | %4.0f + %4.0f us a row | %3ld to %3ld MB | "
        "file %s MB, written %s\n",
        what, rows, seconds, rows / seconds, each.server, each.database, before, most,
        PQgetvalue(size, 0, 0), PQgetvalue(size, 0, 1));
    fflush(stdout);
    PQclear(size);
}

static void export_all(const struct world *world, PGconn *pg, pid_t server, const char *format)
{
    char how[64];
    char what[64];
    snprintf(how, sizeof how, "{\"format\":\"%s\"}", format);
    snprintf(what, sizeof what, "export of enrolments, %s", format);
    ask(pg, &world->tiers[0].sessions[*format == 'c'], "export", "enrolment_list", how);
    measure(pg, server, what);
}

/* New people of all hamlets of an office. */
static void import_new(const struct world *world, PGconn *pg, pid_t server, const char *what)
{
    static int n; /* a job ends its session */
    char sql[SQL_ROOM];
    const char *wanted = getenv("BENCH_ROWS");
    long rows = wanted && strtol(wanted, NULL, 10) > 0 ? strtol(wanted, NULL, 10) : 100000;
    const struct session *session = &world->tiers[DISTRICT].sessions[n];
    n += world->tiers[DISTRICT].place_count;
    ask(pg, session, "import", "enrolments", "{\"partial\":true,\"dry_run\":false}");
    run(pg,
        "insert into job_part (job_id, requester_id, role, n, first_line, content) select id, "
        "requester_id, 'body', 1, 1, convert_to(E'hamlet_code,full_name,date_of_birth,sex,scheme,"
        "months,paid_on\\n', 'UTF8') from job order by id desc limit 1");
    snprintf(
        sql, sizeof sql,
        "with j as (select id, requester_id from job order by id desc limit 1), h as (select "
        "array_agg(code) as codes from unit where kind = 'hamlet' and valid_to is null and "
        "district_id = %s) insert into job_part (job_id, requester_id, role, n, first_line, content) "
        "select j.id, j.requester_id, 'body', 2 + (i - 1) / 2000, min(i) + 1, convert_to(string_agg("
        "format(E'%%s,Nhập %%s,%%s,female,vsi,1,%%s\\n', h.codes[1 + i %% cardinality(h.codes)], i, "
        "1950 + i %% 50, business_date()), '' order by i), 'UTF8') from j, h, generate_series(1, %ld) "
        "i group by 1, 2, 4",
        session->place->scope, rows);
    run(pg, sql);
    measure(pg, server, what);
}

void files_print(const struct world *world, PGconn *pg, pid_t server)
{
    printf("\nfiles: rows, processor time of server + database, memory of the server\n");
    export_all(world, pg, server, "csv");
    export_all(world, pg, server, "xlsx");
    import_new(world, pg, server, "import of enrolments, all new");
    import_new(world, pg, server, "the same file again");
}
