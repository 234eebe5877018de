/* Populations. */
#include "api/target/population.h"

#include "api/target/figure.h"

bool population_list(struct request *req)
{
    static const struct figure_lists lists = {SQL_POPULATION_LIST, SQL_POPULATION_LIST_OF_UNIT,
                                              SQL_POPULATION_LIST_OF_KIND};
    return figure_list(req, "kind", &lists);
}

bool population_create(struct request *req)
{
    return figure_record(req, SQL_POPULATION_CREATE,
                         PARAMS(request_number(req, "unit_id"), request_text(req, "kind"),
                                request_text(req, "on"), request_number(req, "people"),
                                request_text(req, "source"), request_text(req, "decision_number"),
                                figure_truth(req, "illustrative")));
}

bool population_import(struct request *req)
{
    return figure_import(req, SQL_POPULATION_IMPORT);
}
