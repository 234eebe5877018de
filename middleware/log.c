/* The log. A line is made on the stack and goes out as a whole: lines of many threads never mix, and no
 * memory is asked for. What is too long is cut. */
#include "middleware/log.h"

#include <limits.h>
#include <string.h>
#include <time.h>

#include "middleware/log_queue.h"
#include "middleware/problem.h"
#include "middleware/shed.h"
#include "middleware/route.h"

enum { ROOM = PIPE_BUF, VALUE_MOST = 280 }; /* a pipe takes so much at once */

struct line {
    size_t size;
    char text[ROOM];
};

static void put_raw(struct line *line, const char *text, size_t size)
{
    if (line->size + size <= ROOM) {
        memcpy(line->text + line->size, text, size);
        line->size += size;
    }
}

static void put(struct line *line, const char *text)
{
    put_raw(line, text, strlen(text));
}

static void put_digits(struct line *line, uint64_t value, int least)
{
    char digits[24];
    int at = sizeof digits;
    for (int count = 0; count < least || value > 0; count++) {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    }
    put_raw(line, digits + at, sizeof digits - (size_t)at);
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

static void put_escaped(struct line *line, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    if (c == '"' || c == '\\') {
        put_raw(line, (const char[]){'\\', (char)c}, 2);
    } else {
        put_raw(line, (const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
    }
}

/* How much of the text may stand in a line: whole characters. */
static size_t cut(const char *utf8)
{
    size_t size = strnlen(utf8, VALUE_MOST);
    while (size > 0 && ((unsigned char)utf8[size] & 0xc0) == 0x80) {
        size--;
    }
    return size;
}

static void put_string(struct line *line, const char *utf8)
{
    const char *end = utf8 + cut(utf8);
    put_raw(line, "\"", 1);
    while (utf8 < end) {
        const char *plain = utf8;
        while (utf8 < end && is_plain((unsigned char)*utf8)) {
            utf8++;
        }
        put_raw(line, plain, (size_t)(utf8 - plain));
        if (utf8 < end) {
            put_escaped(line, (unsigned char)*utf8++);
        }
    }
    put_raw(line, "\"", 1);
}

static void put_name(struct line *line, const char *name)
{
    put(line, ",\"");
    put(line, name);
    put(line, "\":");
}

static void put_text(struct line *line, const char *name, const char *value)
{
    put_name(line, name);
    put_string(line, value);
}

/* For words of ours, where there is nothing to escape. */
static void put_word(struct line *line, const char *name, const char *value)
{
    put_name(line, name);
    put_raw(line, "\"", 1);
    put(line, value);
    put_raw(line, "\"", 1);
}

static void put_number(struct line *line, const char *name, uint64_t value)
{
    put_name(line, name);
    put_digits(line, value, 1);
}

/* The calendar is asked once a second and thread. */
static void put_now(struct line *line)
{
    static _Thread_local time_t second;
    static _Thread_local char text[40];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (!text[0] || now.tv_sec != second) {
        struct tm utc;
        gmtime_r(&now.tv_sec, &utc);
        strftime(text, sizeof text, "{\"time\":\"%Y-%m-%dT%H:%M:%S.", &utc);
        second = now.tv_sec;
    }
    put(line, text);
    put_digits(line, (uint64_t)now.tv_nsec / 1000000, 3);
    put(line, "Z\"");
}

void log_event(const char *level, const char *message, const char *detail)
{
    struct line line;
    line.size = 0;
    put_now(&line);
    put_word(&line, "level", level);
    put_text(&line, "message", message);
    if (detail) {
        put_text(&line, "detail", detail);
    }
    put(&line, "}\n");
    log_queue_put_now(line.text, line.size);
}

void log_request(const struct request *req)
{
    struct line line;
    int status = req->reply.status;
    line.size = 0;
    put_now(&line);
    put_word(&line, "level", status >= 500 ? "error" : "info");
    put_text(&line, "request_id", req->id);
    put_word(&line, "trace_id", req->trace.trace_id);
    put_word(&line, "span_id", req->trace.span_id);
    put_word(&line, "method", req->route ? method_names[req->route->method] : "-");
    put_word(&line, "route", req->route ? req->route->path : "-");
    put_number(&line, "status", (uint64_t)status);
    put_number(&line, "microseconds", req->took_ns / 1000);
    put_number(&line, "wait_microseconds", req->wait_ns / 1000);
    put_number(&line, "database_microseconds", req->database_ns / 1000);
    put_number(&line, "database_trips", (uint64_t)req->database_trips);
    put_number(&line, "bytes", req->reply.size);
    if (req->caller.user_id) {
        put_word(&line, "user_id", req->caller.user_id);
    }
    if (req->problem.kind) {
        put_word(&line, "code", problem_rows[req->problem.kind].code);
    }
    enum cause cause = shed_cause(&req->problem);
    if (cause) {
        put_word(&line, "cause", cause_names[cause]);
    }
    if (req->problem.internal) {
        put_text(&line, "internal", req->problem.internal);
    }
    put(&line, "}\n");
    log_queue_put(line.text, line.size);
}
