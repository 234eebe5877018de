/* Pieces of a CSV text. */
#include "api/report/import_rules.h"

#include <string.h>

/* From a record's begin to behind its line feed, or the end of the text; *lines is how many it has. */
static const char *record_end(const char *text, const char *end, int *lines)
{
    bool quoted = false;
    *lines = 0;
    while (text < end) {
        char c = *text++;
        quoted ^= c == '"';
        if (c == '\n') {
            ++*lines;
            if (!quoted) {
                return text;
            }
        }
    }
    return text;
}

static bool is_blank(const char *text, const char *end)
{
    while (text < end && strchr(" \r\n", *text)) {
        text++;
    }
    return text == end;
}

static void begin(const struct cutter *cutter, struct piece *piece)
{
    *piece = (struct piece){.text = cutter->at, .first_line = cutter->line};
}

static void take(struct cutter *cutter, struct piece *piece, const char *end, int lines)
{
    piece->records += !is_blank(cutter->at, end);
    cutter->at = end;
    cutter->line += lines;
    piece->size = (size_t)(end - piece->text);
}

bool cut_names(struct cutter *cutter, struct piece *piece)
{
    int lines;
    begin(cutter, piece);
    while (cutter->at < cutter->end && piece->records == 0) {
        const char *end = record_end(cutter->at, cutter->end, &lines);
        take(cutter, piece, end, lines);
    }
    return piece->records > 0;
}

bool cut_records(struct cutter *cutter, size_t most, struct piece *piece)
{
    int lines;
    begin(cutter, piece);
    while (cutter->at < cutter->end) {
        const char *end = record_end(cutter->at, cutter->end, &lines);
        if ((size_t)(end - piece->text) > most) {
            break;
        }
        take(cutter, piece, end, lines);
    }
    return piece->size > 0;
}
