/* Imports at work. */
#include <stdlib.h>
#include <string.h>

#include "api/report/import.h"
#include "middleware/contract.h"
#include "middleware/csv_body.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/transaction.h"

static const struct {
    const char *operation; /* in whose route the rows of such a file run */
    bool (*ask)(struct request *errand, json_t *row, bool *known);
} rows_of[IMPORT_KINDS] = {
    [HOUSEHOLDS] = {"household_create", import_household},
    [ENROLMENTS] = {"enrolment_create", import_enrolment},
};

enum { BATCH = 500 };

/* One step over the file. */
struct pass {
    struct job *job;
    enum import_kind kind;
    const char *step;
    bool writes;
    const char *names; /* the first line, which each piece gets in front */
    int names_lines;
    struct arena *arena; /* of the verdicts that are not stored yet */
    struct render verdicts;
    int waiting;
};

/* --- verdicts -------------------------------------------------------------------------------- */

static void count(struct job *job, const char *verdict)
{
    job->done++;
    job->accepted += strcmp(verdict, "accepted") == 0;
    job->unchanged += strcmp(verdict, "unchanged") == 0;
    job->rejected += strcmp(verdict, "rejected") == 0;
}

static void empty(struct pass *pass)
{
    arena_free(pass->arena);
    pass->arena = arena_new(SIZE_MAX);
    render_init(&pass->verdicts, pass->arena);
    pass->waiting = 0;
}

static const char *json_of(int line, const char *verdict)
{
    static _Thread_local char text[80];
    snprintf(text, sizeof text, "[{\"line\":%d,\"verdict\":\"%s\"}]", line, verdict);
    return text;
}

/* False when the job is not ours any more, or the database refuses. */
static bool store(struct pass *pass, struct request *errand, const char *verdicts, int wanted)
{
    struct job *job = pass->job;
    const PGresult *added =
        ask(errand, SQL_IMPORT_VERDICT_ADD, PARAMS(job->id, job->worker, pass->step, verdicts));
    if (!added) {
        return false;
    }
    return strtol(PQcmdTuples((PGresult *)added), NULL, 10) == wanted || job_end(job, JOB_LOST);
}

/* What is judged without anything written goes in together. */
static bool store_waiting(struct pass *pass)
{
    struct job *job = pass->job;
    if (pass->waiting == 0) {
        return true;
    }
    struct request *errand = job_errand(job, "import_create");
    render_text(&pass->verdicts, "]");
    bool good =
        store(pass, errand, pass->verdicts.data, pass->waiting) && transaction_finish(errand);
    if (!good && job->outcome == JOB_GOES_ON) {
        job_fail_as(job, errand);
    }
    transaction_end(errand);
    errand_end(errand);
    empty(pass);
    return good;
}

static void add_member(struct render *out, const char *name, const char *value)
{
    render_text(out, ",\"");
    render_text(out, name);
    render_text(out, "\":");
    render_string(out, value);
}

static void open_verdict(struct pass *pass, int line, const char *verdict)
{
    render_text(&pass->verdicts, pass->waiting++ ? ",{\"line\":" : "[{\"line\":");
    render_int(&pass->verdicts, line);
    add_member(&pass->verdicts, "verdict", verdict);
    count(pass->job, verdict);
}

static void reject(struct pass *pass, int line, const char *field, enum flaw_kind flaw,
                   const char *argument)
{
    struct request speaker = {.arena = pass->arena, .language = pass->job->who.language};
    open_verdict(pass, line, "rejected");
    if (field) {
        add_member(&pass->verdicts, "field", field);
    }
    render_text(&pass->verdicts, ",");
    flaw_render(&pass->verdicts, &speaker, flaw, argument);
    render_text(&pass->verdicts, "}");
}

