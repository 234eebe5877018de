/* The sessions and their rows. Sessions are written into the database and tokens are signed here: a
 * thousand sign-ins would hash a thousand passwords. */
#include "tests/load/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

unsigned chance(unsigned *state, int below)
{
    unsigned x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x % (unsigned)below;
}

PGresult *world_ask(PGconn *pg, const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        fprintf(stderr, "bench: %s\n%s", sql, PQresultErrorMessage(result));
        exit(1);
    }
    return result;
}

/* For each tier: which places have enough rows, and how a row says that it is theirs. */
// clang-format off
static const struct {
    const char *name;
    enum slice slice;
    const char *key;
    const char *own;
    const char *places;
} kinds[TIERS] = {
    {"nation", SLICE_NATION, "1", "e.province_id >= 0", "select '1', '', ''"},
    {"province", SLICE_PROVINCE, "e.province_id", "e.province_id = scope_id()",
     "select '168', '', ''"},
    {"district", SLICE_DISTRICT, "e.district_id", "e.district_id = scope_id()",
     "select id::text, '', '' from unit where kind = 'district' and province_id = 168 and valid_to is null "
     "order by id"},
    {"commune", SLICE_COMMUNE, "e.commune_id", "e.commune_id = scope_id()",
     "select id::text, '', '' from unit where kind = 'commune' and province_id = 168 and valid_to is null "
     "order by id"},
    {"collector", SLICE_COLLECTOR, "e.collector_id", "e.collector_id = scope_agent()",
     "select '', c.id::text, min(t.hamlet_id)::text from collector c "
     "join territory t on t.collector_id = c.id where c.province_id = 168 "
     "and (select count(*) from (select from enrolment where collector_id = c.id limit 60) e) = 60 "
     "group by c.id order by c.id"},
};
// clang-format on

/* Rows of one place, anywhere in it; the widest ones by a sample of the table. */
static void read_ids(struct world *world, PGconn *pg, int kind, struct place *place)
{
    const char *scope = *place->agent ? place->agent : place->scope;
    bool wide = kind < 2;
    double share = 100.0 * 4 * IDS_OF_PLACE / (double)world->enrolments;
    const char *sample =
        wide ? arena_printf(world->arena, "tablesample bernoulli (%.6f)", share < 100 ? share : 100)
             : "";
    const char *own =
        wide ? "true" : arena_printf(world->arena, "%s = '%s'", kinds[kind].key, scope);
    PGresult *rows = world_ask(pg, arena_printf(world->arena,
                                                "select e.id from enrolment e %s where %s "
                                                "order by random() limit %d",
                                                sample, own, IDS_OF_PLACE));
    place->id_count = PQntuples(rows);
    place->ids = arena_alloc(world->arena, (size_t)place->id_count * UUID_ROOM);
    for (int i = 0; i < place->id_count; i++) {
        snprintf(place->ids[i], UUID_ROOM, "%s", PQgetvalue(rows, i, 0));
    }
    PQclear(rows);
    if (place->id_count == 0) {
        fprintf(stderr, "bench: no enrolments in %s %s; more people, please\n", kinds[kind].name,
                scope);
        exit(1);
    }
}

static void read_places(struct world *world, PGconn *pg, int kind)
{
    struct tier *tier = &world->tiers[kind];
    PGresult *rows = world_ask(pg, kinds[kind].places);
    tier->name = kinds[kind].name;
    tier->slice = kinds[kind].slice;
    tier->own = kinds[kind].own;
    tier->place_count = PQntuples(rows);
    tier->places = arena_alloc(world->arena, (size_t)tier->place_count * sizeof *tier->places);
    for (int i = 0; i < tier->place_count; i++) {
        struct place *place = &tier->places[i];
        snprintf(place->scope, UUID_ROOM, "%s", PQgetvalue(rows, i, 0));
        snprintf(place->agent, UUID_ROOM, "%s", PQgetvalue(rows, i, 1));
        snprintf(place->hamlet, sizeof place->hamlet, "%s", PQgetvalue(rows, i, 2));
        read_ids(world, pg, kind, place);
    }
    PQclear(rows);
    if (tier->place_count == 0) {
        fprintf(stderr, "bench: no %s with enough rows; more people, please\n", tier->name);
        exit(1);
    }
}

/* The account bench.TIER.N and its session. */
static void make_session(struct world *world, PGconn *pg, const struct token_keys *keys, int kind,
                         int n)
{
    struct tier *tier = &world->tiers[kind];
    struct session *session = &tier->sessions[n];
    session->place = &tier->places[n % tier->place_count];
    const char *unit = *session->place->agent ? session->place->hamlet : session->place->scope;
    PGresult *row = world_ask(
        pg,
        arena_printf(
            world->arena,
            "with made as (insert into app_user (id, username, full_name, slice, duty, agency_id, "
            "collector_id, unit_id, province_id, district_id, commune_id, giver_id) "
            "select uuid7(), 'bench.%1$s.%2$d', 'Bench', '%1$s', 'officer', c.agency_id, c.id, u.id, "
            "u.province_id, u.district_id, u.commune_id, 1 from unit u "
            "left join collector c on c.id::text = '%4$s' where u.id = %3$s returning id) "
            "insert into session (id, user_id, role, scope_id, agent_id, territory, duty, gen, "
            "expires_at) select uuid7(), m.id, 'ansinh_%1$s', '%5$s', '%4$s', "
            "(select array_agg(hamlet_id) from territory where collector_id::text = '%4$s'), "
            "'officer', 1, now() + interval '1 day' from made m returning id, user_id",
            tier->name, n, unit, session->place->agent, session->place->scope));
    snprintf(session->id, UUID_ROOM, "%s", PQgetvalue(row, 0, 0));
    struct caller caller = {.user_id = arena_strdup(world->arena, PQgetvalue(row, 0, 1)),
                            .session_id = session->id,
                            .generation = "1",
                            .slice = tier->slice,
                            .duty = DUTY_OFFICER};
    session->token = token_issue(keys, world->arena, &caller, time(NULL));
    PQclear(row);
}

void world_make(struct world *world, PGconn *pg, const struct token_keys *keys)
{
    world->arena = arena_new((size_t)1 << 30);
    PGresult *size = world_ask(pg, "select (select count(*) from person), count(*), "
                                   "business_date() from enrolment");
    world->people = strtol(PQgetvalue(size, 0, 0), NULL, 10);
    world->enrolments = strtol(PQgetvalue(size, 0, 1), NULL, 10);
    snprintf(world->today, sizeof world->today, "%s", PQgetvalue(size, 0, 2));
    PQclear(size);
    PQclear(world_ask(pg, "begin"));
    for (int kind = 0; kind < TIERS; kind++) {
        read_places(world, pg, kind);
        for (int n = 0; n < SESSIONS; n++) {
            make_session(world, pg, keys, kind, n);
        }
    }
    /* These sign in with the password of the demo. */
    PQclear(world_ask(pg,
                      "insert into credential (user_id, hash) select b.id, c.hash "
                      "from app_user b, app_user d join credential c on c.user_id = d.id "
                      "where b.username like 'bench.nation.%' and d.username = 'nation.viewer'"));
    PQclear(world_ask(pg, "commit"));
    PQclear(world_ask(pg, "vacuum analyze session, app_user"));
    PQclear(world_ask(pg, "checkpoint"));
}
