/* Quotes. */
#include "api/enrolment/quote.h"

#include <stdlib.h>
#include <string.h>

#include "api/enrolment/enrolment_rules.h"
#include "middleware/problem.h"
#include "middleware/segment.h"

/* Columns of the statement: the place, and a row for each rate. */
enum { PROVINCE_ID, PROVINCE_CODE, PROVINCE_NAME, PLACE_FOUND, ISLAND, PEOPLE, HOME_FOUND, BOOK };
enum { KIND, KEY, VALUE, VALID_FROM, DECISION, TITLE, VERIFIED };

struct rate_book quote_book(struct request *req, const PGresult *rows, int first)
{
    int count = PQgetisnull(rows, 0, first + KIND) ? 0 : PQntuples(rows);
    struct rate_row *book = arena_alloc(req->arena, (size_t)(count + 1) * sizeof *book);
    for (int i = 0; i < count; i++) {
        bool titled = !PQgetisnull(rows, i, first + TITLE);
        book[i] = (struct rate_row){
            .kind = PQgetvalue(rows, i, first + KIND),
            .key = PQgetvalue(rows, i, first + KEY),
            .value = strtoll(PQgetvalue(rows, i, first + VALUE), NULL, 10),
            .valid_from = PQgetvalue(rows, i, first + VALID_FROM),
            .decision = PQgetvalue(rows, i, first + DECISION),
            .title = titled ? PQgetvalue(rows, i, first + TITLE) : NULL,
            .verified = *PQgetvalue(rows, i, first + VERIFIED) == 't',
        };
    }
    return (struct rate_book){.rows = book, .count = count};
}

/* --- the question ---------------------------------------------------------------------------- */

static const char *string_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static int number_of(const json_t *object, const char *name)
{
    return (int)json_integer_value(json_object_get(object, name));
}

void quote_groups(const json_t *groups, struct quote_person *person)
{
    size_t i;
    json_t *group;
    json_array_foreach(groups, i, group) {
        if (person->group_count == GROUPS_MAX) {
            return;
        }
        person->groups[person->group_count++] = (struct quote_group){
            .code = string_of(group, "code"), .since = string_of(group, "since")};
    }
}

void quote_facts(const json_t *facts, struct quote_person *person, int *next_position)
{
    int next = number_of(facts, "next_position");
    person->died = string_of(facts, "died_on");
    if (!person->support_used) {
        person->support_used = number_of(facts, "support_used");
    }
    if (!person->covered_until) {
        person->covered_until = string_of(facts, "covered_until");
        person->renewable_until = string_of(facts, "renewable_until");
    }
    if (person->group_count == 0) {
        quote_groups(json_object_get(facts, "groups"), person);
    }
    if (!person->position) {
        person->position = number_of(facts, "position");
    }
    *next_position = next > *next_position ? next : *next_position;
}

static void release(void *json)
{
    json_decref(json);
}

const json_t *quote_json(struct request *req, const PGresult *rows, int column)
{
    json_t *json = json_loads(PQgetvalue(rows, 0, column), JSON_DECODE_ANY, NULL);
    if (json) {
        arena_defer(req->arena, release, json);
    }
    return json;
}

static struct quote_person person_of(struct request *req, const json_t *member)
{
    const char *born = string_of(member, "date_of_birth");
    struct quote_person person = {
        .income = json_integer_value(json_object_get(member, "income")),
        .position = number_of(member, "position"),
        .support_used = number_of(member, "support_months_used"),
        .covered_until = string_of(member, "covered_until"),
        .sponsor_hundredths = number_of(member, "sponsor_percent") * 100,
    };
    if (born) {
        struct birth birth = birth_of(born);
        person.born = arena_strdup(req->arena, birth.date);
    }
    quote_groups(json_object_get(member, "groups"), &person);
    return person;
}

enum quote_method quote_method_of(const char *name)
{
    if (name && strcmp(name, "ahead") == 0) {
        return ADVANCE;
    }
    return name && strcmp(name, "missing") == 0 ? MISSING : PERIODIC;
}

