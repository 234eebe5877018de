/* The log of all servers of the whole run, line by line: JSON, of the members and forms that are known, and
 * nothing in it of what people are called, what they know and which numbers they have. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/routes.h"
#include "middleware/problem.h"
#include "middleware/shed.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

/* --- what must not be there ------------------------------------------------------------------- */

#define NAME "Siu Hnhung Sentinel"
#define NUMBER "079198765432"
#define OLD_NUMBER "7919876543"
#define PHONE "0987612345"
#define PASSWORD "sentinel-password"
#define JWT                                                                                        \
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzZW50aW5lbCJ9.c2VudGluZWwtc2VudGluZWwtc2VudGluZWwtc2VudGlu"

static const char *const secrets[] = {
    "entinel",  "SENTINEL", NUMBER,      OLD_NUMBER,  PHONE,      "eyJ",
    "c2VudGlu", "Bearer",   "word-2026", "$argon2id", "00010203", "20212223",
    "cookie",   "Mozilla",  "10.9.8.7",  "full_name", "2001:db8",
};

// clang-format off
/* In every place of a request that a client can fill. */
static const char *const heads[] = {
    "Authorization: Bearer " JWT,
    "Authorization: Basic c2VudGluZWw6c2VudGluZWw=",
    "Cookie: session=sentinel\r\nUser-Agent: Mozilla/5.0 (" NAME ")\r\nX-Forwarded-For: 10.9.8.7, 2001:db8::7",
    "X-Request-Id: " NUMBER "\r\ntraceparent: 00-sentinel-sentinel-01\r\ntracestate: sentinel=1",
    "Idempotency-Key: sentinel-" NUMBER "\r\nAccept-Language: sentinel",
    "If-Match: \"sentinel\"\r\nReferer: http://a/?q=" PHONE,
};
static const char body[] =
    "{\"full_name\":\"" NAME "\",\"personal_id_number\":\"" NUMBER "\",\"social_insurance_number\":\"" OLD_NUMBER
    "\",\"phone\":\"" PHONE "\",\"password\":\"" PASSWORD "\",\"username\":\"sentinel\",\"refresh_token\":\"" JWT
    "\",\"person\":{\"full_name\":\"" NAME "\"}}";
// clang-format on
enum { HEADS = sizeof heads / sizeof *heads };

/* The path of a route with something in the place of its names. */
static const char *filled(const char *path, const char *value)
{
    const char *out = "";
    while (*path) {
        size_t size = strcspn(path, "{");
        out = text("%s%.*s%s", out, (int)size, path, path[size] ? value : "");
        path += size + (path[size] ? strcspn(path + size, "}") + 1 : 0);
    }
    return out;
}

static void ask(const char *method, const char *target, const char *login, const char *head)
{
    const char *token = login ? text("Authorization: Bearer %s\r\n", token_of(login)) : "";
    bool writes = strcmp(method, "GET") != 0;
    int fd = wire_open(server_port_number());
    wire_send(fd,
              text("%s %s HTTP/1.1\r\nHost: a\r\n%s%s\r\n%sContent-Length: %zu\r\n\r\n%s", method,
                   target, token, head, writes ? "Content-Type: application/json\r\n" : "",
                   writes ? strlen(body) : 0, writes ? body : ""));
    ck_assert_int_ne(wire_status(wire_reply(fd)), 0);
    close(fd);
}

START_TEST(secrets_in_every_place_of_every_request)
{
    static const char *const values[] = {NUMBER, "sentinel", "0190-sentinel", "%c6%af%20sentinel"};
    static const char *const logins[] = {NULL, "commune.officer", "agent.collector",
                                         "nation.manager"};
    for (size_t i = 0; i < route_count; i++) {
        const char *method = method_names[routes[i].method];
        for (int n = 0; n < HEADS; n++) {
            const char *target =
                text("%s?q=sentinel&name=" PHONE, filled(routes[i].path, values[n % 4]));
            ask(method, n % 2 ? target : filled(routes[i].path, values[n % 4]),
                n < 2 ? NULL : logins[n % 4], heads[n]);
        }
        harness_forget();
    }
    ask("SENTINEL", "/sentinel/" NUMBER, NULL, heads[0]);
    ask("GET", "/v1/sentinel", NULL, heads[0]);
}
END_TEST

