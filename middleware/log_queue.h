/* The way of a log line to stderr. While the server runs, lines are gathered for some milliseconds and
 * written together by a thread of their own: no request waits for a disk. */
#ifndef ANSINH_LOG_QUEUE_H
#define ANSINH_LOG_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/* From now on lines are gathered; until then each is written at once. */
bool log_queue_start(void);
/* Writes what there is; from now on each line is written at once again. */
void log_queue_stop(void);

/* A whole line: it never mixes with others, and their order stays. Who finds no room writes first what is
 * there, so what waits is bounded and nothing is dropped. */
void log_queue_put(const char *line, size_t size);
/* The same, and it is written on return. */
void log_queue_put_now(const char *line, size_t size);

#endif
