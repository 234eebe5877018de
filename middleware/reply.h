/* What goes back to the client. */
#ifndef ANSINH_REPLY_H
#define ANSINH_REPLY_H

#include <stdbool.h>
#include <stddef.h>

struct request;

struct pair {
    const char *name;
    const char *value;
};

struct reply {
    int status;
    const char *content_type;
    const char *body;
    size_t size;
    int header_count;
    struct pair headers[20];
};

bool reply_json(struct request *req, int status, const char *body, size_t size);
/* 204: done, and nothing to say. */
bool reply_empty(struct request *req);
void reply_header(struct request *req, const char *name, const char *value);

#endif
