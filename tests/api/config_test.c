/* Configuration: what the environment may say, and what is never printed. */
#include "api/config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/request_case.h"

// clang-format off
static const char *const names[] = {
    "ANSINH_LISTEN",
    "ANSINH_ADMIN_LISTEN",
    "DATABASE_URL",
    "ANSINH_APP_PASSWORD",
    "ANSINH_TOKEN_KEYS",
    "ANSINH_TOKEN_KEYS_FILE",
    "ANSINH_DEMO_PASSWORD",
    "ANSINH_READ_CONNECTIONS",
    "ANSINH_SLOW_CONNECTIONS",
    "ANSINH_WRITE_CONNECTIONS",
    "ANSINH_WAITING_REQUESTS",
    "ANSINH_WAIT_MS",
    "ANSINH_WORK_MS",
    "ANSINH_CONNECTION_LIMIT",
    "ANSINH_NOTICE_MS",
    "ANSINH_DRAIN_MS",
    "ANSINH_IDLE_MS",
    "ANSINH_HEAD_MS",
    "ANSINH_BODY_MS",
    "ANSINH_REPLY_MS",
    "ANSINH_BODY_LIMIT",
    "ANSINH_BODIES_LIMIT",
    "ANSINH_MEMORY_LIMIT",
    "ANSINH_JOB_WORKERS",
    "ANSINH_JOB_SILENCE_MS",
    "ANSINH_PROXIES",
    "ANSINH_USER_RATE",
    "ANSINH_ADDRESS_RATE",
};
// clang-format on
enum { SETTINGS = sizeof names / sizeof *names };

static char *before[SETTINGS]; /* other suites start servers with the real environment */
static struct config config;

static void open_environment(void)
{
    request_open();
    for (int i = 0; i < SETTINGS; i++) {
        const char *value = getenv(names[i]);
        before[i] = value ? strdup(value) : NULL;
        unsetenv(names[i]);
    }
}

static void close_environment(void)
{
    for (int i = 0; i < SETTINGS; i++) {
        before[i] ? setenv(names[i], before[i], 1) : unsetenv(names[i]);
        free(before[i]);
    }
    request_close();
}

static const char *printed(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    config_print(&config, out);
    fclose(out);
    arena_defer(request->arena, free, text);
    return text;
}

static void reads(const char *name, const char *value)
{
    setenv(name, value, 1);
    ck_assert_msg(config_read(&config), "%s=%s", name, value);
    unsetenv(name);
}

static void refuses_number(const char *name, const char *value)
{
    setenv(name, value, 1);
    stderr_begin();
    bool good = config_read(&config);
    const char *message = stderr_end();
    unsetenv(name);
    ck_assert_msg(!good, "%s=%s", name, value);
    ck_assert_msg(strstr(message, name), "%s", message);
}

START_TEST(an_empty_environment_has_defaults)
{
    ck_assert(config_read(&config));
    ck_assert_str_eq(config.listen, "127.0.0.1:8080");
    ck_assert_str_eq(config.database_url, "");
    ck_assert_ptr_null(config.app_password);
    ck_assert_ptr_null(config.token_keys);
    ck_assert_ptr_null(config.demo_password);
    ck_assert_int_eq(config.read_connections, 4);
    ck_assert_int_eq(config.write_connections, 4);
    ck_assert_int_eq(config.waiting_requests, 2000);
    ck_assert_int_eq(config.connection_limit, 4096);
    ck_assert_int_eq(config.body_limit, 16777216);
    ck_assert_int_eq(config.memory_limit, 16777216);
}
END_TEST

START_TEST(an_empty_value_is_the_default)
{
    reads("ANSINH_LISTEN", "");
    ck_assert_str_eq(config.listen, "127.0.0.1:8080");
    reads("ANSINH_BODY_LIMIT", "");
    ck_assert_int_eq(config.body_limit, 16777216);
    reads("ANSINH_TOKEN_KEYS", "");
    ck_assert_ptr_null(config.token_keys);
}
END_TEST

