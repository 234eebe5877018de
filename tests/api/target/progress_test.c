/* Lines of progress: exact bands, ranks with ties, filters, earlier days, a year ago. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

/* Renewals of 2025 in the communes of the office Tánh Linh, against the plan of the committee. */
#define RENEWALS "/v1/progress?indicator=hhi_renewals&period=2025&assigner=people_committee"

static const struct {
    int unit;
    int target; /* 0: none */
    int achieved;
    const char *band;
    int rank;
} communes[] = {
    {123149, 10, 10, "met", 1}, {123152, 20, 10, "below_target", 3},
    {123158, 30, 30, "met", 1}, {123173, 200, 99, "below_half", 4},
    {123188, 5, 0, "zero", 5},
};
enum { COMMUNES = sizeof communes / sizeof *communes };

static void count(int unit, const char *day, int n)
{
    sql_text(text(
        "insert into progress_delta (scheme, kind, effective_on, n, people_month, people_year, "
        "amount, unit_id, province_id, district_id, commune_id) select 'hhi', 'renewal', '%s', "
        "%d, %d, %d, %d * 1000, h.id, h.province_id, h.district_id, h.commune_id from unit h "
        "where h.commune_id = %d and h.kind = 'hamlet' order by h.id limit 1",
        day, n, n, n, n, unit));
}

static void arrange(void)
{
    struct answer plan = call(
        "district.manager", "POST", "/v1/plans",
        "{\"indicator\":\"hhi_renewals\",\"period\":\"2025\",\"assigner\":\"people_committee\","
        "\"decision\":{\"number\":\"7/QĐ-UBND\",\"decided_on\":\"2025-01-02\"},"
        "\"quantity\":1000}");
    const char *parts = "";
    for (int i = 0; i < COMMUNES; i++) {
        parts = text("%s%s{\"unit_id\":%d,\"quantity\":%d}", parts, i ? "," : "", communes[i].unit,
                     communes[i].target);
        count(communes[i].unit, "2025-03-10", communes[i].achieved);
    }
    expect_status(call("district.manager", "POST",
                       text("/v1/assignments/%s/split",
                            text_member(expect_status(plan, 201), "assignment.id")),
                       text("{\"cut\":\"territory\",\"parts\":[%s],\"decision\":{\"number\":"
                            "\"8/QĐ-UBND\",\"decided_on\":\"2025-01-03\"}}",
                            parts)),
                  201);
    count(123149, "2024-03-09", 4);
    count(123149, "2024-12-31", 100);
    harness_forget();
}

static void fold(void)
{
    sql_text("begin isolation level repeatable read");
    sql_text("call fold_younger()");
    sql_text("commit");
}

/* The item of a unit. */
static struct answer item(struct answer answer, int unit)
{
    size_t n;
    json_t *one;
    json_array_foreach((json_t *)member(answer, "items"), n, one) {
        if (json_integer_value(json_object_get(json_object_get(one, "assignee"), "unit_id")) ==
            unit) {
            return (struct answer){.status = 200, .json = one, .body = answer.body};
        }
    }
    ck_abort_msg("no unit %d in %.900s", unit, answer.body);
    return answer;
}

static void check_lines(void)
{
    struct answer answer = expect_status(call("district.viewer", "GET", RENEWALS, NULL), 200);
    for (int i = 0; i < COMMUNES; i++) {
        struct answer line = item(answer, communes[i].unit);
        ck_assert_int_eq(integer_member(line, "achieved"), communes[i].achieved);
        ck_assert_str_eq(text_member(line, "band"), communes[i].band);
        ck_assert_int_eq(integer_member(line, "rank"), communes[i].rank);
    }
    ck_assert_int_eq(integer_member(answer, "self.achieved"), 149);
    ck_assert_int_eq(integer_member(answer, "self.money.renewed"), 149000);
    ck_assert_int_eq(integer_member(answer, "below.met"), 2);
    ck_assert_int_eq(integer_member(answer, "below.below_target"), 3);
    ck_assert_int_eq(integer_member(answer, "below.below_half"), 2);
    ck_assert_int_eq(integer_member(answer, "below.zero"), 1);
}

START_TEST(bands_and_ranks_are_exact_folded_or_not)
{
    arrange();
    check_lines();
    fold();
    check_lines();
    fold();
    check_lines();
}
END_TEST

