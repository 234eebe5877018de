/* What the fuzzer's targets stand on: the real contract and routes, and a request made of bytes. */
#ifndef ANSINH_FUZZ_TARGET_H
#define ANSINH_FUZZ_TARGET_H

#include <stdint.h>

#include "middleware/contract.h"
#include "middleware/token.h"

/* The moment of all tokens here. */
enum { FUZZ_NOW = 1800000000 };

/* Called for each input. Whatever must not be is an abort(). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A new request of a service that has contract, routes and keys, but no database. */
struct request *fuzz_request(void);
/* Frees it with all that it holds. */
void fuzz_end(struct request *req);

/* The bytes up to the next line feed or the end, as text; *data goes on behind it. */
const char *fuzz_line(struct request *req, const uint8_t **data, size_t *size);
/* All that is left. */
const char *fuzz_rest(struct request *req, const uint8_t *data, size_t size);

/* What must be; says what was not, and aborts. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fuzz_broken(#condition);                                                               \
        }                                                                                          \
    } while (0)
void fuzz_broken(const char *condition) __attribute__((noreturn));

#endif
