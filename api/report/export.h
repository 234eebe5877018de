/* Exports: any list as a file. */
#ifndef ANSINH_EXPORT_H
#define ANSINH_EXPORT_H

#include "api/report/job_work.h"

/* Meaning, shape and errors: the operation of the same name in openapi/. */
bool export_create(struct request *req);

/* Asks the list page by page and writes its file; false with the job's outcome. */
bool export_run(struct job *job);

/* The errand of a list with its filters (a JSON object); NULL where there is no such operation. */
struct request *export_errand(const struct service *service, const struct token_keys *keys,
                              const struct requester *who, const char *list, json_t *filters);

#endif
