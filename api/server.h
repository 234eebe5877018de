/* The HTTP side: ulfius with one catch-all, and serve(), the way of every request. */
#ifndef ANSINH_SERVER_H
#define ANSINH_SERVER_H

#include "middleware/request.h"

struct server;

struct server_options {
    const char *host;
    unsigned port; /* 0: any free one */
    unsigned connection_limit;
};

/* Listens and serves in threads of its own. NULL after saying why on the log. */
struct server *server_start(const struct service *service, const struct server_options *options);
/* The port that is really listened on. */
unsigned server_port(const struct server *server);
/* Accepts nothing new, lets requests in flight finish (up to ten seconds), then ends. */
void server_stop(struct server *server);

/* Runs the stages, the handler and the transaction; leaves a reply in every case. The request has
 * its arena, its service and what came off the wire; everything else is filled here. */
void serve(struct request *req);

#endif
