/* The opening balance. */
#include "api/enrolment/participation.h"

#include <stdlib.h>
#include <string.h>

#include "api/enrolment/enrolment_rules.h"
#include "api/people/person_rules.h"
#include "middleware/csv_body.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/text.h"
#include "middleware/transaction.h"
#include "middleware/verdict.h"

bool participation_get(struct request *req)
{
    return answer_row(req, 200, SQL_PARTICIPATION_GET, PARAMS(request_path_value(req, "id")));
}

bool participation_declare(struct request *req)
{
    const char *id = request_new_id(req);
    const char *first = request_text(req, "starts_on");
    const char *last = request_text(req, "ends_on");
    long months = (long)json_integer_value(json_object_get(req->json, "months"));
    if (!months_fit(request_text(req, "scheme"), months)) {
        return fail_at(req, RULE_BROKEN, "pointer", "/months", FLAW_ENUM, "3, 6, 12");
    }
    if (first && strcmp(last, first) < 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/ends_on", FLAW_ORDER, first);
    }
    const PGresult *row =
        tell(req, SQL_PARTICIPATION_DECLARE,
             PARAMS(id, request_text(req, "person_id"), request_text(req, "scheme"),
                    arena_printf(req->arena, "%ld", months), first, last,
                    request_text(req, "card_number")))
            ? ask(req, SQL_PARTICIPATION_GET, PARAMS(id))
            : NULL;
    return reply_created(req, "participations", id, row, "/person_id");
}

/* What no schema can say about a row, as "field: flaw"; NULL when nothing is wrong. */
static const char *flaw_of(const json_t *row, const struct birth *birth)
{
    const char *number = json_string_value(json_object_get(row, "personal_id_number"));
    const char *sex = json_string_value(json_object_get(row, "sex"));
    const char *first = json_string_value(json_object_get(row, "starts_on"));
    const char *last = json_string_value(json_object_get(row, "ends_on"));
    long months = (long)json_integer_value(json_object_get(row, "months"));
    int year = (int)strtol(birth->date, NULL, 10);
    if (number && !personal_number_fits(number, year, strcmp(sex, "female") == 0)) {
        return "personal_id_number: number";
    }
    if (!months_fit(json_string_value(json_object_get(row, "scheme")), months)) {
        return "months: no_rule";
    }
    if (strcmp(birth->date, last) > 0) {
        return "date_of_birth: in_future";
    }
    return first && strcmp(last, first) < 0 ? "ends_on: order" : NULL;
}

/* Adds to a row of the file what only C can tell. */
static void complete(struct arena *arena, json_t *row)
{
    struct birth birth = birth_of(json_string_value(json_object_get(row, "date_of_birth")));
    const char *flaw = flaw_of(row, &birth);
    const char *name = json_string_value(json_object_get(row, "full_name"));
    json_object_set_new(row, "name_key", json_string(text_key(arena, name)));
    json_object_set_new(row, "birth", json_string(birth.date));
    json_object_set_new(row, "birth_precision", json_string(birth.precision));
    if (flaw) {
        json_object_set_new(row, "flaw", json_string(flaw));
    }
}

static void release_json(void *json)
{
    json_decref(json);
}

static const char *completed(struct request *req)
{
    json_t *rows = json_loads(req->csv->json, 0, NULL);
    size_t i;
    json_t *row;
    arena_defer(req->arena, release_json, rows);
    json_array_foreach(rows, i, row) {
        complete(req->arena, row);
    }
    char *text = json_dumps(rows, JSON_COMPACT);
    arena_defer(req->arena, free, text);
    return text;
}

/* The rows are written as they are judged, so that a later one sees an earlier; where nothing is to
 * stay all of it is undone. */
bool participation_import(struct request *req)
{
    const PGresult *judged = ask(req, SQL_PARTICIPATION_IMPORT,
                                 PARAMS(completed(req), import_may_write(req) ? "true" : "false",
                                        import_is_partial(req) ? "true" : "false"));
    if (!judged) {
        return false;
    }
    if (PQntuples(judged) == 0 || strcmp(PQgetvalue(judged, 0, PQnfields(judged) - 1), "0") == 0) {
        transaction_undo(req);
    }
    return verdict_reply(req, judged);
}

bool participation_void(struct request *req)
{
    const char *id = request_path_value(req, "id");
    return tell(req, SQL_PARTICIPATION_VOID, PARAMS(id)) &&
           answer_row(req, 200, SQL_PARTICIPATION_GET, PARAMS(id));
}
