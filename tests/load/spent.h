/* Processor time of the server and of PostgreSQL: unlike rates it hardly depends on what else the machine
 * does. PostgreSQL must run on this machine, as `make bench` starts it. */
#ifndef ANSINH_LOAD_SPENT_H
#define ANSINH_LOAD_SPENT_H

#include <libpq-fe.h>
#include <sys/types.h>

struct spent {
    double server; /* microseconds */
    double database;
};

/* Of which processes. */
void spent_of(pid_t server, PGconn *pg);
/* So far. */
struct spent spent_now(void);
/* Since then, for one of so many requests. */
struct spent spent_each(struct spent since, double requests);

/* The memory of a process that is resident, in kB; 0 when it is gone. */
long resident_kb(pid_t pid);

#endif
