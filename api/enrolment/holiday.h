/* Holidays: on which days no office works.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_HOLIDAY_H
#define ANSINH_HOLIDAY_H

#include "middleware/request.h"

bool holiday_list(struct request *req);
bool holiday_create(struct request *req);

#endif
