/* The audit. */
#include "api/identity/audit.h"

#include "middleware/page.h"
#include "middleware/transaction.h"

bool audit_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_AUDIT_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}
