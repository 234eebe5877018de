/* Writing JSON. */
#include "middleware/render.h"

#include <stdio.h>
#include <string.h>

/* Types of PostgreSQL whose text form is JSON already, and the one that needs another spelling. */
enum type_oid {
    TYPE_BOOL = 16,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_JSON = 114,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_NUMERIC = 1700,
    TYPE_JSONB = 3802
};

void render_init(struct render *out, struct arena *arena)
{
    *out = (struct render){.arena = arena};
}

static void reserve(struct render *out, size_t more)
{
    if (out->size + more + 1 <= out->room) {
        return;
    }
    size_t room = out->room ? out->room * 2 : 1024;
    while (room < out->size + more + 1) {
        room *= 2;
    }
    char *data = arena_alloc(out->arena, room);
    if (out->size) {
        memcpy(data, out->data, out->size);
    }
    out->data = data;
    out->room = room;
}

void render_raw(struct render *out, const char *text, size_t size)
{
    reserve(out, size);
    memcpy(out->data + out->size, text, size);
    out->size += size;
    out->data[out->size] = '\0';
}

/* The digits of a number, the last `decimals` of them behind a point. A list prints thousands of
 * numbers: printf would be a quarter of its cost. */
static void render_decimal(struct render *out, int64_t value, int decimals)
{
    char text[24];
    char *at = text + sizeof text;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    for (int digit = 0; rest > 0 || digit <= decimals; digit++) {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
        if (digit + 1 == decimals) {
            *--at = '.';
        }
    }
    if (value < 0) {
        *--at = '-';
    }
    render_raw(out, at, (size_t)(text + sizeof text - at));
}

void render_hundredths(struct render *out, int64_t value)
{
    render_decimal(out, value, 2);
}

void render_int(struct render *out, int64_t value)
{
    render_decimal(out, value, 0);
}

static void render_escape(struct render *out, unsigned char c)
{
    char text[8];
    int size;
    if (c == '"' || c == '\\') {
        size = snprintf(text, sizeof text, "\\%c", c);
    } else {
        size = snprintf(text, sizeof text, "\\u%04x", c);
    }
    render_raw(out, text, (size_t)size);
}

void render_string(struct render *out, const char *utf8)
{
    render_raw(out, "\"", 1);
    const char *plain = utf8;
    for (const char *at = utf8; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f) {
            render_raw(out, plain, (size_t)(at - plain));
            render_escape(out, c);
            plain = at + 1;
        }
    }
    render_text(out, plain);
    render_raw(out, "\"", 1);
}

/* "2026-11-22 05:01:12.123456+00" -> "2026-11-22T05:01:12.123456Z"; sessions run in UTC. */
static void render_instant(struct render *out, const char *text)
{
    size_t size = strlen(text);
    if (size < 19 || text[10] != ' ') {
        render_string(out, text);
        return;
    }
    render_raw(out, "\"", 1);
    render_raw(out, text, 10);
    render_raw(out, "T", 1);
    size_t tail = strcspn(text + 11, "+-");
    render_raw(out, text + 11, tail);
    render_raw(out, "Z\"", 2);
}

static void render_value(struct render *out, enum type_oid type, const char *text, size_t size)
{
    switch (type) {
    case TYPE_BOOL:
        render_text(out, text[0] == 't' ? "true" : "false");
        break;
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
    case TYPE_NUMERIC:
    case TYPE_JSON:
    case TYPE_JSONB:
        render_raw(out, text, size);
        break;
    case TYPE_TIMESTAMPTZ:
        render_instant(out, text);
        break;
    default:
        render_string(out, text);
    }
}

/* A row is written step by step: a value behind its name, an object that opens (or is null as a whole
 * where its first column is) or closes. The names are looked at once for a result, not once a row. */
struct step {
    enum { STEP_VALUE, STEP_OPEN, STEP_CLOSE } kind;
    int column; /* of STEP_OPEN the first one inside */
    int past;   /* of STEP_OPEN the step after the object */
    enum type_oid type;
    const char *name; /* `,"household":` */
    size_t size;
};

struct layout {
    int count;
    struct step steps[];
};

static struct step *add_step(struct layout *layout, int kind, int column)
{
    struct step *step = &layout->steps[layout->count++];
    *step = (struct step){.kind = kind, .column = column};
    return step;
}

/* Columns from..end share a prefix of `depth` bytes ("household."); what is left of their names are the
 * members. */
static void lay_out(struct layout *layout, struct arena *arena, const PGresult *rows, int from,
                    int end, size_t depth)
{
    const char *comma = "";
    for (int column = from; column < end;) {
        const char *name = PQfname(rows, column) + depth;
        size_t size = strcspn(name, ".");
        int next = column + 1;
        if (*name == '@') {
            column = next;
            continue;
        }
        struct step *step = add_step(layout, name[size] ? STEP_OPEN : STEP_VALUE, column);
        char *text = arena_alloc(arena, size + 5);
        step->name = text;
        text = stpcpy(stpcpy(text, comma), "\"");
        text = stpcpy(mempcpy(text, name, size), "\":");
        step->size = (size_t)(text - step->name);
        step->type = (enum type_oid)PQftype(rows, column);
        comma = ",";
        if (name[size]) {
            while (next < end && strncmp(PQfname(rows, next) + depth, name, size + 1) == 0) {
                next++;
            }
            lay_out(layout, arena, rows, column, next, depth + size + 1);
            add_step(layout, STEP_CLOSE, column);
            step->past = layout->count;
        }
        column = next;
    }
}

/* Each point in a name may open an object and close it. */
static size_t most_steps(const PGresult *rows, int from, int end)
{
    size_t most = 0;
    for (int column = from; column < end; column++) {
        most++;
        for (const char *at = PQfname(rows, column); *at; at++) {
            most += *at == '.' ? 2 : 0;
        }
    }
    return most;
}

const struct layout *layout_of(struct arena *arena, const PGresult *rows, int from, int end)
{
    struct layout *layout =
        arena_alloc(arena, sizeof *layout + most_steps(rows, from, end) * sizeof *layout->steps);
    layout->count = 0;
    lay_out(layout, arena, rows, from, end, 0);
    return layout;
}

void render_members(struct render *out, const struct layout *layout, const PGresult *rows, int row)
{
    for (int i = 0; i < layout->count; i++) {
        const struct step *step = &layout->steps[i];
        if (step->kind == STEP_CLOSE) {
            render_raw(out, "}", 1);
            continue;
        }
        bool null = PQgetisnull(rows, row, step->column);
        render_raw(out, step->name, step->size);
        if (null) {
            render_raw(out, "null", 4);
        } else if (step->kind == STEP_OPEN) {
            render_raw(out, "{", 1);
        } else {
            render_value(out, step->type, PQgetvalue(rows, row, step->column),
                         (size_t)PQgetlength(rows, row, step->column));
        }
        if (null && step->kind == STEP_OPEN) {
            i = step->past - 1;
        }
    }
}

void render_row(struct render *out, const struct layout *layout, const PGresult *rows, int row)
{
    render_raw(out, "{", 1);
    render_members(out, layout, rows, row);
    render_raw(out, "}", 1);
}
