/* The text format of Prometheus, read with all its rules. */
#include "tests/support/scrape.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

enum { SAMPLES_MOST = 20000, FAMILIES_MOST = 200 };

static struct sample samples[2][SAMPLES_MOST]; /* of the last two that were read */
static int turn;

struct reading {
    struct sample *samples;
    size_t count;
    const char *families[FAMILIES_MOST];
    int family_count;
    const char *family, *type; /* those that are open */
};

static bool ends_with(const char *word, const char *end)
{
    size_t size = strlen(word);
    return size >= strlen(end) && strcmp(word + size - strlen(end), end) == 0;
}

static const char *name_at(const char *text_at, const char *allowed)
{
    size_t size = strspn(text_at, allowed);
    ck_assert_msg(size > 0 && !(text_at[0] >= '0' && text_at[0] <= '9'), "name: %.80s", text_at);
    return text("%.*s", (int)size, text_at);
}

static const char metric_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:";
static const char label_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/* "# HELP name text" */
static void open_family(struct reading *reading, const char *line)
{
    const char *name = name_at(line, metric_letters);
    ck_assert_msg(line[strlen(name)] == ' ' && strlen(line) > strlen(name) + 1, "help: %s", line);
    ck_assert_msg(!strchr(line, '\\'), "help: %s", line);
    for (int i = 0; i < reading->family_count; i++) {
        ck_assert_msg(strcmp(reading->families[i], name) != 0, "%s is there twice", name);
    }
    ck_assert_int_lt(reading->family_count, FAMILIES_MOST);
    ck_assert_msg(!reading->family || reading->type, "%s has no type", reading->family);
    reading->families[reading->family_count++] = name;
    reading->family = name;
    reading->type = NULL;
}

/* "# TYPE name type" */
static void type_family(struct reading *reading, const char *line)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};
    const char *name = name_at(line, metric_letters);
    const char *type = line + strlen(name) + 1;
    ck_assert_msg(reading->family && !reading->type && strcmp(name, reading->family) == 0, "%s",
                  line);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        reading->type = strcmp(types[i], type) == 0 ? types[i] : reading->type;
    }
    ck_assert_msg(reading->type != NULL, "type: %s", line);
    ck_assert_msg(ends_with(name, "_total") == (strcmp(type, "counter") == 0), "%s", line);
    ck_assert_msg(!ends_with(name, "_count") && !ends_with(name, "_sum") &&
                      !ends_with(name, "_bucket") && !ends_with(name, "_info_total"),
                  "%s", line);
}

/* {name="value",…}, each name once. Returns what is behind it. */
static const char *read_labels(const char *at, struct sample *sample)
{
    const char *start = at++;
    const char *seen = ",";
    do {
        const char *name = name_at(at, label_letters);
        ck_assert_msg(strncmp(name, "__", 2) != 0 && !strstr(seen, text(",%s,", name)), "%s",
                      start);
        seen = text("%s%s,", seen, name);
        at += strlen(name);
        ck_assert_msg(at[0] == '=' && at[1] == '"', "%s", start);
        const char *value = at + 2;
        at = value + strcspn(value, "\"");
        ck_assert_msg(*at == '"' && !memchr(value, '\\', (size_t)(at - value)), "%s", start);
        if (strcmp(name, "le") == 0) {
            sample->le = text("%.*s", (int)(at - value), value);
        }
        at++;
    } while (*at++ == ',');
    ck_assert_msg(at[-1] == '}', "%s", start);
    sample->labels = text("%.*s", (int)(at - start), start);
    return at;
}

static void check_name(const struct sample *sample)
{
    const char *rest = sample->name + strlen(sample->family);
    ck_assert_msg(strncmp(sample->name, sample->family, strlen(sample->family)) == 0,
                  "%s stands below %s", sample->name, sample->family);
    bool histogram = strcmp(sample->type, "histogram") == 0;
    bool bucket = strcmp(rest, "_bucket") == 0;
    ck_assert_msg(histogram ? bucket || !strcmp(rest, "_sum") || !strcmp(rest, "_count") : !*rest,
                  "%s of a %s", sample->name, sample->type);
    ck_assert_msg(bucket == (sample->le != NULL), "%s", sample->name);
}

