/* The ledger under fire: sixteen writers do everything to it at two levels at random, a reader checks
 * every sum meanwhile, and the server's database connections are cut under them.
 *
 * The province divides its plan, one office keeps dividing its part of it, and another one divides a
 * part that the province withdraws and gives again all the time. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "middleware/request.h"
#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

enum { WRITERS = 16, MOVES = 24, PARTS_MAX = 512, TRIES = 40, KILLS = 40 };
#define AGENT "\":\"01900000-0000-7000-8000-0000000000"
enum level { PROVINCE, OFFICE, BESIDE, LEVELS }; /* who gives */
enum act { SPLIT, AMEND, WITHDRAW, DECLARE, PHASE };

struct move {
    enum act act;
    enum level level;
    char path[96];
    char body[256];
    int number; /* "fire-number" stands in what the move writes, and nowhere else */
    char key[37];
    int status; /* the last answer; 0 for none */
    char reply[4096];
};

struct writer {
    pthread_t thread;
    unsigned seed;
    int number;
    struct move moves[MOVES];
};

static struct writer writers[WRITERS];
static const char *tokens[LEVELS];

/* --- what the writers share ------------------------------------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t progress = PTHREAD_COND_INITIALIZER;
static char holds[LEVELS][37]; /* what each of them divides; BESIDE whatever it was given last */
static char parts[LEVELS][PARTS_MAX][37];
static int part_counts[LEVELS];
static int moves_made;

static void add_part(enum level level, const char *id, bool to_beside)
{
    pthread_mutex_lock(&lock);
    if (id && to_beside) {
        keep(holds[BESIDE], id);
    }
    if (id && part_counts[level] < PARTS_MAX) {
        keep(parts[level][part_counts[level]++], id);
    }
    pthread_mutex_unlock(&lock);
}

static void drop_part(enum level level, const char *id)
{
    pthread_mutex_lock(&lock);
    int last = part_counts[level] - 1;
    for (int i = 0; i <= last; i++) {
        if (strcmp(parts[level][i], id) == 0) {
            memcpy(parts[level][i], parts[level][last], sizeof parts[level][i]);
            part_counts[level] = last--;
        }
    }
    pthread_mutex_unlock(&lock);
}

/* What a move is about. The first part of the office is never withdrawn: so the office's own is always
 * divided, and cannot be withdrawn under it. */
static void pick(struct writer *writer, const struct move *move, char out[37])
{
    enum level level = move->level;
    int first = move->act == WITHDRAW && level == OFFICE;
    bool divides = move->act == SPLIT || move->act == DECLARE;
    unsigned at = (unsigned)rand_r(&writer->seed);
    pthread_mutex_lock(&lock);
    int count = part_counts[level] - first;
    keep(out,
         divides || count <= 0 ? holds[level] : parts[level][first + (int)(at % (unsigned)count)]);
    pthread_mutex_unlock(&lock);
}

/* --- one move --------------------------------------------------------------------------------- */

static int below(struct writer *writer, int most)
{
    return (int)(rand_r(&writer->seed) % (unsigned)most);
}

/* Somebody to give a part to, as members of the body: the cut, and one of the part. */
static const char *const cuts[] = {"territory", "organisation", "staff"};
static const char *const assignees[LEVELS][3][2] = {
    [PROVINCE] = {{"unit_id\":900001", "unit_id\":900002"},
                  {"agency_id" AGENT "a1\"", "agency_id" AGENT "a2\""},
                  {"collector_id" AGENT "c1\"", "collector_id" AGENT "c3\""}},
    [OFFICE] = {{"unit_id\":123149", "unit_id\":123152"},
                {"agency_id" AGENT "a1\"", "agency_id" AGENT "a1\""},
                {"collector_id" AGENT "c1\"", "collector_id" AGENT "c2\""}},
    [BESIDE] = {{"unit_id\":123236", "unit_id\":123266"},
                {"agency_id" AGENT "a2\"", "agency_id" AGENT "a2\""},
                {"collector_id" AGENT "c3\"", "collector_id" AGENT "c3\""}},
};

#define DECISION(number) "\"decision\":{\"number\":\"" number "\",\"decided_on\":\"2027-01-05\"}"

