/* Imports: households and enrolments out of a file. */
#ifndef ANSINH_IMPORT_H
#define ANSINH_IMPORT_H

#include "api/report/job_work.h"

/* Meaning, shape and errors: the operation of the same name in openapi/. */
bool import_create(struct request *req);

/* Checks and writes the rows of the stored file; false with the job's outcome. */
bool import_run(struct job *job);

/* The kinds of files, in the order of the rows that the contract's body has. */
enum import_kind { HOUSEHOLDS, ENROLMENTS, IMPORT_KINDS };
extern const char *const import_kinds[IMPORT_KINDS];
enum import_kind import_kind_named(const char *name);

/* What a row of the file asks, within one transaction of the errand that is left open. True when it is or
 * was done: `*known` if there was nothing to do; else the errand has the problem. */
bool import_household(struct request *errand, json_t *row, bool *known) must_check;
bool import_enrolment(struct request *errand, json_t *row, bool *known) must_check;

#endif
