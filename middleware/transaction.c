/* The database side of a request. */
#include "middleware/transaction.h"

#include <stdlib.h>
#include <string.h>

#include "middleware/contract.h"
#include "middleware/express.h"
#include "middleware/fingerprint.h"
#include "middleware/lane.h"
#include "middleware/metrics.h"
#include "middleware/pipeline.h"
#include "middleware/problem.h"
#include "middleware/route.h"
#include "middleware/shed.h"

enum { MAX_TOLD = 4 };

struct transaction {
    struct connection *connection;
    const char *key;         /* Idempotency-Key, or NULL */
    const char *fingerprint; /* of path, query and body, in hex */
    uint64_t taken_ns;
    uint64_t deadline_ns;
    const PGresult *told[MAX_TOLD];
    int told_count;
    int told_received;
    bool sent;       /* the opening statements are on their way */
    bool open;       /* … and were answered well */
    bool committing; /* the commit is on its way: from here on a lost connection leaves doubt */
    bool undone;     /* nothing of it is to stay */
    bool begun;      /* an explicit transaction waits for commit or rollback */
    bool settled;    /* Sync has ended what was sent */
    bool broken;     /* the connection cannot be used again */
};

static bool take(struct request *req, enum sql_id first)
{
    struct transaction *txn = arena_alloc(req->arena, sizeof *txn);
    req->transaction = txn;
    if (!lane_take(req, first, &txn->connection)) {
        return false;
    }
    txn->taken_ns = monotonic_ns();
    txn->deadline_ns = txn->taken_ns + req->service->work_ns;
    return true;
}

static bool broke(struct request *req)
{
    struct transaction *txn = req->transaction;
    bool late = monotonic_ns() >= txn->deadline_ns;
    txn->broken = true;
    req->connection_lost = !late && !txn->committing;
    return fail(req, late ? TIMEOUT : DATABASE_UNAVAILABLE);
}

static bool send(struct request *req, enum slice slice, enum sql_id statement, int count,
                 const char *const *values)
{
    return pipeline_send(req->transaction->connection, slice, statement, count, values) ||
           broke(req);
}

/* The next result if it succeeded; after an error the pipeline is synced and drained. */
static const PGresult *receive(struct request *req)
{
    struct transaction *txn = req->transaction;
    PGresult *result = pipeline_receive(txn->connection, txn->deadline_ns);
    if (!result) {
        broke(req);
        return NULL;
    }
    arena_defer(req->arena, (void (*)(void *))PQclear, result);
    arena_charge(req->arena, PQresultMemorySize(result));
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        return result;
    }
    fail_sql(req, result);
    if (req->problem.kind == DATABASE_UNAVAILABLE) { /* PostgreSQL says farewell before it closes */
        txn->broken = true;
        req->connection_lost = !txn->committing;
    }
    return NULL;
}

static bool send_session(struct request *req)
{
    const struct caller *caller = &req->caller;
    return send(req, SLICE_NONE, SQL_SESSION_OPEN,
                PARAMS(caller->session_id, caller->generation, slice_names[caller->slice],
                       route_writes(req->route) || req->route->audited ? "off" : "on"));
}

static bool send_opening(struct request *req)
{
    struct transaction *txn = req->transaction;
    txn->sent = true;
    if (!route_writes(req->route)) {
        return send_session(req);
    }
    if (!send(req, SLICE_NONE, SQL_TRANSACTION_BEGIN, 0, NULL) || !send_session(req)) {
        return false;
    }
    txn->key = request_header(req, "Idempotency-Key");
    if (!txn->key || !operation_takes_key(req->operation)) { /* an errand of a job has none */
        txn->key = NULL;
        return true;
    }
    txn->fingerprint = fingerprint_of(req);
    return send(req, req->caller.slice, SQL_IDEMPOTENCY_BEGIN,
                PARAMS(req->route->operation_id, txn->key, txn->fingerprint));
}

/* The session row may be gone since the token was made: then the role was never switched. */
static bool receive_session(struct request *req)
{
    const PGresult *session = receive(req);
    return session && (PQntuples(session) == 1 || fail(req, TOKEN_STALE));
}

/* Leaves the connection clean: the first Sync ends whatever failed, and the rollback runs after it,
 * because an aborted pipeline would skip it. */
