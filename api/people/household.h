/* Households: who lives together, as what, and who did.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_HOUSEHOLD_H
#define ANSINH_HOUSEHOLD_H

#include "middleware/request.h"

bool household_list(struct request *req);
bool household_create(struct request *req);
bool household_get(struct request *req);
bool household_update(struct request *req);
bool household_join(struct request *req);
bool household_leave(struct request *req);
bool household_split(struct request *req);

#endif