/* The fourth of five with a target; who the others are is not said. */
START_TEST(a_commune_knows_its_own_rank)
{
    const char *rank = "/v1/progress/rank?indicator=hhi_renewals&period=2025"
                       "&assigner=people_committee";
    struct answer own = expect_status(call("commune.viewer", "GET", rank, NULL), 200);
    struct answer board = expect_status(call("district.viewer", "GET", RENEWALS, NULL), 200);
    ck_assert_str_eq(text_member(own, "level"), "commune");
    ck_assert_int_eq(integer_member(own, "rank"), 4);
    ck_assert_int_eq(integer_member(own, "with_target"), COMMUNES);
    ck_assert_int_eq(integer_member(own, "siblings"), integer_member(board, "below.lines"));
    ck_assert_ptr_null(strstr(own.body, "achieved"));
    /* An office's siblings are the province's offices, and only it has a number. */
    own = expect_status(call("district.viewer", "GET", rank, NULL), 200);
    ck_assert_int_eq(integer_member(own, "rank"), 1);
    ck_assert_int_eq(integer_member(own, "with_target"), 1);
    own = expect_status(call("agent.viewer", "GET", rank, NULL), 200);
    ck_assert_str_eq(text_member(own, "level"), "collector");
    ck_assert_int_eq(integer_member(own, "with_target"), 0);
    ck_assert_ptr_nonnull(strstr(own.body, "\"rank\":null"));
    expect_status(call("agency.manager", "GET", rank, NULL), 200);
    expect_status(call("commune.viewer", "GET",
                       "/v1/progress/rank?indicator=conferences&period=2025", NULL),
                  404);
}
END_TEST

START_TEST(filters_show_some_and_count_all)
{
    static const struct {
        const char *show;
        size_t items;
    } filters[] = {{"met", 2}, {"below_target", 3}, {"below_half", 2}, {"zero", 1}};
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct answer answer =
            call("district.viewer", "GET", text(RENEWALS "&show=%s", filters[i].show), NULL);
        ck_assert_uint_eq(json_array_size(member(expect_status(answer, 200), "items")),
                          filters[i].items);
        ck_assert_int_eq(integer_member(answer, "below.with_target"), COMMUNES);
    }
}
END_TEST

START_TEST(an_earlier_day_and_a_year_ago)
{
    struct answer before = call("district.viewer", "GET", RENEWALS "&at=2025-03-09", NULL);
    ck_assert_int_eq(integer_member(expect_status(before, 200), "self.achieved"), 0);
    ck_assert_int_eq(integer_member(item(before, 123149), "last_year.achieved"), 4);
    struct answer whole = expect_status(call("district.viewer", "GET", RENEWALS, NULL), 200);
    ck_assert_str_eq(text_member(whole, "at"), "2025-12-31");
    ck_assert_int_eq(integer_member(item(whole, 123149), "last_year.achieved"), 104);
    ck_assert_int_eq(integer_member(item(whole, 123149), "last_year.change"), -94);
}
END_TEST

START_TEST(one_call_for_all_communes_of_the_province)
{
    struct answer full = call("province.viewer", "GET", RENEWALS "&level=commune", NULL);
    struct answer brief =
        call("province.viewer", "GET", RENEWALS "&level=commune&detail=brief", NULL);
    size_t all = (size_t)atoi(
        sql_text("select count(*) from unit where kind = 'commune' and valid_to is null and "
                 "province_id = 168 and valid_to is null"));
    ck_assert_uint_eq(json_array_size(member(expect_status(full, 200), "items")), all);
    ck_assert_uint_eq(json_array_size(member(expect_status(brief, 200), "items")), all);
    for (int i = 0; i < COMMUNES; i++) {
        ck_assert_int_eq(integer_member(item(brief, communes[i].unit), "achieved"),
                         communes[i].achieved);
        ck_assert_str_eq(text_member(item(brief, communes[i].unit), "band"), communes[i].band);
    }
    ck_assert_ptr_null(json_object_get(item(brief, 123149).json, "money"));
    ck_assert_ptr_nonnull(json_object_get(item(full, 123149).json, "money"));
    struct answer next =
        call("province.viewer", "GET", text_member(item(full, 123149), "href"), NULL);
    ck_assert_int_eq(integer_member(expect_status(next, 200), "self.achieved"), 10);
    expect_problem(call("neighbour.province", "GET", text_member(item(full, 123149), "href"), NULL),
                   404, "not_found");
}
END_TEST

static void compare_lines(struct answer some, struct answer all, const char *what)
{
    const json_t *items = member(expect_status(some, 200), "items");
    const json_t *all_items = member(expect_status(all, 200), "items");
    ck_assert_uint_eq(json_array_size(items), json_array_size(all_items));
    ck_assert(json_equal(member(some, "below"), member(all, "below")));
    for (size_t i = 0; i <= json_array_size(items); i++) {
        json_t *line = i ? json_array_get(items, i - 1) : (json_t *)member(some, "self");
        const json_t *whole = i ? json_array_get(all_items, i - 1) : member(all, "self");
        const char *name;
        json_t *value;
        json_object_foreach(line, name, value) {
            ck_assert_msg(json_equal(value, json_object_get(whole, name)), "%s of %s, line %zu",
                          name, what, i);
        }
    }
}

/* Of today a board, put together in C from openings; of an earlier day, and today is one that may be asked
 * for, joined by the database from years, months and days. A brief line has nothing of its own. */
static void compare(const char *login, const char *what)
{
    struct answer full = call(login, "GET", text("/v1/progress?%s", what), NULL);
    const char *day = text_member(expect_status(full, 200), "at");
    compare_lines(call(login, "GET", text("/v1/progress?%s&detail=brief", what), NULL), full,
                  text("%s %s, brief", login, what));
    compare_lines(full, call(login, "GET", text("/v1/progress?%s&at=%s", what, day), NULL),
                  text("%s %s", login, what));
}

