/* The contract while it is read: contract.c has the document, contract_operation.c one operation. */
#ifndef ANSINH_CONTRACT_INTERNAL_H
#define ANSINH_CONTRACT_INTERNAL_H

#include "middleware/contract.h"

struct contract {
    struct arena *arena; /* owns all the rest */
    const char *text;
    size_t size;
    json_t *root;
    struct schema_set *schemas;
    size_t count;
    struct operation *operations; /* by id */
    const char *error;            /* the first */
};

/* As x-tiers names them. */
struct tier_row {
    const char *name;
    unsigned bit;
};
enum { TIER_ROWS = 6 };
extern const struct tier_row tier_rows[TIER_ROWS];

/* The headers that an operation may declare. */
extern const char idempotency_key[];
extern const char if_match[];
extern const char if_none_match[];

/* Always false; the first error stays. `operation` is NULL for what belongs to none. */
bool contract_refuse(struct contract *contract, const struct operation *operation,
                     const char *format, ...) __attribute__((format(printf, 3, 4)));
/* NULL after contract_refuse(). */
const struct schema *contract_compile(struct contract *contract, json_t *source, const char *place);
/* Fills the rest of an operation whose method and path are known. */
bool contract_read_operation(struct contract *contract, struct operation *operation,
                             json_t *source) must_check;

#endif
