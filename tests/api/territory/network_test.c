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
    expect_problem(change("province.manager", "collectors", id, "{\"full_name\":\"D\"}"), 403,
                   "forbidden");
    struct answer changed =
        change("district.manager", "collectors", id,
               "{\"full_name\":\"Ka Hương\",\"card_number\":\"NW-2\",\"valid_to\":null}");
    ck_assert_str_eq(text_member(expect_status(changed, 200), "full_name"), "Ka Hương");
    ck_assert_str_eq(text_member(changed, "certified_on"), "2025-12-01");
    ck_assert(json_is_null(member(changed, "valid_to")));
    ck_assert(json_equal(member(changed, "territory"), member(appointed, "territory")));
    expect_flaw(change("district.manager", "collectors", id, "{\"valid_to\":\"2025-12-31\"}"), 422,
                "/valid_to", "ends_first");
    expect_flaw(change("district.manager", "collectors", id, "{\"card_number\":\"NVT-68-0001\"}"),
                409, "/card_number", "not_unique");
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

START_TEST(a_territory_counts_on_the_next_request)
{
    struct answer hamlets =
        call("neighbour.province", "GET",
             text("/v1/units?parent=%lld&kind=hamlet", (long long)chain.commune), NULL);
    json_int_t first = integer_member(expect_status(hamlets, 200), "items.0.id");
    const char *commune = text("%lld", (long long)chain.commune);
    const char *unit = text("%lld", (long long)commune_of_khanh_hoa(4));
    ck_assert_str_eq(unit, commune);
    const char *colleague =
        made(appoint("neighbour.province", chain.agency, unit, "NVT-56-2", commune));
    /* Somebody has lost all that the colleague serves but a hamlet of another collector's. */
    sql_text(text("insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, "
                  "district_id, commune_id, valid_from) select 990001, 'hamlet', 'thon', "
                  "'network-990001', 'Thôn Lưới', 'thon luoi', id, province_id, district_id, id, "
                  "'2025-07-01' from unit where id = %s",
                  commune));
    expect_problem(enrol_in("khanhhoa.thu", 990001), 403, "outside_slice");
    struct answer moved =
        change("neighbour.province", "collectors", chain.collector, "{\"territory\":[990001]}");
    ck_assert_uint_eq(json_array_size(member(expect_status(moved, 200), "territory")), 1);
    expect_status(enrol_in("khanhhoa.thu", 990001), 201);
    expect_problem(enrol_in("khanhhoa.thu", first), 403, "outside_slice");
    expect_flaw(change("neighbour.province", "collectors", chain.collector,
                       "{\"territory\":[900101]}"),
                404, "/territory", "not_found");
    change("neighbour.province", "collectors", chain.collector,
           text("{\"territory\":[990001,%lld]}", (long long)first));
    expect_status(enrol_in("khanhhoa.thu", first), 201);
    expect_status(change("neighbour.province", "collectors", colleague, "{\"ended\":true}"), 200);
}
END_TEST

/* --- the end ------------------------------------------------------------------------------------ */

static struct answer end(const char *kind, const char *id)
{
    return change("neighbour.province", kind, id, "{\"ended\":true}");
}

START_TEST(an_appointment_ends_with_empty_hands)
{
    json_int_t before = achieved();
    json_int_t money = in_hand("khanhhoa.thu");
    ck_assert_int_gt(money, 0);
    expect_flaw(end("collectors", chain.collector), 409, "/ended", "cash_in_hand");
    struct answer declared = call("khanhhoa.thu", "POST", "/v1/remittances",
                                  text("{\"method\":\"cash\",\"remitted_on\":\"%s\"}", today()));
    const char *remittance = text_member(expect_status(declared, 201), "id");
    expect_flaw(end("collectors", chain.collector), 409, "/ended", "not_counted");
    expect_status(
        call("neighbour.province", "POST", text("/v1/remittances/%s/reconcile", remittance),
             text("{\"received\":%lld,\"received_on\":\"%s\"}", (long long)money, today())),
        200);
    struct answer ended = expect_status(end("collectors", chain.collector), 200);
    ck_assert_str_eq(text_member(ended, "ended_on"), today());
    ck_assert_uint_eq(json_array_size(member(ended, "territory")), 0);
    expect_problem(call("khanhhoa.thu", "GET", "/v1/me", NULL), 401, "token_stale");
    expect_problem(call_with(NULL, "POST", "/v1/sessions",
                             "{\"username\":\"khanhhoa.thu\",\"password\":\"" AGENT_PASSWORD "\"}",
                             NULL),
                   401, "wrong_credentials");
    ck_assert_int_eq(achieved(), before);
    struct answer books =
        expect_status(call("neighbour.province", "GET", "/v1/receipt-books", NULL), 200);
    ck_assert_str_eq(text_member(books, "items.0.collector_id"), chain.collector);
    ck_assert_str_eq(text_member(books, "items.0.closed_on"), today());
    money_adds_up();
}
END_TEST

