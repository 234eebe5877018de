/* The client: one thread and epoll, because it runs on the cores of the server that it measures. */
#include "tests/load/http_load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "middleware/arena.h"
#include "middleware/request.h"

enum { REQUEST_ROOM = 4096, HEAD_ROOM = 4096, SCRATCH = 1 << 18, EVENTS = 256 };

struct connection_of_load {
    int fd;
    char request[REQUEST_ROOM];
    char head[HEAD_ROOM + 1];
    size_t head_size;
    bool in_body;
    bool waiting; /* for an answer */
    bool refused;
    size_t body_left;
    uint64_t started_ns;
    uint64_t late_ns; /* since when a turn waits for the answer to the one before, or 0 */
};

static char first_wrong[1024];

const char *http_first_wrong_answer(void)
{
    return first_wrong;
}

struct client {
    const struct http_load *load;
    int epoll;
    struct connection_of_load *connections;
    uint32_t *latencies; /* microseconds */
    size_t count, room;
    long wrong, shed, missed;
    char *scratch;
    uint64_t sent; /* turns so far, of a paced load */
};

static void die(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void note(struct client *client, const struct connection_of_load *connection)
{
    if (client->count == client->room) {
        client->room = client->room ? client->room * 2 : 1 << 16;
        client->latencies = realloc(client->latencies, client->room * sizeof *client->latencies);
        if (!client->latencies) {
            die("memory");
        }
    }
    client->latencies[client->count++] =
        (uint32_t)((monotonic_ns() - connection->started_ns) / 1000);
}

static bool send_whole(struct connection_of_load *connection, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t some = send(connection->fd, connection->request + sent, size - sent, MSG_NOSIGNAL);
        if (some < 0) {
            return false;
        }
        sent += (size_t)some;
    }
    return true;
}

static bool send_next(struct client *client, struct connection_of_load *connection)
{
    const struct http_load *load = client->load;
    size_t size = load->next(load->state, connection->request, REQUEST_ROOM);
    connection->head_size = 0;
    connection->in_body = false;
    connection->waiting = true;
    connection->started_ns = connection->late_ns ? connection->late_ns : monotonic_ns();
    connection->late_ns = 0;
    return send_whole(connection, size);
}

/* The size of the body, or -1 when the head is not whole yet, or -2 when it is not what we want. */
static long read_head(const struct client *client, struct connection_of_load *connection,
                      size_t *head_end)
{
    connection->head[connection->head_size] = '\0';
    const char *end = strstr(connection->head, "\r\n\r\n");
    if (!end) {
        return connection->head_size < HEAD_ROOM ? -1 : -2;
    }
    *head_end = (size_t)(end + 4 - connection->head);
    const char *length = strcasestr(connection->head, "\r\nContent-Length:");
    long status = strtol(connection->head + 9, NULL, 10);
    connection->refused = status != client->load->status;
    if (!length || length > end || (connection->refused && status != client->load->refusal)) {
        return -2;
    }
    return strtol(length + 17, NULL, 10);
}

/* Takes what arrived; false when the answer is wrong. Sends the next request after a whole one. */
static bool take(struct client *client, struct connection_of_load *connection, const char *data,
                 size_t size)
{
    if (!connection->in_body) {
        size_t before = connection->head_size;
        size_t part = size < HEAD_ROOM - before ? size : HEAD_ROOM - before;
        memcpy(connection->head + before, data, part);
        connection->head_size += part;
        size_t head_end = 0;
        long body = read_head(client, connection, &head_end);
        if (body < 0) {
            return body == -1;
        }
        connection->in_body = true;
        connection->body_left = (size_t)body;
        size -= head_end - before;
    }
    if (size > connection->body_left) {
        return false;
    }
    connection->body_left -= size;
    if (connection->body_left > 0) {
        return true;
    }
    connection->waiting = false;
    if (connection->refused) {
        client->shed++;
    } else {
        note(client, connection);
    }
    bool at_once = client->load->rate == 0 || connection->late_ns;
    return !at_once || send_next(client, connection);
}

