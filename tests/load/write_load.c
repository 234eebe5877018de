/* The transaction of an enrolment: bare, with live figures, and with a receipt as well. */
#include "tests/load/write_load.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "statements.h"

static const char bare_function[] =
    "do $$ begin execute replace(regexp_replace(pg_get_functiondef("
    "'gate.enrolment_post_covering(uuid)'::regprocedure), "
    "'insert into public.progress_delta.*?d\\.written;', ''), 'gate.enrolment_post_covering', "
    "'gate.enrolment_post_bare'); "
    "alter function gate.enrolment_post_bare(uuid) owner to ansinh_gate; "
    "grant execute on function gate.enrolment_post_bare(uuid) to ansinh_collector; "
    "if exists (select from pg_proc where proname = 'enrolment_post_bare' "
    "and prosrc ~ 'insert into public.progress_delta') then raise 'not bare'; end if; end $$";

/* One connection. */
struct writer {
    PGconn *pg;
    bool prepared;
    unsigned chance;
    pthread_t thread;
    const struct write_load *load;
    enum write_kind kind;
    uint64_t until_ns;
    long written;
};

struct write_load {
    const struct world *world;
    struct writer writers[WRITE_CONNECTIONS];
};

static void die(PGconn *pg, const char *what)
{
    fprintf(stderr, "bench: write %s: %s\n", what, PQerrorMessage(pg));
    exit(1);
}

struct write_load *write_open(const struct world *world, PGconn *pg, const char *conninfo)
{
    struct write_load *load = arena_alloc(world->arena, sizeof *load);
    load->world = world;
    PQclear(world_ask(pg, bare_function));
    for (int i = 0; i < WRITE_CONNECTIONS; i++) {
        struct writer *writer = &load->writers[i];
        const char *const names[] = {"dbname", "user", NULL};
        const char *const values[] = {conninfo, "ansinh_app", NULL};
        writer->pg = PQconnectdbParams(names, values, 1);
        writer->load = load;
        writer->chance = 1009u + (unsigned)i;
        if (PQstatus(writer->pg) != CONNECTION_OK || !PQenterPipelineMode(writer->pg)) {
            die(writer->pg, "connection");
        }
    }
    return load;
}

void write_close(struct write_load *load)
{
    for (int i = 0; i < WRITE_CONNECTIONS; i++) {
        PQfinish(load->writers[i].pg);
    }
}

enum step { BEGIN, OPEN, REGISTER, ENROL, POST, POST_PAID, POST_BARE, COMMIT, STEPS };

static const enum step posting[WRITE_KINDS] = {
    [BARE] = POST_BARE, [WITH_FIGURES] = POST, [WITH_RECEIPT] = POST_PAID};

static const char *text_of(enum step step)
{
    static const enum sql_id ids[STEPS] = {
        [BEGIN] = SQL_TRANSACTION_BEGIN,
        [OPEN] = SQL_SESSION_OPEN,
        [REGISTER] = SQL_ENROLMENT_REGISTER_PERSON,
        [ENROL] = SQL_ENROLMENT_CREATE,
        [POST] = SQL_ENROLMENT_POST,
        [POST_PAID] = SQL_ENROLMENT_POST_PAID,
        [COMMIT] = SQL_TRANSACTION_COMMIT,
    };
    return step == POST_BARE ? "select gate.enrolment_price($1::uuid, $2::jsonb), "
                               "gate.enrolment_post_bare($1::uuid)"
                             : statements[ids[step]].text;
}

static void send(struct writer *writer, enum step step, int count, const char *const *values)
{
    char name[8];
    snprintf(name, sizeof name, "w%d", step);
    if (!PQsendQueryPrepared(writer->pg, name, count, values, NULL, NULL, 0)) {
        die(writer->pg, "send");
    }
}

