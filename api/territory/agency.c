/* Collection organisations. */
#include "api/territory/agency.h"

#include <string.h>

#include "middleware/page.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool agency_list(struct request *req)
{
    struct page_key key;
    const char *unit = request_query(req, "unit");
    if (!page_key_newest(req, &key)) {
        return false;
    }
    return unit ? answer_page(req, page_limit(req), SQL_AGENCY_LIST_OF_UNIT,
                              PARAMS(unit, key.first, key.second, page_rows(req)))
                : answer_page(req, page_limit(req), SQL_AGENCY_LIST,
                              PARAMS(key.first, key.second, page_rows(req)));
}

bool agency_get(struct request *req)
{
    return answer_row(req, 200, SQL_AGENCY_GET, PARAMS(request_path_value(req, "id")));
}

bool agency_create(struct request *req)
{
    const char *id = request_new_id(req);
    return tell(req, SQL_AGENCY_CREATE,
                PARAMS(id, request_text(req, "kind"), request_text(req, "name"),
                       request_number(req, "unit_id"))) &&
           reply_created(req, "agencies", id, ask(req, SQL_AGENCY_GET, PARAMS(id)), "/unit_id");
}

bool reply_kept(struct request *req, const PGresult *row)
{
    int held = row ? PQnfields(row) - 1 : 0;
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) {
        return fail(req, NOT_FOUND);
    }
    if (strcmp(PQgetvalue(row, 0, held), "t") != 0) {
        return fail(req, FORBIDDEN);
    }
    bool changed = told_rows(req, 0) > 0;
    if (!changed && precondition_fits(req, row)) {
        return fail(req, ENDED);
    }
    return reply_row(req, 200, row, held) && changed; /* a 412 carries the ETag too */
}

bool agency_update(struct request *req)
{
    const char *id = request_path_value(req, "id");
    bool ends = json_object_get(req->json, "ended");
    return tell(req, SQL_AGENCY_UPDATE,
                PARAMS(id, request_text(req, "name"), precondition_versions(req))) &&
           (!ends || tell(req, SQL_AGENCY_END, PARAMS(id))) &&
           reply_kept(req, ask(req, SQL_AGENCY_GET_HELD, PARAMS(id)));
}
