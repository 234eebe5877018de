/* Entity tags: nobody overwrites what he has not seen, and nothing is sent twice. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/volley.h"

static int accounts; /* made so far */

static const char *new_account(void)
{
    struct answer made = call("district.manager", "POST", "/v1/users",
                              text("{\"username\":\"etag.%d\",\"full_name\":\"Lê Thị Hường\","
                                   "\"duty\":\"officer\",\"place\":{\"unit_id\":123173}}",
                                   accounts++));
    return text("/v1/users/%s", text_member(expect_status(made, 201), "id"));
}

static struct answer with(const char *login, const char *method, const char *path,
                          const char *header, const char *value, const char *body)
{
    const char *const headers[] = {text("%s: %s", header, value), NULL};
    return call_with(login, method, path, body, headers);
}

static struct answer change(const char *path, const char *tag, const char *body)
{
    return with("district.manager", "PATCH", path, "If-Match", tag, body);
}

static const char *tag_of(const char *path)
{
    return answer_header(expect_status(call("district.manager", "GET", path, NULL), 200), "ETag");
}

START_TEST(what_the_client_has_already_is_not_sent_again)
{
    const char *path = new_account();
    const char *tag = tag_of(path);
    const struct {
        const char *list;
        int status;
    } cases[] = {
        {tag, 304},
        {"*", 304},
        {text("W/%s", tag), 304},
        {text("\"other\", %s", tag), 304},
        {text(" ,%s,\t\"other\"", tag), 304},
        {"\"other\"", 200},
        {"\"1-AAAAAAAAAAAAAAAAAAAAAA\"", 200},
        {"W/\"other\"", 200},
        {"other", 400},
        {"\"open", 400},
        {"\"a\"\"b\"", 400},
        {"\"a b\"", 400},
        {"w/\"a\"", 400},
        {"*, \"a\"", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer =
            with("district.manager", "GET", path, "If-None-Match", cases[i].list, NULL);
        ck_assert_msg(answer.status == cases[i].status, "%s: %d", cases[i].list, answer.status);
        if (answer.status == 304) {
            ck_assert_uint_eq(answer.size, 0);
            ck_assert_str_eq(answer_header(answer, "ETag"), tag);
        }
    }
    struct answer head = with("district.manager", "HEAD", path, "If-None-Match", tag, NULL);
    ck_assert_int_eq(head.status, 304);
}
END_TEST

START_TEST(a_read_may_ask_for_exactly_this)
{
    const char *path = new_account();
    const char *tag = tag_of(path);
    expect_status(with("district.manager", "GET", path, "If-Match", tag, NULL), 200);
    expect_problem(with("district.manager", "GET", path, "If-Match", "\"1-x\"", NULL), 412,
                   "precondition_failed");
}
END_TEST

START_TEST(a_change_needs_the_tag_that_was_read)
{
    const char *path = new_account();
    const char *first = tag_of(path);
    struct answer missing =
        call_with("district.manager", "PATCH", path, "{\"duty\":\"viewer\"}", NULL);
    expect_problem(missing, 428, "precondition_required");
    ck_assert_str_eq(text_member(missing, "errors.0.header"), "If-Match");
    struct answer changed = expect_status(change(path, first, "{\"duty\":\"viewer\"}"), 200);
    const char *second = answer_header(changed, "ETag");
    ck_assert_str_ne(second, first);
    ck_assert_str_eq(second, tag_of(path));
    struct answer late = change(path, first, "{\"full_name\":\"Chậm\"}");
    expect_problem(late, 412, "precondition_failed");
    ck_assert_str_eq(answer_header(late, "ETag"), second);
    expect_status(change(path, second, "{\"full_name\":\"Kịp\"}"), 200);
    ck_assert_str_eq(text_member(call("district.manager", "GET", path, NULL), "full_name"), "Kịp");
}
END_TEST

START_TEST(if_match_compares_strongly)
{
    const char *path = new_account();
    static const struct {
        const char *list; /* %s stands for the tag that was read */
        int status;
    } cases[] = {
        {"%s", 200},
        {"*", 200},
        {"\"x\", %s", 200},
        {"%s , \"x\"", 200},
        {"W/%s", 412},
        {"\"x\"", 412},
        {"W/\"x\", \"y\"", 412},
        {"\"99999999999-a\"", 412},
        {"\"999999999-a\"", 412},
        {"\"\"", 412},
        {"x", 400},
        {"*, %s", 400},
        {"{1}", 400},
        {"\"1", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *tag = tag_of(path);
        const char *mark = strstr(cases[i].list, "%s");
        const char *list =
            mark ? text("%.*s%s%s", (int)(mark - cases[i].list), cases[i].list, tag, mark + 2)
                 : cases[i].list;
        struct answer answer = change(path, list, "{\"duty\":\"viewer\"}");
        ck_assert_msg(answer.status == cases[i].status, "%s: %d %s", list, answer.status,
                      answer.body);
    }
}
END_TEST

/* What is not visible, or somebody else's to change, is said before anything about versions. */
START_TEST(a_tag_opens_nothing)
{
    const char *path = new_account();
    const char *tag = tag_of(path);
    const char *body = "{\"duty\":\"viewer\"}";
    static const char *const lists[] = {"*", "\"1-x\"", NULL};
    for (int i = 0; lists[i]; i++) {
        expect_problem(with("neighbour.commune", "PATCH", path, "If-Match", lists[i], body), 404,
                       "not_found");
        expect_problem(with("province.manager", "PATCH", path, "If-Match", lists[i], body), 403,
                       "forbidden");
    }
    expect_problem(with("neighbour.commune", "GET", path, "If-None-Match", tag, NULL), 404,
                   "not_found");
    struct answer refused = change(path, tag, "{\"place\":{\"unit_id\":42}}");
    expect_problem(refused, 404, "not_found");
    ck_assert_str_eq(text_member(refused, "errors.0.pointer"), "/place");
    ck_assert_str_eq(tag_of(path), tag);
}
END_TEST

START_TEST(of_many_who_saw_the_same_one_writes)
{
    static struct shot shots[VOLLEY];
    const char *path = new_account();
    const char *tag = tag_of(path);
    for (int i = 0; i < VOLLEY; i++) {
        shots[i].request =
            volley_request("district.manager", "PATCH", path, text("If-Match: %s\r\n", tag),
                           text("{\"full_name\":\"Người thứ %d\"}", i));
    }
    volley(shots, VOLLEY);
    ck_assert_int_eq(volley_count(shots, VOLLEY, 200), 1);
    ck_assert_int_eq(volley_count(shots, VOLLEY, 412), VOLLEY - 1);
    ck_assert_str_eq(sql_text(text("select version from app_user where id = '%s'", path + 10)),
                     "2");
}
END_TEST

START_TEST(an_enrolment_is_decided_as_it_was_seen)
{
    struct answer made =
        call("agent.collector", "POST", "/v1/enrolments",
             text("{\"scheme\":\"vsi\",\"hamlet_id\":900101,\"months\":3,\"paid_on\":\"%s\","
                  "\"person\":{\"full_name\":\"Ka Thẻ\",\"date_of_birth\":\"1971\",\"sex\":"
                  "\"female\"}}",
                  sql_text("select business_date()")));
    const char *path = text("/v1/enrolments/%s", text_member(expect_status(made, 201), "id"));
    const char *seen = answer_header(call("district.officer", "GET", path, NULL), "ETag");
    ck_assert_str_eq(seen, answer_header(made, "ETag"));
    const char *const stale[] = {"Idempotency-Key: etag-decide-1", "If-Match: \"7-x\"", NULL};
    const char *const fresh[] = {"Idempotency-Key: etag-decide-1", text("If-Match: %s", seen),
                                 NULL};
    const char *accept = text("%s/accept", path);
    struct answer refused = call_with("district.officer", "POST", accept, NULL, stale);
    expect_problem(refused, 412, "precondition_failed");
    ck_assert_str_eq(answer_header(refused, "ETag"), seen);
    struct answer accepted =
        expect_status(call_with("district.officer", "POST", accept, NULL, fresh), 200);
    struct answer again =
        expect_status(call_with("district.officer", "POST", accept, NULL, fresh), 200);
    ck_assert_str_eq(answer_header(again, "Idempotency-Replayed"), "true");
    ck_assert_str_eq(answer_header(again, "ETag"), answer_header(accepted, "ETag"));
    const char *const other[] = {"Idempotency-Key: etag-decide-2", text("If-Match: %s", seen),
                                 NULL};
    expect_problem(call_with("district.officer", "POST", text("%s/void", path),
                             "{\"reason\":\"x\"}", other),
                   412, "precondition_failed");
    expect_problem(call_with("neighbour.district", "POST", accept, NULL, fresh), 404, "not_found");
}
END_TEST

Suite *precondition_suite(void)
{
    Suite *suite = suite_create("precondition");
    TCase *tcase = tcase_create("precondition");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, what_the_client_has_already_is_not_sent_again);
    tcase_add_test(tcase, a_read_may_ask_for_exactly_this);
    tcase_add_test(tcase, a_change_needs_the_tag_that_was_read);
    tcase_add_test(tcase, if_match_compares_strongly);
    tcase_add_test(tcase, a_tag_opens_nothing);
    tcase_add_test(tcase, of_many_who_saw_the_same_one_writes);
    tcase_add_test(tcase, an_enrolment_is_decided_as_it_was_seen);
    suite_add_tcase(suite, tcase);
    return suite;
}
