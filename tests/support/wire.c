/* Raw bytes to a server. */
#include "tests/support/wire.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

int wire_open(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    struct timeval patience = {.tv_sec = 10};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

void wire_send(int fd, const char *bytes)
{
    size_t size = strlen(bytes);
    ck_assert_int_eq(send(fd, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
}

static size_t wanted_size(const char *reply)
{
    const char *body = strstr(reply, "\r\n\r\n");
    const char *length = strcasestr(reply, "\r\nContent-Length:");
    if (!body) {
        return 0;
    }
    return (size_t)(body + 4 - reply) +
           (length && length < body ? strtoul(length + 17, NULL, 10) : 0);
}

const char *wire_reply(int fd)
{
    static char reply[65536];
    size_t got = 0;
    reply[0] = '\0';
    while (got < sizeof reply - 1 && (!wanted_size(reply) || got < wanted_size(reply))) {
        ssize_t more = recv(fd, reply + got, sizeof reply - 1 - got, 0);
        if (more <= 0) {
            break;
        }
        got += (size_t)more;
        reply[got] = '\0';
    }
    return reply;
}

int wire_status(const char *reply)
{
    return strncmp(reply, "HTTP/1.1 ", 9) == 0 ? (int)strtol(reply + 9, NULL, 10) : 0;
}

const char *wire_get(const char *login, const char *path)
{
    return text("GET %s HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer %s\r\n\r\n", path,
                token_of(login));
}
