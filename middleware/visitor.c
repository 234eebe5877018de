/* Who is connected. */
#include "middleware/visitor.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "middleware/log.h"
#include "middleware/problem.h"

static const uint64_t leave_ns = 200 * 1000000u; /* a client between two requests needs no longer */
static const uint64_t never = UINT64_MAX;

enum phase { RESTING, ASKING, SENDING, WAITING, TAKING, GONE };

struct visitor {
    struct visitors *all;
    struct visitor *next;
    struct visitor *previous;
    int fd;
    bool surplus;
    pthread_mutex_t lock; /* of what follows */
    enum phase phase;
    uint64_t since_ns;
    uint64_t deadline_ns;
    size_t held;
};

struct visitors {
    struct visitor_limits limits;
    atomic_size_t bodies;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    struct visitor *first;
    int count;
    bool leaving;
    bool ending;
};

/* --- sending away ---------------------------------------------------------------------------- */

/* In the place of the server, which is waiting for the rest of the request. */
static void refuse(int fd, enum problem_kind kind)
{
    struct arena *arena = arena_new(1 << 20);
    struct request *req = arena_alloc(arena, sizeof *req);
    req->arena = arena;
    req->started_ns = monotonic_ns();
    trace_begin(req);
    fail(req, kind);
    problem_reply(req);
    trace_tell(req);
    const struct reply *reply = &req->reply;
    const char *text = arena_printf(
        arena, "HTTP/1.1 %d \r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %zu\r\n",
        reply->status, reply->content_type, reply->size);
    for (int i = 0; i < reply->header_count; i++) {
        text = arena_printf(arena, "%s%s: %s\r\n", text, reply->headers[i].name,
                            reply->headers[i].value);
    }
    text = arena_printf(arena, "%s\r\n%s", text, reply->body);
    ssize_t sent = send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent; /* who does not even take this is gone anyway */
    log_request(req);
    arena_free(arena);
}

/* The thread that serves the connection finds it closed by the client, as it were. */
static void send_away(struct visitor *visitor)
{
    if (visitor->phase == ASKING || visitor->phase == SENDING) {
        refuse(visitor->fd, REQUEST_TIMEOUT);
    }
    visitor->phase = GONE;
    shutdown(visitor->fd, SHUT_RDWR);
}

static bool has_sent_something(const struct visitor *visitor)
{
    struct pollfd socket = {.fd = visitor->fd, .events = POLLIN};
    return poll(&socket, 1, 0) > 0;
}

