/* Refunds of unused months.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_REFUND_H
#define ANSINH_REFUND_H

#include "middleware/request.h"

bool refund_quote(struct request *req);
bool refund_create(struct request *req);

#endif
