/* The socket to listen on. */
#ifndef ANSINH_LISTEN_H
#define ANSINH_LISTEN_H

/* Binds a numeric address; port 0 is any free one. -1 when that is not possible. */
int listen_on(const char *host, unsigned port);
/* The n-th socket that the supervisor (systemd) gave us, or -1: it keeps listening while we restart. */
int listen_inherited(int n);
/* The port that a listening socket has; 0 when it has none. */
unsigned listen_port(int fd);

#endif
