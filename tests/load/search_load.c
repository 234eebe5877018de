/* How long a search for people takes. */
#include "tests/load/search_load.h"

#include <stdio.h>
#include <string.h>

#include "statements.h"
#include "tests/load/http_load.h"

enum { SEARCHERS = 4, NAME_ROOM = 128 };

/* Somebody of each session's slice, as the collector at the door would type the name. */
struct searching {
    const struct tier *tier;
    char (*names)[NAME_ROOM];
    unsigned chance;
};

/* The whole name, and its first and last word. */
static const struct form {
    const char *title;
    const char *words;
} forms[] = {
    {"whole name", "p.name_key"},
    {"first and last word",
     "split_part(p.name_key, ' ', 1) || ' ' || regexp_replace(p.name_key, '^.* ', '')"},
};

static void read_name(PGconn *pg, struct arena *arena, const char *enrolment,
                      const struct form *form, char name[NAME_ROOM])
{
    PGresult *row =
        world_ask(pg, arena_printf(arena,
                                   "select replace(%s, ' ', '+') from enrolment e "
                                   "join person p on p.id = e.person_id where e.id = '%s'",
                                   form->words, enrolment));
    snprintf(name, NAME_ROOM, "%s", PQgetvalue(row, 0, 0));
    PQclear(row);
}

static size_t next_search(void *state, char *out, size_t room)
{
    struct searching *searching = state;
    int n = (int)chance(&searching->chance, SESSIONS);
    return (size_t)snprintf(out, room,
                            "GET /v1/people?limit=20&q=%s HTTP/1.1\r\nHost: localhost\r\n"
                            "Authorization: Bearer %s\r\nAccept: application/json\r\n\r\n",
                            searching->names[n], searching->tier->sessions[n].token);
}

static void print_form(const struct world *world, PGconn *pg, unsigned port, double seconds,
                       const struct form *form)
{
    printf("\nGET /v1/people?q= by %s, %d connections, %ld people\n%-10s %10s %8s %8s %8s\n",
           form->title, SEARCHERS, world->people, "", "a second", "p50 ms", "p99 ms", "refused");
    for (int i = 0; i < TIERS; i++) {
        struct searching searching = {.tier = &world->tiers[i],
                                      .names = arena_alloc(world->arena,
                                                           SESSIONS * sizeof *searching.names),
                                      .chance = 99};
        for (int n = 0; n < SESSIONS; n++) {
            const struct place *place = world->tiers[i].sessions[n].place;
            read_name(pg, world->arena, place->ids[n % place->id_count], form, searching.names[n]);
        }
        struct http_load load = {.port = port,
                                 .connections = SEARCHERS,
                                 .seconds = seconds,
                                 .status = 200,
                                 .refusal = 422,
                                 .next = next_search,
                                 .state = &searching};
        struct outcome outcome = http_measure(&load);
        printf("%-10s %10.0f %8.2f %8.2f %8ld%s\n", world->tiers[i].name, outcome.rate,
               outcome.p50_ms, outcome.p99_ms, outcome.shed, outcome.wrong ? " WRONG ANSWERS" : "");
    }
}

/* The lines of a plan that say how rows are found, as auto_explain tells them of what the gate does. */
static void print_scans(void *unused, const PGresult *notice)
{
    const char *line = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    (void)unused;
    while (line && *line) {
        size_t size = strcspn(line, "\n");
        const char *scan = memmem(line, size, "Scan", 4);
        if (scan && memmem(line, size, "(cost", 5) && !memmem(line, size, "Function", 8) &&
            !memmem(line, size, "CTE", 3)) {
            size_t blank = strspn(line, " ->");
            printf("           %.*s\n", (int)(size - blank), line + blank);
        }
        line += size + (line[size] == '\n');
    }
}

/* EXPLAIN of what a search by that name does, one for each tier. */
static void print_plan(const struct world *world, PGconn *pg, int tier)
{
    char name[NAME_ROOM];
    const struct session *session = &world->tiers[tier].sessions[0];
    const char *const who[] = {session->id, "1", slice_names[world->tiers[tier].slice], "off"};
    const char *const what[] = {name, "", "00000000-0000-0000-0000-000000000000", "21"};
    read_name(pg, world->arena, session->place->ids[0], &forms[1], name);
    for (char *at = name; (at = strchr(at, '+'));) {
        *at = ' ';
    }
    printf("%-10s %s\n", world->tiers[tier].name, name);
    PQclear(world_ask(pg, "begin"));
    PQclear(PQexecParams(pg, statements[SQL_SESSION_OPEN].text, 4, NULL, who, NULL, NULL, 0));
    PQclear(PQexec(pg, "set local client_min_messages = log"));
    PQclear(PQexecParams(pg, statements[SQL_PERSON_SEARCH].text, 4, NULL, what, NULL, NULL, 0));
    PQclear(world_ask(pg, "rollback"));
}

static void print_plans(const struct world *world, PGconn *pg)
{
    PQnoticeReceiver usual = PQsetNoticeReceiver(pg, print_scans, NULL);
    PQclear(world_ask(pg, "load 'auto_explain'"));
    PQclear(world_ask(pg, "set auto_explain.log_min_duration = 0"));
    PQclear(world_ask(pg, "set auto_explain.log_nested_statements = on"));
    PQclear(world_ask(pg, "set auto_explain.log_analyze = on"));
    printf("\nhow those are found\n");
    for (int i = 0; i < TIERS; i++) {
        print_plan(world, pg, i);
    }
    PQclear(world_ask(pg, "set auto_explain.log_min_duration = -1"));
    PQsetNoticeReceiver(pg, usual, NULL);
}

void search_print(const struct world *world, PGconn *pg, unsigned port, double seconds)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        print_form(world, pg, port, seconds, &forms[i]);
    }
    print_plans(world, pg);
}
