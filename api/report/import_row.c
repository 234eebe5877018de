/* What the rows of imported files ask: the operations that a client would, in one transaction a row. So they
 * are priced, checked and counted by the same code, and refused with the same words. */
#include <string.h>

#include "api/enrolment/enrolment_rules.h"
#include "api/report/import.h"
#include "middleware/contract.h"
#include "middleware/permit.h"
#include "middleware/problem.h"
#include "middleware/route.h"
#include "middleware/schema.h"
#include "middleware/text.h"
#include "middleware/transaction.h"

static const char *text_of(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

static void release(void *json)
{
    json_decref(json);
}

/* Adds what only C can tell: how the person is looked for. */
static const char *wanted_person(struct request *errand, json_t *row)
{
    struct birth birth = birth_of(text_of(row, "date_of_birth"));
    const char *key = text_key(errand->arena, text_of(row, "full_name"));
    json_object_set_new(row, "name_key", json_string(key));
    json_object_set_new(row, "birth", json_string(birth.date));
    json_object_set_new(row, "birth_precision", json_string(birth.precision));
    char *text = json_dumps(row, JSON_COMPACT);
    arena_defer(errand->arena, free, text);
    return text;
}

/* The operation with this body, which becomes the errand's, through the gates that it has. */
static bool act(struct request *errand, const char *operation, const char *id, json_t *body)
{
    errand_turn(errand, operation);
    arena_defer(errand->arena, release, body);
    errand->json = body;
    if ((id && !errand_value(errand, "id", id)) || !permit_check(errand) ||
        !schema_check_json(errand, errand->operation->body, body) ||
        !errand->route->handler(errand)) {
        return false;
    }
    const struct segment *last = errand->segment;
    const PGresult *rows =
        last ? ask(errand, last->statement, last->count, last->values) : told(errand, 0);
    return rows && (!last || PQntuples(rows) > 0 || fail(errand, NOT_FOUND));
}

/* "column: flaw", as the statements say it. */
static bool refuse(struct request *errand, const char *flaw)
{
    size_t size = strcspn(flaw, ":");
    return fail_at(errand, RULE_BROKEN, "pointer",
                   arena_printf(errand->arena, "/%.*s", (int)size, flaw),
                   flaw_named(flaw + size + 2), NULL);
}

/* Moves what the row has of these columns; one that is named otherwise there stands as from=to. */
static void move(json_t *body, const json_t *row, const char *const *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *from = columns[i];
        const char *to = strchr(from, '=');
        json_t *value = json_object_getn(row, from, to ? (size_t)(to - from) : strlen(from));
        if (value) {
            json_object_set(body, to ? to + 1 : from, value);
        }
    }
}
#define MOVE(body, row, ...)                                                                       \
    move(body, row, (const char *const[]){__VA_ARGS__},                                            \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static json_t *person_of(const json_t *row)
{
    json_t *person = json_object();
    const char *confirmed = text_of(row, "duplicate_confirmed");
    MOVE(person, row, "full_name", "date_of_birth", "sex", "personal_id_number",
         "social_insurance_number", "phone");
    if (confirmed && strcmp(confirmed, "yes") == 0) {
        json_object_set_new(person, "duplicate_confirmed", json_true());
    }
    return person;
}

static const char *value_of(const PGresult *row, int column)
{
    return PQgetisnull(row, 0, column) ? NULL : PQgetvalue(row, 0, column);
}

static void set_integer(json_t *body, const char *name, const char *text)
{
    json_object_set_new(body, name, json_integer(strtoll(text, NULL, 10)));
}

/* --- enrolments ------------------------------------------------------------------------------ */

/* Columns that both statements of facts begin with, and what follows for an enrolment. */
enum { HAMLET, PERSON, FLAW, KNOWN };

static json_t *enrolment_of(const json_t *row, const PGresult *facts)
{
    json_t *body = json_object();
    MOVE(body, row, "scheme", "months", "paid_on", "income", "position", "sponsor_percent");
    json_object_set_new(body, "paid_by", json_string("transfer"));
    if (text_of(row, "group")) {
        json_t *group = json_object();
        MOVE(group, row, "group=code", "group_since=since");
        json_object_set_new(body, "groups", json_pack("[o]", group));
    }
    if (value_of(facts, PERSON)) {
        json_object_set_new(body, "person_id", json_string(value_of(facts, PERSON)));
    } else {
        set_integer(body, "hamlet_id", value_of(facts, HAMLET));
        json_object_set_new(body, "person", person_of(row));
    }
    return body;
}

bool import_enrolment(struct request *errand, json_t *row, bool *known)
{
    const char *months =
        arena_printf(errand->arena, "%d", (int)json_integer_value(json_object_get(row, "months")));
    const PGresult *facts = ask(errand, SQL_IMPORT_ENROLMENT_FACTS,
                                PARAMS(wanted_person(errand, row), text_of(row, "scheme"), months,
                                       text_of(row, "paid_on")));
    if (!facts) {
        return false;
    }
    if (value_of(facts, FLAW)) {
        return refuse(errand, value_of(facts, FLAW));
    }
    *known = *PQgetvalue(facts, 0, KNOWN) == 't';
    return *known || act(errand, "enrolment_create", NULL, enrolment_of(row, facts));
}

/* --- households ------------------------------------------------------------------------------ */

/* What follows for a household: that of the number, and where the person is now. */
enum { HOME = KNOWN, HOME_HAMLET, OWN, RELATION, POSITION, OWN_HAMLET };

static bool is_equal(const char *one, const char *other)
{
    return one && other && strcmp(one, other) == 0;
}

/* Is the person what the row says, where it says so? Without a number a household is that of its head. */
static bool is_member(const json_t *row, const PGresult *facts)
{
    const json_t *position = json_object_get(row, "position");
    const char *at = value_of(facts, POSITION);
    bool here = text_of(row, "code")
                    ? is_equal(value_of(facts, HOME), value_of(facts, OWN))
                    : is_equal(value_of(facts, HAMLET), value_of(facts, OWN_HAMLET));
    return here && is_equal(text_of(row, "relation"), value_of(facts, RELATION)) &&
           (!position || (at && strtoll(at, NULL, 10) == json_integer_value(position)));
}

/* The id of whom the errand has just registered. */
static const char *registered(const struct request *errand)
{
    for (int i = 0; i < errand->reply.header_count; i++) {
        if (strcmp(errand->reply.headers[i].name, "Location") == 0) {
            return strrchr(errand->reply.headers[i].value, '/') + 1;
        }
    }
    return NULL;
}

static const char *register_person(struct request *errand, const json_t *row, const PGresult *facts)
{
    json_t *body = person_of(row);
    set_integer(body, "hamlet_id", value_of(facts, HAMLET));
    return act(errand, "person_create", NULL, body) ? registered(errand) : NULL;
}

static bool settle(struct request *errand, const json_t *row, const PGresult *facts,
                   const char *person)
{
    json_t *member = json_pack("{s:s}", "person_id", person);
    MOVE(member, row, "relation", "position");
    if (value_of(facts, HOME)) {
        MOVE(member, row, "since=on");
        return act(errand, "household_join", value_of(facts, HOME), member);
    }
    json_t *body = json_pack("{s:[o]}", "members", member);
    MOVE(body, row, "code", "since=on");
    set_integer(body, "hamlet_id", value_of(facts, HAMLET));
    return act(errand, "household_create", NULL, body);
}

bool import_household(struct request *errand, json_t *row, bool *known)
{
    const PGresult *facts = ask(errand, SQL_IMPORT_HOUSEHOLD_FACTS,
                                PARAMS(wanted_person(errand, row), text_of(row, "code")));
    if (!facts) {
        return false;
    }
    if (value_of(facts, FLAW)) {
        return refuse(errand, value_of(facts, FLAW));
    }
    if (!text_of(row, "code") && !is_equal(text_of(row, "relation"), "head")) {
        return fail_at(errand, RULE_BROKEN, "pointer", "/code", FLAW_REQUIRED, NULL);
    }
    if (value_of(facts, HOME) && !is_equal(value_of(facts, HOME_HAMLET), value_of(facts, HAMLET))) {
        return fail_at(errand, DUPLICATE, "pointer", "/code", FLAW_NOT_UNIQUE, NULL);
    }
    *known = is_member(row, facts);
    if (*known) {
        return true;
    }
    const char *person = value_of(facts, PERSON);
    person = person ? person : register_person(errand, row, facts);
    return person && settle(errand, row, facts, person);
}
