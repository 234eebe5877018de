/* Everybody who can hold a part of a target: hamlets, agencies, associations, collectors, officers. */
#include <string.h>

#include "tests/support/ledger_case.h"
#include "tests/support/suites.h"

#define AGENCY "01900000-0000-7000-8000-0000000000a1"
#define COLLECTOR "01900000-0000-7000-8000-0000000000c1"

static char office[37];
static char commune[37];
static char to_agency[37];
static char to_association[37];
static char to_officer[37];
static char union_id[37];

static const char *account(const char *username)
{
    return sql_text(text("select id from app_user where username = '%s'", username));
}

static struct answer found(const char *login, const char *id)
{
    return call(login, "GET", text("/v1/assignments/%s", id), NULL);
}

/* What the assignee of an assignment is called, and its ids in the order of the contract. */
static const char *assignee_of(const char *login, const char *id)
{
    static const char *const ids[] = {"agency_id", "collector_id", "association_id", "officer_id"};
    struct answer answer = assignment(login, id, "");
    const char *said = text_member(answer, "assignee.kind");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const json_t *value = member(answer, text("assignee.%s", ids[i]));
        said = text("%s %s", said, json_is_null(value) ? "-" : json_string_value(value));
    }
    return said;
}

START_TEST(a_commune_divides_among_its_hamlets)
{
    const char *root = planned("province.manager", "vsi_renewals", "2028", 1000);
    keep(office,
         given("province.manager", root, "territory", "{\"unit_id\":900001,\"quantity\":600}"));
    keep(commune,
         given("district.manager", office, "territory", "{\"unit_id\":123173,\"quantity\":100}"));
    struct answer parts = split("commune.manager", commune, "territory",
                                "{\"unit_id\":900102,\"quantity\":30},"
                                "{\"unit_id\":900101,\"quantity\":20}");
    ck_assert_int_eq(integer_member(expect_status(parts, 201), "items.0.unit_id"), 900102);
    ck_assert_int_eq(integer_member(parts, "items.1.unit_id"), 900101);
    ck_assert_int_eq(integer_member(parts, "unallocated"), 50);
    const char *hamlet = text_member(parts, "items.0.id");
    ck_assert_str_eq(assignee_of("commune.viewer", hamlet), "unit - - - -");
    struct answer shown = assignment("district.viewer", hamlet, "");
    ck_assert_uint_eq(json_array_size(member(shown, "cuts")), 0);
    expect_problem(found("neighbour.commune", hamlet), 404, "not_found");
    expect_flaw(split("commune.manager", commune, "territory",
                      "{\"unit_id\":900103,\"quantity\":1},{\"unit_id\":900201,\"quantity\":1}"),
                404, "/parts/1/unit_id", "not_child");
}
END_TEST

static struct answer add_association(const char *login, const char *name)
{
    return call(login, "POST", "/v1/associations",
                text("{\"kind\":\"womens_union\",\"name\":\"%s\"}", name));
}

START_TEST(associations_are_those_of_the_own_place)
{
    struct answer made = add_association("commune.manager", "Hội Phụ nữ Đồng Kho");
    keep(union_id, text_member(expect_status(made, 201), "id"));
    ck_assert_int_eq(integer_member(made, "unit.id"), 123173);
    expect_problem(add_association("commune.manager", "Hội Phụ nữ Đồng Kho"), 409, "duplicate");
    expect_problem(add_association("commune.officer", "x"), 403, "forbidden");
    expect_problem(add_association("nation.manager", "x"), 403, "forbidden");
    static const struct {
        const char *login;
        int status;
    } lookers[] = {{"commune.viewer", 200},     {"district.viewer", 200},
                   {"province.viewer", 200},    {"neighbour.commune", 404},
                   {"neighbour.district", 404}, {"neighbour.province", 404},
                   {"agent.viewer", 403}};
    for (size_t i = 0; i < sizeof lookers / sizeof *lookers; i++) {
        const char *login = lookers[i].login;
        struct answer one = call(login, "GET", text("/v1/associations/%s", union_id), NULL);
        struct answer list = call(login, "GET", "/v1/associations", NULL);
        expect_status(one, lookers[i].status);
        ck_assert_int_eq(strstr(list.body, union_id) != NULL, lookers[i].status == 200);
    }
}
END_TEST

START_TEST(organisations_take_a_part_and_see_it)
{
    keep(to_agency, given("district.manager", office, "organisation",
                          "{\"agency_id\":\"" AGENCY "\",\"quantity\":200}"));
    keep(to_association, given("commune.manager", commune, "organisation",
                               text("{\"association_id\":\"%s\",\"quantity\":40}", union_id)));
    ck_assert_str_eq(assignee_of("agency.manager", to_agency), "agency " AGENCY " - - -");
    ck_assert_str_eq(assignee_of("province.viewer", to_association),
                     text("association - - %s -", union_id));
    expect_problem(found("agent.collector", to_agency), 404, "not_found");
    expect_problem(found("agency.manager", to_association), 404, "not_found");
    expect_problem(found("neighbour.district", to_agency), 404, "not_found");
    struct answer own = expect_status(call("agency.manager", "GET", "/v1/assignments", NULL), 200);
    ck_assert(strstr(own.body, to_agency) != NULL);
    struct answer history =
        call("agency.manager", "GET", text("/v1/assignments/%s/history", to_agency), NULL);
    ck_assert_int_eq(integer_member(expect_status(history, 200), "items.0.total"), 200);
    expect_problem(split("district.manager", office, "organisation",
                         "{\"agency_id\":\"" AGENCY "\",\"quantity\":1}"),
                   409, "duplicate");
}
END_TEST

