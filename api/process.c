/* This process as the kernel sees it. */
#include "api/process.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "middleware/exposition.h"

struct process {
    long long threads, start_ticks, virtual_bytes, resident_pages;
};

/* Fields 20, 22, 23 and 24 of /proc/self/stat, counted behind the name, which may hold anything. */
static bool read_process(struct process *process)
{
    char text[1024];
    FILE *file = fopen("/proc/self/stat", "re");
    size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file) {
        fclose(file);
    }
    text[size] = '\0';
    const char *name_end = strrchr(text, ')');
    return name_end &&
           sscanf(name_end + 1,
                  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %lld %*d "
                  "%lld %lld %lld",
                  &process->threads, &process->start_ticks, &process->virtual_bytes,
                  &process->resident_pages) == 4;
}

/* The kernel counts from its own start. */
static int64_t started_at(long long ticks)
{
    struct timespec now, up;
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    return now.tv_sec - up.tv_sec + ticks / sysconf(_SC_CLK_TCK);
}

static void render_gauge(struct render *out, const char *name, const char *help, int64_t value)
{
    expose_family(out, name, "gauge", help);
    expose_number(out, name, "", value);
}

static int64_t open_files(void)
{
    int64_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder)) {
        count++;
    }
    if (folder) {
        closedir(folder);
    }
    return count - 3; /* itself, . and .. */
}

static uint64_t ns_of(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

void process_render(struct render *out)
{
    static const char seconds[] = "process_cpu_seconds_total";
    struct rusage used;
    struct rlimit files;
    struct process process;
    if (!getrusage(RUSAGE_SELF, &used)) {
        expose_family(out, seconds, "counter",
                      "Processor time of the server, its own and the kernel's.");
        expose_time(out, seconds, "", ns_of(used.ru_utime) + ns_of(used.ru_stime));
    }
    if (!getrlimit(RLIMIT_NOFILE, &files)) {
        render_gauge(out, "process_max_fds", "Files that may be open.", (int64_t)files.rlim_cur);
    }
    render_gauge(out, "process_open_fds", "Files that are open.", open_files());
    if (read_process(&process)) {
        render_gauge(out, "process_start_time_seconds", "When the server started.",
                     started_at(process.start_ticks));
        render_gauge(out, "process_virtual_memory_bytes", "Address space.", process.virtual_bytes);
        render_gauge(out, "process_resident_memory_bytes", "Memory in use.",
                     process.resident_pages * sysconf(_SC_PAGESIZE));
        render_gauge(out, "process_threads", "Threads, one a connection and a few more.",
                     process.threads);
    }
}
