/* The groups of participants that law treats differently.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_PARTICIPANT_GROUP_H
#define ANSINH_PARTICIPANT_GROUP_H

#include "middleware/request.h"

bool participant_group_list(struct request *req);

#endif
