/* The request target: one spelling for each resource. */
#ifndef ANSINH_URL_H
#define ANSINH_URL_H

#include "middleware/request.h"

/* Stage: splits and decodes the target into path and query. TARGET_TOO_LONG past 8 KiB. Refused as
 * MALFORMED_REQUEST: NUL, blanks, control characters, an encoded slash, empty or dot segments, broken percent codes, invalid UTF-8,
 * a query pair without a name, more pairs than MAX_QUERY. */
bool url_parse(struct request *req) must_check;

#endif
