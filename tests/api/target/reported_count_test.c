/* Reported counts: of all payer groups or of each, and never both at once. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

#define NAMES "unit_kind,unit_code,indicator,payer_group,on,people,source\n"

static struct answer record(const char *login, const char *group, const char *on, int people)
{
    return call(login, "POST", "/v1/reported-counts",
                text("{\"unit_id\":123173,\"indicator\":\"health_cards\",\"payer_group\":\"%s\","
                     "\"on\":\"%s\",\"people\":%d,\"source\":\"Báo cáo\"}",
                     group, on, people));
}

static void record_groups(const char *login, const char *on, const int *people, int count)
{
    static const char *const groups[] = {"employer", "social_insurance", "budget", "subsidised",
                                         "household"};
    for (int i = 0; i < count; i++) {
        expect_status(record(login, groups[i], on, people[i]), 201);
    }
}

/* The whole of Đồng Kho, as of a day: "2025-12-31 900 168". */
static const char *whole(const char *date)
{
    return sql_text(text("select coalesce((select as_of || ' ' || people || ' ' || giver_id from "
                         "reports_until(123173, 'health_cards', '%s') limit 1), 'none')",
                         date));
}

static void clear(void)
{
    sql_text("delete from reported_count");
    harness_forget();
}

START_TEST(payer_groups_are_data)
{
    struct answer list = expect_status(call("agent.viewer", "GET", "/v1/payer-groups", NULL), 200);
    ck_assert_uint_eq(json_array_size(member(list, "items")), 5);
    ck_assert_str_eq(text_member(list, "items.0.code"), "employer");
    ck_assert(json_is_false(member(list, "items.0.verified")));
    ck_assert_str_eq(text_member(list, "items.4.legal_basis"),
                     "Luật Bảo hiểm y tế, Điều 12 khoản 5");
}
END_TEST

START_TEST(a_figure_is_recorded_and_listed)
{
    struct answer made =
        expect_status(record("district.officer", "household", "2025-12-31", 5120), 201);
    ck_assert_str_eq(text_member(made, "payer_group"), "household");
    static const char *const lists[] = {"", "?unit=123173", "?unit=123173&indicator=health_cards"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const char *path = text("/v1/reported-counts%s", lists[i]);
        struct answer list = expect_status(call("commune.viewer", "GET", path, NULL), 200);
        ck_assert_str_eq(text_member(list, "items.0.id"), text_member(made, "id"));
        struct answer beside = expect_status(call("neighbour.commune", "GET", path, NULL), 200);
        ck_assert_uint_eq(json_array_size(member(beside, "items")), 0);
    }
    expect_problem(call("commune.viewer", "GET", "/v1/reported-counts?indicator=health_cards",
                        NULL),
                   400, "invalid_request");
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    static const char *const bodies[][3] = {
        {"123149", "\"indicator\":\"health_cards\",\"on\":\"2025-12-31\"", "/unit_id"},
        {"999999", "\"indicator\":\"health_cards\",\"on\":\"2025-12-31\"", "/unit_id"},
        {"123173", "\"indicator\":\"health_coverage\",\"on\":\"2025-12-31\"", "/indicator"},
        {"123173", "\"indicator\":\"nothing\",\"on\":\"2025-12-31\"", "/indicator"},
        {"123173", "\"indicator\":\"health_cards\",\"payer_group\":\"army\",\"on\":\"2025-12-31\"",
         "/payer_group"},
        {"123173",
         "\"indicator\":\"vsi_participants\",\"payer_group\":\"household\",\"on\":\"2025-12-31\"",
         "/payer_group"},
        {"123173",
         "\"indicator\":\"health_cards\",\"payer_group\":\"household\",\"on\":\"2014-12-31\"",
         "/payer_group"},
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct answer refused = call("commune.manager", "POST", "/v1/reported-counts",
                                     text("{\"unit_id\":%s,%s,\"people\":1,\"source\":\"a\"}",
                                          bodies[i][0], bodies[i][1]));
        expect_problem(refused, 404, "not_found");
        ck_assert_str_eq(text_member(refused, "errors.0.pointer"), bodies[i][2]);
    }
    expect_problem(record("commune.manager", "all", "2199-01-01", 1), 422, "rule_broken");
    expect_status(record("commune.manager", "all", "2025-12-31", 1), 201);
    expect_problem(record("commune.manager", "all", "2025-12-31", 1), 409, "duplicate");
}
END_TEST

