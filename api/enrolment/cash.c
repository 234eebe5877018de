/* Cash. */
#include "api/enrolment/cash.h"

#include <string.h>

#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool cash_list(struct request *req)
{
    struct page_key key;
    const char *late = request_query(req, "late");
    bool only = late && strcmp(late, "true") == 0;
    return page_key_newest(req, &key) &&
           answer_page(req, page_limit(req), only ? SQL_CASH_LIST_LATE : SQL_CASH_LIST,
                       PARAMS(key.first, key.second, page_rows(req)));
}

bool cash_entry_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_CASH_ENTRY_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req),
                                                            request_path_value(req, "id")));
}

bool cash_handover_create(struct request *req)
{
    const char *id = request_new_id(req);
    const PGresult *row =
        tell(req, SQL_CASH_HANDOVER_MOVE,
             PARAMS(id, request_text(req, "from_collector_id"),
                    request_text(req, "to_collector_id"), request_text(req, "reason")))
            ? ask(req, SQL_CASH_HANDOVER_GET, PARAMS(id))
            : NULL;
    return row && (PQntuples(row) > 0 || fail(req, NOT_FOUND)) &&
           reply_row(req, 201, row, PQnfields(row));
}
