/* Accounts of others, refresh tokens, and what counts on the next request. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

#define ONE_TIME_LOGIN                                                                             \
    "{\"username\":\"%s\",\"password\":\"%s\",\"new_password\":\"hai bo rau muong\"}"

static struct answer sign_in(const char *body)
{
    return call_with(NULL, "POST", "/v1/sessions", body, NULL);
}

static const char *create(const char *login, const char *username, const char *duty,
                          const char *place)
{
    struct answer made = call(login, "POST", "/v1/users",
                              text("{\"username\":\"%s\",\"full_name\":\"Lê Thị Hường\",\"duty\":"
                                   "\"%s\",\"place\":{%s}}",
                                   username, duty, place));
    return text_member(expect_status(made, 201), "id");
}

/* Signs a fresh account in with its one-time password; the answer holds both tokens. */
static struct answer first_sign_in(const char *giver, const char *id, const char *username)
{
    struct answer reset =
        expect_status(call(giver, "POST", text("/v1/users/%s/reset", id), NULL), 200);
    const char *password = text_member(reset, "one_time_password");
    ck_assert_str_eq(answer_header(reset, "Cache-Control"), "no-store");
    expect_problem(sign_in(text("{\"username\":\"%s\",\"password\":\"%s\"}", username, password)),
                   403, "password_change_required");
    struct answer signed_in = sign_in(text(ONE_TIME_LOGIN, username, password));
    expect_status(signed_in, 201);
    expect_problem(sign_in(text(ONE_TIME_LOGIN, username, password)), 401, "wrong_credentials");
    return signed_in;
}

static struct answer with_token(const char *token, const char *method, const char *path)
{
    const char *const headers[] = {text("Authorization: Bearer %s", token), NULL};
    return call_with(NULL, method, path, NULL, headers);
}

static struct answer refresh(const char *token)
{
    return call_with(NULL, "POST", "/v1/sessions/refresh",
                     text("{\"refresh_token\":\"%s\"}", token), NULL);
}

START_TEST(an_account_begins_with_a_one_time_password)
{
    const char *id = create("district.manager", "xa.canbo1", "officer", "\"unit_id\":123173");
    expect_problem(sign_in("{\"username\":\"xa.canbo1\",\"password\":\"\"}"), 400,
                   "invalid_request");
    expect_problem(sign_in("{\"username\":\"xa.canbo1\",\"password\":\"guess\"}"), 401,
                   "wrong_credentials");
    struct answer session = first_sign_in("district.manager", id, "xa.canbo1");
    struct answer me = with_token(text_member(session, "access_token"), "GET", "/v1/me");
    ck_assert_str_eq(text_member(expect_status(me, 200), "username"), "xa.canbo1");
    ck_assert_str_eq(text_member(me, "unit.name"), "Đồng Kho");
    expect_status(sign_in("{\"username\":\"xa.canbo1\",\"password\":\"hai bo rau muong\"}"), 201);
}
END_TEST

