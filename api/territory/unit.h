/* Units: the tree from the nation to the hamlet.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_UNIT_H
#define ANSINH_UNIT_H

#include "middleware/request.h"

bool unit_list(struct request *req);
bool unit_create(struct request *req);
bool unit_get(struct request *req);
bool unit_ancestors(struct request *req);
bool unit_successors(struct request *req);
bool unit_predecessors(struct request *req);
bool unit_event_list(struct request *req);

#endif
