/* Signing in, and who one is. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

START_TEST(a_demo_login_gets_a_token_that_opens_me)
{
    struct answer answer = expect_status(call("commune.manager", "GET", "/v1/me", NULL), 200);
    ck_assert_str_eq(text_member(answer, "username"), "commune.manager");
    ck_assert_str_eq(text_member(answer, "tier"), "commune");
    ck_assert_str_eq(text_member(answer, "duty"), "manager");
    ck_assert_str_eq(text_member(answer, "unit.code"), "23173");
    ck_assert_str_eq(text_member(answer, "unit.name"), "Đồng Kho");
}
END_TEST

START_TEST(a_collector_is_of_the_agent_tier_and_has_an_agency)
{
    struct answer answer = expect_status(call("agent.collector", "GET", "/v1/me", NULL), 200);
    ck_assert_str_eq(text_member(answer, "tier"), "agent");
    ck_assert_str_eq(text_member(answer, "slice"), "collector");
    text_member(answer, "agency_id");
    text_member(answer, "collector_id");
}
END_TEST

START_TEST(a_wrong_password_and_an_unknown_user_look_alike)
{
    static const char *const bodies[] = {
        "{\"username\":\"commune.manager\",\"password\":\"wrong\"}",
        "{\"username\":\"nobody\",\"password\":\"wrong\"}",
    };
    for (int i = 0; i < 2; i++) {
        struct answer answer = call_with(NULL, "POST", "/v1/sessions", bodies[i], NULL);
        expect_problem(answer, 401, "wrong_credentials");
        ck_assert_ptr_null(strstr(answer.body, "commune.manager"));
    }
}
END_TEST

START_TEST(the_user_name_is_read_without_regard_to_case)
{
    struct answer answer =
        call_with(NULL, "POST", "/v1/sessions",
                  "{\"username\":\"Commune.Manager\",\"password\":\"test-password-2026\"}", NULL);
    expect_status(answer, 201);
    ck_assert_int_eq(integer_member(answer, "expires_in"), 900);
    ck_assert_str_eq(answer_header(answer, "Cache-Control"), "no-store");
}
END_TEST

START_TEST(without_a_token_nothing_is_said)
{
    struct answer answer = call(NULL, "GET", "/v1/me", NULL);
    expect_problem(answer, 401, "token_missing");
    ck_assert_str_eq(answer_header(answer, "WWW-Authenticate"), "Bearer realm=\"ansinh\"");
    const char *const bad[] = {"Authorization: Bearer abc.def.ghi", NULL};
    expect_problem(call_with(NULL, "GET", "/v1/me", NULL, bad), 401, "token_invalid");
}
END_TEST

START_TEST(whatever_closes_the_session_row_counts_on_the_next_request)
{
    static const char *const closings[] = {
        "update session set ok = false where user_id = (select id from app_user where username = "
        "'district.viewer')",
        "update session set gen = gen + 1, ok = true where user_id = (select id from app_user where "
        "username = 'district.viewer')",
        "update session set gen = gen - 1, expires_at = now() where user_id = (select id from "
        "app_user where username = 'district.viewer')",
    };
    expect_status(call("district.viewer", "GET", "/v1/me", NULL), 200);
    for (int i = 0; i < 3; i++) {
        sql_text(closings[i]);
        expect_problem(call("district.viewer", "GET", "/v1/me", NULL), 401, "token_stale");
        expect_problem(call("district.viewer", "GET", "/v1/enrolments", NULL), 401, "token_stale");
    }
    sql_text("update session set expires_at = now() + interval '1 day' where user_id = (select id "
             "from app_user where username = 'district.viewer')");
    expect_status(call("district.viewer", "GET", "/v1/me", NULL), 200);
}
END_TEST

START_TEST(a_disabled_account_cannot_sign_in)
{
    sql_text("update app_user set disabled_at = now() where username = 'nation.viewer'");
    struct answer answer =
        call_with(NULL, "POST", "/v1/sessions",
                  "{\"username\":\"nation.viewer\",\"password\":\"test-password-2026\"}", NULL);
    sql_text("update app_user set disabled_at = null where username = 'nation.viewer'");
    expect_problem(answer, 401, "wrong_credentials");
}
END_TEST

Suite *session_suite(void)
{
    Suite *suite = suite_create("session");
    TCase *tcase = tcase_create("session");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_demo_login_gets_a_token_that_opens_me);
    tcase_add_test(tcase, a_collector_is_of_the_agent_tier_and_has_an_agency);
    tcase_add_test(tcase, a_wrong_password_and_an_unknown_user_look_alike);
    tcase_add_test(tcase, the_user_name_is_read_without_regard_to_case);
    tcase_add_test(tcase, without_a_token_nothing_is_said);
    tcase_add_test(tcase, whatever_closes_the_session_row_counts_on_the_next_request);
    tcase_add_test(tcase, a_disabled_account_cannot_sign_in);
    suite_add_tcase(suite, tcase);
    return suite;
}
