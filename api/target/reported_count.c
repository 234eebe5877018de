/* Reported counts. */
#include "api/target/reported_count.h"

#include "api/target/figure.h"
#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool payer_group_list(struct request *req)
{
    return answer_items(req, SQL_PAYER_GROUP_LIST, 0, NULL);
}

/* One statement for each filter that an index serves. */
bool reported_count_list(struct request *req)
{
    struct page_key key;
    const char *unit = request_query(req, "unit");
    const char *indicator = request_query(req, "indicator");
    if (!page_key_newest(req, &key)) {
        return false;
    }
    if (!unit) {
        return indicator ? fail_at(req, INVALID_REQUEST, "parameter", "unit", FLAW_REQUIRED, NULL)
                         : answer_page(req, page_limit(req), SQL_REPORTED_COUNT_LIST,
                                       PARAMS(key.first, key.second, page_rows(req)));
    }
    return indicator ? answer_page(req, page_limit(req), SQL_REPORTED_COUNT_LIST_OF_INDICATOR,
                                   PARAMS(unit, indicator, key.first, key.second, page_rows(req)))
                     : answer_page(req, page_limit(req), SQL_REPORTED_COUNT_LIST_OF_UNIT,
                                   PARAMS(unit, key.first, key.second, page_rows(req)));
}

bool reported_count_create(struct request *req)
{
    const char *payer_group = request_text(req, "payer_group");
    return figure_record(req, SQL_REPORTED_COUNT_CREATE,
                         PARAMS(figure_number(req, "unit_id"), request_text(req, "indicator"),
                                payer_group ? payer_group : "all", request_text(req, "on"),
                                figure_number(req, "people"), request_text(req, "source")));
}

bool reported_count_import(struct request *req)
{
    return figure_import(req, SQL_REPORTED_COUNT_IMPORT);
}
