/* Progress: what was achieved of what was assigned, at every tier.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_PROGRESS_H
#define ANSINH_PROGRESS_H

#include "middleware/request.h"

bool progress_get(struct request *req);
bool progress_rank_get(struct request *req);

#endif
