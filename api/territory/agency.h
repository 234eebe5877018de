/* Collection organisations: post offices, banks and others who collect for the offices by contract.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_AGENCY_H
#define ANSINH_AGENCY_H

#include <libpq-fe.h>

#include "middleware/request.h"

bool agency_list(struct request *req);
bool agency_create(struct request *req);
bool agency_get(struct request *req);
bool agency_update(struct request *req);

/* What an organisation or a collector is after the first statement told, which was to change it, out of
 * a row that ends in `held`: somebody else's is FORBIDDEN, one that has ended is ENDED. */
bool reply_kept(struct request *req, const PGresult *row);

#endif
