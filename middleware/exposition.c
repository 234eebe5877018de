/* The text format of Prometheus. */
#include "middleware/exposition.h"

#include <stdio.h>

// clang-format off
static const struct { uint64_t ns; const char *seconds; } bounds[BUCKETS] = {
    {500000, "0.0005"},    {1000000, "0.001"},    {2500000, "0.0025"}, {5000000, "0.005"},
    {10000000, "0.01"},    {25000000, "0.025"},   {50000000, "0.05"},  {100000000, "0.1"},
    {250000000, "0.25"},   {500000000, "0.5"},    {1000000000, "1"},   {2500000000, "2.5"},
    {5000000000, "5"},     {10000000000, "10"},   {UINT64_MAX, "+Inf"},
};
// clang-format on

int exposition_bucket(uint64_t ns)
{
    int bucket = 0;
    while (ns > bounds[bucket].ns) {
        bucket++;
    }
    return bucket;
}

void expose_family(struct render *out, const char *name, const char *type, const char *help)
{
    render_text(out, "# HELP ");
    render_text(out, name);
    render_text(out, " ");
    render_text(out, help);
    render_text(out, "\n# TYPE ");
    render_text(out, name);
    render_text(out, " ");
    render_text(out, type);
    render_text(out, "\n");
}

/* name_suffix{labels,le="…"} */
static void expose_name(struct render *out, const char *name, const char *suffix,
                        const char *labels, const char *bound)
{
    render_text(out, name);
    render_text(out, suffix);
    if (*labels || bound) {
        render_text(out, "{");
        render_text(out, labels);
    }
    if (bound) {
        render_text(out, *labels ? ",le=\"" : "le=\"");
        render_text(out, bound);
        render_text(out, "\"");
    }
    render_text(out, *labels || bound ? "} " : " ");
}

void expose_number(struct render *out, const char *name, const char *labels, int64_t value)
{
    expose_name(out, name, "", labels, NULL);
    render_int(out, value);
    render_text(out, "\n");
}

static void render_seconds(struct render *out, uint64_t ns)
{
    char text[40];
    int size = snprintf(text, sizeof text, "%llu.%09llu\n", (unsigned long long)ns / 1000000000u,
                        (unsigned long long)ns % 1000000000u);
    render_raw(out, text, (size_t)size);
}

void expose_time(struct render *out, const char *name, const char *labels, uint64_t ns)
{
    expose_name(out, name, "", labels, NULL);
    render_seconds(out, ns);
}

void expose_histogram(struct render *out, const char *name, const char *labels,
                      const uint64_t words[HISTOGRAM_WORDS])
{
    int64_t count = 0;
    for (int i = 0; i < BUCKETS; i++) {
        count += (int64_t)words[i];
        expose_name(out, name, "_bucket", labels, bounds[i].seconds);
        render_int(out, count);
        render_text(out, "\n");
    }
    expose_name(out, name, "_sum", labels, NULL);
    render_seconds(out, words[AT_SUM]);
    expose_name(out, name, "_count", labels, NULL);
    render_int(out, count);
    render_text(out, "\n");
}
