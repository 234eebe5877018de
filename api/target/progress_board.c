/* A board. */
#include "api/target/progress_board.h"

#include <stdlib.h>
#include <string.h>

#include "api/target/progress_view.h"

/* What a row is: who a line is about, what adds to one, or a part of what it shall reach. Of the three
 * targets the first that there is counts: what a superior gave, a plan of the unit's own, and the months
 * of a longer number that was phased. */
enum source { GIVEN, OWN, MONTHS, TARGETS, LINE = TARGETS, FIGURE, SOURCES };

static const char *const sources[SOURCES] = {"given", "own", "months", "line", "figure"};

struct unit_line {
    int unit;
    struct progress_line line;
    int64_t targets[TARGETS];
    bool known[TARGETS];
};

static enum source source_of(const PGresult *rows, int row)
{
    const char *name = PQgetvalue(rows, row, PROGRESS_SOURCE);
    int source = 0;
    while (source < FIGURE && strcmp(sources[source], name) != 0) {
        source++;
    }
    return (enum source)source;
}

static int by_unit(const void *a, const void *b)
{
    int x = ((const struct unit_line *)a)->unit;
    int y = ((const struct unit_line *)b)->unit;
    return (x > y) - (x < y);
}

/* A unit that is no line (of another district, or gone) may have rows: the ranges are read whole. */
static void add_row(struct unit_line *lines, int count, const PGresult *rows, int row)
{
    struct unit_line key = {.unit = (int)progress_number(rows, row, PROGRESS_UNIT)};
    struct unit_line *found = bsearch(&key, lines, (size_t)count, sizeof *lines, by_unit);
    enum source source = source_of(rows, row);
    if (!found || source == LINE) {
        return;
    }
    if (source == FIGURE) {
        found->line.achieved += progress_number(rows, row, PROGRESS_ACHIEVED);
        found->line.confirmed += progress_number(rows, row, PROGRESS_CONFIRMED);
        found->line.moved += progress_number(rows, row, PROGRESS_MOVED);
    } else {
        found->targets[source] += progress_number(rows, row, PROGRESS_TARGET);
        found->known[source] = true;
    }
}

static struct progress_line finished(const struct unit_line *unit)
{
    struct progress_line line = unit->line;
    for (int i = 0; i < TARGETS && !line.has_target; i++) {
        line.has_target = unit->known[i];
        line.target = unit->targets[i];
    }
    return line;
}

struct progress_line *board_lines(struct arena *arena, const PGresult *rows, int *count)
{
    int all = PQntuples(rows);
    int units = 0;
    struct unit_line *lines = arena_alloc(arena, (size_t)all * sizeof *lines);
    for (int row = 0; row < all; row++) {
        if (source_of(rows, row) == LINE) {
            lines[units++] = (struct unit_line){
                .unit = (int)progress_number(rows, row, PROGRESS_UNIT), .line.row = row};
        }
    }
    qsort(lines, (size_t)units, sizeof *lines, by_unit);
    for (int row = 0; row < all; row++) {
        add_row(lines, units, rows, row);
    }
    struct progress_line *made = arena_alloc(arena, (size_t)units * sizeof *made);
    for (int i = 0; i < units; i++) {
        made[i] = finished(&lines[i]);
    }
    *count = units;
    return made;
}
