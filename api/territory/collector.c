/* Collectors. */
#include "api/territory/collector.h"

#include "api/territory/agency.h"
#include "middleware/page.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool collector_list(struct request *req)
{
    struct page_key key;
    const char *agency = request_query(req, "agency");
    if (!page_key_newest(req, &key)) {
        return false;
    }
    return agency ? answer_page(req, page_limit(req), SQL_COLLECTOR_LIST_OF_AGENCY,
                                PARAMS(agency, key.first, key.second, page_rows(req)))
                  : answer_page(req, page_limit(req), SQL_COLLECTOR_LIST,
                                PARAMS(key.first, key.second, page_rows(req)));
}

bool collector_get(struct request *req)
{
    return answer_row(req, 200, SQL_COLLECTOR_GET, PARAMS(request_path_value(req, "id")));
}

/* Nobody was appointed: there is no such organisation, or the unit is not at it or below. */
static bool fail_nowhere(struct request *req)
{
    const PGresult *agency = ask(req, SQL_AGENCY_SERVES, PARAMS(request_text(req, "agency_id")));
    return agency &&
           fail_at(req, NOT_FOUND, "pointer", PQntuples(agency) == 0 ? "/agency_id" : "/unit_id",
                   FLAW_NOT_FOUND, NULL);
}

bool collector_create(struct request *req)
{
    const char *id = request_new_id(req);
    if (!tell(req, SQL_COLLECTOR_CREATE,
              PARAMS(id, request_text(req, "full_name"), request_text(req, "card_number"),
                     request_text(req, "valid_from"), request_text(req, "valid_to"),
                     request_text(req, "certificate_number"), request_text(req, "certified_on"),
                     request_text(req, "agency_id"), request_number(req, "unit_id"))) ||
        !tell(req, SQL_COLLECTOR_SERVE, PARAMS(id, request_body_text(req)))) {
        return false;
    }
    const PGresult *row = ask(req, SQL_COLLECTOR_GET, PARAMS(id));
    return row && PQntuples(row) == 0 ? fail_nowhere(req)
                                      : reply_created(req, "collectors", id, row, NULL);
}

bool collector_update(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const char *body = request_body_text(req);
    bool moves = json_object_get(req->json, "territory");
    bool ends = json_object_get(req->json, "ended");
    return tell(req, SQL_COLLECTOR_UPDATE,
                PARAMS(id, request_text(req, "full_name"), request_text(req, "card_number"), body,
                       request_text(req, "certificate_number"), precondition_versions(req))) &&
           (!moves || tell(req, SQL_COLLECTOR_SERVE, PARAMS(id, body))) &&
           (!ends || tell(req, SQL_COLLECTOR_END, PARAMS(id))) &&
           reply_kept(req, ask(req, SQL_COLLECTOR_GET_HELD, PARAMS(id)));
}
