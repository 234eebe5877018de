/* Plans: what is counted, when, and by whose decision.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_PLAN_H
#define ANSINH_PLAN_H

#include "middleware/request.h"

bool indicator_list(struct request *req);
bool plan_list(struct request *req);
bool plan_get(struct request *req);
bool plan_create(struct request *req);

#endif
