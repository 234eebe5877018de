/* GET /metrics: what was counted, and what stands at this moment. */
#include "api/metrics.h"

#include "api/process.h"
#include "middleware/contract.h"
#include "middleware/exposition.h"
#include "middleware/metrics.h"
#include "middleware/pool.h"
#include "middleware/render.h"

enum { LANES = 3 };

static const char *const lane_labels[LANES] = {"lane=\"read\"", "lane=\"write\"", "lane=\"slow\""};

static void render_lanes(struct render *out, const struct service *service)
{
    static const struct {
        const char *name, *help;
        size_t field;
    } rows[] = {
        {"ansinh_pool_connections", "Database connections a lane may have.",
         offsetof(struct pool_state, size)},
        {"ansinh_pool_open", "Database connections that are made.",
         offsetof(struct pool_state, open)},
        {"ansinh_pool_in_use", "Database connections at work for a request.",
         offsetof(struct pool_state, in_use)},
        {"ansinh_pool_idle", "Database connections that are made and at nobody's work.",
         offsetof(struct pool_state, idle)},
        {"ansinh_pool_waiting", "Requests that wait for a database connection.",
         offsetof(struct pool_state, waiting)},
    };
    struct pool_state states[LANES];
    pool_look(service->read_pool, &states[0]);
    pool_look(service->write_pool, &states[1]);
    pool_look(service->slow_pool, &states[2]);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expose_family(out, rows[i].name, "gauge", rows[i].help);
        for (int lane = 0; lane < LANES; lane++) {
            const char *state = (const char *)&states[lane];
            expose_number(out, rows[i].name, lane_labels[lane],
                          *(const int *)(state + rows[i].field));
        }
    }
}

static void render_build(struct render *out, const struct service *service)
{
    static const char name[] = "ansinh_build_info";
    int libpq = PQlibVersion();
    expose_family(out, name, "gauge", "What this is: always 1.");
    expose_number(
        out, name,
        arena_printf(out->arena,
                     "version=\"%s\",schema=\"%d\",libpq=\"%d.%d\",compiler=\"" __VERSION__ "\"",
                     contract_version(service->contract), service->schema_version, libpq / 10000,
                     libpq % 10000),
        1);
}

bool metrics_show(struct request *req)
{
    const struct service *watched = req->service->watched;
    struct render out;
    render_init(&out, req->arena);
    render_build(&out, watched);
    process_render(&out);
    render_lanes(&out, watched);
    metrics_render(watched->metrics, &out);
    reply_json(req, 200, out.data, out.size);
    req->reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return true;
}
