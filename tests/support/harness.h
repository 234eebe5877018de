/* What the tests over HTTP stand on: a fresh database, the real binary on a free port, and a client
 * that signs in once per login and holds every reply against the contract. */
#ifndef ANSINH_TEST_HARNESS_H
#define ANSINH_TEST_HARNESS_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <sys/types.h>

#include "middleware/contract.h"

struct answer {
    int status;
    json_t *json; /* NULL when the body is not JSON */
    const char *body;
    size_t size;
    const char *headers; /* raw */
};

/* Starts everything once for the whole run; stops it at the end. */
bool harness_start(void);
void harness_stop(void);

/* A request as `login` (NULL: without a token). `body` is text of the operation's media type (mostly
 * JSON) or NULL; writes carry a fresh Idempotency-Key, and `If-Match: *`
 * where the operation requires one. The answer lives until the next harness_forget(). */
struct answer call(const char *login, const char *method, const char *path, const char *body);
/* The same with headers of the caller's own ("Name: value", NULL-terminated) instead of the key. */
struct answer call_with(const char *login, const char *method, const char *path, const char *body,
                        const char *const *headers);
/* Fails the test when the status is another one, showing the body. */
struct answer expect_status(struct answer answer, int status);
/* Fails the test unless the answer is this problem. */
void expect_problem(struct answer answer, int status, const char *code);
/* A member by dotted path ("self.assignee.kind"); the test fails when it is missing. */
const json_t *member(struct answer answer, const char *path);
const char *text_member(struct answer answer, const char *path);
json_int_t integer_member(struct answer answer, const char *path);
/* The value of a response header, or NULL. */
const char *answer_header(struct answer answer, const char *name);

const char *token_of(const char *login);
/* The login signs in anew the next time. */
void forget_token(const char *login);
/* printf into memory that harness_forget() releases. */
const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
void harness_forget(void);

/* The database behind the server, as superuser: to arrange what no operation can, and to look. */
PGconn *database(void);
const char *sql_text(const char *sql);
const char *harness_database_url(void);

unsigned server_port_number(void);
const char *base_url(void);
/* With the line of the last answer in it. */
const char *server_log_path(void);
/* No line of it has this. */
void expect_unlogged(const char *what);
const struct contract *harness_contract(void);
/* The operation that a request is for, or NULL; and the type of its body. */
const struct operation *harness_operation(const char *method, const char *path);
const char *harness_media_type(const char *method, const char *path);
/* Operations that never answered with the status that the contract documents as their success. */
int harness_unhit_operations(void (*report)(const char *operation));

/* Runs the program with arguments and extra "NAME=value" settings, waits, returns its exit status;
 * stdout and stderr go to *output (released by harness_forget). */
int run_program(const char *const *arguments, const char *const *settings, const char **output);
/* Starts a second server with other settings; the port it printed, or 0. Stop it with stop_program. */
pid_t start_program(const char *const *settings, unsigned *port);
/* The same on a socket that listens already, as systemd hands it over. */
pid_t start_program_on(int listening, const char *const *settings, unsigned *port);
/* Puts into the environment what every server of the tests is started with. */
void harness_environment(void);
/* Sends the signal and waits for the exit status. */
int stop_program(pid_t pid, int signal_number);

#endif
