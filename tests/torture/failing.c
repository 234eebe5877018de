/* Linked into the server by the Makefile (build/release/ansinh-torture), below its own allocator: one
 * allocation fails when it is told to. In place of the worker, a new server is forked for each request
 * that is asked for, so that nothing of the last one is left and none of the start is done again. */
#include "tests/torture/failing.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/worker.h"

static struct failing *page; /* of a server that was forked */

static bool is_due(void)
{
    if (!page || !atomic_load(&page->armed) ||
        atomic_fetch_add(&page->count, 1) + 1 != atomic_load(&page->fail_at)) {
        return false;
    }
    atomic_store(&page->fired, true);
    errno = ENOMEM;
    return true;
}

/* --- allocations ----------------------------------------------------------------------------- */

void *__real___libc_malloc(size_t size);
void *__real___libc_calloc(size_t count, size_t size);
void *__real___libc_realloc(void *old, size_t size);
void *__real___libc_memalign(size_t alignment, size_t size);
void *__wrap___libc_malloc(size_t size);
void *__wrap___libc_calloc(size_t count, size_t size);
void *__wrap___libc_realloc(void *old, size_t size);
void *__wrap___libc_memalign(size_t alignment, size_t size);

void *__wrap___libc_malloc(size_t size)
{
    return is_due() ? NULL : __real___libc_malloc(size);
}

void *__wrap___libc_calloc(size_t count, size_t size)
{
    return is_due() ? NULL : __real___libc_calloc(count, size);
}

void *__wrap___libc_realloc(void *old, size_t size)
{
    return size > 0 && is_due() ? NULL : __real___libc_realloc(old, size);
}

void *__wrap___libc_memalign(size_t alignment, size_t size)
{
    return is_due() ? NULL : __real___libc_memalign(alignment, size);
}

/* libsodium takes the memory of a password's hash by this, libmicrohttpd a connection's. */
void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    if ((flags & MAP_ANONYMOUS) && is_due()) {
        return MAP_FAILED;
    }
    // NOLINTNEXTLINE: the kernel's answer is an address
    return (void *)syscall(SYS_mmap, address, size, protection, flags, fd, offset);
}

void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

/* Said before any connection is closed by it, so that nobody takes the server for one that goes on. */
void __wrap__exit(int status)
{
    if (page) {
        atomic_store(&page->stopping, true);
    }
    __real__exit(status);
}

/* --- threads --------------------------------------------------------------------------------- */

enum { MAX_THREADS = 16 };

/* Threads that the parent would have: they are not there in a fork, so each server starts its own. */
static struct {
    pthread_t *thread;
    void *(*run)(void *);
    void *own;
} threads[MAX_THREADS];
static int thread_count;

static int create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                  void *own)
{
    static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!real) {
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    }
    return real(thread, attributes, run, own);
}

/* A thread is a stack. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *own)
{
    if (page) {
        return is_due() ? EAGAIN : create(thread, attributes, run, own);
    }
    if (thread_count == MAX_THREADS) {
        return EAGAIN;
    }
    threads[thread_count].thread = thread;
    threads[thread_count].run = run;
    threads[thread_count++].own = own;
    return 0;
}

/* --- servers --------------------------------------------------------------------------------- */

struct worker *__wrap_worker_start(const struct pool_options *options, struct metrics *metrics);
void __wrap_worker_stop(struct worker *worker);

/* The protocol of systemd names the process that the socket is for. */
static void begin_serving(void)
{
    char pid[16];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "1", 1);
    page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, PAGE_FD, 0);
    for (int i = 0; i < thread_count; i++) {
        create(threads[i].thread, NULL, threads[i].run, threads[i].own);
    }
}

struct worker *__wrap_worker_start(const struct pool_options *options, struct metrics *metrics)
{
    static const char worker;
    char asked;
    (void)options;
    (void)metrics;
    while (read(CONTROL_FD, &asked, 1) == 1) {
        int status = 0;
        pid_t pid = fork();
        if (pid == 0) {
            begin_serving();
            return (struct worker *)&worker;
        }
        if (write(CONTROL_FD, &pid, sizeof pid) != sizeof pid || waitpid(pid, &status, 0) != pid ||
            write(CONTROL_FD, &status, sizeof status) != sizeof status) {
            break;
        }
    }
    _exit(0);
}

void __wrap_worker_stop(struct worker *worker)
{
    (void)worker;
}