static void compare_for_all(const char *what)
{
    compare("province.viewer", what);
    compare("district.viewer", what);
    if (!strstr(what, "unit=")) { /* of another commune */
        compare("commune.viewer", what);
    }
    if (!strstr(what, "hamlet")) { /* 13,000 lines */
        compare("nation.viewer", what);
    }
}

START_TEST(boards_say_what_the_rows_do)
{
    static const char *const indicators[] = {"vsi_new", "hhi_renewals", "vsi_participants",
                                             "hhi_participants", "collected"};
    static const char *const rest[] = {"period=2025&assigner=people_committee",
                                       "period=2026",
                                       "period=2026-Q3",
                                       "period=2026-07&level=commune",
                                       "period=2026-12",
                                       "period=2026-08&level=district",
                                       "period=2026&level=province",
                                       "period=2026&level=hamlet",
                                       "period=2025-03&unit=123149",
                                       "period=2026&show=zero"};
    count(123158, "2026-07-08", 7); /* younger than the fold */
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        for (size_t k = 0; k < sizeof indicators / sizeof *indicators; k++) {
            compare_for_all(text("indicator=%s&%s", indicators[k], rest[i]));
        }
    }
}
END_TEST

START_TEST(targets_are_those_of_the_day_too)
{
    const char *commune =
        sql_text("select id from assignment where unit_id = 123158 and indicator = "
                 "'hhi_renewals' and assigner = 'people_committee'");
    expect_status(
        call("district.manager", "POST", text("/v1/assignments/%s/amend", commune),
             "{\"change\":20,\"reason\":\"Bổ sung\",\"decision\":{\"number\":\"9/QĐ-UBND\","
             "\"decided_on\":\"2025-06-01\"}}"),
        201);
    static const struct {
        const char *at;
        int target;
    } days[] = {{"", 50}, {"&at=2025-01-02", -1}, {"&at=2025-05-31", 30}, {"&at=2025-06-01", 50}};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct answer answer =
            call("district.viewer", "GET", text(RENEWALS "%s", days[i].at), NULL);
        const json_t *target = member(item(expect_status(answer, 200), 123158), "target");
        ck_assert_int_eq(json_is_null(target) ? -1 : json_integer_value(target), days[i].target);
    }
}
END_TEST

START_TEST(nothing_is_left_where_it_was_taken_before_it_was_given)
{
    const char *commune =
        sql_text("select id from assignment where unit_id = 123188 and indicator = "
                 "'hhi_renewals' and assigner = 'people_committee'");
    static const struct {
        int change;
        const char *decided_on;
    } amendments[] = {{-5, "2024-12-31"}, {5, "2025-06-02"}};
    for (size_t i = 0; i < sizeof amendments / sizeof *amendments; i++) {
        expect_status(call("district.manager", "POST", text("/v1/assignments/%s/amend", commune),
                           text("{\"change\":%d,\"reason\":\"Rà soát\",\"decision\":{\"number\":"
                                "\"1%zu/QĐ-UBND\",\"decided_on\":\"%s\"}}",
                                amendments[i].change, i, amendments[i].decided_on)),
                      201);
    }
    struct answer before = call("district.viewer", "GET", RENEWALS "&at=2025-01-01", NULL);
    ck_assert_int_eq(integer_member(item(expect_status(before, 200), 123188), "target"), 0);
    struct answer after = call("district.viewer", "GET", RENEWALS, NULL);
    ck_assert_int_eq(integer_member(item(expect_status(after, 200), 123188), "target"), 5);
}
END_TEST

START_TEST(pace_is_per_week)
{
    struct answer answer = call("district.viewer", "GET", RENEWALS "&at=2025-07-01", NULL);
    struct answer line = item(expect_status(answer, 200), 123173);
    ck_assert(json_is_null(member(
        item(expect_status(call("district.viewer", "GET", RENEWALS "&at=2025-01-02", NULL), 200),
             123173),
        "pace.required")));
    /* 99 in 182 days; 101 in the 183 that are left */
    ck_assert_str_eq(text("%.2f", json_number_value(member(line, "pace.so_far"))), "3.81");
    ck_assert_str_eq(text("%.2f", json_number_value(member(line, "pace.required"))), "3.86");
}
END_TEST

Suite *progress_suite(void)
{
    Suite *suite = suite_create("progress");
    TCase *tcase = tcase_create("progress");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, bands_and_ranks_are_exact_folded_or_not);
    tcase_add_test(tcase, a_commune_knows_its_own_rank);
    tcase_add_test(tcase, filters_show_some_and_count_all);
    tcase_add_test(tcase, an_earlier_day_and_a_year_ago);
    tcase_add_test(tcase, one_call_for_all_communes_of_the_province);
    tcase_add_test(tcase, boards_say_what_the_rows_do);
    tcase_add_test(tcase, pace_is_per_week);
    tcase_add_test(tcase, targets_are_those_of_the_day_too);
    tcase_add_test(tcase, nothing_is_left_where_it_was_taken_before_it_was_given);
    suite_add_tcase(suite, tcase);
    return suite;
}
