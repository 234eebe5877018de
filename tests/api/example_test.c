/* The contract's examples: each fits its schema, and each request is answered as its example says.
 * tests/examples.txt says what is replaced in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "middleware/schema.h"
#include "tests/support/harness.h"
#include "tests/support/job_case.h"
#include "tests/support/suites.h"

enum { MAX_KEPT = 40, MAX_WORDS = 12, MAX_TRIED = 256 };

static json_t *document;
static struct {
    char name[24];
    char value[4096];
} kept[MAX_KEPT];
static int kept_count;
static const char *tried[MAX_TRIED];
static int tried_count;

/* --- the document ----------------------------------------------------------------------------- */

static void open_document(void)
{
    size_t size = 0;
    const char *source = contract_text(harness_contract(), &size);
    document = json_loadb(source, size, 0, NULL);
    kept_count = 0;
    tried_count = 0;
    ck_assert_ptr_nonnull(document);
}

static void close_document(void)
{
    json_decref(document);
}

/* What a $ref means; anything else as it is. */
static json_t *resolved(json_t *node)
{
    const char *reference = json_string_value(json_object_get(node, "$ref"));
    json_t *at = reference ? document : node;
    for (const char *part = reference ? reference + 2 : ""; *part;) {
        size_t size = strcspn(part, "/");
        at = json_object_get(at, text("%.*s", (int)size, part));
        part += size + (part[size] == '/');
    }
    return at;
}

static json_t *source_of(const struct operation *operation)
{
    const char *name;
    json_t *source;
    json_t *item = json_object_get(json_object_get(document, "paths"), operation->path);
    json_object_foreach(item, name, source) {
        if (strcasecmp(name, method_names[operation->method]) == 0) {
            return source;
        }
    }
    ck_abort_msg("%s is not in the document", operation->id);
    return NULL;
}

/* The example of the one media type that a body or an answer has; NULL where there is none. */
static json_t *example_in(json_t *node)
{
    const char *type;
    json_t *media;
    json_object_foreach(json_object_get(node, "content"), type, media) {
        return json_object_get(media, "example");
    }
    return NULL;
}

static json_t *body_example(const struct operation *operation)
{
    return example_in(json_object_get(source_of(operation), "requestBody"));
}

/* The answer that the contract documents as the success. */
static const struct response *success_of(const struct operation *operation)
{
    for (int i = 0; i < operation->response_count; i++) {
        if (operation->responses[i].status / 100 == 2) {
            return &operation->responses[i];
        }
    }
    ck_abort_msg("%s has no success", operation->id);
    return NULL;
}

static json_t *answer_example(const struct operation *operation)
{
    const char *status = text("%d", success_of(operation)->status);
    json_t *responses = json_object_get(source_of(operation), "responses");
    return example_in(resolved(json_object_get(responses, status)));
}

static json_t *parameter_example(const struct operation *operation, const char *name)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(source_of(operation), "parameters"), i, item) {
        json_t *parameter = resolved(item);
        if (strcmp(json_string_value(json_object_get(parameter, "name")), name) == 0) {
            return json_object_get(parameter, "example");
        }
    }
    return NULL;
}

/* --- every example fits ----------------------------------------------------------------------- */

static void fits(const struct operation *operation, const char *what, const struct schema *schema,
                 json_t *example)
{
    struct arena *arena = arena_new((size_t)1 << 24);
    struct request req = {.arena = arena};
    json_t *copy = json_deep_copy(example);
    ck_assert_msg(copy != NULL, "%s: no example of the %s", operation->id, what);
    bool good = schema_check_json(&req, schema, copy);
    json_decref(copy);
    ck_assert_msg(good, "%s: the example of the %s does not fit at %s", operation->id, what,
                  req.problem.flaw_count ? req.problem.flaws[0].name : "?");
    arena_free(arena);
}

START_TEST(every_operation_has_examples_that_fit)
{
    size_t count = 0;
    const struct operation *all = contract_operations(harness_contract(), &count);
    for (size_t i = 0; i < count; i++) {
        const struct response *success = success_of(&all[i]);
        if (all[i].body) {
            fits(&all[i], "request", all[i].body, body_example(&all[i]));
        }
        if (success->schema && strcmp(all[i].id, "contract_show") != 0) {
            fits(&all[i], "answer", success->schema, answer_example(&all[i]));
        }
    }
}
END_TEST

/* --- what is replaced --------------------------------------------------------------------------- */

static void keep_value(const char *name, size_t size, const char *value)
{
    ck_assert_int_lt(kept_count, MAX_KEPT);
    snprintf(kept[kept_count].name, sizeof kept->name, "%.*s", (int)size, name);
    snprintf(kept[kept_count++].value, sizeof kept->value, "%s", value);
}

/* @name means what was kept last under it; + stands for a blank. */
static const char *value_of(const char *word)
{
    for (int i = kept_count - 1; *word == '@' && i >= 0; i--) {
        if (strcmp(kept[i].name, word + 1) == 0) {
            return kept[i].value;
        }
    }
    ck_assert_msg(*word != '@', "%s was not kept", word);
    char *plain = (char *)text("%s", word);
    for (char *at = plain; *at; at++) {
        *at = *at == '+' ? ' ' : *at;
    }
    return plain;
}

