/* Amendments: the giver changes a number that it gave, or takes it back.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_AMENDMENT_H
#define ANSINH_AMENDMENT_H

#include "middleware/request.h"

bool assignment_amend(struct request *req);
bool assignment_withdraw(struct request *req);

#endif
