/* Every allocation that a request makes in the server fails once. Whatever then happens, nobody may get a
 * wrong answer: it is the right one, a refusal that says so, or none; the server goes on or ends as it
 * declares to; nothing is done by half, and who asks again with the same Idempotency-Key has one effect.
 *
 * ANSINH_TEST_TORTURE is how many allocations of a request fail at most, evenly chosen; without it all.
 * ANSINH_TEST_OPERATION is the only operation whose requests are made. */
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/request.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/torture/cases.h"
#include "tests/torture/target.h"

enum { BODY_ROOM = 1 << 20, TOKEN_AGE_MS = 300000, SETTLE_MS = 15000 };

/* What a request is answered, and does, when nothing fails. */
static struct {
    int status;
    char *body; /* without what is new each time */
    char *effect;
    long allocations;
} right;

static struct {
    long failed, right, refused, closed, stopped, wrong, unreached;
} total;

/* --- answers --------------------------------------------------------------------------------- */

static bool is_instant(const char *text, size_t size)
{
    return size >= 20 && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':';
}

static bool is_id(const char *text, size_t size)
{
    return size == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
}

static bool follows(const char *body, const char *at, const char *name)
{
    size_t size = strlen(name);
    return at - body >= (ptrdiff_t)size && strncmp(at - size, name, size) == 0;
}

/* 1000001 */
static size_t serial_size(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits >= 7 ? digits : 0;
}

/* Ids, instants and secrets are another one each time, of anything that is made. */
static const char *masked(const char *body)
{
    static char out[BODY_ROOM];
    size_t used = 0;
    for (const char *at = body; *at && used < sizeof out - 2;) {
        const char *end = *at == '"' ? strchr(at + 1, '"') : NULL;
        size_t size = end ? (size_t)(end - at) - 1 : 0;
        bool secret = follows(body, at, "_token\":") || follows(body, at, "_password\":");
        out[used++] = *at++;
        at += serial_size(at);
        if (end && (secret || is_id(at, size) || is_instant(at, size))) {
            out[used++] = '*';
            at = end;
        }
    }
    out[used] = '\0';
    return out;
}

/* What is only read must be the same to the last byte. */
static const char *comparable(const struct torture_case *which, const char *body)
{
    return strcmp(which->method, "GET") == 0 && which->login ? body : masked(body);
}

static bool is_right(const struct torture_case *which, const struct outcome *outcome)
{
    return outcome->status == right.status &&
           strcmp(comparable(which, outcome->body), right.body) == 0;
}

static bool is_refusal(const struct outcome *outcome)
{
    bool honest = outcome->status == 500 || outcome->status == 503 || outcome->status == 413;
    return honest && strstr(outcome->head, "Content-Type: application/problem+json") &&
           (outcome->status != 503 || strstr(outcome->head, "Retry-After: "));
}

/* --- effects --------------------------------------------------------------------------------- */

/* PostgreSQL may still be at work for a server that is gone. */
static void settle(bool alive)
{
    const char *busy =
        text("select count(*) from pg_stat_activity where application_name = 'torture'%s",
             alive ? " and state <> 'idle'" : "");
    uint64_t limit = monotonic_ns() + SETTLE_MS * 1000000ull;
    while (strcmp(sql_text(busy), "0") != 0) {
        ck_assert_uint_lt(monotonic_ns(), limit);
        poll(NULL, 0, 1);
    }
}

static const char *effect(void)
{
    return sql_text("select torture.effect()");
}

static void undo(void)
{
    sql_text("select torture.undo()");
}

/* --- one failure ----------------------------------------------------------------------------- */

/* NULL, or what is wrong with what was done. */
static const char *judge_effect(const struct torture_case *which, bool answered_right)
{
    const char *done = effect();
    bool whole = strcmp(done, right.effect) == 0;
    bool none = !*done;
    if (whole || (none && !answered_right) || (which->in_parts && !answered_right)) {
        return NULL;
    }
    return text("did \"%s\", not \"%s\"", done, right.effect);
}

