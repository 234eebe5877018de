/* Lists page by page: each by its links, and nobody by another's. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

/* A list that anybody's demo rows fill, and what it must be asked for. */
static const char *filter_of(const struct operation *operation)
{
    static const struct {
        const char *id;
        const char *filter;
    } filters[] = {{"person_search", "&q=a"}, {"unit_list", "&parent=168&kind=commune"}};
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        if (strcmp(filters[i].id, operation->id) == 0) {
            return filters[i].filter;
        }
    }
    return "";
}

static bool is_list(const struct operation *operation)
{
    for (int i = 0; i < operation->parameter_count; i++) {
        if (strcmp(operation->parameters[i].name, "cursor") == 0) {
            return !strchr(operation->path, '{');
        }
    }
    return false;
}

static void check_filter(const struct operation *operation)
{
    for (int i = 0; i < operation->parameter_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        ck_assert_msg(!parameter->required || strstr(filter_of(operation), parameter->name),
                      "%s needs a %s in this test", operation->id, parameter->name);
    }
}

/* The target of a Link with rel="next". */
static const char *next_of(struct answer answer)
{
    const char *link = answer_header(answer, "Link");
    ck_assert_ptr_nonnull(link);
    const char *end = strchr(link, '>');
    ck_assert_ptr_nonnull(end);
    ck_assert_str_eq(end, ">; rel=\"next\"");
    return text("%.*s", (int)(end - link - 1), link + 1);
}

static void cursor_is_refused(const char *login, const char *path)
{
    struct answer answer = call(login, "GET", path, NULL);
    expect_problem(answer, 400, "invalid_cursor");
    ck_assert_str_eq(text_member(answer, "errors.0.parameter"), "cursor");
}

/* Two of what the demo has not. */
static void some_rows(void)
{
    const char *today = sql_text("select business_date()");
    for (int i = 0; i < 2; i++) {
        const char *enrolment = text(
            "{\"scheme\":\"hhi\",\"hamlet_id\":900101,\"months\":3,\"paid_on\":\"%s\",\"person\":"
            "{\"full_name\":\"Ka Trang\",\"date_of_birth\":\"1990\",\"sex\":\"female\",\"duplicate_confirmed\":true}}",
            today);
        const char *decision = text("{\"number\":\"L%d\",\"issued_on\":\"%s\",\"issuer\":\"BHXH\","
                                    "\"subject\":\"Danh sách\"}",
                                    i, today);
        const char *association =
            text("{\"kind\":\"youth_union\",\"name\":\"Đoàn Thanh niên %d\"}", i);
        expect_status(call("agent.collector", "POST", "/v1/enrolments", enrolment), 201);
        expect_status(call("district.manager", "POST", "/v1/decisions", decision), 201);
        expect_status(call("district.manager", "POST", "/v1/associations", association), 201);
        expect_status(call("district.officer", "GET", "/v1/people?q=trang", NULL), 200);
    }
}

START_TEST(every_list_is_walked_by_its_links_and_by_nobody_else)
{
    size_t count = 0;
    int walked = 0;
    const struct operation *all = contract_operations(harness_contract(), &count);
    some_rows();
    for (size_t i = 0; i < count; i++) {
        if (!is_list(&all[i])) {
            continue;
        }
        check_filter(&all[i]);
        const char *path = text("%s?limit=1%s", all[i].path, filter_of(&all[i]));
        struct answer first = expect_status(call("district.manager", "GET", path, NULL), 200);
        if (json_is_null(member(first, "next_cursor"))) {
            continue; /* not two rows yet */
        }
        const char *next = next_of(first);
        struct answer second = expect_status(call("district.manager", "GET", next, NULL), 200);
        ck_assert_msg(!json_equal(member(first, "items"), member(second, "items")), "%s", next);
        cursor_is_refused("province.manager", next);
        cursor_is_refused("district.manager", text("%s%s", next, "AAAA"));
        const char *cursor = text_member(first, "next_cursor");
        if (strcmp(all[i].id, "user_list") != 0) {
            cursor_is_refused("district.manager", text("/v1/users?cursor=%s", cursor));
        }
        walked++;
    }
    ck_assert_int_ge(walked, 6);
}
END_TEST

START_TEST(a_cursor_keeps_its_filter)
{
    struct answer page =
        call("province.viewer", "GET", "/v1/units?parent=168&kind=commune&limit=2", NULL);
    const char *cursor = text_member(expect_status(page, 200), "next_cursor");
    cursor_is_refused("province.viewer", text("/v1/units?parent=168&cursor=%s", cursor));
    cursor_is_refused("province.viewer",
                      text("/v1/units?parent=156&kind=commune&cursor=%s", cursor));
    expect_status(call("province.viewer", "GET",
                       text("/v1/units?parent=168&kind=commune&limit=9&cursor=%s", cursor), NULL),
                  200);
}
END_TEST

/* The list that was begun ends when the account is given something else to see. */
START_TEST(a_cursor_ends_when_the_account_moves)
{
    sql_text("select gate.session_sync(id) from app_user where username = 'province.viewer'");
    struct answer page =
        call("province.viewer", "GET", "/v1/units?parent=168&kind=commune&limit=2", NULL);
    const char *next = next_of(expect_status(page, 200));
    sql_text("update app_user set gen = gen + 1 where username = 'province.viewer'");
    sql_text("select gate.session_sync(id) from app_user where username = 'province.viewer'");
    forget_token("province.viewer");
    cursor_is_refused("province.viewer", next);
}
END_TEST

Suite *lists_suite(void)
{
    Suite *suite = suite_create("lists");
    TCase *tcase = tcase_create("lists");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, every_list_is_walked_by_its_links_and_by_nobody_else);
    tcase_add_test(tcase, a_cursor_keeps_its_filter);
    tcase_add_test(tcase, a_cursor_ends_when_the_account_moves);
    suite_add_tcase(suite, tcase);
    return suite;
}
