/* Processor time, from /proc. */
#include "tests/load/spent.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pid_t server_pid;
static pid_t postmaster;

struct process {
    long parent;
    double microseconds;
};

/* Of a process that is gone: nothing. */
static struct process process_of(long pid)
{
    char path[64];
    char text[1024] = "";
    struct process process = {0};
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (file) {
        size_t size = fread(text, 1, sizeof text - 1, file);
        text[size] = '\0';
        fclose(file);
    }
    const char *at = strrchr(text, ')'); /* the name before it may hold anything */
    long user = 0;
    long kernel = 0;
    if (at && sscanf(at + 1, " %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld",
                     &process.parent, &user, &kernel) == 3) {
        process.microseconds = (double)(user + kernel) * 1e6 / (double)sysconf(_SC_CLK_TCK);
    }
    return process;
}

void spent_of(pid_t server, PGconn *pg)
{
    server_pid = server;
    postmaster = (pid_t)process_of(PQbackendPID(pg)).parent;
}

struct spent spent_now(void)
{
    struct spent spent = {.server = process_of(server_pid).microseconds};
    DIR *folder = opendir("/proc");
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        long pid = strtol(entry->d_name, NULL, 10);
        struct process process = pid > 0 ? process_of(pid) : (struct process){0};
        spent.database += postmaster && process.parent == postmaster ? process.microseconds : 0;
    }
    if (folder) {
        closedir(folder);
    }
    return spent;
}

struct spent spent_each(struct spent since, double requests)
{
    struct spent now = spent_now();
    return (struct spent){(now.server - since.server) / requests,
                          (now.database - since.database) / requests};
}

long resident_kb(pid_t pid)
{
    char path[64];
    char line[128];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, "VmRSS:", 6) == 0) {
            kb = strtol(line + 6, NULL, 10);
        }
    }
    if (file) {
        fclose(file);
    }
    return kb;
}
