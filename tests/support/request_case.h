/* A request and its service, for tests of single stages: no server, no database. */
#ifndef ANSINH_TESTS_REQUEST_CASE_H
#define ANSINH_TESTS_REQUEST_CASE_H

#include "middleware/problem.h"
#include "middleware/request.h"
#include "tests/support/suites.h"

extern struct request *request;
extern struct service service; /* of the request */

/* The fixture: an empty request of an empty service. */
void request_open(void);
void request_close(void);

/* Another request of the same service, in the same arena. */
void request_again(void);
void add_header(const char *name, const char *value);
void add_query(const char *name, const char *value);

/* What the stage of this request returned: it went on, or refused for this reason. `what` is the
 * row of the table that the message of a failure names. */
void went_on(bool result, const char *what);
void refused(bool result, enum problem_kind kind, const char *what);
/* The value of a header of the reply, or NULL. */
const char *reply_header_value(const char *name);

/* What the code between these two wrote to stderr. */
void stderr_begin(void);
const char *stderr_end(void);

#endif
