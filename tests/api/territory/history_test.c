/* The map until 2025-06-30, what became of its units, and the map of any day since. */
#include <string.h>

#include "middleware/text.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"

static size_t item_count(struct answer answer)
{
    return json_array_size(member(answer, "items"));
}

static struct answer get(const char *path)
{
    return expect_status(call("commune.viewer", "GET", path, NULL), 200);
}

/* Every unit of a list, over all its pages; with `form` those of that form. */
static int count(const char *query, const char *form)
{
    int seen = 0;
    char cursor[600] = "";
    const char *next;
    do {
        struct answer page =
            get(text("/v1/units?%s&limit=200%s%s", query, *cursor ? "&cursor=" : "", cursor));
        size_t items = item_count(page);
        for (size_t i = 0; i < items; i++) {
            const char *own = text_member(page, text("items.%zu.form", i));
            seen += !form || strcmp(own, form) == 0;
        }
        next = json_string_value(member(page, "next_cursor"));
        strncpy(cursor, next ? next : "", sizeof cursor - 1);
        harness_forget();
    } while (*cursor);
    return seen;
}

START_TEST(each_day_has_its_map)
{
    ck_assert_int_eq(count("kind=province&at=2025-06-30", NULL), 63);
    ck_assert_int_eq(count("kind=district&at=2025-06-30", NULL), 696);
    ck_assert_int_eq(count("kind=commune&at=2025-06-30", NULL), 10035);
    ck_assert_int_eq(count("parent=1&at=2025-06-30", NULL), 63);
    ck_assert_int_eq(count("kind=province&at=2025-07-01", NULL), 34);
    ck_assert_int_eq(count("parent=1", NULL), 34);
    ck_assert_int_eq(count("kind=district&parent=156&at=2025-07-01", NULL), 0);
}
END_TEST

START_TEST(forms_are_those_of_the_day)
{
    static const struct {
        const char *day;
        int communes, wards, zones, municipalities;
    } days[] = {
        {"2025-07-01", 2621, 687, 13, 6},
        {"2026-04-29", 2621, 687, 13, 6},
        {"2026-04-30", 2611, 697, 13, 7},
        {"2026-11-22", 2599, 709, 13, 9},
    };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        const char *day = days[i].day;
        char communes[60];
        char provinces[60];
        snprintf(communes, sizeof communes, "kind=commune&at=%s", day);
        snprintf(provinces, sizeof provinces, "kind=province&at=%s", day);
        ck_assert_int_eq(count(communes, "commune"), days[i].communes);
        ck_assert_int_eq(count(communes, "ward"), days[i].wards);
        ck_assert_int_eq(count(communes, "special_zone"), days[i].zones);
        ck_assert_int_eq(count(provinces, "municipality"), days[i].municipalities);
    }
}
END_TEST

START_TEST(a_code_means_what_it_meant_on_the_day)
{
    struct answer then = get("/v1/units?code=52&at=2020-06-01");
    ck_assert_uint_eq(item_count(then), 1);
    ck_assert_str_eq(text_member(then, "items.0.name"), "Bình Định");
    ck_assert_int_eq(integer_member(then, "items.0.holder_id"), 152);
    struct answer now = get("/v1/units?code=52");
    ck_assert_uint_eq(item_count(now), 1);
    ck_assert_str_eq(text_member(now, "items.0.name"), "Gia Lai");
    ck_assert(json_is_null(member(now, "items.0.holder_id")));
    ck_assert_str_eq(text_member(get("/v1/units?code=46&at=2019-08-12"), "items.0.name"),
                     "Thừa Thiên Huế");
    ck_assert_str_eq(text_member(get("/v1/units?code=46&at=2025-02-01"), "items.0.name"), "Huế");
}
END_TEST