static bool abandon(struct request *req)
{
    struct transaction *txn = req->transaction;
    struct connection *connection = txn->connection;
    bool sent = pipeline_sync(connection);
    if (sent && route_writes(req->route)) {
        sent = pipeline_send(connection, SLICE_NONE, SQL_TRANSACTION_ROLLBACK, 0, NULL) &&
               pipeline_sync(connection);
    }
    txn->begun = false;
    txn->broken = !sent || !pipeline_drain(connection, txn->deadline_ns);
    return !txn->broken;
}

static bool replay(struct request *req);

static bool receive_opening(struct request *req)
{
    struct transaction *txn = req->transaction;
    if (txn->open) {
        return true;
    }
    if (route_writes(req->route)) {
        if (!receive(req)) {
            return false;
        }
        txn->begun = true;
    }
    if (!receive_session(req)) {
        return false;
    }
    if (txn->key && !receive(req)) {
        if (req->problem.kind == BUSY) { /* lock_timeout: the first request is still at work */
            req->problem.kind = IDEMPOTENCY_IN_FLIGHT;
        }
        return req->problem.kind == DUPLICATE ? replay(req) : false;
    }
    txn->open = true;
    return true;
}

static bool open_and_send(struct request *req, enum sql_id statement, int count,
                          const char *const *values)
{
    if (!req->transaction && !take(req, statement)) {
        return false;
    }
    if (!req->transaction->sent && !send_opening(req)) {
        return false;
    }
    return send(req, req->caller.slice, statement, count, values);
}

bool tell(struct request *req, enum sql_id statement, int count, const char *const *values)
{
    if (!open_and_send(req, statement, count, values)) {
        return false;
    }
    if (req->transaction->told_count == MAX_TOLD) {
        abort(); /* a handler that outgrew the queue: seen by its first call */
    }
    req->transaction->told_count++;
    return true;
}

static bool receive_told(struct request *req)
{
    struct transaction *txn = req->transaction;
    while (txn->told_received < txn->told_count) {
        const PGresult *result = receive(req);
        if (!result) {
            return false;
        }
        txn->told[txn->told_received++] = result;
    }
    return true;
}

const PGresult *told(const struct request *req, int n)
{
    return req->transaction->told[n];
}

const PGresult *ask(struct request *req, enum sql_id statement, int count,
                    const char *const *values)
{
    if (!open_and_send(req, statement, count, values)) {
        return NULL;
    }
    if (!pipeline_flush(req->transaction->connection)) {
        broke(req);
        return NULL;
    }
    return receive_opening(req) && receive_told(req) ? receive(req) : NULL;
}

const PGresult *ask_gate(struct request *req, enum sql_id statement, int count,
                         const char *const *values)
{
    if (!take(req, statement)) {
        return NULL;
    }
    const PGresult *rows = NULL;
    if (!send(req, SLICE_NONE, statement, count, values)) {
        return NULL;
    }
    if (!pipeline_sync(req->transaction->connection)) {
        broke(req);
        return NULL;
    }
    rows = receive(req);
    if (!req->transaction->broken &&
        !pipeline_drain(req->transaction->connection, req->transaction->deadline_ns)) {
        broke(req);
        rows = NULL;
    }
    transaction_end(req);
    return rows;
}

static const char *reply_value(const struct request *req, const char *name)
{
    for (int i = 0; i < req->reply.header_count; i++) {
        if (strcmp(req->reply.headers[i].name, name) == 0) {
            return req->reply.headers[i].value;
        }
    }
    return NULL;
}

/* Stores the answer under its key (only a success is kept, a refusal leaves no key) and commits. */
static bool commit(struct request *req)
{
    struct transaction *txn = req->transaction;
    const char *status = arena_printf(req->arena, "%d", req->reply.status);
    if (txn->key &&
        !send(req, req->caller.slice, SQL_IDEMPOTENCY_STORE,
              PARAMS(req->route->operation_id, txn->key, status, reply_value(req, "Location"),
                     req->reply.body, reply_value(req, "ETag")))) {
        return false;
    }
    txn->committing = true;
    if (!send(req, SLICE_NONE, SQL_TRANSACTION_COMMIT, 0, NULL)) {
        return false;
    }
    if (!pipeline_sync(txn->connection)) {
        return broke(req);
    }
    if (txn->key && !receive(req)) {
        return false;
    }
    const PGresult *done = receive(req);
    if (!done || strcmp(PQcmdStatus((PGresult *)done), "COMMIT") != 0) {
        return done ? fail(req, INTERNAL) : false;
    }
    txn->begun = false;
    txn->settled = true;
    return pipeline_drain(txn->connection, txn->deadline_ns) || broke(req);
}

