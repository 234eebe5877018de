/* Figures from outside. */
#include "api/target/figure.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "middleware/csv_body.h"
#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/transaction.h"

const char *figure_number(struct request *req, const char *name)
{
    const json_t *number = json_object_get(req->json, name);
    return number ? arena_printf(req->arena, "%lld", (long long)json_integer_value(number)) : NULL;
}

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

/* Columns of an import; a row for each good row of the table. */
enum { LINE, FIELD, FLAW, ARGUMENT, KNOWN, WRITTEN };

struct import {
    struct request *req;
    const PGresult *judged;
    struct render items;
    int accepted;
    int unchanged;
    int rejected;
};

static void reject(struct import *import, const char *field, enum flaw_kind flaw,
                   const char *argument)
{
    import->rejected++;
    render_text(&import->items, "\"rejected\",\"field\":");
    if (field) {
        render_string(&import->items, field);
    } else {
        render_text(&import->items, "null");
    }
    render_text(&import->items, ",");
    flaw_render(&import->items, import->req, flaw, argument);
}

static const char *value_or_null(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) ? NULL : PQgetvalue(rows, row, column);
}

/* What the database says about a row that fits the contract. */
static void judge(struct import *import, int row)
{
    const PGresult *judged = import->judged;
    const char *flaw = value_or_null(judged, row, FLAW);
    if (flaw) {
        reject(import, value_or_null(judged, row, FIELD), flaw_named(flaw),
               value_or_null(judged, row, ARGUMENT));
    } else if (strcmp(PQgetvalue(judged, row, KNOWN), "t") == 0) {
        import->unchanged++;
        render_text(&import->items, "\"unchanged\"");
    } else {
        import->accepted++;
        render_text(&import->items, "\"accepted\"");
    }
}

static void judge_all(struct import *import)
{
    const struct csv_body *table = import->req->csv;
    int judged = 0;
    for (int i = 0; i < table->count; i++) {
        const struct csv_row *row = &table->rows[i];
        render_text(&import->items, i ? ",{\"line\":" : "{\"line\":");
        render_int(&import->items, row->line);
        render_text(&import->items, ",\"verdict\":");
        if (row->good) {
            judge(import, judged++);
        } else {
            reject(import, row->field, (enum flaw_kind)row->flaw, row->argument);
        }
        render_text(&import->items, "}");
    }
}

static void render_count(struct render *out, const char *name, int count)
{
    render_text(out, name);
    render_int(out, count);
}

static bool reply_import(struct import *import, bool dry, bool partial)
{
    const PGresult *judged = import->judged;
    struct render out;
    render_init(&out, import->req->arena);
    render_text(&out, dry ? "{\"dry_run\":true" : "{\"dry_run\":false");
    render_text(&out, partial ? ",\"partial\":true" : ",\"partial\":false");
    render_count(&out, ",\"accepted\":", import->accepted);
    render_count(&out, ",\"unchanged\":", import->unchanged);
    render_count(&out, ",\"rejected\":", import->rejected);
    render_text(&out, ",\"written\":");
    render_text(&out, PQntuples(judged) ? PQgetvalue(judged, 0, WRITTEN) : "0");
    render_text(&out, ",\"items\":[");
    render_raw(&out, import->items.data, import->items.size);
    render_text(&out, "]}");
    return reply_json(import->req, 200, out.data, out.size);
}

static bool asked_for(const struct request *req, const char *name)
{
    const char *value = request_query(req, name);
    return value && strcmp(value, "true") == 0;
}

bool figure_import(struct request *req, enum sql_id statement)
{
    const struct csv_body *table = req->csv;
    bool dry = asked_for(req, "dry_run");
    bool partial = asked_for(req, "partial");
    bool writes = !dry && (partial || table->good_count == table->count);
    struct import import = {.req = req};
    import.judged = ask(req, statement,
                        PARAMS(table->json, writes ? "true" : "false", partial ? "true" : "false",
                               request_query(req, "at")));
    if (!import.judged) {
        return false;
    }
    if (dry) {
        transaction_undo(req);
    }
    render_init(&import.items, req->arena);
    judge_all(&import);
    return reply_import(&import, dry, partial);
}