static void read_sample(struct reading *reading, const char *line)
{
    ck_assert_msg(reading->type != NULL, "no type before %s", line);
    ck_assert_uint_lt(reading->count, SAMPLES_MOST);
    struct sample *sample = &reading->samples[reading->count];
    *sample =
        (struct sample){reading->family, reading->type, name_at(line, metric_letters), "", NULL, 0};
    const char *at = line + strlen(sample->name);
    if (*at == '{') {
        at = read_labels(at, sample);
    }
    char *end = NULL;
    sample->value = strtod(at + 1, &end);
    ck_assert_msg(*at == ' ' && end > at + 1 && !*end && isfinite(sample->value), "%s", line);
    ck_assert_msg(strcmp(sample->type, "gauge") == 0 || sample->value >= 0, "%s", line);
    check_name(sample);
    for (size_t i = 0; i < reading->count; i++) {
        ck_assert_msg(strcmp(reading->samples[i].name, sample->name) != 0 ||
                          strcmp(reading->samples[i].labels, sample->labels) != 0,
                      "twice: %s", line);
    }
    reading->count++;
}

static double bound(const struct sample *sample)
{
    return strcmp(sample->le, "+Inf") == 0 ? INFINITY : strtod(sample->le, NULL);
}

/* The buckets from `first` on, then sum and count of the same. Returns what is behind them. */
static size_t check_histogram(const struct reading *reading, size_t first)
{
    const struct sample *all = reading->samples;
    size_t at = first;
    ck_assert_msg(all[at].le != NULL, "%s%s", all[at].name, all[at].labels);
    while (strcmp(all[at].le, "+Inf") != 0) {
        at++;
        ck_assert_msg(at < reading->count && all[at].le && bound(&all[at]) > bound(&all[at - 1]) &&
                          all[at].value >= all[at - 1].value,
                      "%s%s", all[at].name, all[at].labels);
    }
    ck_assert_uint_lt(at + 2, reading->count);
    ck_assert_msg(ends_with(all[at + 1].name, "_sum") && ends_with(all[at + 2].name, "_count") &&
                      strcmp(all[at + 1].labels, all[at + 2].labels) == 0 &&
                      all[at + 2].value == all[at].value,
                  "%s%s", all[first].name, all[first].labels);
    return at + 3;
}

struct scrape scrape_read(const char *whole)
{
    struct reading reading = {.samples = samples[turn = !turn]};
    for (const char *at = whole; *at;) {
        size_t size = strcspn(at, "\n");
        ck_assert_msg(at[size] == '\n', "no line feed behind %s", at);
        const char *line = text("%.*s", (int)size, at);
        if (strncmp(line, "# HELP ", 7) == 0) {
            open_family(&reading, line + 7);
        } else if (strncmp(line, "# TYPE ", 7) == 0) {
            type_family(&reading, line + 7);
        } else {
            read_sample(&reading, line);
        }
        at += size + 1;
    }
    for (size_t i = 0; i < reading.count;) {
        bool histogram = strcmp(reading.samples[i].type, "histogram") == 0;
        i = histogram ? check_histogram(&reading, i) : i + 1;
    }
    return (struct scrape){reading.count, reading.samples};
}

static const struct sample *find(struct scrape scrape, const char *name, const char *labels)
{
    for (size_t i = 0; i < scrape.count; i++) {
        const struct sample *sample = &scrape.samples[i];
        if (strcmp(sample->name, name) == 0 && strcmp(sample->labels, labels) == 0) {
            return sample;
        }
    }
    return NULL;
}

double scrape_value(struct scrape scrape, const char *spelt)
{
    size_t size = strcspn(spelt, "{");
    const struct sample *sample = find(scrape, text("%.*s", (int)size, spelt), spelt + size);
    ck_assert_msg(sample != NULL, "no %s", spelt);
    return sample->value;
}

void scrape_follows(struct scrape before, struct scrape after)
{
    for (size_t i = 0; i < before.count; i++) {
        const struct sample *old = &before.samples[i];
        const struct sample *now = find(after, old->name, old->labels);
        ck_assert_msg(now != NULL, "%s%s is gone", old->name, old->labels);
        ck_assert_msg(strcmp(old->type, "gauge") == 0 || now->value >= old->value,
                      "%s%s went from %f to %f", old->name, old->labels, old->value, now->value);
    }
}
