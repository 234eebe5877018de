/* Rates. */
#include "api/enrolment/rate.h"

#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool rate_key_list(struct request *req)
{
    return answer_items(req, SQL_RATE_KEY_LIST, 0, NULL);
}

/* Those of a day, or with ?history=true all that there ever were of a kind. */
bool rate_list(struct request *req)
{
    const char *history = request_query(req, "history");
    const char *at = request_query(req, "at");
    const char *kind = request_query(req, "kind");
    const char *province = request_query(req, "province");
    if (!history || strcmp(history, "true") != 0) {
        char today[11];
        business_date(time(NULL), today);
        at = at ? at : arena_strdup(req->arena, today);
        return answer_items(req, SQL_RATE_LIST, PARAMS(at, kind, province));
    }
    if (at) {
        return fail_at(req, INVALID_REQUEST, "parameter", "at", FLAW_EITHER, "history");
    }
    if (!kind) {
        return fail_at(req, INVALID_REQUEST, "parameter", "kind", FLAW_REQUIRED, NULL);
    }
    return answer_items(req, SQL_RATE_HISTORY, PARAMS(kind, province));
}

static const char *of_decision(const struct request *req, const char *member)
{
    return json_string_value(json_object_get(json_object_get(req->json, "decision"), member));
}

/* What a statement of this file found wrong: the flaw, the member it is in, and its figure. */
static bool refuse(struct request *req, const PGresult *row, int first)
{
    const char *flaw = PQgetvalue(row, 0, first);
    const char *pointer = arena_printf(req->arena, "/%s", PQgetvalue(row, 0, first + 1));
    const char *figure = PQgetvalue(row, 0, first + 2);
    if (strcmp(flaw, "forbidden") == 0) {
        return fail(req, FORBIDDEN);
    }
    if (strcmp(flaw, "wrong_status") == 0) {
        return fail(req, WRONG_STATUS);
    }
    bool missing = strcmp(flaw, "not_found") == 0;
    return fail_at(req, missing ? NOT_FOUND : RULE_BROKEN, "pointer", pointer, flaw_named(flaw),
                   figure);
}

static bool answer_judged(struct request *req, int status, const PGresult *row)
{
    int flaw = row ? PQnfields(row) - 3 : 0;
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) {
        return fail(req, NOT_FOUND);
    }
    return PQgetisnull(row, 0, flaw) ? reply_row(req, status, row, flaw) : refuse(req, row, flaw);
}

/* `replaces` names the rate that ends on the day before; both happen, or neither. */
bool rate_create(struct request *req)
{
    const char *from = request_text(req, "valid_from");
    const char *to = request_text(req, "valid_to");
    const char *replaces = request_text(req, "replaces");
    const char *kind = request_text(req, "kind");
    const char *key = request_text(req, "key");
    json_int_t value = json_integer_value(json_object_get(req->json, "value"));
    bool verified = json_is_true(json_object_get(req->json, "verified"));
    if (to && strcmp(to, from) < 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/valid_to", FLAW_ORDER, from);
    }
    if (replaces && !tell(req, SQL_RATE_REPLACE,
                          PARAMS(replaces, from, of_decision(req, "number"),
                                 of_decision(req, "title"), kind, key))) {
        return false;
    }
    const PGresult *row = ask(
        req, SQL_RATE_CREATE,
        PARAMS(kind, key, from, to, arena_printf(req->arena, "%lld", (long long)value),
               of_decision(req, "number"), of_decision(req, "title"), request_text(req, "source"),
               verified ? "true" : "false", request_text(req, "note")));
    if (row && replaces && told_rows(req, 0) != 1) {
        return fail_at(req, NOT_FOUND, "pointer", "/replaces", FLAW_NOT_FOUND, NULL);
    }
    return answer_judged(req, 201, row);
}

bool rate_end(struct request *req)
{
    const char *id = request_path_value(req, "id");
    return answer_judged(req, 200,
                         ask(req, SQL_RATE_END,
                             PARAMS(id, request_text(req, "last_day"), of_decision(req, "number"),
                                    of_decision(req, "title"))));
}
