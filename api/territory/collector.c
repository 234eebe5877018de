/* Collectors. */
#include "api/territory/collector.h"

#include "middleware/page.h"
#include "middleware/transaction.h"

bool collector_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_COLLECTOR_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}
