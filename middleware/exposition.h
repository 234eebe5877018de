/* The text format of Prometheus, version 0.0.4. A family is named once, with its values below it. */
#ifndef ANSINH_EXPOSITION_H
#define ANSINH_EXPOSITION_H

#include "middleware/render.h"

/* Of what is found in a histogram: the bounds of its buckets in nanoseconds, the last of them infinite,
 * then the sum. */
enum { BUCKETS = 15, AT_SUM = BUCKETS, HISTOGRAM_WORDS = BUCKETS + 1 };

/* The bucket of a time. */
int exposition_bucket(uint64_t ns);

/* `type` is counter, gauge or histogram; `help` one line without a backslash. */
void expose_family(struct render *out, const char *name, const char *type, const char *help);
/* `labels` is `name="value",…`, or "". */
void expose_number(struct render *out, const char *name, const char *labels, int64_t value);
/* In seconds. */
void expose_time(struct render *out, const char *name, const char *labels, uint64_t ns);
void expose_histogram(struct render *out, const char *name, const char *labels,
                      const uint64_t words[HISTOGRAM_WORDS]);

#endif
