/* The shape of the HTTP message itself: what a proxy in front could read differently is refused. */
#ifndef ANSINH_FRAME_H
#define ANSINH_FRAME_H

#include "middleware/request.h"

/* Stage: lines end with CR LF and stand as they were sent, header names are tokens, values carry no
 * control characters, there is one Host and at most one Content-Length, Content-Type or Authorization,
 * and never a length together with a transfer coding. A refusal closes the connection. */
bool frame_check(struct request *req) must_check;

#endif
