/* Published figures of 2011 to 2023, told again by the units of their day and by today's. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

#define REPORTED "&basis=reported"
#define PUBLISHED "&map=published"

static struct answer get(const char *login, const char *path)
{
    return expect_status(call(login, "GET", path, NULL), 200);
}

static double number(struct answer answer, const char *path)
{
    return json_number_value(member(answer, path));
}

/* Where in the items of a progress or a coverage the unit stands. */
static int item_of(struct answer answer, int unit)
{
    size_t count = json_array_size(member(answer, "items"));
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(member(answer, "items"), i);
        const json_t *assignee = json_object_get(item, "assignee");
        const json_t *id = assignee ? json_object_get(assignee, "unit_id")
                                    : json_object_get(json_object_get(item, "unit"), "id");
        if (json_integer_value(id) == unit) {
            return (int)i;
        }
    }
    ck_abort_msg("no unit %d in %.900s", unit, answer.body);
}

static struct answer progress(const char *login, int unit, const char *indicator,
                              const char *period, const char *more)
{
    return get(login, text("/v1/progress?unit=%d&indicator=%s&period=%s" REPORTED "%s", unit,
                           indicator, period, more));
}

static void expect_line(struct answer answer, int unit, double percent, const char *band, int rank)
{
    const char *item = text("items.%d", item_of(answer, unit));
    ck_assert_double_eq_tol(number(answer, text("%s.percent", item)), percent, 0.001);
    ck_assert_str_eq(text_member(answer, text("%s.band", item)), band);
    ck_assert_int_eq(integer_member(answer, text("%s.rank", item)), rank);
    ck_assert_str_eq(text_member(answer, text("%s.basis", item)), "reported");
}

START_TEST(binh_thuan_has_two_percentages_with_two_denominators)
{
    struct answer plan = progress("province.viewer", 260, "health_cards", "2023", "&at=2023-11-30");
    ck_assert_str_eq(text_member(plan, "self.assignee.name"), "Bình Thuận");
    ck_assert_int_eq(integer_member(plan, "self.achieved"), 1052062);
    ck_assert_double_eq_tol(number(plan, "self.percent"), 92.5, 0.001);
    ck_assert(json_is_false(member(plan, "self.reported.illustrative")));
    struct answer cover = get("province.viewer", "/v1/coverage?unit=260&on=2023-11-30");
    ck_assert_double_eq_tol(number(cover, "self.percent"), 90.4, 0.001);
    ck_assert_double_eq_tol(number(cover, "self.target.percent"), 92.25, 0.001);
    ck_assert_double_eq_tol(number(cover, "self.target.points"), -1.85, 0.001);
    struct answer target =
        progress("province.viewer", 260, "vsi_participants", "2023", "&at=2023-11-30");
    ck_assert_int_eq(integer_member(plan, "below.lines"), 10);
    ck_assert(json_is_null(member(target, "self.target"))); /* nobody printed what was achieved */
    const char *id = sql_text("select id from assignment where unit_id = 260 and indicator = "
                              "'vsi_participants'");
    struct answer held = get("province.viewer", text("/v1/assignments/%s", id));
    ck_assert_int_eq(integer_member(held, "quantity"), 14778);
}
END_TEST

START_TEST(the_districts_of_binh_thuan_stand_in_the_printed_order)
{
    struct answer plan =
        progress("nation.viewer", 260, "health_cards", "2023", "&at=2023-11-30" PUBLISHED);
    expect_line(plan, 1602, 100, "met", 1);           /* Phú Quý, paid by the budget */
    expect_line(plan, 1599, 98.7, "below_target", 2); /* Tánh Linh */
    expect_line(plan, 1601, 93.7, "below_target", 3); /* Hàm Tân */
    expect_line(plan, 1600, 93.5, "below_target", 4); /* Đức Linh */
    expect_line(plan, 1594, 93, "below_target", 5);   /* La Gi */
    expect_line(plan, 1598, 92.6, "below_target", 6); /* Hàm Thuận Nam */
    int below = 0;
    for (int i = 0; i < 10; i++) {
        below += number(plan, text("items.%d.percent", i)) < 90;
    }
    ck_assert_int_eq(below, 4);
    ck_assert_int_eq(integer_member(plan, "below.met"), 1);
    ck_assert_int_eq(integer_member(plan, "below.below_target"), 9);
    struct answer cover = get("province.viewer", "/v1/coverage?unit=1601&on=2023-11-30");
    ck_assert_double_eq_tol(number(cover, "self.target.percent"), 92.4, 0.001);
}
END_TEST

