/* Decisions. */
#include "api/territory/decision.h"

#include "middleware/page.h"
#include "middleware/transaction.h"

bool decision_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_DECISION_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}

bool decision_create(struct request *req)
{
    return answer_created(req, SQL_DECISION_CREATE,
                          PARAMS(request_text(req, "number"), request_text(req, "issuer"),
                                 request_text(req, "issued_on"), request_text(req, "subject")));
}

bool decision_get(struct request *req)
{
    return answer_row(req, 200, SQL_DECISION_GET, PARAMS(request_path_value(req, "id")));
}
