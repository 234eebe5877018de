/* The main job over HTTP: a number goes down, an enrolment comes up, and the side sees nothing. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

#define PLAN_2026                                                                                  \
    "{\"indicator\":\"vsi_new\",\"period\":\"2026\",\"assigner\":\"social_insurance\","            \
    "\"decision\":{\"number\":\"12/QĐ-BHXH\",\"decided_on\":\"2026-01-05\"},\"quantity\":1000}"
#define PROGRESS_2026 "/v1/progress?indicator=vsi_new&period=2026"

static const char *const collector = "01900000-0000-7000-8000-0000000000c1";

static const char *split(const char *login, const char *assignment, const char *body)
{
    struct answer answer = call(login, "POST", text("/v1/assignments/%s/split", assignment), body);
    return text_member(expect_status(answer, 201), "items.0.id");
}

static const char *held_by(const char *login)
{
    struct answer list = expect_status(call(login, "GET", "/v1/assignments?held=true", NULL), 200);
    return text_member(list, "items.0.id");
}

static const char *enrolment_body(int hamlet, const char *paid_on)
{
    return text(
        "{\"scheme\":\"vsi\",\"hamlet_id\":%d,\"months\":12,\"paid_on\":\"%s\","
        "\"paid_by\":\"transfer\",\"person\":{\"full_name\":\"Mang Thị Hoa\",\"date_of_birth\":\"1984\","
        "\"sex\":\"female\",\"duplicate_confirmed\":true}}",
        hamlet, paid_on);
}

static const char *today(void)
{
    return sql_text("select business_date()");
}

START_TEST(a_number_goes_down_to_the_collector)
{
    struct answer plan =
        expect_status(call("province.manager", "POST", "/v1/plans", PLAN_2026), 201);
    ck_assert_int_eq(integer_member(plan, "assignment.quantity"), 1000);
    const char *root = text_member(plan, "assignment.id");
    split("province.manager", root,
          "{\"cut\":\"territory\",\"parts\":[{\"unit_id\":900001,\"quantity\":600},"
          "{\"unit_id\":900002,\"quantity\":300}]}");
    split("district.manager", held_by("district.manager"),
          "{\"cut\":\"territory\",\"parts\":[{\"unit_id\":123173,\"quantity\":120},"
          "{\"unit_id\":123149,\"quantity\":150}]}");
    split("commune.manager", held_by("commune.manager"),
          text("{\"cut\":\"staff\",\"parts\":[{\"collector_id\":\"%s\",\"quantity\":40}]}",
               collector));
    struct answer own = expect_status(call("agent.collector", "GET", "/v1/assignments", NULL), 200);
    ck_assert_int_eq(integer_member(own, "items.0.quantity"), 40);
    expect_status(
        call("province.viewer", "GET", text("/v1/plans/%s", text_member(plan, "id")), NULL), 200);
    struct answer shown =
        expect_status(call("province.manager", "GET", text("/v1/assignments/%s", root), NULL), 200);
    ck_assert_int_eq(integer_member(shown, "cuts.2.allocated"), 900);
    ck_assert_int_eq(integer_member(shown, "cuts.2.unallocated"), 100);
}
END_TEST

START_TEST(the_same_plan_or_assignee_twice_is_a_duplicate)
{
    expect_problem(call("province.manager", "POST", "/v1/plans", PLAN_2026), 409, "duplicate");
    struct answer again = call("district.manager", "POST",
                               text("/v1/assignments/%s/split", held_by("district.manager")),
                               "{\"cut\":\"territory\",\"parts\":[{\"unit_id\":123173,"
                               "\"quantity\":1}]}");
    expect_problem(again, 409, "duplicate");
}
END_TEST

START_TEST(more_than_there_is_cannot_be_given)
{
    const char *assignment = held_by("district.manager");
    struct answer answer =
        call("district.manager", "POST", text("/v1/assignments/%s/split", assignment),
             "{\"cut\":\"territory\",\"parts\":[{\"unit_id\":123152,"
             "\"quantity\":331}]}");
    expect_problem(answer, 409, "over_allocated");
    ck_assert_str_eq(sql_text(text("select allocated from cut_total where cut = 'territory' and "
                                   "assignment_id = '%s'",
                                   assignment)),
                     "270");
    expect_status(call("district.manager", "POST", text("/v1/assignments/%s/split", assignment),
                       "{\"cut\":\"territory\",\"parts\":[{\"unit_id\":123152,\"quantity\":330}]}"),
                  201);
}
END_TEST

START_TEST(only_the_holder_divides_and_only_directly_below)
{
    const char *commune = held_by("commune.manager");
    const char *path = text("/v1/assignments/%s/split", commune);
    const char *part = "{\"cut\":\"territory\",\"parts\":[{\"unit_id\":900101,\"quantity\":1}]}";
    expect_problem(call("district.manager", "POST", path, part), 403, "forbidden");
    expect_problem(call("neighbour.commune", "POST", path, part), 404, "not_found");
    expect_problem(call("neighbour.province", "POST", path, part), 404, "not_found");
    struct answer other = call("commune.manager", "POST", path,
                               "{\"cut\":\"territory\",\"parts\":[{\"unit_id\":900102,"
                               "\"quantity\":1},{\"unit_id\":900201,\"quantity\":1}]}");
    expect_problem(other, 404, "not_found");
    ck_assert_str_eq(text_member(other, "errors.0.pointer"), "/parts/1/unit_id");
    ck_assert_str_eq(text_member(other, "errors.0.code"), "not_child");
    ck_assert_str_eq(sql_text(text("select count(*) from assignment where parent_id = '%s' and "
                                   "cut = 'territory'",
                                   commune)),
                     "0");
}
END_TEST

START_TEST(an_enrolment_is_seen_at_once_at_every_tier_above)
{
    static const char *const above[] = {"agent.collector", "agent.viewer",    "agency.manager",
                                        "commune.viewer",  "district.viewer", "province.viewer",
                                        "nation.viewer"};
    struct answer made =
        call("agent.collector", "POST", "/v1/enrolments", enrolment_body(900101, today()));
    expect_status(made, 201);
    const char *id = text_member(made, "id");
    ck_assert_str_eq(text_member(made, "kind"), "new");
    ck_assert_str_eq(text_member(made, "status"), "submitted");
    ck_assert_str_eq(text_member(made, "person.date_of_birth"), "1984");
    ck_assert_str_eq(text_member(made, "collector_id"), collector);
    ck_assert_str_eq(answer_header(made, "Location"), text("/v1/enrolments/%s", id));
    for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
        struct answer list = expect_status(call(above[i], "GET", "/v1/enrolments", NULL), 200);
        ck_assert_str_eq(text_member(list, "items.0.id"), id);
        expect_status(call(above[i], "GET", text("/v1/enrolments/%s", id), NULL), 200);
    }
}
END_TEST

START_TEST(progress_shows_it_at_every_tier_at_once)
{
    static const struct {
        const char *login;
        int target;
        const char *percent;
    } lines[] = {{"province.viewer", 1000, "0.1"},
                 {"district.viewer", 600, "0.17"},
                 {"commune.viewer", 120, "0.83"},
                 {"agency.manager", 40, "2.5"},
                 {"agent.collector", 40, "2.5"}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct answer answer = expect_status(call(lines[i].login, "GET", PROGRESS_2026, NULL), 200);
        ck_assert_int_eq(integer_member(answer, "self.target"), lines[i].target);
        ck_assert_int_eq(integer_member(answer, "self.achieved"), 1);
        ck_assert_int_eq(integer_member(answer, "self.remaining"), lines[i].target - 1);
        ck_assert_str_eq(text("%g", json_number_value(member(answer, "self.percent"))),
                         lines[i].percent);
        ck_assert_str_eq(text_member(answer, "self.basis"), "counted");
    }
    struct answer nation = expect_status(call("nation.viewer", "GET", PROGRESS_2026, NULL), 200);
    ck_assert_int_eq(integer_member(nation, "self.achieved"), 1);
    ck_assert_uint_eq(json_array_size(member(nation, "items")), 34);
    ck_assert(json_is_null(member(nation, "self.target")));
}
END_TEST

/* The figure of one child among the items of a parent. */
static json_int_t achieved_of(struct answer answer, const char *code)
{
    size_t n;
    json_t *item;
    json_array_foreach((json_t *)member(answer, "items"), n, item) {
        const json_t *assignee = json_object_get(item, "assignee");
        if (strcmp(json_string_value(json_object_get(assignee, "code")), code) == 0) {
            return json_integer_value(json_object_get(item, "achieved"));
        }
    }
    ck_abort_msg("no child %s in %.900s", code, answer.body);
    return -1;
}