/* And where they belong. */
START_TEST(secrets_that_are_taken_and_kept)
{
    const char *person =
        text("{\"full_name\":\"" NAME "\",\"date_of_birth\":\"1998\",\"sex\":\"male\","
             "\"personal_id_number\":\"079098765432\","
             "\"social_insurance_number\":\"" OLD_NUMBER "\",\"phone\":\"" PHONE "\"}");
    struct answer made = call(
        "agent.collector", "POST", "/v1/enrolments",
        text(
            "{\"scheme\":\"vsi\",\"hamlet_id\":900101,\"months\":3,\"paid_on\":\"%s\",\"person\":%s}",
            sql_text("select business_date()"), person));
    const char *id = text_member(expect_status(made, 201), "person.id");
    expect_status(call("commune.officer", "GET", "/v1/people?q=siu+hnhung+sentinel", NULL), 200);
    expect_status(call("commune.officer", "GET",
                       text("/v1/people/%s?reveal=identity&purpose=renewal", id), NULL),
                  200);
    struct answer account =
        call("district.manager", "POST", "/v1/users",
             "{\"username\":\"sentinel\",\"full_name\":\"" NAME "\",\"duty\":\"viewer\",\"place\":{"
             "\"unit_id\":123173}}");
    const char *user = text_member(expect_status(account, 201), "id");
    struct answer reset = call("district.manager", "POST", text("/v1/users/%s/reset", user), NULL);
    const char *one_time = text_member(expect_status(reset, 200), "one_time_password");
    struct answer session = call_with(
        NULL, "POST", "/v1/sessions",
        text("{\"username\":\"sentinel\",\"password\":\"%s\",\"new_password\":\"" PASSWORD "\"}",
             one_time),
        NULL);
    const char *refresh = text_member(expect_status(session, 201), "refresh_token");
    expect_status(call_with(NULL, "POST", "/v1/sessions/refresh",
                            text("{\"refresh_token\":\"%s\"}", refresh), NULL),
                  201);
}
END_TEST

/* --- what may be there ------------------------------------------------------------------------ */

static bool is_form(const char *value, const char *form)
{
    size_t i = 0;
    for (; form[i] && value[i]; i++) {
        bool fits = form[i] == 'x'   ? isdigit(value[i]) || (value[i] >= 'a' && value[i] <= 'f')
                    : form[i] == '0' ? isdigit(value[i]) != 0
                                     : form[i] == value[i];
        if (!fits) {
            return false;
        }
    }
    return !form[i] && !value[i];
}

static bool is_time(const char *value)
{
    return is_form(value, "0000-00-00T00:00:00.000Z");
}

static bool is_level(const char *value)
{
    return !strcmp(value, "info") || !strcmp(value, "warning") || !strcmp(value, "error") ||
           !strcmp(value, "fatal");
}

