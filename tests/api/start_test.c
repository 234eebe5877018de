/* Starting, stopping, and refusing to start. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "api/routes.h"
#include "embedded.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"

START_TEST(check_compares_routes_and_contract)
{
    const char *output;
    const char *const check[] = {"--check", NULL};
    const char *const nowhere[] = {"DATABASE_URL=", NULL};
    ck_assert_int_eq(run_program(check, nowhere, &output), 0);
    ck_assert_ptr_nonnull(strstr(output, "routes agree with the contract"));
}
END_TEST

static int differences;
static char last_difference[512];

static void count_difference(const char *difference)
{
    snprintf(last_difference, sizeof last_difference, "%s", difference);
    differences++;
}

/* Each of these changes makes the program refuse to start: main ends when the count is not 0. */
START_TEST(a_changed_row_disagrees_with_the_contract)
{
    struct route changed[256];
    ck_assert_uint_lt(route_count, sizeof changed / sizeof *changed);
    for (size_t i = 0; i < route_count; i++) {
        for (int what = 0; what < 4; what++) {
            memcpy(changed, routes, route_count * sizeof *routes);
            struct route *row = &changed[i];
            row->tiers ^= what == 0 ? TIER_AGENT : 0;
            row->permission =
                what == 1 ? (row->permission == NOTHING ? UNIT_WRITE : NOTHING) : row->permission;
            row->operation_id = what == 2 ? "another_handler" : row->operation_id;
            row->path = what == 3 ? "/v1/elsewhere" : row->path;
            differences = 0;
            contract_compare(harness_contract(), changed, route_count, count_difference);
            ck_assert_msg(differences > 0, "%s, change %d", routes[i].operation_id, what);
        }
    }
    differences = 0;
    ck_assert_int_eq(contract_compare(harness_contract(), routes, route_count, count_difference),
                     0);
    ck_assert_int_gt(
        contract_compare(harness_contract(), routes, route_count - 1, count_difference), 0);
    ck_assert_ptr_nonnull(strstr(last_difference, routes[route_count - 1].operation_id));
}
END_TEST

START_TEST(print_config_hides_secrets)
{
    const char *output;
    const char *const print[] = {"--print-config", NULL};
    ck_assert_int_eq(run_program(print, NULL, &output), 0);
    ck_assert_ptr_nonnull(strstr(output, "ANSINH_LISTEN"));
    ck_assert_ptr_nonnull(strstr(output, "(hidden)"));
    ck_assert_ptr_null(strstr(output, "000102030405"));
    ck_assert_ptr_null(strstr(output, "test-password"));
    ck_assert_ptr_null(strstr(output, "ansinh_admin@"));
}
END_TEST