START_TEST(children_carry_their_own_figures)
{
    struct answer province = call("province.viewer", "GET", PROGRESS_2026, NULL);
    ck_assert_int_eq(achieved_of(expect_status(province, 200), "68-01"), 1);
    ck_assert_int_eq(achieved_of(province, "68-02"), 0);
    struct answer district = call("district.viewer", "GET", PROGRESS_2026, NULL);
    ck_assert_int_eq(achieved_of(expect_status(district, 200), "23173"), 1);
    ck_assert_int_eq(achieved_of(district, "23149"), 0);
    struct answer commune = call("commune.viewer", "GET", PROGRESS_2026, NULL);
    ck_assert_int_eq(achieved_of(expect_status(commune, 200), "23173-900101"), 1);
    struct answer staff = call("commune.viewer", "GET", PROGRESS_2026 "&level=collector", NULL);
    ck_assert_int_eq(achieved_of(expect_status(staff, 200), "NVT-68-0001"), 1);
    ck_assert_int_eq(integer_member(staff, "self.achieved"), 1);
    struct answer below = call("province.viewer", "GET", PROGRESS_2026 "&unit=123173", NULL);
    ck_assert_int_eq(integer_member(expect_status(below, 200), "self.achieved"), 1);
}
END_TEST

START_TEST(the_side_sees_nothing_of_it)
{
    static const char *const sides[] = {"neighbour.province", "neighbour.district",
                                        "neighbour.commune", "neighbour.collector"};
    const char *id = sql_text("select id from enrolment limit 1");
    const char *held = held_by("commune.manager");
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        struct answer list = expect_status(call(sides[i], "GET", "/v1/enrolments", NULL), 200);
        ck_assert_uint_eq(json_array_size(member(list, "items")), 0);
        expect_problem(call(sides[i], "GET", text("/v1/enrolments/%s", id), NULL), 404,
                       "not_found");
        expect_problem(call(sides[i], "GET", text("/v1/assignments/%s", held), NULL), 404,
                       "not_found");
        expect_problem(call(sides[i], "GET", PROGRESS_2026 "&unit=123173", NULL), 404, "not_found");
        struct answer own = expect_status(call(sides[i], "GET", PROGRESS_2026, NULL), 200);
        ck_assert_int_eq(integer_member(own, "self.achieved"), 0);
    }
}
END_TEST

