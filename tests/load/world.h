/* What the load is made of: sessions of every tier with their tokens, and enrolments each may see. */
#ifndef ANSINH_LOAD_WORLD_H
#define ANSINH_LOAD_WORLD_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "middleware/token.h"

enum { SESSIONS = 200, IDS_OF_PLACE = 500, UUID_ROOM = 37 };

/* One slice: a unit or a collector. */
struct place {
    char scope[UUID_ROOM];
    char agent[UUID_ROOM];
    char hamlet[12]; /* of a collector's territory */
    char (*ids)[UUID_ROOM];
    int id_count;
};

struct session {
    char id[UUID_ROOM];
    const char *token;
    const struct place *place;
};

/* A tier as the load sees it; five of them, from wide to narrow. */
struct tier {
    const char *name;
    enum slice slice;
    const char *own; /* which rows are in the slice, for the role that bypasses the wall */
    struct place *places;
    int place_count;
    struct session sessions[SESSIONS];
};

enum { TIERS = 5, COLLECTORS = 4 /* the narrowest */ };

struct world {
    struct tier tiers[TIERS];
    struct arena *arena;
    char today[11];
    long people;
    long enrolments;
};

/* Reads the places and makes the sessions, as superuser. Ends the program when it cannot. */
void world_make(struct world *world, PGconn *pg, const struct token_keys *keys);

/* A statement of the preparation: its result, or the end of the program. */
PGresult *world_ask(PGconn *pg, const char *sql);

/* A cheap number below `below` that differs from call to call (xorshift). */
unsigned chance(unsigned *state, int below);

#endif