START_TEST(a_closed_unit_stands_where_it_stood)
{
    ck_assert_int_eq(count("parent=1481&at=2019-08-12", NULL), 21);
    ck_assert_int_eq(count("parent=1481&at=2020-02-01", NULL), 18);
    ck_assert_int_eq(count("parent=1481", NULL), 0);
    ck_assert_int_eq(count("kind=commune&parent=260&at=2023-11-30", NULL), 121);
    ck_assert_int_eq(count("kind=district&parent=260&at=2023-11-30", NULL), 10);
    /* what belongs to today's Lâm Đồng: three provinces */
    ck_assert_int_eq(count("kind=province&parent=168&at=2023-11-30", NULL), 3);
    struct answer found = get("/v1/units?q=tanh+linh&kind=district&at=2023-11-30");
    ck_assert_uint_eq(item_count(found), 1);
    ck_assert_int_eq(integer_member(found, "items.0.id"), 1599);
    struct answer today = get("/v1/units?q=tanh+linh&kind=district");
    ck_assert_int_eq(integer_member(today, "items.0.id"), 900001);
    struct answer above = get("/v1/units/360101/ancestors");
    ck_assert_uint_eq(item_count(above), 4);
    ck_assert_str_eq(text_member(above, "items.1.name"), "Thừa Thiên Huế");
    ck_assert_str_eq(text_member(above, "items.2.name"), "A Lưới");
    ck_assert_str_eq(text_member(above, "items.3.name"), "A Đớt");
    ck_assert_str_eq(text_member(get("/v1/units/320101/ancestors"), "items.1.name"), "Huế");
}
END_TEST

START_TEST(successors_and_predecessors_are_links_of_acts)
{
    struct answer merged = get("/v1/units/360101/successors");
    ck_assert_str_eq(text_member(merged, "items.0.unit.name"), "Lâm Đớt");
    ck_assert_int_eq(integer_member(merged, "holder_id"), 120101);
    struct answer split = get("/v1/units/300019/successors"); /* Trúc Bạch's neighbours, in four */
    ck_assert_uint_eq(item_count(split), 4);
    ck_assert(json_is_true(member(split, "items.0.principal")));
    ck_assert_str_eq(text_member(split, "items.0.extent"), "part");
    struct answer district = get("/v1/units/1481/successors");
    ck_assert_str_eq(text_member(district, "items.0.unit.name"), "Huế");
    ck_assert_str_eq(text_member(district, "items.0.proof"), "rule");
    ck_assert_uint_eq(item_count(district), 6);
    struct answer made = get("/v1/units/168/predecessors");
    ck_assert_str_eq(text_member(made, "items.0.event.act"), "72/2025/QH15");
    ck_assert_ptr_nonnull(strstr(made.body, "\"Đắk Nông\""));
    ck_assert_uint_eq(item_count(get("/v1/units/123173/successors")), 0);
    expect_problem(call("commune.viewer", "GET", "/v1/units/999999999/successors", NULL), 404,
                   "not_found");
    expect_problem(call("commune.viewer", "GET", "/v1/units/999999999/predecessors", NULL), 404,
                   "not_found");
    expect_problem(call("commune.viewer", "GET", "/v1/units/999999999/ancestors", NULL), 404,
                   "not_found");
}
END_TEST

START_TEST(acts_are_listed_newest_first)
{
    struct answer first = get("/v1/unit-events?limit=5");
    ck_assert_str_eq(text_member(first, "items.0.happened_on"), "2026-09-20");
    struct answer next =
        get(text("/v1/unit-events?limit=200&cursor=%s", text_member(first, "next_cursor")));
    ck_assert_uint_eq(item_count(next), 38);
    struct answer own = get("/v1/unit-events?unit=125270");
    ck_assert_uint_eq(item_count(own), 3); /* made of communes, of a district; a ward since 2026 */
    ck_assert_str_eq(text_member(own, "items.0.act"), "237/NQ-UBTVQH16");
    ck_assert_uint_eq(item_count(get("/v1/unit-events?unit=999999999")), 0);
}
END_TEST

