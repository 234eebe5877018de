/* Households: members come, go, move, split off and die, and the history stays. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

static const char *person(int hamlet, const char *name)
{
    struct answer made =
        call("commune.officer", "POST", "/v1/people",
             text("{\"hamlet_id\":%d,\"full_name\":\"%s\",\"date_of_birth\":\"1970\","
                  "\"sex\":\"male\"}",
                  hamlet, name));
    return text_member(expect_status(made, 201), "id");
}

static struct answer found_with(const char *login, const char *more)
{
    return call(login, "POST", "/v1/households", text("{\"hamlet_id\":900101%s}", more));
}

/* A household of these two, the first one its head. */
static const char *home_of(const char *head, const char *other)
{
    struct answer made = found_with(
        "agent.collector", text(",\"on\":\"2026-01-01\",\"members\":[{\"person_id\":\"%s\","
                                "\"relation\":\"head\"},{\"person_id\":\"%s\","
                                "\"relation\":\"spouse\"}]",
                                head, other));
    return text_member(expect_status(made, 201), "id");
}

static struct answer join(const char *login, const char *home, const char *who,
                          const char *relation)
{
    return call(login, "POST", text("/v1/households/%s/members", home),
                text("{\"person_id\":\"%s\",\"relation\":\"%s\"}", who, relation));
}

static struct answer leave(const char *login, const char *home, const char *who, const char *reason)
{
    return call(login, "POST", text("/v1/households/%s/leave", home),
                text("{\"person_id\":\"%s\",\"reason\":\"%s\"}", who, reason));
}

static const char *line_of(struct answer home, int n)
{
    const json_t *to = member(home, text("members.%d.to", n));
    const json_t *ended = member(home, text("members.%d.ended_as", n));
    return text("%s %s %d %s %s", text_member(home, text("members.%d.person.full_name", n)),
                text_member(home, text("members.%d.relation", n)),
                (int)integer_member(home, text("members.%d.position", n)),
                json_is_null(to) ? "-" : "until",
                json_is_null(ended) ? "-" : json_string_value(ended));
}

START_TEST(a_household_is_founded_in_the_slice)
{
    const char *head = person(900101, "Lê Hộ Một");
    const char *home = home_of(head, person(900102, "Lê Hộ Hai"));
    struct answer own =
        expect_status(call("agent.viewer", "GET", text("/v1/households/%s", home), NULL), 200);
    ck_assert_str_eq(text_member(own, "head.full_name"), "Lê Hộ Một");
    ck_assert_int_eq(integer_member(own, "size"), 2);
    ck_assert_str_eq(line_of(own, 0), "Lê Hộ Một head 1 - -");
    ck_assert_str_eq(line_of(own, 1), "Lê Hộ Hai spouse 2 - -");
    struct answer member_of =
        call("commune.viewer", "GET", text("/v1/people?household=%s", home), NULL);
    ck_assert_uint_eq(json_array_size(member(expect_status(member_of, 200), "items")), 2);
    ck_assert_int_eq(integer_member(member_of, "items.1.hamlet.id"), 900101);
    ck_assert_str_eq(text_member(member_of, "items.1.household.relation"), "head");
    for (int i = 0; i < 3; i++) {
        static const char *const beside[] = {"neighbour.commune", "neighbour.district",
                                             "neighbour.collector"};
        expect_problem(call(beside[i], "GET", text("/v1/households/%s", home), NULL), 404,
                       "not_found");
        struct answer none = call(beside[i], "GET", text("/v1/people?household=%s", home), NULL);
        ck_assert_uint_eq(json_array_size(member(expect_status(none, 200), "items")), 0);
    }
}
END_TEST

START_TEST(nobody_is_taken_from_elsewhere)
{
    const char *head = person(900101, "Lê Hộ Ba");
    const char *home = home_of(head, person(900101, "Lê Hộ Tư"));
    const char *far =
        sql_text("insert into person (id, full_name, name_key, birth, birth_precision, "
                 "sex, hamlet_id, province_id, district_id, commune_id, created_by) "
                 "select uuid7(), 'Xa', 'xa', '1990-01-01', 'day', 'male', id, "
                 "province_id, district_id, commune_id, uuid7() from unit "
                 "where id = 900201 returning id");
    struct answer taken = join("agent.collector", home, far, "child");
    expect_problem(taken, 404, "not_found");
    ck_assert_str_eq(text_member(taken, "errors.0.pointer"), "/person_id");
    expect_problem(join("neighbour.commune", home, far, "child"), 404, "not_found");
    expect_problem(leave("neighbour.commune", home, head, "left"), 404, "not_found");
    expect_problem(call("agent.collector", "POST", "/v1/households", "{\"hamlet_id\":900201}"), 403,
                   "outside_slice");
    expect_problem(call("agent.collector", "POST", "/v1/households", "{\"hamlet_id\":42}"), 404,
                   "not_found");
    expect_problem(leave("commune.officer", home, far, "left"), 404, "not_found");
    expect_problem(leave("commune.viewer", home, head, "left"), 403, "forbidden");
}
END_TEST

