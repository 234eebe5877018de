/* Associations. */
#include "api/territory/association.h"

#include "middleware/page.h"
#include "middleware/transaction.h"

bool association_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_ASSOCIATION_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}

bool association_create(struct request *req)
{
    return answer_created(req, SQL_ASSOCIATION_CREATE,
                          PARAMS(request_text(req, "kind"), request_text(req, "name")));
}

bool association_get(struct request *req)
{
    return answer_row(req, 200, SQL_ASSOCIATION_GET, PARAMS(request_path_value(req, "id")));
}
