/* Contracts. */
#include "api/territory/collection_contract.h"

#include <string.h>

#include "middleware/page.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool collection_contract_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) &&
           answer_page(req, page_limit(req), SQL_COLLECTION_CONTRACT_LIST,
                       PARAMS(key.first, key.second, page_rows(req)));
}

bool collection_contract_get(struct request *req)
{
    return answer_row(req, 200, SQL_COLLECTION_CONTRACT_GET, PARAMS(request_path_value(req, "id")));
}

bool collection_contract_create(struct request *req)
{
    const char *from = request_text(req, "valid_from");
    const char *to = request_text(req, "valid_to");
    if (to && strcmp(to, from) < 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/valid_to", FLAW_ORDER, from);
    }
    if (json_object_get(req->json, "deadline_days") &&
        json_object_get(req->json, "deadline_hours")) {
        return fail_at(req, RULE_BROKEN, "pointer", "/deadline_hours", FLAW_EITHER,
                       "deadline_days");
    }
    return answer_created(
        req, SQL_COLLECTION_CONTRACT_CREATE,
        PARAMS(request_text(req, "agency_id"), request_text(req, "number"),
               request_text(req, "signed_on"), from, to, request_number(req, "cash_limit"),
               request_number(req, "deadline_days"), request_text(req, "deadline_time"),
               request_number(req, "deadline_hours")));
}

bool collection_contract_end(struct request *req)
{
    const char *id = request_path_value(req, "id");
    return tell(req, SQL_COLLECTION_CONTRACT_END,
                PARAMS(id, request_text(req, "valid_to"), precondition_versions(req))) &&
           answer_changed(req, 200, SQL_COLLECTION_CONTRACT_GET, PARAMS(id));
}
