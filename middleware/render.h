/* Writing JSON: a growing text in the request's arena, and PGresult rows by column type. */
#ifndef ANSINH_RENDER_H
#define ANSINH_RENDER_H

#include <libpq-fe.h>
#include <stdint.h>
#include <string.h>

#include "middleware/arena.h"

struct render {
    struct arena *arena;
    char *data; /* always NUL-terminated once something was written */
    size_t size;
    size_t room;
};

void render_init(struct render *out, struct arena *arena);
void render_raw(struct render *out, const char *text, size_t size);
/* Inline, so that the size of a literal is known when it is compiled. */
static inline void render_text(struct render *out, const char *text)
{
    render_raw(out, text, strlen(text));
}
/* A quoted JSON string; control characters, quotes and backslashes are escaped. */
void render_string(struct render *out, const char *utf8);
void render_int(struct render *out, int64_t value);
/* A number of hundredths with its two decimals: -5 is -0.05. */
void render_hundredths(struct render *out, int64_t value);

/* How the columns from..end of a result become members, in their order: `household.code` nests, and a
 * nested object whose first column is null is null as a whole. Numbers, booleans and json columns go in
 * as they are, instants as RFC 3339 UTC, everything else as a string. Columns whose name begins with @
 * are for the service and left out. Made once for all rows of the result. */
struct layout;
const struct layout *layout_of(struct arena *arena, const PGresult *rows, int from, int end);

/* A row as an object, and its members without the braces. */
void render_row(struct render *out, const struct layout *layout, const PGresult *rows, int row);
void render_members(struct render *out, const struct layout *layout, const PGresult *rows, int row);

#endif
