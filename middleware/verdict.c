/* The answer to an imported table. */
#include "middleware/verdict.h"

#include <string.h>

#include "middleware/csv_body.h"
#include "middleware/problem.h"
#include "middleware/render.h"

static bool asked_for(const struct request *req, const char *name)
{
    const char *value = request_query(req, name);
    return value && strcmp(value, "true") == 0;
}

bool import_is_dry(const struct request *req)
{
    return asked_for(req, "dry_run");
}

bool import_is_partial(const struct request *req)
{
    return asked_for(req, "partial");
}

bool import_may_write(const struct request *req)
{
    return !import_is_dry(req) &&
           (import_is_partial(req) || req->csv->good_count == req->csv->count);
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

static bool reply(struct import *import)
{
    const PGresult *judged = import->judged;
    struct render out;
    render_init(&out, import->req->arena);
    render_text(&out, import_is_dry(import->req) ? "{\"dry_run\":true" : "{\"dry_run\":false");
    render_text(&out, import_is_partial(import->req) ? ",\"partial\":true" : ",\"partial\":false");
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

bool verdict_reply(struct request *req, const PGresult *judged)
{
    struct import import = {.req = req, .judged = judged};
    render_init(&import.items, req->arena);
    judge_all(&import);
    return reply(&import);
}
