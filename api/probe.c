/* What machines and newcomers ask first. */
#include "api/probe.h"

#include <stdlib.h>
#include <string.h>

#include "embedded.h"
#include "middleware/contract.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool probe_live(struct request *req)
{
    static const char body[] = "{\"status\":\"alive\"}";
    return reply_json(req, 200, body, sizeof body - 1);
}

/* Ready: the database answers and has every migration that this program knows, and we are not about to
 * stop. */
bool probe_ready(struct request *req)
{
    static const char body[] = "{\"status\":\"ready\"}";
    if (atomic_load(req->service->stopping)) {
        return fail(req, STOPPING);
    }
    const PGresult *rows = ask_gate(req, SQL_SCHEMA_VERSION, 0, NULL);
    if (!rows) {
        return false;
    }
    if (strtol(PQgetvalue(rows, 0, 0), NULL, 10) < req->service->schema_version) {
        return fail(req, DATABASE_UNAVAILABLE);
    }
    return reply_json(req, 200, body, sizeof body - 1);
}

bool contract_show(struct request *req)
{
    size_t size = 0;
    const char *text = contract_text(req->service->contract, &size);
    return reply_json(req, 200, text, size);
}

bool docs_show(struct request *req)
{
    for (size_t i = 0; i < embedded_file_count; i++) {
        if (strcmp(embedded_files[i].name, "api/docs.html") == 0) {
            reply_json(req, 200, embedded_files[i].data, embedded_files[i].size);
            req->reply.content_type = "text/html; charset=utf-8";
            reply_header(req, "Content-Security-Policy",
                         "default-src 'none'; script-src 'self' 'unsafe-inline'; "
                         "style-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'");
            return true;
        }
    }
    return fail(req, NOT_FOUND);
}
