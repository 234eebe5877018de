/* The HTTP side. */
#include "api/server.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <ulfius.h>
#include <unistd.h>

#include "api/listen.h"
#include "api/serve.h"
#include "middleware/intake.h"
#include "middleware/limit.h"
#include "middleware/log.h"
#include "middleware/metrics.h"

enum {
    THREAD_STACK = 256 * 1024,
    CONNECTION_MEMORY = 32 * 1024,
    SURPLUS = 64,           /* connections past the limit that are told so */
    SWALLOWED = 1024 * 1024 /* bytes of a body that nobody wants */
};

struct server {
    const struct service *service;
    struct _u_instance instance;
    int fd;
    bool inherited;
    struct visitors *visitors;
};

/* One connection and what is asked on it now. */
struct exchange {
    struct visitor *visitor;
    struct request *req; /* from the request line until the answer is made */
    const char *target;  /* libmicrohttpd's own */
    bool head_read;
    size_t body_size; /* so far */
};

/* The same for every server; the second is started while the first one serves. */
static _Atomic(MHD_AccessHandlerCallback) ulfius_handler;
static _Thread_local struct exchange *current; /* ulfius passes on no connection */

/* ulfius gives its own handler to this function of libmicrohttpd and to nobody else, and that handler
 * asks nobody before it has read the whole body. Defined here, the function is called instead, and our
 * handler goes before ulfius': it looks at the head as soon as there is one. */
struct MHD_Daemon *MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept,
                                    void *accept_own, MHD_AccessHandlerCallback handler, void *own,
                                    ...);

static struct exchange *exchange_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct server *server = cls;
    struct exchange *exchange = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        exchange = memory_or_stop(sizeof *exchange);
        exchange->visitor = visitor_new(
            server->visitors,
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
        *context = exchange;
        metrics_gauge(server->service->metrics, GAUGE_CONNECTIONS, 1);
    } else {
        metrics_gauge(server->service->metrics, GAUGE_CONNECTIONS, -1);
        visitor_free(exchange->visitor);
        free(exchange);
    }
}

/* The request line is there. */
static void *on_uri(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct server *server = cls;
    struct exchange *exchange = exchange_of(connection);
    struct arena *arena = arena_new(server->service->memory_limit);
    struct request *req = arena_alloc(arena, sizeof *req);
    req->arena = arena;
    req->service = server->service;
    req->keys = atomic_load(&server->service->keys);
    req->started_ns = monotonic_ns();
    req->target = arena_strdup(arena, target);
    req->visitor = exchange->visitor;
    *exchange = (struct exchange){.visitor = exchange->visitor, .req = req, .target = target};
    visitor_asks(exchange->visitor);
    metrics_gauge(server->service->metrics, GAUGE_IN_FLIGHT, 1);
    return ulfius_uri_logger(NULL, target);
}

/* A body is read only to be thrown away, so that its sender hears the answer; but not one that is long,
 * nor one whose sender waits for our word. */
static void swallow_body(struct request *req)
{
    const char *length = request_header(req, "Content-Length");
    size_t size = length ? (size_t)strtoull(length, NULL, 10) : 0;
    req->close |= size > SWALLOWED || request_header(req, "Expect");
    if (size > 0 || request_header(req, "Transfer-Encoding")) {
        visitor_sends(req->visitor, 0);
    }
}

/* Is this part of the body to be kept? */
static bool is_wanted(struct exchange *exchange, size_t size)
{
    exchange->body_size += size;
    return !exchange->req->reply.status && serve_part(exchange->req, exchange->body_size);
}

static enum MHD_Result on_access(void *instance, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *size, void **state)
{
    struct exchange *exchange = exchange_of(connection);
    struct request *req = exchange->req;
    bool first = !exchange->head_read;
    current = exchange;
    if (first) {
        exchange->head_read = true;
        intake_head(req, connection, method, exchange->target, version);
        if (!serve_head(req)) {
            swallow_body(req);
        }
    } else if (*size > 0 && !is_wanted(exchange, *size)) {
        *size = 0;
        return exchange->body_size > limit_of_body(req) + SWALLOWED ? MHD_NO : MHD_YES;
    }
    bool at_once = first && req->close; /* the answer, whatever else would come */
    MHD_AccessHandlerCallback handler = atomic_load(&ulfius_handler);
    enum MHD_Result result = handler(instance, connection, url, method, version, data, size, state);
    if (at_once && result == MHD_YES) {
        result = handler(instance, connection, url, method, version, data, size, state);
    }
    return result;
}

/* A stream on its way to its visitor, who has as long for each piece as for a whole answer. */
struct sending {
    struct stream stream;
    struct visitor *visitor;
};

static ssize_t send_piece(void *own, uint64_t offset, char *out, size_t room)
{
    struct sending *sending = own;
    (void)offset;
    visitor_takes(sending->visitor);
    size_t size = sending->stream.read(sending->stream.own, out, room);
    return size > 0 ? (ssize_t)size : U_STREAM_ERROR;
}

static void end_sending(void *own)
{
    struct sending *sending = own;
    sending->stream.close(sending->stream.own);
    free(sending);
}

static void send_stream(const struct request *req, struct _u_response *response)
{
    enum { PIECE = 65536 };
    struct sending *sending = memory_or_stop(sizeof *sending);
    *sending = (struct sending){.stream = *req->reply.stream, .visitor = req->visitor};
    ulfius_set_stream_response(response, (unsigned)req->reply.status, send_piece, end_sending,
                               sending->stream.size, PIECE, sending);
}