static void none(const char *what, const char *sql)
{
    ck_assert_msg(strcmp(sql_text(text("select count(*) from (%s) x", sql)), "0") == 0, "%s", what);
}

START_TEST(every_closed_unit_has_a_holder_and_a_successor)
{
    none("a closed unit without a holder in force",
         "select from unit u left join unit h on h.id = u.holder_id "
         "where u.levels = 3 and (h.id is null or h.valid_to is not null)");
    none("a closed unit whose keys are not its holder's",
         "select from unit u join unit h on h.id = u.holder_id "
         "where (u.province_id, u.district_id, u.commune_id) is distinct from "
         "(h.province_id, h.district_id, h.commune_id)");
    none("a closed unit without a main successor",
         "select from unit u where u.levels = 3 and not exists (select from unit_succession s "
         "where s.from_id = u.id and s.principal)");
    none(
        "a holder that the main successors do not lead to",
        "with recursive way as (select u.id, u.id as at from unit u where u.levels = 3 union all "
        "select w.id, s.to_id from way w join unit_succession s on s.from_id = w.at and s.principal) "
        "select from unit u where u.levels = 3 and not exists (select from way w where w.id = u.id "
        "and w.at = u.holder_id)");
    none("a unit of 2025 that nothing became",
         "select from unit u where u.levels = 2 and u.kind in ('province', 'commune') "
         "and not exists (select from unit_succession s where s.to_id = u.id)");
    none("a commune that went to another province than its province did",
         "select from unit u join unit p on p.id = u.map_province_id "
         "join unit_succession s on s.from_id = u.id join unit t on t.id = s.to_id "
         "where t.province_id <> p.holder_id and t.levels = 2");
}
END_TEST

START_TEST(a_holder_that_moves_takes_its_closed_units_along)
{
    ck_assert_str_eq(sql_text("select district_id from unit where id = 323149"), "900001");
    ck_assert_str_eq(
        sql_text("begin; insert into population (id, kind, as_of, people, source, revision, "
                 "unit_id, province_id, district_id, commune_id, giver_id, created_by) "
                 "select uuid7(), 'total', '2019-04-01', 1, 'x', 1, id, province_id, district_id, "
                 "commune_id, 168, uuid7() from unit where id = 323149; "
                 "update unit set district_id = 900002 where commune_id = 123149 and valid_to is "
                 "null; select p.district_id || ' ' || u.district_id from population p "
                 "join unit u on u.id = p.unit_id where u.id = 323149"),
        "900002 900002");
    sql_text("rollback");
}
END_TEST

START_TEST(the_key_of_every_name_is_the_one_the_program_makes)
{
    PGresult *units = PQexec(database(), "select name, name_key from unit where levels = 3 "
                                         "union all select name, name_key from former_form");
    struct arena *arena = arena_new((size_t)1 << 26);
    for (int i = 0; i < PQntuples(units); i++) {
        ck_assert_str_eq(text_key(arena, PQgetvalue(units, i, 0)), PQgetvalue(units, i, 1));
    }
    ck_assert_int_eq(PQntuples(units), 10800 + 26);
    arena_free(arena);
    PQclear(units);
}
END_TEST

Suite *history_suite(void)
{
    Suite *suite = suite_create("history");
    TCase *tcase = tcase_create("history");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, each_day_has_its_map);
    tcase_add_test(tcase, forms_are_those_of_the_day);
    tcase_add_test(tcase, a_code_means_what_it_meant_on_the_day);
    tcase_add_test(tcase, a_closed_unit_stands_where_it_stood);
    tcase_add_test(tcase, successors_and_predecessors_are_links_of_acts);
    tcase_add_test(tcase, acts_are_listed_newest_first);
    tcase_add_test(tcase, every_closed_unit_has_a_holder_and_a_successor);
    tcase_add_test(tcase, a_holder_that_moves_takes_its_closed_units_along);
    tcase_add_test(tcase, the_key_of_every_name_is_the_one_the_program_makes);
    suite_add_tcase(suite, tcase);
    return suite;
}
