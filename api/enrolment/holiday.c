/* Holidays. */
#include "api/enrolment/holiday.h"

#include <string.h>
#include <time.h>

#include "api/enrolment/date_rules.h"
#include "api/enrolment/enrolment_rules.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

enum { HOLIDAYS_MAX = 31 }; /* of one call */

bool holiday_list(struct request *req)
{
    char today[11];
    const char *year = request_query(req, "year");
    business_date(time(NULL), today);
    return answer_items(req, SQL_HOLIDAY_LIST,
                        PARAMS(year ? year : arena_strndup(req->arena, today, 4)));
}

static const char *named(const struct request *req, const char *language)
{
    return json_string_value(json_object_get(json_object_get(req->json, "name"), language));
}

bool holiday_create(struct request *req)
{
    char last[DATE_ROOM];
    const char *from = request_text(req, "from");
    const char *to = request_text(req, "to") ? request_text(req, "to") : from;
    bool works = json_is_true(json_object_get(req->json, "works"));
    bool verified = json_is_true(json_object_get(req->json, "verified"));
    date_plus_days(from, HOLIDAYS_MAX - 1, last);
    if (strcmp(to, from) < 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/to", FLAW_ORDER, from);
    }
    if (strcmp(to, last) > 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/to", FLAW_TOO_LARGE,
                       arena_strdup(req->arena, last));
    }
    return answer_items(req, SQL_HOLIDAY_CREATE,
                        PARAMS(from, to, works ? "true" : "false", named(req, "vi"),
                               named(req, "en"), request_text(req, "decision_number"),
                               verified ? "true" : "false"));
}
