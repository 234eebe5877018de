/* What a handler asks of the database last, and the shape in which its rows become the answer. */
#ifndef ANSINH_SEGMENT_H
#define ANSINH_SEGMENT_H

#include <libpq-fe.h>

#include "middleware/request.h"
#include "statements.h"

enum shape {
    SHAPE_ROW,     /* the one row as an object; no row is NOT_FOUND */
    SHAPE_CREATED, /* the same for a new resource: 201 and Location, from the first column */
    SHAPE_HELD, /* the row without its last column, which says whether the caller may do this to a
                      row that it sees: false is FORBIDDEN */
    SHAPE_CHANGED, /* the row as it stands after the first statement told, which was to change it: if that
                      changed nothing, it is another version than the one that If-Match names */
    SHAPE_SOME,  /* as items, but none at all is NOT_FOUND */
    SHAPE_ITEMS, /* {"items": […]} */
    SHAPE_REPORT, /* {…, "self": first row, "items": [the others]}: the first `head` columns stand once, in
                     front; no row is NOT_FOUND */
    SHAPE_MADE, /* what a function of the handler's makes of them, which may refuse */
    SHAPE_PAGE  /* {"items": […], "next_cursor": …}; the last two columns are the page key */
};

enum { MAX_VALUES = 24 };

struct segment {
    enum sql_id statement;
    enum shape shape;
    int status;
    int limit; /* of a page */
    int head;  /* of a report */
    bool (*make)(struct request *req, const PGresult *rows);
    int count;
    const char *values[MAX_VALUES];
};

/* The values of a statement and how many they are; NULL is SQL NULL. */
#define PARAMS(...)                                                                                \
    (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)),                      \
        (const char *const[])                                                                      \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* For handlers: the rows of this statement are the answer. Always true. */
bool answer_row(struct request *req, int status, enum sql_id statement, int count,
                const char *const *values);
bool answer_held(struct request *req, int status, enum sql_id statement, int count,
                 const char *const *values);
bool answer_changed(struct request *req, int status, enum sql_id statement, int count,
                    const char *const *values);
bool answer_some(struct request *req, enum sql_id statement, int count, const char *const *values);
bool answer_created(struct request *req, enum sql_id statement, int count,
                    const char *const *values);
bool answer_report(struct request *req, int head, enum sql_id statement, int count,
                   const char *const *values);
bool answer_items(struct request *req, enum sql_id statement, int count, const char *const *values);
bool answer_page(struct request *req, int limit, enum sql_id statement, int count,
                 const char *const *values);
/* The answer is computed: `make` gets the rows, when the connection of a read is free again, and
 * replies or fails. */
bool answer_made(struct request *req, bool (*make)(struct request *req, const PGresult *rows),
                 enum sql_id statement, int count, const char *const *values);

/* For handlers that asked themselves: the first row, without what follows `columns`, is the answer. */
bool reply_row(struct request *req, int status, const PGresult *rows, int columns);

/* The same for what was just made and asked for: 201 and its Location in the collection. If it cannot be seen,
 * what it was to be made of cannot either: NOT_FOUND, at `pointer` of the body if that is not NULL. */
bool reply_created(struct request *req, const char *collection, const char *id, const PGresult *row,
                   const char *pointer);

/* Always false: the rows explain the problem, as one more member of it. */
bool fail_with(struct request *req, int kind, const char *member, const PGresult *rows);

/* Makes the reply out of the rows. */
bool segment_render(struct request *req, const PGresult *rows) must_check;

#endif
