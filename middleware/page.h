/* Pages of a list: by key, never by offset. The cursor carries the key of the last row, signed
 * together with the operation, its path, the filters, and the user as it is: whatever changes duty or
 * place ends the lists that were begun. So it cannot be taken elsewhere. */
#ifndef ANSINH_PAGE_H
#define ANSINH_PAGE_H

#include "middleware/request.h"

enum { PAGE_DEFAULT = 50, PAGE_MAX = 200 };

/* The two columns of the page key, as text. */
struct page_key {
    const char *first;
    const char *second;
};

/* ?limit= as the contract validated it, capped; and the LIMIT of the statement: one row more, which
 * tells whether there is a next page. */
int page_limit(const struct request *req);
const char *page_rows(struct request *req);

/* Where to go on: the cursor's key, or `start` on the first page. A cursor of another list, user or
 * filter is INVALID_CURSOR. */
bool page_key(struct request *req, struct page_key start, struct page_key *key) must_check;
/* Newest first by (created_at, id): the usual start. */
bool page_key_newest(struct request *req, struct page_key *key) must_check;

const char *page_cursor(struct request *req, const char *first, const char *second);
/* The same as a header of the reply (RFC 8288): where the next page is, with all filters. */
void page_link(struct request *req, const char *cursor);

#endif
