/* Writing the ledger. */
#include "api/target/ledger.h"

#include <string.h>

#include "middleware/problem.h"
#include "middleware/transaction.h"

enum { HELD, RULE, POINTER, FIGURE, VERDICT_COLUMNS };

/* The rules by the names that the statements give them. */
static const struct {
    const char *name;
    enum problem_kind kind;
    enum flaw_kind flaw; /* of the member that the statement points at */
} rules[] = {
    {"withdrawn", WITHDRAWN, 0},
    {"divided", DIVIDED, 0},
    {"not_found", NOT_FOUND, FLAW_NOT_FOUND},
    {"not_child", NOT_FOUND, FLAW_NOT_CHILD},
    {"too_large", RULE_BROKEN, FLAW_TOO_LARGE},
    {"too_small", RULE_BROKEN, FLAW_TOO_SMALL},
    {"ratio", RULE_BROKEN, FLAW_RATIO},
    {"required", RULE_BROKEN, FLAW_REQUIRED},
    {"no_month", RULE_BROKEN, FLAW_NOT_FOUND},
};

static bool refuse(struct request *req, const char *rule, const char *pointer, const char *figure)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (strcmp(rules[i].name, rule) == 0) {
            return pointer ? fail_at(req, rules[i].kind, "pointer", pointer, rules[i].flaw, figure)
                           : fail(req, rules[i].kind);
        }
    }
    req->problem.internal = rule; /* a name that only the statement knows */
    return fail(req, INTERNAL);
}

bool ledger_allows(struct request *req, const PGresult *rows)
{
    int columns = PQnfields(rows) - VERDICT_COLUMNS;
    const char *verdict[VERDICT_COLUMNS];
    if (PQntuples(rows) == 0) {
        return fail(req, NOT_FOUND);
    }
    for (int i = 0; i < VERDICT_COLUMNS; i++) {
        bool none = PQgetisnull(rows, 0, columns + i);
        verdict[i] = none ? NULL : PQgetvalue(rows, 0, columns + i);
    }
    if (strcmp(verdict[HELD], "t") != 0) {
        return fail(req, FORBIDDEN); /* visible, but somebody else's to do */
    }
    return !verdict[RULE] || refuse(req, verdict[RULE], verdict[POINTER], verdict[FIGURE]);
}

bool ledger_reply(struct request *req, int status, const PGresult *rows)
{
    return ledger_allows(req, rows) &&
           reply_row(req, status, rows, PQnfields(rows) - VERDICT_COLUMNS);
}
