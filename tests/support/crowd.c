/* Clients that keep asking. */
#include "tests/support/crowd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "middleware/request.h"
#include "tests/support/suites.h"

static pthread_t threads[CROWD];
static bool present;
static atomic_bool stopped;

static int open_to(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    struct timeval patience = {.tv_sec = 20};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Reads one whole answer; false when the connection ends before. */
static bool read_answer(int fd, char *answer, size_t room)
{
    size_t got = 0;
    for (;;) {
        ssize_t more = TEMP_FAILURE_RETRY(recv(fd, answer + got, room - 1 - got, 0));
        if (more <= 0) {
            return false;
        }
        got += (size_t)more;
        answer[got] = '\0';
        const char *body = strstr(answer, "\r\n\r\n");
        const char *length = body ? strcasestr(answer, "\r\nContent-Length:") : NULL;
        if (length && (size_t)(body + 4 - answer) + strtoul(length + 17, NULL, 10) <= got) {
            return true;
        }
    }
}

static void count(struct crowd *crowd, const char *answer)
{
    if (strncmp(answer, "HTTP/1.1 200 ", 13) == 0) {
        atomic_fetch_add(&crowd->answered, 1);
    } else if (strncmp(answer, "HTTP/1.1 503 ", 13) == 0 && strstr(answer, "\r\nRetry-After: ")) {
        atomic_fetch_add(&crowd->busy, 1);
    } else {
        atomic_fetch_add(&crowd->wrong, 1);
    }
}

/* True when the connection can be used again. */
static bool ask_once(struct crowd *crowd, int fd)
{
    char answer[16384];
    size_t size = strlen(crowd->request);
    if (send(fd, crowd->request, size, MSG_NOSIGNAL) != (ssize_t)size ||
        !read_answer(fd, answer, sizeof answer)) {
        atomic_fetch_add(&crowd->lost, 1);
        return false;
    }
    count(crowd, answer);
    return !strstr(answer, "\r\nConnection: close\r\n");
}

static void *ask_on(void *own)
{
    struct crowd *crowd = own;
    int fd = -1;
    while (!atomic_load(&stopped)) {
        fd = fd < 0 ? open_to(crowd->port) : fd;
        if (fd < 0) {
            atomic_fetch_add(&crowd->refused, 1);
        } else if (!ask_once(crowd, fd)) {
            close(fd);
            fd = -1;
            if (crowd->once) {
                break;
            }
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return NULL;
}

void crowd_start(struct crowd *crowd)
{
    atomic_store(&stopped, false);
    present = true;
    for (int i = 0; i < CROWD; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_on, crowd), 0);
    }
}

void crowd_wait(struct crowd *crowd, int more)
{
    int wanted = atomic_load(&crowd->answered) + more;
    uint64_t limit = monotonic_ns() + 20000000000u;
    while (atomic_load(&crowd->answered) < wanted && monotonic_ns() < limit) {
        poll(NULL, 0, 1);
    }
    ck_assert_int_ge(atomic_load(&crowd->answered), wanted);
}

void crowd_stop(void)
{
    atomic_store(&stopped, true);
    crowd_end();
}

void crowd_end(void)
{
    for (int i = 0; present && i < CROWD; i++) {
        pthread_join(threads[i], NULL);
    }
    present = false;
}
