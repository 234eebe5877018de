/* Thresholds. */
#include "api/target/threshold.h"

#include <string.h>

#include "api/target/figure.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool threshold_list(struct request *req)
{
    const char *on = request_query(req, "on");
    return on ? answer_items(req, SQL_THRESHOLD_LIST_ON, PARAMS(on))
              : answer_items(req, SQL_THRESHOLD_LIST, 0, NULL);
}

bool threshold_create(struct request *req)
{
    const char *from = request_text(req, "valid_from");
    const char *to = request_text(req, "valid_to");
    bool verified = json_is_true(json_object_get(req->json, "verified"));
    if (to && strcmp(to, from) < 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/valid_to", FLAW_ORDER, from);
    }
    return answer_row(req, 201, SQL_THRESHOLD_CREATE,
                      PARAMS(request_text(req, "standard"), request_text(req, "scheme"),
                             request_text(req, "level"), request_text(req, "form"),
                             request_number(req, "percent_hundredths"), from, to,
                             request_text(req, "decision_number"), verified ? "true" : "false",
                             request_text(req, "note")));
}
