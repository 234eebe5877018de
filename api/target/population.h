/* Populations: how many people a unit has, as the statistics office or a decision says.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_POPULATION_H
#define ANSINH_POPULATION_H

#include "middleware/request.h"

bool population_list(struct request *req);
bool population_create(struct request *req);
bool population_import(struct request *req);

#endif
