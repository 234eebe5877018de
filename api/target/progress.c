/* Progress. */
#include "api/target/progress.h"

#include <string.h>

#include "api/enrolment/enrolment_rules.h"
#include "api/target/period_rules.h"
#include "api/target/progress_rules.h"
#include "api/target/progress_view.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

static bool is(const char *value, const char *wanted)
{
    return value && strcmp(value, wanted) == 0;
}

static bool lists_credit(const char *level)
{
    static const char *const kinds[] = {"collector", "agency", "officer", "association"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (is(level, kinds[i])) {
            return true;
        }
    }
    return false;
}

static bool is_agent(const struct request *req)
{
    return req->caller.slice == SLICE_AGENCY || req->caller.slice == SLICE_COLLECTOR;
}

/* A unit that is named may be a commune or a hamlet, which only the database knows. */
static bool may_show_hamlets(const struct request *req)
{
    const char *level = request_query(req, "level");
    return request_query(req, "unit") || is(level, "hamlet") ||
           (!level && req->caller.slice == SLICE_COMMUNE);
}

/* How a question is answered: by rows that are lines already, or by those of a board. */
struct way {
    enum sql_id statement;
    bool board, brief;
};

/* Agents see what they have credit for, units what is in them; for today's units there is the board. */
static struct way way_of(const struct request *req)
{
    static const struct way boards[2][2] = {
        {{SQL_PROGRESS_BOARD, true, false}, {SQL_PROGRESS_BOARD_IN_BRIEF, true, true}},
        {{SQL_HAMLET_BOARD, true, false}, {SQL_HAMLET_BOARD_IN_BRIEF, true, true}}};
    switch (req->caller.slice) {
    case SLICE_AGENCY:
        return (struct way){SQL_PROGRESS_OF_AGENCY, false, false};
    case SLICE_COLLECTOR:
        return (struct way){SQL_PROGRESS_OF_COLLECTOR, false, false};
    default:
        if (lists_credit(request_query(req, "level"))) {
            return (struct way){SQL_PROGRESS_OF_CREDIT, false, false};
        }
        if (request_query(req, "at")) {
            return (struct way){SQL_PROGRESS_OF_UNIT, false, false};
        }
        return boards[may_show_hamlets(req)][is(request_query(req, "detail"), "brief")];
    }
}

/* One member of every cell as the text of an array; `{a,b}`. */
static const char *column(struct request *req, const struct progress_cell *cells, int count,
                          const char *(*member)(const struct progress_cell *cell))
{
    size_t size = 3;
    for (int i = 0; i < count; i++) {
        size += strlen(member(&cells[i])) + 1;
    }
    char *text = arena_alloc(req->arena, size);
    char *end = stpcpy(text, "{");
    for (int i = 0; i < count; i++) {
        end = stpcpy(stpcpy(end, i ? "," : ""), member(&cells[i]));
    }
    stpcpy(end, "}");
    return text;
}

static const char *question_of(const struct progress_cell *cell)
{
    return cell->question;
}

static const char *kinds_of(const struct progress_cell *cell)
{
    return cell->kinds;
}

static const char *measures_of(const struct progress_cell *cell)
{
    return cell->of;
}

static const char *use_of(const struct progress_cell *cell)
{
    return cell->use;
}

static const char *span_of(const struct progress_cell *cell)
{
    return cell->span.span;
}

static const char *lo_of(const struct progress_cell *cell)
{
    return cell->span.lo;
}

static const char *hi_of(const struct progress_cell *cell)
{
    return cell->span.hi;
}

/* The days whose openings a board asks for. */
static const char *openings_of(struct request *req, const struct progress_cell *cells, int count)
{
    struct progress_cell openings[PROGRESS_CELLS_MAX];
    int found = 0;
    for (int i = 0; i < count; i++) {
        if (is(cells[i].span.span, "opening")) {
            openings[found++] = cells[i];
        }
    }
    return column(req, openings, found, lo_of);
}

/* As of the day asked for; of a period that is over its last day, else today. */
static const char *day_of(struct request *req, const struct period *period)
{
    char today[11];
    const char *at = request_query(req, "at");
    business_date(time(NULL), today);
    const char *wanted = at ? at : today;
    return arena_strdup(req->arena, strcmp(wanted, period->to) < 0 ? wanted : period->to);
}

