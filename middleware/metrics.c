/* What is counted while serving. */
#include "middleware/metrics.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "middleware/exposition.h"
#include "middleware/problem.h"
#include "middleware/shed.h"

enum { COPIES_MOST = 16, CLASSES = 5 /* of status: 1xx to 5xx */ };

// clang-format off
/* Counters of one family stand together. */
static const struct family { const char *name, *labels, *help; } counter_rows[COUNTER_COUNT] = {
    [COUNT_ABANDONED]       = {"http_requests_abandoned_total", "", "Requests that ended before they were whole: cut short by the client, or too slow."},
    [COUNT_REPLAYED]        = {"ansinh_idempotent_replays_total", "", "Writes that were answered from the stored answer of their key."},
    [COUNT_SIGN_IN_GOOD]    = {"ansinh_sign_ins_total", "outcome=\"good\"", "Attempts to sign in with a password."},
    [COUNT_SIGN_IN_WRONG]   = {"ansinh_sign_ins_total", "outcome=\"wrong_credentials\"", NULL},
    [COUNT_SIGN_IN_CHANGE]  = {"ansinh_sign_ins_total", "outcome=\"password_change_required\"", NULL},
    [COUNT_SIGN_IN_LIMITED] = {"ansinh_sign_ins_total", "outcome=\"limited\"", NULL},
    [COUNT_SIGN_IN_FAILED]  = {"ansinh_sign_ins_total", "outcome=\"failed\"", NULL},
    [COUNT_READ_LATE]       = {"ansinh_pool_timeouts_total", "lane=\"read\"", "Requests that waited for a database connection in vain."},
    [COUNT_WRITE_LATE]      = {"ansinh_pool_timeouts_total", "lane=\"write\"", NULL},
    [COUNT_READ_REFUSED]    = {"ansinh_pool_refused_total", "lane=\"read\"", "Requests that could not even wait for a database connection, because too many did."},
    [COUNT_WRITE_REFUSED]   = {"ansinh_pool_refused_total", "lane=\"write\"", NULL},
    [COUNT_READ_DOWN]       = {"ansinh_pool_unavailable_total", "lane=\"read\"", "Requests for which the database could not be reached."},
    [COUNT_WRITE_DOWN]      = {"ansinh_pool_unavailable_total", "lane=\"write\"", NULL},
    [COUNT_FOLD_GOOD]       = {"ansinh_folds_total", "outcome=\"good\"", "Turns of folding live figures into totals."},
    [COUNT_FOLD_FAILED]     = {"ansinh_folds_total", "outcome=\"failed\"", NULL},
    [COUNT_FOLD_ROWS]       = {"ansinh_fold_rows_total", "", "Deltas of live figures that this process folded into totals."},
};
static const struct family gauge_rows[GAUGE_COUNT] = {
    [GAUGE_CONNECTIONS] = {"http_connections", "", "Connections that are open."},
    [GAUGE_IN_FLIGHT]   = {"http_requests_in_flight", "", "Requests whose first line was read and whose answer is not made."},
};
static const struct family span_rows[SPAN_COUNT] = {
    [SPAN_READ_WAIT]  = {"ansinh_pool_wait_seconds", "lane=\"read\"", "How long requests waited for a database connection."},
    [SPAN_WRITE_WAIT] = {"ansinh_pool_wait_seconds", "lane=\"write\"", NULL},
    [SPAN_FOLD]       = {"ansinh_fold_duration_seconds", "", "How long a turn of folding took."},
};
static const struct family level_rows[LEVEL_COUNT] = {
    [LEVEL_FOLD_DONE]    = {"ansinh_fold_last_success_timestamp_seconds", "", "When the last turn of folding ended well."},
    [LEVEL_FOLD_BACKLOG] = {"ansinh_fold_backlog_rows", "", "Deltas that were not in totals when folding last looked."},
    [LEVEL_MEMORY_PEAK]  = {"ansinh_request_memory_peak_bytes", "", "The most memory that one request has used."},
};
/* Classes of SQLSTATE; the last one stands for all others. */
static const char *const states[] = {"08", "0A", "21", "22", "23", "25", "26", "28", "2B", "40", "42",
                                     "44", "53", "54", "55", "57", "58", "AN", "P0", "XX", "other"};
