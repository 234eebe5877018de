/* People: the register.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_PERSON_H
#define ANSINH_PERSON_H

#include "middleware/request.h"

bool person_search(struct request *req);
bool person_create(struct request *req);
bool person_get(struct request *req);
bool person_update(struct request *req);
bool person_merge(struct request *req);

#endif
