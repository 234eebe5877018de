/* The HTTP side: ulfius with one catch-all in front of serve(). */
#ifndef ANSINH_SERVER_H
#define ANSINH_SERVER_H

#include "middleware/service.h"
#include "middleware/visitor.h"

struct server;

struct server_options {
    const char *host;
    unsigned port; /* 0: any free one */
    int inherited; /* a socket that listens already, or -1 */
    struct visitor_limits limits;
};

/* Listens and serves in threads of its own. NULL after saying why on the log. */
struct server *server_start(const struct service *service, const struct server_options *options);
/* The port that is really listened on. */
unsigned server_port(const struct server *server);
/* How many are connected. */
int server_visitors(const struct server *server);
/* Accepts nothing new; who is connected may ask once more. */
void server_close(struct server *server);
/* Hangs up on who is still connected, waits for the handlers at work, then ends. */
void server_stop(struct server *server);

#endif
