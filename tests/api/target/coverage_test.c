/* Coverage as printed: percentages and points, targets and thresholds by date, and nothing guessed. */
#include <stdlib.h>
#include <string.h>

#include "middleware/request.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"

enum { SON_LA = 114, LAM_DONG = 168, TANH_LINH = 900001, DONG_KHO = 123173, WARD_COMMUNE = 123149 };

static void populate(const char *login, int unit, const char *on, int people)
{
    expect_status(call(login, "POST", "/v1/populations",
                       text("{\"unit_id\":%d,\"kind\":\"total\",\"on\":\"%s\",\"people\":%d,"
                            "\"source\":\"Cục Thống kê\"}",
                            unit, on, people)),
                  201);
}

static void report(const char *login, int unit, const char *on, int people)
{
    expect_status(call(login, "POST", "/v1/reported-counts",
                       text("{\"unit_id\":%d,\"indicator\":\"health_cards\",\"on\":\"%s\","
                            "\"people\":%d,\"source\":\"Báo cáo\"}",
                            unit, on, people)),
                  201);
}

static void aim(const char *login, const char *indicator, const char *year, int hundredths)
{
    expect_status(call(login, "POST", "/v1/plans",
                       text("{\"indicator\":\"%s\",\"period\":\"%s\",\"assigner\":"
                            "\"people_committee\",\"decision\":{\"number\":\"9/QĐ-UBND\","
                            "\"decided_on\":\"%s-01-05\"},\"quantity\":%d}",
                            indicator, year, year, hundredths)),
                  201);
}

static struct answer coverage(const char *login, const char *query)
{
    return expect_status(
        call(login, "GET", text("/v1/coverage?assigner=people_committee&%s", query), NULL), 200);
}

/* The item of a unit, by its place in the answer. */
static const char *item_of(struct answer answer, int unit)
{
    size_t i;
    json_t *item;
    json_array_foreach(member(answer, "items"), i, item) {
        const json_t *id = json_object_get(json_object_get(item, "unit"), "id");
        if (json_integer_value(id) == unit) {
            return text("items.%zu", i);
        }
    }
    ck_abort_msg("no item %d in %.900s", unit, answer.body);
    return NULL;
}

/* A number as it was sent, to the last digit. */
static const char *figure(struct answer answer, const char *line, const char *name)
{
    const json_t *value = member(answer, text("%s.%s", line, name));
    return json_is_null(value) ? "null" : text("%.2f", json_number_value(value));
}

static bool is_null(struct answer answer, const char *line, const char *name)
{
    return json_is_null(member(answer, text("%s.%s", line, name)));
}

/* Targets of other suites are of later years. */
static void clear(void)
{
    static const char *const written[] = {"cut_total", "assignment_entry"};
    static const char ours[] = "a.indicator like '%_coverage' and a.starts_on < '2026-01-01'";
    sql_text("delete from population");
    sql_text("delete from reported_count");
    for (int i = 0; i < 2; i++) {
        sql_text(text("delete from %s t using assignment a where a.id = t.assignment_id and %s",
                      written[i], ours));
    }
    sql_text(text("delete from assignment a where %s and a.parent_id is not null", ours));
    sql_text(text("delete from assignment a where %s", ours));
    sql_text(text("delete from plan a where %s", ours));
    harness_forget();
}

/* --- as printed ------------------------------------------------------------------------------ */

START_TEST(son_la_2020_is_as_printed)
{
    populate("nation.manager", SON_LA, "2020-10-31", 1252605);
    report("nation.manager", SON_LA, "2020-10-31", 1196739);
    struct answer answer = coverage("nation.viewer", "unit=114&on=2020-12-31");
    ck_assert_str_eq(figure(answer, "self", "percent"), "95.54");
    ck_assert_ptr_nonnull(strstr(answer.body, "\"percent\":95.54,"));
    ck_assert_str_eq(text_member(answer, "self.basis"), "reported");
    ck_assert_str_eq(text_member(answer, "self.covered.on"), "2020-10-31");
    ck_assert(is_null(answer, "self", "target"));
}
END_TEST

