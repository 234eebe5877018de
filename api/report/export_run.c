/* Exports at work. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/report/export.h"
#include "api/report/sheet.h"
#include "api/serve.h"
#include "middleware/contract.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

/* A file has at most so many rows (a sheet of XLSX has room for 1,048,576) and bytes, in pieces of so many. */
enum { ROWS_MOST = 1000000, PIECE = 262144 };
static const size_t size_most = 256u << 20;

struct export
{
    struct job *job;
    const struct table *table;
    const char *cursor;  /* where the list goes on; NULL at its start, and at its end */
    int pieces;          /* that are stored */
    struct arena *arena; /* of the text that is not stored yet */
    struct render text;
    struct xlsx *book; /* NULL: the file is CSV */
    char *hex;         /* of one piece */
};

/* --- pieces ---------------------------------------------------------------------------------- */

/* The piece stays with the commit of the errand. */
static bool add_piece(struct export *export, struct request *errand, const char *bytes, size_t size,
                      bool last)
{
    struct job *job = export->job;
    sodium_bin2hex(export->hex, PIECE * 2 + 1, (const unsigned char *)bytes, size);
    const PGresult *row =
        ask(errand, SQL_JOB_PART_ADD,
            PARAMS(job->id, job->worker, arena_printf(errand->arena, "%d", export->pieces + 1),
                   last ? export->cursor : NULL,
                   last ? arena_printf(errand->arena, "%d", job->done) : NULL, export->hex));
    if (!row) {
        return job_fail_as(job, errand);
    }
    if (PQntuples(row) == 0) {
        return job_end(job, JOB_LOST);
    }
    export->pieces++;
    job->size += size;
    return true;
}

/* Stores the text so far, with the place at which the list goes on: whoever takes the job over begins
 * there. */
static bool store_text(struct export *export)
{
    struct job *job = export->job;
    struct request *errand = job_errand(job, "export_create");
    bool good = true;
    for (size_t at = 0; good && at < export->text.size; at += PIECE) {
        size_t left = export->text.size - at;
        good = add_piece(export, errand, export->text.data + at, left < PIECE ? left : PIECE,
                         left <= PIECE);
    }
    if (good && !transaction_finish(errand)) {
        good = job_fail_as(job, errand);
    }
    transaction_end(errand);
    errand_end(errand);
    arena_free(export->arena);
    export->arena = arena_new(SIZE_MAX);
    render_init(&export->text, export->arena);
    return good;
}

/* --- pages ----------------------------------------------------------------------------------- */

static bool add_items(struct export *export, const struct request *errand)
{
    struct job *job = export->job;
    json_t *page = json_loadb(errand->reply.body, errand->reply.size, 0, NULL);
    const json_t *items = json_object_get(page, "items");
    const char *cursor = json_string_value(json_object_get(page, "next_cursor"));
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item) {
        if (export->book) {
            xlsx_add(export->book, export->table, item);
        } else {
            csv_add(&export->text, export->table, item);
        }
    }
    job->done += (int)json_array_size(items);
    export->cursor = cursor ? arena_strdup(job->arena, cursor) : NULL;
    json_decref(page);
    return (job->done <= ROWS_MOST && job->size + export->text.size <= size_most) ||
           job_fail(job, "result_too_large");
}

static struct request *page_errand(const struct export *export)
{
    struct job *job = export->job;
    struct request *errand =
        export_errand(job->service, atomic_load(&job->live->keys), &job->who, job->subject,
                      json_object_get(job->parameters, "filters"));
    bool good = errand_knows(errand, "limit") ? errand_value(errand, "limit", "200") : true;
    good = good && (!export->cursor || errand_value(errand, "cursor", export->cursor));
    if (!good) {
        fail(errand, INTERNAL);
    }
    return errand;
}