START_TEST(all_or_the_groups_make_the_whole_and_never_both)
{
    static const int people[] = {100, 200, 300, 150, 150};
    expect_status(record("district.manager", "all", "2024-12-31", 850), 201);
    record_groups("district.manager", "2025-12-31", people, 4);
    ck_assert_str_eq(whole("2025-12-31"), "2024-12-31 850 900001"); /* one group is missing */
    expect_status(record("district.manager", "household", "2025-12-31", 150), 201);
    ck_assert_str_eq(whole("2025-12-31"), "2025-12-31 900 900001");
    expect_status(record("district.manager", "all", "2025-12-31", 905), 201);
    ck_assert_str_eq(whole("2025-12-31"), "2025-12-31 905 900001");
    expect_status(record("district.manager", "all", "2025-12-31", 910), 201);
    ck_assert_str_eq(whole("2026-06-30"), "2025-12-31 910 900001");
    ck_assert_str_eq(whole("2024-12-30"), "none");
}
END_TEST

START_TEST(a_superiors_report_is_not_changed_from_below)
{
    static const int people[] = {1, 1, 1, 1, 1};
    expect_status(record("province.manager", "all", "2025-12-31", 900), 201);
    expect_status(record("commune.manager", "all", "2025-12-31", 999), 201);
    record_groups("commune.manager", "2025-12-31", people, 5);
    ck_assert_str_eq(whole("2025-12-31"), "2025-12-31 900 168");
    ck_assert_str_eq(sql_text("select groups is null from reports_until(123173, 'health_cards', "
                              "'2025-12-31')"),
                     "t");
}
END_TEST

START_TEST(a_file_gets_its_verdicts)
{
    static const char file[] =
        NAMES "commune,23173,health_cards,household,2025-12-31,5120,Báo cáo\n"
              "commune,23173,health_cards,,2025-12-31,13000,Báo cáo\n"
              "commune,23173,health_cards,all,2025-12-31,13000,Báo cáo\n"
              "commune,23149,health_cards,all,2025-12-31,1,Báo cáo\n"
              "commune,23173,health_coverage,all,2025-12-31,1,Báo cáo\n"
              "commune,23173,vsi_participants,budget,2025-12-31,1,Báo cáo\n"
              "commune,23173,vsi_participants,all,2199-12-31,1,Báo cáo\n";
    static const char *const codes[] = {"unit_code outside_slice", "indicator not_found",
                                        "payer_group not_found", "on in_future"};
    struct answer dry =
        expect_status(call("commune.manager", "POST",
                           "/v1/reported-counts/import?dry_run=true&partial=true", file),
                      200);
    struct answer real = expect_status(
        call("commune.manager", "POST", "/v1/reported-counts/import?partial=true", file), 200);
    ck_assert(json_equal(member(dry, "items"), member(real, "items")));
    ck_assert_int_eq(integer_member(dry, "written"), 0);
    ck_assert_int_eq(integer_member(real, "written"), 2);
    ck_assert_str_eq(text_member(real, "items.2.detail"), "trùng với dòng 3");
    for (int i = 0; i < 4; i++) {
        ck_assert_str_eq(text("%s %s", text_member(real, text("items.%d.field", i + 3)),
                              text_member(real, text("items.%d.code", i + 3))),
                         codes[i]);
    }
    struct answer again = expect_status(
        call("commune.manager", "POST", "/v1/reported-counts/import?partial=true", file), 200);
    ck_assert_int_eq(integer_member(again, "unchanged"), 2);
    ck_assert_int_eq(integer_member(again, "written"), 0);
    struct answer none =
        expect_status(call("commune.manager", "POST", "/v1/reported-counts/import",
                           NAMES "commune,23173,health_cards,budget,2025-12-31,6011,a\n"
                                 "commune,23149,health_cards,all,2025-12-31,1,a\n"),
                      200);
    ck_assert_int_eq(integer_member(none, "written"), 0);
}
END_TEST

Suite *reported_count_suite(void)
{
    Suite *suite = suite_create("reported_count");
    TCase *tcase = tcase_create("reported_count");
    tcase_add_checked_fixture(tcase, NULL, clear);
    tcase_add_test(tcase, payer_groups_are_data);
    tcase_add_test(tcase, a_figure_is_recorded_and_listed);
    tcase_add_test(tcase, what_cannot_be_is_refused);
    tcase_add_test(tcase, all_or_the_groups_make_the_whole_and_never_both);
    tcase_add_test(tcase, a_superiors_report_is_not_changed_from_below);
    tcase_add_test(tcase, a_file_gets_its_verdicts);
    suite_add_tcase(suite, tcase);
    return suite;
}