START_TEST(a_bad_setting_stops_the_start_with_a_reason)
{
    static const struct {
        const char *setting;
        const char *reason;
    } cases[] = {
        {"ANSINH_TOKEN_KEYS=k1:00", "ANSINH_TOKEN_KEYS"},
        {"ANSINH_TOKEN_KEYS=", "ANSINH_TOKEN_KEYS"},
        {"ANSINH_LISTEN=nowhere", "ANSINH_LISTEN"},
        {"ANSINH_READ_CONNECTIONS=0", "ANSINH_READ_CONNECTIONS"},
        {"DATABASE_URL=host=/nonexistent", "DATABASE_URL"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *output;
        const char *const settings[] = {cases[i].setting, NULL};
        ck_assert_int_ne(run_program(NULL, settings, &output), 0);
        ck_assert_msg(strstr(output, cases[i].reason) != NULL, "%s: %s", cases[i].setting, output);
    }
}
END_TEST

/* libpq quotes what it cannot read, and that may be the password. */
START_TEST(a_bad_address_of_the_database_does_not_show_its_password)
{
    static const char *const urls[] = {
        "DATABASE_URL=postgresql://u:geheim%zz@h/d",
        "DATABASE_URL=postgresql://u:geh@eim@nowhere.invalid/d",
        "DATABASE_URL=host=h password=a geheim",
    };
    static const char *const commands[] = {NULL, "migrate"};
    for (size_t i = 0; i < 2 * sizeof urls / sizeof *urls; i++) {
        const char *output;
        const char *const arguments[] = {commands[i % 2], NULL};
        const char *const settings[] = {urls[i / 2], NULL};
        ck_assert_int_ne(run_program(arguments, settings, &output), 0);
        ck_assert_msg(strstr(output, "DATABASE_URL") && !strstr(output, "eim"), "%s", output);
    }
}
END_TEST

START_TEST(a_taken_port_is_told)
{
    const char *output;
    const char *const settings[] = {text("ANSINH_LISTEN=127.0.0.1:%u", server_port_number()), NULL};
    ck_assert_int_ne(run_program(NULL, settings, &output), 0);
    ck_assert_ptr_nonnull(strstr(output, "is the port taken?"));
}
END_TEST

START_TEST(term_and_int_end_it_cleanly)
{
    static const int signals[] = {SIGTERM, SIGINT};
    for (int i = 0; i < 2; i++) {
        unsigned port = 0;
        pid_t pid = start_program(NULL, &port);
        ck_assert_uint_ne(port, 0);
        ck_assert_int_eq(stop_program(pid, signals[i]), 0);
    }
}
END_TEST

START_TEST(migrate_and_demo_may_run_again)
{
    const char *output;
    const char *const migrate[] = {"migrate", NULL};
    const char *const demo[] = {"demo", NULL};
    ck_assert_int_eq(run_program(migrate, NULL, &output), 0);
    ck_assert_str_eq(output, "");
    ck_assert_int_eq(run_program(demo, NULL, &output), 0);
}
END_TEST

START_TEST(a_migration_changed_after_it_ran_is_refused)
{
    const char *output;
    const char *const migrate[] = {"migrate", NULL};
    const char *checksum = sql_text("select checksum from migration where version = 2");
    sql_text("update migration set checksum = 'other' where version = 2");
    ck_assert_int_ne(run_program(migrate, NULL, &output), 0);
    ck_assert_ptr_nonnull(strstr(output, "was changed after it was applied"));
    sql_text(text("update migration set checksum = '%s' where version = 2", checksum));
}
END_TEST

START_TEST(an_older_database_stops_the_start)
{
    const char *output;
    sql_text(
        "update migration set version = 0 where version = (select max(version) from migration)");
    int status = run_program(NULL, NULL, &output);
    sql_text(
        "update migration set version = (select max(version) + 1 from migration) where version = 0");
    ck_assert_int_ne(status, 0);
    ck_assert_ptr_nonnull(strstr(output, "ansinh migrate"));
}
END_TEST

/* What a superior of an empty database does first; the password comes on standard input. */
START_TEST(admin_create_makes_a_manager_of_the_nation)
{
    const char *program = text("DATABASE_URL='%s' %s admin create first.admin",
                               harness_database_url(), getenv("ANSINH_TEST_BINARY"));
    ck_assert_int_ne(system(text("printf 'short\\n' | %s > /dev/null 2>&1", program)), 0);
    ck_assert_int_eq(system(text("printf 'mot hai ba bon\\n' | %s > /dev/null 2>&1", program)), 0);
    ck_assert_int_ne(system(text("printf 'mot hai ba bon\\n' | %s > /dev/null 2>&1", program)), 0);
    struct answer session =
        call_with(NULL, "POST", "/v1/sessions",
                  "{\"username\":\"first.admin\",\"password\":\"mot hai ba bon\"}", NULL);
    const char *const headers[] = {text("Authorization: Bearer %s",
                                        text_member(expect_status(session, 201), "access_token")),
                                   NULL};
    struct answer me = call_with(NULL, "GET", "/v1/me", NULL, headers);
    ck_assert_str_eq(text_member(expect_status(me, 200), "tier"), "nation");
    ck_assert_str_eq(text_member(me, "duty"), "manager");
}
END_TEST

START_TEST(unknown_commands_print_the_usage)
{
    const char *output;
    const char *const wrong[] = {"dance", NULL};
    ck_assert_int_eq(run_program(wrong, NULL, &output), 2);
    ck_assert_ptr_nonnull(strstr(output, "usage:"));
}
END_TEST

Suite *start_suite(void)
{
    Suite *suite = suite_create("start");
    TCase *tcase = tcase_create("start");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, check_compares_routes_and_contract);
    tcase_add_test(tcase, a_changed_row_disagrees_with_the_contract);
    tcase_add_test(tcase, print_config_hides_secrets);
    tcase_add_test(tcase, a_bad_setting_stops_the_start_with_a_reason);
    tcase_add_test(tcase, a_bad_address_of_the_database_does_not_show_its_password);
    tcase_add_test(tcase, a_taken_port_is_told);
    tcase_add_test(tcase, term_and_int_end_it_cleanly);
    tcase_add_test(tcase, migrate_and_demo_may_run_again);
    tcase_add_test(tcase, a_migration_changed_after_it_ran_is_refused);
    tcase_add_test(tcase, an_older_database_stops_the_start);
    tcase_add_test(tcase, admin_create_makes_a_manager_of_the_nation);
    tcase_add_test(tcase, unknown_commands_print_the_usage);
    suite_add_tcase(suite, tcase);
    return suite;
}
