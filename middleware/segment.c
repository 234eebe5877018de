/* The rows of the last statement become the answer. */
#include "middleware/segment.h"

#include <stdlib.h>
#include <string.h>

#include "middleware/page.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/route.h"
#include "middleware/transaction.h"

static bool answer(struct request *req, const struct segment *shape, int count,
                   const char *const *values)
{
    if (count > MAX_VALUES) {
        abort(); /* a statement that outgrew the segment: seen by the first call of its handler */
    }
    struct segment *segment = arena_alloc(req->arena, sizeof *segment);
    *segment = *shape;
    segment->count = count;
    for (int i = 0; i < count; i++) {
        segment->values[i] = values[i];
    }
    req->segment = segment;
    return true;
}

bool answer_row(struct request *req, int status, enum sql_id statement, int count,
                const char *const *values)
{
    struct segment shape = {.statement = statement, .shape = SHAPE_ROW, .status = status};
    return answer(req, &shape, count, values);
}

bool answer_held(struct request *req, int status, enum sql_id statement, int count,
                 const char *const *values)
{
    struct segment shape = {.statement = statement, .shape = SHAPE_HELD, .status = status};
    return answer(req, &shape, count, values);
}

bool answer_changed(struct request *req, int status, enum sql_id statement, int count,
                    const char *const *values)
{
    struct segment shape = {.statement = statement, .shape = SHAPE_CHANGED, .status = status};
    return answer(req, &shape, count, values);
}

bool answer_some(struct request *req, enum sql_id statement, int count, const char *const *values)
{
    struct segment shape = {.statement = statement, .shape = SHAPE_SOME, .status = 200};
    return answer(req, &shape, count, values);
}

bool answer_created(struct request *req, enum sql_id statement, int count,
                    const char *const *values)
{
    struct segment shape = {.statement = statement, .shape = SHAPE_CREATED, .status = 201};
    return answer(req, &shape, count, values);
}

bool answer_items(struct request *req, enum sql_id statement, int count, const char *const *values)
{
    struct segment shape = {.statement = statement, .shape = SHAPE_ITEMS, .status = 200};
    return answer(req, &shape, count, values);
}

bool answer_report(struct request *req, int head, enum sql_id statement, int count,
                   const char *const *values)
{
    struct segment shape = {
        .statement = statement, .shape = SHAPE_REPORT, .status = 200, .head = head};
    return answer(req, &shape, count, values);
}

bool answer_page(struct request *req, int limit, enum sql_id statement, int count,
                 const char *const *values)
{
    struct segment shape = {
        .statement = statement, .shape = SHAPE_PAGE, .status = 200, .limit = limit};
    return answer(req, &shape, count, values);
}

bool answer_made(struct request *req, bool (*make)(struct request *req, const PGresult *rows),
                 enum sql_id statement, int count, const char *const *values)
{
    struct segment shape = {.statement = statement, .shape = SHAPE_MADE, .make = make};
    return answer(req, &shape, count, values);
}

static void render_first(struct render *out, const PGresult *rows, int columns)
{
    render_row(out, layout_of(out->arena, rows, 0, columns), rows, 0);
}

static void render_rows(struct render *out, const PGresult *rows, int from, int to, int columns)
{
    const struct layout *layout = layout_of(out->arena, rows, 0, columns);
    render_text(out, "\"items\":[");
    for (int row = from; row < to; row++) {
        render_text(out, row > from ? "," : "");
        render_row(out, layout, rows, row);
    }
    render_text(out, "]");
}

/* One row more than the page was asked for: there is a next page, and the last shown row's key says
 * where it starts. */
static void render_page(struct request *req, struct render *out, const PGresult *rows)
{
    int columns = PQnfields(rows) - 2;
    int count = PQntuples(rows);
    int shown = count > req->segment->limit ? req->segment->limit : count;
    render_text(out, "{");
    render_rows(out, rows, 0, shown, columns);
    render_text(out, ",\"next_cursor\":");
    if (shown < count) {
        const char *cursor = page_cursor(req, PQgetvalue(rows, shown - 1, columns),
                                         PQgetvalue(rows, shown - 1, columns + 1));
        render_string(out, cursor);
        page_link(req, cursor);
    } else {
        render_text(out, "null");
    }
    render_text(out, "}");
}