START_TEST(nobody_enrols_outside_the_own_slice)
{
    const char *before = sql_text("select count(*) from person");
    const char *day = today();
    expect_problem(call("agent.collector", "POST", "/v1/enrolments", enrolment_body(900103, day)),
                   403, "outside_slice");
    expect_problem(call("agent.collector", "POST", "/v1/enrolments", enrolment_body(900201, day)),
                   403, "outside_slice");
    expect_problem(call("commune.officer", "POST", "/v1/enrolments", enrolment_body(900201, day)),
                   403, "outside_slice");
    expect_problem(call("district.officer", "POST", "/v1/enrolments", enrolment_body(900301, day)),
                   403, "outside_slice");
    struct answer none = call("agent.collector", "POST", "/v1/enrolments", enrolment_body(42, day));
    expect_problem(none, 404, "not_found");
    ck_assert_str_eq(text_member(none, "errors.0.pointer"), "/hamlet_id");
    ck_assert_str_eq(sql_text("select count(*) from person"), before);
}
END_TEST

START_TEST(a_commune_or_office_enrols_without_a_collector)
{
    struct answer made =
        call("commune.officer", "POST", "/v1/enrolments", enrolment_body(900103, today()));
    ck_assert(json_is_null(member(expect_status(made, 201), "collector_id")));
    struct answer seen =
        call("agent.collector", "GET", text("/v1/enrolments/%s", text_member(made, "id")), NULL);
    expect_problem(seen, 404, "not_found");
    made = call("district.officer", "POST", "/v1/enrolments", enrolment_body(900201, today()));
    ck_assert_int_eq(integer_member(expect_status(made, 201), "commune.id"), 123149);
    sql_text("delete from enrolment where collector_id is null");
}
END_TEST

