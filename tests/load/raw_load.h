/* The same work without the server: libpq connections, one thread each, that send the opening
 * statement, the statement and a Sync as the server does. */
#ifndef ANSINH_LOAD_RAW_H
#define ANSINH_LOAD_RAW_H

#include "tests/load/world.h"

enum { RAW_CONNECTIONS = 4 };

enum raw_kind { POINT, PAGE, RAW_KINDS };

/* The role of lane B is the session's; that of lane C sees everything and filters by itself. */
enum raw_lane { THROUGH_THE_WALL, AROUND_THE_WALL, RAW_LANES };

#define BYPASSING_ROLE "ansinh_bench"

struct raw_load;

struct raw_load *raw_open(const struct world *world, const char *conninfo);
void raw_close(struct raw_load *raw);

/* Trips a second; ends the program when a trip goes wrong. */
double raw_measure(struct raw_load *raw, enum raw_lane lane, enum raw_kind kind, int tier,
                   double seconds);

#endif
