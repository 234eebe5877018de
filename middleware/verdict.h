/* The answer to an imported table: a verdict for each row, in the order of the file. */
#ifndef ANSINH_VERDICT_H
#define ANSINH_VERDICT_H

#include <libpq-fe.h>

#include "middleware/request.h"

/* ?dry_run=true: the verdicts only. ?partial=true: the good rows although others are rejected. */
bool import_is_dry(const struct request *req);
bool import_is_partial(const struct request *req);
/* Whether the rows that fit the contract may be written as far as C can see: no dry run, and none
 * rejected yet unless in part. */
bool import_may_write(const struct request *req);

/* 200 with the verdicts: those of the contract on rows that do not fit it, and for each of the others a
 * row of `judged`, by line: line, field, flaw, argument, known, and how many were written. */
bool verdict_reply(struct request *req, const PGresult *judged);

#endif