START_TEST(who_has_ended_is_given_nothing)
{
    struct answer users = expect_status(call("neighbour.province", "GET", "/v1/users", NULL), 200);
    ck_assert_str_eq(text_member(users, "items.0.username"), "khanhhoa.thu");
    expect_problem(change("neighbour.province", "users", text_member(users, "items.0.id"),
                          "{\"disabled\":false}"),
                   409, "ended");
    expect_problem(
        call("neighbour.province", "POST", "/v1/users",
             text("{\"username\":\"khanhhoa.hai\",\"full_name\":\"A\",\"duty\":\"officer\","
                  "\"place\":{\"collector_id\":\"%s\"}}",
                  chain.collector)),
        409, "ended");
    expect_problem(change("neighbour.province", "collectors", chain.collector,
                          "{\"full_name\":\"Ka Thôi\"}"),
                   409, "ended");
    expect_problem(end("collectors", chain.collector), 409, "ended");
    expect_flaw(call("khanhhoa.quanly", "POST", text("/v1/receipt-books/%s/allot", chain.book),
                     text("{\"collector_id\":\"%s\",\"numbers\":50}", chain.collector)),
                409, "/collector_id", "ended");
    expect_flaw(call("neighbour.province", "POST", "/v1/receipt-books",
                     text("{\"series\":\"BL-56/Y\",\"first\":1,\"last\":50,\"agency_id\":\"%s\","
                          "\"collector_id\":\"%s\"}",
                          chain.agency, chain.collector)),
                409, "/collector_id", "ended");
    const char *unit = text("%lld", (long long)chain.commune);
    const char *heir = made(appoint("neighbour.province", chain.agency, unit, "NVT-56-3", unit));
    expect_flaw(call("khanhhoa.quanly", "POST", "/v1/cash-handovers",
                     text("{\"from_collector_id\":\"%s\",\"to_collector_id\":\"%s\","
                          "\"reason\":\"Nghỉ\"}",
                          heir, chain.collector)),
                404, "/to_collector_id", "not_found");
    expect_flaw(end("agencies", chain.agency), 409, "/ended", "collectors_serve");
    expect_status(end("collectors", heir), 200);
}
END_TEST

START_TEST(an_organisation_ends_after_its_collectors_and_its_contract)
{
    json_int_t before = achieved();
    expect_flaw(end("agencies", chain.agency), 409, "/ended", "contract_runs");
    expect_status(call("neighbour.province", "POST", text("/v1/contracts/%s/end", chain.contract),
                       text("{\"valid_to\":\"%s\"}", today())),
                  200);
    expect_status(show("khanhhoa.quanly", "agencies", chain.agency), 200);
    struct answer ended = expect_status(end("agencies", chain.agency), 200);
    ck_assert_str_eq(text_member(ended, "ended_on"), today());
    expect_problem(call("khanhhoa.quanly", "GET", "/v1/me", NULL), 401, "token_stale");
    struct answer book =
        call("neighbour.province", "GET", text("/v1/receipt-books/%s", chain.book), NULL);
    ck_assert(json_is_null(member(expect_status(book, 200), "closed_on")));
    const char *unit = text("%lld", (long long)chain.commune);
    expect_flaw(appoint("neighbour.province", chain.agency, unit, "NVT-56-4", unit), 404,
                "/agency_id", "not_found");
    expect_problem(call("neighbour.province", "POST", "/v1/contracts",
                        text("{\"agency_id\":\"%s\",\"number\":\"02/HĐ-UQT\",\"signed_on\":"
                             "\"2027-01-02\",\"valid_from\":\"2027-01-02\"}",
                             chain.agency)),
                   404, "not_found");
    expect_problem(change("neighbour.province", "agencies", chain.agency, "{\"name\":\"X\"}"), 409,
                   "ended");
    expect_status(show("neighbour.province", "agencies", chain.agency), 200);
    ck_assert_int_eq(achieved(), before);
    made(found("neighbour.province", "Bưu điện xã", unit)); /* the name is free again */
    money_adds_up();
}
END_TEST

START_TEST(what_was_collected_can_still_be_taken_back)
{
    json_int_t before = achieved();
    struct answer rejected = decide("neighbour.province", chain.enrolment, "reject");
    ck_assert_str_eq(text_member(expect_status(rejected, 200), "status"), "rejected");
    ck_assert_int_eq(achieved(), before - 1);
    money_adds_up();
}
END_TEST

START_TEST(a_card_is_free_again_when_its_appointment_has_ended)
{
    const char *agency = made(found("district.manager", "Ngân hàng I", COMMUNE));
    const char *first = made(appoint("district.manager", agency, COMMUNE, "NW-3", COMMUNE));
    expect_flaw(appoint("district.manager", agency, COMMUNE, "NW-3", COMMUNE), 409, "/card_number",
                "not_unique");
    expect_status(change("district.manager", "collectors", first, "{\"ended\":true}"), 200);
    made(appoint("district.manager", agency, COMMUNE, "NW-3", COMMUNE));
}
END_TEST

/* What a statement with a mistake would do: keys refuse it, whoever asks. */
START_TEST(no_statement_leaves_cash_with_who_has_ended)
{
    sql_text("begin");
    sql_text(text("update cash_box set in_hand = 1 where id = '%s'", chain.collector));
    PGresult *kept = PQexec(database(), "commit");
    ck_assert_str_eq(PQresultErrorField(kept, PG_DIAG_SQLSTATE), "23503");
    PQclear(kept);
    kept = PQexec(database(), "update agency set ended_on = business_date() where id = "
                              "'" FIRST_AGENCY "'");
    ck_assert_str_eq(PQresultErrorField(kept, PG_DIAG_SQLSTATE), "23503");
    PQclear(kept);
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
    tcase_add_test(tcase, a_territory_counts_on_the_next_request);
    tcase_add_test(tcase, an_appointment_ends_with_empty_hands);
    tcase_add_test(tcase, who_has_ended_is_given_nothing);
    tcase_add_test(tcase, an_organisation_ends_after_its_collectors_and_its_contract);
    tcase_add_test(tcase, what_was_collected_can_still_be_taken_back);
    tcase_add_test(tcase, a_card_is_free_again_when_its_appointment_has_ended);
    tcase_add_test(tcase, no_statement_leaves_cash_with_who_has_ended);
    tcase_add_test(tcase, who_has_ended_is_given_no_number);
    suite_add_tcase(suite, tcase);
    return suite;
}