static void send_reply(const struct request *req, struct _u_response *response)
{
    const struct reply *reply = &req->reply;
    if (reply->stream) {
        send_stream(req, response);
        u_map_put(response->map_header, "Content-Type", reply->content_type);
    } else if (reply->size > 0) {
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
    if (req->close) {
        u_map_put(response->map_header, "Connection", "close");
    }
}

static void forget(struct exchange *exchange)
{
    if (exchange->req) {
        metrics_gauge(exchange->req->service->metrics, GAUGE_IN_FLIGHT, -1);
        arena_free(exchange->req->arena);
    }
    *exchange = (struct exchange){.visitor = exchange->visitor};
}

/* The whole request is there. */
static int on_request(const struct _u_request *incoming, struct _u_response *response, void *cls)
{
    struct request *req = current->req;
    (void)cls;
    if (!visitor_waits(req->visitor)) {
        return U_CALLBACK_COMPLETE; /* too late: the answer was given */
    }
    if (!req->reply.status) {
        req->body = incoming->binary_body;
        req->body_size = incoming->binary_body_length;
        serve(req);
    }
    req->close |= atomic_load(req->service->stopping);
    send_reply(req, response);
    log_request(req);
    metrics_request(req);
    forget(current);
    visitor_takes(current->visitor);
    return U_CALLBACK_COMPLETE;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = exchange_of(connection);
    (void)cls;
    if (exchange->req) {
        metrics_count(exchange->req->service->metrics, COUNT_ABANDONED);
    }
    forget(exchange);
    visitor_rests(exchange->visitor);
    mhd_request_completed(NULL, connection, state, code);
}

/* libmicrohttpd's own words may quote what a client sent, so only the fact is logged. */
static void on_mhd_message(void *cls, const char *format, va_list args)
{
    (void)cls;
    (void)format;
    (void)args;
}

struct MHD_Daemon *MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept,
                                    void *accept_own, MHD_AccessHandlerCallback handler, void *own,
                                    ...)
{
    va_list options;
    va_start(options, own);
    atomic_store(&ulfius_handler, handler);
    struct MHD_Daemon *daemon =
        MHD_start_daemon_va(flags, port, accept, accept_own, on_access, own, options);
    va_end(options);
    return daemon;
}

static bool start_ulfius(struct server *server, int connection_limit)
{
    struct _u_instance *instance = &server->instance;
    if (ulfius_init_instance(instance, listen_port(server->fd), NULL, NULL) != U_OK) {
        return false;
    }
    /* One byte more than allowed: a body that fills it is too long, not silently cut. */
    instance->max_post_body_size = server->service->body_limit + 1;
    instance->allowed_post_processor = U_POST_PROCESS_NONE;
    instance->check_utf8 = 0; /* the stages check what they read */
    ulfius_add_endpoint_by_val(instance, "*", NULL, "*", 0, on_request, server);
    ulfius_set_default_endpoint(instance, on_request, server);
    /* Not STRICT_FOR_CLIENT: it hangs up on some malformed requests, and frame_check answers them. */
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, server},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_uri, server},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, NULL},
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_mhd_message, NULL},
        {MHD_OPTION_LISTEN_SOCKET, server->fd, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, connection_limit + SURPLUS, NULL},
        {MHD_OPTION_THREAD_STACK_SIZE, THREAD_STACK, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    return ulfius_start_framework_with_mhd_options(instance, flags, options) == U_OK;
}

/* The shell's habitual 1,024 open files would be the limit before ours is. */
static void raise_file_limit(int connections)
{
    enum { BESIDE = 256 };
    struct rlimit limit;
    rlim_t wanted = (rlim_t)(connections + SURPLUS + BESIDE);
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted) {
        return;
    }
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur < wanted) {
        log_event("warning", "fewer open files than ANSINH_CONNECTION_LIMIT needs (ulimit -Hn)",
                  NULL);
    }
}

struct server *server_start(const struct service *service, const struct server_options *options)
{
    struct server *server = memory_or_stop(sizeof *server);
    server->service = service;
    server->inherited = options->inherited >= 0;
    server->fd = server->inherited ? options->inherited : listen_on(options->host, options->port);
    server->visitors = visitors_new(&options->limits);
    raise_file_limit(options->limits.most);
    if (server->fd < 0 || !server->visitors || !start_ulfius(server, options->limits.most)) {
        log_event("fatal", "cannot listen (is the port taken?)", options->host);
        visitors_free(server->visitors);
        free(server);
        return NULL;
    }
    return server;
}

unsigned server_port(const struct server *server)
{
    return listen_port(server->fd);
}

int server_visitors(const struct server *server)
{
    return visitors_count(server->visitors);
}

/* Connections that the kernel has made but nobody has accepted yet would be reset with the socket. Each
 * counts as a visitor at once, or we could end before libmicrohttpd has taken notice of it. */
static void adopt_waiting(struct server *server)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    int fd = accept4(server->fd, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
    while (fd >= 0) {
        struct visitor *visitor = visitor_new(server->visitors, fd);
        if (visitor_is_surplus(visitor)) {
            visitor_free(visitor);
            close(fd);
        } else if (MHD_add_connection(server->instance.mhd_daemon, fd, (struct sockaddr *)&peer,
                                      size) != MHD_YES) {
            visitor_free(visitor);
        }
        size = sizeof peer;
        fd = accept4(server->fd, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
    }
}

void server_close(struct server *server)
{
    MHD_quiesce_daemon(server->instance.mhd_daemon);
    visitors_leave(server->visitors);
    if (!server->inherited) { /* else they are for the next server */
        adopt_waiting(server);
    }
    close(server->fd);
    server->fd = -1;
}

void server_stop(struct server *server)
{
    ulfius_stop_framework(&server->instance);
    ulfius_clean_instance(&server->instance);
    visitors_free(server->visitors);
    if (server->fd >= 0) {
        close(server->fd);
    }
    free(server);
}
