/* The token keys. */
#include "api/keys.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/arena.h"
#include "middleware/log.h"
#include "middleware/token.h"

enum { FILE_ROOM = 1024 };

struct key_sets {
    struct token_keys keys;
    struct key_sets *older;
};

static bool read_file(const char *path, char text[FILE_ROOM])
{
    FILE *file = fopen(path, "r");
    if (!file) {
        return false;
    }
    setvbuf(file, NULL, _IONBF, 0); /* no second copy of a secret */
    size_t size = fread(text, 1, FILE_ROOM - 1, file);
    text[size] = '\0';
    text[strcspn(text, " \t\r\n")] = '\0';
    fclose(file);
    return size > 0;
}

static bool parse(struct token_keys *keys, const struct config *config)
{
    const char *path = config->token_keys_file;
    if (!path) {
        return token_keys_parse(keys, config->token_keys);
    }
    char text[FILE_ROOM];
    bool good = read_file(path, text) && token_keys_parse(keys, text);
    sodium_memzero(text, sizeof text);
    return good;
}

bool keys_load(struct key_sets **sets, const struct config *config, struct service *service)
{
    struct key_sets *newest = memory_or_stop(sizeof *newest);
    if (!parse(&newest->keys, config)) {
        log_event("error",
                  config->token_keys_file
                      ? "the file of ANSINH_TOKEN_KEYS_FILE must hold kid:hex with 32 bytes or more"
                      : "ANSINH_TOKEN_KEYS must be kid:hex with 32 bytes or more",
                  config->token_keys_file);
        free(newest);
        return false;
    }
    newest->older = *sets;
    *sets = newest;
    atomic_store(&service->keys, &newest->keys);
    return true;
}

void keys_free(struct key_sets *sets)
{
    while (sets) {
        struct key_sets *older = sets->older;
        sodium_memzero(sets, sizeof *sets);
        free(sets);
        sets = older;
    }
}
