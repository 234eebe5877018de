/* Decisions: what plans, divisions and amendments rest on.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_DECISION_H
#define ANSINH_DECISION_H

#include "middleware/request.h"

bool decision_list(struct request *req);
bool decision_create(struct request *req);
bool decision_get(struct request *req);

#endif
