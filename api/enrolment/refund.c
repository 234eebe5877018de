/* Refunds of unused months. */
#include "api/enrolment/refund.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "api/enrolment/refund_rules.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/transaction.h"

/* Columns of what a refund depends on. */
enum {
    SCHEME,
    STARTS_ON,
    MONTHS,
    CONTRIBUTION,
    AMOUNT,
    SUPPORT_MONTHS,
    METHOD,
    SUPPORT,
    SPONSOR_PAID,
    OPEN,
    SHARE,
    BASIS,
    VERIFIED
};

static int64_t number(const PGresult *facts, int column)
{
    return strtoll(PQgetvalue(facts, 0, column), NULL, 10);
}

static bool has_happened(struct request *req)
{
    char today[11];
    business_date(time(NULL), today);
    return strcmp(request_text(req, "happened_on"), today) <= 0 ||
           fail_at(req, RULE_BROKEN, "pointer", "/happened_on", FLAW_IN_FUTURE, NULL);
}

/* Only voluntary insurance has a rule for it, and only what was priced here is known in its parts. That
 * of months ahead is a formula of its own (Decree 159/2025 Art. 8), which is not known here. */
static bool rule_known(const PGresult *facts)
{
    return strcmp(PQgetvalue(facts, 0, SCHEME), "vsi") == 0 &&
           !PQgetisnull(facts, 0, CONTRIBUTION) &&
           strcmp(PQgetvalue(facts, 0, METHOD), "ahead") != 0;
}

static bool refundable(struct request *req, const PGresult *facts)
{
    if (PQntuples(facts) == 0) {
        return fail(req, NOT_FOUND);
    }
    if (*PQgetvalue(facts, 0, OPEN) != 't') {
        return fail(req, WRONG_STATUS);
    }
    if (!rule_known(facts)) {
        return fail(req, RULE_MISSING);
    }
    if (strcmp(PQgetvalue(facts, 0, METHOD), "missing") == 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/happened_on", FLAW_NO_UNUSED, NULL);
    }
    return !PQgetisnull(facts, 0, SHARE) ||
           fail_at(req, RATE_MISSING, "pointer", "/happened_on", FLAW_NO_RATE,
                   arena_printf(req->arena, "vsi_refund.all %s", request_text(req, "happened_on")));
}

static bool compute(struct request *req, const PGresult *facts, struct refund *refund)
{
    if (!refundable(req, facts)) {
        return false;
    }
    struct paid paid = {
        .starts_on = PQgetvalue(facts, 0, STARTS_ON),
        .months = (int)number(facts, MONTHS),
        .contribution = number(facts, CONTRIBUTION),
        .participant = number(facts, AMOUNT),
        .sponsor = number(facts, SPONSOR_PAID),
        .support = number(facts, SUPPORT),
        .support_months = (int)number(facts, SUPPORT_MONTHS),
    };
    *refund = refund_of(&paid, request_text(req, "happened_on"), number(facts, SHARE));
    return refund->unused_months > 0 ||
           fail_at(req, RULE_BROKEN, "pointer", "/happened_on", FLAW_NO_UNUSED, NULL);
}

static void render_number(struct render *out, const char *name, int64_t value)
{
    render_text(out, name);
    render_int(out, value);
}

static bool reply_quote(struct request *req, const PGresult *facts)
{
    struct refund refund;
    struct render out;
    if (!compute(req, facts, &refund)) {
        return false;
    }
    render_init(&out, req->arena);
    render_text(&out, "{\"reason\":");
    render_string(&out, request_text(req, "reason"));
    render_text(&out, ",\"happened_on\":");
    render_string(&out, request_text(req, "happened_on"));
    render_text(&out, ",\"unused_from\":");
    render_string(&out, refund.unused_from);
    render_number(&out, ",\"unused_months\":", refund.unused_months);
    render_number(&out, ",\"amount\":", refund.amount);
    render_number(&out, ",\"support_kept\":", refund.support);
    render_text(&out, ",\"legal_basis\":");
    render_string(&out, PQgetvalue(facts, 0, BASIS));
    render_text(&out, ",\"verified\":");
    render_text(&out, *PQgetvalue(facts, 0, VERIFIED) == 't' ? "true}" : "false}");
    return reply_json(req, 200, out.data, out.size);
}

bool refund_quote(struct request *req)
{
    return has_happened(req) &&
           answer_made(req, reply_quote, SQL_REFUND_FACTS,
                       PARAMS(request_path_value(req, "id"), request_text(req, "happened_on")));
}

bool refund_create(struct request *req)
{
    struct refund refund;
    const char *id = request_path_value(req, "id");
    const char *happened_on = request_text(req, "happened_on");
    const PGresult *facts =
        has_happened(req) ? ask(req, SQL_REFUND_FACTS, PARAMS(id, happened_on)) : NULL;
    return facts && compute(req, facts, &refund) &&
           tell(req, SQL_REFUND_BOOK,
                PARAMS(id, request_text(req, "reason"), happened_on,
                       arena_strdup(req->arena, refund.unused_from),
                       arena_printf(req->arena, "%d", refund.unused_months),
                       arena_printf(req->arena, "%lld", (long long)refund.amount),
                       PQgetvalue(facts, 0, BASIS), precondition_versions(req))) &&
           answer_changed(req, 200, SQL_ENROLMENT_GET, PARAMS(id));
}
