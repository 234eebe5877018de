/* A server of which one allocation fails, and one request to it. */
#ifndef ANSINH_TORTURE_TARGET_H
#define ANSINH_TORTURE_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/* The request, and what is asked before, so that the server is no longer new: NULL ends the list. */
struct trial {
    const char *bytes;
    const char *warm_up[3];
    long fail_at; /* 0: nothing fails */
};

enum fate {
    ANSWERED, /* a whole answer */
    CLOSED,   /* none, and the server is there */
    HUNG,     /* none, and the connection is not closed either */
    STOPPED,  /* none, and the server said that it had no memory */
    CRASHED   /* it ended in any other way */
};

struct outcome {
    enum fate fate;
    bool alive;       /* after an answer: another request can be asked */
    int wait_status;  /* of a server that ended */
    bool fired;       /* the allocation that was to fail was reached */
    long count;       /* allocations until the connection was closed */
    const char *head; /* of the answer; both live until the next exchange */
    const char *body;
    int status;
};

/* Starts the parent of all servers; false when it cannot. */
bool target_start(void);
void target_stop(void);

struct outcome target_try(const struct trial *trial);
/* The same server once more, with nothing failing. */
struct outcome target_again(const char *bytes);
/* Ends the server if it is still there. */
void target_end(void);

/* One request to any server of this machine: the whole answer, or NULL; "" is nothing for ten seconds. */
const char *exchange(unsigned port, const char *bytes);
/* Fills in head, body and status. */
void outcome_read(struct outcome *outcome, const char *answer);

#endif
