/* The report of divisions: who has assigned too much or too little of what it holds. */
#include <string.h>

#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

#define MEASURE "indicator=collected&period=2028"

static char root[37];
static char office[37];
static char commune[37];

static struct answer divisions(const char *login, const char *filter)
{
    return expect_status(call(login, "GET", text("/v1/divisions?limit=200&%s", filter), NULL), 200);
}

/* "state allocated/quantity parts" of one cut of this assignment, "" when it has no line. */
static const char *line_of(struct answer answer, const char *id, const char *cut)
{
    const json_t *line;
    size_t i;
    json_array_foreach(member(answer, "items"), i, line) {
        if (strcmp(text_member(answer, text("items.%zu.assignment_id", i)), id) == 0 &&
            strcmp(text_member(answer, text("items.%zu.cut", i)), cut) == 0) {
            return text("%s %lld/%lld %lld", text_member(answer, text("items.%zu.state", i)),
                        (long long)integer_member(answer, text("items.%zu.allocated", i)),
                        (long long)integer_member(answer, text("items.%zu.quantity", i)),
                        (long long)integer_member(answer, text("items.%zu.parts", i)));
        }
    }
    return "";
}

static bool is_listed(struct answer answer, const char *id)
{
    return strstr(answer.body, id) != NULL;
}

START_TEST(each_cut_of_each_number_has_its_line)
{
    keep(root, planned("province.manager", "collected", "2028", 1000));
    keep(office,
         given("province.manager", root, "territory", "{\"unit_id\":900001,\"quantity\":600}"));
    expect_status(
        split("province.manager", root, "territory", "{\"unit_id\":900002,\"quantity\":400}"), 201);
    expect_status(act("district.manager", office, "declare",
                      "{\"cut\":\"territory\",\"over\":50,\"reason\":\"Dự phòng\"}"),
                  201);
    keep(commune,
         given("district.manager", office, "territory", "{\"unit_id\":123173,\"quantity\":630}"));
    expect_status(split("commune.manager", commune, "territory",
                        "{\"unit_id\":900101,\"quantity\":100}"),
                  201);
    struct answer all = divisions("province.viewer", MEASURE);
    ck_assert_str_eq(line_of(all, root, "territory"), "exact 1000/1000 2");
    ck_assert_str_eq(line_of(all, root, "staff"), "under 0/1000 0");
    ck_assert_str_eq(line_of(all, office, "territory"), "over 630/600 1");
    ck_assert_str_eq(line_of(all, office, "organisation"), "under 0/600 0");
    ck_assert_str_eq(line_of(all, commune, "territory"), "under 100/630 1");
    ck_assert_uint_eq(json_array_size(member(all, "items")), 12);
    ck_assert_str_eq(text_member(all, "items.0.state"), "under");
    ck_assert_str_eq(text_member(all, "items.10.state"), "over");
    ck_assert_str_eq(text_member(all, "items.11.state"), "exact");
}
END_TEST

START_TEST(a_line_says_how_far_and_who)
{
    struct answer over = divisions("district.viewer", MEASURE "&state=over");
    ck_assert_uint_eq(json_array_size(member(over, "items")), 1);
    ck_assert_int_eq(integer_member(over, "items.0.unallocated"), -30);
    ck_assert_int_eq(integer_member(over, "items.0.declared_over"), 50);
    ck_assert_int_eq((int)json_number_value(member(over, "items.0.percent")), 105);
    ck_assert_str_eq(text_member(over, "items.0.holder.name"), "BHXH cơ sở Tánh Linh");
    ck_assert_str_eq(text_member(over, "items.0.indicator"), "collected");
    ck_assert_str_eq(text_member(over, "items.0.period.to"), "2028-12-31");
    ck_assert_str_eq(text_member(over, "items.0.assigner"), "social_insurance");
    ck_assert_int_eq(integer_member(over, "items.0.giver_id"), 168);
}
END_TEST

