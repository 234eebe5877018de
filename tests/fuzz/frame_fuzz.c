/* A head: "METHOD TARGET VERSION", then a header on each line. What the gates of the head let through has
 * one reading, and every refusal says why. */
#include "middleware/frame.h"

#include <string.h>
#include <strings.h>

#include "middleware/limit.h"
#include "middleware/permit.h"
#include "middleware/problem.h"
#include "middleware/url.h"
#include "tests/fuzz/target.h"

static int count_of(const struct request *req, const char *name)
{
    int count = 0;
    for (int i = 0; i < req->header_count; i++) {
        count += strcasecmp(req->headers[i].name, name) == 0;
    }
    return count;
}

static void read_head(struct request *req, const uint8_t *data, size_t size)
{
    char *line = arena_strdup(req->arena, fuzz_line(req, &data, &size));
    req->method_name = strsep(&line, " ");
    req->target = line ? strsep(&line, " ") : "";
    req->protocol = line ? line : "HTTP/1.1";
    while (size > 0 && req->header_count < MAX_HEADERS) {
        char *header = arena_strdup(req->arena, fuzz_line(req, &data, &size));
        char *name = strsep(&header, ":");
        const char *value = header ? header + strspn(header, " \t") : "";
        req->headers[req->header_count++] = (struct pair){name, value};
    }
}

/* None of the tricks by which two programs find two messages in the same bytes. */
static void check_frame(const struct request *req)
{
    MUST(count_of(req, "Host") <= 1);
    MUST(count_of(req, "Content-Length") <= 1);
    MUST(!count_of(req, "Content-Length") || !count_of(req, "Transfer-Encoding"));
    const char *length = request_header(req, "Content-Length");
    MUST(!length || (*length && strspn(length, "0123456789") == strlen(length)));
    for (int i = 0; i < req->header_count; i++) {
        MUST(req->headers[i].name[0] && !strpbrk(req->headers[i].name, " \t\r\n:"));
        MUST(!strpbrk(req->headers[i].value, "\r\n\x01\x7f"));
    }
}

static bool pass(struct request *req)
{
    if (!frame_check(req)) {
        MUST(req->close);
        return false;
    }
    check_frame(req);
    if (!url_parse(req) || !route_find(req)) {
        return false;
    }
    req->operation = contract_operation(req->service->contract, req->route->operation_id);
    MUST(req->operation != NULL);
    return limit_check(req) && token_check(req) && permit_check(req);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request *req = fuzz_request();
    read_head(req, data, size);
    req->language = language_of(request_header(req, "Accept-Language"));
    bool passed = pass(req);
    MUST(passed == (req->problem.kind == NO_PROBLEM && !req->reply.status));
    if (req->problem.kind != NO_PROBLEM) {
        problem_reply(req);
        json_t *said = json_loadb(req->reply.body, req->reply.size, 0, NULL);
        MUST(said != NULL && req->reply.status >= 400);
        json_decref(said);
    }
    MUST(!passed || (req->route->tiers & ANYONE)); /* nobody can sign a token here */
    fuzz_end(req);
    return 0;
}
