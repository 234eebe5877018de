/* The answer of a progress out of the rows of progress.sql: in order, judged and ranked. */
#ifndef ANSINH_PROGRESS_VIEW_H
#define ANSINH_PROGRESS_VIEW_H

#include <libpq-fe.h>

#include "api/target/period_rules.h"
#include "middleware/request.h"

/* Columns of every statement of progress.sql. Before PROGRESS_OPENS stands who it is (whether a line
 * opens those below it), after PROGRESS_TARGET what goes into a full line as it is. A board has its
 * own (progress_board.c). */
enum {
    PROGRESS_UNIT = 1,
    PROGRESS_CODE = 5,
    PROGRESS_OPENS = 7,
    PROGRESS_DEPTH,
    PROGRESS_ACHIEVED,
    PROGRESS_CONFIRMED,
    PROGRESS_MOVED,
    PROGRESS_TARGET,
    PROGRESS_REST
};

/* What was asked, in the words of the answer. */
struct progress_asked {
    struct period period;
    const char *at;
    const char *assigner;
    const char *show;
    const char *basis;
    const char *href; /* of a line, but for the unit */
    int days_past;    /* of the period, with `at` */
    int days_left;
};

/* False after fail(). */
bool progress_asked(struct request *req, struct progress_asked *asked) must_check;

/* A whole number of a row; 0 for null. */
int64_t progress_number(const PGresult *rows, int row, int column);

/* For answer_made(): a line for each row, or those of a board. */
bool reply_progress(struct request *req, const PGresult *rows) must_check;
bool reply_board(struct request *req, const PGresult *rows) must_check;
bool reply_brief_board(struct request *req, const PGresult *rows) must_check;

#endif