START_TEST(nobody_makes_an_equal_or_reaches_outside)
{
    static const struct {
        const char *login, *duty, *place;
        int status;
    } cases[] = {
        {"district.manager", "manager", "\"unit_id\":900001", 403},
        {"district.manager", "officer", "\"unit_id\":900001", 201},
        {"district.manager", "manager", "\"unit_id\":123152", 201},
        {"district.manager", "viewer", "\"unit_id\":168", 403},
        {"district.manager", "viewer", "\"unit_id\":1", 403},
        {"district.manager", "viewer", "\"unit_id\":900002", 403},
        {"district.manager", "viewer", "\"unit_id\":123236", 403},
        {"district.manager", "viewer", "\"unit_id\":900101", 404},
        {"district.manager", "manager", "\"agency_id\":\"01900000-0000-7000-8000-0000000000a1\"",
         201},
        {"district.manager", "manager", "\"agency_id\":\"01900000-0000-7000-8000-0000000000a2\"",
         404},
        {"district.manager", "officer", "\"collector_id\":\"01900000-0000-7000-8000-0000000000c1\"",
         201},
        {"commune.manager", "officer", "\"collector_id\":\"01900000-0000-7000-8000-0000000000c2\"",
         404},
        {"nation.manager", "manager", "\"unit_id\":1", 403},
        {"nation.manager", "manager", "\"unit_id\":156", 201},
        {"commune.manager", "manager", "\"unit_id\":123173", 403},
        {"commune.manager", "viewer",
         "\"unit_id\":123173,\"agency_id\":"
         "\"01900000-0000-7000-8000-0000000000a1\"",
         400},
        {"commune.manager", "viewer", "", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer = call(cases[i].login, "POST", "/v1/users",
                                    text("{\"username\":\"case.%zu\",\"full_name\":\"A\",\"duty\":"
                                         "\"%s\",\"place\":{%s}}",
                                         i, cases[i].duty, cases[i].place));
        ck_assert_msg(answer.status == cases[i].status, "case %zu: %d %s", i, answer.status,
                      answer.body);
    }
    struct answer twice = call("district.manager", "POST", "/v1/users",
                               "{\"username\":\"case.1\",\"full_name\":\"A\",\"duty\":\"viewer\","
                               "\"place\":{\"unit_id\":123152}}");
    expect_problem(twice, 409, "duplicate");
    ck_assert_str_eq(text_member(twice, "errors.0.pointer"), "/username");
}
END_TEST

START_TEST(only_the_giver_changes_an_account)
{
    const char *id = create("district.manager", "giver.test", "officer", "\"unit_id\":123173");
    const char *path = text("/v1/users/%s", id);
    expect_problem(call("province.manager", "PATCH", path, "{\"duty\":\"viewer\"}"), 403,
                   "forbidden");
    expect_problem(call("commune.manager", "PATCH", path, "{\"duty\":\"manager\"}"), 403,
                   "forbidden");
    expect_problem(call("neighbour.commune", "PATCH", path, "{\"duty\":\"viewer\"}"), 404,
                   "not_found");
    expect_problem(call("neighbour.district", "POST", text("%s/reset", path), NULL), 404,
                   "not_found");
    expect_problem(call("commune.manager", "POST", text("%s/reset", path), NULL), 403, "forbidden");
    expect_problem(call("commune.manager", "POST", text("%s/revoke", path), NULL), 403,
                   "forbidden");
    struct answer changed = call("district.manager", "PATCH", path, "{\"duty\":\"viewer\"}");
    ck_assert_str_eq(text_member(expect_status(changed, 200), "duty"), "viewer");
    expect_problem(call("district.manager", "PATCH", path, "{\"place\":{\"unit_id\":123236}}"), 403,
                   "outside_slice");
    expect_problem(call("district.manager", "PATCH", path, "{\"place\":{\"unit_id\":42}}"), 404,
                   "not_found");
    expect_problem(call("district.manager", "PATCH", path,
                        "{\"place\":{\"unit_id\":900001},\"duty\":\"manager\"}"),
                   403, "outside_slice");
    ck_assert_str_eq(sql_text("select duty || unit_id from app_user where username = 'giver.test'"),
                     "viewer123173");
}
END_TEST

START_TEST(a_demotion_a_move_and_a_closing_count_on_the_next_request)
{
    const char *id = create("district.manager", "moved.test", "officer", "\"unit_id\":123173");
    const char *path = text("/v1/users/%s", id);
    struct answer session = first_sign_in("district.manager", id, "moved.test");
    static const char *const changes[] = {"{\"duty\":\"viewer\"}",
                                          "{\"place\":{\"unit_id\":123149}}"};
    for (int i = 0; i < 2; i++) {
        const char *token = text_member(session, "access_token");
        expect_status(with_token(token, "GET", "/v1/enrolments"), 200);
        expect_status(call("district.manager", "PATCH", path, changes[i]), 200);
        expect_problem(with_token(token, "GET", "/v1/enrolments"), 401, "token_stale");
        session = expect_status(refresh(text_member(session, "refresh_token")), 201);
        struct answer me = with_token(text_member(session, "access_token"), "GET", "/v1/me");
        ck_assert_str_eq(text_member(expect_status(me, 200), "duty"), "viewer");
        ck_assert_str_eq(text_member(me, "unit.code"), i == 0 ? "23173" : "23149");
    }
    const char *token = text_member(session, "access_token");
    struct answer closed = call("district.manager", "PATCH", path, "{\"disabled\":true}");
    text_member(expect_status(closed, 200), "disabled_at");
    expect_problem(with_token(token, "GET", "/v1/me"), 401, "token_stale");
    expect_problem(refresh(text_member(session, "refresh_token")), 401, "refresh_invalid");
    expect_problem(sign_in("{\"username\":\"moved.test\",\"password\":\"hai bo rau muong\"}"), 401,
                   "wrong_credentials");
    expect_status(call("district.manager", "PATCH", path, "{\"disabled\":false}"), 200);
    expect_status(sign_in("{\"username\":\"moved.test\",\"password\":\"hai bo rau muong\"}"), 201);
}
END_TEST

START_TEST(a_lost_territory_counts_on_the_next_request)
{
    const char *body = text(
        "{\"scheme\":\"hhi\",\"hamlet_id\":900102,\"months\":3,\"paid_on\":"
        "\"%s\",\"paid_by\":\"transfer\",\"person\":{\"full_name\":\"A\",\"date_of_birth\":\"1990\","
        "\"sex\":\"male\",\"duplicate_confirmed\":true}}",
        sql_text("select business_date()"));
    expect_status(call("agent.collector", "POST", "/v1/enrolments", body), 201);
    sql_text("update territory set during = daterange('2026-01-01', business_date()) where "
             "hamlet_id = 900102");
    sql_text("select gate.session_sync(id) from app_user where username = 'agent.collector'");
    expect_problem(call("agent.collector", "POST", "/v1/enrolments", body), 403, "outside_slice");
    sql_text(
        "update territory set during = daterange('2026-01-01', null) where hamlet_id = 900102");
    sql_text("select gate.session_sync(id) from app_user where username = 'agent.collector'");
    expect_status(call("agent.collector", "POST", "/v1/enrolments", body), 201);
    sql_text("delete from enrolment where unit_id = 900102");
}
END_TEST

START_TEST(a_superior_ends_the_sessions_of_a_lost_phone)
{
    const char *id = create("district.manager", "phone.test", "officer", "\"unit_id\":123173");
    struct answer session = first_sign_in("district.manager", id, "phone.test");
    struct answer ended = call("district.manager", "POST", text("/v1/users/%s/revoke", id), NULL);
    ck_assert_int_eq(integer_member(expect_status(ended, 200), "ended"), 1);
    expect_problem(with_token(text_member(session, "access_token"), "GET", "/v1/me"), 401,
                   "token_stale");
    expect_problem(refresh(text_member(session, "refresh_token")), 401, "refresh_invalid");
}
END_TEST

START_TEST(own_sessions_are_listed_and_ended_one_by_one)
{
    const char *id = create("district.manager", "devices.test", "viewer", "\"unit_id\":123173");
    struct answer first = first_sign_in("district.manager", id, "devices.test");
    struct answer second = sign_in("{\"username\":\"devices.test\",\"password\":"
                                   "\"hai bo rau muong\",\"device\":\"Samsung A15\"}");
    const char *token = text_member(expect_status(second, 201), "access_token");
    struct answer list = expect_status(with_token(token, "GET", "/v1/sessions"), 200);
    ck_assert_str_eq(text_member(list, "items.0.device"), "Samsung A15");
    ck_assert(json_is_true(member(list, "items.0.current")));
    ck_assert(json_is_false(member(list, "items.1.current")));
    const char *lost = text("/v1/sessions/%s", text_member(first, "session_id"));
    expect_problem(call("commune.manager", "DELETE", lost, NULL), 404, "not_found");
    expect_status(with_token(token, "DELETE", lost), 204);
    expect_problem(with_token(token, "DELETE", lost), 404, "not_found");
    expect_problem(with_token(text_member(first, "access_token"), "GET", "/v1/me"), 401,
                   "token_stale");
    expect_status(with_token(token, "DELETE", "/v1/sessions"), 204);
    expect_problem(with_token(token, "GET", "/v1/me"), 401, "token_stale");
}
END_TEST

START_TEST(a_new_password_ends_the_other_sessions)
{
    const char *id = create("district.manager", "password.test", "viewer", "\"unit_id\":123173");
    struct answer other = first_sign_in("district.manager", id, "password.test");
    struct answer own =
        sign_in("{\"username\":\"password.test\",\"password\":\"hai bo rau muong\"}");
    const char *const headers[] = {text("Authorization: Bearer %s",
                                        text_member(expect_status(own, 201), "access_token")),
                                   NULL};
    expect_problem(call_with(NULL, "PUT", "/v1/me/password",
                             "{\"current_password\":\"x\",\"new_password\":\"mot hai ba bon\"}",
                             headers),
                   401, "wrong_credentials");
    expect_problem(
        call_with(NULL, "PUT", "/v1/me/password",
                  "{\"current_password\":\"hai bo rau muong\",\"new_password\":\"ngan\"}", headers),
        400, "invalid_request");
    expect_status(call_with(NULL, "PUT", "/v1/me/password",
                            "{\"current_password\":\"hai bo rau muong\",\"new_password\":"
                            "\"mot hai ba bon\"}",
                            headers),
                  204);
    expect_status(call_with(NULL, "GET", "/v1/me", NULL, headers), 200);
    expect_problem(with_token(text_member(other, "access_token"), "GET", "/v1/me"), 401,
                   "token_stale");
    expect_status(sign_in("{\"username\":\"password.test\",\"password\":\"mot hai ba bon\"}"), 201);
}
END_TEST

START_TEST(a_refresh_survives_a_lost_reply_and_a_copy_ends_the_session)
{
    const char *id = create("district.manager", "refresh.test", "viewer", "\"unit_id\":123173");
    struct answer zero = first_sign_in("district.manager", id, "refresh.test");
    const char *r0 = text_member(zero, "refresh_token");
    struct answer one = expect_status(refresh(r0), 201);
    const char *r1 = text_member(one, "refresh_token");
    ck_assert_str_ne(r0, r1);
    for (int lost = 0; lost < 3; lost++) {
        struct answer again = expect_status(refresh(r0), 201);
        ck_assert_str_eq(text_member(again, "refresh_token"), r1);
    }
    struct answer two = expect_status(refresh(r1), 201);
    const char *token = text_member(two, "access_token");
    expect_status(with_token(token, "GET", "/v1/me"), 200);
    expect_problem(refresh(r0), 401, "refresh_invalid");
    expect_problem(with_token(token, "GET", "/v1/me"), 401, "token_stale");
    expect_problem(refresh(text_member(two, "refresh_token")), 401, "refresh_invalid");
    expect_problem(refresh("nonsense"), 401, "refresh_invalid");
    expect_problem(refresh("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 401, "refresh_invalid");
}
END_TEST

START_TEST(guessing_waits_longer_and_longer)
{
    const char *wrong = "{\"username\":\"guess.target\",\"password\":\"x\"}";
    for (int i = 0; i < 5; i++) {
        expect_problem(sign_in(wrong), 401, "wrong_credentials");
    }
    struct answer blocked = sign_in(wrong);
    expect_problem(blocked, 429, "too_many_requests");
    ck_assert_str_ne(answer_header(blocked, "Retry-After"), "0");
    sql_text("update sign_in_attempt set blocked_until = now() - interval '1 second' where key = "
             "'user guess.target'");
    expect_problem(sign_in(wrong), 429, "too_many_requests");
    ck_assert_str_eq(sql_text("select (blocked_until - now() > interval '1.5 seconds')::text from "
                              "sign_in_attempt where key = 'user guess.target'"),
                     "true");
    sql_text("delete from sign_in_attempt");
}
END_TEST

START_TEST(an_address_that_guesses_at_many_names_waits_too)
{
    sql_text("insert into sign_in_attempt (key, attempts) values ('address 127.0.0.1', 100) on "
             "conflict (key) do update set attempts = 100, updated_at = now()");
    expect_problem(sign_in("{\"username\":\"somebody.else\",\"password\":\"x\"}"), 429,
                   "too_many_requests");
    sql_text("delete from sign_in_attempt");
}
END_TEST

START_TEST(an_address_where_people_sign_in_well_is_not_counted)
{
    sql_text("delete from sign_in_attempt");
    for (int i = 0; i < 8; i++) {
        expect_status(sign_in("{\"username\":\"nation.viewer\",\"password\":"
                              "\"test-password-2026\"}"),
                      201);
    }
    ck_assert_str_eq(sql_text("select attempts from sign_in_attempt where key = 'address "
                              "127.0.0.1'"),
                     "0");
}
END_TEST

START_TEST(the_list_of_accounts_is_the_slice)
{
    struct answer list = expect_status(call("commune.manager", "GET", "/v1/users", NULL), 200);
    size_t n;
    json_t *item;
    json_array_foreach((json_t *)member(list, "items"), n, item) {
        const json_t *unit = json_object_get(item, "unit");
        ck_assert_str_eq(json_string_value(json_object_get(unit, "code")), "23173");
    }
    ck_assert_ptr_null(strstr(list.body, "neighbour"));
    struct answer agency = expect_status(call("agency.manager", "GET", "/v1/users", NULL), 200);
    ck_assert_ptr_nonnull(strstr(agency.body, "agent.collector"));
    ck_assert_ptr_null(strstr(agency.body, "commune."));
    const char *id = text_member(list, "items.0.id");
    expect_status(call("district.viewer", "GET", "/v1/me", NULL), 200);
    expect_status(call("district.manager", "GET", text("/v1/users/%s", id), NULL), 200);
    expect_problem(call("neighbour.commune", "GET", text("/v1/users/%s", id), NULL), 404,
                   "not_found");
}
END_TEST

Suite *user_suite(void)
{
    Suite *suite = suite_create("user");
    TCase *tcase = tcase_create("user");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, an_account_begins_with_a_one_time_password);
    tcase_add_test(tcase, nobody_makes_an_equal_or_reaches_outside);
    tcase_add_test(tcase, only_the_giver_changes_an_account);
    tcase_add_test(tcase, a_demotion_a_move_and_a_closing_count_on_the_next_request);
    tcase_add_test(tcase, a_lost_territory_counts_on_the_next_request);
    tcase_add_test(tcase, a_superior_ends_the_sessions_of_a_lost_phone);
    tcase_add_test(tcase, own_sessions_are_listed_and_ended_one_by_one);
    tcase_add_test(tcase, a_new_password_ends_the_other_sessions);
    tcase_add_test(tcase, a_refresh_survives_a_lost_reply_and_a_copy_ends_the_session);
    tcase_add_test(tcase, guessing_waits_longer_and_longer);
    tcase_add_test(tcase, an_address_that_guesses_at_many_names_waits_too);
    tcase_add_test(tcase, an_address_where_people_sign_in_well_is_not_counted);
    tcase_add_test(tcase, the_list_of_accounts_is_the_slice);
    suite_add_tcase(suite, tcase);
    return suite;
}
