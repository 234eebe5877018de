/* The recount of live figures. */
#include "api/recount.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/migrate.h"

/* One snapshot of rows and figures, as the role that may see all of both. */
static const char begin[] = "begin isolation level repeatable read; set local role ansinh_gate";
static const char show[] =
    "select holder::text, coalesce(counted::text, '-'), coalesce(kept::text, '-'), "
    "count(*) over () from recounted limit 20";

/* Folds wait: the totals that a repair writes anew must be those that its snapshot saw. The lock is the folder's, and
 * ends with the connection. */
static const char no_folds[] = "select pg_advisory_lock(20261215)";

/* How many figures differ, or -1; shows the first twenty. */
static long report(PGconn *pg)
{
    PGresult *rows = PQexec(pg, show);
    long differences = -1;
    if (PQresultStatus(rows) == PGRES_TUPLES_OK) {
        differences = PQntuples(rows) ? strtol(PQgetvalue(rows, 0, 3), NULL, 10) : 0;
    }
    for (int i = 0; i < PQntuples(rows); i++) {
        printf("%s\n  counted %s\n  kept    %s\n", PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1),
               PQgetvalue(rows, i, 2));
    }
    PQclear(rows);
    return differences;
}

int recount_command(const struct config *config, bool repair)
{
    PGconn *pg = database_connect(config);
    const char *count = repair ? "call gate.recount(true)" : "call gate.recount(false)";
    bool counted = pg && (!repair || database_run(pg, no_folds)) && database_run(pg, begin) &&
                   database_run(pg, count);
    long differences = counted ? report(pg) : -1;
    bool good = differences >= 0 && database_run(pg, "commit");
    PQfinish(pg);
    if (!good) {
        fputs("ansinh: the recount failed, nothing was changed\n", stderr);
        return 1;
    }
    printf("%ld figures differ%s\n", differences, differences > 0 && repair ? ", repaired" : "");
    return differences == 0 || repair ? 0 : 1;
}
