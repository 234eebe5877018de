/* Thresholds: from which coverage on a unit meets a standard.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_THRESHOLD_H
#define ANSINH_THRESHOLD_H

#include "middleware/request.h"

bool threshold_list(struct request *req);
bool threshold_create(struct request *req);

#endif
