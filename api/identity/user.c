/* Accounts. */
#include "api/identity/user.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "api/identity/password.h"
#include "middleware/page.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/shed.h"
#include "middleware/transaction.h"

bool user_me(struct request *req)
{
    return answer_row(req, 200, SQL_USER_ME, 0, NULL);
}

bool user_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_USER_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}

bool user_get(struct request *req)
{
    return answer_row(req, 200, SQL_USER_GET, PARAMS(request_path_value(req, "id")));
}

/* Where an account stands; the contract sees to it that exactly one is given, or no place at all. */
struct place {
    const char *unit;
    const char *agency;
    const char *collector;
};

static struct place place_of(struct request *req)
{
    const json_t *given = json_object_get(req->json, "place");
    const json_t *unit = json_object_get(given, "unit_id");
    return (struct place){
        .unit = unit ? arena_printf(req->arena, "%lld", (long long)json_integer_value(unit)) : NULL,
        .agency = json_string_value(json_object_get(given, "agency_id")),
        .collector = json_string_value(json_object_get(given, "collector_id")),
    };
}

/* The columns of an account; what follows is for the handler. */
enum { USER_COLUMNS = 16, USER_HELD = 16 };

bool user_create(struct request *req)
{
    struct place place = place_of(req);
    const PGresult *row =
        ask(req, SQL_USER_CREATE,
            PARAMS(request_text(req, "username"), request_text(req, "full_name"),
                   request_text(req, "duty"), place.unit, place.agency, place.collector));
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) {
        return fail_at(req, NOT_FOUND, "pointer", "/place", FLAW_NOT_FOUND, NULL);
    }
    reply_header(req, "Location", arena_printf(req->arena, "/v1/users/%s", PQgetvalue(row, 0, 0)));
    return reply_row(req, 201, row, USER_COLUMNS);
}

/* Updates, lets the sessions follow, and reads again: three statements, one trip. */
bool user_update(struct request *req)
{
    struct place place = place_of(req);
    const char *id = request_path_value(req, "id");
    const json_t *disabled = json_object_get(req->json, "disabled");
    const char *closing = disabled ? (json_is_true(disabled) ? "true" : "false") : NULL;
    if (!tell(req, SQL_USER_UPDATE,
              PARAMS(id, request_text(req, "full_name"), request_text(req, "duty"), closing,
                     place.unit, place.agency, place.collector, precondition_versions(req))) ||
        !tell(req, SQL_USER_SYNC, PARAMS(id))) {
        return false;
    }
    const PGresult *row = ask(req, SQL_USER_GET_HELD, PARAMS(id));
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) {
        return fail(req, NOT_FOUND);
    }
    if (strcmp(PQgetvalue(row, 0, USER_HELD), "t") != 0) {
        return fail(req, FORBIDDEN); /* visible, but given by somebody else */
    }
    bool changed = told_rows(req, 0) > 0;
    if (!changed && precondition_fits(req, row)) {
        return fail_at(req, NOT_FOUND, "pointer", "/place", FLAW_NOT_FOUND, NULL);
    }
    return reply_row(req, 200, row, USER_COLUMNS) && changed; /* a 412 carries the ETag too */
}

/* Four groups of five letters and digits that cannot be mistaken for each other: 98 bits. */
static const char *one_time_password(struct request *req)
{
    static const char alphabet[] = "23456789abcdefghjkmnpqrstuvwxyz";
    char *text = arena_alloc(req->arena, 24);
    for (int i = 0; i < 23; i++) {
        text[i] = i % 6 == 5 ? '-' : alphabet[randombytes_uniform(sizeof alphabet - 1)];
    }
    return text;
}

/* The row of a statement that ends in `held`, or NULL after NOT_FOUND or FORBIDDEN. */
static const PGresult *held_row(struct request *req, const PGresult *row)
{
    if (row && PQntuples(row) == 0) {
        fail(req, NOT_FOUND);
        return NULL;
    }
    if (row && strcmp(PQgetvalue(row, 0, PQnfields(row) - 1), "t") != 0) {
        fail(req, FORBIDDEN);
        return NULL;
    }
    return row;
}

/* The password is shown once and never stored, which is why this write keeps no answer by key. */
bool user_reset(struct request *req)
{
    const char *password = one_time_password(req);
    char hash[PASSWORD_HASH_ROOM];
    if (!password_hash(password, hash)) {
        return shed(req, BUSY, CAUSE_PASSWORDS);
    }
    const PGresult *row =
        held_row(req, ask(req, SQL_USER_RESET, PARAMS(request_path_value(req, "id"), hash)));
    if (!row) {
        return false;
    }
    struct render out;
    render_init(&out, req->arena);
    render_text(&out, "{\"one_time_password\":");
    render_string(&out, password);
    render_text(&out, ",");
    render_members(&out, layout_of(req->arena, row, 0, 1), row, 0); /* the expiry */
    render_text(&out, "}");
    reply_header(req, "Cache-Control", "no-store");
    return reply_json(req, 200, out.data, out.size);
}

bool user_revoke(struct request *req)
{
    return answer_held(req, 200, SQL_USER_REVOKE, PARAMS(request_path_value(req, "id")));
}

/* The stored hash is read, compared and replaced in two separate trips: no connection is held while
 * a password is hashed. */
bool password_set(struct request *req)
{
    char hash[PASSWORD_HASH_ROOM];
    const PGresult *row = ask(req, SQL_OWN_CREDENTIAL, 0, NULL);
    if (!row) {
        return false;
    }
    const char *stored = PQgetvalue(row, 0, 1);
    req->problem.retry_after = (int)strtol(PQgetvalue(row, 0, 0), NULL, 10);
    if (!transaction_keep(req)) { /* the attempt counts whatever comes of it */
        return false;
    }
    if (req->problem.retry_after > 0) {
        return fail(req, TOO_MANY_REQUESTS);
    }
    switch (password_verify(stored, request_text(req, "current_password"))) {
    case PASSWORD_RIGHT:
        break;
    case PASSWORD_BUSY:
        return shed(req, BUSY, CAUSE_PASSWORDS);
    default:
        return fail_at(req, WRONG_CREDENTIALS, "pointer", "/current_password", FLAW_PATTERN, "");
    }
    if (!password_hash(request_text(req, "new_password"), hash)) {
        return shed(req, BUSY, CAUSE_PASSWORDS);
    }
    return ask(req, SQL_PASSWORD_SET, PARAMS(hash)) && reply_empty(req);
}