bool quote_method(struct request *req, enum quote_method *method)
{
    *method = quote_method_of(request_text(req, "method"));
    return *method == PERIODIC || strcmp(request_text(req, "scheme"), "vsi") == 0 ||
           fail_at(req, RULE_BROKEN, "pointer", "/method", FLAW_ENUM, "period");
}

static struct quote_terms terms_of(const struct request *req)
{
    return (struct quote_terms){
        .scheme = strcmp(request_text(req, "scheme"), "vsi") == 0 ? VSI : HHI,
        .method = quote_method_of(request_text(req, "method")),
        .months = number_of(req->json, "months"),
        .paid_on = request_text(req, "paid_on"),
    };
}

/* --- refusals -------------------------------------------------------------------------------- */

static bool refuse_at(struct request *req, const char *pointer, const char *name,
                      enum flaw_kind flaw, const char *argument)
{
    return fail_at(req, RULE_BROKEN, "pointer", arena_printf(req->arena, "%s/%s", pointer, name),
                   flaw, argument);
}

bool quote_refuse(struct request *req, const struct quote_terms *terms, const struct quote *quote,
                  const char *pointer)
{
    const char *figure = arena_printf(req->arena, "%lld", (long long)quote->figure);
    bool periodic = terms->method == PERIODIC;
    bool few = terms->months < quote->figure;
    switch (quote->verdict) {
    case QUOTE_DONE:
        return true;
    case QUOTE_RATE_MISSING:
        return fail_at(req, RATE_MISSING, "pointer", "/paid_on", FLAW_NO_RATE,
                       arena_printf(req->arena, "%s.%s %s", quote->missing_kind, quote->missing_key,
                                    terms->paid_on));
    case QUOTE_INCOME_LOW:
        return refuse_at(req, pointer, "income", FLAW_TOO_SMALL, figure);
    case QUOTE_INCOME_HIGH:
        return refuse_at(req, pointer, "income", FLAW_TOO_LARGE, figure);
    case QUOTE_INCOME_STEP:
        return refuse_at(req, pointer, "income", FLAW_STEP, figure);
    case QUOTE_NO_INCOME:
        return refuse_at(req, pointer, "income", FLAW_EITHER, "hhi");
    case QUOTE_MONTHS:
        return fail_at(req, RULE_BROKEN, "pointer", "/months",
                       periodic ? FLAW_ENUM
                       : few    ? FLAW_TOO_SMALL
                                : FLAW_TOO_LARGE,
                       !periodic              ? figure
                       : terms->scheme == VSI ? "1, 3, 6, 12"
                                              : "3, 6, 12");
    case QUOTE_TOO_YOUNG:
        return refuse_at(req, pointer, "date_of_birth", FLAW_TOO_YOUNG, figure);
    case QUOTE_DIED:
        return refuse_at(req, pointer, "person_id", FLAW_DIED, NULL);
    case QUOTE_SINCE:
        return refuse_at(req, pointer, arena_printf(req->arena, "groups/%s/since", figure),
                         FLAW_REQUIRED, NULL);
    }
    return fail(req, INTERNAL);
}

/* --- the handler ----------------------------------------------------------------------------- */

static bool places_found(struct request *req, const PGresult *rows)
{
    const char *pointer = request_text(req, "province") ? "/province" : "/unit_id";
    if (*PQgetvalue(rows, 0, HOME_FOUND) != 't') {
        return fail_at(req, NOT_FOUND, "pointer", "/household_id", FLAW_NOT_FOUND, NULL);
    }
    return *PQgetvalue(rows, 0, PLACE_FOUND) == 't' ||
           fail_at(req, NOT_FOUND, "pointer", pointer, FLAW_NOT_FOUND, NULL);
}

/* A member whom the register knows. */
static bool complete(struct request *req, const json_t *member, const json_t *known,
                     struct quote_person *person, int *next_position, const char *pointer)
{
    const json_t *facts = json_object_get(known, "facts");
    if (!string_of(member, "person_id")) {
        return true;
    }
    if (!json_is_object(facts)) {
        return fail_at(req, NOT_FOUND, "pointer", arena_printf(req->arena, "%s/person_id", pointer),
                       FLAW_NOT_FOUND, NULL);
    }
    person->born = person->born ? person->born : string_of(known, "born");
    quote_facts(facts, person, next_position);
    return true;
}

