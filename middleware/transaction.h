/* The database side of a request: one pipelined trip for a read, two for a keyed write.
 *
 *   read    open the session, statement                                     | Sync
 *   write   begin, open the session, idempotency key, what the handler asks | answer stored, commit
 *
 * The first statement reads the session row and switches role and scope (model: the token says who,
 * the database says what). A handler never sees a connection: it names statements. */
#ifndef ANSINH_TRANSACTION_H
#define ANSINH_TRANSACTION_H

#include <libpq-fe.h>
#include <stdlib.h>

#include "middleware/segment.h"

/* For handlers that must look before they go on: the rows now, inside the request's transaction.
 * NULL after fail(). The result belongs to the arena. */
const PGresult *ask(struct request *req, enum sql_id statement, int count,
                    const char *const *values) must_check;
/* Queues a statement that travels with the next ask; it must succeed, and its rows are known
 * afterwards as told(req, 0), (req, 1) … in the order of telling, how many it changed as told_rows(). */
bool tell(struct request *req, enum sql_id statement, int count,
          const char *const *values) must_check;
const PGresult *told(const struct request *req, int n);
static inline long told_rows(const struct request *req, int n)
{
    return strtol(PQcmdTuples((PGresult *)told(req, n)), NULL, 10);
}
/* Outside any session, as the login role, in a transaction of its own; only gate functions can be
 * called like this (sign-in). */
const PGresult *ask_gate(struct request *req, enum sql_id statement, int count,
                         const char *const *values) must_check;

/* Commits what was asked so far and gives the connection back, before something slow; a further ask
 * begins a transaction of its own. */
bool transaction_keep(struct request *req) must_check;

/* For a rehearsal: what was asked will be undone and no answer stored, not even the key. */
void transaction_undo(struct request *req);

/* Runs what the handler left: its segment, the stored answer and the commit. */
bool transaction_finish(struct request *req) must_check;
/* Gives the connection back in any case; rolls back what was not committed. */
void transaction_end(struct request *req);

#endif
