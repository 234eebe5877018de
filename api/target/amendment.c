/* Amendments. */
#include "api/target/amendment.h"

#include "api/target/ledger.h"
#include "api/target/mandate.h"
#include "middleware/transaction.h"

bool assignment_amend(struct request *req)
{
    struct mandate mandate;
    const char *id = request_path_value(req, "id");
    const char *month = request_text(req, "month");
    json_int_t change = json_integer_value(json_object_get(req->json, "change"));
    if (!mandate_of(req, &mandate) || !tell(req, SQL_LEDGER_LOCK, PARAMS(id))) {
        return false;
    }
    const PGresult *row =
        ask(req, SQL_ASSIGNMENT_AMEND,
            PARAMS(id, arena_printf(req->arena, "%lld", (long long)change),
                   request_text(req, "reason"), mandate.id, mandate.number, mandate.decided_on,
                   mandate.issuer, month ? arena_printf(req->arena, "%s-01", month) : NULL));
    return row && ledger_reply(req, 201, row);
}

bool assignment_withdraw(struct request *req)
{
    struct mandate mandate;
    const char *id = request_path_value(req, "id");
    if (!mandate_of(req, &mandate) || !tell(req, SQL_LEDGER_LOCK, PARAMS(id))) {
        return false;
    }
    const PGresult *row = ask(req, SQL_ASSIGNMENT_WITHDRAW,
                              PARAMS(id, request_text(req, "reason"), mandate.id, mandate.number,
                                     mandate.decided_on, mandate.issuer));
    return row && ledger_reply(req, 201, row);
}
