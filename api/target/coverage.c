/* Coverage. */
#include "api/target/coverage.h"

#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "middleware/transaction.h"

/* Columns that say what was asked, before those of a line. */
enum { HEAD_COLUMNS = 9 };

static const char *query_or(const struct request *req, const char *name, const char *standard)
{
    const char *value = request_query(req, name);
    return value ? value : standard;
}

bool coverage_get(struct request *req)
{
    char *today = arena_alloc(req->arena, 11);
    business_date(time(NULL), today);
    return answer_report(
        req, HEAD_COLUMNS, SQL_COVERAGE_OF_UNIT,
        PARAMS(request_query(req, "unit"), query_or(req, "on", today),
               query_or(req, "scheme", "health"), query_or(req, "standard", "new_rural"),
               query_or(req, "assigner", "social_insurance"), request_query(req, "level"),
               request_query(req, "show"), request_query(req, "map")));
}
