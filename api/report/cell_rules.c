/* Cells. */
#include "api/report/cell_rules.h"

#include <stdlib.h>
#include <string.h>

bool cell_is_formula(const char *text)
{
    return *text && strchr("=+-@\t\r", *text);
}

const char *cell_text(struct arena *arena, const json_t *value)
{
    if (!value || json_is_null(value)) {
        return "";
    }
    if (json_is_string(value)) {
        return json_string_value(value);
    }
    if (json_is_integer(value)) {
        return arena_printf(arena, "%lld", (long long)json_integer_value(value));
    }
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    arena_defer(arena, free, text);
    return text;
}

/* Blanks at an end are quoted as well, because some readers trim what is not. */
static bool wants_quotes(const char *text)
{
    size_t size = strlen(text);
    return strpbrk(text, "\",\r\n") || (size > 0 && (text[0] == ' ' || text[size - 1] == ' '));
}

static void render_quoted(struct render *out, const char *text)
{
    render_text(out, "\"");
    for (const char *quote = strchr(text, '"'); quote; quote = strchr(text, '"')) {
        render_raw(out, text, (size_t)(quote - text) + 1);
        render_text(out, "\"");
        text = quote + 1;
    }
    render_text(out, text);
    render_text(out, "\"");
}

void cell_render(struct render *out, const json_t *value)
{
    const char *text = cell_text(out->arena, value);
    if (json_is_string(value) && cell_is_formula(text)) {
        text = arena_printf(out->arena, "'%s", text);
    }
    if (wants_quotes(text)) {
        render_quoted(out, text);
    } else {
        render_text(out, text);
    }
}
