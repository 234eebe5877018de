/* The demo's published figures: what newspapers and offices printed from 2011 to 2023, about units that
 * have closed since. Each line of migrations/demo/published/ names its source, and says of a number
 * that no source prints that it is illustrative. */
#ifndef ANSINH_PUBLISHED_H
#define ANSINH_PUBLISHED_H

#include <stdbool.h>

#include <libpq-fe.h>

/* Loads them in the open transaction, by the import that the service itself runs, as the nation. */
bool published_load(PGconn *pg) __attribute__((warn_unused_result));

#endif
