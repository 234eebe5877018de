/* Enrolments: people join or renew voluntary social insurance or household health insurance.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_ENROLMENT_H
#define ANSINH_ENROLMENT_H

#include "middleware/request.h"

bool enrolment_list(struct request *req);
bool enrolment_create(struct request *req);
bool enrolment_get(struct request *req);
bool enrolment_submit(struct request *req);
bool enrolment_accept(struct request *req);
bool enrolment_reject(struct request *req);
bool enrolment_issue(struct request *req);
bool enrolment_void(struct request *req);
bool enrolment_credit(struct request *req);

#endif
