/* `make bench`: how fast the server is, as a share of what PostgreSQL can do for the same sessions on
 * the same machine. Rounds go A B C A B C …, so that what else the machine does meets all alike:
 *
 *   A  HTTP, 64 keep-alive connections     B  raw libpq, 4 connections     C  B around the wall
 *
 * tools/bench.sh makes the database and calls this. Prints figures and goals and asserts nothing. */
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/load/figure_load.h"
#include "tests/load/file_load.h"
#include "tests/load/crowd_load.h"
#include "tests/load/http_load.h"
#include "tests/load/quote_load.h"
#include "tests/load/raw_load.h"
#include "tests/load/report.h"
#include "tests/load/search_load.h"
#include "tests/load/wait_load.h"
#include "tests/load/world.h"

#define TOKEN_KEYS "b1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define PASSWORD "bench-password-2026"

enum { WRITERS = 16, SIGN_INS = 8, WARM_MS = 300 };

/* --- the server ------------------------------------------------------------------------------ */

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    if (!value || !*value) {
        fputs("bench: run it with `make bench`\n", stderr);
        exit(2);
    }
    return value;
}

static void become_server(int out)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(out, STDOUT_FILENO);
    FILE *log = freopen(setting("BENCH_LOG"), "a", stderr);
    setenv("DATABASE_URL", setting("BENCH_DATABASE_URL"), 1);
    setenv("ANSINH_TOKEN_KEYS", TOKEN_KEYS, 1);
    setenv("ANSINH_LISTEN", "127.0.0.1:0", 1);
    if (log) {
        execl(setting("BENCH_SERVER"), "ansinh", (char *)NULL);
    }
    _exit(127);
}

/* The server says on its first line where it listens. */
static pid_t start_server(unsigned *port)
{
    int pipes[2];
    char line[256] = "";
    if (pipe(pipes)) {
        exit(1);
    }
    pid_t pid = fork();
    if (pid == 0) {
        become_server(pipes[1]);
    }
    close(pipes[1]);
    FILE *out = fdopen(pipes[0], "r");
    const char *at = fgets(line, sizeof line, out) ? strstr(line, "127.0.0.1:") : NULL;
    *port = at ? (unsigned)strtoul(at + 10, NULL, 10) : 0;
    if (!*port) {
        fprintf(stderr, "bench: the server did not start, see %s\n", setting("BENCH_LOG"));
        exit(1);
    }
    return pid;
}

/* --- requests -------------------------------------------------------------------------------- */

struct traffic {
    const struct world *world;
    const struct tier *tier;
    enum raw_kind kind;
    unsigned chance;
    unsigned long count;
};

static size_t read_request(void *state, char *out, size_t room)
{
    struct traffic *traffic = state;
    const struct session *session = &traffic->tier->sessions[chance(&traffic->chance, SESSIONS)];
    const struct place *place = session->place;
    char target[64] = "?limit=50";
    if (traffic->kind == POINT) {
        snprintf(target, sizeof target, "/%s",
                 place->ids[chance(&traffic->chance, place->id_count)]);
    }
    return (size_t)snprintf(out, room,
                            "GET /v1/enrolments%s HTTP/1.1\r\nHost: localhost\r\n"
                            "Authorization: Bearer %s\r\nAccept: application/json\r\n\r\n",
                            target, session->token);
}

static size_t post(char *out, size_t room, const char *path, const char *headers, const char *body)
{
    return (size_t)snprintf(out, room,
                            "POST %s HTTP/1.1\r\nHost: localhost\r\n%s"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                            path, headers, strlen(body), body);
}

static size_t sign_in_request(void *state, char *out, size_t room)
{
    struct traffic *traffic = state;
    char body[128];
    snprintf(body, sizeof body, "{\"username\":\"bench.nation.%lu\",\"password\":\"%s\"}",
             traffic->count++ % SESSIONS, PASSWORD);
    return post(out, room, "/v1/sessions", "", body);
}

static size_t enrol_request(void *state, char *out, size_t room)
{
    struct traffic *traffic = state;
    const struct session *session =
        &traffic->world->tiers[COLLECTORS].sessions[chance(&traffic->chance, SESSIONS)];
    char headers[1024];
    char body[512];
    snprintf(headers, sizeof headers,
             "Authorization: Bearer %s\r\nIdempotency-Key: bench-%d-%lu\r\n", session->token,
             (int)getpid(), traffic->count++);
    snprintf(
        body, sizeof body,
        "{\"scheme\":\"hhi\",\"hamlet_id\":%s,\"months\":12,\"paid_on\":\"%s\",\"person\":"
        "{\"full_name\":\"Nguyễn Thị Thử\",\"date_of_birth\":\"%u-%02u-%02u\",\"sex\":\"female\","
        "\"duplicate_confirmed\":true}}",
        session->place->hamlet, traffic->world->today, 1940 + chance(&traffic->chance, 60),
        1 + chance(&traffic->chance, 12), 1 + chance(&traffic->chance, 28));
    return post(out, room, "/v1/enrolments", headers, body);
}

/* --- the rounds ------------------------------------------------------------------------------ */

struct bench {
    struct world world;
    struct raw_load *raw;
    struct report report;
    unsigned port;
    double seconds;
};

static struct outcome drive(const struct bench *bench, int connections, double seconds, int status,
                            size_t (*next)(void *, char *, size_t), struct traffic *traffic)
{
    struct http_load load = {.port = bench->port,
                             .connections = connections,
                             .seconds = seconds,
                             .status = status,
                             .next = next,
                             .state = traffic};
    return http_measure(&load);
}

