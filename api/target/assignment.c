/* Assignments. */
#include "api/target/assignment.h"

#include <string.h>

#include "api/target/ledger.h"
#include "middleware/page.h"
#include "middleware/transaction.h"

static bool is_agent(const struct request *req)
{
    return req->caller.slice == SLICE_AGENCY || req->caller.slice == SLICE_COLLECTOR;
}

/* ?held=true: only what the own unit holds itself. An agent sees nothing but its own anyway. */
bool assignment_list(struct request *req)
{
    struct page_key key;
    const char *held = request_query(req, "held");
    bool own = held && strcmp(held, "true") == 0 && !is_agent(req);
    return page_key_newest(req, &key) &&
           answer_page(req, page_limit(req), own ? SQL_ASSIGNMENT_LIST_HELD : SQL_ASSIGNMENT_LIST,
                       PARAMS(key.first, key.second, page_rows(req)));
}

/* ?at=: as it was at the end of that day. */
bool assignment_get(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const char *at = request_query(req, "at");
    if (at) {
        return answer_row(req, 200,
                          is_agent(req) ? SQL_ASSIGNMENT_GET_AT_AS_AGENT : SQL_ASSIGNMENT_GET_AT,
                          PARAMS(id, at));
    }
    return answer_row(req, 200, is_agent(req) ? SQL_ASSIGNMENT_GET_AS_AGENT : SQL_ASSIGNMENT_GET,
                      PARAMS(id));
}

bool assignment_accept(struct request *req)
{
    const PGresult *row = ask(req, SQL_ASSIGNMENT_ACCEPT, PARAMS(request_path_value(req, "id")));
    return row && ledger_reply(req, 201, row);
}

bool assignment_history(struct request *req)
{
    const char *at = request_query(req, "at");
    return answer_some(req, SQL_ASSIGNMENT_HISTORY,
                       PARAMS(request_path_value(req, "id"), at ? at : "infinity"));
}
