/* Posting. */
#include "api/enrolment/posting.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "api/enrolment/quote.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool posting_paid_on_fits(struct request *req, const char *paid_on)
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

static int number_of(const json_t *object, const char *name)
{
    return (int)json_integer_value(json_object_get(object, name));
}

bool posting_price(struct request *req, const struct posting *posting, const PGresult *facts,
                   struct quote *quote)
{
    struct quote_terms terms = {
        .scheme = strcmp(posting->scheme, "vsi") == 0 ? VSI : HHI,
        .method = posting->method,
        .months = posting->months,
        .paid_on = posting->paid_on,
    };
    struct quote_person person = {
        .income = json_integer_value(json_object_get(posting->asked, "income")),
        .position = number_of(posting->asked, "position"),
        .born = PQgetvalue(facts, 0, FACT_BIRTH),
        .sponsor_hundredths = number_of(posting->asked, "sponsor_percent") * 100,
    };
    struct rate_book book = quote_book(req, facts, FACT_BOOK);
    int first = 1;
    book.island = *PQgetvalue(facts, 0, FACT_ISLAND) == 't';
    quote_groups(json_object_get(posting->asked, "groups"), &person);
    quote_facts(quote_json(req, facts, FACT_FACTS), &person, &first);
    quote_price(&terms, &person, &book, &first, quote);
    if (quote->verdict == QUOTE_DIED) {
        return fail_at(req, RULE_BROKEN, "pointer", posting->person, FLAW_DIED, NULL);
    }
    if (quote->verdict == QUOTE_TOO_YOUNG) {
        return fail_at(req, RULE_BROKEN, "pointer", posting->person, FLAW_TOO_YOUNG,
                       posting_figure(req, quote->figure));
    }
    return quote_refuse(req, &terms, quote, posting->pointer);
}

const char *posting_figure(struct request *req, int64_t value)
{
    return arena_printf(req->arena, "%lld", (long long)value);
}

const char *posting_paid_by(struct request *req)
{
    const char *asked = request_text(req, "paid_by");
    bool agent = req->caller.slice == SLICE_AGENCY || req->caller.slice == SLICE_COLLECTOR;
    if (!agent && asked && strcmp(asked, "transfer") != 0) {
        fail_at(req, RULE_BROKEN, "pointer", "/paid_by", FLAW_ENUM, "transfer");
        return NULL;
    }
    return asked ? asked : agent ? "cash" : "transfer";
}

const char *posting_receipt(const char *paid_by, const struct quote *quote, const char *receipt)
{
    return strcmp(paid_by, "cash") == 0 && quote_amount(quote, PARTICIPANT) > 0 ? receipt : NULL;
}

/* --- drafts ---------------------------------------------------------------------------------- */

/* Columns behind those of the price. */
enum {
    DRAFT_ASKED = PRICE_FACT_COLUMNS,
    DRAFT_SCHEME,
    DRAFT_METHOD,
    DRAFT_MONTHS,
    DRAFT_PAID_ON,
    DRAFT_STATUS
};

static bool fail_draft(struct request *req, enum problem_kind kind, const char *pointer)
{
    return *pointer ? fail_at(req, kind, "pointer", pointer, FLAW_NOT_FOUND, NULL)
                    : fail(req, kind);
}

/* Whether a draft is there and can be priced for its person. */
static bool is_draft(struct request *req, const PGresult *facts, const char *pointer)
{
    if (PQntuples(facts) == 0) {
        return fail_draft(req, NOT_FOUND, pointer);
    }
    if (strcmp(PQgetvalue(facts, 0, DRAFT_STATUS), "draft") != 0) {
        return fail_draft(req, WRONG_STATUS, pointer);
    }
    return !PQgetisnull(facts, 0, FACT_FACTS) || fail_draft(req, NOT_FOUND, pointer);
}

bool posting_draft(struct request *req, const char *id, const char *paid_on, const char *pointer,
                   struct draft *draft)
{
    const PGresult *facts = ask(req, SQL_ENROLMENT_DRAFT_FACTS, PARAMS(id, paid_on));
    if (!facts || !is_draft(req, facts, pointer)) {
        return false;
    }
    draft->posting = (struct posting){
        .id = id,
        .scheme = PQgetvalue(facts, 0, DRAFT_SCHEME),
        .method = quote_method_of(PQgetvalue(facts, 0, DRAFT_METHOD)),
        .months = (int)strtol(PQgetvalue(facts, 0, DRAFT_MONTHS), NULL, 10),
        .paid_on = PQgetvalue(facts, 0, DRAFT_PAID_ON),
        .asked = quote_json(req, facts, DRAFT_ASKED),
        .pointer = pointer,
        .person = *pointer ? pointer : "/person_id",
    };
    return posting_paid_on_fits(req, draft->posting.paid_on) &&
           posting_price(req, &draft->posting, facts, &draft->quote);
}

void posting_submit_values(struct request *req, const struct draft *draft, const char *paid_by,
                           const char *receipt, const char *values[SUBMIT_VALUES])
{
    const struct quote *quote = &draft->quote;
    const char *const all[SUBMIT_VALUES] = {
        draft->posting.id,
        draft->posting.paid_on,
        posting_figure(req, quote->contribution),
        posting_figure(req, quote_amount(quote, PARTICIPANT)),
        quote->group,
        quote->position ? posting_figure(req, quote->position) : NULL,
        quote->income ? posting_figure(req, quote->income) : NULL,
        posting_figure(req, quote->support_months),
        paid_by,
        posting_receipt(paid_by, quote, receipt),
        precondition_versions(req),
    };
    memcpy(values, all, sizeof all);
}
