/* Exports, as they are asked for. */
#include "api/report/export.h"

#include <string.h>

#include "api/report/cell_rules.h"
#include "api/report/job.h"
#include "middleware/permit.h"
#include "middleware/problem.h"
#include "middleware/route.h"
#include "middleware/schema.h"
#include "middleware/table.h"
#include "middleware/transaction.h"

struct request *export_errand(const struct service *service, const struct token_keys *keys,
                              const struct requester *who, const char *list, json_t *filters)
{
    struct request *errand = errand_new(service, keys, who, list);
    const char *name;
    json_t *value;
    if (!errand) {
        return NULL;
    }
    json_object_foreach(filters, name, value) {
        const char *text = cell_text(errand->arena, value);
        if (!errand_value(errand, arena_strdup(errand->arena, name),
                          arena_strdup(errand->arena, text))) {
            fail_at(errand, INVALID_REQUEST, "parameter", name, FLAW_UNKNOWN, NULL);
        }
    }
    return errand;
}

/* A path with a place that no filter fills names nothing. */
static bool path_is_filled(struct request *errand)
{
    const struct operation *operation = errand->operation;
    bool good = true;
    for (int i = 0; i < operation->parameter_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        if (strcmp(parameter->in, "path") == 0 && !request_path_value(errand, parameter->name)) {
            good =
                fail_at(errand, INVALID_REQUEST, "parameter", parameter->name, FLAW_REQUIRED, NULL);
        }
    }
    return good;
}

/* Pages are the job's own business. */
static bool asks_no_page(struct request *errand)
{
    static const char *const names[] = {"cursor", "limit"};
    bool good = true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (request_query(errand, names[i])) {
            good = fail_at(errand, INVALID_REQUEST, "parameter", names[i], FLAW_UNKNOWN, NULL);
        }
    }
    return good;
}

/* What is wrong with a filter, as the body of the request has it. */
static bool refuse(struct request *req, const struct request *errand)
{
    const struct problem *problem = &errand->problem;
    if (problem->kind == NOT_FOUND) { /* a path that could not be one */
        return fail_at(req, INVALID_REQUEST, "pointer", "/filters", FLAW_NOT_FOUND, NULL);
    }
    for (int i = 0; i < problem->flaw_count; i++) {
        const struct flaw *flaw = &problem->flaws[i];
        const char *pointer = arena_printf(req->arena, "/filters/%s", flaw->name);
        fail_at(req, problem->kind, "pointer", pointer, flaw->kind,
                flaw->argument ? arena_strdup(req->arena, flaw->argument) : NULL);
    }
    return fail(req, problem->kind);
}

/* The gates of the list judge now what they would refuse later. */
static bool filters_fit(struct request *req, const char *list)
{
    const struct requester who = {req->caller, req->language};
    struct request *errand =
        export_errand(req->service, req->keys, &who, list, json_object_get(req->json, "filters"));
    if (!errand || !table_of(req->arena, errand->operation)) {
        errand_end(errand);
        return fail_at(req, NOT_FOUND, "pointer", "/list", FLAW_NOT_FOUND, NULL);
    }
    bool good = errand->problem.kind == NO_PROBLEM && permit_check(errand) &&
                path_is_filled(errand) && asks_no_page(errand) && schema_check(errand);
    good = good || refuse(req, errand);
    errand_end(errand);
    return good;
}

bool export_create(struct request *req)
{
    const char *list = request_text(req, "list");
    const char *id = request_new_id(req);
    return filters_fit(req, list) &&
           tell(req, SQL_JOB_CREATE,
                PARAMS(id, "export", list, request_body_text(req),
                       req->language == ENGLISH ? "en" : "vi", NULL)) &&
           job_answer(req, id);
}