/* The connections take turns in their order, so their turns come evenly. */
static void send_due(struct client *client, uint64_t started)
{
    const struct http_load *load = client->load;
    double elapsed = (double)(monotonic_ns() - started) / 1e9;
    for (; (double)client->sent < elapsed * load->rate; client->sent++) {
        struct connection_of_load *connection =
            &client->connections[client->sent % (uint64_t)load->connections];
        if (connection->fd < 0 || connection->late_ns) {
            client->missed++;
        } else if (connection->waiting) {
            connection->late_ns = monotonic_ns();
        } else if (!send_next(client, connection)) {
            die("cannot send");
        }
    }
}

static void watch(const struct client *client, struct connection_of_load *connection)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)client->load->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0 ||
        connect(connection->fd, (struct sockaddr *)&address, sizeof address) ||
        setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) ||
        epoll_ctl(client->epoll, EPOLL_CTL_ADD, connection->fd, &event)) {
        die("cannot reach the server");
    }
}

static void answer_to(struct client *client, struct connection_of_load *connection)
{
    ssize_t size = recv(connection->fd, client->scratch, SCRATCH, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) {
        return;
    }
    if (size > 0 && take(client, connection, client->scratch, (size_t)size)) {
        return;
    }
    client->wrong++;
    if (!*first_wrong) {
        snprintf(first_wrong, sizeof first_wrong, "%.*s", (int)(size > 0 ? size : 0),
                 client->scratch);
    }
    close(connection->fd);
    connection->fd = -1;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static struct outcome sum_up(struct client *client, double seconds)
{
    struct outcome outcome = {.wrong = client->wrong,
                              .shed = client->shed,
                              .missed = client->missed,
                              .rate = (double)client->count / seconds};
    if (client->count) {
        qsort(client->latencies, client->count, sizeof *client->latencies, by_size);
        outcome.p50_ms = client->latencies[client->count / 2] / 1000.0;
        outcome.p99_ms = client->latencies[client->count * 99 / 100] / 1000.0;
        outcome.worst_ms = client->latencies[client->count - 1] / 1000.0;
    }
    for (int i = 0; i < client->load->connections; i++) {
        if (client->connections[i].fd >= 0) {
            close(client->connections[i].fd);
        }
    }
    close(client->epoll);
    free(client->latencies);
    free(client->connections);
    free(client->scratch);
    return outcome;
}

struct outcome http_measure(const struct http_load *load)
{
    struct client client = {.load = load, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    client.connections = memory_or_stop((size_t)load->connections * sizeof *client.connections);
    client.scratch = memory_or_stop(SCRATCH);
    for (int i = 0; i < load->connections; i++) {
        watch(&client, &client.connections[i]);
    }
    uint64_t started = monotonic_ns();
    uint64_t counted = started + (uint64_t)(load->warm * 1e9);
    uint64_t until = counted + (uint64_t)(load->seconds * 1e9);
    bool warm = false;
    for (int i = 0; i < load->connections && load->rate == 0; i++) {
        if (!send_next(&client, &client.connections[i])) {
            die("cannot send");
        }
    }
    struct epoll_event events[EVENTS];
    for (uint64_t now = started; now < until; now = monotonic_ns()) {
        if (!warm && now >= counted) {
            warm = true;
            counted = now;
            client.count = 0;
            client.shed = client.missed = 0;
        }
        if (load->rate > 0) {
            send_due(&client, started);
        }
        int patience = load->rate > 0 ? 1 : (int)((until - now) / 1000000) + 1;
        int ready = epoll_wait(client.epoll, events, EVENTS, patience);
        for (int i = 0; i < ready; i++) {
            answer_to(&client, events[i].data.ptr);
        }
    }
    return sum_up(&client, (double)(monotonic_ns() - counted) / 1e9);
}