/* What all members are priced by. */
struct party {
    struct quote_terms terms;
    struct rate_book book;
    bool whole; /* of a household, whether or not they can join */
    int next_position;
};

/* Of a whole household nobody is asked for who cannot join: whoever is too young, or has a card that
 * another one pays. */
static bool leaves_out(struct quoted *quoted, const json_t *known)
{
    quoted->payer = string_of(json_object_get(known, "facts"), "other_payer");
    quoted->left_out = quoted->payer                              ? "other_payer"
                       : quoted->quote.verdict == QUOTE_TOO_YOUNG ? "too_young"
                                                                  : NULL;
    return quoted->left_out != NULL;
}

static bool price_one(struct request *req, struct party *party, const json_t *known, size_t i,
                      struct quoted *quoted)
{
    const char *pointer = arena_printf(req->arena, "/members/%zu", i);
    struct quote_person person = person_of(req, quoted->said);
    if (!complete(req, quoted->said, known, &person, &party->next_position, pointer)) {
        return false;
    }
    if (party->whole && leaves_out(quoted, known)) {
        return true;
    }
    quote_price(&party->terms, &person, &party->book, &party->next_position, &quoted->quote);
    return (party->whole && leaves_out(quoted, known)) ||
           quote_refuse(req, &party->terms, &quoted->quote, pointer);
}

/* Prices the members in their order. */
static bool price_all(struct request *req, const PGresult *rows)
{
    const json_t *people = quote_json(req, rows, PEOPLE);
    const json_t *named = json_object_get(req->json, "members");
    struct party party = {terms_of(req), quote_book(req, rows, BOOK), !named, 1};
    size_t count = json_array_size(named ? named : people);
    struct quoted *members = arena_alloc(req->arena, (count + 1) * sizeof *members);
    party.book.island = *PQgetvalue(rows, 0, ISLAND) == 't';
    bool good = places_found(req, rows);
    for (size_t i = 0; good && i < count; i++) {
        members[i].said = json_array_get(named ? named : people, i);
        good = price_one(req, &party, json_array_get(people, i), i, &members[i]);
    }
    return good && quote_reply(req, rows, PROVINCE_ID, members, (int)count);
}

/* The people whom the members name, as uuid[]; NULL where no member is named. */
static const char *people_named(struct request *req)
{
    size_t i;
    json_t *member;
    const json_t *members = json_object_get(req->json, "members");
    const char *list = "{";
    json_array_foreach(members, i, member) {
        const char *id = string_of(member, "person_id");
        list = arena_printf(req->arena, "%s%s%s", list, i ? "," : "", id ? id : "NULL");
    }
    return members ? arena_printf(req->arena, "%s}", list) : NULL;
}

/* Members or a household, and beside a household only people of the register. */
static bool somebody_meant(struct request *req)
{
    size_t i;
    json_t *member;
    const json_t *members = json_object_get(req->json, "members");
    bool household = request_text(req, "household_id") != NULL;
    if (!members && !household) {
        return fail_at(req, RULE_BROKEN, "pointer", "/members", FLAW_REQUIRED, NULL);
    }
    json_array_foreach(members, i, member) {
        if (household && !string_of(member, "person_id")) {
            return refuse_at(req, arena_printf(req->arena, "/members/%zu", i), "person_id",
                             FLAW_REQUIRED, NULL);
        }
    }
    return true;
}

bool quote_create(struct request *req)
{
    const char *province = request_text(req, "province");
    const char *place = request_number(req, "unit_id");
    enum quote_method method;
    if (place && province) {
        return fail_at(req, RULE_BROKEN, "pointer", "/unit_id", FLAW_EITHER, "province");
    }
    return quote_method(req, &method) && somebody_meant(req) &&
           answer_made(req, price_all, SQL_QUOTE_RATES,
                       PARAMS(request_text(req, "paid_on"), request_text(req, "scheme"), place,
                              province, people_named(req), request_text(req, "household_id")));
}
