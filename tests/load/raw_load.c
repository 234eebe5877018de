/* The raw loop. */
#include "tests/load/raw_load.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "statements.h"

enum { ROWS_OF_PAGE = 51 };

static const enum sql_id statement_of[RAW_KINDS] = {SQL_ENROLMENT_GET, SQL_ENROLMENT_LIST};

/* One connection. Statements are prepared as the server prepares them: the opening one once, the
 * others once for each slice, after the role was switched. */
struct lane {
    PGconn *pg;
    bool opener[RAW_LANES];
    bool prepared[RAW_LANES][RAW_KINDS][SLICE_COUNT];
    unsigned chance;
    pthread_t thread;
    /* of the measurement under way */
    const struct raw_load *raw;
    enum raw_lane how;
    enum raw_kind kind;
    const struct tier *tier;
    uint64_t until_ns;
    long trips;
};

struct raw_load {
    const struct world *world;
    const char *opener[RAW_LANES];
    const char *text[RAW_LANES][RAW_KINDS][TIERS];
    struct lane lanes[RAW_CONNECTIONS];
};

static void die(PGconn *pg, const char *what)
{
    fprintf(stderr, "bench: raw %s: %s\n", what, PQerrorMessage(pg));
    exit(1);
}

/* The text with one part replaced; a statement that has no such part any more ends the program. */
static const char *replaced(const struct world *world, const char *text, const char *part,
                            const char *by)
{
    const char *at = strstr(text, part);
    if (!at) {
        fprintf(stderr, "bench: no \"%s\" in: %s\n", part, text);
        exit(1);
    }
    return arena_printf(world->arena, "%.*s%s%s", (int)(at - text), text, by, at + strlen(part));
}

static void write_texts(struct raw_load *raw)
{
    const struct world *world = raw->world;
    const char *opener = statements[SQL_SESSION_OPEN].text;
    raw->opener[THROUGH_THE_WALL] = opener;
    raw->opener[AROUND_THE_WALL] =
        replaced(world, opener, "'role', s.role", "'role', '" BYPASSING_ROLE "'");
    for (int tier = 0; tier < TIERS; tier++) {
        for (int kind = 0; kind < RAW_KINDS; kind++) {
            const char *text = statements[statement_of[kind]].text;
            const char *own = arena_printf(world->arena, "where %s and (e.created_at, e.id)",
                                           world->tiers[tier].own);
            raw->text[THROUGH_THE_WALL][kind][tier] = text;
            raw->text[AROUND_THE_WALL][kind][tier] =
                kind == PAGE ? replaced(world, text, "where (e.created_at, e.id)", own) : text;
        }
    }
}

struct raw_load *raw_open(const struct world *world, const char *conninfo)
{
    struct raw_load *raw = arena_alloc(world->arena, sizeof *raw);
    raw->world = world;
    write_texts(raw);
    for (int i = 0; i < RAW_CONNECTIONS; i++) {
        struct lane *lane = &raw->lanes[i];
        const char *const names[] = {"dbname", "user", NULL};
        const char *const values[] = {conninfo, "ansinh_app", NULL};
        lane->pg = PQconnectdbParams(names, values, 1);
        lane->chance = 77u + (unsigned)i;
        lane->raw = raw;
        if (PQstatus(lane->pg) != CONNECTION_OK || !PQenterPipelineMode(lane->pg)) {
            die(lane->pg, "connection");
        }
    }
    return raw;
}

void raw_close(struct raw_load *raw)
{
    for (int i = 0; i < RAW_CONNECTIONS; i++) {
        PQfinish(raw->lanes[i].pg);
    }
}

static void send_trip(struct lane *lane, const struct session *session)
{
    int number = (int)(lane->tier - lane->raw->world->tiers);
    char opener[24];
    char name[24];
    snprintf(opener, sizeof opener, "o%d", lane->how);
    snprintf(name, sizeof name, "%d_%d_%d", lane->how, lane->kind, number);
    bool *prepared = &lane->prepared[lane->how][lane->kind][number];
    const char *const who[] = {session->id, "1", slice_names[lane->tier->slice], "on"};
    const struct place *place = session->place;
    const char *const id[] = {place->ids[chance(&lane->chance, place->id_count)]};
    const char *const newest[] = {"infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff", "51"};
    if (!lane->opener[lane->how]) {
        PQsendPrepare(lane->pg, opener, lane->raw->opener[lane->how], 0, NULL);
    }
    PQsendQueryPrepared(lane->pg, opener, 4, who, NULL, NULL, 0);
    if (!*prepared) {
        PQsendPrepare(lane->pg, name, lane->raw->text[lane->how][lane->kind][number], 0, NULL);
    }
    PQsendQueryPrepared(lane->pg, name, lane->kind == PAGE ? 3 : 1,
                        lane->kind == PAGE ? newest : id, NULL, NULL, 0);
    if (!PQpipelineSync(lane->pg)) {
        die(lane->pg, "send");
    }
    lane->opener[lane->how] = *prepared = true;
}

/* All results up to the Sync; the rows of the last one. */
static int receive_trip(struct lane *lane)
{
    int rows = 0;
    for (;;) {
        PGresult *result = PQgetResult(lane->pg);
        ExecStatusType status = PQresultStatus(result);
        if (result && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK &&
            status != PGRES_PIPELINE_SYNC) {
            die(lane->pg, PQresultErrorMessage(result));
        }
        rows = status == PGRES_TUPLES_OK ? PQntuples(result) : rows;
        PQclear(result);
        if (result && status == PGRES_PIPELINE_SYNC) {
            return rows;
        }
    }
}

static void *run(void *argument)
{
    struct lane *lane = argument;
    int expected = lane->kind == PAGE ? ROWS_OF_PAGE : 1;
    for (lane->trips = 0; monotonic_ns() < lane->until_ns; lane->trips++) {
        const struct session *session = &lane->tier->sessions[chance(&lane->chance, SESSIONS)];
        send_trip(lane, session);
        int rows = receive_trip(lane);
        if (rows != expected) {
            fprintf(stderr, "bench: %d rows instead of %d as %s\n", rows, expected,
                    lane->tier->name);
            exit(1);
        }
    }
    return NULL;
}

double raw_measure(struct raw_load *raw, enum raw_lane how, enum raw_kind kind, int tier,
                   double seconds)
{
    uint64_t started = monotonic_ns();
    long trips = 0;
    for (int i = 0; i < RAW_CONNECTIONS; i++) {
        struct lane *lane = &raw->lanes[i];
        lane->how = how;
        lane->kind = kind;
        lane->tier = &raw->world->tiers[tier];
        lane->until_ns = started + (uint64_t)(seconds * 1e9);
        if (pthread_create(&lane->thread, NULL, run, lane)) {
            die(lane->pg, "thread");
        }
    }
    for (int i = 0; i < RAW_CONNECTIONS; i++) {
        pthread_join(raw->lanes[i].thread, NULL);
        trips += raw->lanes[i].trips;
    }
    return (double)trips / ((double)(monotonic_ns() - started) / 1e9);
}
