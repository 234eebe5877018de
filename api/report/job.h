/* Jobs: exports and imports, which take longer than a request may.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_JOB_H
#define ANSINH_JOB_H

#include "middleware/request.h"

bool job_list(struct request *req);
bool job_get(struct request *req);
bool job_cancel(struct request *req);
bool job_verdict_list(struct request *req);
bool job_file_get(struct request *req);

/* For what starts one: 202 with the job that was made under this id. */
bool job_answer(struct request *req, const char *id);

#endif