/* A split says its token in the decision; all others share one, which they find or enter at once. */
static void plan_move(struct writer *writer, struct move *move)
{
    static const char *const names[] = {"split", "amend", "withdraw", "declare", "phase"};
    char id[37];
    char said[160];
    char month[32] = "";
    int cut = below(writer, 3);
    const char *to = assignees[move->level][cut][below(writer, 2)];
    pick(writer, move, id);
    snprintf(move->path, sizeof move->path, "/v1/assignments/%s/%s", id, names[move->act]);
    snprintf(said, sizeof said, "\"reason\":\"fire-%d\"," DECISION("16/QĐ"), move->number);
    if (below(writer, 3) == 0) {
        snprintf(month, sizeof month, "\"month\":\"2027-%02d\",", 1 + below(writer, 12));
    }
    switch (move->act) {
    case SPLIT:
        snprintf(move->body, sizeof move->body,
                 "{\"cut\":\"%s\",\"parts\":[{\"%s,\"quantity\":%d}]," DECISION("fire-%d") "}",
                 cuts[cut], to, below(writer, 300), move->number);
        break;
    case DECLARE:
        snprintf(move->body, sizeof move->body, "{\"cut\":\"%s\",\"over\":%d,%s}", cuts[cut],
                 below(writer, 400), said);
        break;
    case AMEND:
        snprintf(move->body, sizeof move->body, "{\"change\":%d,%s%s}", below(writer, 401) - 200,
                 month, said);
        break;
    default:
        snprintf(move->body, sizeof move->body, "{%s%s}",
                 move->act == PHASE ? "\"by\":\"equal\"," : "", said);
    }
}

static void post(struct move *move)
{
    char request[2048];
    size_t got = 0;
    ssize_t more;
    snprintf(request, sizeof request,
             "POST %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nIdempotency-Key: %s\r\n"
             "Content-Type: application/json\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
             move->path, tokens[move->level], move->key, strlen(move->body), move->body);
    int fd = wire_open(server_port_number());
    wire_send(fd, request);
    while (got < sizeof move->reply - 1 &&
           (more = read(fd, move->reply + got, sizeof move->reply - 1 - got)) > 0) {
        got += (size_t)more;
    }
    close(fd);
    move->reply[got] = '\0';
    move->status = wire_status(move->reply);
}

/* In doubt the same request is sent again under its key, as a client must. */
static void post_until_known(struct move *move)
{
    int tries = 0;
    do {
        post(move);
    } while (++tries < TRIES && (move->status == 503 || move->status == 0 ||
                                 strstr(move->reply, "idempotency_in_flight")));
}

static void note_move(struct move *move)
{
    const char *body = strstr(move->reply, "\r\n\r\n");
    json_t *json = move->status == 201 && body ? json_loads(body + 4, 0, NULL) : NULL;
    const json_t *part = json_array_get(json_object_get(json, "items"), 0);
    if (move->act == SPLIT) {
        bool beside = json_integer_value(json_object_get(part, "unit_id")) == 900002;
        add_part(move->level, json_string_value(json_object_get(part, "id")),
                 beside && move->level == PROVINCE);
    } else if (move->act == WITHDRAW && json) {
        drop_part(move->level, json_string_value(json_object_get(json, "assignment_id")));
    }
    json_decref(json);
    pthread_mutex_lock(&lock);
    moves_made++;
    pthread_cond_broadcast(&progress);
    pthread_mutex_unlock(&lock);
}

static void *write_at_random(void *own)
{
    static const enum act acts[] = {SPLIT, SPLIT,    SPLIT,    AMEND,   AMEND, AMEND,
                                    AMEND, WITHDRAW, WITHDRAW, DECLARE, PHASE};
    struct writer *writer = own;
    for (int i = 0; i < MOVES; i++) {
        struct move *move = &writer->moves[i];
        move->act = acts[below(writer, sizeof acts / sizeof *acts)];
        move->level = (enum level)below(writer, LEVELS);
        move->number = writer->number * MOVES + i;
        uuid7_text(move->key);
        plan_move(writer, move);
        post_until_known(move);
        note_move(move);
    }
    return NULL;
}

/* --- the fire --------------------------------------------------------------------------------- */

static void wait_for_moves(int wanted)
{
    pthread_mutex_lock(&lock);
    while (moves_made < wanted) {
        pthread_cond_wait(&progress, &lock);
    }
    pthread_mutex_unlock(&lock);
}

/* Cuts a connection of the server, at work if there is one, after every so many moves. */
static void *cut_connections(void *count)
{
    PGconn *own = PQconnectdb(harness_database_url());
    int *killed = count;
    for (int i = 1; i <= KILLS; i++) {
        wait_for_moves(i * WRITERS * MOVES / (KILLS + 1));
        PGresult *cut = PQexec(own, "select pg_terminate_backend(pid) from pg_stat_activity where "
                                    "usename = 'ansinh_app' and datname = current_database() "
                                    "order by state = 'active' desc, random() limit 1");
        *killed += PQntuples(cut);
        PQclear(cut);
    }
    PQfinish(own);
    return NULL;
}

static void nothing_is_broken(void)
{
    ck_assert_str_eq(sql_text(broken_ledgers), "");
}

/* Looks until all moves are made; what is found is told afterwards, because a test that ends must not
 * leave its writers behind. Returns how often it looked. */
static int look_until_done(char found[256])
{
    int looks = 0;
    bool done = false;
    while (!done && !*found) {
        pthread_mutex_lock(&lock);
        done = moves_made == WRITERS * MOVES;
        pthread_mutex_unlock(&lock);
        snprintf(found, 256, "%s", sql_text(broken_ledgers));
        harness_forget();
        looks++;
    }
    return looks;
}

