/* Dossiers. */
#include "api/enrolment/dossier.h"

#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "middleware/page.h"
#include "middleware/permit.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool dossier_form_list(struct request *req)
{
    return answer_items(req, SQL_DOSSIER_FORM_LIST, 0, NULL);
}

/* What waits comes by its last day, and what is overdue is the head of that. */
static bool list_waiting(struct request *req, const char *before)
{
    static const struct page_key first = {"-infinity", "00000000-0000-0000-0000-000000000000"};
    struct page_key key;
    return page_key(req, first, &key) &&
           answer_page(req, page_limit(req), SQL_DOSSIER_LIST_WAITING,
                       PARAMS(key.first, key.second, page_rows(req), before));
}

bool dossier_list(struct request *req)
{
    struct page_key key;
    const char *state = request_query(req, "state");
    const char *overdue = request_query(req, "overdue");
    bool decided = state && strcmp(state, "decided") == 0;
    if (overdue && strcmp(overdue, "true") == 0) {
        char today[11];
        business_date(time(NULL), today);
        return decided ? fail_at(req, INVALID_REQUEST, "parameter", "overdue", FLAW_EITHER, "state")
                       : list_waiting(req, arena_strdup(req->arena, today));
    }
    if (state && !decided) {
        return list_waiting(req, "infinity");
    }
    return page_key_newest(req, &key) &&
           answer_page(req, page_limit(req), decided ? SQL_DOSSIER_LIST_DECIDED : SQL_DOSSIER_LIST,
                       PARAMS(key.first, key.second, page_rows(req)));
}

/* ?reveal=identity shows numbers in full, to a duty that needs them, for a purpose. */
bool dossier_get(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const char *purpose = request_query(req, "purpose");
    if (!request_query(req, "reveal")) {
        return answer_row(req, 200, SQL_DOSSIER_GET, PARAMS(id, "dossier_get", NULL));
    }
    if (!purpose) {
        return fail_at(req, INVALID_REQUEST, "parameter", "purpose", FLAW_REQUIRED, NULL);
    }
    return permit_also(req, IDENTITY_REVEAL) &&
           answer_row(req, 200, SQL_DOSSIER_GET, PARAMS(id, "identity_reveal", purpose));
}

static enum problem_kind problem_of(enum flaw_kind flaw)
{
    return flaw == FLAW_NOT_FOUND                           ? NOT_FOUND
           : flaw == FLAW_STATUS || flaw == FLAW_IN_DOSSIER ? WRONG_STATUS
                                                            : RULE_BROKEN;
}

/* What the gate found wrong, a row each: flaw, pointer and its figure; none without rows. */
static bool is_flawless(struct request *req, const PGresult *flaws)
{
    if (!flaws) {
        return false;
    }
    for (int row = 0; row < PQntuples(flaws); row++) {
        enum flaw_kind flaw = flaw_named(PQgetvalue(flaws, row, 0));
        if (PQgetisnull(flaws, row, 1)) {
            return fail(req, problem_of(flaw));
        }
        fail_at(req, problem_of(flaw), "pointer", PQgetvalue(flaws, row, 1), flaw,
                PQgetvalue(flaws, row, 2));
    }
    return PQntuples(flaws) == 0;
}

/* `before` is the dossier that came back, if any. */
static bool submit(struct request *req, const char *before)
{
    const char *id = request_new_id(req);
    if (!is_flawless(req,
                     ask(req, SQL_DOSSIER_SUBMIT, PARAMS(id, request_body_text(req), before)))) {
        return false;
    }
    reply_header(req, "Location", arena_printf(req->arena, "/v1/dossiers/%s", id));
    return answer_row(req, 201, SQL_DOSSIER_GET, PARAMS(id, "dossier_get", NULL));
}

bool dossier_create(struct request *req)
{
    return submit(req, NULL);
}

bool dossier_resubmit(struct request *req)
{
    return submit(req, request_path_value(req, "id"));
}

bool dossier_decide(struct request *req)
{
    const char *id = request_path_value(req, "id");
    return is_flawless(req, ask(req, SQL_DOSSIER_DECIDE, PARAMS(id, request_body_text(req)))) &&
           answer_row(req, 200, SQL_DOSSIER_GET, PARAMS(id, "dossier_get", NULL));
}
