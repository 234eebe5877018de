/* Tables in a body, parsed by libcsv. */
#include "middleware/csv_body.h"

#include <csv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/allocator.h"
#include "middleware/contract.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/schema_internal.h"
#include "middleware/text.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF"; /* Excel puts it in front */

struct reader {
    struct request *req;
    struct check check; /* one for all rows: a matcher is made once */
    const struct schema *table;
    struct csv_body *body;
    struct render json;
    int line;   /* on which the record begins */
    bool ended; /* a record ended on the line that is being read */
    bool failed;

    bool named; /* the first record, with the names, has been read */
    int column_count;
    const struct property *columns[MAX_COLUMNS];

    int field_count; /* of the record so far; those beyond MAX_COLUMNS are only counted */
    size_t starts[MAX_COLUMNS];
    struct render text; /* the fields, each with a NUL behind it */
};

static int is_line_feed(unsigned char c)
{
    return c == '\n';
}

static int is_blank(unsigned char c)
{
    return c == ' ';
}

static const char *field_of(const struct reader *reader, int column)
{
    return reader->text.data + reader->starts[column];
}

static void on_field(void *text, size_t size, void *own)
{
    struct reader *reader = own;
    if (reader->field_count < MAX_COLUMNS) {
        reader->starts[reader->field_count] = reader->text.size;
        render_raw(&reader->text, text, size);
        render_raw(&reader->text, "", 1);
    }
    reader->field_count++;
}

/* Always false. `place` follows the line; NULL is the line itself. */
static bool refuse(struct reader *reader, enum problem_kind kind, const char *place,
                   enum flaw_kind flaw, const char *argument)
{
    struct arena *arena = reader->req->arena;
    const char *pointer = place ? arena_printf(arena, "/%d/%s", reader->line, place)
                                : arena_printf(arena, "/%d", reader->line);
    reader->failed = true;
    return fail_at(reader->req, kind, "pointer", pointer, flaw, argument);
}

/* --- the names ------------------------------------------------------------------------------- */

static const struct property *property_named(const struct schema *row, const char *name)
{
    for (size_t i = 0; i < row->property_count; i++) {
        if (strcmp(row->properties[i].name, name) == 0) {
            return &row->properties[i];
        }
    }
    return NULL;
}

static int column_of(const struct reader *reader, const struct property *property)
{
    int column = 0;
    while (column < reader->column_count && reader->columns[column] != property) {
        column++;
    }
    return column;
}

/* An unknown name is told by its number: what the client wrote there may be anything. */
static void read_name(struct reader *reader, int column)
{
    const struct property *property =
        property_named(reader->table->items, field_of(reader, column));
    const char *number = arena_printf(reader->req->arena, "%d", column + 1);
    if (!property) {
        refuse(reader, INVALID_REQUEST, number, FLAW_UNKNOWN, NULL);
    } else if (column_of(reader, property) < reader->column_count) {
        refuse(reader, INVALID_REQUEST, number, FLAW_REPEATED, NULL);
    }
    reader->columns[reader->column_count++] = property;
}

static void read_names(struct reader *reader)
{
    const struct schema *row = reader->table->items;
    reader->named = true;
    if (reader->field_count > MAX_COLUMNS) {
        refuse(reader, INVALID_REQUEST, NULL, FLAW_TOO_MANY,
               arena_printf(reader->req->arena, "%zu", row->property_count));
        return;
    }
    for (int column = 0; column < reader->field_count; column++) {
        read_name(reader, column);
    }
    size_t i;
    json_t *name;
    json_array_foreach(row->required, i, name) {
        const struct property *property = property_named(row, json_string_value(name));
        if (column_of(reader, property) == reader->column_count) {
            refuse(reader, INVALID_REQUEST, property->name, FLAW_REQUIRED, NULL);
        }
    }
}

/* --- the rows -------------------------------------------------------------------------------- */

static int add_json(const char *text, size_t size, void *json)
{
    render_raw(json, text, size);
    return 0;
}

static void keep(struct reader *reader, struct csv_row *row, json_t *object)
{
    row->good = true;
    json_object_set_new(object, "line", json_integer(row->line));
    render_text(&reader->json, reader->body->good_count++ ? "," : "");
    json_dump_callback(object, add_json, &reader->json, JSON_COMPACT);
}

/* The first flaw of the row is its verdict, and not the request's. */
static void blame(struct reader *reader, struct csv_row *row)
{
    struct problem *problem = &reader->req->problem;
    if (problem->flaw_count == 0) { /* not about the row: out of memory */
        reader->failed = true;
        return;
    }
    row->field = problem->flaws[0].name + 1; /* "/people" */
    row->flaw = problem->flaws[0].kind;
    row->argument = problem->flaws[0].argument;
    *problem = (struct problem){0};
}

static void check_row(struct reader *reader, struct csv_row *row)
{
    json_t *object = json_object();
    for (int column = 0; column < reader->column_count; column++) {
        const struct property *property = reader->columns[column];
        const char *text = field_of(reader, column);
        if (*text) {
            json_object_set_new(object, property->name,
                                schema_parse_text(reader->req->arena, property->schema->types,
                                                  text));
        }
    }
    if (check_json(&reader->check, reader->table->items, object)) {
        keep(reader, row, object);
    } else {
        blame(reader, row);
    }
    json_decref(object); /* now: thousands of them would be most of the request's memory */
}

