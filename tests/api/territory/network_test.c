/* The network: organisations, made, changed and ended by the offices. */
#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

/* A commune of the office Tánh Linh where nobody else works. */
#define COMMUNE "123188"

static struct answer found(const char *login, const char *name, const char *unit)
{
    return call(login, "POST", "/v1/agencies",
                text("{\"kind\":\"bank\",\"name\":\"%s\",\"unit_id\":%s}", name, unit));
}

static const char *made(struct answer answer)
{
    return text_member(expect_status(answer, 201), "id");
}

static struct answer change(const char *login, const char *kind, const char *id, const char *body)
{
    return call(login, "PATCH", text("/v1/%s/%s", kind, id), body);
}

static struct answer show(const char *login, const char *kind, const char *id)
{
    return call(login, "GET", text("/v1/%s/%s", kind, id), NULL);
}

static size_t count(const char *login, const char *path)
{
    struct answer answer = expect_status(call(login, "GET", path, NULL), 200);
    return json_array_size(member(answer, "items"));
}

START_TEST(an_office_founds_an_organisation)
{
    struct answer founded = expect_status(found("district.manager", "Ngân hàng A", COMMUNE), 201);
    const char *id = text_member(founded, "id");
    ck_assert_str_eq(answer_header(founded, "Location"), text("/v1/agencies/%s", id));
    ck_assert_int_eq(integer_member(founded, "unit.id"), 123188);
    ck_assert_int_eq(integer_member(founded, "giver_id"), 900001);
    ck_assert(json_is_null(member(founded, "ended_on")));
    static const char *const above[] = {"district.viewer", "province.viewer", "nation.viewer"};
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(text_member(expect_status(show(above[i], "agencies", id), 200), "name"),
                         "Ngân hàng A");
        ck_assert_uint_eq(count(above[i], "/v1/agencies?unit=" COMMUNE), 1);
    }
    static const char *const beside[] = {"neighbour.province", "neighbour.district",
                                         "commune.manager", "agency.manager", "agent.collector"};
    for (int i = 0; i < 5; i++) {
        expect_problem(show(beside[i], "agencies", id), 404, "not_found");
        ck_assert_uint_eq(count(beside[i], "/v1/agencies?unit=" COMMUNE), 0);
    }
    ck_assert_uint_eq(count("agency.manager", "/v1/agencies"), 1);
    ck_assert_uint_eq(count("agent.collector", "/v1/agencies"), 0);
    expect_flaw(found("district.manager", "ngân hàng a", COMMUNE), 409, "/name", "not_unique");
    expect_flaw(found("district.manager", "B", "900101"), 404, "/unit_id", "not_found");
    expect_flaw(found("district.manager", "B", "42"), 404, "/unit_id", "not_found");
    expect_problem(found("district.manager", "B", "123236"), 403, "outside_slice");
    expect_problem(found("district.manager", "B", "168"), 403, "outside_slice");
}
END_TEST

START_TEST(only_the_founder_changes_it)
{
    struct answer founded = expect_status(found("district.manager", "Ngân hàng C", COMMUNE), 201);
    const char *id = text_member(founded, "id");
    const char *const seen[] = {text("If-Match: %s", answer_header(founded, "ETag")), NULL};
    const char *path = text("/v1/agencies/%s", id);
    expect_problem(change("province.manager", "agencies", id, "{\"name\":\"D\"}"), 403,
                   "forbidden");
    expect_problem(change("neighbour.district", "agencies", id, "{\"name\":\"D\"}"), 404,
                   "not_found");
    expect_problem(change("agency.manager", "agencies", id, "{\"name\":\"D\"}"), 403, "forbidden");
    struct answer renamed =
        call_with("district.manager", "PATCH", path, "{\"name\":\"Ngân hàng D\"}", seen);
    ck_assert_str_eq(text_member(expect_status(renamed, 200), "name"), "Ngân hàng D");
    expect_problem(call_with("district.manager", "PATCH", path, "{\"ended\":true}", seen), 412,
                   "precondition_failed");
    expect_problem(call_with("district.manager", "PATCH", path, "{\"name\":\"E\"}",
                             (const char *[]){NULL}),
                   428, "precondition_required");
}
END_TEST

START_TEST(who_has_ended_is_given_no_number)
{
    const char *root = planned("district.manager", "vsi_new", "2031", 100);
    const char *agency = made(found("district.manager", "Ngân hàng H", COMMUNE));
    expect_status(change("district.manager", "agencies", agency, "{\"ended\":true}"), 200);
    expect_flaw(split("district.manager", root, "organisation",
                      text("{\"agency_id\":\"%s\",\"quantity\":10}", agency)),
                404, "/parts/0/agency_id", "not_found");
}
END_TEST

Suite *network_suite(void)
{
    Suite *suite = suite_create("network");
    TCase *tcase = tcase_create("network");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, an_office_founds_an_organisation);
    tcase_add_test(tcase, only_the_founder_changes_it);
    tcase_add_test(tcase, who_has_ended_is_given_no_number);
    suite_add_tcase(suite, tcase);
    return suite;
}
