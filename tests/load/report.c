/* Tables of what was measured. A figure is the median of the rounds, with the least and the greatest
 * behind it; a ratio is taken within each round first. */
#include "tests/load/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What two measurements of the same thing may differ by. */
static const double noise = 0.15;

struct figure {
    double median, least, most;
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct figure figure_of(const double values[ROUNDS])
{
    double sorted[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        sorted[i] = values[i];
    }
    qsort(sorted, ROUNDS, sizeof *sorted, by_value);
    return (struct figure){sorted[ROUNDS / 2], sorted[0], sorted[ROUNDS - 1]};
}

/* What can be read off a round. */
static double http_rate(const struct reading *r)
{
    return r->http.rate;
}

static double http_p50(const struct reading *r)
{
    return r->http.p50_ms;
}

static double http_p99(const struct reading *r)
{
    return r->http.p99_ms;
}

static double raw_rate(const struct reading *r)
{
    return r->raw;
}

static double bypass_rate(const struct reading *r)
{
    return r->bypass;
}

static double http_share(const struct reading *r)
{
    return r->http.rate / r->raw;
}

static double wall_share(const struct reading *r)
{
    return r->raw / r->bypass;
}

static double server_spent(const struct reading *r)
{
    return r->http_spent.server;
}

static double database_spent(const struct reading *r)
{
    return r->http_spent.database;
}

static double raw_spent(const struct reading *r)
{
    return r->raw_spent.database;
}

typedef double (*reader)(const struct reading *);

static struct figure read_figure(const struct report *report, int tier, int kind, reader read)
{
    double values[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        values[round] = read(&report->readings[tier][kind][round]);
    }
    return figure_of(values);
}

static void print_rate(struct figure f)
{
    printf(" %7.0f [%6.0f..%6.0f]", f.median, f.least, f.most);
}

static void print_spent(const struct report *report, const struct world *world, int kind)
{
    for (int tier = 0; tier < TIERS; tier++) {
        printf("%-10s us of processor a request: A server %.1f, A database %.1f, B database %.1f\n",
               world->tiers[tier].name, read_figure(report, tier, kind, server_spent).median,
               read_figure(report, tier, kind, database_spent).median,
               read_figure(report, tier, kind, raw_spent).median);
    }
}

static void print_kind(const struct report *report, const struct world *world, int kind)
{
    static const char *const titles[RAW_KINDS] = {"GET /v1/enrolments/{id}",
                                                  "GET /v1/enrolments?limit=50"};
    printf("\n%-28s a second: median [least..most] of %d rounds\n", titles[kind], ROUNDS);
    printf("%-10s %-23s %7s %7s  %-23s %-23s %8s %8s\n", "", " A HTTP, 64 connections", "p50 ms",
           "p99 ms", " B raw, 4 connections", " C raw, no wall", "A/B", "B/C");
    for (int tier = 0; tier < TIERS; tier++) {
        printf("%-10s", world->tiers[tier].name);
        print_rate(read_figure(report, tier, kind, http_rate));
        printf(" %7.2f %7.2f ", read_figure(report, tier, kind, http_p50).median,
               read_figure(report, tier, kind, http_p99).median);
        print_rate(read_figure(report, tier, kind, raw_rate));
        print_rate(read_figure(report, tier, kind, bypass_rate));
        printf(" %8.2f %8.2f\n", read_figure(report, tier, kind, http_share).median,
               read_figure(report, tier, kind, wall_share).median);
    }
    print_spent(report, world, kind);
}

/* The tier that is worst, over its rounds. */
static int worst_tier(const struct report *report, int kind, reader read, bool high_is_good)
{
    int worst = 0;
    for (int tier = 1; tier < TIERS; tier++) {
        double own = read_figure(report, tier, kind, read).median;
        double known = read_figure(report, worst, kind, read).median;
        worst = (high_is_good ? own < known : own > known) ? tier : worst;
    }
    return worst;
}

// clang-format off
static const struct {
    const char *name;
    int kind;
    reader read;
    bool high_is_good;
    double goal;
} goals[] = {
    {"point read: HTTP / raw", POINT, http_share, true, 0.50},
    {"page of 50: HTTP / raw", PAGE, http_share, true, 0.70},
    {"point read: wall / no wall", POINT, wall_share, true, 0.82},
    {"page of 50: wall / no wall", PAGE, wall_share, true, 0.96},
    {"point read: p99 ms at 64", POINT, http_p99, false, 8},
    {"page of 50: p99 ms at 64", PAGE, http_p99, false, 15},
};
// clang-format on

static const char *verdict(bool met)
{
    return met ? "met" : "MISSED";
}

static void print_goals(const struct report *report, const struct world *world)
{
    printf("\n%-31s | %-8s | %-34s | verdict\n", "goal", "", "measured (worst tier)");
    for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
        bool high = goals[i].high_is_good;
        int tier = worst_tier(report, goals[i].kind, goals[i].read, high);
        struct figure f = read_figure(report, tier, goals[i].kind, goals[i].read);
        printf("%-31s | %s %-5.2f | %6.2f [%5.2f..%5.2f] %-12s | %s\n", goals[i].name,
               high ? ">=" : "<=", goals[i].goal, f.median, f.least, f.most,
               world->tiers[tier].name,
               verdict(high ? f.median >= goals[i].goal : f.median <= goals[i].goal));
    }
}