static void read_row(struct reader *reader)
{
    struct csv_body *body = reader->body;
    struct arena *arena = reader->req->arena;
    if ((size_t)body->count == reader->table->max_items) {
        reader->failed = true;
        fail_at(reader->req, INVALID_REQUEST, "pointer", "", FLAW_TOO_MANY,
                arena_printf(arena, "%zu", reader->table->max_items));
        return;
    }
    struct csv_row *row = &body->rows[body->count++];
    row->line = reader->line;
    if (reader->field_count == reader->column_count) {
        check_row(reader, row);
        return;
    }
    row->flaw = reader->field_count < reader->column_count ? (int)FLAW_TOO_FEW : (int)FLAW_TOO_MANY;
    row->argument = arena_printf(arena, "%d", reader->column_count);
}

static void on_record(int end, void *own)
{
    struct reader *reader = own;
    (void)end;
    if (reader->failed) {
        return;
    }
    if (reader->named) {
        read_row(reader);
    } else {
        read_names(reader);
    }
    reader->ended = true;
    reader->field_count = 0;
    reader->text.size = 0;
}

/* --- the file -------------------------------------------------------------------------------- */

static bool is_empty(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size && text[at] == ' ') {
        at++;
    }
    return at == size;
}

static bool feed(struct reader *reader, struct csv_parser *parser, const char *text, size_t size)
{
    if (csv_parse(parser, text, size, on_field, on_record, reader) == size) {
        return !reader->failed;
    }
    if (csv_error(parser) == CSV_ENOMEM) {
        memory_stop();
    }
    return refuse(reader, MALFORMED_CSV, NULL, FLAW_QUOTE, NULL);
}

/* Line by line, because libcsv does not say on which line a record began. CRLF becomes LF. */
static bool feed_lines(struct reader *reader, struct csv_parser *parser, const char *text,
                       const char *end)
{
    bool open = false; /* a quoted field goes on from the line before */
    for (int line = 1; text < end; line++) {
        const char *feed_at = memchr(text, '\n', (size_t)(end - text));
        const char *stop = feed_at ? feed_at : end;
        size_t size = (size_t)(stop - text);
        size -= size > 0 && text[size - 1] == '\r';
        reader->line = open ? reader->line : line;
        reader->ended = false;
        if (!feed(reader, parser, text, size) || (feed_at && !feed(reader, parser, "\n", 1))) {
            return false;
        }
        open = !reader->ended && (open || !is_empty(text, size));
        text = stop + 1;
    }
    if (csv_fini(parser, on_field, on_record, reader)) {
        return refuse(reader, MALFORMED_CSV, NULL, FLAW_QUOTE, NULL);
    }
    return !reader->failed;
}

static bool parse(struct reader *reader, const char *text, const char *end)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI)) {
        memory_stop();
    }
    csv_set_space_func(&parser, is_blank);
    csv_set_term_func(&parser, is_line_feed);
    csv_set_blk_size(&parser, 4096);
    bool good = feed_lines(reader, &parser, text, end);
    csv_free(&parser);
    return good;
}

static size_t count_lines(const char *text, const char *end)
{
    size_t count = 1;
    while (text < end && (text = memchr(text, '\n', (size_t)(end - text)))) {
        text++;
        count++;
    }
    return count;
}

static bool enough_rows(struct reader *reader)
{
    if (!reader->named) {
        return fail(reader->req, MALFORMED_CSV);
    }
    return (size_t)reader->body->count >= reader->table->min_items ||
           fail_at(reader->req, INVALID_REQUEST, "pointer", "", FLAW_TOO_FEW,
                   arena_printf(reader->req->arena, "%zu", reader->table->min_items));
}

bool csv_body_read(struct request *req, const struct schema *table)
{
    const char *text = req->body;
    const char *end = text + req->body_size;
    if (!text_is_utf8(text, req->body_size)) {
        return fail(req, MALFORMED_CSV);
    }
    if (req->body_size >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
        text += 3;
    }
    struct reader *reader = arena_alloc(req->arena, sizeof *reader);
    struct csv_body *body = arena_alloc(req->arena, sizeof *body);
    size_t lines = count_lines(text, end);
    size_t room = lines < table->max_items ? lines : table->max_items;
    body->rows = arena_alloc(req->arena, room * sizeof *body->rows);
    *reader = (struct reader){.req = req, .table = table, .body = body};
    reader->check = (struct check){.req = req, .where = "pointer"};
    render_init(&reader->json, req->arena);
    render_init(&reader->text, req->arena);
    render_text(&reader->json, "[");
    if (!parse(reader, text, end) || !enough_rows(reader)) {
        return false;
    }
    render_text(&reader->json, "]");
    body->json = reader->json.data;
    req->csv = body;
    return true;
}

bool csv_body_read_piece(struct request *req, const struct operation *operation, size_t kind)
{
    const struct schema *row = operation->body->items;
    const struct schema table = {
        .items = row->branch_count > 0 ? row->branches[kind] : row,
        .max_items = SIZE_MAX,
    };
    return csv_body_read(req, &table);
}
