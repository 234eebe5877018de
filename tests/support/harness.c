/* A fresh database, the real binary, and a client that holds every reply against the contract. */
#include "tests/support/harness.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "embedded.h"
#include "middleware/arena.h"
#include "middleware/problem.h"
#include "middleware/request.h"
#include "tests/support/suites.h"

#define DEMO_PASSWORD "test-password-2026"
#define TOKEN_KEYS                                                                                 \
    "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"                          \
    ",k0:2021222324252627282930313233343536373839404142434445464748494a4b"

enum { MAX_LOGINS = 64, MAX_OPERATIONS = 256 };

static struct arena *memory;
static struct contract *contract;
static PGconn *pg;
static pid_t server;
static unsigned port;
static CURL *curl;
static char log_path[64];
static char last_request_id[80];
static char database_url[512];
static struct {
    char login[64];
    char *token;
} tokens[MAX_LOGINS];
static bool hit[MAX_OPERATIONS];

const char *text(const char *format, ...)
{
    char *out = NULL;
    va_list args;
    va_start(args, format);
    int size = vasprintf(&out, format, args);
    va_end(args);
    ck_assert_int_ge(size, 0);
    arena_defer(memory, free, out);
    return out;
}

void harness_forget(void)
{
    arena_free(memory);
    memory = arena_new((size_t)1 << 30);
}

const char *harness_database_url(void)
{
    return database_url;
}

unsigned server_port_number(void)
{
    return port;
}

const char *base_url(void)
{
    return text("http://127.0.0.1:%u", port);
}

static bool log_holds(const char *what)
{
    char line[8192];
    bool found = false;
    FILE *log = fopen(log_path, "r");
    while (log && !found && fgets(line, sizeof line, log)) {
        found = strstr(line, what) && strchr(line, '\n');
    }
    if (log) {
        fclose(log);
    }
    return found;
}

/* Lines are written some milliseconds after their answers. */
const char *server_log_path(void)
{
    uint64_t until = monotonic_ns() + 10000000000u;
    while (*last_request_id && !log_holds(last_request_id) && monotonic_ns() < until) {
        sched_yield();
    }
    return log_path;
}

void expect_unlogged(const char *what)
{
    ck_assert_int_eq(access(server_log_path(), R_OK), 0);
    ck_assert_msg(!log_holds(what), "%s is logged", what);
}

const struct contract *harness_contract(void)
{
    return contract;
}

PGconn *database(void)
{
    return pg;
}

const char *sql_text(const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    ck_assert_msg(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK, "%s: %s", sql,
                  PQresultErrorMessage(result));
    arena_defer(memory, (void (*)(void *))PQclear, result);
    return PQntuples(result) ? PQgetvalue(result, 0, 0) : "";
}

/* --- programs ------------------------------------------------------------------------------- */

void harness_environment(void)
{
    setenv("DATABASE_URL", database_url, 1);
    setenv("ANSINH_TOKEN_KEYS", TOKEN_KEYS, 1);
    setenv("ANSINH_DEMO_PASSWORD", DEMO_PASSWORD, 1);
    setenv("ANSINH_LISTEN", "127.0.0.1:0", 1);
    setenv("ANSINH_USER_RATE", "1000000", 1); /* a few logins do in a minute what thousands would */
    setenv("ANSINH_ADDRESS_RATE", "1000000", 1);
}

static void set_environment(const char *const *settings)
{
    harness_environment();
    for (int i = 0; settings && settings[i]; i++) {
        putenv(strdup(settings[i]));
    }
}

/* The protocol of systemd: the socket is the descriptor 3, and meant for this process alone. */
static void hand_over(int listening)
{
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "1", 1);
    dup2(listening, 3);
}

static pid_t spawn(const char *const *arguments, const char *const *settings, int listening,
                   int out, int err)
{
    const char *binary = getenv("ANSINH_TEST_BINARY");
    const char *argv[8] = {binary};
    for (int i = 0; arguments && arguments[i] && i < 6; i++) {
        argv[i + 1] = arguments[i];
    }
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a run that is aborted leaves no server behind */
        set_environment(settings);
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        if (listening >= 0) {
            hand_over(listening);
        }
        execv(binary, (char *const *)argv);
        _exit(127);
    }
    return pid;
}

