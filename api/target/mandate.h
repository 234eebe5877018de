/* The decision that a number rests on, as the body of a write names it. */
#ifndef ANSINH_MANDATE_H
#define ANSINH_MANDATE_H

#include "middleware/request.h"

/* The parameters of own_decision() in SQL; all NULL when the body names none. */
struct mandate {
    const char *id;
    const char *number;
    const char *decided_on;
    const char *issuer;
};

/* Reads `decision_id` or `decision`; one that is spelt out is noted first, in the same trip. */
bool mandate_of(struct request *req, struct mandate *mandate) must_check;

#endif
