/* What was measured, and how it compares with the goals. */
#ifndef ANSINH_LOAD_REPORT_H
#define ANSINH_LOAD_REPORT_H

#include "tests/load/http_load.h"
#include "tests/load/raw_load.h"
#include "tests/load/spent.h"
#include "tests/load/world.h"

enum { ROUNDS = 3, HTTP_CONNECTIONS = 64 };

/* A, B and C of one round, tier and kind. */
struct reading {
    struct outcome http;
    double raw;
    double bypass;
    struct spent http_spent; /* a request */
    struct spent raw_spent;
};

struct report {
    struct reading readings[TIERS][RAW_KINDS][ROUNDS];
    struct outcome enrolling[ROUNDS];
    struct outcome signing_in[ROUNDS];
};

void report_print(const struct report *report, const struct world *world, double seconds);

#endif
