/* ansinh: reads its configuration, checks itself against its contract, and serves.
 *
 *   ansinh                    serve
 *   ansinh migrate            bring the database up to date
 *   ansinh demo [--people N]  load the demo province and its logins, and that many invented people
 *   ansinh recount [--repair] count all live figures again from the rows
 *   ansinh admin create NAME  make the first manager of an empty database
 *   ansinh --check            compare routes and contract; needs no database
 *   ansinh --print-config     the settings in force, secrets hidden */
#include <libpq-fe.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/config.h"
#include "api/demo.h"
#include "api/identity/password.h"
#include "api/keys.h"
#include "api/life.h"
#include "api/listen.h"
#include "api/migrate.h"
#include "api/report/job_worker.h"
#include "api/recount.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/worker.h"
#include "embedded.h"
#include "middleware/contract.h"
#include "middleware/express.h"
#include "middleware/log.h"
#include "middleware/log_queue.h"
#include "middleware/metrics.h"
#include "middleware/pool.h"
#include "middleware/rate.h"
#include "middleware/token_cache.h"

enum { ADMIN_CONNECTIONS = 32, SLOW_WAITING = 256 };

static void report(const char *difference)
{
    fprintf(stderr, "ansinh: contract: %s\n", difference);
}

static struct contract *load_contract(void)
{
    for (size_t i = 0; i < embedded_file_count; i++) {
        if (strcmp(embedded_files[i].name, "openapi.json") != 0) {
            continue;
        }
        char *error = NULL;
        struct contract *contract =
            contract_new(embedded_files[i].data, embedded_files[i].size, &error);
        if (!contract) {
            report(error ? error : "cannot be read");
            free(error);
        }
        return contract;
    }
    return NULL;
}

/* A server that disagrees with its contract does not start. */
static struct contract *checked_contract(void)
{
    struct contract *contract = load_contract();
    if (contract && contract_compare(contract, routes, route_count, report) > 0) {
        contract_free(contract);
        return NULL;
    }
    return contract;
}

static int check_command(void)
{
    struct contract *contract = checked_contract();
    if (!contract) {
        return 1;
    }
    contract_free(contract);
    printf("%zu routes agree with the contract\n", route_count);
    return 0;
}

/* The login must be unable to do anything before it has become a slice, and the schema must be new
 * enough; else row security would protect nothing, or statements would fail one by one. */
static bool database_fits(const struct config *config, const struct pool_options *options)
{
    PGconn *pg = pool_connect(options);
    if (PQstatus(pg) != CONNECTION_OK) {
        log_event("fatal", "cannot reach the database (DATABASE_URL)",
                  database_complaint(config, pg));
        PQfinish(pg);
        return false;
    }
    PGresult *login = PQexec(pg, "select rolsuper or rolbypassrls or rolinherit, "
                                 "(select coalesce(max(version), 0) from migration) "
                                 "from pg_roles where rolname = current_user");
    bool known = PQresultStatus(login) == PGRES_TUPLES_OK && PQntuples(login) == 1;
    bool weak = known && strcmp(PQgetvalue(login, 0, 0), "f") == 0;
    bool current = known && strtol(PQgetvalue(login, 0, 1), NULL, 10) >= (long)migration_newest();
    PQclear(login);
    PQfinish(pg);
    if (!weak || !current) {
        log_event("fatal",
                  weak ? "the database is older than this program: run `ansinh migrate`"
                       : "the login must be ansinh_app as `ansinh migrate` makes it",
                  NULL);
    }
    return weak && current;
}

static struct visitor_limits visitor_limits(const struct config *config)
{
    return (struct visitor_limits){
        .most = (int)config->connection_limit,
        .idle_ns = (uint64_t)config->idle_ms * 1000000,
        .head_ns = (uint64_t)config->head_ms * 1000000,
        .body_ns = (uint64_t)config->body_ms * 1000000,
        .reply_ns = (uint64_t)config->reply_ms * 1000000,
        .bodies = (size_t)config->bodies_limit,
    };
}

/* `n` is the place of this listener's socket among those that systemd may have given us. */
static struct server *start_on(const char *listen, int n, const struct service *service,
                               struct visitor_limits limits)
{
    char host[64];
    struct server_options options = {
        .host = host, .inherited = listen_inherited(n), .limits = limits};
    if (!config_listen(listen, host, sizeof host, &options.port)) {
        log_event("fatal", "ANSINH_LISTEN and ANSINH_ADMIN_LISTEN must be address:port", NULL);
        return NULL;
    }
    struct server *server = server_start(service, &options);
    bool v6 = strchr(host, ':') != NULL;
    if (server && n == 0) {
        printf(
            "Ansinh serves on http://%s%s%s:%u (documentation: /docs, contract: /openapi.json)\n",
            v6 ? "[" : "", host, v6 ? "]" : "", server_port(server));
        fflush(stdout);
    }
    return server;
}

static bool run_server(const struct config *config, const struct service *service,
                       struct life *life)
{
    struct server *server = start_on(config->listen, 0, service, visitor_limits(config));
    if (!server) {
        return false;
    }
    life_live(life, server);
    server_stop(server);
    return true;
}

/* Beside the other: routes, connections and a database connection of its own, so that nothing that
 * fills the other one is in the way of a probe. */
static bool run_servers(const struct config *config, const struct service *service,
                        const struct pool_options *single, struct life *life)
{
    if (!config->admin_listen) {
        return run_server(config, service, life);
    }
    struct service admin = *service;
    admin.routes = route_table_new(admin_routes, admin_route_count);
    admin.read_pool = pool_new(single);
    admin.address_rate = NULL;
    admin.metrics = NULL; /* probes and those who read the metrics are not part of them */
    admin.watched = service;
    struct visitor_limits limits = visitor_limits(config);
    limits.most = ADMIN_CONNECTIONS;
    struct server *probes = start_on(config->admin_listen, 1, &admin, limits);
    bool good = probes && run_server(config, service, life);
    if (probes) {
        server_stop(probes);
    }
    pool_free(admin.read_pool);
    route_table_free((struct route_table *)admin.routes);
    return good;
}

