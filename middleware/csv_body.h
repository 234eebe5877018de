/* Tables in a body: text/csv after RFC 4180, UTF-8, with a line of column names first.
 *
 * The contract declares such a body as an array of objects: the columns are the properties, an empty
 * field is a property that is missing, and each row is checked against the schema of the items like
 * any JSON. A row that does not fit refuses itself, not the request: the handler gives every row its
 * verdict. Only what is no table at all (a quote left open, an unknown column) is refused as a whole,
 * with a JSON pointer of line and column: /17/people. */
#ifndef ANSINH_CSV_BODY_H
#define ANSINH_CSV_BODY_H

#include "middleware/request.h"

enum { MAX_COLUMNS = 16 };

struct csv_row {
    int line; /* on which the row begins; the file's first line is 1 */
    bool good;
    /* Of a row that is not good: */
    const char *field; /* the column; NULL where it is the row as a whole */
    int flaw;          /* enum flaw_kind of problem.h */
    const char *argument;
};

struct csv_body {
    int count;
    int good_count;
    struct csv_row *rows; /* in the order of the file */
    const char *json;     /* the good rows as an array of objects, each with its line */
};

struct schema;

/* Reads the body into req->csv. MALFORMED_CSV, or INVALID_REQUEST for the columns or the number of
 * rows. */
bool csv_body_read(struct request *req, const struct schema *table) must_check;
/* The same of a piece of a stored table: req->body is its line of names and some of its records, of the
 * nth kind of rows that the operation takes, any number of them. */
bool csv_body_read_piece(struct request *req, const struct operation *operation,
                         size_t kind) must_check;

#endif