START_TEST(members_come_and_go_and_history_stays)
{
    const char *head = person(900101, "Trần Đầu");
    const char *wife = person(900101, "Trần Vợ");
    const char *child = person(900101, "Trần Con");
    const char *home = home_of(head, wife);
    expect_status(join("agent.collector", home, child, "child"), 200);
    expect_status(leave("commune.officer", home, head, "died"), 200);
    struct answer now = expect_status(join("agent.collector", home, wife, "head"), 200);
    ck_assert_int_eq(integer_member(now, "size"), 2);
    ck_assert_str_eq(text_member(now, "head.full_name"), "Trần Vợ");
    ck_assert_str_eq(line_of(now, 0), "Trần Vợ head 2 - -");
    ck_assert_str_eq(line_of(now, 1), "Trần Con child 3 - -");
    ck_assert_str_eq(line_of(now, 2), "Trần Đầu head 1 until died");
    ck_assert_str_eq(line_of(now, 3), "Trần Vợ spouse 2 until changed");
    struct answer dead = call("commune.viewer", "GET", text("/v1/people/%s", head), NULL);
    ck_assert_str_eq(text_member(dead, "died_on"), sql_text("select business_date()"));
    expect_problem(join("agent.collector", home, head, "parent"), 404, "not_found");
    struct answer before =
        call("agent.collector", "POST", text("/v1/households/%s/members", home),
             text("{\"person_id\":\"%s\",\"relation\":\"child\",\"on\":\"2199-01-01\"}", child));
    expect_problem(before, 422, "rule_broken");
}
END_TEST

START_TEST(a_household_at_a_time)
{
    const char *mover = person(900101, "Phạm Chuyển");
    const char *old = home_of(person(900101, "Phạm Cũ"), mover);
    const char *home = home_of(person(900101, "Phạm Mới"), person(900101, "Phạm Kế"));
    struct answer now = expect_status(join("agent.collector", home, mover, "sibling"), 200);
    ck_assert_int_eq(integer_member(now, "size"), 3);
    struct answer then =
        expect_status(call("agent.viewer", "GET", text("/v1/households/%s", old), NULL), 200);
    ck_assert_int_eq(integer_member(then, "size"), 1);
    ck_assert_str_eq(line_of(then, 1), "Phạm Chuyển spouse 2 until moved");
    expect_problem(
        call("agent.collector", "POST", text("/v1/households/%s/members", old),
             text("{\"person_id\":\"%s\",\"relation\":\"child\",\"on\":\"2025-12-31\"}", mover)),
        409, "conflict");
    struct answer alone =
        call("commune.officer", "PATCH", text("/v1/people/%s", mover), "{\"hamlet_id\":900102}");
    expect_problem(alone, 409, "conflict");
    ck_assert_str_eq(text_member(alone, "errors.0.code"), "in_household");
}
END_TEST

START_TEST(a_household_splits)
{
    const char *head = person(900101, "Võ Cha");
    const char *son = person(900101, "Võ Con");
    const char *home = home_of(head, son);
    const char *split = text("/v1/households/%s/split", home);
    const char *body =
        text("{\"code\":\"6812345678\",\"hamlet_id\":900102,\"members\":[{\"person_id\":\"%s\","
             "\"relation\":\"head\"}]}",
             son);
    expect_problem(call("neighbour.commune", "POST", split, body), 404, "not_found");
    struct answer made = expect_status(call("agent.collector", "POST", split, body), 201);
    ck_assert_str_eq(text_member(made, "head.full_name"), "Võ Con");
    ck_assert_int_eq(integer_member(made, "hamlet.id"), 900102);
    expect_problem(call("agent.collector", "POST", split, body), 404, "not_found");
    expect_problem(found_with("commune.officer", ",\"code\":\"6812345678\""), 409, "duplicate");
    struct answer old =
        expect_status(call("agent.viewer", "GET", text("/v1/households/%s", home), NULL), 200);
    ck_assert_str_eq(line_of(old, 1), "Võ Con spouse 2 until split");
    struct answer numbered = call("commune.viewer", "GET", "/v1/households?q=6812345678", NULL);
    ck_assert_uint_eq(json_array_size(member(expect_status(numbered, 200), "items")), 1);
    struct answer people = call("commune.viewer", "GET", "/v1/people?q=6812345678", NULL);
    ck_assert_str_eq(text_member(expect_status(people, 200), "items.0.full_name"), "Võ Con");
    struct answer beside = call("neighbour.commune", "GET", "/v1/households?q=6812345678", NULL);
    ck_assert_uint_eq(json_array_size(member(expect_status(beside, 200), "items")), 0);
}
END_TEST