static json_t *json_of(const char *value)
{
    bool number = *value && strspn(value, "-0123456789") == strlen(value) &&
                  !strchr(value + 1, '-') && strlen(value) < 10;
    if (strcmp(value, "true") == 0) {
        return json_true();
    }
    return number ? json_integer(strtoll(value, NULL, 10)) : json_string(value);
}

static void put(json_t *body, const char *pointer, const char *value)
{
    size_t size = strcspn(pointer, "/");
    while (pointer[size]) {
        const char *step = text("%.*s", (int)size, pointer);
        body = json_is_array(body) ? json_array_get(body, strtoul(step, NULL, 10))
                                   : json_object_get(body, step);
        pointer += size + 1;
        size = strcspn(pointer, "/");
    }
    if (json_is_array(body)) {
        json_array_set_new(body, strtoul(pointer, NULL, 10), json_of(value));
        return;
    }
    /* a period and a day stay text */
    json_t *old = json_object_get(body, pointer);
    json_object_set_new(body, pointer, json_is_string(old) ? json_string(value) : json_of(value));
}

static json_t *with_today(json_t *example)
{
    char *copy = json_dumps(example, JSON_COMPACT);
    const char *today = sql_text("select business_date()");
    for (char *at = strstr(copy, "\"2026-11-22\""); at; at = strstr(at, "\"2026-11-22\"")) {
        memcpy(++at, today, 10);
    }
    json_t *body = json_loads(copy, 0, NULL);
    free(copy);
    return body;
}

/* --- one request ------------------------------------------------------------------------------ */

struct trial {
    const struct operation *operation;
    const char *login;
    const char *words[MAX_WORDS];
};

static const char *word_with(const struct trial *trial, const char *start)
{
    for (int i = 0; trial->words[i]; i++) {
        if (strncmp(trial->words[i], start, strlen(start)) == 0) {
            return trial->words[i] + strlen(start);
        }
    }
    return NULL;
}

static const char *login_for(const struct operation *operation)
{
    static const struct {
        unsigned tier;
        const char *login;
    } logins[] = {{TIER_DISTRICT, "district.manager"},
                  {TIER_COMMUNE, "commune.manager"},
                  {TIER_PROVINCE, "province.manager"},
                  {TIER_NATION, "nation.manager"},
                  {TIER_AGENT, "agent.collector"}};
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
        if (operation->tiers & logins[i].tier) {
            return logins[i].login;
        }
    }
    return NULL;
}

/* An id as it stands in the path: the newest of the collection, unless the line says which. */
static const char *id_for(const struct trial *trial, const char *collection)
{
    const char *given = word_with(trial, "{id}=");
    if (given) {
        return value_of(given);
    }
    struct answer list = call(trial->login, "GET", collection, NULL);
    const json_t *id = member(expect_status(list, 200), "items.0.id");
    return json_is_string(id) ? json_string_value(id)
                              : text("%lld", (long long)json_integer_value(id));
}

static const char *target_of(const struct trial *trial)
{
    const struct operation *operation = trial->operation;
    const char *brace = strchr(operation->path, '{');
    const char *target = operation->path;
    if (brace) {
        const char *collection = text("%.*s", (int)(brace - target - 1), target);
        target = text("%s/%s%s", collection, id_for(trial, collection), strchr(brace, '}') + 1);
    }
    for (int i = 0; i < operation->parameter_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        const char *given = word_with(trial, text("?%s=", parameter->name));
        if (strcmp(parameter->in, "query") == 0 && (parameter->required || given)) {
            json_t *example = parameter_example(operation, parameter->name);
            const char *value = given ? value_of(given) : json_string_value(example);
            char *plus = (char *)text("%s", value ? value : "");
            for (char *at = plus; *at; at++) {
                *at = *at == ' ' ? '+' : *at;
            }
            target =
                text("%s%c%s=%s", target, strchr(target, '?') ? '&' : '?', parameter->name, plus);
        }
    }
    return target;
}

/* The rows of a table as CSV: the columns of the first row are those of all. */
static const char *table_of(json_t *rows)
{
    const char *lines = "";
    const char *names = "";
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        const char *name;
        json_t *value;
        const char *line = "";
        json_object_foreach(row, name, value) {
            names = i == 0 ? text("%s%s%s", names, *names ? "," : "", name) : names;
            const char *plain = json_is_string(value)
                                    ? json_string_value(value)
                                    : text("%lld", (long long)json_integer_value(value));
            line = text("%s%s\"%s\"", line, *line ? "," : "", plain);
        }
        lines = text("%s%s\n", lines, line);
    }
    return text("%s\n%s", names, lines);
}

