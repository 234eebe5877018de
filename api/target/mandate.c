/* The decision that a number rests on. */
#include "api/target/mandate.h"

#include "middleware/problem.h"
#include "middleware/transaction.h"

bool mandate_of(struct request *req, struct mandate *mandate)
{
    const json_t *decision = json_object_get(req->json, "decision");
    *mandate = (struct mandate){
        .id = request_text(req, "decision_id"),
        .number = json_string_value(json_object_get(decision, "number")),
        .decided_on = json_string_value(json_object_get(decision, "decided_on")),
        .issuer = json_string_value(json_object_get(decision, "issuer")),
    };
    if (!decision) {
        return true;
    }
    if (mandate->id) {
        return fail_at(req, RULE_BROKEN, "pointer", "/decision_id", FLAW_EITHER, "decision");
    }
    return tell(req, SQL_DECISION_NOTE,
                PARAMS(mandate->number, mandate->issuer, mandate->decided_on,
                       json_string_value(json_object_get(decision, "subject"))));
}
