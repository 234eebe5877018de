/* The express lane: quick reads of many requests travel together on one connection, by a thread of its own.
 *
 * Each still opens its own session and ends by its own Sync, so each has its own transaction, role and
 * scope, and what goes wrong with one touches none of the others. They are answered in the order in which
 * they were sent, so only statements that are declared fast come here. Should one not be quick after all,
 * the lane closes for a moment and everybody goes the common way: a read can be done again. */
#ifndef ANSINH_EXPRESS_H
#define ANSINH_EXPRESS_H

#include <libpq-fe.h>

#include "middleware/pool.h"
#include "middleware/request.h"

struct express;

/* `waiting` of the options bounds the line; the lane has one connection whatever their size. */
struct express *express_new(const struct pool_options *options);
/* Nobody may be on the way any more. NULL is allowed. */
void express_free(struct express *express);

/* The rows of the request's segment, in the request's arena. NULL: go the common way, which also tells
 * what is wrong if anything is. */
const PGresult *express_rows(struct request *req);

#endif