static bool add_page(struct export *export)
{
    struct job *job = export->job;
    struct request *errand = page_errand(export);
    bool good = serve_errand(errand);
    for (int tries = 0; !good && job_may_retry(job, errand, tries); tries++) {
        errand_end(errand);
        errand = page_errand(export);
        good = serve_errand(errand);
    }
    good = good ? add_items(export, errand) : job_fail_as(job, errand);
    errand_end(errand);
    return good;
}

/* From the cursor to the end of the list; a list without pages ends with its first answer. */
static bool add_pages(struct export *export)
{
    do {
        if (!job_goes_on(export->job) || !add_page(export)) {
            return false;
        }
        bool full = export->text.size >= PIECE || !export->cursor;
        if (!export->book && full && !store_text(export)) {
            return false;
        }
    } while (export->cursor);
    return true;
}

/* --- files ----------------------------------------------------------------------------------- */

/* What somebody made of it before. */
enum { PIECES, CURSOR, DONE, SIZE };

static bool look(struct export *export)
{
    struct job *job = export->job;
    struct request *errand = job_errand(job, "job_get");
    const PGresult *last = ask(errand, SQL_JOB_PROGRESS, PARAMS(job->id));
    if (last && PQntuples(last) == 1) {
        export->pieces = (int)strtol(PQgetvalue(last, 0, PIECES), NULL, 10);
        job->done = (int)strtol(PQgetvalue(last, 0, DONE), NULL, 10);
        job->size = (size_t)strtoull(PQgetvalue(last, 0, SIZE), NULL, 10);
        export->cursor = PQgetisnull(last, 0, CURSOR)
                             ? NULL
                             : arena_strdup(job->arena, PQgetvalue(last, 0, CURSOR));
    }
    bool good = last || job_fail_as(job, errand);
    transaction_end(errand);
    errand_end(errand);
    return good;
}

static bool write_csv(struct export *export)
{
    if (export->pieces == 0) {
        csv_begin(&export->text, export->table);
    }
    return add_pages(export);
}

/* All pieces at once: a file of XLSX that is not whole is nothing to go on with. */
static bool store_book(struct export *export, int fd)
{
    struct job *job = export->job;
    struct request *errand = job_errand(job, "export_create");
    char *bytes = arena_alloc(errand->arena, PIECE);
    bool good = true;
    ssize_t size = read(fd, bytes, PIECE);
    while (good && size > 0) {
        good = (job->size + (size_t)size <= size_most || job_fail(job, "result_too_large")) &&
               add_piece(export, errand, bytes, (size_t)size, true);
        size = read(fd, bytes, PIECE);
    }
    good = good && (size == 0 || job_fail(job, "internal"));
    if (good && !transaction_finish(errand)) {
        good = job_fail_as(job, errand);
    }
    transaction_end(errand);
    errand_end(errand);
    return good;
}

static bool write_xlsx(struct export *export)
{
    export->book = xlsx_new(export->table);
    if (!export->book) {
        return job_fail(export->job, "internal");
    }
    bool good = add_pages(export);
    int fd = good ? xlsx_end(export->book) : -1;
    good = good && (fd >= 0 ? store_book(export, fd) : job_fail(export->job, "internal"));
    if (fd >= 0) {
        close(fd);
    }
    xlsx_free(export->book);
    return good;
}

bool export_run(struct job *job)
{
    struct export export = {.job = job, .arena = arena_new(SIZE_MAX)};
    const struct operation *list = contract_operation(job->service->contract, job->subject);
    const char *format = json_string_value(json_object_get(job->parameters, "format"));
    export.table = list ? table_of(job->arena, list) : NULL;
    export.hex = arena_alloc(job->arena, PIECE * 2 + 1);
    render_init(&export.text, export.arena);
    bool good = export.table || job_fail(job, "not_found"); /* a list that is gone by now */
    good = good && look(&export);
    if (good && (export.pieces == 0 || export.cursor)) {
        good = strcmp(format, "csv") == 0 ? write_csv(&export) : write_xlsx(&export);
    }
    arena_free(export.arena);
    return good;
}
