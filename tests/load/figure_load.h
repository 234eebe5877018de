/* What live figures cost: writing them (against the same transaction without), and reading all communes of
 * a province against their targets (against a point read). */
#ifndef ANSINH_LOAD_FIGURE_H
#define ANSINH_LOAD_FIGURE_H

#include "tests/load/world.h"

/* Gives every commune of the demo province a target, measures in interleaved rounds, prints ratios. */
void figures_print(const struct world *world, PGconn *pg, const char *conninfo, unsigned port,
                   double seconds);

#endif
