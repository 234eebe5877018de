/* Several requests at the same moment. */
#include "tests/support/volley.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

static pthread_barrier_t together;

const char *volley_request(const char *login, const char *method, const char *path,
                           const char *headers, const char *body)
{
    return text("%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: close\r\n"
                "%s%sContent-Length: %zu\r\n\r\n%s",
                method, path, token_of(login), headers,
                *body ? "Content-Type: application/json\r\n" : "", strlen(body), body);
}

static void *fire(void *own)
{
    struct shot *shot = own;
    size_t got = 0;
    ssize_t more = 1;
    int fd = wire_open(server_port_number());
    pthread_barrier_wait(&together);
    bool sent = send(fd, shot->request, strlen(shot->request), MSG_NOSIGNAL) > 0;
    while (sent && more > 0 && got < sizeof shot->answer - 1) {
        more = TEMP_FAILURE_RETRY(recv(fd, shot->answer + got, sizeof shot->answer - 1 - got, 0));
        got += more > 0 ? (size_t)more : 0;
    }
    close(fd);
    shot->answer[got] = '\0';
    shot->status = wire_status(shot->answer);
    return NULL;
}

void volley(struct shot *shots, int count)
{
    pthread_t threads[VOLLEY];
    ck_assert_int_le(count, VOLLEY);
    pthread_barrier_init(&together, NULL, (unsigned)count);
    for (int i = 0; i < count; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, fire, &shots[i]), 0);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&together);
}

int volley_count(const struct shot *shots, int count, int status)
{
    int found = 0;
    for (int i = 0; i < count; i++) {
        found += shots[i].status == status;
    }
    return found;
}