START_TEST(binh_thuan_2023_is_as_printed)
{
    populate("nation.manager", LAM_DONG, "2023-11-30", 1163785);
    report("nation.manager", LAM_DONG, "2023-11-30", 1052062);
    aim("province.manager", "health_coverage", "2023", 9225);
    struct answer answer = coverage("province.viewer", "on=2023-11-30");
    ck_assert_str_eq(figure(answer, "self", "percent"), "90.40");
    ck_assert_str_eq(figure(answer, "self", "target.percent"), "92.25");
    ck_assert_str_eq(figure(answer, "self", "target.points"), "-1.85");
    ck_assert(json_is_false(member(answer, "self.target.met")));
    ck_assert_int_eq(integer_member(answer, "self.target.remaining"), 1073592 - 1052062);
    /* 92.5 % of the plan of cards is another ratio and appears nowhere */
    ck_assert_ptr_null(strstr(answer.body, "92.5,"));
    struct answer later = coverage("province.viewer", "on=2024-01-01");
    ck_assert(is_null(later, "self", "target")); /* another year */
    ck_assert_str_eq(figure(later, "self", "percent"), "90.40");
}
END_TEST

START_TEST(remaining_is_how_many_people_more)
{
    populate("nation.manager", LAM_DONG, "2020-10-31", 1252605);
    report("nation.manager", LAM_DONG, "2020-10-31", 1196739);
    aim("province.manager", "health_coverage", "2020", 9570);
    struct answer answer = coverage("province.viewer", "on=2020-10-31");
    ck_assert_str_eq(figure(answer, "self", "target.points"), "-0.16");
    ck_assert_int_eq(integer_member(answer, "self.target.remaining"), 2004);
    report("nation.manager", LAM_DONG, "2020-11-01", 1198742);
    answer = coverage("province.viewer", "on=2020-11-01");
    ck_assert_str_eq(figure(answer, "self", "percent"), "95.70");
    ck_assert(
        json_is_false(member(answer, "self.target.met"))); /* 95.69992 %: on the exact ratio */
    ck_assert_int_eq(integer_member(answer, "self.target.remaining"), 1);
    report("nation.manager", LAM_DONG, "2020-11-02", 1198743);
    answer = coverage("province.viewer", "on=2020-11-02");
    ck_assert(json_is_true(member(answer, "self.target.met")));
    ck_assert_int_eq(integer_member(answer, "self.target.remaining"), 0);
}
END_TEST

