/* A request, an arena and a set of schemas for each test of them. In the JSON of these tests '
 * stands for ", and flaws are written "name code figure", separated by semicolons. */
#ifndef ANSINH_TESTS_SCHEMA_CASE_H
#define ANSINH_TESTS_SCHEMA_CASE_H

#include "middleware/contract.h"
#include "middleware/schema.h"
#include "tests/support/suites.h"

extern struct arena *arena;
extern struct request *req;
extern struct schema_set *set;
extern struct operation operation; /* of the request */

/* The fixture. */
void open_all(void);
void close_all(void);

json_t *json_of(const char *text);
/* Another request of the same arena and operation. */
void new_request(void);
/* From here on the set is that of a contract with these components/schemas. */
void use(const char *schemas);
/* The schema, which must compile. */
const struct schema *compiled(const char *text);
/* The schema, alone in its set, must not compile. */
void stops(const char *text, const char *expected);

const char *flaws(void);
void accepts(const char *schema, const char *value);
void refuses(const char *schema, const char *value, const char *expected);

/* The test cases of schema_suite() that have a file of their own. */
TCase *schema_compile_case(void);
TCase *schema_format_case(void);
TCase *schema_request_case(void);

#endif
