/* A board. */
#include "api/target/progress_board.h"

#include <stdlib.h>
#include <string.h>

#include "api/target/progress_view.h"

/* Columns of progress_board; in brief there are none after CONFIRMED. Of a line KIND is its level, COUNTS whether
 * a stock is measured, and VALUE its depth. */
enum { UNIT, SOURCE, KIND, CODE, NAME, COUNTS, VALUE, CONFIRMED, PEOPLE, N, LEAVING, AMOUNT };

/* What a row is: a part of what a line shall reach, who it is about, or what answers a question. Of the
 * three targets the first that there is counts: what a superior gave, a plan of the unit's own, and the
 * months of a longer number that was phased. */
enum source {
    GIVEN,
    OWN,
    MONTHS,
    TARGETS,
    LINE = TARGETS,
    NOW,
    LEVEL,
    SINCE,
    CHANGE,
    BEFORE,
    SOURCES
};

static const char *const sources[SOURCES] = {"given", "own",   "months", "line",  "now",
                                             "level", "since", "change", "before"};
static const char *const flows[FLOWS] = {"new", "renewal", "return"};

struct unit_line {
    int unit;
    bool stock;
    struct progress_line line;
    struct progress_detail detail;
    int64_t targets[TARGETS];
    bool known[TARGETS];
};

/* Where the text stands in a list that has it. (There are hundreds of rows, so letters come before calls.) */
static int place_of(const char *text, const char *const *list, int count)
{
    int place = 0;
    while (place < count - 1 && (*list[place] != *text || strcmp(list[place], text) != 0)) {
        place++;
    }
    return place;
}

static bool in_full(const PGresult *rows)
{
    return PQnfields(rows) > PEOPLE;
}

static enum source source_of(const PGresult *rows, int row)
{
    return (enum source)place_of(PQgetvalue(rows, row, SOURCE), sources, SOURCES);
}

static int by_unit(const void *a, const void *b)
{
    int x = ((const struct unit_line *)a)->unit;
    int y = ((const struct unit_line *)b)->unit;
    return (x > y) - (x < y);
}

/* What happened in the period, each flow by itself. */
static void add_now(struct unit_line *unit, const PGresult *rows, int row)
{
    struct progress_detail *detail = &unit->detail;
    int flow = place_of(PQgetvalue(rows, row, KIND), flows, FLOWS);
    bool counts = *PQgetvalue(rows, row, COUNTS) == 't';
    detail->flow[flow] += progress_number(rows, row, N);
    detail->money[flow] += progress_number(rows, row, AMOUNT);
    detail->transactions += counts ? progress_number(rows, row, N) : 0;
}

/* A stock on the day, less (-1) what it was before the period, is its change. */
static void add_stock(struct unit_line *unit, const PGresult *rows, int row, int sign)
{
    struct progress_detail *detail = &unit->detail;
    bool full = in_full(rows);
    detail->net += sign * progress_number(rows, row, full ? N : VALUE);
    detail->leaving += full ? sign * progress_number(rows, row, LEAVING) : 0;
}

static void add_figure(struct unit_line *unit, enum source source, const PGresult *rows, int row)
{
    if (*PQgetvalue(rows, row, COUNTS) == 't') {
        unit->line.achieved += progress_number(rows, row, VALUE);
        unit->line.confirmed += progress_number(rows, row, CONFIRMED);
        unit->detail.people += in_full(rows) ? progress_number(rows, row, PEOPLE) : 0;
    }
    if (source == NOW && in_full(rows)) {
        add_now(unit, rows, row);
    } else if (source == LEVEL || source == SINCE || source == CHANGE) {
        add_stock(unit, rows, row, source == SINCE ? -1 : 1);
    } else if (source == BEFORE) {
        unit->detail.before += progress_number(rows, row, VALUE);
    }
}

/* A unit that is no line (of another district, or gone) may have rows: the ranges are read whole. */
static void add_row(struct unit_line *units, int count, enum source source, const PGresult *rows,
                    int row)
{
    struct unit_line key = {.unit = (int)progress_number(rows, row, UNIT)};
    struct unit_line *found = bsearch(&key, units, (size_t)count, sizeof *units, by_unit);
    if (found && source < TARGETS) {
        found->targets[source] += progress_number(rows, row, VALUE);
        found->known[source] = true;
    } else if (found && source != LINE) {
        add_figure(found, source, rows, row);
    }
}

static struct progress_line finished(struct unit_line *unit)
{
    struct progress_line line = unit->line;
    if (unit->stock) {
        unit->detail.transactions = unit->detail.net;
    }
    line.moved = unit->stock ? unit->detail.net : line.achieved;
    line.detail = &unit->detail;
    for (int i = 0; i < TARGETS && !line.has_target; i++) {
        line.has_target = unit->known[i];
        line.target = unit->targets[i];
    }
    return line;
}

static struct unit_line unit_line_of(const PGresult *rows, int row)
{
    struct progress_line line = {
        .row = row,
        .depth = (int)progress_number(rows, row, VALUE),
        .code = PQgetvalue(rows, row, CODE),
        .unit = PQgetvalue(rows, row, UNIT),
    };
    line.opens = line.depth > 0 && strcmp(PQgetvalue(rows, row, KIND), "hamlet") != 0;
    return (struct unit_line){.unit = (int)progress_number(rows, row, UNIT),
                              .stock = *PQgetvalue(rows, row, COUNTS) == 't',
                              .line = line};
}

struct progress_line *board_lines(struct arena *arena, const PGresult *rows, int *count)
{
    int all = PQntuples(rows);
    int lines = 0;
    enum source *what = arena_alloc(arena, (size_t)all * sizeof *what);
    for (int row = 0; row < all; row++) {
        what[row] = source_of(rows, row);
        lines += what[row] == LINE;
    }
    struct unit_line *units = arena_alloc(arena, (size_t)lines * sizeof *units);
    struct progress_line *made = arena_alloc(arena, (size_t)lines * sizeof *made);
    for (int row = 0, next = 0; next < lines; row++) {
        if (what[row] == LINE) {
            units[next++] = unit_line_of(rows, row);
        }
    }
    qsort(units, (size_t)lines, sizeof *units, by_unit);
    for (int row = 0; row < all; row++) {
        add_row(units, lines, what[row], rows, row);
    }
    for (int i = 0; i < lines; i++) {
        made[i] = finished(&units[i]);
    }
    *count = lines;
    return made;
}

void board_who(struct render *out, const PGresult *rows, const struct progress_line *line)
{
    render_text(out, "\"assignee\":{\"kind\":\"unit\",\"unit_id\":");
    render_text(out, line->unit);
    render_text(out, ",\"agency_id\":null,\"collector_id\":null,\"level\":");
    render_string(out, PQgetvalue(rows, line->row, KIND));
    render_text(out, ",\"code\":");
    render_string(out, line->code);
    render_text(out, ",\"name\":");
    render_string(out, PQgetvalue(rows, line->row, NAME));
    render_text(out, "}");
}