/* The column that a place in an operation's body came from; NULL where it is the row as a whole. */
static const char *column_of(const char *pointer)
{
    static const char *const renamed[][2] = {
        {"hamlet_id", "hamlet_code"}, {"on", "since"},         {"ends_on", "paid_on"},
        {"person_id", "full_name"},   {"person", "full_name"}, {"members", NULL}};
    const char *name = strrchr(pointer, '/');
    name = name && name[1] ? name + 1 : NULL;
    if (strncmp(pointer, "/groups", 7) == 0) {
        return name && strcmp(name, "since") == 0 ? "group_since" : "group";
    }
    for (size_t i = 0; name && i < sizeof renamed / sizeof *renamed; i++) {
        if (strcmp(renamed[i][0], name) == 0) {
            return renamed[i][1];
        }
    }
    return name;
}

static void reject_for(struct pass *pass, int line, const struct problem *problem)
{
    if (problem->flaw_count > 0) {
        const struct flaw *flaw = &problem->flaws[0];
        reject(pass, line, column_of(flaw->name), (enum flaw_kind)flaw->kind, flaw->argument);
        return;
    }
    const struct problem_row *row = &problem_rows[problem->kind];
    open_verdict(pass, line, "rejected");
    add_member(&pass->verdicts, "code", row->code);
    add_member(&pass->verdicts, "detail", row->title[pass->job->who.language]);
    render_text(&pass->verdicts, "}");
}

/* --- rows ------------------------------------------------------------------------------------ */

/* Not the row's fault: the job cannot go on like this. */
static bool ends_job(const struct problem *problem)
{
    static const enum problem_kind kinds[] = {TOKEN_STALE, BUSY,     TIMEOUT,  DATABASE_UNAVAILABLE,
                                              INTERNAL,    STOPPING, FORBIDDEN};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (problem->kind == (int)kinds[i]) {
            return true;
        }
    }
    return false;
}

/* A row in a transaction of its own, together with its verdict; one that is only checked is undone. */
static bool try_row(struct pass *pass, struct request *errand, int line, json_t *row)
{
    bool known = false;
    if (!rows_of[pass->kind].ask(errand, row, &known)) {
        return false;
    }
    if (!pass->writes || known) {
        transaction_end(errand);
        open_verdict(pass, line, known ? "unchanged" : "accepted");
        render_text(&pass->verdicts, "}");
        return true;
    }
    errand->segment = NULL;
    if (!store(pass, errand, json_of(line, "accepted"), 1) || !transaction_finish(errand)) {
        return false;
    }
    count(pass->job, "accepted");
    pass->job->written++;
    return true;
}

static bool judge_row(struct pass *pass, int line, json_t *row)
{
    struct job *job = pass->job;
    bool settled = false;
    for (int tries = 0; !settled; tries++) {
        struct request *errand = job_errand(job, rows_of[pass->kind].operation);
        settled = try_row(pass, errand, line, row);
        if (!settled && job->outcome == JOB_GOES_ON && !ends_job(&errand->problem)) {
            reject_for(pass, line, &errand->problem);
            settled = true;
        }
        transaction_end(errand);
        bool over = !settled && (job->outcome != JOB_GOES_ON || !job_may_retry(job, errand, tries));
        if (over && job->outcome == JOB_GOES_ON) {
            job_fail_as(job, errand);
        }
        errand_end(errand);
        if (over) {
            return false;
        }
    }
    return (pass->waiting < BATCH || store_waiting(pass)) && job_goes_on(job);
}

/* --- pieces ---------------------------------------------------------------------------------- */

static void release(void *json)
{
    json_decref(json);
}

/* The rows of a piece; those that somebody has judged before are only counted. */
static bool judge_piece(struct pass *pass, struct request *reader, const PGresult *known,
                        int first_line)
{
    const struct csv_body *table = reader->csv;
    json_t *rows = json_loads(table->json, 0, NULL);
    arena_defer(reader->arena, release, rows);
    int judged = 0;
    size_t good = 0;
    for (int i = 0; i < table->count; i++) {
        const struct csv_row *row = &table->rows[i];
        int line = first_line + row->line - pass->names_lines - 1;
        json_t *object = row->good ? json_array_get(rows, good++) : NULL;
        if (judged < PQntuples(known) && strtol(PQgetvalue(known, judged, 0), NULL, 10) == line) {
            const char *verdict = PQgetvalue(known, judged++, 1);
            count(pass->job, verdict);
            pass->job->written += pass->writes && strcmp(verdict, "accepted") == 0;
        } else if (!object) {
            reject(pass, line, row->field, (enum flaw_kind)row->flaw, row->argument);
        } else if (!judge_row(pass, line, object)) {
            return false;
        }
    }
    return true;
}

