/* What a quote costs. */
#include "tests/load/quote_load.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/enrolment/quote_rules.h"
#include "middleware/request.h"
#include "tests/load/http_load.h"

enum { QUOTE_ROUNDS = 3, QUOTE_CONNECTIONS = 64, MEMBERS = 4 };

static const char book_of_today[] =
    "select kind, key, value::text, valid_from::text, decision_number, verified::text from rate "
    "where valid @> business_date() and province_id = 0 order by kind collate \"C\", key collate "
    "\"C\"";

static struct rate_book read_book(const struct world *world, const PGresult *rows)
{
    int count = PQntuples(rows);
    struct rate_row *book = arena_alloc(world->arena, (size_t)count * sizeof *book);
    for (int i = 0; i < count; i++) {
        book[i] = (struct rate_row){
            .kind = PQgetvalue(rows, i, 0),
            .key = PQgetvalue(rows, i, 1),
            .value = strtoll(PQgetvalue(rows, i, 2), NULL, 10),
            .valid_from = PQgetvalue(rows, i, 3),
            .decision = PQgetvalue(rows, i, 4),
            .verified = *PQgetvalue(rows, i, 5) == 't',
        };
    }
    return (struct rate_book){.rows = book, .count = count};
}

/* Members priced a second. */
static double price_members(const struct world *world, const struct rate_book *book, double seconds)
{
    struct quote_terms terms = {HHI, PERIODIC, 12, world->today};
    struct quote_person pupil = {.group_count = 1, .groups = {{.code = "pupil"}}};
    struct quote_person person = {0};
    struct quote quote;
    uint64_t started = monotonic_ns();
    uint64_t until = started + (uint64_t)(seconds * 1e9);
    long priced = 0;
    while (monotonic_ns() < until) {
        int next = 1;
        for (int i = 0; i < MEMBERS; i++) {
            quote_price(&terms, i == MEMBERS - 1 ? &pupil : &person, book, &next, &quote);
        }
        priced += MEMBERS;
    }
    if (quote.verdict != QUOTE_DONE) {
        printf("WRONG QUOTE: verdict %d\n", (int)quote.verdict);
    }
    return (double)priced / ((double)(monotonic_ns() - started) / 1e9);
}

struct asking {
    const struct world *world;
    bool point; /* one enrolment, to compare with */
    unsigned chance;
};

static size_t next_asking(void *state, char *out, size_t room)
{
    struct asking *asking = state;
    const struct session *session =
        &asking->world->tiers[COLLECTORS].sessions[chance(&asking->chance, SESSIONS)];
    char body[512];
    if (asking->point) {
        const struct place *place = session->place;
        return (size_t)snprintf(out, room,
                                "GET /v1/enrolments/%s HTTP/1.1\r\nHost: localhost\r\n"
                                "Authorization: Bearer %s\r\n\r\n",
                                place->ids[chance(&asking->chance, place->id_count)],
                                session->token);
    }
    int size = snprintf(body, sizeof body,
                        "{\"scheme\":\"hhi\",\"months\":12,\"paid_on\":\"%s\",\"unit_id\":%s,"
                        "\"members\":[{},{},{},{\"groups\":[{\"code\":\"pupil\"}]}]}",
                        asking->world->today, session->place->hamlet);
    return (size_t)snprintf(out, room,
                            "POST /v1/quotes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                            "%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                            session->token, size, body);
}

static double ask_rate(const struct world *world, unsigned port, double seconds, bool point)
{
    struct asking asking = {.world = world, .point = point, .chance = 17};
    struct http_load load = {.port = port,
                             .connections = QUOTE_CONNECTIONS,
                             .seconds = seconds,
                             .status = 200,
                             .next = next_asking,
                             .state = &asking};
    struct outcome outcome = http_measure(&load);
    if (outcome.wrong > 0) {
        printf("WRONG ANSWERS: %s\n", http_first_wrong_answer());
    }
    return outcome.rate;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double values[QUOTE_ROUNDS])
{
    qsort(values, QUOTE_ROUNDS, sizeof *values, by_value);
    return values[QUOTE_ROUNDS / 2];
}

void quotes_print(const struct world *world, PGconn *pg, unsigned port, double seconds)
{
    double alone[QUOTE_ROUNDS];
    double asked[QUOTE_ROUNDS];
    double ratios[QUOTE_ROUNDS];
    PGresult *rows = world_ask(pg, book_of_today);
    struct rate_book book = read_book(world, rows);
    ask_rate(world, port, 0.3, false);
    for (int round = 0; round < QUOTE_ROUNDS; round++) {
        alone[round] = price_members(world, &book, seconds / 2);
        asked[round] = ask_rate(world, port, seconds, false);
        ratios[round] = asked[round] / ask_rate(world, port, seconds, true);
    }
    PQclear(rows);
    printf("\nquotes, households of %d, %d rates\n", MEMBERS, book.count);
    printf("%-58s | %8.0f a second\n", "members priced, one thread", median(alone));
    printf("%-58s | %8.0f a second\n", "households over HTTP, 64 connections", median(asked));
    printf("%-58s | %8.2f\n", "the same / point reads over HTTP", median(ratios));
}
