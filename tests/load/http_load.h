/* Many keep-alive connections. Each sends the next request when the last one is answered or, with a rate
 * for all of them, when its turn comes; whose turn comes before the answer takes it with the answer, and its
 * time runs from the turn. Who would have a second one by then has missed it. */
#ifndef ANSINH_LOAD_HTTP_H
#define ANSINH_LOAD_HTTP_H

#include <stddef.h>
#include <stdint.h>

/* What a measurement found. */
struct outcome {
    double rate; /* a second */
    double p50_ms, p99_ms, worst_ms;
    long wrong; /* answers of another status, or connections that broke */
    long shed;  /* answers of the status that refuses */
    long missed;
};

struct http_load {
    unsigned port;
    int connections;
    double seconds;
    double warm; /* seconds before that which are not counted */
    int status;  /* every answer must have */
    int refusal; /* … or this one, which counts as shed; 0 is none */
    double rate; /* requests a second for all together; 0 is as fast as they are answered */
    /* Writes the next request into out and returns its size. */
    size_t (*next)(void *state, char *out, size_t room);
    void *state;
};

struct outcome http_measure(const struct http_load *load);

/* The first answer of all that was not as expected, or "". */
const char *http_first_wrong_answer(void);

#endif
