/* What a number was on any day. The rows are moved back in time, days end when they end in Vietnam. */
#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

static char root[37];
static char office[37];
static char staff[37];

/* Everything of an assignment that happened now happened at this instant instead. */
static void date_back(const char *id, const char *instant)
{
    sql_text(text("update assignment_entry set at = '%s' where assignment_id = '%s' and at > now() "
                  "- interval '1 hour'",
                  instant, id));
    sql_text(text("update assignment set withdrawn_at = '%s' where id = '%s' and withdrawn_at > "
                  "now() - interval '1 hour'",
                  instant, id));
    sql_text(text("update cut_declaration set at = '%s' where assignment_id = '%s' and at > now() "
                  "- interval '1 hour'",
                  instant, id));
}

static struct answer on(const char *login, const char *id, const char *day)
{
    return call(login, "GET", text("/v1/assignments/%s?at=%s", id, day), NULL);
}

static struct answer history(const char *login, const char *id, const char *day)
{
    return call(login, "GET", text("/v1/assignments/%s/history?at=%s", id, day), NULL);
}

/* An office's number of 600, lowered, divided, phased, withdrawn: a step a month. */
START_TEST(a_year_of_changes)
{
    keep(root, planned("province.manager", "vsi_participants", "2028", 1000));
    keep(office,
         given("province.manager", root, "territory", "{\"unit_id\":900001,\"quantity\":600}"));
    keep(staff, given("province.manager", root, "staff",
                      "{\"collector_id\":\"01900000-0000-7000-8000-0000000000c1\","
                      "\"quantity\":120}"));
    date_back(root, "2025-01-05 02:00Z");
    date_back(office, "2025-01-31 16:59:59Z"); /* the last second of January in Vietnam */
    date_back(staff, "2025-01-31 17:00Z");     /* the first of February */
    expect_status(amend("province.manager", office, -100), 201);
    date_back(office, "2025-03-10 02:00Z");
    expect_status(act("province.manager", staff, "phase", "{\"by\":\"equal\",\"reason\":\"x\"}"),
                  201);
    date_back(staff, "2025-04-10 02:00Z");
    expect_status(act("province.manager", root, "declare",
                      "{\"cut\":\"territory\",\"over\":9,\"reason\":\"x\"}"),
                  201);
    date_back(root, "2025-05-10 02:00Z");
    expect_status(act("province.manager", office, "withdraw", "{\"reason\":\"x\"}"), 201);
    date_back(office, "2025-06-10 02:00Z");
    expect_status(act("province.manager", staff, "withdraw", "{\"reason\":\"x\"}"), 201);
    date_back(staff, "2025-07-10 02:00Z");
}
END_TEST

START_TEST(the_number_is_that_of_the_day)
{
    static const struct {
        const char *day;
        int quantity;
        bool withdrawn;
    } days[] = {{"2025-01-31", 600, false}, {"2025-03-09", 600, false}, {"2025-03-10", 500, false},
                {"2025-06-09", 500, false}, {"2025-06-10", 0, true},    {"2199-12-31", 0, true}};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct answer then = expect_status(on("district.viewer", office, days[i].day), 200);
        ck_assert_int_eq(integer_member(then, "quantity"), days[i].quantity);
        ck_assert_int_eq(!json_is_null(member(then, "withdrawn_at")), days[i].withdrawn);
    }
    expect_problem(on("district.viewer", office, "2025-01-30"), 404, "not_found");
    expect_problem(on("neighbour.district", office, "2025-03-10"), 404, "not_found");
    expect_problem(on("district.viewer", office, "2025-02-30"), 400, "invalid_request");
}
END_TEST

START_TEST(months_are_those_of_the_day_for_agents_too)
{
    expect_problem(on("agent.collector", staff, "2025-01-31"), 404, "not_found");
    struct answer before = expect_status(on("agent.collector", staff, "2025-04-09"), 200);
    ck_assert_uint_eq(json_array_size(member(before, "months")), 0);
    struct answer after = expect_status(on("agent.collector", staff, "2025-04-10"), 200);
    ck_assert_int_eq(integer_member(after, "months.11.quantity"), 10);
    ck_assert_int_eq(integer_member(after, "quantity"), 120);
    struct answer gone = expect_status(on("agent.collector", staff, "2025-07-10"), 200);
    ck_assert_int_eq(integer_member(gone, "months.11.quantity"), 0);
    ck_assert_int_eq(integer_member(gone, "quantity"), 0);
}
END_TEST

START_TEST(divisions_are_those_of_the_day)
{
    static const struct {
        const char *day;
        int territory, parts, over, staff;
    } days[] = {{"2025-01-05", 0, 0, 0, 0},     {"2025-01-31", 600, 1, 0, 0},
                {"2025-02-01", 600, 1, 0, 120}, {"2025-03-10", 500, 1, 0, 120},
                {"2025-05-10", 500, 1, 9, 120}, {"2025-06-10", 0, 0, 9, 120},
                {"2025-07-10", 0, 0, 9, 0}};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct answer then = expect_status(on("province.viewer", root, days[i].day), 200);
        ck_assert_int_eq(integer_member(then, "cuts.2.allocated"), days[i].territory);
        ck_assert_int_eq(integer_member(then, "cuts.2.unallocated"), 1000 - days[i].territory);
        ck_assert_int_eq(integer_member(then, "cuts.2.parts"), days[i].parts);
        ck_assert_int_eq(integer_member(then, "cuts.2.declared_over"), days[i].over);
        ck_assert_int_eq(integer_member(then, "cuts.1.allocated"), days[i].staff);
    }
}
END_TEST

/* At the end of time the answer is the same, whichever way it was computed. */
START_TEST(the_last_day_is_as_it_is)
{
    static const char *const members[] = {"quantity", "cuts", "months", "withdrawn_at", "assignee"};
    struct answer as_was = expect_status(on("province.viewer", root, "2199-12-31"), 200);
    struct answer as_is = assignment("province.viewer", root, "");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        ck_assert_msg(json_equal((json_t *)member(as_was, members[i]),
                                 (json_t *)member(as_is, members[i])),
                      "%s: %s %s", members[i], as_was.body, as_is.body);
    }
}
END_TEST

START_TEST(history_ends_with_the_day)
{
    struct answer until = expect_status(history("district.viewer", office, "2025-03-10"), 200);
    ck_assert_uint_eq(json_array_size(member(until, "items")), 2);
    ck_assert_int_eq(integer_member(until, "items.1.total"), 500);
    until = expect_status(history("district.viewer", office, "2025-03-09"), 200);
    ck_assert_uint_eq(json_array_size(member(until, "items")), 1);
    expect_problem(history("district.viewer", office, "2025-01-30"), 404, "not_found");
    expect_problem(history("neighbour.district", office, "2025-03-10"), 404, "not_found");
}
END_TEST

Suite *as_of_suite(void)
{
    Suite *suite = suite_create("as_of");
    TCase *tcase = tcase_create("as_of");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_year_of_changes);
    tcase_add_test(tcase, the_number_is_that_of_the_day);
    tcase_add_test(tcase, months_are_those_of_the_day_for_agents_too);
    tcase_add_test(tcase, divisions_are_those_of_the_day);
    tcase_add_test(tcase, the_last_day_is_as_it_is);
    tcase_add_test(tcase, history_ends_with_the_day);
    suite_add_tcase(suite, tcase);
    return suite;
}
