/* What can go wrong, in one table. Every refusal leaves through here, as RFC 9457 problem+json. */
#ifndef ANSINH_PROBLEM_H
#define ANSINH_PROBLEM_H

#include <libpq-fe.h>

#include "middleware/flaw.h"
#include "middleware/request.h"

struct render;

enum problem_kind {
    NO_PROBLEM,
    MALFORMED_REQUEST,
    MALFORMED_JSON,
    MALFORMED_CSV,
    INVALID_REQUEST,
    INVALID_CURSOR,
    IDEMPOTENCY_KEY_MISSING,
    TOKEN_MISSING,
    TOKEN_INVALID,
    TOKEN_EXPIRED,
    TOKEN_STALE,
    WRONG_CREDENTIALS,
    REFRESH_INVALID,
    PASSWORD_CHANGE_REQUIRED,
    FORBIDDEN,
    OUTSIDE_SLICE,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    REQUEST_TIMEOUT,
    CONFLICT,
    POSSIBLE_DUPLICATE,
    DUPLICATE,
    ALREADY_COVERED,
    NO_RECEIPT_NUMBER,
    CASH_LIMIT,
    REMITTED,
    WRONG_STATUS,
    STILL_OPEN,
    ENDED,
    OVER_ALLOCATED,
    DIVIDED,
    WITHDRAWN,
    IDEMPOTENCY_IN_FLIGHT,
    PRECONDITION_FAILED,
    BODY_TOO_LARGE,
    TARGET_TOO_LONG,
    UNSUPPORTED_MEDIA_TYPE,
    IDEMPOTENCY_KEY_REUSED,
    RULE_BROKEN,
    TOO_BROAD,
    RULE_MISSING,
    RATE_MISSING,
    PRECONDITION_REQUIRED,
    TOO_MANY_REQUESTS,
    HEAD_TOO_LARGE,
    INTERNAL,
    BUSY,
    STOPPING,
    DATABASE_UNAVAILABLE,
    TIMEOUT,
    PROBLEM_COUNT
};

struct problem_row {
    const char *code;
    int status;           /* unused of a flaw */
    const char *title[2]; /* by enum language; that of a flaw may hold one %s */
};
extern const struct problem_row problem_rows[PROBLEM_COUNT];
extern const struct problem_row flaw_rows[FLAW_COUNT];

/* Always false, so that a stage can `return fail(req, …)`. The first problem of a request stays. */
bool fail(struct request *req, enum problem_kind kind);
/* Adds one complaint about `name` (a JSON pointer, parameter or header, as `where` says). */
bool fail_at(struct request *req, enum problem_kind kind, const char *where, const char *name,
             enum flaw_kind flaw, const char *argument);
/* Translates a database error by SQLSTATE and constraint name; the text goes to the log only. */
bool fail_sql(struct request *req, const PGresult *result);

/* The flaw of this code; FLAW_COUNT if there is none. For statements that judge rows. */
enum flaw_kind flaw_named(const char *code);
/* "code":…,"detail":… in the language of the request. */
void flaw_render(struct render *out, struct request *req, enum flaw_kind kind,
                 const char *argument);

void problem_reply(struct request *req);
/* Chooses the language of a problem from Accept-Language; Vietnamese unless English is wanted more. */
enum language language_of(const char *accept_language);

#endif
