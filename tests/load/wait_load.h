/* A paced probe beside handlers that wait for the database. */
#ifndef ANSINH_LOAD_WAIT_H
#define ANSINH_LOAD_WAIT_H

#include <stddef.h>

#include "tests/load/world.h"

struct wait_load {
    unsigned port;
    const char *conninfo; /* of the superuser */
    const struct world *world;
    double seconds; /* of one measurement */
    /* a point read */
    size_t (*next)(void *state, char *out, size_t room);
    void *state;
};

void wait_print(const struct wait_load *load);

#endif
