/* This process as the kernel sees it, under the names that Prometheus has for that everywhere. */
#ifndef ANSINH_PROCESS_H
#define ANSINH_PROCESS_H

#include "middleware/render.h"

/* Leaves out what cannot be read. */
void process_render(struct render *out);

#endif
