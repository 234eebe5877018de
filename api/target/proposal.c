/* Proposals. */
#include "api/target/proposal.h"

#include <stdlib.h>
#include <string.h>

#include "api/target/split_rules.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/transaction.h"

/* Columns of the statement assignment_propose; a row for each possible part. */
enum { UNIT, COLLECTOR, CODE, NAME, LAST_RESULT, UNALLOCATED, HELD };

static int64_t number(const PGresult *rows, int row, int column)
{
    return strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

/* The part of a row: a collector if it names one, else the unit. */
static bool names_row(const json_t *weight, const PGresult *rows, int row)
{
    const char *collector = json_string_value(json_object_get(weight, "collector_id"));
    if (!PQgetisnull(rows, row, COLLECTOR)) {
        return collector && strcmp(collector, PQgetvalue(rows, row, COLLECTOR)) == 0;
    }
    return !collector &&
           json_integer_value(json_object_get(weight, "unit_id")) == number(rows, row, UNIT);
}

static int64_t given_weight(const struct request *req, const PGresult *rows, int row)
{
    size_t n;
    json_t *weight;
    json_array_foreach(json_object_get(req->json, "weights"), n, weight) {
        if (names_row(weight, rows, row)) {
            return json_integer_value(json_object_get(weight, "weight"));
        }
    }
    return 0;
}

static enum split_verdict propose(struct request *req, const PGresult *rows, int64_t quantity,
                                  struct share *shares)
{
    const char *by = request_text(req, "by");
    int count = PQntuples(rows);
    bool given = strcmp(by, "weights") == 0;
    bool equal = strcmp(by, "equal") == 0;
    for (int row = 0; row < count; row++) {
        shares[row].most = SPLIT_NO_MOST;
        shares[row].weight = equal   ? 1
                             : given ? given_weight(req, rows, row)
                                     : number(rows, row, LAST_RESULT);
    }
    return split_by_weight(quantity, shares, count);
}

static void render_part(struct render *out, const PGresult *rows, int row,
                        const struct share *share)
{
    bool collector = !PQgetisnull(rows, row, COLLECTOR);
    render_text(out, collector ? "{\"collector_id\":" : "{\"unit_id\":");
    if (collector) {
        render_string(out, PQgetvalue(rows, row, COLLECTOR));
    } else {
        render_text(out, PQgetvalue(rows, row, UNIT));
    }
    render_text(out, ",\"code\":");
    render_string(out, PQgetvalue(rows, row, CODE));
    render_text(out, ",\"name\":");
    render_string(out, PQgetvalue(rows, row, NAME));
    render_text(out, ",\"weight\":");
    render_int(out, share->weight);
    render_text(out, ",\"quantity\":");
    render_int(out, share->quantity);
    render_text(out, "}");
}

static bool reply_proposal(struct request *req, const PGresult *rows, int64_t quantity,
                           const struct share *shares)
{
    struct render out;
    render_init(&out, req->arena);
    render_text(&out, "{\"cut\":");
    render_string(&out, request_text(req, "cut"));
    render_text(&out, ",\"by\":");
    render_string(&out, request_text(req, "by"));
    render_text(&out, ",\"quantity\":");
    render_int(&out, quantity);
    render_text(&out, ",\"parts\":[");
    for (int row = 0; row < PQntuples(rows); row++) {
        render_text(&out, row ? "," : "");
        render_part(&out, rows, row, &shares[row]);
    }
    render_text(&out, "]}");
    return reply_json(req, 200, out.data, out.size);
}

bool assignment_propose(struct request *req)
{
    const PGresult *rows = ask(req, SQL_ASSIGNMENT_PROPOSE,
                               PARAMS(request_path_value(req, "id"), request_text(req, "cut")));
    if (!rows) {
        return false;
    }
    if (PQntuples(rows) == 0) {
        return fail(req, NOT_FOUND);
    }
    if (strcmp(PQgetvalue(rows, 0, HELD), "t") != 0) {
        return fail(req, FORBIDDEN);
    }
    if (PQgetisnull(rows, 0, UNIT) || PQntuples(rows) > SPLIT_PARTS_MAX) {
        return fail_at(req, RULE_BROKEN, "pointer", "/cut", FLAW_NOT_FOUND, NULL);
    }
    const json_t *wanted = json_object_get(req->json, "quantity");
    int64_t quantity = wanted ? json_integer_value(wanted) : number(rows, 0, UNALLOCATED);
    struct share *shares = arena_alloc(req->arena, (size_t)PQntuples(rows) * sizeof *shares);
    return split_done(propose(req, rows, quantity, shares))
               ? reply_proposal(req, rows, quantity, shares)
               : fail(req, RULE_BROKEN);
}
