/* Many keep-alive connections that each send the next request when the last one is answered. */
#ifndef ANSINH_LOAD_HTTP_H
#define ANSINH_LOAD_HTTP_H

#include <stddef.h>
#include <stdint.h>

/* What a measurement found. */
struct outcome {
    double rate; /* a second */
    double p50_ms, p99_ms;
    long wrong; /* answers of another status, or connections that broke */
};

struct http_load {
    unsigned port;
    int connections;
    double seconds;
    int status; /* every answer must have */
    /* Writes the next request into out and returns its size. */
    size_t (*next)(void *state, char *out, size_t room);
    void *state;
};

struct outcome http_measure(const struct http_load *load);

/* The first answer of all that was not as expected, or "". */
const char *http_first_wrong_answer(void);

#endif
