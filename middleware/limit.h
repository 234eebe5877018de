/* How much a request may bring, and in which form. */
#ifndef ANSINH_LIMIT_H
#define ANSINH_LIMIT_H

#include "middleware/request.h"

/* Bytes of a body where the operation declares no x-body-limit. The service's own limit is what no
 * operation may exceed. */
enum { BODY_STANDARD = 256 * 1024 };

/* Stage, after the route is known: BODY_TOO_LARGE past the operation's limit, UNSUPPORTED_MEDIA_TYPE
 * for anything but the operation's media type (with charset utf-8 or none) where a body is expected. */
bool limit_check(struct request *req) must_check;

/* Stage, last before the body is read: BUSY when the bodies of all together would hold too much. */
bool limit_bodies(struct request *req) must_check;

/* What the body may have, as far as the request is known by now. */
size_t limit_of_body(const struct request *req);

#endif
