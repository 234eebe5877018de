/* The request target: one spelling for each resource. */
#include "middleware/url.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "middleware/problem.h"
#include "middleware/text.h"

enum { TARGET_MAX = 8 * 1024 };

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes `size` bytes; NULL for a broken code, a control character or invalid UTF-8. */
static const char *decode(struct request *req, const char *text, size_t size, bool plus_is_space)
{
    char *out = arena_alloc(req->arena, size + 1);
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= size || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) {
                return NULL;
            }
            c = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if ((unsigned char)c < 0x20 || c == 0x7f) {
            return NULL;
        }
        out[used++] = c;
    }
    return text_is_utf8(out, used) ? out : NULL;
}

static bool dots_only(const char *segment, size_t size)
{
    return (size == 1 && segment[0] == '.') || (size == 2 && memcmp(segment, "..", 2) == 0);
}

/* Segment by segment, so that %2F cannot become a separator. */
static bool parse_path(struct request *req, const char *path, size_t size)
{
    char *out = arena_alloc(req->arena, size + 2);
    size_t used = 0;
    if (size == 0 || path[0] != '/') {
        return false;
    }
    for (size_t at = 0; at < size;) {
        const char *segment = path + at + 1;
        size_t room = size - at - 1;
        const char *slash = memchr(segment, '/', room);
        size_t length = slash ? (size_t)(slash - segment) : room;
        const char *plain = decode(req, segment, length, false);
        if (!plain || strpbrk(plain, "/\\") || dots_only(plain, strlen(plain)) ||
            (length == 0 && size > 1)) {
            return false;
        }
        out[used++] = '/';
        memcpy(out + used, plain, strlen(plain));
        used += strlen(plain);
        at += length + 1;
    }
    req->path = out;
    return true;
}

static bool parse_pair(struct request *req, const char *pair, size_t size)
{
    const char *equals = memchr(pair, '=', size);
    size_t name_size = equals ? (size_t)(equals - pair) : size;
    if (name_size == 0 || req->query_count == MAX_QUERY) {
        return false;
    }
    const char *name = decode(req, pair, name_size, true);
    const char *value = equals ? decode(req, equals + 1, size - name_size - 1, true) : "";
    if (!name || !value) {
        return false;
    }
    req->query[req->query_count++] = (struct pair){name, value};
    return true;
}

static bool parse_query(struct request *req, const char *query)
{
    while (*query) {
        size_t size = strcspn(query, "&");
        if (!parse_pair(req, query, size)) {
            return false;
        }
        query += size;
        query += *query == '&';
    }
    return true;
}

/* Proxies write the whole address (RFC 9112, 3.2.2); who we are is not decided by its host. */
static const char *without_host(const char *target)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t size = strlen(schemes[i]);
        if (strncasecmp(target, schemes[i], size) == 0 && strcspn(target + size, "/?") > 0) {
            return target + size + strcspn(target + size, "/?");
        }
    }
    return target;
}

bool url_parse(struct request *req)
{
    if (strlen(req->target) > TARGET_MAX) {
        return fail(req, TARGET_TOO_LONG);
    }
    if (strpbrk(req->target, "# ")) {
        return fail(req, MALFORMED_REQUEST);
    }
    const char *target = without_host(req->target);
    size_t size = strcspn(target, "?");
    const char *query = target + size;
    query += *query == '?';
    if (!parse_path(req, target, size) || !parse_query(req, query)) {
        return fail(req, MALFORMED_REQUEST);
    }
    return true;
}
