/* The memory of the whole process.
 *
 * Measured: with one allocation failed, the libraries below us answer with other people's errors (a good
 * token is no token, a right password is wrong, an empty 200), because few of them tell "no memory" from
 * "no". They cannot all be given other functions, so these stand in front of glibc's for everybody. */
#include "middleware/allocator.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

void memory_stop(void)
{
    static const char line[] = "{\"level\":\"fatal\",\"message\":\"out of memory\"}\n";
    ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);
    (void)written;
    _exit(STATUS_OUT_OF_MEMORY); /* no abort(): its core would hold what clients sent */
}

/* The sanitizers and the fuzzer bring an allocator of their own, and stop as well. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

#if !defined(SANITIZED) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/* glibc's own, under the names that nobody else takes. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void *memalign(size_t alignment, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **out, size_t alignment, size_t size);

void *malloc(size_t size)
{
    void *memory = __libc_malloc(size);
    if (!memory) {
        memory_stop();
    }
    return memory;
}

void *calloc(size_t count, size_t size)
{
    void *memory = __libc_calloc(count, size);
    if (!memory) {
        memory_stop();
    }
    return memory;
}

/* To nothing it frees, and answers with NULL. */
void *realloc(void *old, size_t size)
{
    void *memory = __libc_realloc(old, size);
    if (!memory && size > 0) {
        memory_stop();
    }
    return memory;
}

void *memalign(size_t alignment, size_t size)
{
    void *memory = __libc_memalign(alignment, size);
    if (!memory) {
        memory_stop();
    }
    return memory;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    bool good = alignment % sizeof(void *) == 0 && (alignment & (alignment - 1)) == 0;
    if (!good || alignment == 0) {
        return EINVAL;
    }
    *out = memalign(alignment, size);
    return 0;
}

#endif
