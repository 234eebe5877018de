/* Cash: the participants' money in the hands of collectors and organisations.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_CASH_H
#define ANSINH_CASH_H

#include "middleware/request.h"

bool cash_list(struct request *req);
bool cash_entry_list(struct request *req);
bool cash_handover_create(struct request *req);

#endif
