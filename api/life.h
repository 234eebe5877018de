/* The life of the serving process: what signals and the supervisor (systemd) say to it.
 *
 *   TERM, INT   /readyz answers 503, nothing new is accepted, what is asked already is answered; a
 *               second one does not wait for that
 *   HUP         the token keys are read anew */
#ifndef ANSINH_LIFE_H
#define ANSINH_LIFE_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/server.h"

struct life {
    sigset_t signals;
    atomic_bool stopping;
    uint64_t notice_ns; /* between the first 503 of /readyz and the end of accepting */
    uint64_t drain_ns;  /* for the requests that are left */
    bool (*reload)(void *own);
    void *own;
};

/* Before any thread is made, so that signals wait for us whoever they are sent to. */
void life_begin(struct life *life);
/* Until the end has come; then the server may be stopped. */
void life_live(struct life *life, struct server *server);

#endif
