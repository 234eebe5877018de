/* Log lines on their way to stderr. */
#include "middleware/log_queue.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "middleware/request.h"

enum { ROOM = 64 * 1024, GATHER_MS = 20 };

/* One buffer is filled while the other is written. `writing` is taken before `lock`, never after it. */
static struct {
    pthread_mutex_t writing;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    pthread_t thread;
    int filled; /* which buffer */
    size_t size;
    bool gathering;
} queue = {.writing = PTHREAD_MUTEX_INITIALIZER, .lock = PTHREAD_MUTEX_INITIALIZER};

static char buffers[2][ROOM];

/* A log that cannot be written must not stop the service. */
static void write_whole(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t some = write(STDERR_FILENO, bytes, size);
        if (some < 0 && errno != EINTR) {
            return;
        }
        bytes += some > 0 ? some : 0;
        size -= some > 0 ? (size_t)some : 0;
    }
}

static void empty_queue(void)
{
    pthread_mutex_lock(&queue.writing);
    pthread_mutex_lock(&queue.lock);
    const char *bytes = buffers[queue.filled];
    size_t size = queue.size;
    queue.filled = !queue.filled;
    queue.size = 0;
    pthread_mutex_unlock(&queue.lock);
    write_whole(bytes, size);
    pthread_mutex_unlock(&queue.writing);
}

static bool put(const char *line, size_t size, bool *first)
{
    pthread_mutex_lock(&queue.lock);
    bool fits = queue.gathering && size <= ROOM - queue.size;
    if (fits) {
        *first = queue.size == 0;
        memcpy(buffers[queue.filled] + queue.size, line, size);
        queue.size += size;
    }
    pthread_mutex_unlock(&queue.lock);
    return fits;
}

static bool is_gathering(void)
{
    pthread_mutex_lock(&queue.lock);
    bool gathering = queue.gathering;
    pthread_mutex_unlock(&queue.lock);
    return gathering;
}

void log_queue_put(const char *line, size_t size)
{
    bool first = false;
    while (!put(line, size, &first)) {
        if (!is_gathering() || size > ROOM) {
            pthread_mutex_lock(&queue.writing);
            write_whole(line, size);
            pthread_mutex_unlock(&queue.writing);
            return;
        }
        empty_queue();
    }
    if (first) {
        pthread_cond_signal(&queue.wake);
    }
}

void log_queue_put_now(const char *line, size_t size)
{
    log_queue_put(line, size);
    empty_queue();
}

/* Waits for a first line, and then for what comes along with it; the caller holds the lock. */
static void gather(void)
{
    while (queue.gathering && queue.size == 0) {
        pthread_cond_wait(&queue.wake, &queue.lock);
    }
    struct timespec until = monotonic_timespec(monotonic_ns() + GATHER_MS * 1000000u);
    while (queue.gathering && pthread_cond_timedwait(&queue.wake, &queue.lock, &until) == 0) {
    }
}

static void *write_lines(void *unused)
{
    (void)unused;
    for (bool go_on = true; go_on;) {
        pthread_mutex_lock(&queue.lock);
        gather();
        go_on = queue.gathering;
        pthread_mutex_unlock(&queue.lock);
        empty_queue();
    }
    return NULL;
}

bool log_queue_start(void)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&queue.wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_lock(&queue.lock);
    queue.gathering = pthread_create(&queue.thread, NULL, write_lines, NULL) == 0;
    bool gathering = queue.gathering;
    pthread_mutex_unlock(&queue.lock);
    return gathering;
}

void log_queue_stop(void)
{
    pthread_mutex_lock(&queue.lock);
    bool gathering = queue.gathering;
    queue.gathering = false;
    pthread_mutex_unlock(&queue.lock);
    if (gathering) {
        pthread_cond_signal(&queue.wake);
        pthread_join(queue.thread, NULL);
        pthread_cond_destroy(&queue.wake);
    }
}
