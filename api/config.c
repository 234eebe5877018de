/* Configuration: THE table. */
#include "api/config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum setting_kind { TEXT, SECRET, NUMBER };

struct setting {
    const char *name;
    enum setting_kind kind;
    size_t offset;
    const char *standard; /* the default; NULL is "not set" */
    long least, most;     /* of a number */
    const char *meaning;
};

// clang-format off
#define AT(field) offsetof(struct config, field)
static const struct setting settings[] = {
    {"ANSINH_LISTEN", TEXT, AT(listen), "127.0.0.1:8080", 0, 0, "address and port to serve on"},
    {"ANSINH_ADMIN_LISTEN", TEXT, AT(admin_listen), NULL, 0, 0, "address and port for probes and /metrics, which answer there whatever the other one has to do"},
    {"DATABASE_URL", SECRET, AT(database_url), "", 0, 0, "libpq address of the database; a login that may create roles for `migrate`, any for serving"},
    {"ANSINH_APP_PASSWORD", SECRET, AT(app_password), NULL, 0, 0, "password of the login ansinh_app, which the server uses; set by `migrate`"},
    {"ANSINH_TOKEN_KEYS", SECRET, AT(token_keys), NULL, 0, 0, "kid:hex[,kid:hex], 32 to 64 bytes each; the first signs, both verify"},
    {"ANSINH_TOKEN_KEYS_FILE", TEXT, AT(token_keys_file), NULL, 0, 0, "file with the token keys instead; HUP reads it anew"},
    {"ANSINH_DEMO_PASSWORD", SECRET, AT(demo_password), NULL, 0, 0, "password of all demo logins, for `demo`"},
    {"ANSINH_READ_CONNECTIONS", NUMBER, AT(read_connections), "4", 1, 64, "database connections for reads"},
    {"ANSINH_SLOW_CONNECTIONS", NUMBER, AT(slow_connections), "2", 1, 64, "database connections for reads that may take long, such as progress"},
    {"ANSINH_WRITE_CONNECTIONS", NUMBER, AT(write_connections), "4", 1, 64, "database connections for writes and sign-in"},
    {"ANSINH_WAITING_REQUESTS", NUMBER, AT(waiting_requests), "2000", 0, 100000, "requests that may wait for a database connection; more get 503"},
    {"ANSINH_WAIT_MS", NUMBER, AT(wait_ms), "2000", 0, 60000, "milliseconds a request may wait for a database connection; then 503"},
    {"ANSINH_WORK_MS", NUMBER, AT(work_ms), "8000", 10, 600000, "milliseconds the statements of a request may take; then they are cancelled, 504"},
    {"ANSINH_CONNECTION_LIMIT", NUMBER, AT(connection_limit), "4096", 8, 20000, "HTTP connections at a time; more get 503"},
    {"ANSINH_NOTICE_MS", NUMBER, AT(notice_ms), "0", 0, 600000, "milliseconds between the 503 of /readyz and the end of accepting, when stopping"},
    {"ANSINH_DRAIN_MS", NUMBER, AT(drain_ms), "25000", 0, 600000, "milliseconds for what was asked before a stop"},
    {"ANSINH_IDLE_MS", NUMBER, AT(idle_ms), "30000", 10, 3600000, "milliseconds a connection may wait between two requests"},
    {"ANSINH_HEAD_MS", NUMBER, AT(head_ms), "10000", 10, 3600000, "milliseconds for the head of a request, however many bytes come; then 408"},
    {"ANSINH_BODY_MS", NUMBER, AT(body_ms), "60000", 10, 3600000, "milliseconds for the body of a request; then 408"},
    {"ANSINH_REPLY_MS", NUMBER, AT(reply_ms), "60000", 10, 3600000, "milliseconds that a client may take to read an answer"},
    {"ANSINH_BODY_LIMIT", NUMBER, AT(body_limit), "16777216", 1024, 16777216, "bytes of a request body at most; operations that import may use all of it, others 262144"},
    {"ANSINH_BODIES_LIMIT", NUMBER, AT(bodies_limit), "67108864", 1024, 4294967296, "bytes that all bodies being read may have together; more get 503"},
    {"ANSINH_MEMORY_LIMIT", NUMBER, AT(memory_limit), "16777216", 65536, 268435456, "bytes of memory one request may use"},
    {"ANSINH_JOB_WORKERS", NUMBER, AT(job_workers), "2", 0, 16, "exports and imports at a time on this node, each with a database connection; 0 leaves them to other nodes"},
    {"ANSINH_JOB_SILENCE_MS", NUMBER, AT(job_silence_ms), "15000", 1000, 600000, "milliseconds after which a job whose worker says nothing is taken over"},
    {"ANSINH_PROXIES", TEXT, AT(proxies), NULL, 0, 0, "addresses of proxies, with commas: their X-Forwarded-For says who asks"},
    {"ANSINH_USER_RATE", NUMBER, AT(user_rate), "12000", 0, 1000000, "requests a minute and user, on each node; more get 429; 0 is no limit"},
    {"ANSINH_ADDRESS_RATE", NUMBER, AT(address_rate), "6000", 0, 1000000, "the same for an address where nobody is signed in"},
};
// clang-format on

static bool read_number(const struct setting *setting, const char *text, long *number)
{
    char *end = NULL;
    *number = strtol(text, &end, 10);
    if (end == text || *end || *number < setting->least || *number > setting->most) {
        fprintf(stderr, "ansinh: %s must be a number from %ld to %ld\n", setting->name,
                setting->least, setting->most);
        return false;
    }
    return true;
}

bool config_read(struct config *config)
{
    bool good = true;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const struct setting *setting = &settings[i];
        const char *value = getenv(setting->name);
        void *field = (char *)config + setting->offset;
        value = value && *value ? value : setting->standard;
        if (setting->kind == NUMBER) {
            good = read_number(setting, value, field) && good;
        } else {
            *(const char **)field = value;
        }
    }
    return good;
}

void config_print(const struct config *config, FILE *out)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const struct setting *setting = &settings[i];
        const void *field = (const char *)config + setting->offset;
        if (setting->kind == NUMBER) {
            fprintf(out, "%-26s %-16ld %s\n", setting->name, *(const long *)field,
                    setting->meaning);
            continue;
        }
        const char *value = *(const char *const *)field;
        bool set = value && *value;
        fprintf(out, "%-26s %-16s %s\n", setting->name,
                !set                      ? "(not set)"
                : setting->kind == SECRET ? "(hidden)"
                                          : value,
                setting->meaning);
    }
}

bool config_listen(const char *listen, char *host, size_t room, unsigned *port)
{
    const char *colon = strrchr(listen, ':');
    char *end = NULL;
    unsigned long number = colon ? strtoul(colon + 1, &end, 10) : 0;
    size_t size = colon ? (size_t)(colon - listen) : 0;
    const char *start = listen;
    if (!colon || *end || end == colon + 1 || number > 65535) {
        return false;
    }
    if (size > 2 && start[0] == '[' && start[size - 1] == ']') {
        start++;
        size -= 2;
    }
    if (size == 0 || size >= room) {
        return false;
    }
    memcpy(host, start, size);
    host[size] = '\0';
    *port = (unsigned)number;
    return true;
}
