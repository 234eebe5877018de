/* What many connections do to the server: its memory, slow clients beside others, and three times more
 * requests than it can answer. */
#ifndef ANSINH_LOAD_CROWD_H
#define ANSINH_LOAD_CROWD_H

#include <stddef.h>
#include <sys/types.h>

struct crowd_load {
    unsigned port;
    pid_t server;
    double seconds; /* of one measurement */
    size_t (*next)(void *state, char *out, size_t room);
    void *state;
};

/* The first must be asked of a server that had no work yet. */
void crowd_print_memory(const struct crowd_load *load);
void crowd_print_slow(const struct crowd_load *load);
void crowd_print_busy(const struct crowd_load *load);
void crowd_print_overload(const struct crowd_load *load);

#endif
