/* Slow clients: one thread, some of them every five milliseconds, as they know nothing of each other. */
#include "tests/load/slow_load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "middleware/arena.h"

enum { PARTS = 200, PART_MS = 1000 / PARTS };

struct slow_load {
    unsigned port;
    int clients;
    int *sockets;
    atomic_bool stopping;
    pthread_t thread;
};

static int begin(unsigned port)
{
    static const char head[] = "GET /v1/me HTTP/1.1\r\nHost: localhost\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) ||
        send(fd, head, sizeof head - 1, MSG_NOSIGNAL) < 0) {
        perror("bench: a slow client cannot connect");
        exit(1);
    }
    return fd;
}

static void drip(struct slow_load *slow, int i)
{
    char bytes[1024];
    ssize_t got = recv(slow->sockets[i], bytes, sizeof bytes, MSG_DONTWAIT);
    bool gone = got >= 0 || errno != EAGAIN;
    if (gone || send(slow->sockets[i], "X: a\r\n", 6, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        close(slow->sockets[i]);
        slow->sockets[i] = begin(slow->port);
    }
}

static void *drip_on(void *own)
{
    struct slow_load *slow = own;
    for (int part = 0; !atomic_load(&slow->stopping); part = (part + 1) % PARTS) {
        for (int i = part; i < slow->clients; i += PARTS) {
            drip(slow, i);
        }
        poll(NULL, 0, PART_MS);
    }
    return NULL;
}

struct slow_load *slow_start(unsigned port, int clients)
{
    struct slow_load *slow = memory_or_stop(sizeof *slow);
    slow->port = port;
    slow->clients = clients;
    slow->sockets = memory_or_stop((size_t)clients * sizeof *slow->sockets);
    for (int i = 0; i < clients; i++) {
        slow->sockets[i] = begin(port);
    }
    if (pthread_create(&slow->thread, NULL, drip_on, slow)) {
        exit(1);
    }
    return slow;
}

void slow_stop(struct slow_load *slow)
{
    atomic_store(&slow->stopping, true);
    pthread_join(slow->thread, NULL);
    for (int i = 0; i < slow->clients; i++) {
        close(slow->sockets[i]);
    }
    free(slow->sockets);
    free(slow);
}