static void measure_reads(struct bench *bench, int tier, enum raw_kind kind, double seconds,
                          struct reading *reading)
{
    struct traffic traffic = {.world = &bench->world,
                              .tier = &bench->world.tiers[tier],
                              .kind = kind,
                              .chance = 4711u + (unsigned)tier};
    struct spent before = spent_now();
    reading->http = drive(bench, HTTP_CONNECTIONS, seconds, 200, read_request, &traffic);
    reading->http_spent = spent_each(before, reading->http.rate * seconds);
    before = spent_now();
    reading->raw = raw_measure(bench->raw, THROUGH_THE_WALL, kind, tier, seconds);
    reading->raw_spent = spent_each(before, reading->raw * seconds);
    reading->bypass = raw_measure(bench->raw, AROUND_THE_WALL, kind, tier, seconds);
}

static void measure_round(struct bench *bench, int round)
{
    struct report *report = &bench->report;
    fprintf(stderr, "round %d of %d\n", round + 1, ROUNDS);
    for (int tier = 0; tier < TIERS; tier++) {
        for (int kind = 0; kind < RAW_KINDS; kind++) {
            measure_reads(bench, tier, (enum raw_kind)kind, bench->seconds,
                          &report->readings[tier][kind][round]);
        }
    }
    struct traffic enrolling = {
        .world = &bench->world, .chance = 99, .count = (unsigned)round << 24};
    struct traffic signing_in = {.world = &bench->world};
    report->enrolling[round] =
        drive(bench, WRITERS, bench->seconds, 201, enrol_request, &enrolling);
    report->signing_in[round] =
        drive(bench, SIGN_INS, bench->seconds, 201, sign_in_request, &signing_in);
}

static void warm_up(struct bench *bench)
{
    struct reading unused;
    for (int tier = 0; tier < TIERS; tier++) {
        for (int kind = 0; kind < RAW_KINDS; kind++) {
            measure_reads(bench, tier, (enum raw_kind)kind, WARM_MS / 1000.0, &unused);
        }
    }
}

static void measure_rounds(struct bench *bench)
{
    warm_up(bench);
    for (int round = 0; round < ROUNDS; round++) {
        measure_round(bench, round);
    }
    report_print(&bench->report, &bench->world, bench->seconds);
}

/* BENCH_ONLY names one part of it. */
static bool wanted(const char *part)
{
    const char *only = getenv("BENCH_ONLY");
    return !only || strcmp(only, part) == 0;
}

/* First, while the server's memory is what it is after a start. */
static void measure_crowds(const struct bench *bench, pid_t server)
{
    struct traffic traffic = {
        .world = &bench->world, .tier = &bench->world.tiers[0], .kind = POINT, .chance = 4711};
    struct crowd_load load = {.port = bench->port,
                              .server = server,
                              .seconds = bench->seconds / 2,
                              .next = read_request,
                              .state = &traffic};
    crowd_print_memory(&load);
    crowd_print_busy(&load);
    crowd_print_slow(&load);
    crowd_print_overload(&load);
}

static void measure_waits(const struct bench *bench)
{
    struct traffic traffic = {
        .world = &bench->world, .tier = &bench->world.tiers[0], .kind = POINT, .chance = 4711};
    struct wait_load load = {.port = bench->port,
                             .conninfo = setting("BENCH_DATABASE_URL"),
                             .world = &bench->world,
                             .seconds = bench->seconds * 2,
                             .next = read_request,
                             .state = &traffic};
    wait_print(&load);
}

/* A role that row security does not bind, with the same rights to read. */
static void make_bypassing_role(PGconn *pg)
{
    PQclear(world_ask(pg, "create role " BYPASSING_ROLE " nologin noinherit bypassrls"));
    PQclear(world_ask(pg, "grant " BYPASSING_ROLE " to ansinh_app"));
    PQclear(world_ask(pg, "grant usage on schema public to " BYPASSING_ROLE));
    PQclear(world_ask(
        pg,
        "grant select on enrolment, enrolment_line, enrolment_refund, receipt, person, unit to " BYPASSING_ROLE));
    PQclear(
        world_ask(pg, "grant execute on function scope_id(), scope_agent() to " BYPASSING_ROLE));
}

int main(void)
{
    static struct bench bench;
    struct token_keys keys;
    const char *seconds = getenv("BENCH_SECONDS");
    bench.seconds = seconds && strtod(seconds, NULL) > 0 ? strtod(seconds, NULL) : 2;
    signal(SIGPIPE, SIG_IGN);
    PGconn *pg = PQconnectdb(setting("BENCH_DATABASE_URL"));
    if (sodium_init() < 0 || !token_keys_parse(&keys, TOKEN_KEYS) ||
        PQstatus(pg) != CONNECTION_OK) {
        fprintf(stderr, "bench: %s\n", PQerrorMessage(pg));
        return 1;
    }
    make_bypassing_role(pg);
    world_make(&bench.world, pg, &keys);
    bench.raw = raw_open(&bench.world, setting("BENCH_DATABASE_URL"));
    pid_t server = start_server(&bench.port);
    spent_of(server, pg);
    if (wanted("crowds")) {
        measure_crowds(&bench, server);
    }
    if (wanted("waits")) {
        measure_waits(&bench);
    }
    if (wanted("reads")) {
        measure_rounds(&bench);
    }
    if (wanted("figures")) {
        figures_print(&bench.world, pg, setting("BENCH_DATABASE_URL"), bench.port, bench.seconds);
    }
    if (wanted("quotes")) {
        quotes_print(&bench.world, pg, bench.port, bench.seconds);
    }
    if (wanted("files")) {
        files_print(&bench.world, pg, server);
    }
    if (wanted("search")) {
        search_print(&bench.world, pg, bench.port, bench.seconds);
    }
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    raw_close(bench.raw);
    PQfinish(pg);
    arena_free(bench.world.arena);
    return 0;
}
