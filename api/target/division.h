/* Divisions: a holder gives parts of its number, cut by cut.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_DIVISION_H
#define ANSINH_DIVISION_H

#include "middleware/request.h"

bool assignment_split(struct request *req);
bool assignment_declare(struct request *req);
bool declaration_list(struct request *req);
bool division_list(struct request *req);

#endif
