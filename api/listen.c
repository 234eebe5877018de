/* The socket to listen on. */
#include "api/listen.h"

#include <fcntl.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

int listen_on(const char *host, unsigned port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST};
    struct addrinfo *address = NULL;
    char service[16];
    snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(host, service, &hints, &address)) {
        return -1;
    }
    int yes = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool good = fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) &&
                !bind(fd, address->ai_addr, address->ai_addrlen) && !listen(fd, BACKLOG);
    freeaddrinfo(address);
    if (!good && fd >= 0) {
        close(fd);
    }
    return good ? fd : -1;
}

int listen_inherited(int n)
{
    int fd = SD_LISTEN_FDS_START + n;
    if (n >= sd_listen_fds(0) || sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
        return -1;
    }
    /* Another server may be quicker to accept what we were woken for. */
    return fcntl(fd, F_SETFL, O_NONBLOCK) ? -1 : fd;
}

unsigned listen_port(int fd)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    char number[16] = "";
    if (getsockname(fd, (struct sockaddr *)&bound, &size) ||
        getnameinfo((struct sockaddr *)&bound, size, NULL, 0, number, sizeof number,
                    NI_NUMERICSERV)) {
        return 0;
    }
    return (unsigned)strtoul(number, NULL, 10);
}
