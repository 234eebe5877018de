/* Assignments. */
#include "api/target/assignment.h"

#include <stdlib.h>
#include <string.h>

#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

static bool is_agent(const struct request *req)
{
    return req->caller.slice == SLICE_AGENCY || req->caller.slice == SLICE_COLLECTOR;
}

/* ?held=true: only what the own unit holds itself. An agent sees nothing but its own anyway. */
bool assignment_list(struct request *req)
{
    struct page_key key;
    const char *held = request_query(req, "held");
    bool own = held && strcmp(held, "true") == 0 && !is_agent(req);
    return page_key_newest(req, &key) &&
           answer_page(req, page_limit(req), own ? SQL_ASSIGNMENT_LIST_HELD : SQL_ASSIGNMENT_LIST,
                       PARAMS(key.first, key.second, page_rows(req)));
}

bool assignment_get(struct request *req)
{
    return answer_row(req, 200, is_agent(req) ? SQL_ASSIGNMENT_GET_AS_AGENT : SQL_ASSIGNMENT_GET,
                      PARAMS(request_path_value(req, "id")));
}

/* Columns of assignment_split after the answer's own. */
enum { SPLIT_COLUMNS = 6, SPLIT_HELD = 6, SPLIT_MISSING = 7 };

struct decision {
    const char *number;
    const char *decided_on;
};

static struct decision decision_of(const struct request *req)
{
    const json_t *decision = json_object_get(req->json, "decision");
    return (struct decision){json_string_value(json_object_get(decision, "number")),
                             json_string_value(json_object_get(decision, "decided_on"))};
}

bool assignment_split(struct request *req)
{
    bool territory = strcmp(request_text(req, "cut"), "territory") == 0;
    struct decision decision = decision_of(req);
    char *parts = json_dumps(json_object_get(req->json, "parts"), JSON_COMPACT);
    arena_defer(req->arena, free, parts);
    const PGresult *row = ask(req, SQL_ASSIGNMENT_SPLIT,
                              PARAMS(request_path_value(req, "id"), request_text(req, "cut"), parts,
                                     decision.number, decision.decided_on));
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) {
        return fail(req, NOT_FOUND);
    }
    if (strcmp(PQgetvalue(row, 0, SPLIT_HELD), "t") != 0) {
        return fail(req, FORBIDDEN); /* visible from above, but only the holder divides */
    }
    if (!PQgetisnull(row, 0, SPLIT_MISSING)) {
        const char *pointer =
            arena_printf(req->arena, "/parts/%s/%s", PQgetvalue(row, 0, SPLIT_MISSING),
                         territory ? "unit_id" : "collector_id");
        return fail_at(req, NOT_FOUND, "pointer", pointer,
                       territory ? FLAW_NOT_CHILD : FLAW_NOT_FOUND, NULL);
    }
    return reply_row(req, 201, row, SPLIT_COLUMNS);
}

bool assignment_amend(struct request *req)
{
    struct decision decision = decision_of(req);
    json_int_t change = json_integer_value(json_object_get(req->json, "change"));
    return answer_held(req, 201, SQL_ASSIGNMENT_AMEND,
                       PARAMS(request_path_value(req, "id"),
                              arena_printf(req->arena, "%lld", (long long)change),
                              request_text(req, "reason"), decision.number, decision.decided_on));
}

bool assignment_accept(struct request *req)
{
    return answer_held(req, 201, SQL_ASSIGNMENT_ACCEPT, PARAMS(request_path_value(req, "id")));
}

bool assignment_history(struct request *req)
{
    return answer_some(req, SQL_ASSIGNMENT_HISTORY, PARAMS(request_path_value(req, "id")));
}
