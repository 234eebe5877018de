/* Remuneration. */
#include "api/enrolment/remuneration.h"

#include <stdlib.h>
#include <string.h>

#include "api/enrolment/remuneration_rules.h"
#include "middleware/caller.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/transaction.h"

/* Columns of all three statements: what happened `TIMES` equal times. */
enum {
    AGENCY,
    COLLECTOR,
    NAME,
    CARD,
    SCHEME,
    GROUP,
    KIND,
    ENTRY,
    SIGN,
    BASE,
    TIMES,
    RATE,
    KEY,
    VALUE,
    DECISION,
    VALID_FROM,
    VERIFIED,
    DAY,
    CAPS
};

/* What is written so far. Rows of a line, and of an item, follow each other. */
struct settlement {
    struct request *req;
    const PGresult *rows;
    struct render out;
    bool detailed; /* items show their lines */
    bool verified;
    struct remuneration line;
    struct remuneration item;
    struct remuneration sums[CAP_COUNT]; /* by cap; that of all first */
};

static int64_t number(const PGresult *rows, int row, int column)
{
    return strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

static bool same(const PGresult *rows, int row, int first, int last)
{
    for (int column = first; row > 0 && column <= last; column++) {
        if (PQgetisnull(rows, row, column) != PQgetisnull(rows, row - 1, column) ||
            strcmp(PQgetvalue(rows, row, column), PQgetvalue(rows, row - 1, column)) != 0) {
            return false;
        }
    }
    return row > 0;
}

static void render_member(struct settlement *s, const char *name, int row, int column)
{
    render_text(&s->out, name);
    if (PQgetisnull(s->rows, row, column)) {
        render_text(&s->out, "null");
    } else {
        render_string(&s->out, PQgetvalue(s->rows, row, column));
    }
}

static void render_sum(struct settlement *s, const struct remuneration *sum)
{
    render_text(&s->out, "\"count\":");
    render_int(&s->out, sum->count);
    render_text(&s->out, ",\"base\":");
    render_int(&s->out, sum->base);
    render_text(&s->out, ",\"amount\":");
    render_int(&s->out, sum->amount);
}

static void render_line(struct settlement *s, int row)
{
    render_member(s, "{\"scheme\":", row, SCHEME);
    render_member(s, ",\"entry\":", row, ENTRY);
    render_member(s, ",\"group\":", row, GROUP);
    render_member(s, ",\"kind\":", row, KIND);
    render_text(&s->out, ",");
    render_sum(s, &s->line);
    render_text(&s->out, ",\"percent\":");
    render_hundredths(&s->out, number(s->rows, row, VALUE));
    render_member(s, ",\"rate\":{\"id\":", row, RATE);
    render_member(s, ",\"key\":", row, KEY);
    render_member(s, ",\"valid_from\":", row, VALID_FROM);
    render_member(s, ",\"decision\":", row, DECISION);
    render_text(&s->out, *PQgetvalue(s->rows, row, VERIFIED) == 't' ? ",\"verified\":true}}"
                                                                    : ",\"verified\":false}}");
}

static void open_item(struct settlement *s, int row)
{
    render_member(s, row ? ",{\"agency_id\":" : "{\"agency_id\":", row, AGENCY);
    render_member(s, ",\"collector_id\":", row, COLLECTOR);
    render_member(s, ",\"name\":", row, NAME);
    render_member(s, ",\"card_number\":", row, CARD);
    render_text(&s->out, s->detailed ? ",\"lines\":[" : "");
}

static void close_line(struct settlement *s, int row, bool last)
{
    if (s->detailed) {
        render_line(s, row);
        render_text(&s->out, last ? "]" : ",");
    }
    s->line = (struct remuneration){0};
}

static void close_item(struct settlement *s)
{
    render_text(&s->out, ",");
    render_sum(s, &s->item);
    render_text(&s->out, "}");
    s->item = (struct remuneration){0};
}

static void add_row(struct settlement *s, int row)
{
    const PGresult *rows = s->rows;
    const char *group = PQgetisnull(rows, row, GROUP) ? NULL : PQgetvalue(rows, row, GROUP);
    enum remuneration_cap cap = remuneration_cap_of(PQgetvalue(rows, row, SCHEME), group);
    struct remuneration one = {0};
    remuneration_add(&one, number(rows, row, TIMES), (int)number(rows, row, SIGN),
                     number(rows, row, BASE), number(rows, row, VALUE));
    remuneration_join(&s->line, &one);
    remuneration_join(&s->item, &one);
    remuneration_join(&s->sums[CAP_OVERALL], &one);
    remuneration_join(&s->sums[cap], &one);
    s->verified = s->verified && *PQgetvalue(rows, row, VERIFIED) == 't';
}

/* A line, or an item, is written when its last row was added. */
static void take_row(struct settlement *s, int row)
{
    bool ends = row + 1 == PQntuples(s->rows) || !same(s->rows, row + 1, AGENCY, COLLECTOR);
    bool line_ends =
        ends || !same(s->rows, row + 1, SCHEME, ENTRY) || !same(s->rows, row + 1, RATE, RATE);
    if (!same(s->rows, row, AGENCY, COLLECTOR)) {
        open_item(s, row);
    }
    add_row(s, row);
    if (line_ends) {
        close_line(s, row, ends);
    }
    if (ends) {
        close_item(s);
    }
}

static void render_cap(struct settlement *s, const json_t *cap, int n)
{
    int which = 0;
    int64_t average = 0;
    int64_t value = json_integer_value(json_object_get(cap, "value"));
    while (which < CAP_COUNT - 1 && strcmp(json_string_value(json_object_get(cap, "key")),
                                           remuneration_cap_keys[which]) != 0) {
        which++;
    }
    const struct remuneration *sum = &s->sums[which];
    render_text(&s->out, n ? ",{\"key\":" : "{\"key\":");
    render_string(&s->out, remuneration_cap_keys[which]);
    render_text(&s->out, ",\"percent\":");
    if (remuneration_average(sum, &average)) {
        render_hundredths(&s->out, average);
    } else {
        render_text(&s->out, "null");
    }
    render_text(&s->out, ",\"cap\":");
    render_hundredths(&s->out, value);
    render_text(&s->out,
                remuneration_within(sum, value) ? ",\"within\":true" : ",\"within\":false");
    render_text(&s->out, ",\"decision\":");
    render_string(&s->out, json_string_value(json_object_get(cap, "decision")));
    render_text(&s->out, json_is_true(json_object_get(cap, "verified")) ? ",\"verified\":true}"
                                                                        : ",\"verified\":false}");
}

static void render_caps(struct settlement *s)
{
    size_t n = 0;
    json_t *cap;
    int row = 0; /* one of them carries the caps */
    while (row < PQntuples(s->rows) - 1 && PQgetisnull(s->rows, row, CAPS)) {
        row++;
    }
    json_t *caps = json_loads(PQgetvalue(s->rows, row, CAPS), 0, NULL);
    if (caps) {
        arena_defer(s->req->arena, (void (*)(void *))json_decref, caps);
    }
    render_text(&s->out, ",\"caps\":[");
    json_array_foreach(caps, n, cap) {
        render_cap(s, cap, (int)n);
    }
    render_text(&s->out, "]}");
}

/* A percentage that nobody has entered is named, not guessed. */
static bool has_rates(struct request *req, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        if (!PQgetisnull(rows, row, SCHEME) && PQgetisnull(rows, row, RATE)) {
            fail_at(req, RATE_MISSING, "parameter", "month", FLAW_NO_RATE,
                    arena_printf(req->arena, "%s_remuneration.%s %s", PQgetvalue(rows, row, SCHEME),
                                 PQgetvalue(rows, row, KIND), PQgetvalue(rows, row, DAY)));
        }
    }
    return req->problem.kind == NO_PROBLEM;
}