/* What HUP needs. */
struct loading {
    struct key_sets *sets;
    const struct config *config;
    struct service *service;
};

static bool load_keys(void *own)
{
    struct loading *loading = own;
    return keys_load(&loading->sets, loading->config, loading->service);
}

static struct pool_options lane_options(const struct config *config, long size)
{
    return (struct pool_options){.conninfo = config->database_url,
                                 .user = "ansinh_app",
                                 .password = config->app_password,
                                 .size = (int)size,
                                 .waiting = (int)config->waiting_requests};
}

static struct service service_open(const struct config *config, const struct life *life)
{
    struct pool_options reads = lane_options(config, config->read_connections);
    struct pool_options slow = lane_options(config, config->slow_connections);
    struct pool_options writes = lane_options(config, config->write_connections);
    slow.waiting = slow.waiting < SLOW_WAITING ? slow.waiting : SLOW_WAITING;
    return (struct service){.contract = checked_contract(),
                            .routes = route_table_new(routes, route_count),
                            .token_cache = token_cache_new(),
                            .read_pool = pool_new(&reads),
                            .slow_pool = pool_new(&slow),
                            .write_pool = pool_new(&writes),
                            .express = express_new(&reads),
                            .user_rate = rate_new((int)config->user_rate),
                            .address_rate = rate_new((int)config->address_rate),
                            .wait_ns = (uint64_t)config->wait_ms * 1000000,
                            .work_ns = (uint64_t)config->work_ms * 1000000,
                            .proxies = config->proxies,
                            .body_limit = (size_t)config->body_limit,
                            .memory_limit = (size_t)config->memory_limit,
                            .schema_version = migration_newest(),
                            .stopping = &life->stopping,
                            .metrics = metrics_new(routes, route_count)};
}

static void service_close(struct service *service)
{
    metrics_free(service->metrics);
    rate_free(service->address_rate);
    rate_free(service->user_rate);
    express_free(service->express);
    pool_free(service->write_pool);
    pool_free(service->slow_pool);
    pool_free(service->read_pool);
    token_cache_free(service->token_cache);
    route_table_free((struct route_table *)service->routes);
    contract_free((struct contract *)service->contract);
}

/* What a request frees the next one needs again: given back to the kernel each time, it comes back as page
 * faults. So much stays with each of the allocator's heaps, of which there are eight a core. */
static void keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

static int serve_command(const struct config *config)
{
    struct life life = {.notice_ns = (uint64_t)config->notice_ms * 1000000,
                        .drain_ns = (uint64_t)config->drain_ms * 1000000,
                        .reload = load_keys};
    keep_memory();
    life_begin(&life); /* before there are threads: none of them may take a signal */
    struct service service = service_open(config, &life);
    struct loading loading = {.config = config, .service = &service};
    struct pool_options single = lane_options(config, 1);
    life.own = &loading;
    bool good = service.contract && load_keys(&loading) && database_fits(config, &single) &&
                password_init();
    struct worker *worker =
        good && log_queue_start() ? worker_start(&single, service.metrics) : NULL;
    struct pool_options jobs = lane_options(config, config->job_workers);
    struct job_workers *job_workers =
        worker ? job_workers_start(&service, &jobs, config->job_silence_ms) : NULL;
    good = worker && run_servers(config, &service, &single, &life);
    job_workers_stop(job_workers);
    worker_stop(worker);
    log_queue_stop();
    service_close(&service);
    keys_free(loading.sets);
    return good ? 0 : 1;
}

static int usage(void)
{
    fputs("usage: ansinh [migrate | demo [--people N] | recount [--repair] | admin create NAME |\n"
          "               --check | --print-config]\n",
          stderr);
    return 2;
}

static int demo_people_command(const struct config *config, const char *text)
{
    char *end = NULL;
    long people = strtol(text, &end, 10);
    if (*end || people < 1 || people > DEMO_PEOPLE_MAX) {
        fprintf(stderr, "ansinh: --people takes a number from 1 to %d\n", DEMO_PEOPLE_MAX);
        return 2;
    }
    return demo_command(config, people);
}

int main(int argc, char **argv)
{
    struct config config;
    const char *command = argc > 1 ? argv[1] : "";
    if (sodium_init() < 0 || !config_read(&config)) {
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (argc == 1) {
        return serve_command(&config);
    }
    if (argc == 2 && strcmp(command, "--check") == 0) {
        return check_command();
    }
    if (argc == 2 && strcmp(command, "--print-config") == 0) {
        config_print(&config, stdout);
        return 0;
    }
    if (argc == 2 && strcmp(command, "migrate") == 0) {
        return migrate_command(&config);
    }
    if (argc == 2 && strcmp(command, "recount") == 0) {
        return recount_command(&config, false);
    }
    if (argc == 3 && strcmp(command, "recount") == 0 && strcmp(argv[2], "--repair") == 0) {
        return recount_command(&config, true);
    }
    if (argc == 2 && strcmp(command, "demo") == 0) {
        return demo_command(&config, 0);
    }
    if (argc == 4 && strcmp(command, "demo") == 0 && strcmp(argv[2], "--people") == 0) {
        return demo_people_command(&config, argv[3]);
    }
    if (argc == 4 && strcmp(command, "admin") == 0 && strcmp(argv[2], "create") == 0) {
        return admin_create_command(&config, argv[3]);
    }
    return usage();
}
