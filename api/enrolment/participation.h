/* The opening balance: who takes part already when the service begins, as an office's file or a
 * collector at the door says. Meaning, shapes and errors of each handler: the operation of the same
 * name in openapi/. */
#ifndef ANSINH_PARTICIPATION_H
#define ANSINH_PARTICIPATION_H

#include "middleware/request.h"

bool participation_get(struct request *req);
bool participation_declare(struct request *req);
bool participation_import(struct request *req);
bool participation_void(struct request *req);

#endif
