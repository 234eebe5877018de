/* Named statements over one connection in pipeline mode. */
#include "middleware/pipeline.h"

#include <poll.h>
#include <stdio.h>

static bool expect(struct connection *connection, int kind, unsigned char *prepared)
{
    if (connection->expected == connection->received) {
        connection->expected = connection->received = 0;
    }
    if (connection->expected == PIPELINE_DEPTH) {
        return false;
    }
    struct expected *next = &connection->queue[connection->expected++];
    next->kind = kind;
    next->prepared = prepared;
    return true;
}

bool pipeline_send(struct connection *connection, enum slice slice, enum sql_id statement,
                   int count, const char *const *values)
{
    char name[24];
    snprintf(name, sizeof name, "%d_%d", (int)slice, (int)statement);
    unsigned char *prepared = &connection->prepared[(int)slice * SQL_COUNT + (int)statement];
    if (count != statements[statement].params) {
        fprintf(stderr, "{\"level\":\"fatal\",\"message\":\"%s takes %d values, not %d\"}\n",
                statements[statement].name, statements[statement].params, count);
        return false;
    }
    if (!*prepared) {
        if (!PQsendPrepare(connection->pg, name, statements[statement].text, 0, NULL) ||
            !expect(connection, EXPECT_PREPARED, prepared)) {
            return false;
        }
        *prepared = 2;
    }
    return PQsendQueryPrepared(connection->pg, name, count, values, NULL, NULL, 0) &&
           expect(connection, EXPECT_ROWS, NULL);
}

bool pipeline_flush(struct connection *connection)
{
    connection->trips++;
    return PQsendFlushRequest(connection->pg) && PQflush(connection->pg) >= 0;
}

bool pipeline_sync(struct connection *connection)
{
    connection->trips++;
    return PQpipelineSync(connection->pg) && expect(connection, EXPECT_SYNC, NULL);
}

static void cancel(PGconn *pg)
{
    char text[128];
    PGcancel *cancel = PQgetCancel(pg);
    if (cancel) {
        PQcancel(cancel, text, sizeof text);
        PQfreeCancel(cancel);
    }
}

/* Waits until a result can be read without blocking, also pushing out what is still unsent. */
static bool wait_for_result(PGconn *pg, uint64_t deadline_ns)
{
    for (;;) {
        int unsent = PQflush(pg);
        if (unsent < 0) {
            return false;
        }
        if (!unsent && !PQisBusy(pg)) {
            return true;
        }
        uint64_t now = monotonic_ns();
        struct pollfd socket = {.fd = PQsocket(pg),
                                .events = (short)(unsent ? POLLIN | POLLOUT : POLLIN)};
        int left_ms = now >= deadline_ns ? 0 : (int)((deadline_ns - now) / 1000000u) + 1;
        if (now >= deadline_ns || poll(&socket, 1, left_ms) == 0) {
            cancel(pg);
            return false;
        }
        if ((socket.revents & ~POLLOUT) && !PQconsumeInput(pg)) {
            return false;
        }
    }
}

/* libpq ends each statement's results with a NULL; the Sync has none. */
static PGresult *next_result(struct connection *connection, uint64_t deadline_ns)
{
    for (int nulls = 0; nulls < 2; nulls++) {
        if (!wait_for_result(connection->pg, deadline_ns)) {
            return NULL;
        }
        PGresult *result = PQgetResult(connection->pg);
        if (result) {
            return result;
        }
    }
    return NULL;
}

PGresult *pipeline_receive(struct connection *connection, uint64_t deadline_ns)
{
    PGresult *refused = NULL; /* the error of a PREPARE stands for its execution */
    while (connection->received < connection->expected) {
        struct expected *next = &connection->queue[connection->received];
        PGresult *result = next_result(connection, deadline_ns);
        if (!result) {
            PQclear(refused);
            return NULL;
        }
        connection->received++;
        if (next->kind != EXPECT_PREPARED) {
            if (refused) {
                PQclear(result);
                return refused;
            }
            return result;
        }
        bool ready = PQresultStatus(result) == PGRES_COMMAND_OK;
        *next->prepared = ready;
        if (!ready && !refused) {
            refused = result;
            continue;
        }
        PQclear(result);
    }
    return refused;
}

bool pipeline_drain(struct connection *connection, uint64_t deadline_ns)
{
    while (connection->received < connection->expected) {
        PGresult *result = pipeline_receive(connection, deadline_ns);
        if (!result) {
            return false;
        }
        PQclear(result);
    }
    return true;
}
