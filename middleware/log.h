/* The log: one JSON object a line on stderr. Never a token, a name, an identity number or a query
 * value goes in; a request is told by its route template. */
#ifndef ANSINH_LOG_H
#define ANSINH_LOG_H

#include "middleware/request.h"

/* One event of the process itself; `detail` may be NULL. */
void log_event(const char *level, const char *message, const char *detail);
/* The line of a finished request. */
void log_request(const struct request *req);

#endif
