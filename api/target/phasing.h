/* Phasing: a number is divided over the months of its period.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_PHASING_H
#define ANSINH_PHASING_H

#include "middleware/request.h"

bool assignment_phase(struct request *req);

#endif
