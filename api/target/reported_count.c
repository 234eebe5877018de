/* Reported counts. */
#include "api/target/reported_count.h"

#include "api/target/figure.h"

bool payer_group_list(struct request *req)
{
    return answer_items(req, SQL_PAYER_GROUP_LIST, 0, NULL);
}

bool reported_count_list(struct request *req)
{
    static const struct figure_lists lists = {SQL_REPORTED_COUNT_LIST,
                                              SQL_REPORTED_COUNT_LIST_OF_UNIT,
                                              SQL_REPORTED_COUNT_LIST_OF_INDICATOR};
    return figure_list(req, "indicator", &lists);
}

bool reported_count_create(struct request *req)
{
    const char *payer_group = request_text(req, "payer_group");
    return figure_record(req, SQL_REPORTED_COUNT_CREATE,
                         PARAMS(request_number(req, "unit_id"), request_text(req, "indicator"),
                                payer_group ? payer_group : "all", request_text(req, "on"),
                                request_number(req, "people"), request_text(req, "source"),
                                request_text(req, "from"), request_text(req, "exactness"),
                                figure_truth(req, "illustrative")));
}

bool reported_count_import(struct request *req)
{
    return figure_import(req, SQL_REPORTED_COUNT_IMPORT);
}
