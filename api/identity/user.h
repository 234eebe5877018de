/* Accounts.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_USER_H
#define ANSINH_USER_H

#include "middleware/request.h"

bool user_me(struct request *req);

#endif
