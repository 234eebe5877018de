/* The demo's published figures. */
#include "api/published.h"

#include <stdio.h>
#include <string.h>

#include "api/migrate.h"
#include "middleware/arena.h"
#include "statements.h"

#define FOLDER "migrations/demo/published/"

static PGresult *ask_for(PGconn *pg, const char *sql, int count, const char *const *values)
{
    PGresult *rows = PQexecParams(pg, sql, count, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
        fprintf(stderr, "ansinh: %s", PQresultErrorMessage(rows));
        PQclear(rows);
        return NULL;
    }
    return rows;
}

/* A session of the nation's manager, as the opening statement of a request makes it. */
static bool become_nation(PGconn *pg)
{
    return database_run(pg, "select set_config('app.scope_id', '1', true), "
                            "set_config('app.user_id', id::text, true), "
                            "set_config('role', 'ansinh_nation', true) "
                            "from app_user where username = 'nation.manager'");
}

/* The lines of one day's units; every one of them must be accepted. */
static bool import_day(PGconn *pg, enum sql_id statement, const char *json, const char *day)
{
    const char *const values[] = {json, "true", "false", day};
    enum { FIELD = 1, FLAW, ARGUMENT, KNOWN, WRITTEN };
    PGresult *judged =
        become_nation(pg) ? ask_for(pg, statements[statement].text, 4, values) : NULL;
    bool good = judged && database_run(pg, "reset role");
    for (int i = 0; good && i < PQntuples(judged); i++) {
        if (!PQgetisnull(judged, i, FLAW) && *PQgetvalue(judged, i, FLAW)) {
            fprintf(stderr, "ansinh: published figures of %s, line %s: %s %s\n", day,
                    PQgetvalue(judged, i, 0), PQgetvalue(judged, i, FIELD),
                    PQgetvalue(judged, i, FLAW));
            good = false;
        }
    }
    PQclear(judged);
    return good;
}

/* Empty columns are missing, as in an import over HTTP. */
static bool import_table(PGconn *pg, struct arena *arena, const char *table, enum sql_id statement)
{
    PGresult *days = ask_for(
        pg,
        arena_printf(
            arena,
            "select c.at, jsonb_agg(jsonb_strip_nulls((select jsonb_object_agg(e.key, "
            "nullif(e.value, '')) from jsonb_each_text(to_jsonb(c) - 'at') e) || "
            "jsonb_build_object('line', c.line))) from (select c.*, row_number() over () + 1 "
            "as line from %s c) c group by c.at order by c.at",
            table),
        0, NULL);
    bool good = days != NULL;
    for (int i = 0; good && i < PQntuples(days); i++) {
        good = import_day(pg, statement, PQgetvalue(days, i, 1), PQgetvalue(days, i, 0));
    }
    PQclear(days);
    return good;
}

bool published_load(PGconn *pg)
{
    struct arena *arena = arena_new((size_t)1 << 22);
    bool good = database_load_csv(pg, arena, FOLDER "populations.csv") &&
                database_load_csv(pg, arena, FOLDER "reported_counts.csv") &&
                database_load_csv(pg, arena, FOLDER "plans.csv") &&
                import_table(pg, arena, "csv_populations", SQL_POPULATION_IMPORT) &&
                import_table(pg, arena, "csv_reported_counts", SQL_REPORTED_COUNT_IMPORT);
    arena_free(arena);
    return good;
}
