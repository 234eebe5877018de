/* A list as a table: its columns follow from the contract, so that every operation that answers with
 * `items` has them, and each page the same. What nests becomes a column with a dotted name. */
#ifndef ANSINH_TABLE_H
#define ANSINH_TABLE_H

#include "middleware/contract.h"

enum { TABLE_COLUMNS = 96 };

struct table {
    int count;
    const char *names[TABLE_COLUMNS];
};

/* NULL where the operation does not answer with a list, or with one that no table can hold. */
const struct table *table_of(struct arena *arena, const struct operation *operation);
/* What an item has in this column; NULL where there is nothing. */
const json_t *table_cell(const json_t *item, const char *name);

/* The property of this name, or NULL. */
const struct schema *schema_property(const struct schema *object, const char *name);

#endif
