/* Sessions. */
#include "api/identity/session.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/identity/password.h"
#include "api/identity/refresh_rules.h"
#include "middleware/metrics.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/shed.h"
#include "middleware/transaction.h"

/* The caller that columns from `at` describe: slice, duty, generation. */
static struct caller caller_of(const PGresult *row, int at, const char *user, const char *session)
{
    return (struct caller){
        .user_id = user,
        .session_id = session,
        .slice = slice_named(PQgetvalue(row, 0, at)),
        .duty = duty_named(PQgetvalue(row, 0, at + 1)),
        .generation = PQgetvalue(row, 0, at + 2),
    };
}

static bool reply_token(struct request *req, const struct caller *caller, const char *refresh)
{
    const char *token = token_issue(req->keys, req->arena, caller, time(NULL));
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
    render_text(&out, ",\"refresh_token\":");
    render_string(&out, refresh);
    render_text(&out, "}");
    reply_header(req, "Cache-Control", "no-store");
    return reply_json(req, 201, out.data, out.size);
}

/* Columns of the statement sign_in. */
enum { SIGN_IN_WAIT, SIGN_IN_USER, SIGN_IN_HASH, SIGN_IN_ONE_TIME };

/* The account whose password this is. The connection is given back before the password is hashed,
 * and taken again after; the attempt was counted before anything was compared. */
static const PGresult *verified_account(struct request *req)
{
    const PGresult *row =
        ask_gate(req, SQL_SIGN_IN, PARAMS(request_text(req, "username"), req->peer));
    if (!row) {
        return NULL;
    }
    req->problem.retry_after = (int)strtol(PQgetvalue(row, 0, SIGN_IN_WAIT), NULL, 10);
    if (req->problem.retry_after > 0) {
        fail(req, TOO_MANY_REQUESTS);
        return NULL;
    }
    bool known = !PQgetisnull(row, 0, SIGN_IN_HASH);
    const char *hash = known ? PQgetvalue(row, 0, SIGN_IN_HASH) : NULL;
    switch (password_verify(hash, request_text(req, "password"))) {
    case PASSWORD_RIGHT:
        return row;
    case PASSWORD_BUSY:
        shed(req, BUSY, CAUSE_PASSWORDS);
        return NULL;
    default:
        fail(req, WRONG_CREDENTIALS);
        return NULL;
    }
}

/* A one-time password opens nothing by itself: it must bring the new one along. */
static bool new_hash_of(struct request *req, const PGresult *account, const char **hash)
{
    const char *password = request_text(req, "new_password");
    bool one_time = strcmp(PQgetvalue(account, 0, SIGN_IN_ONE_TIME), "t") == 0;
    *hash = NULL;
    if (!one_time) {
        return true;
    }
    char *made = arena_alloc(req->arena, PASSWORD_HASH_ROOM);
    if (!password || strcmp(password, request_text(req, "password")) == 0) {
        return fail_at(req, PASSWORD_CHANGE_REQUIRED, "pointer", "/new_password", FLAW_REQUIRED,
                       NULL);
    }
    *hash = made;
    return password_hash(password, made) || shed(req, BUSY, CAUSE_PASSWORDS);
}

static bool sign_in(struct request *req)
{
    char refresh[REFRESH_TEXT_ROOM];
    char hash[REFRESH_HASH_ROOM];
    const char *new_hash = NULL;
    const PGresult *account = verified_account(req);
    if (!account || !new_hash_of(req, account, &new_hash)) {
        return false;
    }
    const char *user = PQgetvalue(account, 0, SIGN_IN_USER);
    const char *session = request_new_id(req);
    refresh_new(refresh);
    if (!refresh_hash(refresh, hash)) {
        return fail(req, INTERNAL);
    }
    const PGresult *row =
        ask_gate(req, SQL_SESSION_CREATE,
                 PARAMS(session, user, request_text(req, "device"), hash, new_hash, req->peer));
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) { /* disabled since the password was read */
        return fail(req, WRONG_CREDENTIALS);
    }
    struct caller caller = caller_of(row, 0, user, session);
    return reply_token(req, &caller, refresh);
}

static enum counter outcome_of(const struct request *req)
{
    switch (req->problem.kind) {
    case NO_PROBLEM:
        return COUNT_SIGN_IN_GOOD;
    case WRONG_CREDENTIALS:
        return COUNT_SIGN_IN_WRONG;
    case PASSWORD_CHANGE_REQUIRED:
        return COUNT_SIGN_IN_CHANGE;
    case TOO_MANY_REQUESTS:
        return COUNT_SIGN_IN_LIMITED;
    default:
        return COUNT_SIGN_IN_FAILED;
    }
}

bool session_create(struct request *req)
{
    bool good = sign_in(req);
    metrics_count(req->service->metrics, outcome_of(req));
    return good;
}

/* Columns of the statement session_refresh. */
enum { REFRESH_VERDICT, REFRESH_SESSION, REFRESH_USER, REFRESH_SLICE, REFRESH_SUCCESSOR = 6 };

/* The successor in plain: derived with whichever live key made the hash that the database has. */
static const char *successor_of(struct request *req, const char *presented, const char *stored)
{
    const struct token_keys *keys = req->keys;
    for (int i = 0; i < keys->count; i++) {
        char *next = arena_alloc(req->arena, REFRESH_TEXT_ROOM);
        char hash[REFRESH_HASH_ROOM];
        if (refresh_next(&keys->key[i], presented, next) && refresh_hash(next, hash) &&
            strcmp(hash, stored) == 0) {
            return next;
        }
    }
    return NULL;
}

bool session_refresh(struct request *req)
{
    char hash[REFRESH_HASH_ROOM];
    char next[REFRESH_TEXT_ROOM];
    char next_hash[REFRESH_HASH_ROOM];
    const char *presented = request_text(req, "refresh_token");
    if (!refresh_hash(presented, hash) || !refresh_next(&req->keys->key[0], presented, next) ||
        !refresh_hash(next, next_hash)) {
        return fail(req, REFRESH_INVALID);
    }
    const PGresult *row = ask_gate(req, SQL_SESSION_REFRESH, PARAMS(hash, next_hash));
    if (!row) {
        return false;
    }
    if (strcmp(PQgetvalue(row, 0, REFRESH_VERDICT), "ok") != 0) {
        return fail(req, REFRESH_INVALID);
    }
    const char *successor = successor_of(req, presented, PQgetvalue(row, 0, REFRESH_SUCCESSOR));
    struct caller caller = caller_of(row, REFRESH_SLICE, PQgetvalue(row, 0, REFRESH_USER),
                                     PQgetvalue(row, 0, REFRESH_SESSION));
    return successor ? reply_token(req, &caller, successor) : fail(req, REFRESH_INVALID);
}

bool session_list(struct request *req)
{
    return answer_items(req, SQL_SESSION_LIST, 0, NULL);
}

static bool end_sessions(struct request *req, const char *id)
{
    const PGresult *row = ask(req, SQL_SESSION_DELETE, PARAMS(id));
    if (!row) {
        return false;
    }
    if (id && strcmp(PQgetvalue(row, 0, 0), "0") == 0) {
        return fail(req, NOT_FOUND);
    }
    return reply_empty(req);
}

bool session_delete(struct request *req)
{
    return end_sessions(req, request_path_value(req, "id"));
}

bool session_delete_all(struct request *req)
{
    return end_sessions(req, NULL);
}
