/* Receipt books: ranges of numbers, given to organisations and allotted to their collectors.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_RECEIPT_BOOK_H
#define ANSINH_RECEIPT_BOOK_H

#include "middleware/request.h"

bool receipt_book_list(struct request *req);
bool receipt_book_create(struct request *req);
bool receipt_book_get(struct request *req);
bool receipt_book_allot(struct request *req);
bool receipt_book_close(struct request *req);

#endif