static bool reply_statement(struct request *req, const PGresult *rows)
{
    bool agent = req->caller.slice == SLICE_AGENCY || req->caller.slice == SLICE_COLLECTOR;
    struct settlement s = {.req = req, .rows = rows, .verified = true};
    if (PQntuples(rows) == 0) {
        return fail(req, NOT_FOUND);
    }
    if (!has_rates(req, rows)) {
        return false;
    }
    s.detailed = agent || request_query(req, "agency_id") || request_query(req, "collector_id");
    render_init(&s.out, req->arena);
    render_text(&s.out, "{\"month\":");
    render_string(&s.out, request_query(req, "month"));
    render_text(&s.out, ",\"items\":[");
    for (int row = 0; row < PQntuples(rows) && !PQgetisnull(rows, row, SCHEME); row++) {
        take_row(&s, row);
    }
    render_text(&s.out, "],");
    render_sum(&s, &s.sums[CAP_OVERALL]);
    render_text(&s.out, s.verified ? ",\"verified\":true" : ",\"verified\":false");
    render_caps(&s);
    return reply_json(req, 200, s.out.data, s.out.size);
}

/* A collector's own, that of an organisation by collector, or of an office by organisation. */
bool remuneration_get(struct request *req)
{
    enum slice slice = req->caller.slice;
    const char *month = arena_printf(req->arena, "%s-01", request_query(req, "month"));
    const char *agency = request_query(req, "agency_id");
    const char *collector = request_query(req, "collector_id");
    if (agency && collector) {
        return fail_at(req, INVALID_REQUEST, "parameter", "agency_id", FLAW_EITHER, "collector_id");
    }
    if (agency && slice == SLICE_COLLECTOR) {
        return fail(req, NOT_FOUND); /* a collector sees no organisation */
    }
    if (collector || slice == SLICE_COLLECTOR) {
        return answer_made(req, reply_statement, SQL_REMUNERATION_OF_COLLECTOR,
                           PARAMS(month, collector));
    }
    if (agency || slice == SLICE_AGENCY) {
        return answer_made(req, reply_statement, SQL_REMUNERATION_OF_AGENCY, PARAMS(month, agency));
    }
    return answer_made(req, reply_statement, SQL_REMUNERATION_OF_OFFICE, PARAMS(month));
}
