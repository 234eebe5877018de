/* The lines of a board out of the flat rows of progress_board (progress.sql): what the database would join,
 * group and sort, put together by the number of the unit. */
#ifndef ANSINH_PROGRESS_BOARD_H
#define ANSINH_PROGRESS_BOARD_H

#include <libpq-fe.h>

#include "api/target/progress_rules.h"
#include "middleware/arena.h"
#include "middleware/render.h"

/* One for each unit, in no order; how many there are in *count. */
struct progress_line *board_lines(struct arena *arena, const PGresult *rows, int *count);

/* Writes who a line is about, as the member of the answer. */
void board_who(struct render *out, const PGresult *rows, const struct progress_line *line);

#endif
