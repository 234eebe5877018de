/* The life of the serving process. */
#include "api/life.h"

#include <errno.h>
#include <pthread.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "middleware/log.h"
#include "middleware/request.h"

static const uint64_t tick_ns = 10 * 1000000u;

void life_begin(struct life *life)
{
    /* Whoever started us in the background may have had them ignored; sigwait needs them pending. */
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    sigemptyset(&life->signals);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        signal(numbers[i], SIG_DFL);
        sigaddset(&life->signals, numbers[i]);
    }
    pthread_sigmask(SIG_BLOCK, &life->signals, NULL);
}

/* The signal that came within so many nanoseconds, or 0. */
static int await(const struct life *life, uint64_t ns)
{
    struct timespec patience = monotonic_timespec(ns);
    int number = sigtimedwait(&life->signals, NULL, &patience);
    return number > 0 ? number : 0;
}

static void reload(struct life *life)
{
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)monotonic_ns() / 1000);
    bool good = life->reload(life->own);
    log_event(good ? "info" : "error", good ? "token keys read anew" : "the old token keys stay",
              "HUP");
    sd_notify(0, "READY=1");
}

/* True when nobody is connected any more; false when the time is over or somebody hurries us. */
static bool drain(const struct life *life, struct server *server)
{
    uint64_t until = monotonic_ns() + life->drain_ns;
    while (server_visitors(server) > 0) {
        int number = await(life, tick_ns);
        if (number == SIGTERM || number == SIGINT || monotonic_ns() >= until) {
            return false;
        }
    }
    return true;
}

void life_live(struct life *life, struct server *server)
{
    uint64_t watchdog_us = 0;
    bool watched = sd_watchdog_enabled(0, &watchdog_us) > 0;
    uint64_t pause_ns = watched ? watchdog_us * 1000 / 2 : 3600 * 1000000000ull;
    int number = 0;
    sd_notify(0, "READY=1");
    while (number != SIGTERM && number != SIGINT) {
        number = await(life, pause_ns);
        if (number == SIGHUP) {
            reload(life);
        }
        sd_notify(0, "WATCHDOG=1");
    }
    log_event("info", "stopping", number == SIGTERM ? "TERM" : "INT");
    sd_notify(0, "STOPPING=1");
    atomic_store(&life->stopping, true);
    await(life, life->notice_ns);
    server_close(server);
    if (!drain(life, server)) {
        log_event("warning", "stopped before all was answered", NULL);
    }
}
