/* A CSV text in pieces that end between two records. Pure functions. */
#ifndef ANSINH_IMPORT_RULES_H
#define ANSINH_IMPORT_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct piece {
    const char *text;
    size_t size;
    int first_line; /* of the file's, from 1 */
    int records;    /* blank lines are none */
};

/* Where a text is cut next. */
struct cutter {
    const char *at;
    const char *end;
    int line;
};

/* The first record: the names. False when there is none. */
bool cut_names(struct cutter *cutter, struct piece *piece);
/* As many whole records as fit into `most` bytes; false at the end, or when one alone does not fit: then
 * there is text left. A quote left open makes all that follows one record. */
bool cut_records(struct cutter *cutter, size_t most, struct piece *piece);

#endif
