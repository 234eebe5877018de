/* A server of which one allocation fails. */
#include "tests/torture/target.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "middleware/allocator.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"
#include "tests/torture/failing.h"

enum { PATIENCE_MS = 15000, ANSWER_ROOM = 1 << 20 };

static struct failing *page;
static int control = -1;
static int listening = -1;
static unsigned port;
static pid_t parent;
static pid_t server; /* 0: none that has not been waited for */

/* Nothing here may be checked: Check would note it in its file twice, once for us and once for the parent. */
static void become_parent(const char *database, int theirs, int shared)
{
    const char *binary = getenv("ANSINH_TEST_TORTURE_BINARY");
    int log = open("build/test-torture.log", O_CREAT | O_TRUNC | O_APPEND | O_WRONLY, 0600);
    int fds[] = {listening, theirs, shared, log};
    harness_environment(); /* before Check's own descriptors are lost */
    setenv("DATABASE_URL", database, 1);
    setenv("ANSINH_JOB_WORKERS", "0", 1); /* their allocations would be counted */
    setenv("MALLOC_PERTURB_", "165",
           1);                    /* what was freed, or not written yet, looks like nothing */
    for (int i = 0; i < 4; i++) { /* out of the way of 3, 4 and 5 */
        fds[i] = fcntl(fds[i], F_DUPFD, 10);
    }
    dup2(fds[0], 3);
    dup2(fds[1], CONTROL_FD);
    dup2(fds[2], PAGE_FD);
    dup2(fds[3], STDOUT_FILENO);
    dup2(fds[3], STDERR_FILENO);
    for (int i = 0; i < 4; i++) {
        close(fds[i]);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execl(binary, binary, (char *)NULL);
    _exit(127);
}

bool target_start(void)
{
    int pair[2];
    int shared = memfd_create("failing", MFD_CLOEXEC);
    if (shared < 0 || ftruncate(shared, sizeof *page) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
        return false;
    }
    page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
    listening = wire_listen(&port);
    /* Connections of these servers can be told from others by their name. */
    const char *database = text("%s&application_name=torture", harness_database_url());
    parent = fork();
    if (parent == 0) {
        become_parent(database, pair[1], shared);
    }
    close(pair[1]);
    close(shared);
    control = pair[0];
    return page != MAP_FAILED && parent > 0;
}

void target_stop(void)
{
    target_end();
    close(control);
    close(listening);
    waitpid(parent, NULL, 0);
}

/* --- one request ----------------------------------------------------------------------------- */

static bool is_whole(const char *answer, size_t size)
{
    const char *body = strstr(answer, "\r\n\r\n");
    const char *length = body ? strcasestr(answer, "\r\nContent-Length:") : NULL;
    if (!body) {
        return false;
    }
    size_t promised = length && length < body ? strtoul(length + 17, NULL, 10) : 0;
    return size == (size_t)(body + 4 - answer) + promised;
}

/* Until the server closes: then all that belongs to the request has been done. */
const char *exchange(unsigned to, const char *bytes)
{
    static char answer[ANSWER_ROOM];
    size_t got = 0;
    int fd = wire_open(to);
    if (send(fd, bytes, strlen(bytes), MSG_NOSIGNAL) < 0) {
        close(fd);
        return NULL;
    }
    ssize_t more = 1;
    while (more > 0 && got < sizeof answer - 1) {
        more = recv(fd, answer + got, sizeof answer - 1 - got, 0);
        got += more > 0 ? (size_t)more : 0;
    }
    answer[got] = '\0';
    bool hangs = more < 0 && errno == EAGAIN;
    close(fd);
    if (hangs) {
        return "";
    }
    return is_whole(answer, got) ? answer : NULL;
}

void outcome_read(struct outcome *outcome, const char *answer)
{
    outcome->head = answer;
    outcome->body = strstr(answer, "\r\n\r\n") + 4;
    outcome->status = wire_status(answer);
}

/* What the parent says next; false when it says nothing for so long. */
static bool hear(void *out, size_t size, int patience_ms)
{
    struct pollfd socket = {.fd = control, .events = POLLIN};
    return poll(&socket, 1, patience_ms) == 1 &&
           recv(control, out, size, MSG_WAITALL) == (ssize_t)size;
}

static void fork_server(void)
{
    ck_assert_int_eq(send(control, "", 1, MSG_NOSIGNAL), 1);
    ck_assert_msg(hear(&server, sizeof server, PATIENCE_MS), "see build/test-torture.log");
}

/* True when it has ended by itself. */
static bool has_ended(struct outcome *outcome, int patience_ms)
{
    if (server && hear(&outcome->wait_status, sizeof outcome->wait_status, patience_ms)) {
        server = 0;
    }
    return !server;
}

void target_end(void)
{
    int status;
    if (server) {
        kill(server, SIGKILL);
        ck_assert(hear(&status, sizeof status, PATIENCE_MS));
    }
    server = 0;
}

static struct outcome ask_server(const char *bytes)
{
    enum { SOON_MS = 20 };
    struct outcome outcome = {.fate = CLOSED, .head = "", .body = ""};
    const char *answer = exchange(port, bytes);
    atomic_store(&page->armed, false);
    outcome.fired = atomic_load(&page->fired);
    outcome.count = atomic_load(&page->count);
    if (answer && *answer) {
        outcome_read(&outcome, answer);
        outcome.fate = ANSWERED;
    } else if (answer) {
        outcome.fate = HUNG;
        return outcome;
    }
    int patience_ms = atomic_load(&page->stopping) ? PATIENCE_MS : SOON_MS;
    bool ended = outcome.fired && has_ended(&outcome, patience_ms);
    outcome.alive = !ended;
    if (ended) {
        bool said = WIFEXITED(outcome.wait_status) &&
                    WEXITSTATUS(outcome.wait_status) == STATUS_OUT_OF_MEMORY;
        outcome.fate = !said ? CRASHED : answer ? ANSWERED : STOPPED;
    }
    return outcome;
}

struct outcome target_try(const struct trial *trial)
{
    target_end();
    fork_server();
    atomic_store(&page->armed, false);
    for (int i = 0; trial->warm_up[i]; i++) {
        ck_assert_ptr_nonnull(exchange(port, trial->warm_up[i]));
    }
    atomic_store(&page->count, 0);
    atomic_store(&page->fired, false);
    atomic_store(&page->stopping, false);
    atomic_store(&page->fail_at, trial->fail_at);
    atomic_store(&page->armed, true);
    return ask_server(trial->bytes);
}

struct outcome target_again(const char *bytes)
{
    atomic_store(&page->fired, false);
    return ask_server(bytes);
}
