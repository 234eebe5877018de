/* Progress. */
#include "api/target/progress.h"

#include "api/target/period_rules.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool progress_get(struct request *req)
{
    struct period period;
    if (!period_parse(request_query(req, "period"), &period)) {
        return fail_at(req, INVALID_REQUEST, "parameter", "period", FLAW_FORMAT, "period");
    }
    const char *indicator = request_query(req, "indicator");
    const char *assigner = request_query(req, "assigner");
    const char *unit = request_query(req, "unit");
    const char *from = arena_strdup(req->arena, period.from);
    const char *to = arena_strdup(req->arena, period.to);
    assigner = assigner ? assigner : "social_insurance";
    if (!unit && req->caller.slice == SLICE_AGENCY) {
        return answer_self(req, SQL_PROGRESS_OF_AGENCY, PARAMS(indicator, from, to, assigner));
    }
    if (!unit && req->caller.slice == SLICE_COLLECTOR) {
        return answer_self(req, SQL_PROGRESS_OF_COLLECTOR, PARAMS(indicator, from, to, assigner));
    }
    return answer_self(req, SQL_PROGRESS_OF_UNIT, PARAMS(unit, indicator, from, to, assigner));
}
