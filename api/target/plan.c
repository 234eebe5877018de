/* Plans. */
#include "api/target/plan.h"

#include "api/target/ledger.h"
#include "api/target/mandate.h"
#include "api/target/period_rules.h"
#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool indicator_list(struct request *req)
{
    return answer_items(req, SQL_INDICATOR_LIST, 0, NULL);
}

bool plan_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_PLAN_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}

bool plan_get(struct request *req)
{
    return answer_row(req, 200, SQL_PLAN_GET, PARAMS(request_path_value(req, "id")));
}

bool plan_create(struct request *req)
{
    struct period period;
    struct mandate mandate;
    if (!period_parse(request_text(req, "period"), &period)) {
        return fail_at(req, INVALID_REQUEST, "pointer", "/period", FLAW_FORMAT, "period");
    }
    if (!mandate_of(req, &mandate)) {
        return false;
    }
    const PGresult *row =
        ask(req, SQL_PLAN_CREATE,
            PARAMS(request_text(req, "indicator"), arena_strdup(req->arena, period.from),
                   arena_strdup(req->arena, period.to), request_text(req, "assigner"),
                   request_number(req, "quantity"), mandate.id, mandate.number, mandate.decided_on,
                   mandate.issuer, request_number(req, "unit_id")));
    if (!row || !ledger_reply(req, 201, row)) {
        return false;
    }
    reply_header(req, "Location", arena_printf(req->arena, "/v1/plans/%s", PQgetvalue(row, 0, 0)));
    return true;
}
