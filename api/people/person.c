/* People. */
#include "api/people/person.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "api/people/person_rules.h"
#include "middleware/page.h"
#include "middleware/permit.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/text.h"
#include "middleware/transaction.h"

static const struct page_key first_name = {"", "00000000-0000-0000-0000-000000000000"};

static bool search(struct request *req, const char *q)
{
    struct page_key key;
    char digits[NUMBER_MOST + 1];
    bool number = digits_of(q, digits, sizeof digits);
    const char *words = text_key(req->arena, q);
    if (!*words) {
        return fail_at(req, INVALID_REQUEST, "parameter", "q", FLAW_PATTERN, "[a-z0-9]");
    }
    return page_key(req, first_name, &key) &&
           answer_page(req, page_limit(req), number ? SQL_PERSON_SEARCH_NUMBER : SQL_PERSON_SEARCH,
                       PARAMS(number ? arena_strdup(req->arena, digits) : words, key.first,
                              key.second, page_rows(req)));
}

bool person_search(struct request *req)
{
    struct page_key key;
    const char *q = request_query(req, "q");
    const char *household = request_query(req, "household");
    if (q && household) {
        return fail_at(req, INVALID_REQUEST, "parameter", "q", FLAW_EITHER, "household");
    }
    if (q) {
        return search(req, q);
    }
    if (!household) {
        return fail_at(req, INVALID_REQUEST, "parameter", "q", FLAW_REQUIRED, NULL);
    }
    return page_key(req, first_name, &key) &&
           answer_page(req, page_limit(req), SQL_PERSON_SEARCH_HOUSEHOLD,
                       PARAMS(household, key.first, key.second, page_rows(req)));
}

/* ?reveal= shows numbers in full, or what is sensitive: to a duty that needs it, for a purpose. */
bool person_get(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const char *reveal = request_query(req, "reveal");
    const char *purpose = request_query(req, "purpose");
    if (!reveal) {
        return answer_row(req, 200, SQL_PERSON_GET, PARAMS(id));
    }
    if (!purpose) {
        return fail_at(req, INVALID_REQUEST, "parameter", "purpose", FLAW_REQUIRED, NULL);
    }
    enum sql_id shown =
        strcmp(reveal, "identity") == 0 ? SQL_PERSON_REVEAL : SQL_PERSON_REVEAL_SENSITIVE;
    return permit_also(req, IDENTITY_REVEAL) && answer_row(req, 200, shown, PARAMS(id, purpose));
}

static bool not_in_future(struct request *req, const char *date, const char *pointer)
{
    char today[11];
    business_date(time(NULL), today);
    return strcmp(date, today) <= 0 ||
           fail_at(req, RULE_BROKEN, "pointer", pointer, FLAW_IN_FUTURE, NULL);
}

/* With birth and sex, when the body names them; a number is held against the stored ones otherwise. */
static bool number_fits(struct request *req, const struct birth *birth)
{
    const char *number = request_text(req, "personal_id_number");
    const char *sex = request_text(req, "sex");
    return !number || !birth || !sex ||
           personal_number_fits(number, (int)strtol(birth->date, NULL, 10),
                                strcmp(sex, "female") == 0) ||
           fail_at(req, RULE_BROKEN, "pointer", "/personal_id_number", FLAW_NUMBER, NULL);
}

/* Queues the new person with its numbers and what is sensitive. */
static bool tell_new(struct request *req, const char *id, const struct birth *birth)
{
    const char *name = request_text(req, "full_name");
    const char *personal = request_text(req, "personal_id_number");
    const char *social = request_text(req, "social_insurance_number");
    const char *ethnicity = request_text(req, "ethnicity");
    bool confirmed = json_is_true(json_object_get(req->json, "duplicate_confirmed"));
    return tell(req, SQL_PERSON_CREATE,
                PARAMS(id, name, text_key(req->arena, name), birth->date, birth->precision,
                       request_text(req, "sex"), request_number(req, "hamlet_id"), personal, social,
                       request_text(req, "phone"))) &&
           tell(req, SQL_PERSON_CLAIM,
                PARAMS(id, personal, social, confirmed ? "true" : "false")) &&
           (!ethnicity || tell(req, SQL_PERSON_ETHNICITY, PARAMS(id, ethnicity)));
}

bool person_create(struct request *req)
{
    struct birth birth = birth_of(request_text(req, "date_of_birth"));
    const char *id = request_new_id(req);
    if (!not_in_future(req, birth.date, "/date_of_birth") || !number_fits(req, &birth) ||
        !tell_new(req, id, &birth)) {
        return false;
    }
    const PGresult *row = ask(req, SQL_PERSON_GET, PARAMS(id));
    if (row && PQntuples(row) > 0 && told_rows(req, 1) > 0) {
        return fail_with(req, POSSIBLE_DUPLICATE, "candidates", told(req, 1));
    }
    return reply_created(req, "people", id, row, "/hamlet_id");
}

static bool change_fits(struct request *req, const struct birth *birth)
{
    const char *died_on = request_text(req, "died_on");
    return (!birth || not_in_future(req, birth->date, "/date_of_birth")) &&
           (!died_on || not_in_future(req, died_on, "/died_on")) && number_fits(req, birth);
}

/* Of a visible person in the right version: the hamlet does not exist, or another record took over. */
static bool not_changed(struct request *req)
{
    return json_object_get(req->json, "hamlet_id")
               ? fail_at(req, NOT_FOUND, "pointer", "/hamlet_id", FLAW_NOT_FOUND, NULL)
               : fail(req, WRONG_STATUS);
}

bool person_update(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const char *body = request_body_text(req);
    const char *name = request_text(req, "full_name");
    const char *born = request_text(req, "date_of_birth");
    struct birth birth = born ? birth_of(born) : (struct birth){.precision = NULL};
    if (!change_fits(req, born ? &birth : NULL) ||
        !tell(req, SQL_PERSON_UPDATE,
              PARAMS(id, body, name, name ? text_key(req->arena, name) : NULL,
                     born ? birth.date : NULL, birth.precision, precondition_versions(req))) ||
        !tell(req, SQL_PERSON_FOLLOW, PARAMS(id, body))) {
        return false;
    }
    const PGresult *row = ask(req, SQL_PERSON_GET, PARAMS(id));
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) {
        return fail(req, NOT_FOUND);
    }
    bool changed = told_rows(req, 0) > 0;
    if (!changed && precondition_fits(req, row)) {
        return not_changed(req);
    }
    return reply_row(req, 200, row, PQnfields(row)) && changed; /* a 412 carries the ETag too */
}

bool person_merge(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const char *duplicate = request_text(req, "duplicate_id");
    const PGresult *merged =
        ask(req, SQL_PERSON_MERGE, PARAMS(id, duplicate, request_text(req, "reason")));
    if (!merged) {
        return false;
    }
    if (PQntuples(merged) == 0 || strcmp(PQgetvalue(merged, 0, 0), "t") != 0) {
        return fail(req, NOT_FOUND);
    }
    return answer_row(req, 200, SQL_PERSON_GET, PARAMS(id));
}