/* Reads a piece of the file with the names in front, and what is known about its lines. */
static const PGresult *read_piece(struct pass *pass, struct request *reader, int n, int *first_line)
{
    struct job *job = pass->job;
    struct arena *arena = reader->arena;
    const PGresult *piece =
        ask(reader, SQL_IMPORT_BODY, PARAMS(job->id, arena_printf(arena, "%d", n)));
    if (!piece || PQntuples(piece) == 0) {
        return piece;
    }
    *first_line = (int)strtol(PQgetvalue(piece, 0, 1), NULL, 10);
    reader->body = arena_printf(arena, "%s%s", pass->names, PQgetvalue(piece, 0, 0));
    reader->body_size = strlen(reader->body);
    int lines = 1;
    for (const char *at = reader->body; (at = strchr(at, '\n')); at++) {
        lines++;
    }
    const PGresult *known = ask(reader, SQL_IMPORT_VERDICTS,
                                PARAMS(job->id, pass->step, PQgetvalue(piece, 0, 1),
                                       arena_printf(arena, "%d", *first_line + lines)));
    transaction_end(reader);
    return known &&
                   !csv_body_read_piece(reader,
                                        contract_operation(job->service->contract, "import_create"),
                                        pass->kind)
               ? NULL
               : known;
}

/* 1: there is another one; 0: that was the last; -1: the job ends. */
static int next_piece(struct pass *pass, int n)
{
    int first_line = 0;
    struct request *reader = job_errand(pass->job, "job_get");
    const PGresult *known = read_piece(pass, reader, n, &first_line);
    bool any = known && first_line > 0;
    bool good = known || job_fail_as(pass->job, reader);
    good = good && (!any || judge_piece(pass, reader, known, first_line));
    /* What was judged stays judged, whatever ends the job. */
    bool stored = pass->job->outcome == JOB_LOST || store_waiting(pass);
    transaction_end(reader);
    errand_end(reader);
    return !good || !stored ? -1 : any;
}

static bool read_names(struct pass *pass)
{
    struct job *job = pass->job;
    struct request *reader = job_errand(job, "job_get");
    const PGresult *names = ask(reader, SQL_IMPORT_BODY, PARAMS(job->id, "1"));
    bool good = names && PQntuples(names) == 1;
    if (good) {
        pass->names = arena_strdup(job->arena, PQgetvalue(names, 0, 0));
        for (const char *at = pass->names; (at = strchr(at, '\n')); at++) {
            pass->names_lines++;
        }
    } else if (names) {
        job_fail(job, "file_expired");
    } else {
        job_fail_as(job, reader);
    }
    transaction_end(reader);
    errand_end(reader);
    return good;
}

static bool run_pass(struct job *job, const char *step, bool writes)
{
    struct pass pass = {
        .job = job, .step = step, .writes = writes, .kind = import_kind_named(job->subject)};
    job->step = step;
    job->done = job->accepted = job->unchanged = job->rejected = job->written = 0;
    empty(&pass);
    bool good = read_names(&pass);
    int more = good ? 1 : -1;
    for (int n = 2; more > 0; n++) {
        more = next_piece(&pass, n);
    }
    arena_free(pass.arena);
    return more == 0;
}

bool import_run(struct job *job)
{
    bool dry = json_is_true(json_object_get(job->parameters, "dry_run"));
    bool partial = json_is_true(json_object_get(job->parameters, "partial"));
    if ((dry || !partial) && !run_pass(job, "check", false)) {
        return false;
    }
    return dry || (!partial && job->rejected > 0) || run_pass(job, "write", true);
}
