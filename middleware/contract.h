/* The contract: openapi.json as bundled at build, parsed once. It validates what comes in and is
 * compared with the routes: a server that disagrees with its contract does not start. */
#ifndef ANSINH_CONTRACT_H
#define ANSINH_CONTRACT_H

#include <jansson.h>

#include "middleware/route.h"
#include "middleware/schema.h"

enum { MAX_PARAMETERS = 16, MAX_RESPONSES = 12 };

struct parameter {
    const char *name;
    const char *in; /* path, query or header */
    bool required;
    const struct schema *schema;
};

struct response {
    int status; /* 0 is default */
    const char *content_type;
    const struct schema *schema; /* NULL where the answer is not JSON */
    bool tagged;                 /* with an ETag */
};

struct operation {
    enum method method;
    const char *path;
    const char *id;
    unsigned tiers;
    enum permission permission;
    int parameter_count;
    struct parameter parameters[MAX_PARAMETERS];
    const struct schema *body; /* NULL: the operation takes none */
    const char *media_type;    /* of the body: media_json, or media_csv with an array of rows */
    size_t body_limit;         /* x-body-limit, bytes; 0 is BODY_STANDARD of limit.h */
    bool stored;               /* x-body: stored; a table whose rows nobody has looked at yet */
    bool unguarded;            /* x-precondition: exempt; a PUT, PATCH or DELETE without If-Match */
    int response_count;
    struct response responses[MAX_RESPONSES];
};

extern const char media_json[];
extern const char media_csv[];

struct contract;

/* Reads the JSON text (kept, not copied). NULL with *error naming the place when it is unusable. */
struct contract *contract_new(const char *json, size_t size, char **error);
void contract_free(struct contract *contract);

/* Routes and operations must be the same set, with equal operationId, tiers and permission; a
 * write that is not exempt must declare Idempotency-Key. Returns the number of differences, each
 * reported through `report`. */
int contract_compare(const struct contract *contract, const struct route *routes, size_t count,
                     void (*report)(const char *difference));

const struct operation *contract_operation(const struct contract *contract,
                                           const char *operation_id);
const struct operation *contract_operations(const struct contract *contract, size_t *count);
/* Which version of the API it is. */
const char *contract_version(const struct contract *contract);
/* The text itself, for GET /openapi.json. */
const char *contract_text(const struct contract *contract, size_t *size);
/* True where the operation declares the Idempotency-Key header. */
bool operation_takes_key(const struct operation *operation);

#endif
