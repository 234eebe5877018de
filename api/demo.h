/* `ansinh demo`: a province to try the service on. */
#ifndef ANSINH_DEMO_H
#define ANSINH_DEMO_H

#include "api/config.h"

enum { DEMO_PEOPLE_MAX = 10000000 };

/* Loads the demo province with its logins, and fills it with invented people until there are that
 * many (0: none). Returns the exit status of the command, after saying what happened. */
int demo_command(const struct config *config, long people);

#endif