static int exit_status(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run_program(const char *const *arguments, const char *const *settings, const char **output)
{
    FILE *file = tmpfile();
    pid_t pid = spawn(arguments, settings, -1, fileno(file), fileno(file));
    int status = exit_status(pid);
    long size = ftell(file);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    char *all = arena_alloc(memory, (size_t)size + 1);
    size_t got = fread(all, 1, (size_t)size, file);
    all[got] = '\0';
    fclose(file);
    if (output) {
        *output = all;
    }
    return status;
}

/* The server says on its first line where it listens; reading that line is the waiting. */
pid_t start_program_on(int listening, const char *const *settings, unsigned *bound)
{
    int pipes[2];
    char line[256] = "";
    int log = open(log_path, O_CREAT | O_APPEND | O_WRONLY, 0600);
    *bound = 0;
    if (log < 0 || pipe2(pipes, O_CLOEXEC)) {
        return -1;
    }
    pid_t pid = spawn(NULL, settings, listening, pipes[1], log);
    close(pipes[1]);
    close(log);
    FILE *out = fdopen(pipes[0], "r");
    if (fgets(line, sizeof line, out)) {
        const char *at = strstr(line, "http://");
        size_t size = at ? strcspn(at, " ") : 0;
        const char *colon = at ? memrchr(at, ':', size) : NULL;
        *bound = colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
    }
    fclose(out);
    return pid;
}

pid_t start_program(const char *const *settings, unsigned *bound)
{
    return start_program_on(-1, settings, bound);
}

int stop_program(pid_t pid, int signal_number)
{
    kill(pid, signal_number);
    return exit_status(pid);
}

/* --- the client ----------------------------------------------------------------------------- */

struct bytes {
    char *data;
    size_t size;
};

static size_t collect(char *data, size_t unit, size_t count, void *into)
{
    struct bytes *bytes = into;
    size_t more = unit * count;
    char *grown = arena_alloc(memory, bytes->size + more + 1);
    if (bytes->size) {
        memcpy(grown, bytes->data, bytes->size);
    }
    memcpy(grown + bytes->size, data, more);
    bytes->data = grown;
    bytes->size += more;
    return more;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    return curl_slist_append(list, text("%s: %s", name, value));
}

static struct answer perform(const char *method, const char *path, const char *body,
                             struct curl_slist *headers)
{
    struct bytes content = {0};
    struct bytes head = {0};
    long status = 0;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, text("http://127.0.0.1:%u%s", port, path));
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_NOBODY, strcmp(method, "HEAD") == 0 ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &content);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &head);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
    CURLcode code = curl_easy_perform(curl);
    ck_assert_msg(code == CURLE_OK, "%s %s: %s", method, path, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    struct answer answer = {.status = (int)status,
                            .body = content.data ? content.data : "",
                            .size = content.size,
                            .headers = head.data ? head.data : ""};
    const char *id = answer_header(answer, "X-Request-Id");
    snprintf(last_request_id, sizeof last_request_id, "%s", id ? id : "");
    answer.json = json_loadb(answer.body, answer.size, 0, NULL);
    if (answer.json) {
        arena_defer(memory, (void (*)(void *))json_decref, answer.json);
    }
    return answer;
}

/* --- every reply against the contract ------------------------------------------------------- */

