/* Enrolments. */
#include "api/enrolment/enrolment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "api/enrolment/quote.h"
#include "api/people/person_rules.h"
#include "middleware/page.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/text.h"
#include "middleware/transaction.h"

bool enrolment_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_ENROLMENT_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}

bool enrolment_get(struct request *req)
{
    return answer_row(req, 200, SQL_ENROLMENT_GET, PARAMS(request_path_value(req, "id")));
}

/* Nobody pays tomorrow, and a collector dates back a month at most. */
static bool paid_on_fits(struct request *req, const char *paid_on)
{
    char today[11];
    char earliest[11];
    business_date(time(NULL), today);
    days_before(today, BACKDATE_DAYS, earliest);
    if (strcmp(paid_on, today) > 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/paid_on", FLAW_IN_FUTURE, NULL);
    }
    if (req->caller.slice == SLICE_COLLECTOR && strcmp(paid_on, earliest) < 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/paid_on", FLAW_ORDER,
                       arena_strdup(req->arena, earliest));
    }
    return true;
}

static bool birth_fits(struct request *req, const struct birth *birth, const char *paid_on)
{
    return strcmp(birth->date, paid_on) <= 0 ||
           fail_at(req, RULE_BROKEN, "pointer", "/person/date_of_birth", FLAW_IN_FUTURE, NULL);
}

static bool months_fit_scheme(struct request *req)
{
    long months = (long)json_integer_value(json_object_get(req->json, "months"));
    return months_fit(request_text(req, "scheme"), months) ||
           fail_at(req, RULE_BROKEN, "pointer", "/months", FLAW_ENUM, "3, 6, 12");
}

static const char *integer_text(struct request *req, const char *member)
{
    json_int_t value = json_integer_value(json_object_get(req->json, member));
    return arena_printf(req->arena, "%lld", (long long)value);
}

static bool numbers_fit(struct request *req, const json_t *person, const struct birth *birth)
{
    const char *number = json_string_value(json_object_get(person, "personal_id_number"));
    const char *sex = json_string_value(json_object_get(person, "sex"));
    int year = (int)strtol(birth->date, NULL, 10);
    return !number || personal_number_fits(number, year, strcmp(sex, "female") == 0) ||
           fail_at(req, RULE_BROKEN, "pointer", "/person/personal_id_number", FLAW_NUMBER, NULL);
}

/* Queues what registers the person under a new id; NULL when it cannot be sent. */
static const char *register_person(struct request *req, const struct birth *birth)
{
    const json_t *person = json_object_get(req->json, "person");
    const char *id = request_new_id(req);
    const char *name = json_string_value(json_object_get(person, "full_name"));
    const char *personal = json_string_value(json_object_get(person, "personal_id_number"));
    const char *social = json_string_value(json_object_get(person, "social_insurance_number"));
    bool confirmed = json_is_true(json_object_get(person, "duplicate_confirmed"));
    bool sent = tell(req, SQL_ENROLMENT_REGISTER_PERSON,
                     PARAMS(id, integer_text(req, "hamlet_id"), name, text_key(req->arena, name),
                            birth->date, birth->precision,
                            json_string_value(json_object_get(person, "sex")), personal, social,
                            json_string_value(json_object_get(person, "phone")))) &&
                tell(req, SQL_ENROLMENT_CLAIM_IDENTITY,
                     PARAMS(id, personal, social, confirmed ? "true" : "false"));
    return sent ? id : NULL;
}

/* What the second statement of register_person found. */
static bool is_nobody_else(struct request *req)
{
    return told_rows(req, 1) == 0 || fail_with(req, POSSIBLE_DUPLICATE, "candidates", told(req, 1));
}

static const char *won_by(const struct request *req, const char *member)
{
    return json_string_value(json_object_get(json_object_get(req->json, "won_by"), member));
}

/* Columns of what the price depends on. */
enum { BIRTH, ISLAND, FACTS, BOOK };

