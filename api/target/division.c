/* Divisions. */
#include "api/target/division.h"

#include <stdlib.h>

#include "api/target/ledger.h"
#include "api/target/mandate.h"
#include "middleware/transaction.h"

bool assignment_split(struct request *req)
{
    struct mandate mandate;
    if (!mandate_of(req, &mandate)) {
        return false;
    }
    char *parts = json_dumps(json_object_get(req->json, "parts"), JSON_COMPACT);
    arena_defer(req->arena, free, parts);
    const PGresult *row =
        ask(req, SQL_ASSIGNMENT_SPLIT,
            PARAMS(request_path_value(req, "id"), request_text(req, "cut"), parts, mandate.id,
                   mandate.number, mandate.decided_on, mandate.issuer));
    return row && ledger_reply(req, 201, row);
}

bool assignment_declare(struct request *req)
{
    struct mandate mandate;
    json_int_t over = json_integer_value(json_object_get(req->json, "over"));
    if (!mandate_of(req, &mandate)) {
        return false;
    }
    const PGresult *row =
        ask(req, SQL_ASSIGNMENT_DECLARE,
            PARAMS(request_path_value(req, "id"), request_text(req, "cut"),
                   arena_printf(req->arena, "%lld", (long long)over), request_text(req, "reason"),
                   mandate.id, mandate.number, mandate.decided_on, mandate.issuer));
    return row && ledger_reply(req, 201, row);
}

bool declaration_list(struct request *req)
{
    return answer_row(req, 200, SQL_DECLARATION_LIST, PARAMS(request_path_value(req, "id")));
}
