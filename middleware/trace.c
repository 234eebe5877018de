/* Which request this is. */
#include "middleware/trace.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "middleware/request.h"

/* 00-<trace id>-<parent id>-<flags>; a later version may add to that, behind another dash. */
enum { AT_TRACE = 3, AT_PARENT = 36, AT_FLAGS = 53, PARENT_SIZE = 55 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* With a letter in it: a number that belongs to a person must not get into the log by this way. */
static bool is_plain_id(const char *text)
{
    size_t size = text ? strlen(text) : 0;
    return size >= 8 && size <= 64 && strpbrk(text, letters) &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
               size;
}

static bool is_hex(const char *text, size_t size)
{
    return strspn(text, "0123456789abcdef") >= size;
}

static bool is_zero(const char *text, size_t size)
{
    return strspn(text, "0") >= size;
}

/* The only traceparent of the request, if it is a good one. */
static const char *parent_of(const struct request *req)
{
    const char *found = NULL;
    for (int i = 0; i < req->header_count; i++) {
        if (strcasecmp(req->headers[i].name, "traceparent") == 0) {
            if (found) {
                return NULL;
            }
            found = req->headers[i].value;
        }
    }
    size_t size = found ? strlen(found) : 0;
    if (size < PARENT_SIZE || found[2] != '-' || found[AT_PARENT - 1] != '-' ||
        found[AT_FLAGS - 1] != '-') {
        return NULL;
    }
    bool first_version = strncmp(found, "00", 2) == 0;
    bool ends =
        first_version ? size == PARENT_SIZE : !found[PARENT_SIZE] || found[PARENT_SIZE] == '-';
    bool good = ends && is_hex(found, 2) && strncmp(found, "ff", 2) != 0 &&
                is_hex(found + AT_TRACE, TRACE_ID_SIZE) &&
                !is_zero(found + AT_TRACE, TRACE_ID_SIZE) &&
                is_hex(found + AT_PARENT, SPAN_ID_SIZE) &&
                !is_zero(found + AT_PARENT, SPAN_ID_SIZE) && is_hex(found + AT_FLAGS, 2);
    return good ? found : NULL;
}

/* A UUID is as random as a trace has to be, and its second half as a span: both for the price of the
 * request's own id. */
void trace_begin(struct request *req)
{
    struct trace *trace = &req->trace;
    const char *own = request_header(req, "X-Request-Id");
    const char *parent = parent_of(req);
    const char *fresh = request_new_id(req);
    char plain[TRACE_ID_SIZE + 1];
    size_t size = 0;
    for (const char *at = fresh; *at; at++) {
        plain[size] = *at;
        size += *at != '-';
    }
    memcpy(trace->trace_id, parent ? parent + AT_TRACE : plain, TRACE_ID_SIZE);
    memcpy(trace->span_id, plain + SPAN_ID_SIZE, SPAN_ID_SIZE);
    trace->flags = parent && strchr("13579bdf", parent[AT_FLAGS + 1]);
    req->id = is_plain_id(own) ? own : fresh;
}

/* Milliseconds with three decimals. printf takes longer than all that is measured here. */
static char *put_time(char *out, const char *name, uint64_t ns)
{
    char digits[24];
    uint64_t us = ns / 1000;
    int count = 0;
    while (count < 4 || us > 0) {
        digits[count++] = (char)('0' + us % 10);
        us /= 10;
    }
    out = stpcpy(stpcpy(out, name), ";dur=");
    while (count > 0) {
        *out++ = digits[--count];
        if (count == 3) {
            *out++ = '.';
        }
    }
    *out = '\0';
    return out;
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

void trace_tell(struct request *req)
{
    enum { TIMING_ROOM = 128, RESPONSE_ROOM = PARENT_SIZE + 1 };
    const struct trace *trace = &req->trace;
    char *timing = arena_alloc(req->arena, TIMING_ROOM);
    char *response = arena_alloc(req->arena, RESPONSE_ROOM);
    char *end = put_time(timing, "app", less(req->took_ns, req->wait_ns + req->database_ns));
    end = put_time(stpcpy(end, ", "), "wait", req->wait_ns);
    put_time(stpcpy(end, ", "), "db", req->database_ns);
    end = stpcpy(stpcpy(response, "00-"), trace->trace_id);
    end = stpcpy(stpcpy(end, "-"), trace->span_id);
    stpcpy(end, trace->flags ? "-01" : "-00");
    reply_header(req, "X-Request-Id", req->id);
    reply_header(req, "Server-Timing", timing);
    reply_header(req, "traceresponse", response);
}