START_TEST(percentages_are_rounded_half_up_and_once)
{
    static const struct {
        int covered;
        int population;
        const char *percent;
    } cases[] = {
        {1, 32, "3.13"},          {3, 32, "9.38"},
        {1, 3, "33.33"},          {2, 3, "66.67"},
        {84995, 100000, "85.00"}, {84994, 100000, "84.99"},
        {0, 7, "0.00"},           {7, 7, "100.00"},
        {8, 7, "114.29"},         {999999999, 1000000000, "100.00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *on = text("2019-01-%02zu", i + 1);
        populate("commune.manager", DONG_KHO, on, cases[i].population);
        report("commune.manager", DONG_KHO, on, cases[i].covered);
        ck_assert_str_eq(figure(coverage("commune.viewer", text("on=%s", on)), "self", "percent"),
                         cases[i].percent);
    }
}
END_TEST

/* --- what is missing ------------------------------------------------------------------------- */

START_TEST(what_is_missing_is_said_and_not_guessed)
{
    struct answer none = coverage("commune.viewer", "on=2020-10-31");
    ck_assert_str_eq(text_member(none, "self.missing.0"), "population");
    ck_assert_str_eq(text_member(none, "self.missing.1"), "covered");
    report("commune.manager", DONG_KHO, "2020-10-31", 100);
    struct answer half = coverage("commune.viewer", "on=2020-10-31");
    ck_assert(is_null(half, "self", "percent"));
    ck_assert(is_null(half, "self", "population"));
    ck_assert_int_eq(integer_member(half, "self.covered.people"), 100);
    ck_assert_uint_eq(json_array_size(member(half, "self.missing")), 1);
    ck_assert_str_eq(figure(half, "self", "threshold.percent"), "85.00");
    ck_assert(is_null(half, "self", "threshold.met"));
    ck_assert(is_null(half, "self", "threshold.points"));
    ck_assert(is_null(half, "self", "threshold.remaining"));
    populate("commune.manager", DONG_KHO, "2020-10-31", 0);
    struct answer empty = coverage("commune.viewer", "on=2020-10-31");
    ck_assert(is_null(empty, "self", "percent"));
    ck_assert_str_eq(text_member(empty, "self.missing.0"), "population");
    ck_assert_str_eq(figure(coverage("commune.viewer", "on=2020-10-30"), "self", "percent"),
                     "null");
}
END_TEST

START_TEST(a_part_of_the_groups_is_not_the_whole)
{
    static const char *const groups[] = {"employer", "social_insurance", "budget", "subsidised",
                                         "household"};
    populate("commune.manager", DONG_KHO, "2020-01-01", 1000);
    for (int i = 0; i < 5; i++) {
        struct answer before = coverage("commune.viewer", "on=2020-10-31");
        ck_assert(is_null(before, "self", "covered"));
        ck_assert_str_eq(text_member(before, "self.missing.0"), i ? "payer_groups" : "covered");
        expect_status(call("commune.manager", "POST", "/v1/reported-counts",
                           text("{\"unit_id\":123173,\"indicator\":\"health_cards\","
                                "\"payer_group\":\"%s\",\"on\":\"2020-10-31\",\"people\":%d,"
                                "\"source\":\"Báo cáo\"}",
                                groups[i], 100 + i)),
                      201);
    }
    struct answer answer = coverage("commune.viewer", "on=2020-10-31");
    ck_assert_int_eq(integer_member(answer, "self.covered.people"), 510);
    ck_assert_uint_eq(json_array_size(member(answer, "self.covered.groups")), 5);
    ck_assert_str_eq(text_member(answer, "self.covered.groups.0.payer_group"), "budget");
    ck_assert_int_eq(integer_member(answer, "self.covered.groups.0.people"), 102);
    ck_assert_str_eq(figure(answer, "self", "percent"), "51.00");
}
END_TEST

/* --- targets, thresholds, alerts ------------------------------------------------------------- */

START_TEST(what_a_superior_gave_comes_before_an_own_plan)
{
    populate("district.manager", TANH_LINH, "2020-01-01", 1000);
    report("district.manager", TANH_LINH, "2020-10-31", 937);
    aim("district.manager", "health_coverage", "2020", 9000);
    ck_assert_str_eq(figure(coverage("district.viewer", "on=2020-10-31"), "self", "target.points"),
                     "3.70");
    aim("province.manager", "health_coverage", "2020", 9240);
    const char *root =
        sql_text("select id from assignment where indicator = 'health_coverage' and unit_id = 168 "
                 "and starts_on = '2020-01-01'");
    expect_status(
        call("province.manager", "POST", text("/v1/assignments/%s/split", root),
             "{\"cut\":\"territory\",\"parts\":[{\"unit_id\":900001,\"quantity\":9240}]}"),
        201);
    struct answer answer = coverage("district.viewer", "on=2020-10-31");
    ck_assert_str_eq(figure(answer, "self", "target.percent"), "92.40");
    ck_assert_str_eq(figure(answer, "self", "target.points"), "1.30");
    struct answer other = expect_status(
        call("district.viewer", "GET", "/v1/coverage?on=2020-10-31&assigner=people_council", NULL),
        200);
    ck_assert(is_null(other, "self", "target"));
}
END_TEST

START_TEST(the_threshold_is_that_of_the_day_and_the_form)
{
    populate("district.manager", DONG_KHO, "2015-01-01", 1000);
    report("district.manager", DONG_KHO, "2015-06-30", 870);
    static const char *const days[][3] = {
        {"on=2015-12-31", "70.00", "17.00"},
        {"on=2016-01-01", "85.00", "2.00"},
        {"on=2021-01-01", "90.00", "-3.00"},
        {"on=2021-01-01&standard=new_rural_advanced", "95.00", "-8.00"},
        {"on=2020-01-01&standard=new_rural_model", "95.00", "-8.00"},
    };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct answer answer = coverage("commune.viewer", days[i][0]);
        ck_assert_str_eq(figure(answer, "self", "threshold.percent"), days[i][1]);
        ck_assert_str_eq(figure(answer, "self", "threshold.points"), days[i][2]);
    }
    ck_assert(is_null(coverage("commune.viewer", "on=2026-01-01"), "self", "threshold"));
    ck_assert(is_null(coverage("district.viewer", "on=2020-01-01"), "self", "threshold"));
    sql_text("update unit set form = 'ward' where id = 123173");
    bool none = is_null(coverage("commune.viewer", "on=2020-01-01"), "self", "threshold");
    sql_text("update unit set form = 'commune' where id = 123173");
    ck_assert(none);
}
END_TEST

