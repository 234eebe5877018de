/* `ansinh migrate`, `ansinh demo` and `ansinh admin create`: what prepares a database. */
#ifndef ANSINH_MIGRATE_H
#define ANSINH_MIGRATE_H

#include "api/config.h"

/* The newest migration that this program carries. */
int migration_newest(void);

/* Each returns the exit status of the command, after saying what happened. */
int migrate_command(const struct config *config);
int demo_command(const struct config *config);
int admin_create_command(const struct config *config, const char *username);

#endif
