/* Remittances. */
#include "api/enrolment/remittance.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "middleware/page.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool remittance_list(struct request *req)
{
    struct page_key key;
    const char *status = request_query(req, "status");
    return page_key_newest(req, &key) &&
           answer_page(req, page_limit(req),
                       status ? SQL_REMITTANCE_LIST_DECLARED : SQL_REMITTANCE_LIST,
                       PARAMS(key.first, key.second, page_rows(req)));
}

bool remittance_get(struct request *req)
{
    return answer_row(req, 200, SQL_REMITTANCE_GET, PARAMS(request_path_value(req, "id")));
}

/* The ids as a PostgreSQL array; NULL for all that is in hand. */
static const char *receipts_named(struct request *req)
{
    size_t i;
    json_t *id;
    const char *ids = NULL;
    json_array_foreach(json_object_get(req->json, "receipt_ids"), i, id) {
        ids = arena_printf(req->arena, "%s%s%s", ids ? ids : "{", ids ? "," : "",
                           json_string_value(id));
    }
    return ids ? arena_printf(req->arena, "%s}", ids) : NULL;
}

static bool day_has_come(struct request *req, const char *member)
{
    char today[11];
    business_date(time(NULL), today);
    return strcmp(request_text(req, member), today) <= 0 ||
           fail_at(req, RULE_BROKEN, "pointer", arena_printf(req->arena, "/%s", member),
                   FLAW_IN_FUTURE, NULL);
}

bool remittance_create(struct request *req)
{
    const char *id = request_new_id(req);
    bool settles = json_is_true(json_object_get(req->json, "settle_differences"));
    if (!day_has_come(req, "remitted_on")) {
        return false;
    }
    const PGresult *row =
        tell(req, SQL_REMITTANCE_DECLARE,
             PARAMS(id, request_text(req, "collector_id"), receipts_named(req),
                    settles ? "true" : "false", request_text(req, "method"),
                    request_text(req, "reference"), request_text(req, "remitted_on")))
            ? ask(req, SQL_REMITTANCE_GET, PARAMS(id))
            : NULL;
    /* no row: nobody's hand that the caller may empty */
    return reply_created(req, "remittances", id, row,
                         request_text(req, "collector_id") ? "/collector_id" : "/receipt_ids");
}

bool remittance_reconcile(struct request *req)
{
    const char *id = request_path_value(req, "id");
    return day_has_come(req, "received_on") &&
           tell(req, SQL_REMITTANCE_RECONCILE,
                PARAMS(id, request_number(req, "received"), request_text(req, "received_on"),
                       request_text(req, "reason"), precondition_versions(req))) &&
           answer_changed(req, 200, SQL_REMITTANCE_GET, PARAMS(id));
}
