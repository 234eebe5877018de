/* Remittances: collected money on its way to the fund's account, and what the office received.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_REMITTANCE_H
#define ANSINH_REMITTANCE_H

#include "middleware/request.h"

bool remittance_list(struct request *req);
bool remittance_create(struct request *req);
bool remittance_get(struct request *req);
bool remittance_reconcile(struct request *req);

#endif
