/* The network: organisations and collectors, made, changed and ended by the offices. */
#include <string.h>

#include "tests/support/enrolment_case.h"
#include "tests/support/ledger_case.h"
#include "tests/support/money_case.h"
#include "tests/support/suites.h"

/* A commune of the office Tánh Linh where nobody else works. */
#define COMMUNE "123188"
#define AGENT_PASSWORD "test-password-2026"

static struct answer found(const char *login, const char *name, const char *unit)
{
    return call(login, "POST", "/v1/agencies",
                text("{\"kind\":\"bank\",\"name\":\"%s\",\"unit_id\":%s}", name, unit));
}

static struct answer appoint(const char *login, const char *agency, const char *unit,
                             const char *card, const char *territory)
{
    return call(login, "POST", "/v1/collectors",
                text("{\"agency_id\":\"%s\",\"unit_id\":%s,\"full_name\":\"Ka Hường\","
                     "\"card_number\":\"%s\",\"valid_from\":\"2026-01-01\",\"territory\":[%s]}",
                     agency, unit, card, territory));
}

static const char *made(struct answer answer)
{
    return text_member(expect_status(answer, 201), "id");
}

static struct answer change(const char *login, const char *kind, const char *id, const char *body)
{
    return call(login, "PATCH", text("/v1/%s/%s", kind, id), body);
}

static struct answer show(const char *login, const char *kind, const char *id)
{
    return call(login, "GET", text("/v1/%s/%s", kind, id), NULL);
}

static size_t count(const char *login, const char *path)
{
    struct answer answer = expect_status(call(login, "GET", path, NULL), 200);
    return json_array_size(member(answer, "items"));
}

START_TEST(an_office_founds_an_organisation)
{
    struct answer founded = expect_status(found("district.manager", "Ngân hàng A", COMMUNE), 201);
    const char *id = text_member(founded, "id");
    ck_assert_str_eq(answer_header(founded, "Location"), text("/v1/agencies/%s", id));
    ck_assert_int_eq(integer_member(founded, "unit.id"), 123188);
    ck_assert_int_eq(integer_member(founded, "giver_id"), 900001);
    ck_assert(json_is_null(member(founded, "ended_on")));
    static const char *const above[] = {"district.viewer", "province.viewer", "nation.viewer"};
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(text_member(expect_status(show(above[i], "agencies", id), 200), "name"),
                         "Ngân hàng A");
        ck_assert_uint_eq(count(above[i], "/v1/agencies?unit=" COMMUNE), 1);
    }
    static const char *const beside[] = {"neighbour.province", "neighbour.district",
                                         "commune.manager", "agency.manager", "agent.collector"};
    for (int i = 0; i < 5; i++) {
        expect_problem(show(beside[i], "agencies", id), 404, "not_found");
        ck_assert_uint_eq(count(beside[i], "/v1/agencies?unit=" COMMUNE), 0);
    }
    ck_assert_uint_eq(count("agency.manager", "/v1/agencies"), 1);
    ck_assert_uint_eq(count("agent.collector", "/v1/agencies"), 0);
    expect_flaw(found("district.manager", "ngân hàng a", COMMUNE), 409, "/name", "not_unique");
    expect_flaw(found("district.manager", "B", "900101"), 404, "/unit_id", "not_found");
    expect_flaw(found("district.manager", "B", "42"), 404, "/unit_id", "not_found");
    expect_problem(found("district.manager", "B", "123236"), 403, "outside_slice");
    expect_problem(found("district.manager", "B", "168"), 403, "outside_slice");
}
END_TEST

START_TEST(only_the_founder_changes_it)
{
    struct answer founded = expect_status(found("district.manager", "Ngân hàng C", COMMUNE), 201);
    const char *id = text_member(founded, "id");
    const char *const seen[] = {text("If-Match: %s", answer_header(founded, "ETag")), NULL};
    const char *path = text("/v1/agencies/%s", id);
    expect_problem(change("province.manager", "agencies", id, "{\"name\":\"D\"}"), 403,
                   "forbidden");
    expect_problem(change("neighbour.district", "agencies", id, "{\"name\":\"D\"}"), 404,
                   "not_found");
    expect_problem(change("agency.manager", "agencies", id, "{\"name\":\"D\"}"), 403, "forbidden");
    struct answer renamed =
        call_with("district.manager", "PATCH", path, "{\"name\":\"Ngân hàng D\"}", seen);
    ck_assert_str_eq(text_member(expect_status(renamed, 200), "name"), "Ngân hàng D");
    expect_problem(call_with("district.manager", "PATCH", path, "{\"ended\":true}", seen), 412,
                   "precondition_failed");
    expect_problem(call_with("district.manager", "PATCH", path, "{\"name\":\"E\"}",
                             (const char *[]){NULL}),
                   428, "precondition_required");
}
END_TEST