START_TEST(a_commune_that_falls_below_is_an_alert)
{
    populate("district.manager", DONG_KHO, "2016-01-01", 1000);
    report("district.manager", DONG_KHO, "2016-12-31", 840);
    ck_assert(
        is_null(coverage("commune.viewer", "on=2017-01-01"), "self", "alert")); /* never met */
    report("district.manager", DONG_KHO, "2017-12-31", 850);
    report("district.manager", DONG_KHO, "2018-12-31", 849);
    report("district.manager", DONG_KHO, "2019-12-31", 830);
    ck_assert(is_null(coverage("commune.viewer", "on=2018-01-01"), "self", "alert"));
    struct answer fallen = coverage("commune.viewer", "on=2018-12-31");
    ck_assert_str_eq(text_member(fallen, "self.alert"), "fell_below");
    ck_assert_str_eq(text_member(fallen, "self.last_met_on"), "2017-12-31");
    ck_assert_int_eq(integer_member(fallen, "self.threshold.remaining"), 1);
    struct answer still = coverage("district.viewer", "on=2020-06-30");
    ck_assert_str_eq(text_member(still, text("%s.alert", item_of(still, DONG_KHO))), "fell_below");
    ck_assert_int_eq(integer_member(still, "below.fell_below"), 1);
    struct answer alerts = coverage("district.viewer", "on=2020-06-30&show=fell_below");
    ck_assert_uint_eq(json_array_size(member(alerts, "items")), 1);
    /* 90 % from 2021 on was never met: below, and no alert */
    struct answer higher = coverage("commune.viewer", "on=2021-01-01");
    ck_assert(json_is_false(member(higher, "self.threshold.met")));
    ck_assert(is_null(higher, "self", "alert"));
}
END_TEST

START_TEST(below_shows_only_who_is_below)
{
    static const int communes[] = {123149, 123152, 123158, 123173};
    static const int covered[] = {849, 850, 990, 0};
    for (int i = 0; i < 3; i++) {
        populate("district.manager", communes[i], "2020-01-01", 1000);
        report("district.manager", communes[i], "2020-10-31", covered[i]);
    }
    struct answer all = coverage("district.viewer", "on=2020-10-31");
    ck_assert_uint_eq(json_array_size(member(all, "items")), 5);
    struct answer below = coverage("district.viewer", "on=2020-10-31&show=below_threshold");
    ck_assert_uint_eq(json_array_size(member(below, "items")), 1);
    ck_assert_int_eq(integer_member(below, "items.0.unit.id"), 123149);
    ck_assert_int_eq(integer_member(below, "below.lines"), 5);
    ck_assert_int_eq(integer_member(below, "below.with_percent"), 3);
    ck_assert_int_eq(integer_member(below, "below.below_threshold"), 1);
    ck_assert_int_eq(integer_member(below, "below.below_target"), 0);
    ck_assert_int_eq(integer_member(below, "self.unit.id"), TANH_LINH);
    struct answer target = coverage("district.viewer", "on=2020-10-31&show=below_target");
    ck_assert_uint_eq(json_array_size(member(target, "items")), 0);
}
END_TEST

/* --- sums and sight -------------------------------------------------------------------------- */

START_TEST(the_sum_below_is_shown_apart_and_never_added)
{
    report("province.manager", TANH_LINH, "2020-10-31", 2000);
    report("district.manager", DONG_KHO, "2020-10-31", 900);
    report("district.manager", WARD_COMMUNE, "2020-09-30", 1050);
    struct answer answer = coverage("district.viewer", "on=2020-10-31");
    ck_assert_int_eq(integer_member(answer, "self.covered.people"), 2000);
    ck_assert_int_eq(integer_member(answer, "self.children_sum.people"), 1950);
    ck_assert_int_eq(integer_member(answer, "self.children_sum.units"), 2);
    ck_assert_int_eq(integer_member(answer, "self.children_sum.of"), 5);
    ck_assert(is_null(answer, item_of(answer, DONG_KHO), "children_sum"));
    report("district.manager", WARD_COMMUNE, "2020-10-31", 1100);
    ck_assert(is_null(coverage("district.viewer", "on=2020-10-31"), "self", "children_sum"));
    struct answer province = coverage("province.viewer", "on=2020-10-31&level=commune");
    ck_assert(is_null(province, "self", "covered"));
    ck_assert_int_eq(integer_member(province, "self.children_sum.people"), 2000);
    ck_assert_int_eq(
        integer_member(province, text("%s.covered.people", item_of(province, DONG_KHO))), 900);
}
END_TEST

START_TEST(every_commune_of_the_country_is_one_call)
{
    uint64_t before = monotonic_ns();
    struct answer answer = coverage("nation.viewer", "level=commune");
    double seconds = (double)(monotonic_ns() - before) / 1e9;
    ck_assert_str_eq(text("%zu", json_array_size(member(answer, "items"))),
                     sql_text("select count(*) from unit where kind = 'commune' and "
                              "valid_to is null"));
    ck_assert_msg(seconds < 3, "%.1f s", seconds);
    ck_assert_uint_eq(json_array_size(member(coverage("nation.viewer", "on=2020-01-01"), "items")),
                      34);
}
END_TEST

