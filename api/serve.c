/* The way of a request. */
#include "api/serve.h"

#include "middleware/contract.h"
#include "middleware/frame.h"
#include "middleware/limit.h"
#include "middleware/permit.h"
#include "middleware/precondition.h"
#include "middleware/problem.h"
#include "middleware/rate.h"
#include "middleware/route.h"
#include "middleware/schema.h"
#include "middleware/shed.h"
#include "middleware/token.h"
#include "middleware/transaction.h"
#include "middleware/url.h"
#include "middleware/visitor.h"

typedef bool (*stage)(struct request *req);

/* Who came when all places were taken. */
static bool admit(struct request *req)
{
    req->close = visitor_is_surplus(req->visitor);
    return !req->close || shed(req, BUSY, CAUSE_CONNECTIONS);
}

/* What the listener for probes has beside the contract takes neither query nor body. */
static bool operation_bind(struct request *req)
{
    static const struct operation beside;
    req->operation = contract_operation(req->service->contract, req->route->operation_id);
    if (!req->operation && req->service->watched) {
        req->operation = &beside;
    }
    return req->operation || fail(req, INTERNAL);
}

/* Who shows no token that is good is a stranger, whose address counts: guessing has its price. */
static bool identify(struct request *req)
{
    if (token_check(req)) {
        return true;
    }
    const struct problem refusal = req->problem;
    req->problem = (struct problem){0};
    req->caller = (struct caller){0};
    if (rate_check(req)) {
        req->problem = refusal;
    }
    return false;
}

/* THE way of a request: each stage returns true to go on; the first false ends the walk. What needs the
 * head alone comes first, so that nobody who may not send a body makes us read one. */
static const stage head_stages[] = {
    admit,       frame_check, url_parse,  route_find,   operation_bind,
    limit_check, identify,    rate_check, permit_check, limit_bodies,
};
static const stage body_stages[] = {limit_check, schema_check, precondition_check};
static const stage errand_stages[] = {operation_bind, permit_check, schema_check};

static bool walk(struct request *req, const stage *stages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!stages[i](req)) {
            return false;
        }
    }
    return true;
}

/* A connection that PostgreSQL dropped while it was idle is noticed only by its first use. As long as
 * nothing can have been committed the request simply begins again, on another connection. */
static bool handle(struct request *req)
{
    const struct reply before = req->reply;
    for (int again = 0; again < 2; again++) {
        if (req->route->handler(req) && transaction_finish(req)) {
            return true;
        }
        if (!req->connection_lost || (req->route->tiers & ANYONE)) {
            return false;
        }
        transaction_end(req);
        req->connection_lost = false;
        req->problem = (struct problem){0};
        req->reply = before;
        req->segment = NULL;
    }
    return req->route->handler(req) && transaction_finish(req);
}

/* A reply in every case: what was answered, or why not. */
static void conclude(struct request *req)
{
    bool reads = !req->route || !route_writes(req->route);
    if (reads) { /* a write that got here is done, and says so */
        memory_suffices(req);
    }
    if (req->problem.kind == NO_PROBLEM && !req->reply.status) {
        fail(req, INTERNAL); /* a handler that says nothing must not look like a success */
    }
    if (req->problem.kind != NO_PROBLEM) {
        problem_reply(req);
    }
    req->took_ns = monotonic_ns() - req->started_ns;
    trace_tell(req);
}

bool serve_head(struct request *req)
{
    trace_begin(req);
    req->language = language_of(request_header(req, "Accept-Language"));
    if (walk(req, head_stages, sizeof head_stages / sizeof *head_stages)) {
        return true;
    }
    conclude(req);
    return false;
}

/* Only a body in chunks can surprise us; of any other the head said how long it is. */
bool serve_part(struct request *req, size_t size)
{
    if (size <= limit_of_body(req)) {
        return true;
    }
    fail(req, BODY_TOO_LARGE);
    conclude(req);
    return false;
}

void serve(struct request *req)
{
    if (walk(req, body_stages, sizeof body_stages / sizeof *body_stages)) {
        handle(req);
    }
    transaction_end(req);
    conclude(req);
}

bool serve_errand(struct request *req)
{
    bool good = walk(req, errand_stages, sizeof errand_stages / sizeof *errand_stages) &&
                handle(req) && memory_suffices(req);
    transaction_end(req);
    return good;
}
