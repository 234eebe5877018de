/* Sessions: signing in.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_SESSION_H
#define ANSINH_SESSION_H

#include "middleware/request.h"

bool session_create(struct request *req);

#endif
