/* What libmicrohttpd read off the wire becomes a request.
 *
 * libmicrohttpd tells neither of a bare LF nor of a NUL within the head, and joins folded lines in a way
 * of its own: messages that a proxy in front may read differently. But it leaves each part of the head
 * where it was read, so the places tell: each part must begin where the one before ended. */
#ifndef ANSINH_INTAKE_H
#define ANSINH_INTAKE_H

#include <microhttpd.h>

#include "middleware/request.h"

/* When the head is whole: method, protocol, headers and peer, and whether every part was in its place.
 * `method` and `target` are libmicrohttpd's own, req->target is the copy as it came. */
void intake_head(struct request *req, struct MHD_Connection *connection, const char *method,
                 const char *target, const char *protocol);

#endif