START_TEST(tanh_linh_needs_504_people_more)
{
    struct answer line =
        progress("province.viewer", 1599, "vsi_participants", "2023", "&at=2023-11-30");
    ck_assert_int_eq(integer_member(line, "self.remaining"), 504);
    ck_assert_double_ge(number(line, "self.percent"), 76.9);
    ck_assert_double_lt(number(line, "self.percent"), 77);
    ck_assert_str_eq(text_member(line, "self.reported.exactness"), "over");
}
END_TEST

START_TEST(a_luoi_has_21_communes_and_one_with_nobody)
{
    struct answer all = progress("nation.viewer", 1481, "vsi_participants", "2019",
                                 "&at=2019-08-12&assigner=people_committee");
    ck_assert_int_eq(integer_member(all, "self.achieved"), 468);
    ck_assert_int_eq(integer_member(all, "below.lines"), 21);
    ck_assert_int_eq(integer_member(all, "below.met"), 9);
    ck_assert_int_eq(integer_member(all, "below.below_target"), 12);
    ck_assert_int_eq(integer_member(all, "below.below_half"), 5);
    ck_assert_int_eq(integer_member(all, "below.zero"), 1);
    int sum = 0;
    for (int i = 0; i < 21; i++) {
        sum += (int)integer_member(all, text("items.%d.achieved", i));
    }
    ck_assert_int_eq(sum, 468);
    struct answer none = progress("nation.viewer", 1481, "vsi_participants", "2019",
                                  "&at=2019-08-12&assigner=people_committee&show=zero");
    ck_assert_str_eq(text_member(none, "items.0.assignee.name"), "Đông Sơn");
    ck_assert(json_is_false(member(none, "items.0.reported.illustrative")));
    struct answer before =
        progress("nation.viewer", 1481, "vsi_participants", "2018", "&at=2018-12-31");
    ck_assert_int_eq(integer_member(before, "self.achieved"), 287);
}
END_TEST

static json_int_t told(const char *indicator, const char *more)
{
    return integer_member(progress("nation.viewer", 295, indicator, "2020",
                                   text("&at=2020-10-31%s", more)),
                          "self.achieved");
}

START_TEST(bac_lieu_counts_transactions_people_money_and_conferences)
{
    ck_assert_int_eq(told("hhi_enrolments", ""), 31438);
    ck_assert_int_eq(told("hhi_new", "") + told("hhi_renewals", ""), 31438);
    ck_assert_int_eq(told("hhi_new", ""), 8896);
    ck_assert_int_eq(told("conferences", ""), 69);
    struct answer people = progress("nation.viewer", 295, "vsi_new", "2020", "&at=2020-10-31");
    ck_assert_double_eq_tol(number(people, "self.percent"), 96, 0.001);
    ck_assert_int_eq(integer_member(people, "self.target"), 2500);
    ck_assert_str_eq(text_member(people, "self.reported.exactness"), "over");
    struct answer money =
        progress("nation.viewer", 295, "hhi_new_collected", "2020", "&at=2020-10-31");
    ck_assert_int_eq(integer_member(money, "self.achieved"), 5000000000);
    ck_assert_str_eq(text_member(money, "self.reported.exactness"), "nearly");
    ck_assert_int_eq(told("hhi_renewals_collected", ""), 13400000000);
    /* a day before the report there is nothing yet */
    struct answer early = progress("nation.viewer", 295, "vsi_new", "2020", "&at=2020-10-30");
    ck_assert(json_is_null(member(early, "self.reported")));
    ck_assert(json_is_null(member(early, "self.target")));
}
END_TEST

