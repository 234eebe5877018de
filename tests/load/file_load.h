/* What exports and imports cost: rows a second, and how much memory the server needs for them. */
#ifndef ANSINH_LOAD_FILE_H
#define ANSINH_LOAD_FILE_H

#include <sys/types.h>

#include "tests/load/world.h"

/* BENCH_ROWS rows are imported (100,000); exported is what there is. */
void files_print(const struct world *world, PGconn *pg, pid_t server);

#endif
