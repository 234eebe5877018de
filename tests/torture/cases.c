/* The lines of cases.txt. */
#include "tests/torture/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

enum { MAX_NAMES = 64, LINE_ROOM = 8192 };

static struct arena *memory;
static struct torture_case cases[MAX_CASES];
static size_t case_count;

/* What a line "name = …" got. */
static struct {
    const char *name;
    struct answer answer;
    const char *value; /* of a statement */
} names[MAX_NAMES];
static int name_count;

/* --- names ----------------------------------------------------------------------------------- */

/* "plan.assignment.id", "plan#ETag", or the value of a statement. */
static const char *value_of(const char *reference)
{
    size_t size = strcspn(reference, ".#");
    for (int i = 0; i < name_count; i++) {
        if (strlen(names[i].name) != size || strncmp(names[i].name, reference, size) != 0) {
            continue;
        }
        if (names[i].value) {
            return names[i].value;
        }
        if (reference[size] == '#') {
            return answer_header(names[i].answer, reference + size + 1);
        }
        const json_t *found = member(names[i].answer, reference + size + 1);
        return json_is_integer(found) ? text("%lld", (long long)json_integer_value(found))
                                      : json_string_value(found);
    }
    ck_abort_msg("nothing is named %s", reference);
}

/* <name.member> becomes its value, \n a line feed. */
static const char *filled(const char *source)
{
    char out[LINE_ROOM] = "";
    size_t size = 0;
    while (*source && size < sizeof out - 1) {
        const char *end = *source == '<' ? strchr(source, '>') : NULL;
        if (end) {
            const char *value = value_of(text("%.*s", (int)(end - source - 1), source + 1));
            size += (size_t)snprintf(out + size, sizeof out - size, "%s", value);
            source = end + 1;
        } else if (source[0] == '\\' && source[1] == 'n') {
            out[size++] = '\n';
            source += 2;
        } else {
            out[size++] = *source++;
        }
    }
    ck_assert_uint_lt(size, sizeof out);
    return arena_strndup(memory, out, size);
}

/* --- lines ----------------------------------------------------------------------------------- */

static char *word(char **rest)
{
    char *found = strsep(rest, " ");
    ck_assert_msg(found && *found, "a line of cases.txt is short");
    *rest = *rest ? *rest + strspn(*rest, " ") : NULL;
    return found;
}

static const char *operation_of(const char *method, const char *path, bool *takes_key)
{
    const struct operation *operation = harness_operation(method, path);
    *takes_key = operation && operation_takes_key(operation);
    return operation ? operation->id : "-";
}

static void read_request(char *rest, struct torture_case *out)
{
    const char *login = word(&rest);
    out->login = strcmp(login, "-") == 0 ? NULL : arena_strdup(memory, login);
    out->method = arena_strdup(memory, word(&rest));
    out->path = filled(word(&rest));
    out->body = rest && *rest ? filled(rest) : NULL;
    out->operation = operation_of(out->method, out->path, &out->takes_key);
}

static void read_name(char *name, char *rest)
{
    ck_assert_int_lt(name_count, MAX_NAMES);
    names[name_count].name = arena_strdup(memory, name);
    names[name_count].value = NULL;
    if (strncmp(rest, "sql ", 4) == 0) {
        names[name_count].value = arena_strdup(memory, sql_text(filled(rest + 4)));
    } else {
        struct torture_case request;
        read_request(rest, &request);
        struct answer answer = call(request.login, request.method, request.path, request.body);
        ck_assert_msg(answer.status < 300, "%s: %d %.500s", name, answer.status, answer.body);
        names[name_count].answer = answer;
    }
    name_count++;
}