static void render_report(struct render *out, const PGresult *rows, int head)
{
    const struct layout *line = layout_of(out->arena, rows, head, PQnfields(rows));
    render_text(out, "{");
    render_members(out, layout_of(out->arena, rows, 0, head), rows, 0);
    render_text(out, ",\"self\":");
    render_row(out, line, rows, 0);
    render_text(out, ",\"items\":[");
    for (int row = 1; row < PQntuples(rows); row++) {
        render_text(out, row > 1 ? "," : "");
        render_row(out, line, rows, row);
    }
    render_text(out, "]}");
}

static void render_shape(struct request *req, struct render *out, const PGresult *rows)
{
    switch (req->segment->shape) {
    case SHAPE_PAGE:
        render_page(req, out, rows);
        break;
    case SHAPE_REPORT:
        render_report(out, rows, req->segment->head);
        break;
    case SHAPE_HELD:
        render_first(out, rows, PQnfields(rows) - 1);
        break;
    case SHAPE_SOME:
    case SHAPE_ITEMS:
        render_text(out, "{");
        render_rows(out, rows, 0, PQntuples(rows), PQnfields(rows));
        render_text(out, "}");
        break;
    case SHAPE_CREATED:
        reply_header(req, "Location",
                     arena_printf(req->arena, "%s/%s", req->path, PQgetvalue(rows, 0, 0)));
        render_first(out, rows, PQnfields(rows));
        break;
    case SHAPE_CHANGED:
    case SHAPE_ROW:
    case SHAPE_MADE:
        render_first(out, rows, PQnfields(rows));
    }
}

bool segment_render(struct request *req, const PGresult *rows)
{
    enum shape shape = req->segment->shape;
    struct render out;
    if (shape == SHAPE_MADE) {
        return req->segment->make(req, rows);
    }
    if (PQntuples(rows) == 0 && shape != SHAPE_ITEMS && shape != SHAPE_PAGE) {
        return fail(req, NOT_FOUND);
    }
    if (shape == SHAPE_HELD && strcmp(PQgetvalue(rows, 0, PQnfields(rows) - 1), "t") != 0) {
        return fail(req, FORBIDDEN);
    }
    render_init(&out, req->arena);
    render_shape(req, &out, rows);
    reply_json(req, req->segment->status, out.data, out.size);
    if (shape == SHAPE_PAGE || shape == SHAPE_ITEMS || shape == SHAPE_SOME) {
        return true;
    }
    return precondition_tag(req, rows) && (shape != SHAPE_CHANGED || told_rows(req, 0) > 0 ||
                                           (precondition_fits(req, rows) && fail(req, CONFLICT)));
}

bool reply_row(struct request *req, int status, const PGresult *rows, int columns)
{
    struct render out;
    render_init(&out, req->arena);
    render_first(&out, rows, columns);
    return reply_json(req, status, out.data, out.size) && precondition_tag(req, rows);
}

bool reply_created(struct request *req, const char *collection, const char *id, const PGresult *row,
                   const char *pointer)
{
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) {
        return pointer ? fail_at(req, NOT_FOUND, "pointer", pointer, FLAW_NOT_FOUND, NULL)
                       : fail(req, NOT_FOUND);
    }
    reply_header(req, "Location", arena_printf(req->arena, "/v1/%s/%s", collection, id));
    return reply_row(req, 201, row, PQnfields(row));
}

bool fail_with(struct request *req, int kind, const char *member, const PGresult *rows)
{
    struct render out;
    render_init(&out, req->arena);
    render_text(&out, ",\"");
    render_text(&out, member);
    render_text(&out, "\":[");
    const struct layout *layout = layout_of(req->arena, rows, 0, PQnfields(rows));
    for (int row = 0; row < PQntuples(rows); row++) {
        render_text(&out, row > 0 ? "," : "");
        render_row(&out, layout, rows, row);
    }
    render_text(&out, "]");
    req->problem.members = out.data;
    return fail(req, (enum problem_kind)kind);
}
