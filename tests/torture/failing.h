/* What the torture and the server that it tortures have in common: a page of memory and a socket. */
#ifndef ANSINH_TORTURE_FAILING_H
#define ANSINH_TORTURE_FAILING_H

#include <stdatomic.h>
#include <stdbool.h>

/* The descriptors that the server is started with; the listening socket is 3, as systemd has it. */
enum { CONTROL_FD = 4, PAGE_FD = 5 };

/* On the socket a byte asks for a server. Its pid comes back, and when it has ended its wait status. */
struct failing {
    atomic_bool armed;
    atomic_long count;   /* of allocations while armed */
    atomic_long fail_at; /* the one that fails; 0 is none */
    atomic_bool fired;
    atomic_bool stopping; /* the server decided to end */
};

#endif
