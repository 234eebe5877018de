/* Rates: what the law says in numbers, by date.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_RATE_H
#define ANSINH_RATE_H

#include "middleware/request.h"

bool rate_key_list(struct request *req);
bool rate_list(struct request *req);
bool rate_create(struct request *req);
bool rate_end(struct request *req);

#endif
