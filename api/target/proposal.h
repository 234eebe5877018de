/* Proposals: how an assignment could be divided, computed and not stored.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_PROPOSAL_H
#define ANSINH_PROPOSAL_H

#include "middleware/request.h"

bool assignment_propose(struct request *req);

#endif
