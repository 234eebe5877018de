/* Enrolments. */
#include "api/enrolment/enrolment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "api/enrolment/posting.h"
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

static bool birth_fits(struct request *req, const struct birth *birth, const char *paid_on)
{
    return strcmp(birth->date, paid_on) <= 0 ||
           fail_at(req, RULE_BROKEN, "pointer", "/person/date_of_birth", FLAW_IN_FUTURE, NULL);
}

/* Of a period; how many months a lump sum pays is for its price to say. */
static bool months_fit_method(struct request *req)
{
    enum quote_method method;
    long months = (long)json_integer_value(json_object_get(req->json, "months"));
    const char *scheme = request_text(req, "scheme");
    return quote_method(req, &method) &&
           (method != PERIODIC || months_fit(scheme, months) ||
            fail_at(req, RULE_BROKEN, "pointer", "/months", FLAW_ENUM,
                    strcmp(scheme, "vsi") == 0 ? "1, 3, 6, 12" : "3, 6, 12"));
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
                     PARAMS(id, request_number(req, "hamlet_id"), name, text_key(req->arena, name),
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

/* From here on it covers and counts, and has its receipt. */
static bool tell_posting(struct request *req, const char *id, const struct quote *quote,
                         const char *receipt)
{
    const char *lines = quote_lines(req, quote);
    return receipt ? tell(req, SQL_ENROLMENT_POST_PAID, PARAMS(id, lines, receipt))
                   : tell(req, SQL_ENROLMENT_POST, PARAMS(id, lines));
}

static const char *method(const struct request *req)
{
    const char *asked = request_text(req, "method");
    return asked ? asked : "period";
}

/* What was asked is kept until the draft is posted. */
static bool tell_draft(struct request *req, const char *id, const char *person)
{
    return tell(req, SQL_ENROLMENT_DRAFT,
                PARAMS(id, person, request_text(req, "scheme"), request_number(req, "months"),
                       request_text(req, "paid_on"), won_by(req, "officer_id"),
                       won_by(req, "association_id"), request_body_text(req), method(req)));
}

static bool tell_enrolment(struct request *req, const char *id, const char *person,
                           const struct quote *quote)
{
    const char *paid_by = posting_paid_by(req);
    if (json_is_true(json_object_get(req->json, "draft"))) {
        return tell_draft(req, id, person);
    }
    const char *receipt = paid_by ? posting_receipt(paid_by, quote, request_new_id(req)) : NULL;
    return paid_by &&
           tell(req, SQL_ENROLMENT_CREATE,
                PARAMS(id, person, request_text(req, "scheme"), request_number(req, "months"),
                       request_text(req, "paid_on"), won_by(req, "officer_id"),
                       won_by(req, "association_id"), posting_figure(req, quote->contribution),
                       posting_figure(req, quote_amount(quote, PARTICIPANT)), quote->group,
                       quote->position ? posting_figure(req, quote->position) : NULL,
                       quote->income ? posting_figure(req, quote->income) : NULL,
                       posting_figure(req, quote->support_months), paid_by, receipt,
                       method(req))) &&
           tell_posting(req, id, quote, receipt);
}

static bool price(struct request *req, const PGresult *facts, struct quote *quote)
{
    bool known = request_text(req, "person_id") != NULL;
    struct posting posting = {
        .scheme = request_text(req, "scheme"),
        .method = quote_method_of(request_text(req, "method")),
        .months = (int)json_integer_value(json_object_get(req->json, "months")),
        .paid_on = request_text(req, "paid_on"),
        .asked = req->json,
        .pointer = "",
        .person = known ? "/person_id" : "/person/date_of_birth",
    };
    return posting_price(req, &posting, facts, quote);
}

/* Enrols a person of the register. `source` is the member of the body that says who. */
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
    return reply_created(req, "enrolments", id, ask(req, SQL_ENROLMENT_GET, PARAMS(id)), NULL);
}

static bool birth_and_numbers_fit(struct request *req, const json_t *person,
                                  const struct birth *birth)
{
    return birth_fits(req, birth, request_text(req, "paid_on")) && numbers_fit(req, person, birth);
}

bool enrolment_create(struct request *req)
{
    const json_t *person = json_object_get(req->json, "person");
    if (!posting_paid_on_fits(req, request_text(req, "paid_on")) || !months_fit_method(req)) {
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

/* The draft is priced by the rates of the day on which the money was taken, and posted. */
bool enrolment_submit(struct request *req)
{
    struct draft draft;
    const char *values[SUBMIT_VALUES];
    const char *id = request_path_value(req, "id");
    const char *paid_by = posting_paid_by(req);
    if (!paid_by || !posting_draft(req, id, request_text(req, "paid_on"), "", &draft)) {
        return false;
    }
    posting_submit_values(req, &draft, paid_by, request_new_id(req), values);
    return tell(req, SQL_ENROLMENT_SUBMIT, SUBMIT_VALUES, values) &&
           tell_posting(req, id, &draft.quote, values[SUBMIT_RECEIPT]) &&
           answer_changed(req, 200, SQL_ENROLMENT_GET, PARAMS(id));
}

/* The gate knows who may do what to an enrolment in which status. */
static bool decide(struct request *req, const char *becomes)
{
    const char *id = request_path_value(req, "id");
    return tell(req, SQL_ENROLMENT_DECIDE,
                PARAMS(id, becomes, request_text(req, "reason"), precondition_versions(req),
                       request_text(req, "card_number"))) &&
           answer_changed(req, 200, SQL_ENROLMENT_GET, PARAMS(id));
}

bool enrolment_accept(struct request *req)
{
    return decide(req, "accepted");
}

bool enrolment_reject(struct request *req)
{
    return decide(req, "rejected");
}

bool enrolment_issue(struct request *req)
{
    return decide(req, "issued");
}

bool enrolment_void(struct request *req)
{
    return decide(req, "voided");
}

bool enrolment_credit(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const json_t *decision = json_object_get(req->json, "decision");
    if (request_text(req, "collector_id") && request_text(req, "agency_id")) {
        return fail_at(req, RULE_BROKEN, "pointer", "/agency_id", FLAW_EITHER, "collector_id");
    }
    return tell(req, SQL_ENROLMENT_CREDIT,
                PARAMS(id, precondition_versions(req), request_text(req, "collector_id"),
                       request_text(req, "agency_id"), request_text(req, "officer_id"),
                       request_text(req, "association_id"),
                       json_string_value(json_object_get(decision, "number")),
                       json_string_value(json_object_get(decision, "decided_on")),
                       request_text(req, "reason"))) &&
           answer_changed(req, 200, SQL_ENROLMENT_GET, PARAMS(id));
}
