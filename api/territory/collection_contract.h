/* Contracts with collection organisations.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_COLLECTION_CONTRACT_H
#define ANSINH_COLLECTION_CONTRACT_H

#include "middleware/request.h"

bool collection_contract_list(struct request *req);
bool collection_contract_create(struct request *req);
bool collection_contract_get(struct request *req);
bool collection_contract_end(struct request *req);

#endif
