/* The token keys: of the environment, or of a file that may be replaced while we run. */
#ifndef ANSINH_KEYS_H
#define ANSINH_KEYS_H

#include <stdbool.h>

#include "api/config.h"
#include "middleware/service.h"

/* All that were ever in force: a request may still be at work with the ones before. */
struct key_sets;

/* Reads them anew and puts them in force; false after saying why on the log, the old ones stay. */
bool keys_load(struct key_sets **sets, const struct config *config, struct service *service);
/* Nobody may use any of them any more. */
void keys_free(struct key_sets *sets);

#endif