/* Asked again, of the same server if it is there: one effect and the right answer. */
static const char *judge_retry(const struct torture_case *which, const char *bytes, bool alive)
{
    struct outcome again = {.fate = CLOSED, .head = "", .body = ""};
    if (alive) {
        again = target_again(bytes);
    } else {
        const char *answer = exchange(server_port_number(), bytes);
        if (answer && *answer) {
            again.fate = ANSWERED;
            outcome_read(&again, answer);
        }
    }
    if (again.fate != ANSWERED || !is_right(which, &again)) {
        return text("asked again (%d, %d): %d %.200s", (int)alive, (int)again.fate, again.status,
                    again.body);
    }
    settle(alive);
    const char *wrong = judge_effect(which, true);
    return wrong ? text("asked again: %s", wrong) : NULL;
}

static const char *judge(const struct torture_case *which, const char *bytes,
                         const struct outcome *outcome)
{
    bool good = outcome->fate == ANSWERED && is_right(which, outcome);
    bool reads = strcmp(which->method, "GET") == 0;
    total.right += good;
    total.refused += outcome->fate == ANSWERED && !good;
    total.closed += outcome->fate == CLOSED;
    total.stopped += outcome->fate == STOPPED;
    if (outcome->fate == HUNG) {
        return "hangs";
    }
    if (outcome->fate == CRASHED) {
        return text("crashed, wait status %d", outcome->wait_status);
    }
    if (outcome->fate == ANSWERED && !good && !is_refusal(outcome)) {
        return text("answered %d %.200s", outcome->status, outcome->body);
    }
    settle(outcome->alive);
    const char *wrong = judge_effect(which, good);
    if (wrong) {
        return wrong;
    }
    bool again = which->takes_key || (reads && outcome->alive && !*right.effect);
    return again && !good ? judge_retry(which, bytes, outcome->alive) : NULL;
}

#define HEAD " HTTP/1.1\r\nHost: torture\r\nConnection: close\r\n"

/* A connection in the lane of the request, and OpenSSL, of which a forged token makes use as well. */
static struct trial trial_of(const struct torture_case *which, const char *bytes, long fail_at)
{
    static const char nothing[] = "GET /livez" HEAD "\r\n";
    static const char read_lane[] = "GET /readyz" HEAD "\r\n";
    static const char write_lane[] =
        "POST /v1/sessions/refresh" HEAD "Content-Type: application/json\r\nContent-Length: 63\r\n"
        "\r\n{\"refresh_token\":\"BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";
    const char *token = token_of("commune.viewer");
    const char *forged = text("GET /v1/me" HEAD "Authorization: Bearer %.*sAAAAAAAA\r\n\r\n",
                              (int)strlen(token) - 8, token);
    bool reads = strcmp(which->method, "GET") == 0;
    struct trial trial = {.bytes = bytes, .fail_at = fail_at};
    trial.warm_up[0] = which->cold ? nothing : reads ? read_lane : write_lane;
    trial.warm_up[1] = which->cold ? NULL : forged;
    return trial;
}

static const char *new_key(void)
{
    char key[37];
    uuid7_text(key);
    return text("%s", key);
}

static void fail_one(const struct torture_case *which, long at)
{
    const char *bytes = case_bytes(which, new_key());
    struct trial trial = trial_of(which, bytes, at);
    struct outcome outcome = target_try(&trial);
    total.failed += outcome.fired;
    total.unreached += !outcome.fired;
    const char *wrong = judge(which, bytes, &outcome);
    if (wrong) {
        total.wrong++;
        printf("WRONG: %s %s, allocation %ld of %ld%s: %s\n", which->method, which->path, at,
               right.allocations, outcome.fired ? "" : " (not reached)", wrong);
    }
    target_end();
    settle(false);
    undo();
    harness_forget();
}

/* --- one request ----------------------------------------------------------------------------- */

static void learn(const struct torture_case *which)
{
    const char *bytes = case_bytes(which, new_key());
    struct trial trial = trial_of(which, bytes, 0);
    struct outcome outcome = target_try(&trial);
    ck_assert_msg(outcome.fate == ANSWERED, "%s %s is not answered", which->method, which->path);
    free(right.body);
    free(right.effect);
    right.status = outcome.status;
    right.body = strdup(comparable(which, outcome.body));
    right.allocations = outcome.count;
    target_end();
    settle(false);
    right.effect = strdup(effect());
    undo();
    harness_forget();
}

/* What signing in changes is not undone. */
static void sign_in(const char *login)
{
    static uint64_t last_ns;
    static char last[64];
    bool same = strcmp(last, login) == 0;
    if (!same || monotonic_ns() - last_ns > TOKEN_AGE_MS * 1000000ull) {
        forget_token(login);
        last_ns = monotonic_ns();
        snprintf(last, sizeof last, "%s", login);
    }
    token_of(login);
    sql_text("delete from torture.change");
}

