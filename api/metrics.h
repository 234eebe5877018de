/* GET /metrics, on the listener for probes only. */
#ifndef ANSINH_METRICS_SHOW_H
#define ANSINH_METRICS_SHOW_H

#include "middleware/request.h"

bool metrics_show(struct request *req);

#endif
