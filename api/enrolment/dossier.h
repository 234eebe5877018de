/* Dossiers: enrolments that are handed in together, and what the office says to each.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_DOSSIER_H
#define ANSINH_DOSSIER_H

#include "middleware/request.h"

bool dossier_form_list(struct request *req);
bool dossier_list(struct request *req);
bool dossier_get(struct request *req);
bool dossier_create(struct request *req);
bool dossier_resubmit(struct request *req);
bool dossier_decide(struct request *req);

#endif