/* When to look at this one again. */
static uint64_t look_at(struct visitor *visitor, uint64_t now, bool leaving)
{
    pthread_mutex_lock(&visitor->lock);
    bool timed = visitor->phase != WAITING && visitor->phase != GONE;
    uint64_t due = timed ? visitor->deadline_ns : never;
    if (leaving && visitor->phase == RESTING && visitor->since_ns + leave_ns < due) {
        due = visitor->since_ns + leave_ns;
        due = due <= now && now < visitor->deadline_ns && has_sent_something(visitor)
                  ? now + leave_ns
                  : due;
    }
    if (due <= now) {
        send_away(visitor);
        due = never;
    }
    pthread_mutex_unlock(&visitor->lock);
    return due;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* A deadline that is set while nobody looks lies at least this far ahead. */
static uint64_t pause_between_looks(const struct visitors *all)
{
    const struct visitor_limits *limits = &all->limits;
    uint64_t pause =
        least(least(limits->idle_ns, limits->head_ns), least(limits->body_ns, limits->reply_ns));
    return all->leaving ? least(pause, leave_ns) : pause;
}

static void *watch(void *own)
{
    struct visitors *all = own;
    pthread_mutex_lock(&all->lock);
    while (!all->ending) {
        uint64_t now = monotonic_ns();
        uint64_t next = now + pause_between_looks(all);
        for (struct visitor *visitor = all->first; visitor; visitor = visitor->next) {
            next = least(next, look_at(visitor, now, all->leaving));
        }
        struct timespec until = monotonic_timespec(next);
        pthread_cond_timedwait(&all->wake, &all->lock, &until);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

/* --- all of them ----------------------------------------------------------------------------- */

struct visitors *visitors_new(const struct visitor_limits *limits)
{
    struct visitors *all = memory_or_stop(sizeof *all);
    pthread_condattr_t attributes;
    all->limits = *limits;
    pthread_mutex_init(&all->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&all->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&all->thread, NULL, watch, all)) {
        free(all);
        return NULL;
    }
    return all;
}

void visitors_free(struct visitors *all)
{
    if (!all) {
        return;
    }
    pthread_mutex_lock(&all->lock);
    all->ending = true;
    pthread_cond_signal(&all->wake);
    pthread_mutex_unlock(&all->lock);
    pthread_join(all->thread, NULL);
    while (all->first) { /* a socket that never became a connection */
        visitor_free(all->first);
    }
    pthread_cond_destroy(&all->wake);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

int visitors_count(struct visitors *all)
{
    pthread_mutex_lock(&all->lock);
    int count = all->count;
    pthread_mutex_unlock(&all->lock);
    return count;
}

void visitors_leave(struct visitors *all)
{
    pthread_mutex_lock(&all->lock);
    all->leaving = true;
    pthread_cond_signal(&all->wake);
    pthread_mutex_unlock(&all->lock);
}

/* --- one ------------------------------------------------------------------------------------- */

/* At the end sockets are known before they become connections (server.c, adopt_waiting). */
static struct visitor *known(struct visitors *all, int fd)
{
    pthread_mutex_lock(&all->lock);
    struct visitor *visitor = all->leaving ? all->first : NULL;
    while (visitor && visitor->fd != fd) {
        visitor = visitor->next;
    }
    pthread_mutex_unlock(&all->lock);
    return visitor;
}

struct visitor *visitor_new(struct visitors *all, int fd)
{
    struct visitor *visitor = known(all, fd);
    if (visitor) {
        return visitor;
    }
    visitor = memory_or_stop(sizeof *visitor);
    visitor->all = all;
    visitor->fd = fd;
    visitor->since_ns = monotonic_ns();
    visitor->deadline_ns = visitor->since_ns + all->limits.head_ns;
    pthread_mutex_init(&visitor->lock, NULL);
    pthread_mutex_lock(&all->lock);
    visitor->surplus = ++all->count > all->limits.most;
    visitor->next = all->first;
    if (all->first) {
        all->first->previous = visitor;
    }
    all->first = visitor;
    pthread_mutex_unlock(&all->lock);
    return visitor;
}

void visitor_free(struct visitor *visitor)
{
    struct visitors *all = visitor->all;
    visitor_rests(visitor);
    pthread_mutex_lock(&all->lock);
    if (visitor->previous) {
        visitor->previous->next = visitor->next;
    } else {
        all->first = visitor->next;
    }
    if (visitor->next) {
        visitor->next->previous = visitor->previous;
    }
    all->count--;
    pthread_mutex_unlock(&all->lock);
    pthread_mutex_destroy(&visitor->lock);
    free(visitor);
}

bool visitor_is_surplus(const struct visitor *visitor)
{
    return visitor->surplus;
}

/* The caller holds the lock. */
static bool go_on(struct visitor *visitor, enum phase phase, uint64_t allowed_ns)
{
    if (visitor->phase == GONE) {
        return false;
    }
    visitor->phase = phase;
    visitor->since_ns = monotonic_ns();
    visitor->deadline_ns = visitor->since_ns + allowed_ns;
    return true;
}

static bool enter(struct visitor *visitor, enum phase phase, uint64_t allowed_ns)
{
    pthread_mutex_lock(&visitor->lock);
    bool present = go_on(visitor, phase, allowed_ns);
    pthread_mutex_unlock(&visitor->lock);
    return present;
}

void visitor_asks(struct visitor *visitor)
{
    enter(visitor, ASKING, visitor->all->limits.head_ns);
}

/* Taken first and given back if it was too much, so that two cannot take the same room. */
static bool hold(struct visitors *all, size_t size)
{
    size_t limit = all->limits.bodies;
    if (size > limit) {
        return false;
    }
    if (atomic_fetch_add(&all->bodies, size) + size <= limit) {
        return true;
    }
    atomic_fetch_sub(&all->bodies, size);
    return false;
}

bool visitor_sends(struct visitor *visitor, size_t size)
{
    pthread_mutex_lock(&visitor->lock);
    go_on(visitor, SENDING, visitor->all->limits.body_ns);
    bool fits = hold(visitor->all, size);
    visitor->held += fits ? size : 0;
    pthread_mutex_unlock(&visitor->lock);
    return fits;
}

bool visitor_waits(struct visitor *visitor)
{
    return enter(visitor, WAITING, 0);
}

void visitor_takes(struct visitor *visitor)
{
    enter(visitor, TAKING, visitor->all->limits.reply_ns);
}

void visitor_rests(struct visitor *visitor)
{
    pthread_mutex_lock(&visitor->lock);
    atomic_fetch_sub(&visitor->all->bodies, visitor->held);
    visitor->held = 0;
    go_on(visitor, RESTING, visitor->all->limits.idle_ns);
    pthread_mutex_unlock(&visitor->lock);
}
