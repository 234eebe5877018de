/* Sessions: signing in, staying signed in, and ending it.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_SESSION_H
#define ANSINH_SESSION_H

#include "middleware/request.h"

bool session_create(struct request *req);
bool session_refresh(struct request *req);
bool session_list(struct request *req);
bool session_delete(struct request *req);
bool session_delete_all(struct request *req);

#endif
