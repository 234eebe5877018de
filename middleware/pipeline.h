/* Named statements over one connection in libpq's pipeline mode: queue several, wait once.
 *
 * A statement is prepared per connection and per slice role, after the role was switched: plans under
 * row security belong to the role that made them, and sharing one between roles replans each time. */
#ifndef ANSINH_PIPELINE_H
#define ANSINH_PIPELINE_H

#include "middleware/pool.h"
#include "middleware/request.h"
#include "statements.h"

/* Queues one execution (and its PREPARE when the connection has none yet for this slice). */
bool pipeline_send(struct connection *connection, enum slice slice, enum sql_id statement,
                   int count, const char *const *values) must_check;
/* Ends a trip: the server answers what was sent so far. Sync also ends the transaction that was
 * not begun explicitly, and makes the connection usable after an error. */
bool pipeline_flush(struct connection *connection) must_check;
bool pipeline_sync(struct connection *connection) must_check;

/* The result of the next queued execution. After an error every further one up to the Sync repeats
 * as PGRES_PIPELINE_ABORTED. NULL when the connection broke or the deadline passed (the statement is
 * cancelled then, and the connection must be given back as unhealthy). The caller clears it. */
PGresult *pipeline_receive(struct connection *connection, uint64_t deadline_ns);
/* Reads up to and including the Sync, dropping what is left. */
bool pipeline_drain(struct connection *connection, uint64_t deadline_ns) must_check;

#endif