bool progress_asked(struct request *req, struct progress_asked *asked)
{
    const char *period = request_query(req, "period");
    const char *assigner = request_query(req, "assigner");
    if (!period_parse(period, &asked->period)) {
        return fail_at(req, INVALID_REQUEST, "parameter", "period", FLAW_FORMAT, "period");
    }
    asked->at = day_of(req, &asked->period);
    asked->assigner = assigner ? assigner : "social_insurance";
    asked->show = request_query(req, "show");
    asked->basis = request_query(req, "basis");
    asked->basis = asked->basis ? asked->basis : "counted";
    /* A period that is to come has all its days left. */
    int days = days_between(asked->period.from, asked->period.to) + 1;
    int past = days_between(asked->period.from, asked->at) + 1;
    asked->days_past = past > 0 ? past : 0;
    asked->days_left = days - asked->days_past;
    const char *map = request_query(req, "map");
    bool told = is(asked->basis, "reported");
    asked->href =
        arena_printf(req->arena, "/v1/progress?indicator=%s&period=%s&assigner=%s%s%s%s&unit=",
                     request_query(req, "indicator"), period, asked->assigner,
                     told ? "&basis=reported" : "", told && map ? "&map=" : "",
                     told && map ? map : "");
    return true;
}

/* What was reported from outside, of units. */
static bool reported(struct request *req, const struct progress_asked *asked)
{
    const char *map = request_query(req, "map");
    return answer_made(req, reply_progress, SQL_PROGRESS_REPORTED,
                       PARAMS(request_query(req, "unit"), request_query(req, "indicator"),
                              arena_strdup(req->arena, asked->period.from),
                              arena_strdup(req->arena, asked->period.to), asked->assigner,
                              request_query(req, "level"), asked->at, map ? map : "restated"));
}

static bool counted(struct request *req, const struct progress_asked *asked)
{
    struct progress_cell cells[PROGRESS_CELLS_MAX];
    struct way way = way_of(req);
    bool to_date = request_query(req, "at") != NULL;
    int count = way.board ? progress_board_cells(&asked->period, asked->at, way.brief, cells)
                          : progress_cells(&asked->period, asked->at, to_date, false, cells);
    const char *const values[] = {
        request_query(req, "unit"),
        request_query(req, "indicator"),
        arena_strdup(req->arena, asked->period.from),
        arena_strdup(req->arena, asked->period.to),
        asked->assigner,
        request_query(req, "level"),
        column(req, cells, count, question_of),
        column(req, cells, count, kinds_of),
        column(req, cells, count, span_of),
        column(req, cells, count, lo_of),
        column(req, cells, count, hi_of),
        way.board ? column(req, cells, count, use_of)
        : to_date ? asked->at
                  : NULL,
        column(req, cells, count, measures_of),
        openings_of(req, cells, count),
    };
    return answer_made(req,
                       !way.board  ? reply_progress
                       : way.brief ? reply_brief_board
                                   : reply_board,
                       way.statement, statements[way.statement].params, values);
}

bool progress_get(struct request *req)
{
    struct progress_asked asked;
    if (!progress_asked(req, &asked)) {
        return false;
    }
    if (!is(asked.basis, "reported")) {
        return counted(req, &asked);
    }
    if (is_agent(req)) {
        return fail(req, FORBIDDEN);
    }
    return lists_credit(request_query(req, "level"))
               ? fail_at(req, INVALID_REQUEST, "parameter", "level", FLAW_ENUM, NULL)
               : reported(req, &asked);
}

bool progress_rank_get(struct request *req)
{
    struct progress_asked asked;
    struct progress_cell cells[PROGRESS_CELLS_MAX];
    if (!progress_asked(req, &asked)) {
        return false;
    }
    int count = progress_cells(&asked.period, asked.at, false, true, cells);
    return answer_row(
        req, 200, SQL_PROGRESS_RANK,
        PARAMS(request_query(req, "indicator"), arena_strdup(req->arena, asked.period.from),
               arena_strdup(req->arena, asked.period.to), asked.assigner, asked.at,
               column(req, cells, count, question_of), column(req, cells, count, span_of),
               column(req, cells, count, lo_of), column(req, cells, count, hi_of)));
}
