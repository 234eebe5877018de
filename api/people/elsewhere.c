/* Questions about people who may live outside the slice. */
#include "api/people/elsewhere.h"

#include <string.h>

#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

/* Which of the two numbers the body gives; the contract sees to it that there is one. */
static const char *kind_of(const struct request *req)
{
    return request_text(req, "personal_id_number") ? "personal_id_number"
                                                   : "social_insurance_number";
}

bool coverage_lookup_create(struct request *req)
{
    const char *kind = kind_of(req);
    return answer_items(req, SQL_COVERAGE_LOOKUP_CREATE,
                        PARAMS(kind, request_text(req, kind), request_text(req, "date_of_birth"),
                               request_text(req, "purpose")));
}

bool person_move_create(struct request *req)
{
    const char *kind = kind_of(req);
    return answer_row(req, 200, SQL_PERSON_MOVE_CREATE,
                      PARAMS(request_new_id(req), kind, request_text(req, kind),
                             request_text(req, "date_of_birth"), request_number(req, "hamlet_id"),
                             request_text(req, "reason")));
}

bool person_move_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_PERSON_MOVE_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}

bool person_move_object(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const PGresult *noted =
        ask(req, SQL_PERSON_MOVE_OBJECT, PARAMS(id, request_text(req, "reason")));
    if (!noted) {
        return false;
    }
    return PQgetisnull(noted, 0, 0) ? fail(req, NOT_FOUND)
                                    : answer_row(req, 200, SQL_PERSON_MOVE_GET, PARAMS(id));
}
