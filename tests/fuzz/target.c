/* What the fuzzer's targets stand on. */
#include "tests/fuzz/target.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/routes.h"
#include "embedded.h"

static struct service service = {.body_limit = 1 << 22, .memory_limit = 1 << 24};
static struct token_keys keys;

static struct contract *contract_of_build(void)
{
    char *error = NULL;
    struct contract *contract = NULL;
    for (size_t i = 0; i < embedded_file_count; i++) {
        if (strcmp(embedded_files[i].name, "openapi.json") == 0) {
            contract = contract_new(embedded_files[i].data, embedded_files[i].size, &error);
        }
    }
    MUST(contract != NULL);
    return contract;
}

static void open_service(void)
{
    MUST(sodium_init() >= 0);
    MUST(token_keys_parse(&keys,
                          "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
    service.contract = contract_of_build();
    service.routes = route_table_new(routes, route_count);
    service.keys = &keys;
}

struct request *fuzz_request(void)
{
    if (!service.contract) {
        open_service();
    }
    struct arena *arena = arena_new(service.memory_limit);
    struct request *req = arena_alloc(arena, sizeof *req);
    req->arena = arena;
    req->service = &service;
    req->keys = &keys;
    req->id = "fuzz";
    req->method_name = "GET";
    req->protocol = "HTTP/1.1";
    return req;
}

void fuzz_end(struct request *req)
{
    arena_free(req->arena);
}

const char *fuzz_rest(struct request *req, const uint8_t *data, size_t size)
{
    return arena_strndup(req->arena, (const char *)data, size);
}

const char *fuzz_line(struct request *req, const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size ? memchr(*data, '\n', *size) : NULL;
    size_t length = end ? (size_t)(end - *data) : *size;
    const char *line = arena_strndup(req->arena, (const char *)*data, length);
    size_t used = length + (end ? 1 : 0);
    *data += used;
    *size -= used;
    return line;
}

void fuzz_broken(const char *condition)
{
    fprintf(stderr, "must be: %s\n", condition);
    abort();
}
