/* Receipts (biên lai thu tiền): numbered, gap-free in their book, taken back only by a reversal.
 * Meaning, shapes and errors of each handler: the operation of the same name in openapi/. */
#ifndef ANSINH_RECEIPT_H
#define ANSINH_RECEIPT_H

#include "middleware/request.h"

bool receipt_list(struct request *req);
bool receipt_create(struct request *req);
bool receipt_get(struct request *req);
bool receipt_print(struct request *req);

#endif
