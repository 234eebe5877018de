/* Raw bytes to a server. */
#include "tests/support/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

static int open_to(const struct sockaddr *address, socklen_t size)
{
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(address->sa_family, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ck_assert_int_eq(connect(fd, address, size), 0);
    return fd;
}

int wire_open(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return open_to((struct sockaddr *)&address, sizeof address);
}

unsigned wire_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

bool wire_try(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool heard = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return heard;
}

int wire_open_six(unsigned port)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_port = htons((unsigned short)port),
                                   .sin6_addr = in6addr_loopback};
    return open_to((struct sockaddr *)&address, sizeof address);
}

void wire_send_bytes(int fd, const char *bytes, size_t size)
{
    ck_assert_int_eq(send(fd, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
}

void wire_send(int fd, const char *bytes)
{
    wire_send_bytes(fd, bytes, strlen(bytes));
}

void wire_send_end(int fd)
{
    shutdown(fd, SHUT_WR);
}

bool wire_ends(int fd)
{
    char byte;
    ssize_t got = recv(fd, &byte, 1, 0);
    return got == 0 || (got < 0 && errno == ECONNRESET);
}

/* Not a byte further: a reply to the next request may follow. */
static size_t read_until_blank_line(int fd, char *reply, size_t room)
{
    size_t got = 0;
    while (got < room && recv(fd, reply + got, 1, 0) == 1) {
        got++;
        if (got >= 4 && memcmp(reply + got - 4, "\r\n\r\n", 4) == 0) {
            break;
        }
    }
    reply[got] = '\0';
    return got;
}

const char *wire_reply(int fd)
{
    static char reply[65536];
    size_t got = read_until_blank_line(fd, reply, sizeof reply - 1);
    const char *length = strcasestr(reply, "\r\nContent-Length:");
    size_t whole = got + (length ? strtoul(length + 17, NULL, 10) : 0);
    whole = whole < sizeof reply ? whole : sizeof reply - 1;
    for (ssize_t more = 1; got < whole && more > 0; got += more > 0 ? (size_t)more : 0) {
        more = recv(fd, reply + got, whole - got, 0);
    }
    reply[got] = '\0';
    return reply;
}

const char *wire_rest(int fd)
{
    static char rest[65536];
    size_t got = 0;
    for (ssize_t more = 1; more > 0 && got<sizeof rest - 1; got += more> 0 ? (size_t)more : 0) {
        more = recv(fd, rest + got, sizeof rest - 1 - got, 0);
    }
    rest[got] = '\0';
    return rest;
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

int wire_listen(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(fd, 128), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}
