/* Writing the ledger: what all its statements say besides their answer. */
#ifndef ANSINH_LEDGER_H
#define ANSINH_LEDGER_H

#include <libpq-fe.h>

#include "middleware/request.h"

/* Whether the first row allows what was asked. Its last four columns are: may the caller do this to
 * what it sees; the rule that forbids it, or null; the member of the body that breaks the rule; and
 * the figure that explains it. No row is NOT_FOUND. */
bool ledger_allows(struct request *req, const PGresult *rows) must_check;
/* Replies with that row, without those columns. */
bool ledger_reply(struct request *req, int status, const PGresult *rows) must_check;

#endif
