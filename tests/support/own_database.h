/* A database of a suite's own beside the harness's, migrated, so that its many rows are in nobody's
 * way. Use it as an unchecked fixture: once for all tests of a case. */
#ifndef ANSINH_TEST_OWN_DATABASE_H
#define ANSINH_TEST_OWN_DATABASE_H

#include <libpq-fe.h>

void own_database_make(const char *name);
/* The same as it was at a version; own_migrate() brings it up to date. */
void own_database_make_as_of(const char *name, int version);
void own_migrate(void);
/* Closes and drops it. */
void own_database_drop(void);

/* A further connection of the superuser; NULL when it cannot be had. */
PGconn *own_connect(void);
/* The connection of the superuser. */
PGconn *own_database(void);
/* The first value of the first row, or ""; the test fails when the statement does. */
const char *own_text(const char *sql);
/* DATABASE_URL=… of it, for a server. */
const char *own_setting(void);
/* `ansinh demo --people N` there, or without people for NULL; its exit status. */
int own_demo(const char *people, const char **output);

#endif
