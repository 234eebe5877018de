/* Progress. */
#include "api/target/progress.h"

#include <string.h>

#include "api/target/period_rules.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

/* Columns of every statement of progress.sql that say what was asked, before those of a line. */
enum { HEAD_COLUMNS = 11 };

/* Agents see what they have credit for, units what is in them. */
static enum sql_id statement_for(const struct request *req)
{
    const char *detail = request_query(req, "detail");
    switch (req->caller.slice) {
    case SLICE_AGENCY:
        return SQL_PROGRESS_OF_AGENCY;
    case SLICE_COLLECTOR:
        return SQL_PROGRESS_OF_COLLECTOR;
    default:
        return detail && strcmp(detail, "brief") == 0 ? SQL_PROGRESS_OF_UNIT_IN_BRIEF
                                                      : SQL_PROGRESS_OF_UNIT;
    }
}

bool progress_get(struct request *req)
{
    struct period period;
    const char *text = request_query(req, "period");
    const char *assigner = request_query(req, "assigner");
    if (!period_parse(text, &period)) {
        return fail_at(req, INVALID_REQUEST, "parameter", "period", FLAW_FORMAT, "period");
    }
    return answer_report(req, HEAD_COLUMNS, statement_for(req),
                         PARAMS(request_query(req, "unit"), request_query(req, "indicator"),
                                arena_strdup(req->arena, period.from),
                                arena_strdup(req->arena, period.to),
                                assigner ? assigner : "social_insurance", request_query(req, "at"),
                                request_query(req, "show"), request_query(req, "level"), text));
}
