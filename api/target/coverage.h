/* Coverage: how many of those who live in a unit are covered, as reported.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_COVERAGE_H
#define ANSINH_COVERAGE_H

#include "middleware/request.h"

bool coverage_get(struct request *req);

#endif
