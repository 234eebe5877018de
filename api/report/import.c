/* Imports, as they are asked for: the file is stored, a worker reads it. */
#include "api/report/import.h"

#include <string.h>

#include "api/report/import_rules.h"
#include "api/report/job.h"
#include "middleware/csv_body.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"
#include "middleware/verdict.h"

enum { PIECE = 262144, RECORDS_MOST = 100000 };

const char *const import_kinds[IMPORT_KINDS] = {"households", "enrolments"};

enum import_kind import_kind_named(const char *name)
{
    int kind = 0;
    while (kind < IMPORT_KINDS && strcmp(import_kinds[kind], name) != 0) {
        kind++;
    }
    return (enum import_kind)kind;
}

static struct cutter cutter_of(const struct request *req)
{
    return (struct cutter){req->body, req->body + req->body_size, 1};
}

/* The names are held against the contract while somebody is there to be told. */
static bool names_fit(struct request *req, const struct piece *names)
{
    const char *body = req->body;
    size_t size = req->body_size;
    req->body = names->text;
    req->body_size = names->size;
    bool good =
        csv_body_read_piece(req, req->operation, import_kind_named(request_query(req, "kind")));
    req->body = body;
    req->body_size = size;
    return good;
}

static bool records_fit(struct request *req, struct cutter cutter, int *records)
{
    struct piece piece;
    *records = 0;
    while (cut_records(&cutter, PIECE, &piece)) {
        *records += piece.records;
    }
    if (cutter.at < cutter.end) {
        const char *pointer = arena_printf(req->arena, "/%d", cutter.line);
        return fail_at(req, MALFORMED_CSV, "pointer", pointer, FLAW_QUOTE, NULL);
    }
    if (*records == 0) {
        return fail_at(req, INVALID_REQUEST, "pointer", "", FLAW_TOO_FEW, "1");
    }
    return *records <= RECORDS_MOST || fail_at(req, INVALID_REQUEST, "pointer", "", FLAW_TOO_MANY,
                                               arena_printf(req->arena, "%d", RECORDS_MOST));
}

/* One piece after the other, through the one buffer. */
static bool store(struct request *req, const char *id, const struct piece *piece, int n,
                  char *buffer)
{
    memcpy(buffer, piece->text, piece->size);
    buffer[piece->size] = '\0';
    return ask(req, SQL_IMPORT_BODY_ADD,
               PARAMS(id, arena_printf(req->arena, "%d", n),
                      arena_printf(req->arena, "%d", piece->first_line), buffer)) != NULL;
}

static bool store_body(struct request *req, const char *id)
{
    struct cutter cutter = cutter_of(req);
    struct piece piece;
    char *buffer = arena_alloc(req->arena, PIECE + 1);
    int n = 1;
    bool good = cut_names(&cutter, &piece) && store(req, id, &piece, n, buffer);
    while (good && cut_records(&cutter, PIECE, &piece)) {
        good = store(req, id, &piece, ++n, buffer);
    }
    return good;
}

static const char *parameters(struct request *req)
{
    return arena_printf(req->arena, "{\"dry_run\":%s,\"partial\":%s}",
                        import_is_dry(req) ? "true" : "false",
                        import_is_partial(req) ? "true" : "false");
}

bool import_create(struct request *req)
{
    struct cutter cutter = cutter_of(req);
    struct piece names;
    int records;
    const char *id = request_new_id(req);
    if (!cut_names(&cutter, &names) || names.size > PIECE) {
        return fail(req, MALFORMED_CSV);
    }
    return names_fit(req, &names) && records_fit(req, cutter, &records) &&
           tell(req, SQL_JOB_CREATE,
                PARAMS(id, "import", request_query(req, "kind"), parameters(req),
                       req->language == ENGLISH ? "en" : "vi",
                       arena_printf(req->arena, "%d", records))) &&
           store_body(req, id) && job_answer(req, id);
}
