/* Jobs, as their requester sees them. */
#include "api/report/job.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "api/report/errand.h"
#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/route.h"
#include "middleware/transaction.h"

bool job_list(struct request *req)
{
    struct page_key key;
    return page_key_newest(req, &key) && answer_page(req, page_limit(req), SQL_JOB_LIST,
                                                     PARAMS(key.first, key.second, page_rows(req)));
}

bool job_get(struct request *req)
{
    return answer_row(req, 200, SQL_JOB_GET, PARAMS(request_path_value(req, "id")));
}

bool job_cancel(struct request *req)
{
    const char *id = request_path_value(req, "id");
    return tell(req, SQL_JOB_CANCEL, PARAMS(id)) && answer_row(req, 200, SQL_JOB_GET, PARAMS(id));
}

bool job_answer(struct request *req, const char *id)
{
    reply_header(req, "Location", arena_printf(req->arena, "/v1/jobs/%s", id));
    return answer_row(req, 202, SQL_JOB_GET, PARAMS(id));
}

bool job_verdict_list(struct request *req)
{
    struct page_key key;
    const char *id = request_path_value(req, "id");
    const char *verdict = request_query(req, "verdict");
    if (!page_key(req, (struct page_key){"0", ""}, &key)) {
        return false;
    }
    const PGresult *step = ask(req, SQL_JOB_STEP, PARAMS(id));
    if (!step || PQntuples(step) == 0) {
        return step ? fail(req, NOT_FOUND) : false;
    }
    return answer_page(req, page_limit(req),
                       verdict ? SQL_JOB_VERDICT_LIST_REJECTED : SQL_JOB_VERDICT_LIST,
                       PARAMS(id, PQgetvalue(step, 0, 0), key.first, page_rows(req)));
}

/* --- the file -------------------------------------------------------------------------------- */

/* A file on its way: a piece at a time, each read in the requester's session, so that a slow client holds
 * neither a connection nor more memory than one piece. */
struct reading {
    struct arena *arena;
    const struct service *service;
    const struct token_keys *keys;
    struct requester who;
    const char *job;
    int piece;
    struct request *errand; /* in whose arena the present piece lies */
    unsigned char *bytes;
    size_t size;
    size_t at;
};

static void close_file(void *own)
{
    struct reading *reading = own;
    errand_end(reading->errand);
    arena_free(reading->arena);
}

static bool next_piece(struct reading *reading)
{
    errand_end(reading->errand);
    reading->errand = errand_new(reading->service, reading->keys, &reading->who, "job_file_get");
    struct request *errand = reading->errand;
    const char *number = arena_printf(errand->arena, "%d", ++reading->piece);
    const PGresult *row = ask(errand, SQL_JOB_PART, PARAMS(reading->job, "result", number));
    transaction_end(errand);
    if (!row || PQntuples(row) == 0) {
        return false;
    }
    size_t size = (size_t)PQgetlength(row, 0, 0);
    reading->bytes = arena_alloc(errand->arena, size / 2 + 1);
    reading->at = 0;
    return sodium_hex2bin(reading->bytes, size / 2 + 1, PQgetvalue(row, 0, 0), size, NULL,
                          &reading->size, NULL) == 0;
}

static size_t read_file(void *own, char *out, size_t room)
{
    struct reading *reading = own;
    if (reading->at == reading->size && !next_piece(reading)) {
        return 0;
    }
    size_t left = reading->size - reading->at;
    size_t size = left < room ? left : room;
    memcpy(out, reading->bytes + reading->at, size);
    reading->at += size;
    return size;
}

static const struct stream *open_file(const struct request *req, size_t size)
{
    struct arena *arena = arena_new(req->service->memory_limit);
    struct reading *reading = arena_alloc(arena, sizeof *reading);
    struct stream *stream = arena_alloc(arena, sizeof *stream);
    *reading = (struct reading){.arena = arena, .service = req->service, .keys = req->keys};
    reading->who = (struct requester){.caller = req->caller, .language = req->language};
    struct caller *caller = &reading->who.caller;
    caller->user_id = arena_strdup(arena, caller->user_id);
    caller->session_id = arena_strdup(arena, caller->session_id);
    caller->generation = arena_strdup(arena, caller->generation);
    reading->job = arena_strdup(arena, request_path_value(req, "id"));
    *stream = (struct stream){size, read_file, close_file, reading};
    return stream;
}

/* Columns of the statement job_file. */
enum { SUBJECT, FORMAT, MADE_ON, SIZE };

static bool send_file(struct request *req, const PGresult *row)
{
    if (PQntuples(row) == 0) {
        return fail(req, NOT_FOUND);
    }
    const char *format = PQgetvalue(row, 0, FORMAT);
    size_t size = (size_t)strtoull(PQgetvalue(row, 0, SIZE), NULL, 10);
    reply_json(req, 200, NULL, 0);
    req->reply.content_type =
        strcmp(format, "csv") == 0
            ? "text/csv; charset=utf-8"
            : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    reply_header(req, "Content-Disposition",
                 arena_printf(req->arena, "attachment; filename=\"%s-%s.%s\"",
                              PQgetvalue(row, 0, SUBJECT), PQgetvalue(row, 0, MADE_ON), format));
    reply_header(req, "Cache-Control", "no-store");
    if (!req->head_only) {
        req->reply.stream = open_file(req, size);
    }
    return true;
}

bool job_file_get(struct request *req)
{
    return answer_made(req, send_file, SQL_JOB_FILE, PARAMS(request_path_value(req, "id")));
}