static bool is_uuid(const char *value)
{
    return is_form(value, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

static bool is_trace(const char *value)
{
    return is_form(value, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
}

static bool is_span(const char *value)
{
    return is_form(value, "xxxxxxxxxxxxxxxx");
}

static bool is_method(const char *value)
{
    bool known = strcmp(value, "-") == 0;
    for (int m = 0; m < METHOD_COUNT; m++) {
        known |= strcmp(method_names[m], value) == 0;
    }
    return known;
}

static bool is_template(const char *value)
{
    bool known = strcmp(value, "-") == 0;
    for (size_t i = 0; i < route_count; i++) {
        known |= strcmp(routes[i].path, value) == 0;
    }
    for (size_t i = 0; i < admin_route_count; i++) {
        known |= strcmp(admin_routes[i].path, value) == 0;
    }
    return known;
}

static bool is_code(const char *value)
{
    bool known = false;
    for (int i = 0; i < PROBLEM_COUNT; i++) {
        known |= strcmp(problem_rows[i].code, value) == 0;
    }
    return known;
}

static bool is_cause(const char *value)
{
    bool known = false;
    for (int i = 1; i < CAUSE_COUNT; i++) {
        known |= strcmp(cause_names[i], value) == 0;
    }
    return known;
}

/* Words that have no form: all different ones of them. */
static struct words {
    size_t count;
    char *all[4000];
} words;

static bool is_words(const char *value)
{
    for (const char *at = value; *at; at++) {
        size_t digits = strspn(at, "0123456789");
        if ((unsigned char)*at >= 0x80 || (digits >= 9 && digits <= 12)) {
            return false;
        }
        at += digits > 1 ? digits - 1 : 0;
    }
    for (size_t i = 0; i < words.count; i++) {
        if (strcmp(words.all[i], value) == 0) {
            return true;
        }
    }
    ck_assert_uint_lt(words.count, sizeof words.all / sizeof *words.all);
    words.all[words.count++] = strdup(value);
    return true;
}

/* Ours, or plain words of the client's. */
static bool is_request_id(const char *value)
{
    return is_uuid(value) || (strlen(value) <= 64 && is_words(value));
}

enum need { REQUEST, REQUEST_MAYBE, EVENT, EVENT_MAYBE, BOTH };

static const struct key {
    const char *name;
    enum need need;
    bool (*fits)(const char *value); /* NULL: a number */
} keys[] = {
    {"time", BOTH, is_time},
    {"level", BOTH, is_level},
    {"message", EVENT, is_words},
    {"detail", EVENT_MAYBE, is_words},
    {"request_id", REQUEST, is_request_id},
    {"trace_id", REQUEST, is_trace},
    {"span_id", REQUEST, is_span},
    {"method", REQUEST, is_method},
    {"route", REQUEST, is_template},
    {"status", REQUEST, NULL},
    {"microseconds", REQUEST, NULL},
    {"wait_microseconds", REQUEST, NULL},
    {"database_microseconds", REQUEST, NULL},
    {"database_trips", REQUEST, NULL},
    {"bytes", REQUEST, NULL},
    {"user_id", REQUEST_MAYBE, is_uuid},
    {"code", REQUEST_MAYBE, is_code},
    {"cause", REQUEST_MAYBE, is_cause},
    {"internal", REQUEST_MAYBE, is_words},
};
enum { KEYS = sizeof keys / sizeof *keys };

static bool may_have(const struct key *key, bool request)
{
    return key->need == BOTH || (key->need == REQUEST || key->need == REQUEST_MAYBE) == request;
}

static bool must_have(const struct key *key, bool request)
{
    return key->need == BOTH || key->need == (request ? REQUEST : EVENT);
}

static void check_line(const char *line)
{
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json_is_object(object), "not a JSON line: %s", line);
    bool request = json_object_get(object, "request_id");
    size_t known = 0;
    for (int i = 0; i < KEYS; i++) {
        const json_t *value = json_object_get(object, keys[i].name);
        bool fits = !value         ? !must_have(&keys[i], request)
                    : keys[i].fits ? json_is_string(value) && keys[i].fits(json_string_value(value))
                                   : json_is_integer(value) && json_integer_value(value) >= 0;
        ck_assert_msg(fits && (!value || may_have(&keys[i], request)), "%s: %s", keys[i].name,
                      line);
        known += value != NULL;
    }
    ck_assert_msg(known == json_object_size(object), "an unknown member: %s", line);
    json_decref(object);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        ck_assert_msg(!strstr(line, secrets[i]), "%s in the log: %s", secrets[i], line);
    }
}

/* Whatever the database knows of people and accounts. */
static const char known_people[] =
    "select distinct v from (select to_jsonb(p) as j from person p union all "
    "select to_jsonb(i) from person_identity i union all select to_jsonb(u) from app_user u) x, "
    "lateral jsonb_each_text(j) as e(k, v) where v ~ '[[:alpha:]] [[:alpha:]]' or v ~ '^[0-9]{9,12}$' "
    "or (k = 'username' and length(v) > 4)";

START_TEST(the_log_of_the_whole_run_holds_no_secret_no_name_and_no_number)
{
    FILE *log = fopen(server_log_path(), "r");
    char *line = NULL;
    size_t room = 0;
    size_t count = 0;
    ck_assert_ptr_nonnull(log);
    for (ssize_t size = getline(&line, &room, log); size > 0; size = getline(&line, &room, log)) {
        ck_assert_msg(size <= 4096 && line[size - 1] == '\n', "%s", line);
        check_line(line);
        count++;
    }
    free(line);
    fclose(log);
    ck_assert_uint_gt(count, 100);
    PGresult *people = PQexec(database(), known_people);
    ck_assert_int_gt(PQntuples(people), 20);
    for (int i = 0; i < PQntuples(people); i++) {
        const char *known = PQgetvalue(people, i, 0);
        for (size_t n = 0; n < words.count; n++) {
            ck_assert_msg(!strcasestr(words.all[n], known), "%s in the log: %s", known,
                          words.all[n]);
        }
    }
    PQclear(people);
    while (words.count > 0) {
        free(words.all[--words.count]);
    }
}
END_TEST

Suite *whole_log_suite(void)
{
    Suite *suite = suite_create("whole_log");
    TCase *tcase = tcase_create("whole_log");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, secrets_in_every_place_of_every_request);
    tcase_add_test(tcase, secrets_that_are_taken_and_kept);
    tcase_add_test(tcase, the_log_of_the_whole_run_holds_no_secret_no_name_and_no_number);
    suite_add_tcase(suite, tcase);
    return suite;
}
