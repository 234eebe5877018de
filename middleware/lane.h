/* Which connections a request takes: writes among themselves, what may take long (`-- lane: slow` of its
 * statement) among itself, so that neither is in the way of the other reads. */
#ifndef ANSINH_LANE_H
#define ANSINH_LANE_H

#include "middleware/pool.h"
#include "middleware/request.h"
#include "statements.h"

/* Waits for a connection; `first` is the statement that needs one. Fails the request when there is none. */
bool lane_take(struct request *req, enum sql_id first, struct connection **connection) must_check;

#endif
