/* Reported counts: how many are covered, as a report from outside says.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_REPORTED_COUNT_H
#define ANSINH_REPORTED_COUNT_H

#include "middleware/request.h"

bool payer_group_list(struct request *req);
bool reported_count_list(struct request *req);
bool reported_count_create(struct request *req);
bool reported_count_import(struct request *req);

#endif