// clang-format on

enum { STATES = sizeof states / sizeof *states };

/* Where what is in a copy. The routes come last, and behind them what has no route. */
enum {
    AT_COUNTERS = 0,
    AT_GAUGES = AT_COUNTERS + COUNTER_COUNT,
    AT_STATES = AT_GAUGES + GAUGE_COUNT,
    AT_CAUSES = AT_STATES + STATES,
    AT_SPANS = AT_CAUSES + CAUSE_COUNT,
    AT_ROUTES = AT_SPANS + SPAN_COUNT * HISTOGRAM_WORDS
};

typedef _Atomic uint64_t word;

struct metrics {
    struct arena *arena; /* owns all of this */
    const struct route *rows;
    size_t route_count;
    size_t words; /* of a copy */
    word levels[LEVEL_COUNT];
    unsigned copy_count;
    word *copies[COPIES_MOST];
};

struct metrics *metrics_new(const struct route *rows, size_t count)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct metrics *metrics = arena_alloc(arena, sizeof *metrics);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    metrics->arena = arena;
    metrics->rows = rows;
    metrics->route_count = count;
    metrics->words = AT_ROUTES + (count + 1) * CLASSES * HISTOGRAM_WORDS;
    metrics->copy_count = processors < 1             ? 1
                          : processors > COPIES_MOST ? COPIES_MOST
                                                     : (unsigned)processors;
    for (unsigned i = 0; i < metrics->copy_count; i++) {
        metrics->copies[i] = arena_alloc(arena, metrics->words * sizeof(word));
    }
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (metrics) {
        arena_free(metrics->arena);
    }
}

/* --- counting -------------------------------------------------------------------------------- */

static void add(struct metrics *metrics, size_t at, uint64_t more)
{
    word *copy = metrics->copies[(unsigned)sched_getcpu() % metrics->copy_count];
    atomic_fetch_add_explicit(&copy[at], more, memory_order_relaxed);
}

static void add_time(struct metrics *metrics, size_t at, uint64_t ns)
{
    add(metrics, at + (size_t)exposition_bucket(ns), 1);
    add(metrics, at + AT_SUM, ns);
}

void metrics_add(struct metrics *metrics, enum counter counter, uint64_t more)
{
    if (metrics) {
        add(metrics, (size_t)AT_COUNTERS + counter, more);
    }
}

void metrics_count(struct metrics *metrics, enum counter counter)
{
    metrics_add(metrics, counter, 1);
}

/* What one copy gains another may lose: only the sum has a meaning. */
void metrics_gauge(struct metrics *metrics, enum gauge gauge, int change)
{
    if (metrics) {
        add(metrics, (size_t)AT_GAUGES + gauge, (uint64_t)(int64_t)change);
    }
}

void metrics_span(struct metrics *metrics, enum span span, uint64_t ns)
{
    if (metrics) {
        add_time(metrics, (size_t)AT_SPANS + (size_t)span * HISTOGRAM_WORDS, ns);
    }
}

void metrics_level(struct metrics *metrics, enum level level, uint64_t value)
{
    if (metrics) {
        atomic_store_explicit(&metrics->levels[level], value, memory_order_relaxed);
    }
}

void metrics_state(struct metrics *metrics, const char *state)
{
    size_t i = 0;
    while (i < STATES - 1 && (!state || strncmp(states[i], state, 2) != 0)) {
        i++;
    }
    if (metrics) {
        add(metrics, AT_STATES + i, 1);
    }
}

static void raise_peak(struct metrics *metrics, uint64_t used)
{
    word *peak = &metrics->levels[LEVEL_MEMORY_PEAK];
    uint64_t known = atomic_load_explicit(peak, memory_order_relaxed);
    while (used > known && !atomic_compare_exchange_weak(peak, &known, used)) {
    }
}

static int class_of(int status)
{
    int class = status / 100 - 1;
    return class < 0 ? 0 : class >= CLASSES ? CLASSES - 1 : class;
}

