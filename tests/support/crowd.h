/* Clients that keep asking while the server is stopped, restarted, or loses its database. Each has a
 * thread and one kept connection; it makes a new one when the server ends the old one. */
#ifndef ANSINH_TEST_CROWD_H
#define ANSINH_TEST_CROWD_H

#include <stdatomic.h>
#include <stdbool.h>

struct crowd {
    unsigned port;
    const char *request;
    bool once; /* whose connection ended goes home instead of making another */
    /* what happened, for all clients together */
    atomic_int answered; /* 200 */
    atomic_int busy;     /* 503 with Retry-After */
    atomic_int wrong;    /* any other answer */
    atomic_int lost;     /* asked, and no whole answer came */
    atomic_int refused;  /* no connection */
};

enum { CROWD = 8 };

void crowd_start(struct crowd *crowd);
/* Until so many more were answered well. */
void crowd_wait(struct crowd *crowd, int more);
/* Everybody goes home after the answer they wait for; nothing when there is nobody. */
void crowd_stop(void);
/* Waits until everybody has gone by themselves. */
void crowd_end(void);

#endif
