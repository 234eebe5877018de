/* Assignments: who holds which part of a target.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_ASSIGNMENT_H
#define ANSINH_ASSIGNMENT_H

#include "middleware/request.h"

bool assignment_list(struct request *req);
bool assignment_get(struct request *req);
bool assignment_accept(struct request *req);
bool assignment_history(struct request *req);

#endif
