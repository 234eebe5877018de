/* Remuneration: what collection organisations are paid for what they enrolled.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_REMUNERATION_H
#define ANSINH_REMUNERATION_H

#include "middleware/request.h"

bool remuneration_get(struct request *req);

#endif