START_TEST(an_office_appoints_a_collector)
{
    const char *agency = made(found("district.manager", "Ngân hàng F", COMMUNE));
    struct answer appointed = call(
        "district.manager", "POST", "/v1/collectors",
        text("{\"agency_id\":\"%s\",\"unit_id\":" COMMUNE ",\"full_name\":\"Ka Hường\","
             "\"card_number\":\"NW-1\",\"valid_from\":\"2026-01-01\",\"valid_to\":\"2027-12-31\","
             "\"certificate_number\":\"CC-1\",\"certified_on\":\"2025-12-01\",\"territory\":[%s]}",
             agency, COMMUNE));
    const char *id = made(appointed);
    ck_assert_str_eq(text_member(appointed, "certificate_number"), "CC-1");
    ck_assert_str_eq(text_member(appointed, "valid_to"), "2027-12-31");
    ck_assert_uint_ge(json_array_size(member(appointed, "territory")), 1);
    expect_status(show("province.viewer", "collectors", id), 200);
    ck_assert_uint_eq(count("district.viewer", text("/v1/collectors?agency=%s", agency)), 1);
    static const char *const beside[] = {"neighbour.province", "neighbour.district",
                                         "commune.manager", "agency.manager", "agent.collector"};
    for (int i = 0; i < 5; i++) {
        expect_problem(show(beside[i], "collectors", id), 404, "not_found");
        ck_assert_uint_eq(count(beside[i], text("/v1/collectors?agency=%s", agency)), 0);
    }
}
END_TEST

START_TEST(nobody_is_appointed_from_or_to_elsewhere)
{
    static const char first[] = FIRST_AGENCY;
    const char *small = made(found("district.manager", "Ngân hàng G", COMMUNE));
    expect_flaw(appoint("neighbour.district", first, "123236", "NW-9", "123236"), 404, "/agency_id",
                "not_found");
    expect_flaw(appoint("district.manager", first, "123236", "NW-9", "123236"), 404, "/unit_id",
                "not_found");
    expect_flaw(appoint("district.manager", first, "900101", "NW-9", "900101"), 404, "/unit_id",
                "not_found");
    expect_flaw(appoint("district.manager", small, "900001", "NW-9", "123188"), 404, "/unit_id",
                "not_found");
    expect_flaw(appoint("district.manager", first, "123173", "NW-9", "900101,900201"), 404,
                "/territory", "not_found");
    expect_flaw(appoint("district.manager", first, "900001", "NW-9", "123173,123236"), 404,
                "/territory", "not_found");
    expect_flaw(appoint("district.manager", first, "123173", "NW-9", "900001"), 404, "/territory",
                "not_found");
    expect_flaw(appoint("district.manager", first, "123173", "NVT-68-0001", "900101"), 409,
                "/card_number", "not_unique");
    expect_problem(appoint("agency.manager", first, "123173", "NW-9", "900101"), 403, "forbidden");
    expect_problem(appoint("commune.manager", first, "123173", "NW-9", "900101"), 403, "forbidden");
}
END_TEST

/* --- the whole chain ---------------------------------------------------------------------------- */

/* An account at this place, signed in with the password that call() uses. */
static void account(const char *giver, const char *username, const char *duty, const char *place,
                    const char *id)
{
    const char *user =
        made(call(giver, "POST", "/v1/users",
                  text("{\"username\":\"%s\",\"full_name\":\"Ka Hường\",\"duty\":\"%s\","
                       "\"place\":{\"%s\":\"%s\"}}",
                       username, duty, place, id)));
    struct answer once =
        expect_status(call(giver, "POST", text("/v1/users/%s/reset", user), NULL), 200);
    expect_status(call_with(NULL, "POST", "/v1/sessions",
                            text("{\"username\":\"%s\",\"password\":\"%s\",\"new_password\":"
                                 "\"" AGENT_PASSWORD "\"}",
                                 username, text_member(once, "one_time_password")),
                            NULL),
                  201);
}

static struct answer enrol_in(const char *login, json_int_t hamlet)
{
    return call(login, "POST", "/v1/enrolments",
                text("{\"scheme\":\"vsi\",\"hamlet_id\":%lld,\"months\":6,\"paid_on\":\"%s\","
                     "\"person\":{\"full_name\":\"Pi Năng Thị Hoa\",\"date_of_birth\":\"1987\","
                     "\"sex\":\"female\",\"duplicate_confirmed\":true}}",
                     (long long)hamlet, today()));
}

static json_int_t commune_of_khanh_hoa(int n)
{
    struct answer communes =
        call("neighbour.province", "GET", "/v1/units?parent=156&kind=commune&limit=9", NULL);
    return integer_member(expect_status(communes, 200), text("items.%d.id", n));
}

