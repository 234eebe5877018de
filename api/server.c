/* The HTTP side. */
#include "api/server.h"

#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <ulfius.h>
#include <unistd.h>

#include "middleware/contract.h"
#include "middleware/frame.h"
#include "middleware/limit.h"
#include "middleware/log.h"
#include "middleware/permit.h"
#include "middleware/problem.h"
#include "middleware/route.h"
#include "middleware/token.h"
#include "middleware/transaction.h"
#include "middleware/url.h"

enum {
    THREAD_STACK = 256 * 1024,
    CONNECTION_MEMORY = 32 * 1024,
    IDLE_SECONDS = 30,
    BACKLOG = 1024,
    DRAIN_MS = 10000
};

struct server {
    const struct service *service;
    struct _u_instance instance;
    unsigned port;
    atomic_int in_flight;
};

/* libmicrohttpd serves a connection on one thread, so what ulfius does not pass on can wait here
 * from the request line until the handler runs. */
static _Thread_local struct MHD_Connection *current_connection;
static struct server *the_server; /* MHD's callbacks carry no pointer of ours */

static bool operation_bind(struct request *req)
{
    req->operation = contract_operation(req->service->contract, req->route->operation_id);
    return req->operation || fail(req, INTERNAL);
}

/* THE way of a request: each stage returns true to go on; the first false ends the walk. */
static bool (*const stages[])(struct request *req) = {
    frame_check, url_parse,   route_find,   operation_bind,
    limit_check, token_check, permit_check, schema_check,
};

/* A connection that PostgreSQL dropped while it was idle is noticed only by its first use. As long as
 * nothing can have been committed the request simply begins again, on another connection. */
static bool handle(struct request *req)
{
    for (int again = 0; again < 2; again++) {
        if (req->route->handler(req) && transaction_finish(req)) {
            return true;
        }
        if (!req->connection_lost || (req->route->tiers & ANYONE)) {
            return false;
        }
        transaction_end(req);
        req->connection_lost = false;
        req->problem = (struct problem){0};
        req->reply = (struct reply){0};
        req->segment = NULL;
    }
    return req->route->handler(req) && transaction_finish(req);
}

static bool walk(struct request *req)
{
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        if (!stages[i](req)) {
            return false;
        }
    }
    return handle(req);
}

static bool is_plain_id(const char *text)
{
    size_t size = text ? strlen(text) : 0;
    return size >= 8 && size <= 64 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
               size;
}

void serve(struct request *req)
{
    const char *own_id = request_header(req, "X-Request-Id");
    req->id = is_plain_id(own_id) ? own_id : request_new_id(req);
    req->language = language_of(request_header(req, "Accept-Language"));
    walk(req);
    transaction_end(req);
    if (arena_over_cap(req->arena) && req->problem.kind == NO_PROBLEM) {
        fail(req, BUSY);
    }
    if (req->problem.kind != NO_PROBLEM) {
        problem_reply(req);
    }
    if (!req->reply.status) {
        fail(req, INTERNAL); /* a handler that says nothing must not look like a success */
        problem_reply(req);
    }
    reply_header(req, "X-Request-Id", req->id);
}

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct request *req = cls;
    (void)kind;
    if (req->header_count == MAX_HEADERS) {
        return MHD_NO;
    }
    req->headers[req->header_count++] = (struct pair){name, value ? value : ""};
    return MHD_YES;
}

static void send_reply(const struct request *req, struct _u_response *response)
{
    const struct reply *reply = &req->reply;
    if (reply->size > 0) {
        ulfius_set_binary_body_response(response, (unsigned)reply->status, reply->body,
                                        reply->size);
        u_map_put(response->map_header, "Content-Type", reply->content_type);
    } else {
        response->status = reply->status;
    }
    u_map_put(response->map_header, "X-Content-Type-Options", "nosniff");
    for (int i = 0; i < reply->header_count; i++) {
        u_map_put(response->map_header, reply->headers[i].name, reply->headers[i].value);
    }
}

static const char *peer_address(struct arena *arena)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(current_connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char *text = arena_alloc(arena, NI_MAXHOST);
    if (!info || !info->client_addr) {
        return "";
    }
    socklen_t size = info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                              : sizeof(struct sockaddr_in);
    return getnameinfo(info->client_addr, size, text, NI_MAXHOST, NULL, 0, NI_NUMERICHOST) ? ""
                                                                                           : text;
}

