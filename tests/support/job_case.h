/* Jobs in tests: asked for, and waited for. */
#ifndef ANSINH_TEST_JOB_CASE_H
#define ANSINH_TEST_JOB_CASE_H

#include "tests/support/harness.h"

/* The id of the job that was answered with 202. */
const char *job_id(struct answer answer);
/* The job once it has ended; fails the test unless that is its state. */
struct answer job_ends(const char *login, const char *id, const char *state);

/* A new officer of Đồng Kho, given by commune.manager, who signs in like all others. */
const char *job_account(void);
/* An export that nobody takes until it is let go: it looks as if its worker had just been heard of. */
const char *job_held(const char *login);
void job_let_go(const char *id);

const char *export_as(const char *login, const char *body);
/* The whole file of an export that is done. */
struct answer file_of(const char *login, const char *id);

/* `how` is the query behind the kind: "&dry_run=true". */
const char *import_as(const char *login, const char *kind, const char *how, const char *csv);
void counts_are(struct answer job, int accepted, int unchanged, int rejected, int written);

#endif
