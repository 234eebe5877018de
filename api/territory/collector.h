/* Collectors: the people who go from door to door.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_COLLECTOR_H
#define ANSINH_COLLECTOR_H

#include "middleware/request.h"

bool collector_list(struct request *req);
bool collector_create(struct request *req);
bool collector_get(struct request *req);
bool collector_update(struct request *req);

#endif
