/* The shape of the HTTP message itself. */
#include "middleware/frame.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "middleware/problem.h"

/* Headers that mean one thing; a second copy is how requests are smuggled past a proxy. */
static const char *const single_headers[] = {
    "Host",   "Content-Length",  "Transfer-Encoding", "Content-Type", "Authorization",
    "Expect", "Idempotency-Key", "Accept-Language",   "If-Match",     "X-Request-Id",
};

static bool is_token(const char *name)
{
    for (const char *at = name; *at; at++) {
        if (!isalnum((unsigned char)*at) && !strchr("!#$%&'*+-.^_`|~", *at)) {
            return false;
        }
    }
    return *name != '\0';
}

static bool is_printable(const char *value)
{
    for (const char *at = value; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static int count_of(const struct request *req, const char *name)
{
    int count = 0;
    for (int i = 0; i < req->header_count; i++) {
        count += strcasecmp(req->headers[i].name, name) == 0;
    }
    return count;
}

/* No more is wanted of a host than that it is one: no blanks, no lists, no user names. */
static bool is_host(const char *host)
{
    for (const char *at = host; *at; at++) {
        if (!isalnum((unsigned char)*at) && !strchr("-._:[]%", *at)) {
            return false;
        }
    }
    return true;
}

static bool is_old(const struct request *req)
{
    return req->protocol && strcmp(req->protocol, "HTTP/1.0") == 0;
}

static bool host_fits(struct request *req)
{
    const char *host = request_header(req, "Host");
    if (host && !is_host(host)) {
        return fail_at(req, MALFORMED_REQUEST, "header", "Host", FLAW_FORMAT, "host");
    }
    if (!host && req->protocol && !is_old(req)) {
        return fail_at(req, MALFORMED_REQUEST, "header", "Host", FLAW_REQUIRED, NULL);
    }
    return true;
}

/* How long the body is must have one answer. */
static bool length_fits(struct request *req)
{
    const char *coding = request_header(req, "Transfer-Encoding");
    const char *length = request_header(req, "Content-Length");
    if (coding && (length || is_old(req) || strcasecmp(coding, "chunked") != 0)) {
        return fail(req, MALFORMED_REQUEST);
    }
    if (length && (!*length || length[strspn(length, "0123456789")])) {
        return fail(req, MALFORMED_REQUEST);
    }
    return true;
}

static bool has_one_reading(struct request *req)
{
    if (req->mangled || req->head_too_large) {
        return fail(req, req->mangled ? MALFORMED_REQUEST : HEAD_TOO_LARGE);
    }
    for (int i = 0; i < req->header_count; i++) {
        if (!is_token(req->headers[i].name) || !is_printable(req->headers[i].value)) {
            return fail(req, MALFORMED_REQUEST);
        }
    }
    for (size_t i = 0; i < sizeof single_headers / sizeof *single_headers; i++) {
        if (count_of(req, single_headers[i]) > 1) {
            return fail_at(req, MALFORMED_REQUEST, "header", single_headers[i], FLAW_REPEATED,
                           NULL);
        }
    }
    return host_fits(req) && length_fits(req);
}

/* Where such a message ends is in doubt, and with it where the next one would begin. */
bool frame_check(struct request *req)
{
    req->close = !has_one_reading(req);
    return !req->close;
}