/* The narrower of two tiers must not be slower, through the wall or over HTTP. */
static void print_narrow(const struct report *report, const struct world *world, int kind,
                         const char *name, reader read)
{
    int wide = 0;
    int narrow = 1;
    double lowest = 1e9;
    for (int i = 0; i < TIERS; i++) {
        for (int j = i + 1; j < TIERS; j++) {
            double ratio = read_figure(report, j, kind, read).median /
                           read_figure(report, i, kind, read).median;
            if (ratio < lowest) {
                lowest = ratio;
                wide = i;
                narrow = j;
            }
        }
    }
    printf("%-31s | >= %-5.2f | %6.2f %-27s | %s\n", name, 1 - noise, lowest,
           arena_printf(world->arena, "%s/%s", world->tiers[narrow].name, world->tiers[wide].name),
           verdict(lowest >= 1 - noise));
}

static long wrong_answers(const struct report *report)
{
    long wrong = 0;
    for (int round = 0; round < ROUNDS; round++) {
        wrong += report->enrolling[round].wrong + report->signing_in[round].wrong;
        for (int i = 0; i < TIERS * RAW_KINDS; i++) {
            wrong += report->readings[i / RAW_KINDS][i % RAW_KINDS][round].http.wrong;
        }
    }
    return wrong;
}

static void print_writes(const char *name, const struct outcome outcomes[ROUNDS])
{
    double rates[ROUNDS];
    double p99[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        rates[round] = outcomes[round].rate;
        p99[round] = outcomes[round].p99_ms;
    }
    printf("%-38s", name);
    print_rate(figure_of(rates));
    printf(" a second, p99 %.1f ms\n", figure_of(p99).median);
}

void report_print(const struct report *report, const struct world *world, double seconds)
{
    printf("%ld people, %ld enrolments, %d sessions a tier, %.1f s a measurement, %ld cores "
           "(client, server and database share them)\n",
           world->people, world->enrolments, SESSIONS, seconds, sysconf(_SC_NPROCESSORS_ONLN));
    for (int kind = 0; kind < RAW_KINDS; kind++) {
        print_kind(report, world, kind);
    }
    print_goals(report, world);
    print_narrow(report, world, POINT, "point read: narrow / wide, raw", raw_rate);
    print_narrow(report, world, PAGE, "page of 50: narrow / wide, raw", raw_rate);
    print_narrow(report, world, PAGE, "page of 50: narrow / wide, HTTP", http_rate);
    printf("\n");
    print_writes("POST /v1/enrolments, 16 connections", report->enrolling);
    print_writes("POST /v1/sessions (sign in), 8", report->signing_in);
    long wrong = wrong_answers(report);
    if (wrong > 0) {
        printf("WRONG ANSWERS: %ld; the figures are worth nothing. The first one:\n%s\n", wrong,
               http_first_wrong_answer());
    }
}
