/* What identifies the request that an Idempotency-Key belongs to. */
#ifndef ANSINH_FINGERPRINT_H
#define ANSINH_FINGERPRINT_H

#include "middleware/request.h"

/* A hash of path, query and body, in hex. JSON counts by its meaning (the order of members does not
 * matter), any other body byte by byte. */
const char *fingerprint_of(struct request *req);

#endif
