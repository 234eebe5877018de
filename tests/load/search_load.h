/* How long a search for people takes, tier by tier. */
#ifndef ANSINH_LOAD_SEARCH_H
#define ANSINH_LOAD_SEARCH_H

#include "tests/load/world.h"

/* Searches by name over HTTP for people whom each session may see, and prints p50 and p99. */
void search_print(const struct world *world, PGconn *pg, unsigned port, double seconds);

#endif
