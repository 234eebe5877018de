/* The lanes. */
#include "middleware/lane.h"

#include "middleware/metrics.h"
#include "middleware/route.h"
#include "middleware/shed.h"

static struct pool *lane_of(const struct request *req, enum sql_id first)
{
    const struct service *service = req->service;
    bool slow = statements[first].lane == LANE_SLOW && service->slow_pool;
    return route_writes(req->route) ? service->write_pool
           : slow                   ? service->slow_pool
                                    : service->read_pool;
}

bool lane_take(struct request *req, enum sql_id first, struct connection **connection)
{
    const struct service *service = req->service;
    bool writes = route_writes(req->route);
    uint64_t asked = monotonic_ns();
    enum pool_verdict verdict =
        pool_take(lane_of(req, first), asked + service->wait_ns, connection);
    uint64_t waited_ns = monotonic_ns() - asked;
    req->wait_ns += waited_ns;
    metrics_span(service->metrics, SPAN_READ_WAIT + writes, waited_ns);
    switch (verdict) {
    case POOL_READY:
        return true;
    case POOL_BUSY:
        metrics_count(service->metrics,
                      (waited_ns < service->wait_ns ? COUNT_READ_REFUSED : COUNT_READ_LATE) +
                          writes);
        return shed(req, BUSY, CAUSE_WAITING);
    default:
        metrics_count(service->metrics, COUNT_READ_DOWN + writes);
        return fail(req, DATABASE_UNAVAILABLE);
    }
}
