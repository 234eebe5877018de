/* One request: reading what came in, identifiers, and the plain JSON reply. */
#include "middleware/request.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

const char *const slice_names[SLICE_COUNT] = {"",        "nation", "province", "district",
                                              "commune", "agency", "collector"};
const char *const duty_names[DUTY_COUNT] = {"", "manager", "officer", "viewer"};

static int index_of(const char *const *names, int count, const char *name)
{
    for (int i = 1; name && i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return 0;
}

enum slice slice_named(const char *name)
{
    return (enum slice)index_of(slice_names, SLICE_COUNT, name);
}

enum duty duty_named(const char *name)
{
    return (enum duty)index_of(duty_names, DUTY_COUNT, name);
}

const char *request_header(const struct request *req, const char *name)
{
    for (int i = 0; i < req->header_count; i++) {
        if (strcasecmp(req->headers[i].name, name) == 0) {
            return req->headers[i].value;
        }
    }
    return NULL;
}

static const char *pair_value(const struct pair *pairs, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(pairs[i].name, name) == 0) {
            return pairs[i].value;
        }
    }
    return NULL;
}

const char *request_query(const struct request *req, const char *name)
{
    return pair_value(req->query, req->query_count, name);
}

const char *request_path_value(const struct request *req, const char *name)
{
    return pair_value(req->path_values, req->path_value_count, name);
}

const char *request_body_text(struct request *req)
{
    char *text = json_dumps(req->json, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text) {
        return "null";
    }
    arena_defer(req->arena, free, text);
    return text;
}

const char *request_text(const struct request *req, const char *member)
{
    return json_string_value(json_object_get(req->json, member));
}

const char *request_number(struct request *req, const char *member)
{
    const json_t *number = json_object_get(req->json, member);
    return number ? arena_printf(req->arena, "%lld", (long long)json_integer_value(number)) : NULL;
}

/* The kernel is asked for the random part of many identifiers at a time; what was given out is erased. */
static void draw_random(unsigned char *out, size_t size)
{
    static _Thread_local unsigned char stock[512];
    static _Thread_local size_t left;
    if (left < size) {
        randombytes_buf(stock, sizeof stock);
        left = sizeof stock;
    }
    left -= size;
    memcpy(out, stock + left, size);
    memset(stock + left, 0, size);
}

void uuid7_text(char out[37])
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    unsigned char b[16];
    draw_random(b, sizeof b);
    for (int i = 0; i < 6; i++) {
        b[i] = (unsigned char)(ms >> (8 * (5 - i)));
    }
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x70);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *out++ = '-';
        }
        *out++ = "0123456789abcdef"[b[i] >> 4];
        *out++ = "0123456789abcdef"[b[i] & 15];
    }
    *out = '\0';
}

const char *request_new_id(struct request *req)
{
    char *id = arena_alloc(req->arena, 37);
    uuid7_text(id);
    return id;
}

uint64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct timespec monotonic_timespec(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / 1000000000u),
                             .tv_nsec = (long)(ns % 1000000000u)};
}

bool reply_json(struct request *req, int status, const char *body, size_t size)
{
    req->reply.status = status;
    req->reply.content_type = "application/json";
    if (req->reply.stream) { /* what was to be sent is not any more */
        req->reply.stream->close(req->reply.stream->own);
        req->reply.stream = NULL;
    }
    req->reply.body = body;
    req->reply.size = size;
    return true;
}

bool reply_empty(struct request *req)
{
    req->reply.status = 204;
    req->reply.body = NULL;
    req->reply.size = 0;
    return true;
}

void reply_header(struct request *req, const char *name, const char *value)
{
    int room = (int)(sizeof req->reply.headers / sizeof *req->reply.headers);
    if (req->reply.header_count < room) {
        req->reply.headers[req->reply.header_count++] = (struct pair){name, value};
    }
}
