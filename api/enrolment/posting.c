/* Posting. */
#include "api/enrolment/posting.h"

#include <string.h>
#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "api/enrolment/quote.h"
#include "middleware/problem.h"

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
