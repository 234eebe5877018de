/* What libmicrohttpd read off the wire becomes a request. */
#include "middleware/intake.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "middleware/forward.h"

enum { LINE_END = 2, HEAD_MAX = 16 * 1024 };

struct head {
    struct request *req;
    const char *next; /* where the next part must begin */
};

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct head *head = cls;
    struct request *req = head->req;
    (void)kind;
    req->mangled |= name != head->next;
    head->next = value + strlen(value) + LINE_END;
    req->head_too_large |= req->header_count == MAX_HEADERS;
    if (req->head_too_large) {
        return MHD_NO;
    }
    req->headers[req->header_count++] = (struct pair){name, value};
    return MHD_YES;
}

/* An IPv4 peer of a socket for both has an IPv6 address that only wraps its own. */
static const char *address_text(struct arena *arena, const struct sockaddr *address)
{
    struct sockaddr_in plain = {.sin_family = AF_INET};
    socklen_t size = sizeof plain;
    if (address->sa_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
        size = sizeof(struct sockaddr_in6);
        if (IN6_IS_ADDR_V4MAPPED(six)) {
            memcpy(&plain.sin_addr, six->s6_addr + 12, sizeof plain.sin_addr);
            address = (const struct sockaddr *)&plain;
            size = sizeof plain;
        }
    }
    char *text = arena_alloc(arena, NI_MAXHOST);
    return getnameinfo(address, size, text, NI_MAXHOST, NULL, 0, NI_NUMERICHOST) ? "" : text;
}

static size_t head_size(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}

void intake_head(struct request *req, struct MHD_Connection *connection, const char *method,
                 const char *target, const char *protocol)
{
    const char *version = target + strlen(req->target) + 1;
    struct head head = {req, version + strlen("HTTP/1.1") + LINE_END};
    size_t size = head_size(connection);
    req->method_name = arena_strdup(req->arena, method);
    req->protocol = arena_strdup(req->arena, protocol);
    req->mangled = target != method + strlen(method) + 1;
    req->head_too_large = size > HEAD_MAX;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, take_header, &head);
    req->mangled |= !req->head_too_large && head.next + LINE_END != method + size;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    req->peer = info && info->client_addr ? address_text(req->arena, info->client_addr) : "";
    req->peer = forward_peer(req);
}
