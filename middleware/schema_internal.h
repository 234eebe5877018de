/* A compiled schema: what schema_compile.c builds and schema.c walks. Nodes are never changed once
 * compiled, so all threads share them; everything in them belongs to the set or to the contract. */
#ifndef ANSINH_SCHEMA_INTERNAL_H
#define ANSINH_SCHEMA_INTERNAL_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "middleware/problem.h"
#include "middleware/schema.h"

enum {
    MAX_NESTING = 32,  /* arrays and objects inside each other */
    MAX_UNIQUE = 1000, /* items that uniqueItems may compare, each with each */
    MAX_STEPS = 100000 /* of the matcher, against patterns that backtrack without end */
};

enum type_bit {
    TYPE_NULL = 1,
    TYPE_BOOLEAN = 2,
    TYPE_INTEGER = 4,
    TYPE_NUMBER = 8,
    TYPE_STRING = 16,
    TYPE_ARRAY = 32,
    TYPE_OBJECT = 64
};

struct format {
    const char *name;
    bool (*matches)(const char *text);
};

struct property {
    const char *name;
    const struct schema *schema;
};

struct schema {
    const char *place;     /* in the contract, for messages */
    unsigned types;        /* bits; 0 is any */
    const char *type_text; /* "string, null" */

    json_t *choices; /* array; of enum, or of the one const */
    const char *choices_text;

    size_t min_length;
    size_t max_length;
    pcre2_code *pattern;
    const char *pattern_text;
    const struct format *format;

    json_t *minimum;
    json_t *maximum;

    size_t min_items;
    size_t max_items;
    bool unique;
    const struct schema *items;

    bool closed; /* additionalProperties: false */
    json_t *required;
    json_t *declared; /* the object that properties came from */
    size_t property_count;
    struct property *properties;

    size_t branch_count; /* oneOf */
    const struct schema **branches;
};

/* Allows everything that is text and not nested too deeply. */
extern const struct schema schema_anything;

struct named;

/* Owns every node. The first error ends it: nodes compiled before may refer to half a schema. */
struct schema_set {
    struct arena *arena;
    json_t *schemas; /* components/schemas */
    struct named *named;
    const char *error;
};

struct keyword {
    const char *name;
    bool (*read)(struct schema_set *set, struct schema *schema, json_t *value,
                 const struct keyword *keyword); /* NULL: without effect */
    size_t offset;                               /* of the member of struct schema it sets */
};

/* NULL where the subset has no such keyword. */
const struct keyword *schema_keyword(const char *name);
/* Any schema within the contract; NULL after schema_refuse(). */
struct schema *schema_node(struct schema_set *set, json_t *source, const char *place);
/* Always false. The first error stays. */
bool schema_refuse(struct schema_set *set, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* NULL where no such format is known. */
const struct format *format_find(const char *name);

/* The place of an object that names its properties and still lets others in, or NULL: a request
 * with a misspelt field must not pass. */
const char *schema_open_object(const struct schema *schema);

/* One walk over the values of one request. */
struct check {
    struct request *req;
    const char *where; /* of the flaws: "pointer", "parameter" or "header" */
    const char *name;  /* NULL where the JSON pointer is the name */
    bool quiet;        /* only asks whether the value fits; nothing is reported */
    pcre2_match_data *match;
    pcre2_match_context *match_limit;
};

/* As in schema.h, within a walk; and what a text means as one of these types (the caller's). */
bool check_json(struct check *check, const struct schema *schema, json_t *value) must_check;
bool check_text(struct check *check, const struct schema *schema, const char **value) must_check;
json_t *schema_parse_text(struct arena *arena, unsigned types, const char *text);

#endif
