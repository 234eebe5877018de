/* The declared subset of JSON Schema (2020-12) that the contract may use, compiled once at start.
 *
 * Known: type (one or a list), properties, required, additionalProperties: false, items, minItems,
 * maxItems, uniqueItems (needs maxItems), enum, const, minLength, maxLength (code points), pattern
 * (PCRE2, UTF, unanchored), format (date, date-time, uuid, partial-date, month), minimum, maximum,
 * oneOf (exactly one branch, not directly inside another), $ref to components/schemas (alone);
 * without effect: title, description, default, example, examples, deprecated, readOnly, x-*. Any
 * other keyword is an error at start. */
#ifndef ANSINH_SCHEMA_H
#define ANSINH_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "middleware/request.h"

struct schema;
struct schema_set;

/* Compiles on demand out of components/schemas of `contract` (borrowed, must outlive the set). */
struct schema_set *schema_set_new(json_t *contract);
void schema_set_free(struct schema_set *set);
/* NULL with a message naming the place (JSON pointer) when the schema cannot be compiled. */
const struct schema *schema_compile(struct schema_set *set, json_t *source, const char *place,
                                    char **error);

/* Checks a JSON value; strings are brought to NFC in place. Adds a flaw with a JSON pointer for
 * everything wrong (up to MAX_FLAWS) as INVALID_REQUEST and returns false. */
bool schema_check_json(struct request *req, const struct schema *schema, json_t *value) must_check;
/* Checks the text of a path, query or header value; integers and booleans are parsed from it.
 * `where` and `name` go into the flaw. On success *value is the canonical (NFC) text. */
bool schema_check_text(struct request *req, const struct schema *schema, const char *where,
                       const char *name, const char **value) must_check;

/* Stage: path values, query (unknown or repeated keys are refused) and body against the operation. A body
 * that would take more memory than one request may is BODY_TOO_LARGE. */
bool schema_check(struct request *req) must_check;

#endif
