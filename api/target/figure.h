/* Figures from outside: what populations and reported counts have in common. They are recorded once
 * and never changed; a correction is one more revision. */
#ifndef ANSINH_FIGURE_H
#define ANSINH_FIGURE_H

#include "middleware/segment.h"

/* The statements of a list of figures: each filter that an index serves has its own. */
struct figure_lists {
    enum sql_id all;
    enum sql_id of_unit;
    enum sql_id of_unit_and_what;
};

/* A page of ?unit= and ?`what`=, newest first; `what` goes with a unit only. */
bool figure_list(struct request *req, const char *what, const struct figure_lists *lists);

/* Records the one figure of a JSON body. The statement answers the figure's columns, its id first (NULL
 * when the last revision says the same), and then which flaw which member has, if any. */
bool figure_record(struct request *req, enum sql_id statement, int count,
                   const char *const *values);

/* Imports a table: a verdict for each row, and nothing is written if one is rejected, unless
 * ?partial=true. ?dry_run=true writes nothing in any case. The statement takes the good rows as JSON,
 * whether to write, whether in part, and ?at=, the day of the codes; it answers line, field, flaw, argument, known and how many
 * were written, a row for each, by line. */
bool figure_import(struct request *req, enum sql_id statement);

/* A yes or no of the body as text for a parameter, NULL where it is missing. */
const char *figure_truth(const struct request *req, const char *name);

#endif
