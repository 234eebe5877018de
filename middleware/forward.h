/* Who asks, when a proxy asks for them. */
#ifndef ANSINH_FORWARD_H
#define ANSINH_FORWARD_H

#include "middleware/request.h"

/* The nearest address that is none of our proxies: the peer's own or, where the peer is a proxy, what the
 * proxies wrote into X-Forwarded-For. From anybody else that header says nothing. */
const char *forward_peer(const struct request *req);

#endif
