/* Configuration: environment variables in one table (config.c), which also prints itself. */
#ifndef ANSINH_CONFIG_H
#define ANSINH_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

struct config {
    const char *listen;
    const char *admin_listen;
    const char *database_url;
    const char *app_password;
    const char *token_keys;
    const char *token_keys_file;
    const char *demo_password;
    long read_connections;
    long slow_connections;
    long write_connections;
    long waiting_requests;
    long wait_ms;
    long work_ms;
    long connection_limit;
    long notice_ms;
    long drain_ms;
    long idle_ms;
    long head_ms;
    long body_ms;
    long reply_ms;
    long body_limit;
    long bodies_limit;
    long memory_limit;
    const char *proxies;
    long job_workers;
    long job_silence_ms;
    long user_rate;
    long address_rate;
};

/* Reads the environment over the defaults. False after saying on stderr what is wrong. */
bool config_read(struct config *config);
/* One line a setting: name, value (secrets hidden) and meaning. */
void config_print(const struct config *config, FILE *out);
/* "127.0.0.1:8080" or "[::1]:8080" in its two parts; false when it is neither. */
bool config_listen(const char *listen, char *host, size_t room, unsigned *port);

#endif