static long most(void)
{
    const char *given = getenv("ANSINH_TEST_TORTURE");
    long wanted = given ? strtol(given, NULL, 10) : 0;
    return wanted > 0 ? wanted : LONG_MAX;
}

static void torture(const struct torture_case *which)
{
    uint64_t begun = monotonic_ns();
    if (which->login) {
        sign_in(which->login);
    }
    learn(which);
    long tries = right.allocations < most() ? right.allocations : most();
    long wrong = total.wrong;
    for (long i = 0; i < tries; i++) {
        if (which->login && i % 500 == 499) {
            sign_in(which->login);
        }
        fail_one(which, 1 + i * right.allocations / tries);
    }
    printf("%-6s %.60s: %d, %ld allocations, %ld failed, %ld wrong, %.1f s%s%s\n", which->method,
           which->path, right.status, right.allocations, tries, total.wrong - wrong,
           (double)(monotonic_ns() - begun) / 1e9, *right.effect ? "; " : "", right.effect);
    fflush(stdout);
}

/* --- all of them ----------------------------------------------------------------------------- */

static void open_torture(void)
{
    char sql[16384] = "";
    FILE *file = fopen("tests/torture/undo.sql", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(sql, 1, sizeof sql - 1, file), 0);
    fclose(file);
    cases_read();
    token_of("commune.viewer"); /* who forges, while nothing is noted yet */
    /* Folding would go on beside us, and what it folded be undone. */
    sql_text("revoke execute on procedure fold_younger() from ansinh_worker");
    sql_text(sql);
    ck_assert(target_start());
}

static void close_torture(void)
{
    target_stop();
    cases_forget();
    free(right.body);
    free(right.effect);
}

/* A request that no line makes succeed: its gates were tortured at most. */
static int count_missing(const bool *succeeded)
{
    size_t count = 0;
    int missing = 0;
    const struct operation *all = contract_operations(harness_contract(), &count);
    for (size_t i = 0; i < count; i++) {
        if (!succeeded[i]) {
            printf("no line of tests/torture/cases.txt lets %s succeed\n", all[i].id);
            missing++;
        }
    }
    return missing;
}

static const char *wanted_operation(void)
{
    const char *wanted = getenv("ANSINH_TEST_OPERATION");
    return wanted && *wanted ? wanted : NULL;
}

static bool is_wanted(const struct torture_case *which)
{
    const char *wanted = wanted_operation();
    return !wanted || strcmp(wanted, which->operation) == 0;
}

START_TEST(no_failed_allocation_is_a_wrong_answer)
{
    bool succeeded[MAX_CASES] = {false};
    size_t count = 0;
    const struct operation *all = contract_operations(harness_contract(), &count);
    for (size_t i = 0; i < cases_count(); i++) {
        if (!is_wanted(case_at(i))) {
            continue;
        }
        torture(case_at(i));
        for (size_t n = 0; n < count; n++) {
            succeeded[n] |= right.status < 300 && strcmp(all[n].id, case_at(i)->operation) == 0;
        }
    }
    int missing = wanted_operation() ? 0 : count_missing(succeeded);
    printf("torture: %zu requests, %ld allocations failed: %ld wrong, %ld right, %ld refused, "
           "%ld closed, %ld stopped (%ld not reached); %d operations without a success\n",
           cases_count(), total.failed, total.wrong, total.right, total.refused, total.closed,
           total.stopped, total.unreached, missing);
    ck_assert_int_eq(total.wrong, 0);
    ck_assert_int_eq(missing, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("torture");
    TCase *tcase = tcase_create("torture");
    tcase_set_timeout(tcase, 0);
    tcase_add_unchecked_fixture(tcase, open_torture, close_torture);
    tcase_add_test(tcase, no_failed_allocation_is_a_wrong_answer);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    /* Nobody works at jobs beside us: what that did would be taken for the request's. */
    setenv("ANSINH_JOB_WORKERS", "0", 1);
    if (!harness_start()) {
        harness_stop();
        srunner_free(runner);
        return EXIT_FAILURE;
    }
    srunner_run_all(runner, CK_ENV);
    harness_stop();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