static const char *body_of(const struct trial *trial)
{
    json_t *example = body_example(trial->operation);
    if (!example) {
        return NULL;
    }
    json_t *body = with_today(example);
    for (int i = 0; trial->words[i]; i++) {
        const char *equals = strchr(trial->words[i], '=');
        if (trial->words[i][0] == '/') {
            put(body, text("%.*s", (int)(equals - trial->words[i] - 1), trial->words[i] + 1),
                value_of(equals + 1));
        }
    }
    char *dumped = json_is_array(body) ? NULL : json_dumps(body, JSON_COMPACT);
    const char *out = dumped ? text("%s", dumped) : table_of(body);
    free(dumped);
    json_decref(body);
    return out;
}

/* --- one answer ------------------------------------------------------------------------------- */

/* The same members all the way down; null may stand for anything, and of a list the first counts. */
static void same_shape(const char *id, const char *place, const json_t *example,
                       const json_t *found)
{
    const char *name;
    json_t *value;
    if (json_is_null(example) || json_is_null(found)) {
        return;
    }
    ck_assert_msg(json_typeof(example) == json_typeof(found) ||
                      (json_is_number(example) && json_is_number(found)) ||
                      (json_is_boolean(example) && json_is_boolean(found)),
                  "%s%s is of another type than in its example", id, place);
    json_object_foreach((json_t *)example, name, value) {
        const json_t *same = json_object_get(found, name);
        ck_assert_msg(same != NULL, "%s%s/%s stands in the example only", id, place, name);
        same_shape(id, text("%s/%s", place, name), value, same);
    }
    json_object_foreach((json_t *)found, name, value) {
        ck_assert_msg(json_object_get(example, name) != NULL, "%s%s/%s is not in its example", id,
                      place, name);
    }
    if (json_array_size(example) > 0 && json_array_size(found) > 0) {
        same_shape(id, text("%s/0", place), json_array_get(example, 0), json_array_get(found, 0));
    }
}

/* What a job works at is asked for until it is there. */
static struct answer ask(const struct trial *trial, const char *method)
{
    struct answer answer = call(trial->login, method, target_of(trial), body_of(trial));
    for (int i = 0; trial->words[i]; i++) {
        const char *word = trial->words[i] + 1;
        size_t size = strcspn(word, "=");
        const char *name = text("%.*s", (int)size, word);
        while (word[-1] == '!' && strcmp(text_member(answer, name), word + size + 1) != 0) {
            ck_assert_str_ne(text_member(answer, name), "failed");
            answer = call(trial->login, method, target_of(trial), NULL);
        }
    }
    return answer;
}

static void try(const struct trial *trial)
{
    const struct operation *operation = trial->operation;
    const char *id = operation->id;
    struct answer answer = ask(trial, method_names[operation->method]);
    ck_assert_msg(answer.status == success_of(operation)->status, "%s answered %d: %.900s", id,
                  answer.status, answer.body);
    if (success_of(operation)->schema && strcmp(id, "contract_show") != 0) {
        same_shape(id, "", answer_example(operation), answer.json);
    }
    for (int i = 0; trial->words[i]; i++) {
        const char *word = trial->words[i] + 1;
        size_t size = strcspn(word, "=");
        if (word[-1] == '>') {
            keep_value(word, size, text_member(answer, word + size + 1));
        }
    }
    ck_assert_int_lt(tried_count, MAX_TRIED);
    tried[tried_count++] = id;
}

static void try_line(char *line)
{
    char *rest = NULL;
    struct trial trial = {0};
    const char *word = strtok_r(line, " \t\n", &rest);
    if (!word || *word == '#') {
        return;
    }
    trial.operation = contract_operation(harness_contract(), word);
    ck_assert_msg(trial.operation != NULL, "%s is no operation", word);
    word = strtok_r(NULL, " \t\n", &rest);
    trial.login = word && strcmp(word, "-") != 0 ? word : NULL;
    for (int i = 0; i < MAX_WORDS - 1 && (word = strtok_r(NULL, " \t\n", &rest)); i++) {
        trial.words[i] = word;
    }
    try(&trial);
}

static bool was_tried(const char *id)
{
    for (int i = 0; i < tried_count; i++) {
        if (strcmp(tried[i], id) == 0) {
            return true;
        }
    }
    return false;
}

/* The operation that ends the sessions of the one who asks comes last. */
START_TEST(every_example_is_answered_as_it_says)
{
    char line[512];
    size_t count = 0;
    const struct operation *all = contract_operations(harness_contract(), &count);
    const struct operation *last = contract_operation(harness_contract(), "session_delete_all");
    FILE *file = fopen("tests/examples.txt", "r");
    keep_value("held", 4, job_held("district.manager"));
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file)) {
        try_line(line);
    }
    fclose(file);
    for (size_t i = 0; i < count; i++) {
        if (!was_tried(all[i].id) && &all[i] != last) {
            try(&(struct trial){.operation = &all[i], .login = login_for(&all[i])});
        }
    }
    try(&(struct trial){.operation = last, .login = "district.viewer"});
    forget_token("district.viewer");
}
END_TEST

Suite *example_suite(void)
{
    Suite *suite = suite_create("example");
    TCase *tcase = tcase_create("example");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, open_document, close_document);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, every_operation_has_examples_that_fit);
    tcase_add_test(tcase, every_example_is_answered_as_it_says);
    suite_add_tcase(suite, tcase);
    return suite;
}
