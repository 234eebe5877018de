/* What machines and newcomers ask first: alive, ready, the contract, the documentation.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_PROBE_H
#define ANSINH_PROBE_H

#include "middleware/request.h"

bool probe_live(struct request *req);
bool probe_ready(struct request *req);
bool contract_show(struct request *req);
bool docs_show(struct request *req);

#endif