START_TEST(the_environment_overrides_the_defaults)
{
    setenv("ANSINH_LISTEN", "0.0.0.0:80", 1);
    setenv("DATABASE_URL", "postgresql:///other", 1);
    setenv("ANSINH_READ_CONNECTIONS", "16", 1);
    ck_assert(config_read(&config));
    ck_assert_str_eq(config.listen, "0.0.0.0:80");
    ck_assert_str_eq(config.database_url, "postgresql:///other");
    ck_assert_int_eq(config.read_connections, 16);
    ck_assert_int_eq(config.write_connections, 4);
}
END_TEST

START_TEST(numbers_reach_to_their_limits)
{
    static const struct {
        const char *name, *least, *most, *below, *above;
    } rows[] = {
        {"ANSINH_READ_CONNECTIONS", "1", "64", "0", "65"},
        {"ANSINH_SLOW_CONNECTIONS", "1", "64", "0", "65"},
        {"ANSINH_WRITE_CONNECTIONS", "1", "64", "0", "65"},
        {"ANSINH_JOB_WORKERS", "0", "16", "-1", "17"},
        {"ANSINH_JOB_SILENCE_MS", "1000", "600000", "999", "600001"},
        {"ANSINH_WAITING_REQUESTS", "0", "100000", "-1", "100001"},
        {"ANSINH_CONNECTION_LIMIT", "8", "20000", "7", "20001"},
        {"ANSINH_BODY_LIMIT", "1024", "16777216", "1023", "16777217"},
        {"ANSINH_MEMORY_LIMIT", "65536", "268435456", "65535", "268435457"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reads(rows[i].name, rows[i].least);
        reads(rows[i].name, rows[i].most);
        refuses_number(rows[i].name, rows[i].below);
        refuses_number(rows[i].name, rows[i].above);
    }
}
END_TEST

START_TEST(what_is_no_number_is_refused)
{
    static const char *const values[] = {"x",
                                         "4x",
                                         "4 ",
                                         "4.0",
                                         "0x4",
                                         "4,5",
                                         "four",
                                         " ",
                                         "--4",
                                         "",
                                         "1e3",
                                         "99999999999999999999",
                                         "-99999999999999999999"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (*values[i]) {
            refuses_number("ANSINH_READ_CONNECTIONS", values[i]);
        }
    }
}
END_TEST

START_TEST(every_wrong_number_is_named)
{
    setenv("ANSINH_READ_CONNECTIONS", "0", 1);
    setenv("ANSINH_BODY_LIMIT", "1", 1);
    stderr_begin();
    bool good = config_read(&config);
    const char *message = stderr_end();
    ck_assert(!good);
    ck_assert_str_eq(message, "ansinh: ANSINH_READ_CONNECTIONS must be a number from 1 to 64\n"
                              "ansinh: ANSINH_BODY_LIMIT must be a number from 1024 to 16777216\n");
}
END_TEST

START_TEST(secrets_are_not_printed)
{
    setenv("DATABASE_URL", "postgresql://me:secret1@db/ansinh", 1);
    setenv("ANSINH_APP_PASSWORD", "secret2", 1);
    setenv("ANSINH_TOKEN_KEYS", "k1:secret3", 1);
    setenv("ANSINH_DEMO_PASSWORD", "secret4", 1);
    ck_assert(config_read(&config));
    const char *text = printed();
    ck_assert_ptr_null(strstr(text, "secret"));
    ck_assert_ptr_null(strstr(text, "k1:"));
    int hidden = 0;
    for (const char *at = strstr(text, "(hidden)"); at; at = strstr(at + 1, "(hidden)")) {
        hidden++;
    }
    ck_assert_int_eq(hidden, 4);
}
END_TEST

START_TEST(each_setting_is_printed_on_a_line)
{
    setenv("ANSINH_LISTEN", "[::1]:8081", 1);
    setenv("ANSINH_BODY_LIMIT", "4096", 1);
    ck_assert(config_read(&config));
    const char *text = printed();
    int lines = 0;
    for (const char *at = strchr(text, '\n'); at; at = strchr(at + 1, '\n')) {
        lines++;
    }
    ck_assert_int_eq(lines, SETTINGS);
    for (int i = 0; i < SETTINGS; i++) {
        ck_assert_msg(strstr(text, names[i]), "%s", names[i]);
    }
    ck_assert_ptr_nonnull(strstr(text, "[::1]:8081 "));
    ck_assert_ptr_nonnull(strstr(text, " 4096 "));
    ck_assert_ptr_nonnull(strstr(text, "(not set)"));
    ck_assert_ptr_null(strstr(text, "(hidden)"));
}
END_TEST

START_TEST(an_address_has_a_host_and_a_port)
{
    static const struct {
        const char *listen, *host;
        unsigned port;
    } rows[] = {
        {"127.0.0.1:8080", "127.0.0.1", 8080},
        {"0.0.0.0:80", "0.0.0.0", 80},
        {"[::1]:8080", "::1", 8080},
        {"[::]:443", "::", 443},
        {"localhost:65535", "localhost", 65535},
        {"127.0.0.1:0", "127.0.0.1", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char host[64];
        unsigned port = 1;
        config.listen = rows[i].listen;
        ck_assert_msg(config_listen(config.listen, host, sizeof host, &port), "%s", rows[i].listen);
        ck_assert_str_eq(host, rows[i].host);
        ck_assert_uint_eq(port, rows[i].port);
    }
}
END_TEST

START_TEST(anything_else_is_no_address)
{
    static const char *const values[] = {"",
                                         ":",
                                         "8080",
                                         ":8080",
                                         "127.0.0.1",
                                         "127.0.0.1:",
                                         "127.0.0.1:x",
                                         "127.0.0.1:80x",
                                         "127.0.0.1:80 ",
                                         "127.0.0.1:65536",
                                         "127.0.0.1:-1",
                                         "127.0.0.1:99999999999999999999",
                                         "[::1]",
                                         "a-host-name-that-is-longer-than-the-room:80"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char host[32];
        unsigned port = 0;
        config.listen = values[i];
        ck_assert_msg(!config_listen(config.listen, host, sizeof host, &port), "%s", values[i]);
    }
}
END_TEST

START_TEST(a_host_fits_its_room_to_the_last_byte)
{
    char host[4];
    unsigned port = 0;
    config.listen = "abc:1";
    ck_assert(config_listen(config.listen, host, sizeof host, &port));
    ck_assert_str_eq(host, "abc");
    config.listen = "abcd:1";
    ck_assert(!config_listen(config.listen, host, sizeof host, &port));
    config.listen = "[::1]:1";
    ck_assert(config_listen(config.listen, host, sizeof host, &port));
}
END_TEST

Suite *config_suite(void)
{
    TCase *tests = tcase_create("config");
    tcase_add_checked_fixture(tests, open_environment, close_environment);
    tcase_add_test(tests, an_empty_environment_has_defaults);
    tcase_add_test(tests, an_empty_value_is_the_default);
    tcase_add_test(tests, the_environment_overrides_the_defaults);
    tcase_add_test(tests, numbers_reach_to_their_limits);
    tcase_add_test(tests, what_is_no_number_is_refused);
    tcase_add_test(tests, every_wrong_number_is_named);
    tcase_add_test(tests, secrets_are_not_printed);
    tcase_add_test(tests, each_setting_is_printed_on_a_line);
    tcase_add_test(tests, an_address_has_a_host_and_a_port);
    tcase_add_test(tests, anything_else_is_no_address);
    tcase_add_test(tests, a_host_fits_its_room_to_the_last_byte);
    Suite *suite = suite_create("config");
    suite_add_tcase(suite, tests);
    return suite;
}
