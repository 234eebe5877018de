/* What live figures and receipts cost: the transaction of an enrolment on raw libpq connections, without
 * deltas (the same function with their insert taken out), with them, and with a receipt as well. */
#ifndef ANSINH_LOAD_WRITE_H
#define ANSINH_LOAD_WRITE_H

#include "tests/load/world.h"

enum { WRITE_CONNECTIONS = 16 };

enum write_kind { BARE, WITH_FIGURES, WITH_RECEIPT, WRITE_KINDS };

struct write_load;

/* Makes the function without deltas, as superuser, and the connections. */
struct write_load *write_open(const struct world *world, PGconn *pg, const char *conninfo);
void write_close(struct write_load *load);

/* Enrolments a second, all in the demo province; ends the program when one is refused. */
double write_measure(struct write_load *load, enum write_kind kind, double seconds);

#endif
