/* People. */
#include "api/people/person.h"

#include "middleware/page.h"
#include "middleware/permit.h"
#include "middleware/problem.h"
#include "middleware/text.h"
#include "middleware/transaction.h"

static const struct page_key first_name = {"", "00000000-0000-0000-0000-000000000000"};

bool person_search(struct request *req)
{
    struct page_key key;
    const char *words = text_key(req->arena, request_query(req, "q"));
    if (!*words) {
        return fail_at(req, INVALID_REQUEST, "parameter", "q", FLAW_PATTERN, "[a-z0-9]");
    }
    return page_key(req, first_name, &key) &&
           answer_page(req, page_limit(req), SQL_PERSON_SEARCH,
                       PARAMS(words, key.first, key.second, page_rows(req)));
}

/* ?reveal=identity shows the numbers in full: to a duty that needs them, for a purpose it names. */
bool person_get(struct request *req)
{
    const char *id = request_path_value(req, "id");
    const char *purpose = request_query(req, "purpose");
    if (!request_query(req, "reveal")) {
        return answer_row(req, 200, SQL_PERSON_GET, PARAMS(id));
    }
    if (!purpose) {
        return fail_at(req, INVALID_REQUEST, "parameter", "purpose", FLAW_REQUIRED, NULL);
    }
    return permit_also(req, IDENTITY_REVEAL) &&
           answer_row(req, 200, SQL_PERSON_REVEAL, PARAMS(id, purpose));
}
