/* Units: the tree from the nation to the hamlet. */
#include "api/territory/unit.h"

#include <time.h>

#include "api/enrolment/enrolment_rules.h"
#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/text.h"
#include "middleware/transaction.h"

/* "{commune}", or every kind that can be asked for. */
static const char *kinds(struct request *req)
{
    const char *kind = request_query(req, "kind");
    return kind ? arena_printf(req->arena, "{%s}", kind)
                : "{nation,province,district,commune,hamlet}";
}

static const char *day_of(struct request *req)
{
    const char *at = request_query(req, "at");
    char *today = arena_alloc(req->arena, 11);
    business_date(time(NULL), today);
    return at ? at : today;
}

static bool search(struct request *req, const struct page_key *key)
{
    const char *words = text_key(req->arena, request_query(req, "q"));
    const char *parent = request_query(req, "parent");
    if (!*words) {
        return fail_at(req, INVALID_REQUEST, "parameter", "q", FLAW_PATTERN, "[a-z0-9]");
    }
    return answer_page(req, page_limit(req), SQL_UNIT_SEARCH,
                       PARAMS(day_of(req), words, kinds(req), parent ? parent : "1", key->first,
                              key->second, page_rows(req)));
}

/* One statement for each filter that an index serves; without a filter, what is directly below. */
bool unit_list(struct request *req)
{
    struct page_key key;
    const char *parent = request_query(req, "parent");
    const char *kind = request_query(req, "kind");
    const char *code = request_query(req, "code");
    const char *at = day_of(req);
    if (!page_key(req, (struct page_key){"", "0"}, &key)) {
        return false;
    }
    if (request_query(req, "q")) {
        return search(req, &key);
    }
    if (code) {
        return answer_page(req, page_limit(req), SQL_UNIT_BY_CODE,
                           PARAMS(at, code, kinds(req), key.first, key.second, page_rows(req)));
    }
    if (kind) {
        return answer_page(req, page_limit(req), SQL_UNIT_OF_KIND,
                           PARAMS(at, parent ? parent : "1", kind, key.first, key.second,
                                  page_rows(req)));
    }
    if (parent) {
        return answer_page(req, page_limit(req), SQL_UNIT_CHILDREN,
                           PARAMS(at, parent, key.first, key.second, page_rows(req)));
    }
    return answer_page(req, page_limit(req), SQL_UNIT_CHILDREN_OF_OWN,
                       PARAMS(at, key.first, key.second, page_rows(req)));
}

bool unit_get(struct request *req)
{
    return answer_row(req, 200, SQL_UNIT_GET, PARAMS(request_path_value(req, "id")));
}

bool unit_ancestors(struct request *req)
{
    return answer_some(req, SQL_UNIT_ANCESTORS, PARAMS(request_path_value(req, "id")));
}

bool unit_successors(struct request *req)
{
    return answer_row(req, 200, SQL_UNIT_SUCCESSORS, PARAMS(request_path_value(req, "id")));
}

bool unit_predecessors(struct request *req)
{
    return answer_row(req, 200, SQL_UNIT_PREDECESSORS, PARAMS(request_path_value(req, "id")));
}

bool unit_event_list(struct request *req)
{
    struct page_key key;
    const char *unit = request_query(req, "unit");
    if (!page_key(req, (struct page_key){"infinity", "0"}, &key)) {
        return false;
    }
    return unit ? answer_page(req, page_limit(req), SQL_UNIT_EVENT_LIST_OF_UNIT,
                              PARAMS(unit, key.first, key.second, page_rows(req)))
                : answer_page(req, page_limit(req), SQL_UNIT_EVENT_LIST,
                              PARAMS(key.first, key.second, page_rows(req)));
}

bool unit_create(struct request *req)
{
    const char *name = request_text(req, "name");
    const char *key = text_key(req->arena, name);
    if (!*key) {
        return fail_at(req, INVALID_REQUEST, "pointer", "/name", FLAW_PATTERN, "[a-z0-9]");
    }
    return answer_created(req, SQL_UNIT_CREATE, PARAMS(request_text(req, "form"), name, key));
}