static void give(enum level level, const char *login, int unit, int quantity)
{
    add_part(level,
             given(login, holds[level], "territory",
                   text("{\"unit_id\":%d,\"quantity\":%d}", unit, quantity)),
             unit == 900002);
}

static void start_from_two_levels(void)
{
    static const char *const logins[] = {"province.manager", "district.manager",
                                         "neighbour.district"};
    for (int level = 0; level < LEVELS; level++) {
        tokens[level] = strdup(token_of(logins[level]));
    }
    keep(holds[PROVINCE], planned("province.manager", "hhi_participants", "2027", 2000));
    give(PROVINCE, "province.manager", 900001, 1000);
    keep(holds[OFFICE], parts[PROVINCE][0]);
    give(PROVINCE, "province.manager", 900002, 500);
    give(OFFICE, "district.manager", 123173, 500);
}

START_TEST(no_sum_breaks_while_connections_are_cut)
{
    pthread_t cutter;
    int killed = 0;
    char found[256] = "";
    start_from_two_levels();
    for (int i = 0; i < WRITERS; i++) {
        writers[i].seed = 20261122 + (unsigned)i;
        writers[i].number = i;
        pthread_create(&writers[i].thread, NULL, write_at_random, &writers[i]);
    }
    pthread_create(&cutter, NULL, cut_connections, &killed);
    int looks = look_until_done(found);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
    }
    pthread_join(cutter, NULL);
    ck_assert_str_eq(found, "");
    ck_assert_int_gt(looks, 10);
    ck_assert_int_ge(killed, KILLS / 2);
}
END_TEST

/* --- afterwards ------------------------------------------------------------------------------- */

/* How often something with this token happened, and how many rows that wrote. */
static void find_effects(const struct move *move, int *times, int *rows)
{
    const char *found = sql_text(
        text("select count(distinct at) || ' ' || count(*) from (select at from assignment_entry "
             "where 'fire-%d' in (reason, decision_number) union all select at from "
             "cut_declaration where reason = 'fire-%d') e",
             move->number, move->number));
    ck_assert_int_eq(sscanf(found, "%d %d", times, rows), 2);
}

START_TEST(what_was_answered_is_there_exactly_once)
{
    int done[5] = {0};
    int doubtful = 0;
    for (int i = 0; i < WRITERS * MOVES; i++) {
        const struct move *move = &writers[i / MOVES].moves[i % MOVES];
        int times = 0;
        int rows = 0;
        find_effects(move, &times, &rows);
        if (move->status == 503 || move->status == 0) {
            doubtful++;
            ck_assert_int_le(times, 1);
            continue;
        }
        bool several = move->act == PHASE || move->act == WITHDRAW;
        bool known = move->status == 201 || move->status == 403 || move->status == 404 ||
                     move->status == 409 || move->status == 422;
        ck_assert_msg(known, "%s %s: %.900s", move->path, move->body, move->reply);
        ck_assert_msg(times == (move->status == 201) && (several || rows == times),
                      "%s %s: %d times, %.900s", move->path, move->body, times, move->reply);
        done[move->act] += move->status == 201;
        harness_forget();
    }
    for (int act = SPLIT; act <= PHASE; act++) { /* the seeds see to it that each came through */
        ck_assert_msg(done[act] > 0, "no act %d", act);
    }
    ck_assert_int_lt(doubtful, WRITERS);
}
END_TEST

START_TEST(a_repeated_key_has_one_effect_after_all)
{
    const char *entries = "select count(*) from assignment_entry";
    const char *before = text("%s", sql_text(entries));
    sql_text("select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = "
             "'ansinh_app' and datname = current_database()");
    int repeated = 0;
    for (int i = 0; i < WRITERS * MOVES; i++) {
        struct move *move = &writers[i / MOVES].moves[i % MOVES];
        if (move->status == 201 && i % 3 == 0) {
            struct move again = *move;
            post_until_known(&again);
            ck_assert_int_eq(again.status, 201);
            ck_assert_ptr_nonnull(strcasestr(again.reply, "Idempotency-Replayed: true"));
            ck_assert_str_eq(strstr(again.reply, "\r\n\r\n"), strstr(move->reply, "\r\n\r\n"));
            repeated++;
        }
    }
    ck_assert_int_gt(repeated, 10);
    ck_assert_str_eq(sql_text(entries), before);
    nothing_is_broken();
}
END_TEST

static void forget_writers(void)
{
    for (int level = 0; level < LEVELS; level++) {
        free((char *)tokens[level]);
    }
}

Suite *ledger_fire_suite(void)
{
    Suite *suite = suite_create("ledger_fire");
    TCase *tcase = tcase_create("ledger_fire");
    tcase_set_timeout(tcase, 180);
    tcase_add_unchecked_fixture(tcase, NULL, forget_writers);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, no_sum_breaks_while_connections_are_cut);
    tcase_add_test(tcase, what_was_answered_is_there_exactly_once);
    tcase_add_test(tcase, a_repeated_key_has_one_effect_after_all);
    suite_add_tcase(suite, tcase);
    return suite;
}
