/* Divisions. */
#include "api/target/division.h"

#include <stdlib.h>

#include "api/target/ledger.h"
#include "api/target/mandate.h"
#include "api/target/period_rules.h"
#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool assignment_split(struct request *req)
{
    struct mandate mandate;
    if (!mandate_of(req, &mandate)) {
        return false;
    }
    char *parts = json_dumps(json_object_get(req->json, "parts"), JSON_COMPACT);
    arena_defer(req->arena, free, parts);
    const PGresult *row =
        ask(req, SQL_ASSIGNMENT_SPLIT,
            PARAMS(request_path_value(req, "id"), request_text(req, "cut"), parts, mandate.id,
                   mandate.number, mandate.decided_on, mandate.issuer));
    return row && ledger_reply(req, 201, row);
}

bool assignment_declare(struct request *req)
{
    struct mandate mandate;
    json_int_t over = json_integer_value(json_object_get(req->json, "over"));
    if (!mandate_of(req, &mandate)) {
        return false;
    }
    const PGresult *row =
        ask(req, SQL_ASSIGNMENT_DECLARE,
            PARAMS(request_path_value(req, "id"), request_text(req, "cut"),
                   arena_printf(req->arena, "%lld", (long long)over), request_text(req, "reason"),
                   mandate.id, mandate.number, mandate.decided_on, mandate.issuer));
    return row && ledger_reply(req, 201, row);
}

bool declaration_list(struct request *req)
{
    return answer_row(req, 200, SQL_DECLARATION_LIST, PARAMS(request_path_value(req, "id")));
}

static bool list_all(struct request *req, const struct page_key *key)
{
    const char *state = request_query(req, "state");
    return answer_page(req, page_limit(req), state ? SQL_DIVISION_LIST_IN_STATE : SQL_DIVISION_LIST,
                       PARAMS(key->first, key->second, page_rows(req)));
}

static bool list_of_measure(struct request *req, const struct page_key *key)
{
    const char *state = request_query(req, "state");
    struct period period;
    if (!period_parse(request_query(req, "period"), &period)) {
        return fail_at(req, INVALID_REQUEST, "parameter", "period", FLAW_FORMAT, "period");
    }
    return answer_page(
        req, page_limit(req),
        state ? SQL_DIVISION_LIST_OF_MEASURE_IN_STATE : SQL_DIVISION_LIST_OF_MEASURE,
        PARAMS(key->first, key->second, page_rows(req), request_query(req, "indicator"),
               arena_strdup(req->arena, period.from), arena_strdup(req->arena, period.to)));
}

/* By state and newest first: under, over, exact. One statement for each filter that an index serves. */
bool division_list(struct request *req)
{
    const char *state = request_query(req, "state");
    bool indicator = request_query(req, "indicator");
    bool period = request_query(req, "period");
    struct page_key start = {state ? state : "~", "ffffffff-ffff-ffff-ffff-ffffffffffff"};
    struct page_key key;
    if (indicator != period) {
        return fail_at(req, INVALID_REQUEST, "parameter", indicator ? "period" : "indicator",
                       FLAW_REQUIRED, NULL);
    }
    return page_key(req, start, &key) &&
           (indicator ? list_of_measure(req, &key) : list_all(req, &key));
}
