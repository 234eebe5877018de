/* Entitlements. */
#include "api/people/entitlement.h"

#include <string.h>

#include "middleware/problem.h"
#include "middleware/transaction.h"

bool entitlement_create(struct request *req)
{
    const json_t *decision = json_object_get(req->json, "decision");
    const char *from = request_text(req, "from");
    const char *to = request_text(req, "to");
    if (to && strcmp(to, from) < 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/to", FLAW_ORDER, from);
    }
    return answer_row(req, 201, SQL_ENTITLEMENT_CREATE,
                      PARAMS(request_new_id(req), request_path_value(req, "id"),
                             request_text(req, "group"), from, to,
                             json_string_value(json_object_get(decision, "number")),
                             json_string_value(json_object_get(decision, "decided_on")),
                             json_string_value(json_object_get(decision, "issuer"))));
}

bool entitlement_end(struct request *req)
{
    return answer_row(req, 200, SQL_ENTITLEMENT_END,
                      PARAMS(request_path_value(req, "id"), request_text(req, "on"),
                             request_text(req, "reason")));
}
