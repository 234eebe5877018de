/* Households. */
#include "api/people/household.h"

#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "api/people/person_rules.h"
#include "middleware/page.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/text.h"
#include "middleware/transaction.h"

static const struct page_key first_name = {"", "00000000-0000-0000-0000-000000000000"};

/* By its number, or by the name of its head. */
static bool search(struct request *req, const char *q)
{
    struct page_key key;
    char number[HOUSEHOLD_CODE_SIZE + 1];
    const char *words = text_key(req->arena, q);
    if (!*words) {
        return fail_at(req, INVALID_REQUEST, "parameter", "q", FLAW_PATTERN, "[a-z0-9]");
    }
    if (digits_of(q, number, sizeof number)) {
        return answer_page(req, page_limit(req), SQL_HOUSEHOLD_BY_CODE,
                           PARAMS(arena_strdup(req->arena, number)));
    }
    return page_key(req, first_name, &key) &&
           answer_page(req, page_limit(req), SQL_HOUSEHOLD_SEARCH,
                       PARAMS(words, key.first, key.second, page_rows(req)));
}

bool household_list(struct request *req)
{
    struct page_key key;
    const char *hamlet = request_query(req, "hamlet");
    const char *q = request_query(req, "q");
    if (q && hamlet) {
        return fail_at(req, INVALID_REQUEST, "parameter", "q", FLAW_EITHER, "hamlet");
    }
    if (q) {
        return search(req, q);
    }
    if (!page_key_newest(req, &key)) {
        return false;
    }
    return hamlet ? answer_page(req, page_limit(req), SQL_HOUSEHOLD_LIST_OF_HAMLET,
                                PARAMS(hamlet, key.first, key.second, page_rows(req)))
                  : answer_page(req, page_limit(req), SQL_HOUSEHOLD_LIST,
                                PARAMS(key.first, key.second, page_rows(req)));
}

bool household_get(struct request *req)
{
    return answer_row(req, 200, SQL_HOUSEHOLD_GET, PARAMS(request_path_value(req, "id")));
}

/* The day from which it is so: today, or an earlier one that the body names; NULL after fail(). */
static const char *since(struct request *req)
{
    char today[11];
    const char *on = request_text(req, "on");
    business_date(time(NULL), today);
    if (on && strcmp(on, today) > 0) {
        fail_at(req, RULE_BROKEN, "pointer", "/on", FLAW_IN_FUTURE, NULL);
        return NULL;
    }
    return on ? on : arena_strdup(req->arena, today);
}

bool household_create(struct request *req)
{
    const char *on = since(req);
    const char *id = request_new_id(req);
    return on &&
           tell(req, SQL_HOUSEHOLD_FOUND,
                PARAMS(id, request_text(req, "code"), request_number(req, "hamlet_id"),
                       request_body_text(req), on)) &&
           reply_created(req, "households", id, ask(req, SQL_HOUSEHOLD_GET, PARAMS(id)),
                         "/hamlet_id");
}

bool household_split(struct request *req)
{
    const char *on = since(req);
    const char *id = request_new_id(req);
    return on &&
           tell(req, SQL_HOUSEHOLD_SPLIT,
                PARAMS(request_path_value(req, "id"), id, request_text(req, "code"),
                       request_number(req, "hamlet_id"), request_body_text(req), on)) &&
           reply_created(req, "households", id, ask(req, SQL_HOUSEHOLD_GET, PARAMS(id)),
                         "/hamlet_id");
}

bool household_update(struct request *req)
{
    const char *id = request_path_value(req, "id");
    return tell(req, SQL_HOUSEHOLD_CHANGE,
                PARAMS(id, request_text(req, "code"), request_number(req, "hamlet_id"),
                       precondition_versions(req))) &&
           answer_changed(req, 200, SQL_HOUSEHOLD_GET, PARAMS(id));
}

bool household_join(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const char *on = since(req);
    return on &&
           tell(req, SQL_HOUSEHOLD_JOIN,
                PARAMS(id, request_text(req, "person_id"), request_text(req, "relation"),
                       request_number(req, "position"), on)) &&
           answer_row(req, 200, SQL_HOUSEHOLD_GET, PARAMS(id));
}

bool household_leave(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const char *on = since(req);
    const PGresult *left =
        on ? ask(req, SQL_HOUSEHOLD_LEAVE,
                 PARAMS(id, request_text(req, "person_id"), on, request_text(req, "reason")))
           : NULL;
    if (!left) {
        return false;
    }
    if (strcmp(PQgetvalue(left, 0, 0), "t") != 0) {
        return fail(req, NOT_FOUND);
    }
    return answer_row(req, 200, SQL_HOUSEHOLD_GET, PARAMS(id));
}
