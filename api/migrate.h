/* `ansinh migrate` and `ansinh admin create`: what prepares a database. */
#ifndef ANSINH_MIGRATE_H
#define ANSINH_MIGRATE_H

#include <libpq-fe.h>

#include "api/config.h"
#include "middleware/arena.h"

/* The newest migration that this program carries. */
int migration_newest(void);

/* Each returns the exit status of the command, after saying what happened. */
int migrate_command(const struct config *config);
int admin_create_command(const struct config *config, const char *username);

/* Applies what is missing up to a version, and says so; holds the lock of migrations until the
 * connection is closed. */
bool migrate_until(PGconn *pg, struct arena *arena, int version);

/* The configured database, for those who prepare it; what goes wrong is said on stderr. */
PGconn *database_connect(const struct config *config);
/* Why it cannot be had, without a part of an address that libpq took apart in the wrong places. */
const char *database_complaint(const struct config *config, PGconn *pg);
bool database_run(PGconn *pg, const char *sql);
/* A CSV that the program carries as the temporary table csv_NAME of the open transaction, all text. */
bool database_load_csv(PGconn *pg, struct arena *arena, const char *path);
bool database_run_with(PGconn *pg, const char *sql, int count, const char *const *values);

#endif
