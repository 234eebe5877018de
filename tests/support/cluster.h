/* The PostgreSQL of the run, killed outright and started again. */
#ifndef ANSINH_TEST_CLUSTER_H
#define ANSINH_TEST_CLUSTER_H

/* What was committed before stays, though the throwaway cluster flushes nothing by itself. */
void cluster_kill(void);
/* Starts it, and connects the superuser's connection anew. */
void cluster_start(void);

#endif
