/* `ansinh recount`: counts every figure again from the rows. */
#ifndef ANSINH_RECOUNT_H
#define ANSINH_RECOUNT_H

#include <stdbool.h>

#include "api/config.h"

/* Says which live figures differ from what they stand for; with `repair` they become what was counted.
 * 0 when nothing differs or all was repaired. Others may read and write meanwhile. */
int recount_command(const struct config *config, bool repair);

#endif
