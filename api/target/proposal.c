/* Proposals. */
#include "api/target/proposal.h"

#include <stdlib.h>
#include <string.h>

#include "api/target/split_rules.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/transaction.h"

/* Columns of both statements, a row for each possible part. FIGURE is the last result, or the
 * population; only the statement by population has COVERED. */
enum { UNIT, COLLECTOR, CODE, NAME, FIGURE, UNALLOCATED, HELD, COVERED };

enum basis { EQUAL, LAST_RESULT, WEIGHTS, POPULATION, UNCOVERED_POPULATION, BASIS_COUNT };
static const char *const basis_names[BASIS_COUNT] = {"equal", "last_result", "weights",
                                                     "population", "uncovered_population"};

static enum basis basis_of(const struct request *req)
{
    int basis = 0;
    while (strcmp(basis_names[basis], request_text(req, "by")) != 0) {
        basis++;
    }
    return (enum basis)basis;
}

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

static int64_t weight_of(const struct request *req, enum basis basis, const PGresult *rows, int row)
{
    switch (basis) {
    case EQUAL:
        return 1;
    case WEIGHTS:
        return given_weight(req, rows, row);
    case UNCOVERED_POPULATION:
        return uncovered_population(number(rows, row, FIGURE), number(rows, row, COVERED));
    default:
        return number(rows, row, FIGURE);
    }
}

static enum split_verdict propose(struct request *req, enum basis basis, const PGresult *rows,
                                  int64_t quantity, struct share *shares)
{
    int count = PQntuples(rows);
    for (int row = 0; row < count; row++) {
        shares[row].most = SPLIT_NO_MOST;
        shares[row].weight = weight_of(req, basis, rows, row);
    }
    return split_by_weight(quantity, shares, count);
}

/* A part without a figure is named, not guessed. */
static bool has_figures(struct request *req, enum basis basis, const PGresult *rows)
{
    bool good = true;
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *unit = arena_printf(req->arena, "%s (%s)", PQgetvalue(rows, row, NAME),
                                        PQgetvalue(rows, row, CODE));
        if (PQgetisnull(rows, row, FIGURE)) {
            good = fail_at(req, RULE_BROKEN, "pointer", "/by", FLAW_NO_POPULATION, unit);
        } else if (basis == UNCOVERED_POPULATION && PQgetisnull(rows, row, COVERED)) {
            good = fail_at(req, RULE_BROKEN, "pointer", "/by", FLAW_NO_REPORT, unit);
        }
    }
    return good;
}

/* The possible parts; NULL after fail(). Collectors have no population. */
static const PGresult *parts(struct request *req, enum basis basis)
{
    const char *id = request_path_value(req, "id");
    const char *cut = request_text(req, "cut");
    if (basis < POPULATION) {
        return ask(req, SQL_ASSIGNMENT_PROPOSE, PARAMS(id, cut));
    }
    if (strcmp(cut, "territory") != 0) {
        fail_at(req, RULE_BROKEN, "pointer", "/cut", FLAW_ENUM, "territory");
        return NULL;
    }
    return ask(req, SQL_ASSIGNMENT_PROPOSE_BY_POPULATION, PARAMS(id, basis_names[basis]));
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
    enum basis basis = basis_of(req);
    const PGresult *rows = parts(req, basis);
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
    if (basis >= POPULATION && !has_figures(req, basis, rows)) {
        return false;
    }
    const json_t *wanted = json_object_get(req->json, "quantity");
    int64_t quantity = wanted ? json_integer_value(wanted) : number(rows, 0, UNALLOCATED);
    struct share *shares = arena_alloc(req->arena, (size_t)PQntuples(rows) * sizeof *shares);
    return split_done(propose(req, basis, rows, quantity, shares))
               ? reply_proposal(req, rows, quantity, shares)
               : fail(req, RULE_BROKEN);
}
