/* Figures from outside. */
#include "api/target/figure.h"

#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "middleware/csv_body.h"
#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"
#include "middleware/verdict.h"

const char *figure_truth(const struct request *req, const char *name)
{
    const json_t *truth = json_object_get(req->json, name);
    return truth ? (json_is_true(truth) ? "true" : "false") : NULL;
}

static bool has_come(struct request *req, const char *date)
{
    char today[11];
    business_date(time(NULL), today);
    return strcmp(date, today) <= 0 ||
           fail_at(req, RULE_BROKEN, "pointer", "/on", FLAW_IN_FUTURE, NULL);
}

bool figure_list(struct request *req, const char *what, const struct figure_lists *lists)
{
    struct page_key key;
    const char *unit = request_query(req, "unit");
    const char *wanted = request_query(req, what);
    if (!page_key_newest(req, &key)) {
        return false;
    }
    if (wanted && !unit) {
        return fail_at(req, INVALID_REQUEST, "parameter", "unit", FLAW_REQUIRED, NULL);
    }
    if (!unit) {
        return answer_page(req, page_limit(req), lists->all,
                           PARAMS(key.first, key.second, page_rows(req)));
    }
    return wanted ? answer_page(req, page_limit(req), lists->of_unit_and_what,
                                PARAMS(unit, wanted, key.first, key.second, page_rows(req)))
                  : answer_page(req, page_limit(req), lists->of_unit,
                                PARAMS(unit, key.first, key.second, page_rows(req)));
}

bool figure_record(struct request *req, enum sql_id statement, int count, const char *const *values)
{
    const PGresult *row =
        has_come(req, request_text(req, "on")) ? ask(req, statement, count, values) : NULL;
    if (!row) {
        return false;
    }
    int flaw = PQnfields(row) - 2;
    if (!PQgetisnull(row, 0, flaw)) {
        const char *pointer = arena_printf(req->arena, "/%s", PQgetvalue(row, 0, flaw + 1));
        enum flaw_kind kind = flaw_named(PQgetvalue(row, 0, flaw));
        bool hidden = kind == FLAW_NOT_FOUND || kind == FLAW_OUTSIDE_SLICE;
        return fail_at(req, hidden ? NOT_FOUND : RULE_BROKEN, "pointer", pointer, kind, NULL);
    }
    if (PQgetisnull(row, 0, 0)) {
        return fail(req, DUPLICATE);
    }
    return reply_row(req, 201, row, flaw);
}

bool figure_import(struct request *req, enum sql_id statement)
{
    const PGresult *judged =
        ask(req, statement,
            PARAMS(req->csv->json, import_may_write(req) ? "true" : "false",
                   import_is_partial(req) ? "true" : "false", request_query(req, "at")));
    if (!judged) {
        return false;
    }
    if (import_is_dry(req)) {
        transaction_undo(req);
    }
    return verdict_reply(req, judged);
}
