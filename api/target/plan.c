/* Plans. */
#include "api/target/plan.h"

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
    const json_t *decision = json_object_get(req->json, "decision");
    if (!period_parse(request_text(req, "period"), &period)) {
        return fail_at(req, INVALID_REQUEST, "pointer", "/period", FLAW_FORMAT, "period");
    }
    const char *quantity = arena_printf(
        req->arena, "%lld", (long long)json_integer_value(json_object_get(req->json, "quantity")));
    return answer_created(
        req, SQL_PLAN_CREATE,
        PARAMS(request_text(req, "indicator"), arena_strdup(req->arena, period.from),
               arena_strdup(req->arena, period.to), request_text(req, "assigner"),
               json_string_value(json_object_get(decision, "number")),
               json_string_value(json_object_get(decision, "decided_on")), quantity));
}
