#include "tests/support/cluster.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"

static const char *folder(void)
{
    const char *host = strstr(harness_database_url(), "host=");
    const char *end = host ? strstr(host, "/socket") : NULL;
    ck_assert_ptr_nonnull(end);
    return text("%.*s", (int)(end - host - 5), host + 5);
}

static pid_t postmaster(void)
{
    FILE *file = fopen(text("%s/data/postmaster.pid", folder()), "r");
    int pid = 0;
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
    fclose(file);
    ck_assert_int_gt(pid, 1);
    return pid;
}

void cluster_kill(void)
{
    sql_text("checkpoint");
    ck_assert_int_eq(kill(postmaster(), SIGKILL), 0);
}

void cluster_start(void)
{
    const char *start = text("tools/cluster.sh start %s throwaway 2>&1", folder());
    int tries = 0;
    while (system(start) != 0) { /* the orphans need a moment to notice */
        ck_assert_int_lt(tries++, 20);
    }
    PQreset(database());
    ck_assert_int_eq(PQstatus(database()), CONNECTION_OK);
}
