/* Sessions: signing in. */
#include "api/identity/session.h"

#include <string.h>
#include <time.h>

#include "api/identity/password.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/token.h"
#include "middleware/transaction.h"

/* How long a session may live without signing in again. */
#define SESSION_LIFE "30 days"

static int index_of(const char *const *names, int count, const char *name)
{
    for (int i = 1; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return 0;
}

static bool reply_token(struct request *req, const struct caller *caller)
{
    const char *token = token_issue(req->service->keys, req->arena, caller, time(NULL));
    if (!token) {
        return fail(req, INTERNAL);
    }
    struct render out;
    render_init(&out, req->arena);
    render_text(&out, "{\"session_id\":");
    render_string(&out, caller->session_id);
    render_text(&out, ",\"token_type\":\"Bearer\",\"access_token\":");
    render_string(&out, token);
    render_text(&out, ",\"expires_in\":");
    render_int(&out, TOKEN_LIFE_SECONDS);
    render_text(&out, "}");
    reply_header(req, "Cache-Control", "no-store");
    return reply_json(req, 201, out.data, out.size);
}

/* The connection is given back before the password is hashed, and taken again after. */
static const char *verified_user(struct request *req)
{
    const PGresult *rows = ask_gate(req, SQL_CREDENTIAL_OF, PARAMS(request_text(req, "username")));
    if (!rows) {
        return NULL;
    }
    bool known = PQntuples(rows) == 1;
    const char *hash = known ? PQgetvalue(rows, 0, 1) : NULL;
    switch (password_verify(hash, request_text(req, "password"))) {
    case PASSWORD_RIGHT:
        return PQgetvalue(rows, 0, 0);
    case PASSWORD_BUSY:
        fail(req, BUSY);
        return NULL;
    default:
        fail(req, WRONG_CREDENTIALS);
        return NULL;
    }
}

bool session_create(struct request *req)
{
    const char *user = verified_user(req);
    if (!user) {
        return false;
    }
    const char *session = request_new_id(req);
    const PGresult *row = ask_gate(
        req, SQL_SESSION_CREATE, PARAMS(session, user, request_text(req, "device"), SESSION_LIFE));
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) { /* disabled since the password was read */
        return fail(req, WRONG_CREDENTIALS);
    }
    struct caller caller = {
        .user_id = user,
        .session_id = session,
        .slice = (enum slice)index_of(slice_names, SLICE_COUNT, PQgetvalue(row, 0, 1)),
        .duty = (enum duty)index_of(duty_names, DUTY_COUNT, PQgetvalue(row, 0, 2)),
        .generation = PQgetvalue(row, 0, 3),
    };
    return reply_token(req, &caller);
}
