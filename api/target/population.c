/* Populations. */
#include "api/target/population.h"

#include "api/target/figure.h"
#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

/* One statement for each filter that an index serves. */
bool population_list(struct request *req)
{
    struct page_key key;
    const char *unit = request_query(req, "unit");
    const char *kind = request_query(req, "kind");
    if (!page_key_newest(req, &key)) {
        return false;
    }
    if (!unit) {
        return kind ? fail_at(req, INVALID_REQUEST, "parameter", "unit", FLAW_REQUIRED, NULL)
                    : answer_page(req, page_limit(req), SQL_POPULATION_LIST,
                                  PARAMS(key.first, key.second, page_rows(req)));
    }
    return kind ? answer_page(req, page_limit(req), SQL_POPULATION_LIST_OF_KIND,
                              PARAMS(unit, kind, key.first, key.second, page_rows(req)))
                : answer_page(req, page_limit(req), SQL_POPULATION_LIST_OF_UNIT,
                              PARAMS(unit, key.first, key.second, page_rows(req)));
}

bool population_create(struct request *req)
{
    return figure_record(req, SQL_POPULATION_CREATE,
                         PARAMS(figure_number(req, "unit_id"), request_text(req, "kind"),
                                request_text(req, "on"), figure_number(req, "people"),
                                request_text(req, "source"), request_text(req, "decision_number")));
}

bool population_import(struct request *req)
{
    return figure_import(req, SQL_POPULATION_IMPORT);
}