void metrics_request(const struct request *req)
{
    struct metrics *metrics = req->service->metrics;
    if (!metrics) {
        return;
    }
    size_t row = req->route ? (size_t)(req->route - metrics->rows) : metrics->route_count;
    size_t at = row * CLASSES + (size_t)class_of(req->reply.status);
    add_time(metrics, AT_ROUTES + at * HISTOGRAM_WORDS, req->took_ns);
    raise_peak(metrics, arena_used(req->arena));
    enum cause cause = shed_cause(&req->problem);
    if (cause) {
        add(metrics, (size_t)AT_CAUSES + cause, 1);
    }
}

/* --- reading --------------------------------------------------------------------------------- */

/* All copies added up. */
static const uint64_t *sum(const struct metrics *metrics, struct arena *arena)
{
    uint64_t *total = arena_alloc(arena, metrics->words * sizeof *total);
    for (unsigned i = 0; i < metrics->copy_count; i++) {
        for (size_t at = 0; at < metrics->words; at++) {
            total[at] += atomic_load_explicit(&metrics->copies[i][at], memory_order_relaxed);
        }
    }
    return total;
}

static void render_family(struct render *out, const struct family *family, const char *type)
{
    if (family->help) {
        expose_family(out, family->name, type, family->help);
    }
}

static bool is_used(const uint64_t *histogram)
{
    for (int i = 0; i < BUCKETS; i++) {
        if (histogram[i] > 0) {
            return true;
        }
    }
    return false;
}

/* Only what was asked for has a line, so that those who scrape carry no more than they need. */
static void render_routes(const struct metrics *metrics, struct render *out, const uint64_t *total)
{
    static const char name[] = "http_request_duration_seconds";
    expose_family(out, name, "histogram",
                  "How long requests took, from their first line until their answer was made.");
    for (size_t i = 0; i < (metrics->route_count + 1) * CLASSES; i++) {
        const uint64_t *histogram = total + AT_ROUTES + i * HISTOGRAM_WORDS;
        const struct route *row = &metrics->rows[i / CLASSES];
        bool known = i / CLASSES < metrics->route_count;
        if (is_used(histogram)) {
            const char *labels =
                arena_printf(out->arena, "operation=\"%s\",method=\"%s\",status=\"%dxx\"",
                             known ? row->operation_id : "unknown",
                             known ? method_names[row->method] : "any", (int)(i % CLASSES) + 1);
            expose_histogram(out, name, labels, histogram);
        }
    }
}

static void render_labelled(struct render *out, const struct family *family, const char *label,
                            const char *const *names, int count, const uint64_t *values)
{
    render_family(out, family, "counter");
    for (int i = 0; i < count; i++) {
        if (names[i]) {
            expose_number(out, family->name, arena_printf(out->arena, "%s=\"%s\"", label, names[i]),
                          (int64_t)values[i]);
        }
    }
}

void metrics_render(const struct metrics *metrics, struct render *out)
{
    static const struct family failed = {"ansinh_sql_errors_total", "",
                                         "Statements that failed, by class of SQLSTATE."};
    static const struct family refused = {
        "ansinh_requests_shed_total", "",
        "Good requests that were sent away (503, 429), by what there was too much of."};
    const uint64_t *total = sum(metrics, out->arena);
    render_routes(metrics, out, total);
    for (int i = 0; i < COUNTER_COUNT; i++) {
        render_family(out, &counter_rows[i], "counter");
        expose_number(out, counter_rows[i].name, counter_rows[i].labels,
                      (int64_t)total[AT_COUNTERS + i]);
    }
    for (int i = 0; i < GAUGE_COUNT; i++) {
        render_family(out, &gauge_rows[i], "gauge");
        expose_number(out, gauge_rows[i].name, gauge_rows[i].labels, (int64_t)total[AT_GAUGES + i]);
    }
    for (int i = 0; i < LEVEL_COUNT; i++) {
        render_family(out, &level_rows[i], "gauge");
        expose_number(out, level_rows[i].name, level_rows[i].labels,
                      (int64_t)atomic_load(&metrics->levels[i]));
    }
    for (int i = 0; i < SPAN_COUNT; i++) {
        render_family(out, &span_rows[i], "histogram");
        expose_histogram(out, span_rows[i].name, span_rows[i].labels,
                         total + AT_SPANS + i * HISTOGRAM_WORDS);
    }
    render_labelled(out, &failed, "class", states, STATES, total + AT_STATES);
    render_labelled(out, &refused, "cause", cause_names, CAUSE_COUNT, total + AT_CAUSES);
}