/* All results up to the Sync; anything refused ends the program. */
static void receive(struct writer *writer)
{
    for (;;) {
        PGresult *result = PQgetResult(writer->pg);
        ExecStatusType status = PQresultStatus(result);
        if (result && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK &&
            status != PGRES_PIPELINE_SYNC) {
            die(writer->pg, PQresultErrorMessage(result));
        }
        PQclear(result);
        if (result && status == PGRES_PIPELINE_SYNC) {
            return;
        }
    }
}

/* After the role is a collector's, as the server prepares. */
static void prepare(struct writer *writer, const struct session *session)
{
    const char *const who[] = {session->id, "1", "collector", "off"};
    PQsendQueryParams(writer->pg, "begin", 0, NULL, NULL, NULL, NULL, 0);
    PQsendQueryParams(writer->pg, text_of(OPEN), 4, NULL, who, NULL, NULL, 0);
    for (int step = 0; step < STEPS; step++) {
        char name[8];
        snprintf(name, sizeof name, "w%d", step);
        PQsendPrepare(writer->pg, name, text_of((enum step)step), 0, NULL);
    }
    PQsendQueryParams(writer->pg, "commit", 0, NULL, NULL, NULL, NULL, 0);
    PQpipelineSync(writer->pg);
    receive(writer);
    writer->prepared = true;
}

static void enrol(struct writer *writer)
{
    const struct world *world = writer->load->world;
    bool paid = writer->kind == WITH_RECEIPT;
    const struct session *session =
        &world->tiers[COLLECTORS].sessions[chance(&writer->chance, SESSIONS)];
    char person[UUID_ROOM];
    char id[UUID_ROOM];
    char receipt[UUID_ROOM];
    uuid7_text(person);
    uuid7_text(id);
    uuid7_text(receipt);
    const char *const who[] = {session->id, "1", "collector", "off"};
    const char *const whom[] = {person,
                                session->place->hamlet,
                                "Nguyễn Thị Thử",
                                "nguyen thi thu",
                                "1984-01-01",
                                "year",
                                "female",
                                NULL,
                                NULL,
                                NULL};
    const char *const what[] = {id,
                                person,
                                "hhi",
                                "12",
                                world->today,
                                NULL,
                                NULL,
                                "1366200",
                                "1366200",
                                "household",
                                "1",
                                NULL,
                                "0",
                                paid ? "cash" : "transfer",
                                paid ? receipt : NULL,
                                "period"};
    const char *const posted[] = {
        id,
        "[{\"funder\":\"participant\",\"base\":113850,\"percent\":100.00,\"months\":12,"
        "\"amount\":1366200,\"rule\":\"hhi_rank.1\",\"legal_basis\":\"188/2025/NĐ-CP\","
        "\"verified\":true}]",
        receipt};
    if (!writer->prepared) {
        prepare(writer, session);
    }
    send(writer, BEGIN, 0, NULL);
    send(writer, OPEN, 4, who);
    send(writer, REGISTER, 10, whom);
    send(writer, ENROL, 16, what);
    send(writer, posting[writer->kind], paid ? 3 : 2, posted);
    send(writer, COMMIT, 0, NULL);
    PQpipelineSync(writer->pg);
    receive(writer);
}

static void *run(void *argument)
{
    struct writer *writer = argument;
    for (writer->written = 0; monotonic_ns() < writer->until_ns; writer->written++) {
        enrol(writer);
    }
    return NULL;
}

double write_measure(struct write_load *load, enum write_kind kind, double seconds)
{
    uint64_t started = monotonic_ns();
    long written = 0;
    for (int i = 0; i < WRITE_CONNECTIONS; i++) {
        struct writer *writer = &load->writers[i];
        writer->kind = kind;
        writer->until_ns = started + (uint64_t)(seconds * 1e9);
        if (pthread_create(&writer->thread, NULL, run, writer)) {
            die(writer->pg, "thread");
        }
    }
    for (int i = 0; i < WRITE_CONNECTIONS; i++) {
        pthread_join(load->writers[i].thread, NULL);
        written += load->writers[i].written;
    }
    return (double)written / ((double)(monotonic_ns() - started) / 1e9);
}
