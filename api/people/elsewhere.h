/* Questions about people who may live outside the slice: covered already? moved here?
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_ELSEWHERE_H
#define ANSINH_ELSEWHERE_H

#include "middleware/request.h"

bool coverage_lookup_create(struct request *req);
bool person_move_create(struct request *req);
bool person_move_list(struct request *req);
bool person_move_object(struct request *req);

#endif
