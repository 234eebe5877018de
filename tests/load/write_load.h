/* What live figures cost: the transaction of an enrolment on raw libpq connections, with its deltas and
 * without them (the same function with the insert of deltas taken out). */
#ifndef ANSINH_LOAD_WRITE_H
#define ANSINH_LOAD_WRITE_H

#include "tests/load/world.h"

enum { WRITE_CONNECTIONS = 16 };

struct write_load;

/* Makes the function without deltas, as superuser, and the connections. */
struct write_load *write_open(const struct world *world, PGconn *pg, const char *conninfo);
void write_close(struct write_load *load);

/* Enrolments a second, all in the demo province; ends the program when one is refused. */
double write_measure(struct write_load *load, bool live, double seconds);

#endif
