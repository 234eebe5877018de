/* Accounts: the own one, and those that a manager gave to others.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_USER_H
#define ANSINH_USER_H

#include "middleware/request.h"

bool user_me(struct request *req);
bool password_set(struct request *req);
bool user_list(struct request *req);
bool user_create(struct request *req);
bool user_get(struct request *req);
bool user_update(struct request *req);
bool user_reset(struct request *req);
bool user_revoke(struct request *req);

#endif
