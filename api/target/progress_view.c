/* The answer of a progress. */
#include "api/target/progress_view.h"

#include <stdlib.h>
#include <string.h>

#include "api/target/progress_board.h"
#include "api/target/progress_rules.h"
#include "middleware/problem.h"
#include "middleware/render.h"

int64_t progress_number(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) ? 0 : strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

static struct progress_line *lines_of(struct arena *arena, const PGresult *rows, int count)
{
    struct progress_line *lines = arena_alloc(arena, (size_t)count * sizeof *lines);
    for (int row = 0; row < count; row++) {
        lines[row] =
            (struct progress_line){.has_target = !PQgetisnull(rows, row, PROGRESS_TARGET),
                                   .target = progress_number(rows, row, PROGRESS_TARGET),
                                   .achieved = progress_number(rows, row, PROGRESS_ACHIEVED),
                                   .confirmed = progress_number(rows, row, PROGRESS_CONFIRMED),
                                   .moved = progress_number(rows, row, PROGRESS_MOVED),
                                   .row = row,
                                   .depth = (int)progress_number(rows, row, PROGRESS_DEPTH),
                                   .code = PQgetvalue(rows, row, PROGRESS_CODE),
                                   .unit = PQgetvalue(rows, row, PROGRESS_UNIT),
                                   .opens = *PQgetvalue(rows, row, PROGRESS_OPENS) == 't' &&
                                            *PQgetvalue(rows, row, PROGRESS_DEPTH) != '0'};
    }
    return lines;
}

/* The one that was asked for, then by code. */
static int by_place(const void *a, const void *b)
{
    const struct progress_line *x = a;
    const struct progress_line *y = b;
    int order = x->depth != y->depth ? x->depth - y->depth : strcmp(x->code, y->code);
    return order ? order : x->row - y->row;
}

/* In that order, and judged; the first has no rank. */
static void judge(struct arena *arena, struct progress_line *lines, int count)
{
    struct progress_line **order = arena_alloc(arena, (size_t)count * sizeof *order);
    qsort(lines, (size_t)count, sizeof *lines, by_place);
    for (int i = 0; i < count; i++) {
        lines[i].band = progress_band(&lines[i]);
    }
    progress_rank(lines + 1, count - 1, order);
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
                          const struct progress_line *line)
{
    static const char *const bands[] = {",\"band\":null", ",\"band\":\"zero\"",
                                        ",\"band\":\"below_half\"", ",\"band\":\"below_target\"",
                                        ",\"band\":\"met\""};
    int64_t missing = line->achieved < line->target ? line->target - line->achieved : 0;
    member_if(out, ",\"target\":", line->has_target, line->target);
    member(out, ",\"achieved\":", line->achieved);
    member(out, ",\"confirmed\":", line->confirmed);
    ratio_if(out, ",\"percent\":", line->target > 0, line->achieved * 100, line->target);
    member_if(out, ",\"remaining\":", line->has_target, missing);
    render_text(out, bands[line->band]);
    member_if(out, ",\"rank\":", line->rank > 0, line->rank);
    ratio_if(out, ",\"pace\":{\"so_far\":", true, line->moved * 7,
             asked->days_past ? asked->days_past : 1);
    ratio_if(out, ",\"required\":", line->has_target && asked->days_left > 0, missing * 7,
             asked->days_left);
}

/* What a full line of a board has after its figures. */
static void write_detail(struct render *out, const struct progress_line *line)
{
    const struct progress_detail *detail = line->detail;
    const int64_t *money = detail->money;
    member(out, ",\"people\":", detail->people);
    member(out, ",\"transactions\":", detail->transactions);
    member(out, ",\"last_year\":{\"achieved\":", detail->before);
    member(out, ",\"change\":", line->achieved - detail->before);
    member(out, "},\"movement\":{\"new\":", detail->flow[0]);
    member(out, ",\"renewed\":", detail->flow[1]);
    member(out, ",\"returned\":", detail->flow[2]);
    member(out, ",\"left\":", detail->leaving);
    member(out, ",\"net\":", detail->net);
    member(out, "},\"money\":{\"total\":", money[0] + money[1] + money[2]);
    member(out, ",\"new\":", money[0]);
    member(out, ",\"renewed\":", money[1]);
    member(out, ",\"returned\":", money[2]);
    render_text(out, "}");
}

/* How the lines are printed: who they are about as it is, and what follows the figures of a full one, as it
 * is or of a board. */
struct as_it_is {
    const PGresult *rows;
    const struct layout *assignee; /* NULL of a board */
    const struct layout *rest;     /* NULL in brief and of a board */
    bool detailed;
};

static void write_line(struct render *out, const struct progress_asked *asked,
                       const struct as_it_is *plain, const struct progress_line *line)
{
    const PGresult *rows = plain->rows;
    render_text(out, "{");
    if (plain->assignee) {
        render_members(out, plain->assignee, rows, line->row);
    } else {
        board_who(out, rows, line);
    }
    write_figures(out, asked, line);
    render_text(out, "},\"basis\":\"");
    render_text(out, asked->basis);
    render_text(out, "\",\"href\":");
    if (line->opens) {
        render_text(out, "\"");
        render_text(out, asked->href);
        render_text(out, line->unit);
        render_text(out, "\"");
    } else {
        render_text(out, "null");
    }
    if (plain->rest) {
        render_text(out, ",");
        render_members(out, plain->rest, rows, line->row);
    }
    if (plain->detailed) {
        write_detail(out, line);
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

static bool reply_lines(struct request *req, const struct as_it_is *plain,
                        struct progress_line *lines, int count)
{
    struct progress_asked asked;
    struct render out;
    if (count == 0) {
        return fail(req, NOT_FOUND);
    }
    if (!progress_asked(req, &asked)) {
        return false;
    }
    render_init(&out, req->arena);
    judge(req->arena, lines, count);
    const char *between = "";
    write_head(req, &out, &asked, lines + 1, count - 1);
    render_text(&out, ",\"self\":");
    write_line(&out, &asked, plain, &lines[0]);
    render_text(&out, ",\"items\":[");
    for (int i = 1; i < count; i++) {
        if (progress_shown(lines[i].band, asked.show)) {
            render_text(&out, between);
            write_line(&out, &asked, plain, &lines[i]);
            between = ",";
        }
    }
    render_text(&out, "]}");
    return reply_json(req, 200, out.data, out.size);
}

bool reply_progress(struct request *req, const PGresult *rows)
{
    int columns = PQnfields(rows);
    struct as_it_is plain = {.rows = rows,
                             .assignee = layout_of(req->arena, rows, 0, PROGRESS_OPENS),
                             .rest = columns > PROGRESS_REST
                                         ? layout_of(req->arena, rows, PROGRESS_REST, columns)
                                         : NULL};
    int count = PQntuples(rows);
    return reply_lines(req, &plain, lines_of(req->arena, rows, count), count);
}

static bool reply_of_board(struct request *req, const PGresult *rows, bool detailed)
{
    struct as_it_is plain = {.rows = rows, .detailed = detailed};
    int count = 0;
    struct progress_line *lines = board_lines(req->arena, rows, &count);
    return reply_lines(req, &plain, lines, count);
}

bool reply_board(struct request *req, const PGresult *rows)
{
    return reply_of_board(req, rows, true);
}

bool reply_brief_board(struct request *req, const PGresult *rows)
{
    return reply_of_board(req, rows, false);
}
