/* Enrolments. */
#include "api/enrolment/enrolment.h"

#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/text.h"
#include "middleware/transaction.h"

bool enrolment_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_ENROLMENT_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}

bool enrolment_get(struct request *req)
{
    return answer_row(req, 200, SQL_ENROLMENT_GET, PARAMS(request_path_value(req, "id")));
}

/* Nobody pays tomorrow, and a collector dates back a month at most. */
static bool paid_on_fits(struct request *req, const char *paid_on)
{
    char today[11];
    char earliest[11];
    business_date(time(NULL), today);
    days_before(today, BACKDATE_DAYS, earliest);
    if (strcmp(paid_on, today) > 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/paid_on", FLAW_IN_FUTURE, NULL);
    }
    if (req->caller.slice == SLICE_COLLECTOR && strcmp(paid_on, earliest) < 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/paid_on", FLAW_ORDER,
                       arena_strdup(req->arena, earliest));
    }
    return true;
}

static bool birth_fits(struct request *req, const struct birth *birth, const char *paid_on)
{
    return strcmp(birth->date, paid_on) <= 0 ||
           fail_at(req, RULE_BROKEN, "pointer", "/person/date_of_birth", FLAW_IN_FUTURE, NULL);
}

static const char *integer_text(struct request *req, const char *member)
{
    json_int_t value = json_integer_value(json_object_get(req->json, member));
    return arena_printf(req->arena, "%lld", (long long)value);
}

bool enrolment_create(struct request *req)
{
    const json_t *person = json_object_get(req->json, "person");
    const char *name = json_string_value(json_object_get(person, "full_name"));
    const char *sex = json_string_value(json_object_get(person, "sex"));
    const char *paid_on = request_text(req, "paid_on");
    struct birth birth = birth_of(json_string_value(json_object_get(person, "date_of_birth")));
    if (!paid_on_fits(req, paid_on) || !birth_fits(req, &birth, paid_on)) {
        return false;
    }
    const PGresult *row =
        ask(req, SQL_ENROLMENT_CREATE,
            PARAMS(integer_text(req, "hamlet_id"), name, text_key(req->arena, name), birth.date,
                   birth.precision, sex, request_text(req, "scheme"), integer_text(req, "months"),
                   paid_on));
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) {
        return fail_at(req, NOT_FOUND, "pointer", "/hamlet_id", FLAW_NOT_FOUND, NULL);
    }
    struct render out;
    render_init(&out, req->arena);
    render_row(&out, row, 0, PQnfields(row));
    reply_header(req, "Location",
                 arena_printf(req->arena, "/v1/enrolments/%s", PQgetvalue(row, 0, 0)));
    return reply_json(req, 201, out.data, out.size);
}
