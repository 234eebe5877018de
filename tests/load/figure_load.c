/* What live figures cost. */
#include "tests/load/figure_load.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/load/http_load.h"
#include "tests/load/write_load.h"

enum { FIGURE_ROUNDS = 3, READERS = 16, PROVINCE = 1 };

/* A plan of the province for this year, with a number for each of its communes. */
static const char targets[] =
    "with own as (select * from unit where id = 168), ruling as ("
    "insert into decision (id, number, issuer, issued_on, unit_id, province_id, district_id, commune_id, "
    "giver_id, created_by) select uuid7(), 'bench', 'bench', business_date(), id, province_id, district_id, "
    "commune_id, id, uuid7() from own returning *), made as ("
    "insert into plan (id, indicator, starts_on, ends_on, assigner, decision_id, decision_number, "
    "decided_on, unit_id, province_id, district_id, commune_id, giver_id, created_by) "
    "select uuid7(), 'hhi_renewals', date_trunc('year', d.issued_on)::date, "
    "(date_trunc('year', d.issued_on) + interval '1 year')::date - 1, 'social_insurance', d.id, d.number, "
    "d.issued_on, d.unit_id, d.province_id, d.district_id, d.commune_id, d.giver_id, d.created_by "
    "from ruling d returning *), root as ("
    "insert into assignment (id, plan_id, cut, assignee_kind, quantity, indicator, starts_on, ends_on, "
    "assigner, unit_id, province_id, district_id, commune_id, giver_id, created_by) "
    "select uuid7(), id, 'root', 'unit', 100000, indicator, starts_on, ends_on, assigner, unit_id, "
    "province_id, district_id, commune_id, giver_id, created_by from made returning *) "
    "insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on, "
    "ends_on, assigner, unit_id, province_id, district_id, commune_id, giver_id, created_by) "
    "select uuid7(), r.plan_id, r.id, 'territory', 'unit', 100 + u.id % 900, r.indicator, r.starts_on, "
    "r.ends_on, r.assigner, u.id, u.province_id, u.district_id, u.commune_id, r.unit_id, r.created_by "
    "from root r join unit u on u.kind = 'commune' and u.province_id = 168 and u.valid_to is null";

struct reading {
    const struct world *world;
    const char *target; /* NULL: one enrolment */
    unsigned chance;
};

static size_t next_reading(void *state, char *out, size_t room)
{
    struct reading *reading = state;
    const struct tier *tier = &reading->world->tiers[PROVINCE];
    const struct session *session = &tier->sessions[chance(&reading->chance, SESSIONS)];
    const struct place *place = session->place;
    char target[128];
    if (reading->target) {
        snprintf(target, sizeof target, "/v1/progress?period=%.4s&indicator=%s",
                 reading->world->today, reading->target);
    } else {
        snprintf(target, sizeof target, "/v1/enrolments/%s",
                 place->ids[chance(&reading->chance, place->id_count)]);
    }
    return (size_t)snprintf(out, room,
                            "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                            "Accept: application/json\r\n\r\n",
                            target, session->token);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A goal is the least that is good, a negative one the most; 0 is none. */
static void print_ratio(const char *name, double ratios[FIGURE_ROUNDS], double goal)
{
    qsort(ratios, FIGURE_ROUNDS, sizeof *ratios, by_value);
    double median = ratios[FIGURE_ROUNDS / 2];
    bool met = goal > 0 ? median >= goal : median <= -goal;
    printf("%-58s | %6.2f [%5.2f..%5.2f]", name, median, ratios[0], ratios[FIGURE_ROUNDS - 1]);
    if (goal < 0 || goal > 0) {
        printf(" | %s %.2f | %s", goal > 0 ? ">=" : "<=", goal > 0 ? goal : -goal,
               met ? "met" : "MISSED");
    }
    printf("\n");
}

static void print_writes(const struct world *world, PGconn *pg, const char *conninfo,
                         double seconds)
{
    struct write_load *load = write_open(world, pg, conninfo);
    double figures[FIGURE_ROUNDS];
    double receipts[FIGURE_ROUNDS];
    double live = 0;
    double paid = 0;
    for (int kind = 0; kind < WRITE_KINDS; kind++) {
        write_measure(load, (enum write_kind)kind, 0.3);
    }
    for (int round = 0; round < FIGURE_ROUNDS; round++) {
        paid = write_measure(load, WITH_RECEIPT, seconds);
        live = write_measure(load, WITH_FIGURES, seconds);
        figures[round] = live / write_measure(load, BARE, seconds);
        receipts[round] = paid / live;
    }
    print_ratio("enrolment with live figures / without, raw, 16 connections", figures, 0.75);
    printf("%-58s | %6.0f a second\n", "enrolments with live figures, raw", live);
    print_ratio("the same with a receipt / without, raw, 16 connections", receipts, 0);
    printf("%-58s | %6.0f a second\n", "enrolments with receipts, raw", paid);
    write_close(load);
}

static double rate(const struct world *world, unsigned port, double seconds, const char *target)
{
    struct reading reading = {.world = world, .target = target, .chance = 31};
    struct http_load load = {.port = port,
                             .connections = READERS,
                             .seconds = seconds,
                             .status = 200,
                             .next = next_reading,
                             .state = &reading};
    struct outcome outcome = http_measure(&load);
    if (outcome.wrong > 0) {
        printf("WRONG ANSWERS: %s\n", http_first_wrong_answer());
    }
    return outcome.rate;
}

static void print_reads(const struct world *world, unsigned port, double seconds)
{
    static const struct {
        const char *name;
        const char *target;
        double goal;
    } boards[] = {
        {"all communes against target, brief, in point reads (HTTP)",
         "hhi_renewals&level=commune&detail=brief", -6},
        {"the same of a stock: who takes part", "vsi_participants&level=commune&detail=brief", -6},
        {"all communes against target, full, in point reads (HTTP)", "hhi_renewals&level=commune",
         0},
        {"offices and communes directly below, full (HTTP)", "hhi_renewals", 0},
    };
    for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
        double ratios[FIGURE_ROUNDS];
        double board = 0;
        rate(world, port, 0.3, boards[i].target);
        for (int round = 0; round < FIGURE_ROUNDS; round++) {
            board = rate(world, port, seconds, boards[i].target);
            ratios[round] = rate(world, port, seconds, NULL) / board;
        }
        print_ratio(boards[i].name, ratios, boards[i].goal);
        printf("%-58s | %6.0f a second\n", "", board);
    }
}

void figures_print(const struct world *world, PGconn *pg, const char *conninfo, unsigned port,
                   double seconds)
{
    printf("\nlive figures, %ld enrolments\n", world->enrolments);
    PQclear(world_ask(pg, targets));
    PQclear(world_ask(pg, "analyze assignment"));
    print_reads(world, port, seconds);
    print_writes(world, pg, conninfo, seconds);
}