START_TEST(son_la_is_told_by_the_closed_province_and_by_todays)
{
    struct answer then = get("nation.viewer", "/v1/coverage?unit=214&on=2020-10-31");
    ck_assert_int_eq(integer_member(then, "self.covered.people"), 1196739);
    ck_assert_double_eq_tol(number(then, "self.percent"), 95.54, 0.001);
    ck_assert_double_eq_tol(number(then, "self.target.points"), -0.16, 0.001);
    ck_assert_int_eq(integer_member(then, "self.target.remaining"), 2004);
    ck_assert(json_is_null(member(then, "self.restated")));
    struct answer now = get("nation.viewer", "/v1/coverage?unit=114&on=2020-10-31");
    ck_assert_double_eq_tol(number(now, "self.percent"), 95.54, 0.001);
    ck_assert_int_eq(integer_member(now, "self.restated.units"), 1);
    ck_assert(json_is_false(member(now, "self.restated.divided")));
    struct answer early = get("nation.viewer", "/v1/coverage?unit=214&on=2011-12-31");
    ck_assert_double_eq_tol(number(early, "self.percent"), 89.28, 0.001);
    struct answer met = progress("nation.viewer", 114, "conferences", "2020-10", "&map=restated");
    ck_assert_int_eq(integer_member(met, "self.achieved"), 81);
    ck_assert_int_eq(integer_member(met, "self.reported.restated_from"), 1);
    /* the rural standard of those years, for communes */
    struct answer standards =
        get("nation.viewer", "/v1/coverage?unit=1127&on=2020-10-31&map=published");
    ck_assert_double_eq_tol(number(standards, "items.0.threshold.percent"), 85, 0.001);
}
END_TEST

START_TEST(todays_map_needs_every_part_and_the_days_map_none)
{
    struct answer now = get("province.viewer", "/v1/coverage?on=2023-11-30");
    ck_assert(json_is_null(member(now, "self.percent")));
    ck_assert_ptr_nonnull(strstr(now.body, "\"predecessors\""));
    struct answer then = get("province.viewer", "/v1/coverage?on=2023-11-30" PUBLISHED);
    ck_assert_uint_eq(json_array_size(member(then, "items")), 3);
    ck_assert_double_eq_tol(number(then, text("items.%d.percent", item_of(then, 260))), 90.4,
                            0.001);
    struct answer communes = progress("province.viewer", 168, "health_cards", "2023",
                                      "&at=2023-11-30" PUBLISHED "&level=district");
    ck_assert_int_eq(integer_member(communes, "below.with_target"), 10);
}
END_TEST

START_TEST(what_is_about_a_closed_unit_lies_in_the_holders_slice)
{
    static const char *const outside[] = {"neighbour.province", "district.viewer",
                                          "commune.viewer"};
    for (int i = 0; i < 3; i++) {
        expect_problem(call(outside[i], "GET", "/v1/coverage?unit=260&on=2023-11-30", NULL), 404,
                       "not_found");
        expect_problem(call(outside[i], "GET",
                            "/v1/progress?unit=260&indicator=health_cards&period=2023" REPORTED,
                            NULL),
                       404, "not_found");
    }
    expect_problem(call("agent.viewer", "GET",
                        "/v1/progress?indicator=health_cards&period=2023" REPORTED, NULL),
                   403, "forbidden");
    /* the commune of today records its closed parts, its neighbour does not */
    const char *file = "unit_kind,unit_code,indicator,on,people,source\n"
                       "commune,23149,vsi_participants,2022-12-31,31,Sổ của xã\n";
    const char *path = "/v1/reported-counts/import?at=2022-12-31";
    struct answer own = expect_status(call("neighbour.commune", "POST", path, file), 200);
    ck_assert_str_eq(text_member(own, "items.0.verdict"), "accepted");
    struct answer other = expect_status(call("commune.officer", "POST", path, file), 200);
    ck_assert_str_eq(text_member(other, "items.0.code"), "outside_slice");
    struct answer kept = get("neighbour.commune", "/v1/reported-counts?unit=323149");
    ck_assert_str_eq(text_member(kept, "items.0.unit.name"), "Lạc Tánh");
    ck_assert_str_eq(sql_text("select unit_id || ' ' || commune_id from reported_count "
                              "where unit_id = 323149"),
                     "323149 123149");
}
END_TEST