START_TEST(organisations_of_elsewhere_are_not_found)
{
    expect_flaw(split("district.manager", office, "organisation",
                      "{\"agency_id\":\"01900000-0000-7000-8000-0000000000a2\",\"quantity\":1}"),
                404, "/parts/0/agency_id", "not_found");
    /* A commune sees no agency of its office. */
    expect_flaw(split("commune.manager", commune, "organisation",
                      "{\"agency_id\":\"" AGENCY "\",\"quantity\":1}"),
                404, "/parts/0/agency_id", "not_found");
    struct answer beside = expect_status(add_association("neighbour.commune", "Hội Phụ nữ"), 201);
    expect_flaw(
        split("commune.manager", commune, "organisation",
              text("{\"association_id\":\"%s\",\"quantity\":1}", text_member(beside, "id"))),
        404, "/parts/0/association_id", "not_found");
}
END_TEST

START_TEST(an_officer_takes_a_part_in_person)
{
    struct answer users = expect_status(call("commune.manager", "GET", "/v1/users", NULL), 200);
    const char *officer = account("commune.officer");
    ck_assert(strstr(users.body, officer) != NULL);
    struct answer parts = split("commune.manager", commune, "staff",
                                text("{\"collector_id\":\"" COLLECTOR "\",\"quantity\":30},"
                                     "{\"officer_id\":\"%s\",\"quantity\":25}",
                                     officer));
    keep(to_officer, text_member(expect_status(parts, 201), "items.1.id"));
    ck_assert_str_eq(text_member(parts, "items.1.officer_id"), officer);
    ck_assert_str_eq(assignee_of("commune.officer", to_officer), text("officer - - - %s", officer));
    ck_assert_str_eq(assignee_of("agent.viewer", text_member(parts, "items.0.id")),
                     "collector " AGENCY " " COLLECTOR " - -");
    static const char *const others[] = {"commune.viewer", "neighbour.commune", "district.officer",
                                         "agent.collector"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        expect_flaw(split("commune.manager", commune, "staff",
                          text("{\"officer_id\":\"%s\",\"quantity\":1}", account(others[i]))),
                    404, "/parts/0/officer_id", "not_found");
    }
    sql_text("update app_user set disabled_at = now() where username = 'commune.manager'");
    struct answer closed =
        split("commune.manager", commune, "staff",
              text("{\"officer_id\":\"%s\",\"quantity\":1}", account("commune.manager")));
    sql_text("update app_user set disabled_at = null where username = 'commune.manager'");
    expect_flaw(closed, 404, "/parts/0/officer_id", "not_found");
}
END_TEST

START_TEST(an_officer_who_moves_leaves_the_number_where_it_was_given)
{
    sql_text("update app_user set unit_id = 123149, commune_id = 123149 where username = "
             "'commune.officer'");
    ck_assert_str_eq(assignee_of("commune.viewer", to_officer),
                     text("officer - - - %s", account("commune.officer")));
    expect_problem(found("neighbour.commune", to_officer), 404, "not_found");
    sql_text("update app_user set unit_id = 123173, commune_id = 123173 where username = "
             "'commune.officer'");
}
END_TEST

static struct answer accept(const char *login, const char *id)
{
    return call(login, "POST", text("/v1/assignments/%s/accept", id), NULL);
}

START_TEST(whoever_holds_a_number_accepts_it)
{
    expect_problem(accept("district.manager", to_agency), 403, "forbidden");
    expect_status(accept("agency.manager", to_agency), 201);
    expect_problem(accept("agency.manager", to_agency), 409, "duplicate");
    expect_problem(accept("commune.manager", to_officer), 403, "forbidden");
    expect_status(accept("commune.officer", to_officer), 201);
    expect_problem(accept("commune.manager", to_association), 403, "forbidden");
    expect_problem(accept("neighbour.commune", to_association), 404, "not_found");
}
END_TEST

START_TEST(the_contract_says_which_id_fits_which_cut)
{
    expect_flaw(split("commune.manager", commune, "territory",
                      "{\"collector_id\":\"" COLLECTOR "\",\"quantity\":1}"),
                400, "/parts/0/unit_id", "required");
    expect_flaw(split("commune.manager", commune, "organisation",
                      "{\"unit_id\":900101,\"agency_id\":\"" AGENCY "\",\"quantity\":1}"),
                400, "/parts/0/unit_id", "unknown");
    expect_flaw(split("commune.manager", commune, "staff", "{\"quantity\":1}"), 400, "/parts/0",
                "format");
    expect_flaw(split("commune.manager", commune, "root", "{\"unit_id\":1,\"quantity\":1}"), 400,
                "/cut", "enum");
}
END_TEST

Suite *assignee_suite(void)
{
    Suite *suite = suite_create("assignee");
    TCase *tcase = tcase_create("assignee");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_commune_divides_among_its_hamlets);
    tcase_add_test(tcase, associations_are_those_of_the_own_place);
    tcase_add_test(tcase, organisations_take_a_part_and_see_it);
    tcase_add_test(tcase, organisations_of_elsewhere_are_not_found);
    tcase_add_test(tcase, an_officer_takes_a_part_in_person);
    tcase_add_test(tcase, an_officer_who_moves_leaves_the_number_where_it_was_given);
    tcase_add_test(tcase, whoever_holds_a_number_accepts_it);
    tcase_add_test(tcase, the_contract_says_which_id_fits_which_cut);
    suite_add_tcase(suite, tcase);
    return suite;
}