/* The key is known: answer again what was answered then, or say that it was another request. */
static bool replay(struct request *req)
{
    struct transaction *txn = req->transaction;
    const char *operation = req->route->operation_id;
    abandon(req);
    req->problem = (struct problem){0};
    if (txn->broken || !send_session(req) ||
        !send(req, req->caller.slice, SQL_IDEMPOTENCY_FIND, PARAMS(operation, txn->key))) {
        return broke(req);
    }
    if (!pipeline_sync(txn->connection)) {
        return broke(req);
    }
    const PGresult *found = receive_session(req) ? receive(req) : NULL;
    if (!found) {
        return false;
    }
    if (PQntuples(found) == 0) { /* the first request gave up in between: the client may retry */
        return fail(req, IDEMPOTENCY_IN_FLIGHT);
    }
    if (strcmp(PQgetvalue(found, 0, 0), txn->fingerprint) != 0) {
        return fail(req, IDEMPOTENCY_KEY_REUSED);
    }
    reply_json(req, (int)strtol(PQgetvalue(found, 0, 1), NULL, 10), PQgetvalue(found, 0, 3),
               (size_t)PQgetlength(found, 0, 3));
    if (!PQgetisnull(found, 0, 2)) {
        reply_header(req, "Location", PQgetvalue(found, 0, 2));
    }
    if (!PQgetisnull(found, 0, 4)) {
        reply_header(req, "ETag", PQgetvalue(found, 0, 4));
    }
    reply_header(req, "Idempotency-Replayed", "true");
    metrics_count(req->service->metrics, COUNT_REPLAYED);
    return false; /* answered: nothing is left to run */
}

static bool read_segment(struct request *req)
{
    const struct segment *segment = req->segment;
    const PGresult *quick = express_rows(req);
    if (quick) {
        arena_charge(req->arena, PQresultMemorySize(quick));
        return memory_suffices(req) && segment_render(req, quick);
    }
    if (!open_and_send(req, segment->statement, segment->count, segment->values)) {
        return false;
    }
    struct transaction *txn = req->transaction;
    txn->settled = true;
    if (!pipeline_sync(txn->connection)) {
        return broke(req);
    }
    const PGresult *rows = receive_opening(req) && receive_told(req) ? receive(req) : NULL;
    if (!rows) {
        return false;
    }
    if (!pipeline_drain(txn->connection, txn->deadline_ns)) {
        return broke(req);
    }
    transaction_end(req); /* the connection is free before the answer is written */
    return memory_suffices(req) && segment_render(req, rows);
}

bool transaction_finish(struct request *req)
{
    const struct segment *segment = req->segment;
    if (segment && !route_writes(req->route)) {
        return read_segment(req);
    }
    if (segment) {
        const PGresult *rows = ask(req, segment->statement, segment->count, segment->values);
        if (!rows || !segment_render(req, rows)) {
            return false;
        }
    }
    struct transaction *txn = req->transaction;
    bool commits = txn && txn->begun && !txn->undone; /* else transaction_end rolls back */
    return !commits || (memory_suffices(req) && commit(req));
}

void transaction_undo(struct request *req)
{
    req->transaction->undone = true;
}

bool transaction_keep(struct request *req)
{
    bool kept = memory_suffices(req) && commit(req);
    transaction_end(req);
    return kept;
}

void transaction_end(struct request *req)
{
    struct transaction *txn = req->transaction;
    if (!txn || !txn->connection) {
        return;
    }
    struct connection *connection = txn->connection;
    bool dirty =
        txn->begun || (txn->sent && !txn->settled) || connection->expected != connection->received;
    if (dirty && !txn->broken) {
        abandon(req);
    }
    req->database_trips += connection->trips;
    req->database_ns += monotonic_ns() - txn->taken_ns;
    txn->connection = NULL;
    req->transaction = NULL;
    pool_give(connection, !txn->broken);
}
