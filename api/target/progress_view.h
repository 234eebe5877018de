/* The answer of a progress out of the rows of progress.sql: in order, judged and ranked. */
#ifndef ANSINH_PROGRESS_VIEW_H
#define ANSINH_PROGRESS_VIEW_H

#include <libpq-fe.h>

#include "api/target/period_rules.h"
#include "middleware/request.h"

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

/* For answer_made(). */
bool reply_progress(struct request *req, const PGresult *rows) must_check;

#endif
