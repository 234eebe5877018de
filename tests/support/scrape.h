/* The text format of Prometheus, read with all its rules. */
#ifndef ANSINH_TEST_SCRAPE_H
#define ANSINH_TEST_SCRAPE_H

#include <stddef.h>

struct sample {
    const char *family; /* http_request_duration_seconds */
    const char *type;
    const char *name;   /* http_request_duration_seconds_bucket */
    const char *labels; /* {operation="unit_get",…}, or "" */
    const char *le;     /* of a bucket, or NULL */
    double value;
};

struct scrape {
    size_t count;
    const struct sample *samples;
};

/* The test fails where a rule is broken: HELP and TYPE before the samples of a family, which stand together
 * and once; names and labels as they must be spelt, no sample twice; counters that end in _total and
 * nothing else that does; buckets of a histogram in order, none smaller than the one before, the infinite
 * one equal to the count. Lives until harness_forget(). */
struct scrape scrape_read(const char *text);
/* The sample that is spelt like this, "name" or "name{labels}"; the test fails when there is none. */
double scrape_value(struct scrape scrape, const char *spelt);
/* No counter and no bucket is gone or less than before. */
void scrape_follows(struct scrape before, struct scrape after);

#endif