START_TEST(a_unit_beside_or_above_is_not_found)
{
    static const char *const asked[][2] = {
        {"commune.viewer", "123149"},    {"commune.viewer", "900001"}, {"district.viewer", "168"},
        {"district.viewer", "123236"},   {"province.viewer", "156"},   {"province.viewer", "1"},
        {"neighbour.commune", "123173"}, {"commune.viewer", "999999"},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        expect_problem(call(asked[i][0], "GET", text("/v1/coverage?unit=%s", asked[i][1]), NULL),
                       404, "not_found");
    }
    expect_problem(call("agent.collector", "GET", "/v1/coverage", NULL), 403, "forbidden");
    struct answer hamlet = coverage("commune.viewer", "unit=900101");
    ck_assert_str_eq(text_member(hamlet, "self.unit.kind"), "hamlet");
}
END_TEST

START_TEST(a_superiors_figures_are_seen_and_stay)
{
    populate("province.manager", DONG_KHO, "2020-01-01", 1000);
    report("province.manager", DONG_KHO, "2020-10-31", 800);
    populate("commune.manager", DONG_KHO, "2020-01-01", 500);
    report("commune.manager", DONG_KHO, "2020-10-31", 500);
    struct answer answer = coverage("commune.viewer", "on=2020-10-31");
    ck_assert_str_eq(figure(answer, "self", "percent"), "80.00");
    ck_assert_int_eq(integer_member(answer, "self.covered.giver_id"), LAM_DONG);
    ck_assert_int_eq(integer_member(answer, "self.population.giver_id"), LAM_DONG);
    ck_assert_str_eq(figure(coverage("province.viewer", "unit=123173&on=2020-10-31"), "self",
                            "percent"),
                     "80.00");
}
END_TEST

START_TEST(voluntary_insurance_is_measured_by_the_labour_force)
{
    expect_status(call("commune.manager", "POST", "/v1/populations",
                       "{\"unit_id\":123173,\"kind\":\"labour_force\",\"on\":\"2025-01-01\","
                       "\"people\":7100,\"source\":\"a\"}"),
                  201);
    expect_status(call("commune.manager", "POST", "/v1/reported-counts",
                       "{\"unit_id\":123173,\"indicator\":\"vsi_participants\","
                       "\"on\":\"2025-06-30\",\"people\":355,\"source\":\"a\"}"),
                  201);
    aim("commune.manager", "vsi_coverage", "2025", 650);
    struct answer answer = coverage("commune.viewer", "on=2025-12-31&scheme=vsi");
    ck_assert_str_eq(figure(answer, "self", "percent"), "5.00");
    ck_assert_str_eq(figure(answer, "self", "target.points"), "-1.50");
    struct answer health = coverage("commune.viewer", "on=2025-12-31");
    ck_assert(is_null(health, "self", "percent"));
    struct answer nation =
        coverage("nation.viewer", "on=2025-12-31&scheme=vsi&standard=national_goal");
    ck_assert_str_eq(figure(nation, "self", "threshold.percent"), "2.50");
}
END_TEST

Suite *coverage_rate_suite(void)
{
    Suite *suite = suite_create("coverage_rate");
    TCase *tcase = tcase_create("coverage_rate");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, clear);
    tcase_add_test(tcase, son_la_2020_is_as_printed);
    tcase_add_test(tcase, binh_thuan_2023_is_as_printed);
    tcase_add_test(tcase, remaining_is_how_many_people_more);
    tcase_add_test(tcase, percentages_are_rounded_half_up_and_once);
    tcase_add_test(tcase, what_is_missing_is_said_and_not_guessed);
    tcase_add_test(tcase, a_part_of_the_groups_is_not_the_whole);
    tcase_add_test(tcase, what_a_superior_gave_comes_before_an_own_plan);
    tcase_add_test(tcase, the_threshold_is_that_of_the_day_and_the_form);
    tcase_add_test(tcase, a_commune_that_falls_below_is_an_alert);
    tcase_add_test(tcase, below_shows_only_who_is_below);
    tcase_add_test(tcase, the_sum_below_is_shown_apart_and_never_added);
    tcase_add_test(tcase, every_commune_of_the_country_is_one_call);
    tcase_add_test(tcase, a_unit_beside_or_above_is_not_found);
    tcase_add_test(tcase, a_superiors_figures_are_seen_and_stay);
    tcase_add_test(tcase, voluntary_insurance_is_measured_by_the_labour_force);
    suite_add_tcase(suite, tcase);
    return suite;
}