START_TEST(a_payment_is_neither_tomorrow_nor_long_ago)
{
    struct answer tomorrow = call("agent.collector", "POST", "/v1/enrolments",
                                  enrolment_body(900101, sql_text("select business_date() + 1")));
    expect_problem(tomorrow, 422, "rule_broken");
    ck_assert_str_eq(text_member(tomorrow, "errors.0.code"), "in_future");
    struct answer old = call("agent.collector", "POST", "/v1/enrolments",
                             enrolment_body(900101, sql_text("select business_date() - 31")));
    expect_problem(old, 422, "rule_broken");
    expect_status(call("agent.collector", "POST", "/v1/enrolments",
                       enrolment_body(900102, sql_text("select business_date() - 30"))),
                  201);
    sql_text("delete from enrolment where unit_id = 900102");
}
END_TEST

START_TEST(unknown_indicators_and_periods_are_told)
{
    expect_problem(call("province.manager", "GET", "/v1/progress?indicator=gold&period=2026", NULL),
                   404, "not_found");
    expect_problem(call("province.manager", "GET", "/v1/progress?indicator=vsi_new", NULL), 400,
                   "invalid_request");
    expect_problem(call("province.manager", "GET", "/v1/progress?indicator=vsi_new&period=2026-13",
                        NULL),
                   400, "invalid_request");
    struct answer plan = call("province.manager", "POST", "/v1/plans",
                              "{\"indicator\":\"gold\",\"period\":\"2026\",\"assigner\":"
                              "\"social_insurance\",\"decision\":{\"number\":\"1\",\"decided_on\":"
                              "\"2026-01-05\"},\"quantity\":1}");
    expect_problem(plan, 404, "not_found");
    ck_assert_str_eq(text_member(plan, "errors.0.pointer"), "/indicator");
}
END_TEST

Suite *story_suite(void)
{
    Suite *suite = suite_create("story");
    TCase *tcase = tcase_create("story");
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_number_goes_down_to_the_collector);
    tcase_add_test(tcase, the_same_plan_or_assignee_twice_is_a_duplicate);
    tcase_add_test(tcase, more_than_there_is_cannot_be_given);
    tcase_add_test(tcase, only_the_holder_divides_and_only_directly_below);
    tcase_add_test(tcase, an_enrolment_is_seen_at_once_at_every_tier_above);
    tcase_add_test(tcase, progress_shows_it_at_every_tier_at_once);
    tcase_add_test(tcase, children_carry_their_own_figures);
    tcase_add_test(tcase, the_side_sees_nothing_of_it);
    tcase_add_test(tcase, nobody_enrols_outside_the_own_slice);
    tcase_add_test(tcase, a_commune_or_office_enrols_without_a_collector);
    tcase_add_test(tcase, a_payment_is_neither_tomorrow_nor_long_ago);
    tcase_add_test(tcase, unknown_indicators_and_periods_are_told);
    suite_add_tcase(suite, tcase);
    return suite;
}
