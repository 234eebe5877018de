/* How much a request may bring, and in which form. */
#include "middleware/limit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "middleware/contract.h"
#include "middleware/problem.h"
#include "middleware/shed.h"
#include "middleware/visitor.h"

size_t limit_of_body(const struct request *req)
{
    size_t own = req->operation && req->operation->body_limit ? req->operation->body_limit
                                                              : (size_t)BODY_STANDARD;
    return own < req->service->body_limit ? own : req->service->body_limit;
}

static bool is_type(const char *media_type, const char *wanted)
{
    size_t size = strlen(wanted);
    if (!media_type || strncasecmp(media_type, wanted, size) != 0) {
        return false;
    }
    const char *rest = media_type + size;
    rest += strspn(rest, " \t");
    if (!*rest) {
        return true;
    }
    if (*rest != ';') {
        return false;
    }
    rest += 1 + strspn(rest + 1, " \t");
    return strcasecmp(rest, "charset=utf-8") == 0 || strcasecmp(rest, "charset=\"utf-8\"") == 0;
}

bool limit_check(struct request *req)
{
    const char *declared = request_header(req, "Content-Length");
    size_t length = declared ? (size_t)strtoull(declared, NULL, 10) : 0;
    if (req->body_size > limit_of_body(req) || length > limit_of_body(req)) {
        return fail(req, BODY_TOO_LARGE);
    }
    if (req->operation && req->operation->body && req->body_size > 0 &&
        !is_type(request_header(req, "Content-Type"), req->operation->media_type)) {
        return fail_at(req, UNSUPPORTED_MEDIA_TYPE, "header", "Content-Type", FLAW_ENUM,
                       req->operation->media_type);
    }
    return true;
}

/* Of a body in chunks nobody knows how long it will be. */
bool limit_bodies(struct request *req)
{
    const char *declared = request_header(req, "Content-Length");
    bool chunked = request_header(req, "Transfer-Encoding");
    size_t size = chunked    ? limit_of_body(req)
                  : declared ? (size_t)strtoull(declared, NULL, 10)
                             : 0;
    return size == 0 || visitor_sends(req->visitor, size) || shed(req, BUSY, CAUSE_BODIES);
}