START_TEST(a_household_moves_with_its_members)
{
    const char *head = person(900101, "Hồ Dời");
    const char *home = home_of(head, person(900101, "Hồ Theo"));
    const char *path = text("/v1/households/%s", home);
    struct answer moved =
        expect_status(call("commune.officer", "PATCH", path, "{\"hamlet_id\":900103}"), 200);
    ck_assert_int_eq(integer_member(moved, "hamlet.id"), 900103);
    ck_assert_int_eq(integer_member(moved, "size"), 2);
    struct answer one = call("commune.viewer", "GET", text("/v1/people/%s", head), NULL);
    ck_assert_int_eq(integer_member(expect_status(one, 200), "hamlet.id"), 900103);
    expect_problem(call("agent.viewer", "GET", path, NULL), 404, "not_found");
    expect_problem(call("agent.collector", "PATCH", path, "{\"hamlet_id\":900101}"), 404,
                   "not_found");
    expect_problem(call("commune.officer", "PATCH", path, "{\"hamlet_id\":900201}"), 403,
                   "outside_slice");
    expect_problem(call("commune.officer", "PATCH", path, "{\"hamlet_id\":123173}"), 404,
                   "not_found");
}
END_TEST

START_TEST(households_are_listed_and_searched_by_their_head)
{
    home_of(person(900101, "Đặng Danh Sách"), person(900101, "Đặng Khác"));
    static const struct {
        const char *login, *query;
        size_t found;
    } cases[] = {
        {"commune.viewer", "q=danh+sach", 1},
        {"commune.viewer", "q=dang+khac", 0},
        {"agent.viewer", "q=sach+dang", 1},
        {"nation.viewer", "q=DANG%20danh", 1},
        {"neighbour.commune", "q=danh+sach", 0},
        {"neighbour.collector", "q=danh+sach", 0},
        {"commune.viewer", "hamlet=900102&limit=1", 1},
        {"commune.viewer", "limit=1", 1},
        {"neighbour.commune", "hamlet=900101", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer =
            call(cases[i].login, "GET", text("/v1/households?%s", cases[i].query), NULL);
        ck_assert_msg(json_array_size(member(expect_status(answer, 200), "items")) ==
                          cases[i].found,
                      "%s %s: %s", cases[i].login, cases[i].query, answer.body);
    }
    expect_problem(call("commune.viewer", "GET", "/v1/households?q=a&hamlet=900101", NULL), 400,
                   "invalid_request");
}
END_TEST

static void move_commune(int office)
{
    sql_text(text("update unit set district_id = %d, parent_id = case when id = 123173 then %d "
                  "else parent_id end where commune_id = 123173",
                  office, office));
}

START_TEST(a_household_of_a_commune_that_moves_goes_along)
{
    const char *home = home_of(person(900101, "Bùi Theo"), person(900101, "Bùi Cùng"));
    const char *path = text("/v1/households/%s", home);
    move_commune(900002);
    expect_problem(call("district.viewer", "GET", path, NULL), 404, "not_found");
    struct answer there = call("neighbour.district", "GET", path, NULL);
    ck_assert_int_eq(integer_member(expect_status(there, 200), "size"), 2);
    move_commune(900001);
    expect_status(call("district.viewer", "GET", path, NULL), 200);
}
END_TEST

Suite *household_suite(void)
{
    Suite *suite = suite_create("household");
    TCase *tcase = tcase_create("household");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_household_is_founded_in_the_slice);
    tcase_add_test(tcase, nobody_is_taken_from_elsewhere);
    tcase_add_test(tcase, members_come_and_go_and_history_stays);
    tcase_add_test(tcase, a_household_at_a_time);
    tcase_add_test(tcase, a_household_splits);
    tcase_add_test(tcase, a_household_moves_with_its_members);
    tcase_add_test(tcase, households_are_listed_and_searched_by_their_head);
    tcase_add_test(tcase, a_household_of_a_commune_that_moves_goes_along);
    suite_add_tcase(suite, tcase);
    return suite;
}