static int on_request(const struct _u_request *incoming, struct _u_response *response, void *cls)
{
    const struct server *server = cls;
    struct arena *arena = arena_new(server->service->memory_limit);
    struct request *req = arena_alloc(arena, sizeof *req);
    req->arena = arena;
    req->service = server->service;
    req->started_ns = monotonic_ns();
    req->peer = peer_address(arena);
    req->method_name = incoming->http_verb;
    req->target = incoming->http_url;
    req->body = incoming->binary_body;
    req->body_size = incoming->binary_body_length;
    MHD_get_connection_values(current_connection, MHD_HEADER_KIND, take_header, req);
    serve(req);
    send_reply(req, response);
    log_request(req);
    arena_free(arena);
    return U_CALLBACK_COMPLETE;
}

static void *on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
    current_connection = connection;
    atomic_fetch_add(&the_server->in_flight, 1);
    return ulfius_uri_logger(cls, uri);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    if (*state) {
        atomic_fetch_sub(&the_server->in_flight, 1);
    }
    mhd_request_completed(cls, connection, state, code);
}

/* libmicrohttpd's own words may quote what a client sent, so only the fact is logged. */
static void on_mhd_message(void *cls, const char *format, va_list args)
{
    (void)cls;
    (void)format;
    (void)args;
}

static int listen_on(const struct server_options *options, unsigned *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST};
    struct addrinfo *address = NULL;
    char service[16];
    snprintf(service, sizeof service, "%u", options->port);
    if (getaddrinfo(options->host, service, &hints, &address)) {
        return -1;
    }
    int yes = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) &&
                !bind(fd, address->ai_addr, address->ai_addrlen) && !listen(fd, BACKLOG);
    freeaddrinfo(address);
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    char number[16] = "";
    if (!good || getsockname(fd, (struct sockaddr *)&bound, &size) ||
        getnameinfo((struct sockaddr *)&bound, size, NULL, 0, number, sizeof number,
                    NI_NUMERICSERV)) {
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    *port = (unsigned)strtoul(number, NULL, 10);
    return fd;
}

static bool start_ulfius(struct server *server, int fd, unsigned connection_limit)
{
    struct _u_instance *instance = &server->instance;
    if (ulfius_init_instance(instance, server->port, NULL, NULL) != U_OK) {
        return false;
    }
    /* One byte more than allowed: a body that fills it is too long, not silently cut. */
    instance->max_post_body_size = server->service->body_limit + 1;
    instance->allowed_post_processor = U_POST_PROCESS_NONE;
    instance->check_utf8 = 0; /* the stages check what they read */
    ulfius_add_endpoint_by_val(instance, "*", NULL, "*", 0, on_request, server);
    ulfius_set_default_endpoint(instance, on_request, server);
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_uri, NULL},
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_mhd_message, NULL},
        {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)connection_limit, NULL},
        {MHD_OPTION_THREAD_STACK_SIZE, THREAD_STACK, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    return ulfius_start_framework_with_mhd_options(instance, flags, options) == U_OK;
}

struct server *server_start(const struct service *service, const struct server_options *options)
{
    struct server *server = memory_or_stop(sizeof *server);
    server->service = service;
    the_server = server;
    int fd = listen_on(options, &server->port);
    if (fd < 0 || !start_ulfius(server, fd, options->connection_limit)) {
        log_event("fatal", "cannot listen (is the port taken?)", options->host);
        free(server);
        return NULL;
    }
    return server;
}

unsigned server_port(const struct server *server)
{
    return server->port;
}

void server_stop(struct server *server)
{
    struct timespec moment = {.tv_nsec = 10 * 1000000};
    MHD_socket fd = MHD_quiesce_daemon(server->instance.mhd_daemon);
    for (int ms = 0; ms < DRAIN_MS && atomic_load(&server->in_flight) > 0; ms += 10) {
        nanosleep(&moment, NULL);
    }
    ulfius_stop_framework(&server->instance);
    ulfius_clean_instance(&server->instance);
    if (fd != MHD_INVALID_SOCKET) {
        close(fd);
    }
    free(server);
}
