/* The log. */
#include "middleware/log.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "middleware/log_queue.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/route.h"

static void render_now(struct render *out)
{
    struct timespec now;
    struct tm utc;
    char text[40];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t size = strftime(text, sizeof text, "{\"time\":\"%Y-%m-%dT%H:%M:%S", &utc);
    render_raw(out, text, size);
    snprintf(text, sizeof text, ".%03ldZ\"", now.tv_nsec / 1000000);
    render_text(out, text);
}

static void render_member(struct render *out, const char *name, const char *value)
{
    render_text(out, ",\"");
    render_text(out, name);
    render_text(out, "\":");
    render_string(out, value);
}

static void render_number(struct render *out, const char *name, int64_t value)
{
    render_text(out, ",\"");
    render_text(out, name);
    render_text(out, "\":");
    render_int(out, value);
}

void log_event(const char *level, const char *message, const char *detail)
{
    struct arena *arena = arena_new(1 << 20);
    struct render out;
    render_init(&out, arena);
    render_now(&out);
    render_member(&out, "level", level);
    render_member(&out, "message", message);
    if (detail) {
        render_member(&out, "detail", detail);
    }
    render_text(&out, "}\n");
    log_queue_put_now(out.data, out.size);
    arena_free(arena);
}

void log_request(const struct request *req)
{
    struct render out;
    int status = req->reply.status;
    render_init(&out, req->arena);
    render_now(&out);
    render_member(&out, "level", status >= 500 ? "error" : "info");
    render_member(&out, "request_id", req->id);
    render_member(&out, "method", req->route ? method_names[req->route->method] : "-");
    render_member(&out, "route", req->route ? req->route->path : "-");
    render_number(&out, "status", status);
    render_number(&out, "microseconds", (int64_t)(monotonic_ns() - req->started_ns) / 1000);
    render_number(&out, "database_trips", req->database_trips);
    render_number(&out, "bytes", (int64_t)req->reply.size);
    if (req->caller.user_id) {
        render_member(&out, "user_id", req->caller.user_id);
    }
    if (req->problem.kind) {
        render_member(&out, "code", problem_rows[req->problem.kind].code);
    }
    if (req->problem.internal) {
        render_member(&out, "internal", req->problem.internal);
    }
    render_text(&out, "}\n");
    log_queue_put(out.data, out.size);
}
