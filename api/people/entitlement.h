/* Entitlements: in which groups somebody is, by which decision. Sensitive; see person_get.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_ENTITLEMENT_H
#define ANSINH_ENTITLEMENT_H

#include "middleware/request.h"

bool entitlement_create(struct request *req);
bool entitlement_end(struct request *req);

#endif