START_TEST(states_and_measures_filter_alone_and_together)
{
    static const char *const states[] = {"over", "under", "exact"};
    for (int i = 0; i < 3; i++) {
        struct answer some = divisions("province.viewer", text("state=%s", states[i]));
        size_t n = json_array_size(member(some, "items"));
        for (size_t line = 0; line < n; line++) {
            ck_assert_str_eq(text_member(some, text("items.%zu.state", line)), states[i]);
        }
        ck_assert_uint_gt(n, 0);
    }
    struct answer exact = divisions("province.viewer", MEASURE "&state=exact");
    ck_assert_uint_eq(json_array_size(member(exact, "items")), 1);
    ck_assert(is_listed(exact, root));
    struct answer none = divisions("province.viewer", "indicator=collected&period=2028-01");
    ck_assert_uint_eq(json_array_size(member(none, "items")), 0);
    struct answer half = call("province.viewer", "GET", "/v1/divisions?period=2028", NULL);
    expect_problem(half, 400, "invalid_request");
    ck_assert_str_eq(text_member(half, "errors.0.parameter"), "indicator");
    half = call("province.viewer", "GET", "/v1/divisions?indicator=collected&state=over", NULL);
    ck_assert_str_eq(text_member(half, "errors.0.parameter"), "period");
}
END_TEST

START_TEST(each_tier_sees_the_divisions_of_its_slice)
{
    struct answer own = divisions("commune.viewer", MEASURE);
    ck_assert(is_listed(own, commune) && !is_listed(own, office));
    ck_assert(!is_listed(divisions("neighbour.commune", MEASURE), commune));
    ck_assert(!is_listed(divisions("neighbour.district", MEASURE), office));
    ck_assert(!is_listed(divisions("neighbour.province", MEASURE), root));
    ck_assert(is_listed(divisions("nation.viewer", MEASURE), root));
    expect_problem(call("agent.viewer", "GET", "/v1/divisions", NULL), 403, "forbidden");
}
END_TEST

START_TEST(pages_follow_each_other_without_gap_or_double)
{
    const char *seen = "";
    const char *cursor = "";
    size_t count = 0;
    do {
        struct answer page =
            expect_status(call("province.viewer", "GET",
                               text("/v1/divisions?limit=2&" MEASURE "%s", cursor), NULL),
                          200);
        for (size_t i = 0; i < json_array_size(member(page, "items")); i++) {
            const char *id = text_member(page, text("items.%zu.id", i));
            ck_assert_ptr_null(strstr(seen, id));
            seen = text("%s %s", seen, id);
            count++;
        }
        const char *next = json_string_value(member(page, "next_cursor"));
        cursor = next ? text("&cursor=%s", next) : NULL;
    } while (cursor);
    struct answer whole = divisions("province.viewer", MEASURE);
    ck_assert_uint_eq(count, json_array_size(member(whole, "items")));
}
END_TEST

START_TEST(what_nobody_divides_has_no_line)
{
    const char *hamlet = "select count(*) from cut_total t join unit u on u.id = t.holder_id where "
                         "u.kind = 'hamlet'";
    ck_assert_str_eq(sql_text(hamlet), "0");
    const char *ratio = planned("province.manager", "health_coverage", "2028-02", 9000);
    const char *filter = "indicator=health_coverage&period=2028-02";
    ck_assert(!is_listed(divisions("province.viewer", filter), ratio));
    const char *gone = planned("province.manager", "collected", "2028-02", 5);
    filter = "indicator=collected&period=2028-02";
    ck_assert(is_listed(divisions("province.viewer", filter), gone));
    expect_status(act("province.manager", gone, "withdraw", "{\"reason\":\"x\"}"), 201);
    ck_assert(!is_listed(divisions("province.viewer", filter), gone));
}
END_TEST

Suite *division_suite(void)
{
    Suite *suite = suite_create("division");
    TCase *tcase = tcase_create("division");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, each_cut_of_each_number_has_its_line);
    tcase_add_test(tcase, a_line_says_how_far_and_who);
    tcase_add_test(tcase, states_and_measures_filter_alone_and_together);
    tcase_add_test(tcase, each_tier_sees_the_divisions_of_its_slice);
    tcase_add_test(tcase, pages_follow_each_other_without_gap_or_double);
    tcase_add_test(tcase, what_nobody_divides_has_no_line);
    suite_add_tcase(suite, tcase);
    return suite;
}
