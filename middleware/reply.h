/* What goes back to the client. */
#ifndef ANSINH_REPLY_H
#define ANSINH_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct request;

/* An answer that is too long to be held: read piece by piece while it is sent, after the request is over. */
struct stream {
    uint64_t size;
    /* The next bytes of it, at most so many; 0 when they cannot be had: the connection ends. */
    size_t (*read)(void *own, char *out, size_t room);
    void (*close)(void *own);
    void *own;
};

struct pair {
    const char *name;
    const char *value;
};

struct reply {
    int status;
    const char *content_type;
    const char *body;
    size_t size;
    const struct stream
        *stream; /* instead of the body; it is closed in any case once it is given here */
    int header_count;
    struct pair headers[20];
};

bool reply_json(struct request *req, int status, const char *body, size_t size);
/* 204: done, and nothing to say. */
bool reply_empty(struct request *req);
void reply_header(struct request *req, const char *name, const char *value);

#endif