static bool path_matches(const char *pattern, const char *path)
{
    size_t size = strcspn(path, "?");
    const char *end = path + size;
    while (*pattern && path < end) {
        if (*pattern == '{') {
            pattern += strcspn(pattern, "}") + 1;
            path += strcspn(path, "/?");
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return !*pattern && path == end;
}

static const struct operation *operation_of(const char *method, const char *path, size_t *index)
{
    size_t count = 0;
    const struct operation *all = contract_operations(contract, &count);
    for (*index = 0; *index < count; (*index)++) {
        const struct operation *one = &all[*index];
        if (strcmp(method_names[one->method], method) == 0 && path_matches(one->path, path)) {
            return one;
        }
    }
    return NULL;
}

static const struct response *response_of(const struct operation *operation, int status)
{
    const struct response *standard = NULL;
    for (int i = 0; i < operation->response_count; i++) {
        if (operation->responses[i].status == status) {
            return &operation->responses[i];
        }
        if (operation->responses[i].status == 0) {
            standard = &operation->responses[i];
        }
    }
    return standard;
}

static void hold_against_contract(const char *method, const char *path, struct answer answer)
{
    size_t index = 0;
    const struct operation *operation = operation_of(method, path, &index);
    if (!operation) {
        return;
    }
    const struct response *response = response_of(operation, answer.status);
    ck_assert_msg(response != NULL, "%s answered %d, which is not documented", operation->id,
                  answer.status);
    if (answer.status < 300) {
        hit[index] = true;
    }
    if (answer.status != 412) { /* of a row that is not there any more there is none */
        ck_assert_msg(response->tagged == (answer_header(answer, "ETag") != NULL),
                      "%s %d: with an ETag or without one?", operation->id, answer.status);
    }
    const char *next = json_string_value(json_object_get(answer.json, "next_cursor"));
    const char *link = answer_header(answer, "Link");
    ck_assert_msg(next ? link && strstr(link, next) : !link, "%s: Link %s", operation->id, link);
    /* The contract itself has texts of many lines, which the checker refuses in what people send. */
    if (!response->schema || strcmp(operation->id, "contract_show") == 0) {
        return;
    }
    struct request req = {.arena = memory};
    json_t *copy = json_deep_copy(answer.json);
    bool fits = copy && schema_check_json(&req, response->schema, copy);
    json_decref(copy);
    ck_assert_msg(fits, "%s %d does not fit the contract at %s (%s): %.900s", operation->id,
                  answer.status, req.problem.flaw_count ? req.problem.flaws[0].name : "?",
                  req.problem.flaw_count ? flaw_rows[req.problem.flaws[0].kind].code : "?",
                  answer.body);
}

int harness_unhit_operations(void (*report)(const char *operation))
{
    size_t count = 0;
    int missing = 0;
    const struct operation *all = contract_operations(contract, &count);
    for (size_t i = 0; i < count; i++) {
        if (!hit[i]) {
            report(all[i].id);
            missing++;
        }
    }
    return missing;
}

const struct operation *harness_operation(const char *method, const char *path)
{
    size_t index = 0;
    return operation_of(method, path, &index);
}

const char *harness_media_type(const char *method, const char *path)
{
    const struct operation *operation = harness_operation(method, path);
    return operation && operation->media_type ? operation->media_type : media_json;
}

struct answer call_with(const char *login, const char *method, const char *path, const char *body,
                        const char *const *headers)
{
    struct curl_slist *list = NULL;
    if (body) {
        list = add_header(list, "Content-Type", harness_media_type(method, path));
    }
    if (login) {
        list = add_header(list, "Authorization", text("Bearer %s", token_of(login)));
    }
    for (int i = 0; headers && headers[i]; i++) {
        list = curl_slist_append(list, headers[i]);
    }
    struct answer answer = perform(method, path, body, list);
    curl_slist_free_all(list);
    hold_against_contract(method, path, answer);
    return answer;
}

/* Whatever stands there is meant, where the operation asks; NULL where it does not. */
static const char *guard_of(const char *method, const char *path)
{
    size_t index = 0;
    const struct operation *operation = operation_of(method, path, &index);
    for (int i = 0; operation && i < operation->parameter_count; i++) {
        if (strcmp(operation->parameters[i].name, "If-Match") == 0 &&
            operation->parameters[i].required) {
            return "If-Match: *";
        }
    }
    return NULL;
}

struct answer call(const char *login, const char *method, const char *path, const char *body)
{
    char key[37];
    uuid7_text(key);
    const char *const keyed[] = {text("Idempotency-Key: %s", key), guard_of(method, path), NULL};
    return call_with(login, method, path, body, strcmp(method, "GET") == 0 ? NULL : keyed);
}

/* Where the token of a login is, or can be. */
static int place_of(const char *login)
{
    int empty = MAX_LOGINS;
    for (int i = 0; i < MAX_LOGINS; i++) {
        if (tokens[i].token && strcmp(tokens[i].login, login) == 0) {
            return i;
        }
        if (!tokens[i].token && empty == MAX_LOGINS) {
            empty = i;
        }
    }
    return empty;
}

const char *token_of(const char *login)
{
    int i = place_of(login);
    ck_assert_int_lt(i, MAX_LOGINS);
    if (!tokens[i].token) {
        struct answer answer =
            call_with(NULL, "POST", "/v1/sessions",
                      text("{\"username\":\"%s\",\"password\":\"%s\"}", login, DEMO_PASSWORD),
                      NULL);
        expect_status(answer, 201);
        snprintf(tokens[i].login, sizeof tokens[i].login, "%s", login);
        tokens[i].token = strdup(text_member(answer, "access_token"));
    }
    return tokens[i].token;
}

void forget_token(const char *login)
{
    for (int i = 0; i < MAX_LOGINS; i++) {
        if (tokens[i].token && strcmp(tokens[i].login, login) == 0) {
            free(tokens[i].token);
            tokens[i].token = NULL;
            tokens[i].login[0] = '\0';
        }
    }
}

struct answer expect_status(struct answer answer, int status)
{
    ck_assert_msg(answer.status == status, "expected %d, got %d: %.900s", status, answer.status,
                  answer.body);
    return answer;
}

void expect_problem(struct answer answer, int status, const char *code)
{
    expect_status(answer, status);
    ck_assert_str_eq(text_member(answer, "code"), code);
    ck_assert_str_eq(answer_header(answer, "Content-Type"), "application/problem+json");
}

const json_t *member(struct answer answer, const char *path)
{
    const json_t *at = answer.json;
    for (const char *part = path; *part;) {
        size_t size = strcspn(part, ".");
        const char *name = text("%.*s", (int)size, part);
        at = json_is_array(at) ? json_array_get(at, (size_t)strtoul(name, NULL, 10))
                               : json_object_get(at, name);
        ck_assert_msg(at != NULL, "no member %s in %.900s", path, answer.body);
        part += size + (part[size] == '.');
    }
    return at;
}

const char *text_member(struct answer answer, const char *path)
{
    const json_t *value = member(answer, path);
    ck_assert_msg(json_is_string(value), "%s is no text in %.900s", path, answer.body);
    return json_string_value(value);
}

json_int_t integer_member(struct answer answer, const char *path)
{
    const json_t *value = member(answer, path);
    ck_assert_msg(json_is_integer(value), "%s is no integer in %.900s", path, answer.body);
    return json_integer_value(value);
}

const char *answer_header(struct answer answer, const char *name)
{
    for (const char *line = answer.headers; *line; line += strcspn(line, "\n") + 1) {
        size_t size = strlen(name);
        if (strncasecmp(line, name, size) == 0 && line[size] == ':') {
            const char *value = line + size + 1;
            value += strspn(value, " ");
            return text("%.*s", (int)strcspn(value, "\r\n"), value);
        }
        if (!strchr(line, '\n')) {
            break;
        }
    }
    return NULL;
}

/* --- start and stop ------------------------------------------------------------------------- */

static bool load_contract(void)
{
    char *error = NULL;
    for (size_t i = 0; i < embedded_file_count; i++) {
        if (strcmp(embedded_files[i].name, "openapi.json") == 0) {
            contract = contract_new(embedded_files[i].data, embedded_files[i].size, &error);
        }
    }
    if (!contract) {
        fprintf(stderr, "contract: %s\n", error ? error : "missing");
        free(error);
    }
    return contract != NULL;
}

bool harness_start(void)
{
    const char *url = getenv("ANSINH_TEST_DATABASE_URL");
    const char *const migrate[] = {"migrate", NULL};
    const char *const demo[] = {"demo", NULL};
    const char *output = "";
    memory = arena_new((size_t)1 << 30);
    if (!url || !getenv("ANSINH_TEST_BINARY") || curl_global_init(CURL_GLOBAL_DEFAULT) ||
        !load_contract()) {
        fputs("tests run through `make test`\n", stderr);
        return false;
    }
    snprintf(database_url, sizeof database_url, "%s", url);
    snprintf(log_path, sizeof log_path, "%s-test.log", getenv("ANSINH_TEST_BINARY"));
    unlink(log_path);
    curl = curl_easy_init();
    if (run_program(migrate, NULL, &output) || run_program(demo, NULL, &output)) {
        fprintf(stderr, "%s", output);
        return false;
    }
    pg = PQconnectdb(database_url);
    server = start_program(NULL, &port);
    if (!port) {
        fprintf(stderr, "the server did not start, see %s\n", log_path);
    }
    return port != 0;
}

void harness_stop(void)
{
    if (server > 0) {
        int status = stop_program(server, SIGTERM);
        if (status != 0) {
            fprintf(stderr, "the server ended with %d, see %s\n", status, log_path);
            exit(1);
        }
    }
    for (int i = 0; i < MAX_LOGINS; i++) {
        free(tokens[i].token);
    }
    PQfinish(pg);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    contract_free(contract);
    arena_free(memory);
}