static void read_line(char *line)
{
    struct torture_case *next = &cases[case_count];
    char *rest = line;
    if (!*line || *line == '#') {
        return;
    }
    char *equals = strstr(line, " = ");
    if (equals && equals == line + strcspn(line, " ")) {
        *equals = '\0';
        read_name(line, equals + 3);
        return;
    }
    ck_assert_uint_lt(case_count, MAX_CASES);
    *next = (struct torture_case){0};
    next->cold = strncmp(rest, "cold ", 5) == 0;
    rest += next->cold ? 5 : 0;
    next->in_parts = strncmp(rest, "parts ", 6) == 0;
    rest += next->in_parts ? 6 : 0;
    if (strncmp(rest, "if-match=", 9) == 0) {
        next->match = filled(word(&rest) + 9);
    }
    read_request(rest, next);
    case_count++;
}

/* --- operations without a line ---------------------------------------------------------------- */

static const char *login_for(unsigned tiers)
{
    static const struct {
        unsigned tier;
        const char *login;
    } logins[] = {{TIER_NATION, "nation.manager"},
                  {TIER_PROVINCE, "province.manager"},
                  {TIER_DISTRICT, "district.manager"},
                  {TIER_COMMUNE, "commune.manager"},
                  {TIER_AGENT, "agent.collector"}};
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
        if (tiers & logins[i].tier) {
            return logins[i].login;
        }
    }
    return NULL;
}

/* An id that nobody has for each {name}. */
static const char *concrete(const char *path)
{
    const char *out = "";
    while (*path) {
        size_t plain = strcspn(path, "{");
        bool named = path[plain] == '{';
        out = text("%s%.*s%s", out, (int)plain, path,
                   named ? "01a201a1-0000-7000-8000-00000000aaaa" : "");
        path += plain + (named ? strcspn(path + plain, "}") + 1 : 0);
    }
    return arena_strdup(memory, out);
}

static bool has_line(const char *operation)
{
    for (size_t i = 0; i < case_count; i++) {
        if (strcmp(cases[i].operation, operation) == 0) {
            return true;
        }
    }
    return false;
}

/* At least its gates, and the whole of a list that takes no parameters. */
static void add_unlisted(void)
{
    size_t count = 0;
    const struct operation *all = contract_operations(harness_contract(), &count);
    for (size_t i = 0; i < count; i++) {
        if (has_line(all[i].id)) {
            continue;
        }
        ck_assert_uint_lt(case_count, MAX_CASES);
        cases[case_count++] = (struct torture_case){.in_parts = true,
                                                    .login = login_for(all[i].tiers),
                                                    .method = method_names[all[i].method],
                                                    .path = concrete(all[i].path),
                                                    .body = all[i].body ? "{}" : NULL,
                                                    .operation = all[i].id,
                                                    .takes_key = operation_takes_key(&all[i])};
    }
}

void cases_read(void)
{
    char line[LINE_ROOM];
    FILE *file = fopen("tests/torture/cases.txt", "r");
    ck_assert_ptr_nonnull(file);
    memory = arena_new((size_t)1 << 30);
    case_count = 0;
    name_count = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        read_line(line);
    }
    fclose(file);
    add_unlisted();
}

void cases_forget(void)
{
    arena_free(memory);
    memory = NULL;
}

size_t cases_count(void)
{
    return case_count;
}

const struct torture_case *case_at(size_t index)
{
    return &cases[index];
}

const char *case_bytes(const struct torture_case *which, const char *key)
{
    const char *media = harness_media_type(which->method, which->path);
    const char *token =
        which->login ? text("Authorization: Bearer %s\r\n", token_of(which->login)) : "";
    const char *head = text("%s %s HTTP/1.1\r\nHost: torture\r\nConnection: close\r\n"
                            "X-Request-Id: torture-request\r\n%s",
                            which->method, which->path, token);
    if (strcmp(which->method, "GET") == 0) {
        return text("%s\r\n", head);
    }
    head = which->match ? text("%sIf-Match: %s\r\n", head, which->match) : head;
    head = which->takes_key ? text("%sIdempotency-Key: %s\r\n", head, key) : head;
    return which->body ? text("%sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", head, media,
                              strlen(which->body), which->body)
                       : text("%sContent-Length: 0\r\n\r\n", head);
}