/* Prices by the rates of the day of payment; nothing that the request says is money. */
static bool price(struct request *req, const PGresult *facts, struct quote *quote)
{
    struct quote_terms terms = {
        .scheme = strcmp(request_text(req, "scheme"), "vsi") == 0 ? VSI : HHI,
        .months = (int)json_integer_value(json_object_get(req->json, "months")),
        .paid_on = request_text(req, "paid_on"),
    };
    struct quote_person person = {
        .income = json_integer_value(json_object_get(req->json, "income")),
        .position = (int)json_integer_value(json_object_get(req->json, "position")),
        .born = PQgetvalue(facts, 0, BIRTH),
        .sponsor_hundredths =
            (int)json_integer_value(json_object_get(req->json, "sponsor_percent")) * 100,
    };
    struct rate_book book = quote_book(req, facts, BOOK);
    int first = 1;
    book.island = *PQgetvalue(facts, 0, ISLAND) == 't';
    quote_groups(json_object_get(req->json, "groups"), &person);
    quote_facts(quote_json(req, facts, FACTS), &person, &first);
    quote_price(&terms, &person, &book, &first, quote);
    if (quote->verdict == QUOTE_TOO_YOUNG) {
        bool known = request_text(req, "person_id") != NULL;
        return fail_at(req, RULE_BROKEN, "pointer", known ? "/person_id" : "/person/date_of_birth",
                       FLAW_TOO_YOUNG, arena_printf(req->arena, "%d", (int)quote->figure));
    }
    return quote_refuse(req, &terms, quote, "");
}

static const char *figure(struct request *req, int64_t value)
{
    return arena_printf(req->arena, "%lld", (long long)value);
}

static bool tell_enrolment(struct request *req, const char *id, const char *person,
                           const struct quote *quote)
{
    return tell(req, SQL_ENROLMENT_CREATE,
                PARAMS(id, person, request_text(req, "scheme"), integer_text(req, "months"),
                       request_text(req, "paid_on"), won_by(req, "officer_id"),
                       won_by(req, "association_id"), figure(req, quote->contribution),
                       figure(req, quote_amount(quote, PARTICIPANT)), quote->group,
                       quote->position ? figure(req, quote->position) : NULL,
                       quote->income ? figure(req, quote->income) : NULL,
                       figure(req, quote->support_months))) &&
           tell(req, SQL_ENROLMENT_POST, PARAMS(id, quote_lines(req, quote)));
}

/* Enrols a person of the register and posts it: it covers and counts from here on. `source` is the
 * member of the body that says who. */
static bool enrol(struct request *req, const char *person, const char *source)
{
    struct quote quote;
    const char *id = request_new_id(req);
    const PGresult *facts =
        ask(req, SQL_ENROLMENT_PRICE_FACTS,
            PARAMS(person, request_text(req, "paid_on"), request_text(req, "scheme")));
    if (!facts) {
        return false;
    }
    if (PQntuples(facts) == 0) {
        return fail_at(req, NOT_FOUND, "pointer", source, FLAW_NOT_FOUND, NULL);
    }
    if (json_object_get(req->json, "person") && !is_nobody_else(req)) {
        return false;
    }
    if (!price(req, facts, &quote) || !tell_enrolment(req, id, person, &quote)) {
        return false;
    }
    const PGresult *row = ask(req, SQL_ENROLMENT_GET, PARAMS(id));
    if (!row || PQntuples(row) == 0) {
        return row ? fail(req, NOT_FOUND) : false;
    }
    reply_header(req, "Location", arena_printf(req->arena, "/v1/enrolments/%s", id));
    return reply_row(req, 201, row, PQnfields(row));
}

static bool birth_and_numbers_fit(struct request *req, const json_t *person,
                                  const struct birth *birth)
{
    return birth_fits(req, birth, request_text(req, "paid_on")) && numbers_fit(req, person, birth);
}

bool enrolment_create(struct request *req)
{
    const json_t *person = json_object_get(req->json, "person");
    if (!paid_on_fits(req, request_text(req, "paid_on")) || !months_fit_scheme(req)) {
        return false;
    }
    if (!person) {
        return enrol(req, request_text(req, "person_id"), "/person_id");
    }
    struct birth birth = birth_of(json_string_value(json_object_get(person, "date_of_birth")));
    if (!birth_and_numbers_fit(req, person, &birth)) {
        return false;
    }
    const char *id = register_person(req, &birth);
    return id && enrol(req, id, "/hamlet_id");
}

/* The gate knows who may do what to an enrolment in which status. */
static bool decide(struct request *req, const char *becomes)
{
    const char *id = request_path_value(req, "id");
    return tell(req, SQL_ENROLMENT_DECIDE,
                PARAMS(id, becomes, request_text(req, "reason"), precondition_versions(req))) &&
           answer_changed(req, 200, SQL_ENROLMENT_GET, PARAMS(id));
}

/* What the collector declared of the time before is confirmed with it. */
bool enrolment_accept(struct request *req)
{
    return decide(req, "accepted") &&
           tell(req, SQL_PARTICIPATION_CONFIRM, PARAMS(request_path_value(req, "id")));
}

bool enrolment_reject(struct request *req)
{
    return decide(req, "rejected");
}

bool enrolment_void(struct request *req)
{
    return decide(req, "voided");
}
