/* A request and its service, for tests of single stages. */
#include "tests/support/request_case.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct request *request;
struct service service;
static struct arena *arena;
static FILE *errors;
static int stderr_before;

void request_again(void)
{
    request = arena_alloc(arena, sizeof *request);
    request->service = &service;
    request->arena = arena;
    request->keys = service.keys;
    request->id = "test-request";
    request->method_name = "GET";
}

void request_open(void)
{
    arena = arena_new(1 << 20);
    memset(&service, 0, sizeof service);
    request_again();
}

void request_close(void)
{
    arena_free(arena);
    request = NULL;
}

void stderr_begin(void)
{
    errors = tmpfile();
    ck_assert_ptr_nonnull(errors);
    fflush(stderr);
    stderr_before = dup(STDERR_FILENO);
    dup2(fileno(errors), STDERR_FILENO);
}

const char *stderr_end(void)
{
    fflush(stderr);
    dup2(stderr_before, STDERR_FILENO);
    close(stderr_before);
    off_t size = lseek(fileno(errors), 0, SEEK_END);
    char *text = arena_alloc(arena, (size_t)size + 1);
    ck_assert_int_eq(pread(fileno(errors), text, (size_t)size, 0), size);
    fclose(errors);
    return text;
}

void add_header(const char *name, const char *value)
{
    ck_assert_int_lt(request->header_count, MAX_HEADERS);
    request->headers[request->header_count++] = (struct pair){name, value};
}

void add_query(const char *name, const char *value)
{
    ck_assert_int_lt(request->query_count, MAX_QUERY);
    request->query[request->query_count++] = (struct pair){name, value};
}

static const char *code_of(int kind)
{
    return problem_rows[kind].code;
}

void went_on(bool result, const char *what)
{
    ck_assert_msg(result, "%s: refused with %s", what, code_of(request->problem.kind));
    ck_assert_int_eq(request->problem.kind, NO_PROBLEM);
}

void refused(bool result, enum problem_kind kind, const char *what)
{
    ck_assert_msg(!result, "%s: went on", what);
    ck_assert_msg(request->problem.kind == (int)kind, "%s: %s instead of %s", what,
                  code_of(request->problem.kind), code_of((int)kind));
}

const char *reply_header_value(const char *name)
{
    for (int i = 0; i < request->reply.header_count; i++) {
        if (strcasecmp(request->reply.headers[i].name, name) == 0) {
            return request->reply.headers[i].value;
        }
    }
    return NULL;
}
