/* The audit: who looked at whom, and why.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_AUDIT_H
#define ANSINH_AUDIT_H

#include "middleware/request.h"

bool audit_list(struct request *req);

#endif
