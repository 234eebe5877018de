/* Phasing. */
#include "api/target/phasing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/target/ledger.h"
#include "api/target/mandate.h"
#include "api/target/split_rules.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/transaction.h"

/* Columns of assignment_to_phase. */
enum { QUANTITY, STARTS_ON, ENDS_ON };

static bool impossible(struct request *req, enum split_verdict verdict, int weights, int months)
{
    if (verdict != SPLIT_MONTHS_DIFFER) {
        return fail(req, RULE_BROKEN);
    }
    return fail_at(req, RULE_BROKEN, "pointer", "/weights",
                   weights < months ? FLAW_TOO_FEW : FLAW_TOO_MANY,
                   arena_printf(req->arena, "%d", months));
}

static bool by_weights(struct request *req, int64_t quantity, const struct period *period,
                       struct phasing *phasing)
{
    int64_t weights[PHASE_MONTHS_MAX];
    int count = 0;
    size_t i;
    json_t *weight;
    int months = phasing->count;
    json_array_foreach(json_object_get(req->json, "weights"), i, weight) {
        weights[count++] = json_integer_value(weight);
    }
    enum split_verdict verdict = phase_over_months(quantity, period, weights, count, phasing);
    return split_done(verdict) || impossible(req, verdict, count, months);
}

static const char *month_text(struct request *req, const struct month_share *share)
{
    return arena_printf(req->arena, "%04d-%02d", share->year, share->month);
}

/* Each month once; one that is not named gets nothing. */
static bool take_month(struct request *req, const json_t *given, size_t n, struct phasing *phasing)
{
    const char *month = json_string_value(json_object_get(given, "month"));
    const char *pointer = arena_printf(req->arena, "/months/%zu/month", n);
    for (int i = 0; i < phasing->count; i++) {
        struct month_share *share = &phasing->months[i];
        if (strcmp(month_text(req, share), month) == 0) {
            bool named = share->quantity >= 0;
            share->quantity = json_integer_value(json_object_get(given, "quantity"));
            return !named || fail_at(req, RULE_BROKEN, "pointer", pointer, FLAW_NOT_UNIQUE, NULL);
        }
    }
    return fail_at(req, RULE_BROKEN, "pointer", pointer, FLAW_NOT_FOUND, NULL);
}

static bool by_months(struct request *req, int64_t quantity, struct phasing *phasing)
{
    int64_t sum = 0;
    size_t n;
    json_t *given;
    for (int i = 0; i < phasing->count; i++) {
        phasing->months[i].quantity = -1; /* not named yet */
    }
    json_array_foreach(json_object_get(req->json, "months"), n, given) {
        if (!take_month(req, given, n, phasing)) {
            return false;
        }
    }
    for (int i = 0; i < phasing->count; i++) {
        phasing->months[i].quantity =
            phasing->months[i].quantity < 0 ? 0 : phasing->months[i].quantity;
        sum += phasing->months[i].quantity;
    }
    return sum == quantity || fail_at(req, RULE_BROKEN, "pointer", "/months", FLAW_SUM,
                                      arena_printf(req->arena, "%lld", (long long)quantity));
}

static bool phase(struct request *req, const PGresult *row, struct phasing *phasing)
{
    struct period period;
    int64_t quantity = strtoll(PQgetvalue(row, 0, QUANTITY), NULL, 10);
    const char *by = request_text(req, "by");
    snprintf(period.from, sizeof period.from, "%s", PQgetvalue(row, 0, STARTS_ON));
    snprintf(period.to, sizeof period.to, "%s", PQgetvalue(row, 0, ENDS_ON));
    if (!split_done(phase_over_months(quantity, &period, NULL, 0, phasing))) {
        return fail(req, RULE_BROKEN);
    }
    return strcmp(by, "weights") == 0  ? by_weights(req, quantity, &period, phasing)
           : strcmp(by, "months") == 0 ? by_months(req, quantity, phasing)
                                       : true;
}

static const char *months_json(struct request *req, const struct phasing *phasing)
{
    struct render out;
    render_init(&out, req->arena);
    for (int i = 0; i < phasing->count; i++) {
        render_text(&out, i ? ",{\"month\":\"" : "[{\"month\":\"");
        render_text(&out, month_text(req, &phasing->months[i]));
        render_text(&out, "-01\",\"quantity\":");
        render_int(&out, phasing->months[i].quantity);
        render_text(&out, "}");
    }
    render_text(&out, "]");
    return out.data;
}

/* The number is locked and read, divided here, and written: one trip more than other writes. */
bool assignment_phase(struct request *req)
{
    struct mandate mandate;
    struct phasing phasing;
    const char *id = request_path_value(req, "id");
    if (!mandate_of(req, &mandate) || !tell(req, SQL_LEDGER_LOCK, PARAMS(id))) {
        return false;
    }
    const PGresult *row =
        ask(req, SQL_ASSIGNMENT_TO_PHASE,
            PARAMS(id, mandate.id, mandate.number, mandate.decided_on, mandate.issuer));
    if (!row || !ledger_allows(req, row) || !phase(req, row, &phasing)) {
        return false;
    }
    return answer_row(req, 201, SQL_ASSIGNMENT_PHASE,
                      PARAMS(id, months_json(req, &phasing), request_text(req, "reason"),
                             mandate.id, mandate.number, mandate.decided_on, mandate.issuer));
}
