/* What a quote costs: as a pure function, and over HTTP. */
#ifndef ANSINH_LOAD_QUOTE_H
#define ANSINH_LOAD_QUOTE_H

#include "tests/load/world.h"

/* A household of four, by the rates that the database has; prints rates a second. */
void quotes_print(const struct world *world, PGconn *pg, unsigned port, double seconds);

#endif
