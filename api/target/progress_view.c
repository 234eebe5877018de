/* The answer of a progress. */
#include "api/target/progress_view.h"

#include <stdlib.h>
#include <string.h>

#include "api/target/progress_rules.h"
#include "middleware/problem.h"
#include "middleware/render.h"

/* Columns of every statement of progress.sql. Before OPENS stands who it is (whether a line opens those
 * below it), after BRIEF_COLUMNS what goes into a full line as it is. */
enum { UNIT_ID = 1, CODE = 5, OPENS = 7, DEPTH, ACHIEVED, CONFIRMED, MOVED, TARGET, BRIEF_COLUMNS };

/* What the rows are sorted by: the one that was asked for, then by code. */
struct place_in_list {
    int depth;
    const char *code;
    int row;
};

static int64_t number(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) ? 0 : strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

static int by_place(const void *a, const void *b)
{
    const struct place_in_list *x = a;
    const struct place_in_list *y = b;
    int order = x->depth != y->depth ? x->depth - y->depth : strcmp(x->code, y->code);
    return order ? order : x->row - y->row;
}

static struct place_in_list *places_of(struct request *req, const PGresult *rows)
{
    int count = PQntuples(rows);
    struct place_in_list *places = arena_alloc(req->arena, (size_t)count * sizeof *places);
    for (int row = 0; row < count; row++) {
        places[row] = (struct place_in_list){.depth = (int)number(rows, row, DEPTH),
                                             .code = PQgetvalue(rows, row, CODE),
                                             .row = row};
    }
    qsort(places, (size_t)count, sizeof *places, by_place);
    return places;
}

/* The lines in that order, judged; the first has no rank. */
static struct progress_line *lines_of(struct request *req, const PGresult *rows,
                                      const struct place_in_list *places)
{
    int count = PQntuples(rows);
    struct progress_line *lines = arena_alloc(req->arena, (size_t)count * sizeof *lines);
    struct progress_line **order = arena_alloc(req->arena, (size_t)count * sizeof *order);
    for (int i = 0; i < count; i++) {
        int row = places[i].row;
        lines[i] = (struct progress_line){.has_target = !PQgetisnull(rows, row, TARGET),
                                          .target = number(rows, row, TARGET),
                                          .achieved = number(rows, row, ACHIEVED)};
        lines[i].band = progress_band(&lines[i]);
    }
    progress_rank(lines + 1, count - 1, order);
    return lines;
}

static void member(struct render *out, const char *name, int64_t value)
{
    render_text(out, name);
    render_int(out, value);
}

static void member_if(struct render *out, const char *name, bool known, int64_t value)
{
    render_text(out, name);
    if (known) {
        render_int(out, value);
    } else {
        render_text(out, "null");
    }
}

static void ratio_if(struct render *out, const char *name, bool known, int64_t part, int64_t whole)
{
    render_text(out, name);
    if (known) {
        render_hundredths(out, hundredths(part, whole));
    } else {
        render_text(out, "null");
    }
}

static void write_figures(struct render *out, const struct progress_asked *asked,
                          const struct progress_line *line, int64_t confirmed, int64_t moved)
{
    static const char *const bands[] = {",\"band\":null", ",\"band\":\"zero\"",
                                        ",\"band\":\"below_half\"", ",\"band\":\"below_target\"",
                                        ",\"band\":\"met\""};
    int64_t missing = line->achieved < line->target ? line->target - line->achieved : 0;
    member_if(out, ",\"target\":", line->has_target, line->target);
    member(out, ",\"achieved\":", line->achieved);
    member(out, ",\"confirmed\":", confirmed);
    ratio_if(out, ",\"percent\":", line->target > 0, line->achieved * 100, line->target);
    member_if(out, ",\"remaining\":", line->has_target, missing);
    render_text(out, bands[line->band]);
    member_if(out, ",\"rank\":", line->rank > 0, line->rank);
    ratio_if(out, ",\"pace\":{\"so_far\":", asked->days_past > 0, moved * 7, asked->days_past);
    ratio_if(out, ",\"required\":", line->has_target && asked->days_left > 0, missing * 7,
             asked->days_left);
}

/* What is printed as it is: who a line is about, and what follows its figures in a full one. */
struct as_it_is {
    const struct layout *assignee;
    const struct layout *rest; /* NULL in brief */
};

static struct as_it_is as_it_is(struct arena *arena, const PGresult *rows)
{
    bool full = PQnfields(rows) > BRIEF_COLUMNS;
    return (struct as_it_is){.assignee = layout_of(arena, rows, 0, OPENS),
                             .rest = full ? layout_of(arena, rows, BRIEF_COLUMNS, PQnfields(rows))
                                          : NULL};
}

static void write_line(struct render *out, const struct progress_asked *asked,
                       const struct as_it_is *plain, const PGresult *rows, int row,
                       const struct progress_line *line)
{
    bool opens = *PQgetvalue(rows, row, OPENS) == 't' && *PQgetvalue(rows, row, DEPTH) != '0';
    render_text(out, "{");
    render_members(out, plain->assignee, rows, row);
    write_figures(out, asked, line, number(rows, row, CONFIRMED), number(rows, row, MOVED));
    render_text(out, "},\"basis\":\"");
    render_text(out, asked->basis);
    render_text(out, "\",\"href\":");
    if (opens) {
        render_text(out, "\"");
        render_text(out, asked->href);
        render_text(out, PQgetvalue(rows, row, UNIT_ID));
        render_text(out, "\"");
    } else {
        render_text(out, "null");
    }
    if (plain->rest) {
        render_text(out, ",");
        render_members(out, plain->rest, rows, row);
    }
    render_text(out, "}");
}

static void write_head(struct request *req, struct render *out, const struct progress_asked *asked,
                       const struct progress_line *items, int count)
{
    struct progress_counts below = progress_count(items, count);
    render_text(out,
                arena_printf(req->arena,
                             "{\"indicator\":\"%s\",\"period\":{\"from\":\"%s\",\"to\":\"%s\"},"
                             "\"at\":\"%s\",\"assigner\":\"%s\",",
                             request_query(req, "indicator"), asked->period.from, asked->period.to,
                             asked->at, asked->assigner));
    member(out, "\"below\":{\"lines\":", below.lines);
    member(out, ",\"with_target\":", below.with_target);
    member(out, ",\"met\":", below.met);
    member(out, ",\"below_target\":", below.below_target);
    member(out, ",\"below_half\":", below.below_half);
    member(out, ",\"zero\":", below.zero);
    render_text(out, "}");
}

bool reply_progress(struct request *req, const PGresult *rows)
{
    struct progress_asked asked;
    struct render out;
    int count = PQntuples(rows);
    if (count == 0) {
        return fail(req, NOT_FOUND);
    }
    if (!progress_asked(req, &asked)) {
        return false;
    }
    render_init(&out, req->arena);
    const struct place_in_list *places = places_of(req, rows);
    const struct progress_line *lines = lines_of(req, rows, places);
    struct as_it_is plain = as_it_is(req->arena, rows);
    const char *between = "";
    write_head(req, &out, &asked, lines + 1, count - 1);
    render_text(&out, ",\"self\":");
    write_line(&out, &asked, &plain, rows, places[0].row, &lines[0]);
    render_text(&out, ",\"items\":[");
    for (int i = 1; i < count; i++) {
        if (progress_shown(lines[i].band, asked.show)) {
            render_text(&out, between);
            write_line(&out, &asked, &plain, rows, places[i].row, &lines[i]);
            between = ",";
        }
    }
    render_text(&out, "]}");
    return reply_json(req, 200, out.data, out.size);
}
