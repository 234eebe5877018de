/* Many connections. Figures are medians of rounds that take turns, with the least and the greatest. */
#include "tests/load/crowd_load.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/load/http_load.h"
#include "tests/load/slow_load.h"
#include "tests/load/spent.h"

enum {
    TURNS = 15,
    OTHERS = 64,
    THRICE = 3 * OTHERS,
    SLOW = 1000,
    MANY = 1000,
    MOST = 2000,
    ROOM = 4096
};

#define WARM_S 0.3
#define SETTLE_S 0.7

struct spread {
    double median, least, most;
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct spread spread_of(double values[TURNS])
{
    qsort(values, TURNS, sizeof *values, by_value);
    return (struct spread){values[TURNS / 2], values[0], values[TURNS - 1]};
}

static struct outcome drive(const struct crowd_load *load, int connections, double rate)
{
    struct http_load http = {.port = load->port,
                             .connections = connections,
                             .seconds = load->seconds,
                             .warm = WARM_S, /* so many threads are not made at once */
                             .status = 200,
                             .refusal = rate > 0 ? 503 : 0,
                             .rate = rate,
                             .next = load->next,
                             .state = load->state};
    struct outcome outcome = http_measure(&http);
    if (outcome.wrong) {
        printf("WRONG ANSWERS: %ld; the first one:\n%s\n", outcome.wrong,
               http_first_wrong_answer());
    }
    return outcome;
}

/* --- memory ---------------------------------------------------------------------------------- */

/* A kept connection that had one answer. */
static int connect_and_ask(const struct crowd_load *load)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)load->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char bytes[ROOM];
    size_t size = load->next(load->state, bytes, sizeof bytes);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) ||
        send(fd, bytes, size, MSG_NOSIGNAL) != (ssize_t)size ||
        recv(fd, bytes, sizeof bytes, 0) <= 0 || strncmp(bytes, "HTTP/1.1 200", 12) != 0) {
        perror("bench: a connection that is to be kept");
        exit(1);
    }
    return fd;
}

void crowd_print_memory(const struct crowd_load *load)
{
    static const int counts[] = {0, OTHERS, MANY, MOST};
    int *sockets = calloc(MOST, sizeof *sockets);
    int open = 0;
    printf("memory of the server with kept connections, MB resident:");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        while (open < counts[i]) {
            sockets[open++] = connect_and_ask(load);
        }
        printf("  %d: %.0f", open, (double)resident_kb(load->server) / 1024);
    }
    printf("\n");
    while (open > 0) {
        close(sockets[--open]);
    }
    free(sockets);
}

/* --- slow clients ---------------------------------------------------------------------------- */

/* That a thousand threads are made is not what is measured. */
static double p99_settled(const struct crowd_load *load)
{
    struct crowd_load before = *load;
    before.seconds = SETTLE_S;
    drive(&before, OTHERS, 0);
    return drive(load, OTHERS, 0).p99_ms;
}

void crowd_print_slow(const struct crowd_load *load)
{
    double alone[TURNS], beside[TURNS], share[TURNS];
    for (int i = 0; i < TURNS; i++) {
        alone[i] = p99_settled(load);
        struct slow_load *slow = slow_start(load->port, SLOW);
        beside[i] = p99_settled(load);
        slow_stop(slow);
        share[i] = beside[i] / alone[i];
    }
    struct spread ratio = spread_of(share);
    printf("p99 of %d clients: alone %.1f ms, beside %d that drip %.1f ms, ratio %.2f [%.2f..%.2f]"
           " (goal <= 1.20)\n",
           OTHERS, spread_of(alone).median, SLOW, spread_of(beside).median, ratio.median,
           ratio.least, ratio.most);
}

/* --- all of them busy ------------------------------------------------------------------------ */

void crowd_print_busy(const struct crowd_load *load)
{
    double share[TURNS], tails[TURNS];
    long wrong = 0;
    long kb = 0;
    for (int i = 0; i < TURNS; i++) {
        double few = drive(load, OTHERS, 0).rate;
        struct outcome many = drive(load, MOST, 0);
        share[i] = many.rate / few;
        tails[i] = many.p99_ms;
        wrong += many.wrong;
        kb = resident_kb(load->server) > kb ? resident_kb(load->server) : kb;
    }
    struct spread ratio = spread_of(share);
    printf("%d busy clients: %.2f [%.2f..%.2f] of the rate of %d (goal >= 0.80), p99 %.0f ms, "
           "%ld wrong (goal 0), %.0f MB resident (goal <= 260)\n",
           MOST, ratio.median, ratio.least, ratio.most, OTHERS, spread_of(tails).median, wrong,
           (double)kb / 1024);
}

/* --- overload -------------------------------------------------------------------------------- */

/* Warm-up and measurement together, as processor time counts both. */
static struct spent spent_each_of(const struct crowd_load *load, struct spent since, double rate)
{
    return spent_each(since, rate * (load->seconds + WARM_S));
}

/* Each client asks as often as one of those who make the peak, and there are three times as many; or the
 * same number of requests comes from far more clients. What else the machine does moves both: the peak is
 * the mean of the one before and the one after, and processor times tell what a request takes. */
static void print_overload(const struct crowd_load *load, int clients)
{
    double share[TURNS], peaks[TURNS], tails[TURNS], dearer[TURNS];
    long shed = 0;
    double before = drive(load, OTHERS, 0).rate;
    for (int i = 0; i < TURNS; i++) {
        struct spent start = spent_now();
        struct outcome over = drive(load, clients, 3 * before);
        struct spent crowded = spent_each_of(load, start, over.rate);
        start = spent_now();
        double after = drive(load, OTHERS, 0).rate;
        struct spent alone = spent_each_of(load, start, after);
        peaks[i] = (before + after) / 2;
        share[i] = over.rate / peaks[i];
        dearer[i] = (crowded.server + crowded.database) / (alone.server + alone.database);
        tails[i] = over.p99_ms;
        shed += over.shed;
        before = after;
    }
    struct spread ratio = spread_of(share);
    printf(
        "%d clients that ask 3 x what can be answered: %.2f [%.2f..%.2f] of the peak of %.0f a "
        "second (goal >= 0.90), p99 %.0f ms, %ld refused with 503; processor time of an answer %.2f "
        "of that at the peak\n",
        clients, ratio.median, ratio.least, ratio.most, spread_of(peaks).median,
        spread_of(tails).median, shed, spread_of(dearer).median);
}

void crowd_print_overload(const struct crowd_load *load)
{
    print_overload(load, THRICE);
    print_overload(load, MANY);
}
