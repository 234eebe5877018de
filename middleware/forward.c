/* Who asks, when a proxy asks for them. */
#include "middleware/forward.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

static bool is_proxy(const char *proxies, const char *address)
{
    size_t wanted = strlen(address);
    for (const char *at = proxies; at && *at;) {
        at += strspn(at, ", ");
        size_t size = strcspn(at, ", ");
        if (size == wanted && memcmp(at, address, size) == 0) {
            return true;
        }
        at += size;
    }
    return false;
}

/* In the one spelling that addresses have here; NULL when it is none. */
static const char *canonical(const struct request *req, const char *text, size_t size)
{
    char plain[INET6_ADDRSTRLEN];
    unsigned char address[sizeof(struct in6_addr)];
    const char *copy = arena_strndup(req->arena, text, size);
    int family = strchr(copy, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(family, copy, address) != 1) {
        return NULL;
    }
    return arena_strdup(req->arena, inet_ntop(family, address, plain, sizeof plain));
}

/* The last item of the list that ends at `end`, and where the list before it ends. */
static const char *last_item(const struct request *req, const char *list, size_t *end)
{
    size_t size = *end;
    size_t start = size;
    while (start > 0 && list[start - 1] != ',') {
        start--;
    }
    *end = start > 0 ? start - 1 : 0;
    while (size > start && (list[size - 1] == ' ' || list[size - 1] == '\t')) {
        size--;
    }
    start += strspn(list + start, " \t");
    return size > start ? canonical(req, list + start, size - start) : NULL;
}

static const char *last_header(const struct request *req, const char *name)
{
    for (int i = req->header_count - 1; i >= 0; i--) {
        if (strcasecmp(req->headers[i].name, name) == 0) {
            return req->headers[i].value;
        }
    }
    return NULL;
}

const char *forward_peer(const struct request *req)
{
    const char *proxies = req->service->proxies;
    const char *peer = req->peer;
    const char *list = last_header(req, "X-Forwarded-For");
    size_t end = list ? strlen(list) : 0;
    while (end > 0 && is_proxy(proxies, peer)) {
        const char *before = last_item(req, list, &end);
        if (!before) {
            break;
        }
        peer = before;
    }
    return peer;
}
