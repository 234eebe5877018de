/* Receipt books. */
#include "api/enrolment/receipt_book.h"

#include "middleware/page.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool receipt_book_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_RECEIPT_BOOK_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}

bool receipt_book_get(struct request *req)
{
    return answer_row(req, 200, SQL_RECEIPT_BOOK_GET, PARAMS(request_path_value(req, "id")));
}

/* The new book as it stands after what was told; without it, whom it is for was not to be seen. */
static bool reply_book(struct request *req, const char *id, const char *pointer)
{
    return reply_created(req, "receipt-books", id, ask(req, SQL_RECEIPT_BOOK_GET, PARAMS(id)),
                         pointer);
}

bool receipt_book_create(struct request *req)
{
    const char *id = request_new_id(req);
    const char *first = request_number(req, "first");
    if (json_integer_value(json_object_get(req->json, "last")) <
        json_integer_value(json_object_get(req->json, "first"))) {
        return fail_at(req, RULE_BROKEN, "pointer", "/last", FLAW_TOO_SMALL, first);
    }
    return tell(req, SQL_RECEIPT_BOOK_CREATE,
                PARAMS(id, request_text(req, "series"), first, request_number(req, "last"),
                       request_text(req, "agency_id"), request_text(req, "collector_id"))) &&
           reply_book(req, id, request_text(req, "collector_id") ? "/collector_id" : "/agency_id");
}

bool receipt_book_allot(struct request *req)
{
    const char *id = request_new_id(req);
    return tell(req, SQL_RECEIPT_BOOK_ALLOT,
                PARAMS(id, request_path_value(req, "id"), request_text(req, "collector_id"),
                       request_number(req, "numbers"))) &&
           reply_book(req, id, NULL);
}

bool receipt_book_close(struct request *req)
{
    const char *id = request_path_value(req, "id");
    return tell(req, SQL_RECEIPT_BOOK_CLOSE, PARAMS(id, precondition_versions(req))) &&
           answer_changed(req, 200, SQL_RECEIPT_BOOK_GET, PARAMS(id));
}