/* About Đức Linh; `more` are further members. */
static struct answer record(const char *indicator, const char *on, const char *more)
{
    return call("province.officer", "POST", "/v1/reported-counts",
                text("{\"unit_id\":1600,\"indicator\":\"%s\",\"on\":\"%s\",\"people\":7,"
                     "\"source\":\"Sổ\"%s}",
                     indicator, on, more));
}

START_TEST(a_closed_unit_has_no_figures_after_its_end)
{
    expect_problem(record("vsi_participants", "2025-07-01", ""), 404, "not_found");
    expect_problem(record("conferences", "2023-11-30", ""), 422, "rule_broken");
    expect_problem(record("conferences", "2023-11-30", ",\"from\":\"2023-12-01\""), 422,
                   "rule_broken");
    expect_problem(record("vsi_participants", "2023-11-30", ",\"from\":\"2023-11-01\""), 422,
                   "rule_broken");
    struct answer made = record("conferences", "2023-11-30", ",\"from\":\"2023-11-01\"");
    ck_assert_str_eq(text_member(expect_status(made, 201), "from"), "2023-11-01");
}
END_TEST

START_TEST(a_plan_of_the_past_is_of_the_unit_of_its_time)
{
    static const char plan[] = "{\"indicator\":\"vsi_participants\",\"period\":\"2022\","
                               "\"assigner\":\"people_council\",\"decision\":{\"number\":"
                               "\"9/NQ-HĐND\",\"decided_on\":\"2021-12-20\"},\"quantity\":200,"
                               "\"unit_id\":";
    const char *body = text("%s1600}", plan);
    struct answer made = expect_status(call("province.manager", "POST", "/v1/plans", body), 201);
    ck_assert_int_eq(integer_member(made, "unit.id"), 1600);
    expect_problem(call("province.manager", "POST", "/v1/plans", body), 409, "duplicate");
    body = text("%s1599}", plan);
    expect_status(call("province.manager", "POST", "/v1/plans", body), 201);
    static const int wrong[] = {1481, 123173, 999999999}; /* Huế's, in force, nowhere */
    for (int i = 0; i < 3; i++) {
        struct answer other =
            call("province.manager", "POST", "/v1/plans", text("%s%d}", plan, wrong[i]));
        expect_problem(other, 404, "not_found");
        ck_assert_str_eq(text_member(other, "errors.0.pointer"), "/unit_id");
    }
    expect_problem(call("district.manager", "POST", "/v1/plans", body), 404, "not_found");
}
END_TEST

Suite *published_suite(void)
{
    Suite *suite = suite_create("published");
    TCase *tcase = tcase_create("published");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, binh_thuan_has_two_percentages_with_two_denominators);
    tcase_add_test(tcase, the_districts_of_binh_thuan_stand_in_the_printed_order);
    tcase_add_test(tcase, tanh_linh_needs_504_people_more);
    tcase_add_test(tcase, a_luoi_has_21_communes_and_one_with_nobody);
    tcase_add_test(tcase, bac_lieu_counts_transactions_people_money_and_conferences);
    tcase_add_test(tcase, son_la_is_told_by_the_closed_province_and_by_todays);
    tcase_add_test(tcase, todays_map_needs_every_part_and_the_days_map_none);
    tcase_add_test(tcase, what_is_about_a_closed_unit_lies_in_the_holders_slice);
    tcase_add_test(tcase, a_closed_unit_has_no_figures_after_its_end);
    tcase_add_test(tcase, a_plan_of_the_past_is_of_the_unit_of_its_time);
    suite_add_tcase(suite, tcase);
    return suite;
}
