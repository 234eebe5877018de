/* Associations: women's union, farmers' association and the other mass organisations of a place.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_ASSOCIATION_H
#define ANSINH_ASSOCIATION_H

#include "middleware/request.h"

bool association_list(struct request *req);
bool association_create(struct request *req);
bool association_get(struct request *req);

#endif
