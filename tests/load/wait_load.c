/* Handlers wait because somebody holds a lock on what they read or write. */
#include "tests/load/wait_load.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "middleware/request.h"
#include "tests/load/http_load.h"

enum { WAITING = 8, PROBES = 32, PROBES_A_SECOND = 200, TURNS = 3, ROOM = 4096 };

/* What waits, and for which lock. */
struct wait {
    const char *name;
    const char *lock;
    size_t (*request)(const struct world *world, char *out, size_t room);
};

static size_t write_request(const struct world *world, char *out, size_t room)
{
    const struct session *session = &world->tiers[COLLECTORS].sessions[0];
    char body[512];
    char key[UUID_ROOM];
    uuid7_text(key);
    snprintf(body, sizeof body,
             "{\"scheme\":\"hhi\",\"hamlet_id\":%s,\"months\":12,\"paid_on\":\"%s\",\"person\":"
             "{\"full_name\":\"Nguyễn Thị Thử\",\"date_of_birth\":\"1984\",\"sex\":\"female\"}}",
             session->place->hamlet, world->today);
    return (size_t)snprintf(out, room,
                            "POST /v1/enrolments HTTP/1.1\r\nHost: localhost\r\n"
                            "Authorization: Bearer %s\r\nIdempotency-Key: %s\r\n"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                            session->token, key, strlen(body), body);
}

static size_t get(char *out, size_t room, const struct session *session, const char *target)
{
    return (size_t)snprintf(
        out, room, "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", target,
        session->token);
}

static size_t slow_request(const struct world *world, char *out, size_t room)
{
    char target[128];
    snprintf(target, sizeof target, "/v1/progress?indicator=hhi_renewals&period=%.4s",
             world->today);
    return get(out, room, &world->tiers[1].sessions[0], target);
}

static const struct wait waits[] = {
    {"writes", "lock table person in share row exclusive mode", write_request},
    {"slow reads", "lock table progress_total in access exclusive mode", slow_request},
};

/* --- those who wait -------------------------------------------------------------------------- */

struct waiting {
    const struct wait_load *load;
    const struct wait *wait;
    atomic_bool ending;
    atomic_long answers;
    atomic_long waited_ms;
    PGconn *holder;
    pthread_t threads[WAITING];
};

static int connect_to(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) {
        perror("bench: who is to wait cannot connect");
        exit(1);
    }
    return fd;
}

/* Asks again and again; each answer comes when the lock was waited for in vain. */
static void *keep_waiting(void *own)
{
    struct waiting *waiting = own;
    char bytes[ROOM];
    while (!atomic_load(&waiting->ending)) {
        int fd = connect_to(waiting->load->port);
        uint64_t asked = monotonic_ns();
        size_t size = waiting->wait->request(waiting->load->world, bytes, sizeof bytes);
        bool answered = send(fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size &&
                        recv(fd, bytes, sizeof bytes, 0) > 0;
        if (answered && !atomic_load(&waiting->ending)) {
            atomic_fetch_add(&waiting->answers, 1);
            atomic_fetch_add(&waiting->waited_ms, (long)((monotonic_ns() - asked) / 1000000));
        }
        close(fd);
    }
    return NULL;
}

static void begin_waiting(struct waiting *waiting)
{
    waiting->holder = PQconnectdb(waiting->load->conninfo);
    PQclear(world_ask(waiting->holder, "begin"));
    PQclear(world_ask(waiting->holder, waiting->wait->lock));
    for (int i = 0; i < WAITING; i++) {
        if (pthread_create(&waiting->threads[i], NULL, keep_waiting, waiting)) {
            exit(1);
        }
    }
}

static void end_waiting(struct waiting *waiting)
{
    atomic_store(&waiting->ending, true);
    PQfinish(waiting->holder);
    for (int i = 0; i < WAITING; i++) {
        pthread_join(waiting->threads[i], NULL);
    }
}

/* --- the probe ------------------------------------------------------------------------------- */

static size_t live_request(void *unused, char *out, size_t room)
{
    (void)unused;
    return (size_t)snprintf(out, room, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

static struct outcome probe(const struct wait_load *load, bool point)
{
    struct http_load http = {.port = load->port,
                             .connections = PROBES,
                             .seconds = load->seconds,
                             .status = 200,
                             .rate = PROBES_A_SECOND,
                             .next = point ? load->next : live_request,
                             .state = load->state};
    return http_measure(&http);
}

static double middle(const double values[TURNS])
{
    double low = values[0] < values[1] ? values[0] : values[1];
    double high = values[0] < values[1] ? values[1] : values[0];
    return values[2] < low ? low : values[2] > high ? high : values[2];
}

static void print_probe(const struct wait_load *load, const struct wait *wait, bool point)
{
    double alone[TURNS], beside[TURNS], ratio[TURNS];
    double worst = 0;
    long unanswered = 0;
    struct waiting waiting = {.load = load, .wait = wait};
    for (int i = 0; i < TURNS; i++) {
        alone[i] = probe(load, point).p99_ms;
        atomic_store(&waiting.ending, false);
        begin_waiting(&waiting);
        struct outcome outcome = probe(load, point);
        end_waiting(&waiting);
        beside[i] = outcome.p99_ms;
        ratio[i] = beside[i] / alone[i];
        worst = outcome.worst_ms > worst ? outcome.worst_ms : worst;
        unanswered += outcome.missed + outcome.wrong;
    }
    long answers = atomic_load(&waiting.answers);
    printf("%-6s %d a second beside %d %-10s: p99 %.1f ms, alone %.1f, ratio %.2f (goal <= 2); "
           "worst %.0f ms (goal <= 500), %ld without an answer; the others waited %.1f s\n",
           point ? "point" : "livez", PROBES_A_SECOND, WAITING, wait->name, middle(beside),
           middle(alone), middle(ratio), worst, unanswered,
           answers ? (double)atomic_load(&waiting.waited_ms) / (double)answers / 1000 : 0);
}

void wait_print(const struct wait_load *load)
{
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        print_probe(load, &waits[i], false);
        print_probe(load, &waits[i], true);
    }
}
