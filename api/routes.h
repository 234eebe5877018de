/* THE table of endpoints. */
#ifndef ANSINH_ROUTES_H
#define ANSINH_ROUTES_H

#include "middleware/route.h"

extern const struct route routes[];
extern const size_t route_count;

/* What the listener for probes answers. */
extern const struct route admin_routes[];
extern const size_t admin_route_count;

#endif
