/* Numbers on their way down, for the tests of the ledger. */
#ifndef ANSINH_TEST_LEDGER_CASE_H
#define ANSINH_TEST_LEDGER_CASE_H

#include "tests/support/harness.h"

/* Enters a plan of the login's unit; the id of its root assignment. */
const char *planned(const char *login, const char *indicator, const char *period, int quantity);
/* POST of an action on an assignment: split, amend, withdraw … */
struct answer act(const char *login, const char *id, const char *action, const char *body);
struct answer split(const char *login, const char *id, const char *cut, const char *parts);
/* The same when it must succeed: the id of its first part. */
const char *given(const char *login, const char *id, const char *cut, const char *parts);
struct answer amend(const char *login, const char *id, int change);
/* GET of an assignment, with what follows the id; it must succeed. */
struct answer assignment(const char *login, const char *id, const char *more);

/* Fails unless the answer is this problem with this first flaw. */
void expect_flaw(struct answer answer, int status, const char *pointer, const char *flaw);

/* A statement that says, in one snapshot, which divisions and ledgers do not add up: "" is none. */
extern const char *const broken_ledgers;

/* Copies an id out of what harness_forget() releases. */
void keep(char out[37], const char *id);

#endif