static json_int_t achieved(void)
{
    struct answer answer = call("neighbour.province", "GET",
                                text("/v1/progress?indicator=vsi_new&period=%.4s", today()), NULL);
    return integer_member(expect_status(answer, 200), "self.achieved");
}

/* What the chain has made, from one test to the next. */
static struct {
    char agency[37], collector[37], contract[37], book[37], enrolment[37];
    json_int_t commune, hamlet;
} chain;

/* A province without offices: an organisation with a contract and a book, and somebody who collects. */
static void appoint_in_khanh_hoa(void)
{
    chain.commune = commune_of_khanh_hoa(4);
    const char *unit = text("%lld", (long long)chain.commune);
    keep(chain.agency, made(found("neighbour.province", "Bưu điện xã", unit)));
    struct answer contract =
        call("neighbour.province", "POST", "/v1/contracts",
             text("{\"agency_id\":\"%s\",\"number\":\"01/HĐ-UQT\",\"signed_on\":\"2026-01-02\","
                  "\"valid_from\":\"2026-01-02\",\"deadline_days\":1}",
                  chain.agency));
    keep(chain.contract, made(contract));
    struct answer book = call("neighbour.province", "POST", "/v1/receipt-books",
                              text("{\"series\":\"BL-56/X\",\"first\":1,\"last\":500,"
                                   "\"agency_id\":\"%s\"}",
                                   chain.agency));
    keep(chain.book, made(book));
    struct answer appointed = appoint("neighbour.province", chain.agency, unit, "NVT-56-1", unit);
    keep(chain.collector, made(appointed));
    chain.hamlet = integer_member(appointed, "territory.0.id");
    account("neighbour.province", "khanhhoa.quanly", "manager", "agency_id", chain.agency);
    account("neighbour.province", "khanhhoa.thu", "officer", "collector_id", chain.collector);
    expect_status(call("khanhhoa.quanly", "POST", text("/v1/receipt-books/%s/allot", chain.book),
                       text("{\"collector_id\":\"%s\",\"numbers\":50}", chain.collector)),
                  201);
}

START_TEST(from_an_empty_province_to_an_enrolment_over_http_alone)
{
    json_int_t before = achieved();
    appoint_in_khanh_hoa();
    struct answer enrolled = expect_status(enrol_in("khanhhoa.thu", chain.hamlet), 201);
    keep(chain.enrolment, text_member(enrolled, "id"));
    const char *path = text("/v1/enrolments/%s", chain.enrolment);
    json_int_t paid = integer_member(enrolled, "price.participant");
    ck_assert_int_eq(integer_member(enrolled, "receipt.number"), 1);
    ck_assert_int_eq(in_hand("khanhhoa.thu"), paid);
    ck_assert_int_eq(achieved(), before + 1);
    expect_status(call("khanhhoa.quanly", "GET", path, NULL), 200);
    expect_status(call("neighbour.province", "GET", path, NULL), 200);
    expect_problem(call("province.manager", "GET", path, NULL), 404, "not_found");
    expect_problem(call("agency.manager", "GET", path, NULL), 404, "not_found");
    expect_status(show("khanhhoa.thu", "collectors", chain.collector), 200);
    expect_status(show("khanhhoa.quanly", "agencies", chain.agency), 200);
    expect_problem(show("khanhhoa.thu", "agencies", chain.agency), 404, "not_found");
    expect_problem(enrol_in("khanhhoa.thu", 900101), 403, "outside_slice");
    money_adds_up();
}
END_TEST

START_TEST(who_has_ended_is_given_no_number)
{
    const char *root = planned("district.manager", "vsi_new", "2031", 100);
    const char *agency = made(found("district.manager", "Ngân hàng H", COMMUNE));
    expect_status(change("district.manager", "agencies", agency, "{\"ended\":true}"), 200);
    expect_flaw(split("district.manager", root, "organisation",
                      text("{\"agency_id\":\"%s\",\"quantity\":10}", agency)),
                404, "/parts/0/agency_id", "not_found");
}
END_TEST

Suite *network_suite(void)
{
    Suite *suite = suite_create("network");
    TCase *tcase = tcase_create("network");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, an_office_founds_an_organisation);
    tcase_add_test(tcase, only_the_founder_changes_it);
    tcase_add_test(tcase, an_office_appoints_a_collector);
    tcase_add_test(tcase, nobody_is_appointed_from_or_to_elsewhere);
    tcase_add_test(tcase, from_an_empty_province_to_an_enrolment_over_http_alone);
    tcase_add_test(tcase, who_has_ended_is_given_no_number);
    suite_add_tcase(suite, tcase);
    return suite;
}
