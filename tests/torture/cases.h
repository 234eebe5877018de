/* tests/torture/cases.txt: one line for each request that is tortured. An operation that has none is asked
 * for something that is not there. */
#ifndef ANSINH_TORTURE_CASES_H
#define ANSINH_TORTURE_CASES_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_CASES = 256 };

struct torture_case {
    bool cold;         /* met by a server that has no database connection yet */
    bool in_parts;     /* commits more than once: what was done may be a part */
    const char *login; /* NULL: nobody */
    const char *method;
    const char *path;
    const char *body;      /* or NULL */
    const char *match;     /* If-Match, or NULL */
    const char *operation; /* of the contract, or "-" */
    bool takes_key;
};

/* Reads the lines and makes what they need. The texts live until cases_forget(). */
void cases_read(void);
void cases_forget(void);
size_t cases_count(void);
const struct torture_case *case_at(size_t index);

/* The request, with a token of now and this Idempotency-Key; closes its connection. */
const char *case_bytes(const struct torture_case *which, const char *key);

#endif
