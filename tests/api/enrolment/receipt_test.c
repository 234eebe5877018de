/* Receipts, books, cash in hand, remittances. */
#include <string.h>

#include "tests/support/enrolment_case.h"
#include "tests/support/figures.h"
#include "tests/support/ledger_case.h"
#include "tests/support/money_case.h"
#include "tests/support/suites.h"

START_TEST(an_enrolment_has_its_receipt)
{
    json_int_t before = in_hand("agent.collector");
    struct answer made = expect_status(enrol("agent.collector", "vsi", today()), 201);
    json_int_t paid = integer_member(made, "price.participant");
    ck_assert_str_eq(text_member(made, "paid_by"), "cash");
    ck_assert_int_eq(integer_member(made, "receipt.amount"), paid);
    ck_assert_int_eq(in_hand("agent.collector"), before + paid);
    const char *receipt = text("/v1/receipts/%s", text_member(made, "receipt.id"));
    struct answer shown = expect_status(call("agent.collector", "GET", receipt, NULL), 200);
    ck_assert_str_eq(text_member(shown, "payer"), "Ka Dịu");
    ck_assert_str_eq(text_member(shown, "lines.0.enrolment_id"), text_member(made, "id"));
    ck_assert_str_eq(text_member(shown, "holder_id"), FIRST_COLLECTOR);
    struct answer next = expect_status(enrol("agent.collector", "vsi", today()), 201);
    ck_assert_int_eq(integer_member(next, "receipt.number"),
                     integer_member(made, "receipt.number") + 1);
    expect_problem(call("neighbour.collector", "GET", receipt, NULL), 404, "not_found");
    expect_problem(call("neighbour.district", "GET", receipt, NULL), 404, "not_found");
    expect_problem(call("neighbour.province", "GET", receipt, NULL), 404, "not_found");
    struct answer printed =
        expect_status(call("agent.collector", "GET", text("%s/print", receipt), NULL), 200);
    ck_assert_str_eq(text_member(printed, "amount_in_words"),
                     "Ba triệu một trăm sáu mươi tám nghìn đồng");
    money_adds_up();
}
END_TEST

START_TEST(an_office_and_a_transfer_have_none)
{
    struct answer office = expect_status(enrol("commune.officer", "vsi", today()), 201);
    ck_assert_str_eq(text_member(office, "paid_by"), "transfer");
    ck_assert(json_is_null(member(office, "receipt")));
    static const char body[] =
        "{\"scheme\":\"vsi\",\"hamlet_id\":900101,\"months\":3,\"paid_on\":\"%s\",\"paid_by\":\"%s\","
        "\"person\":{\"full_name\":\"Ka Khoản\",\"date_of_birth\":\"1991\",\"sex\":\"female\","
        "\"duplicate_confirmed\":true}}";
    json_int_t before = in_hand("agent.collector");
    struct answer bank =
        call("agent.collector", "POST", "/v1/enrolments", text(body, today(), "transfer"));
    ck_assert(json_is_null(member(expect_status(bank, 201), "receipt")));
    ck_assert_int_eq(in_hand("agent.collector"), before);
    expect_flaw(call("commune.officer", "POST", "/v1/enrolments", text(body, today(), "cash")), 422,
                "/paid_by", "enum");
    money_adds_up();
}
END_TEST

static struct answer pay(const char *login, const char *ids)
{
    return call(login, "POST", "/v1/receipts",
                text("{\"enrolment_ids\":[%s],\"payer\":\"Ka Hộ\"}", ids));
}

START_TEST(a_household_has_one_receipt)
{
    json_int_t counted = figure("vsi_new", "achieved");
    const char *first = drafted("agent.collector");
    const char *second = drafted("agent.collector");
    const char *office = drafted("commune.officer");
    expect_flaw(pay("agent.collector", text("\"%s\",\"%s\"", first, office)), 404,
                "/enrolment_ids/1", "not_found");
    ck_assert_int_eq(figure("vsi_new", "achieved"), counted);
    struct answer paid =
        expect_status(pay("agent.collector", text("\"%s\",\"%s\"", first, second)), 201);
    ck_assert_int_eq(integer_member(paid, "enrolments"), 2);
    ck_assert_int_eq(integer_member(paid, "amount"), 2 * 1584000);
    ck_assert_str_eq(text_member(paid, "payer"), "Ka Hộ");
    ck_assert_int_eq(figure("vsi_new", "achieved"), counted + 2);
    expect_flaw(pay("agent.collector", text("\"%s\"", first)), 409, "/enrolment_ids/0",
                "not_found");
    expect_problem(pay("commune.officer", text("\"%s\"", office)), 403, "forbidden");
    /* one of the two is taken back */
    const char *receipt = text("/v1/receipts/%s", text_member(paid, "id"));
    expect_status(decide("agent.collector", second, "void"), 200);
    struct answer left = expect_status(call("agent.collector", "GET", receipt, NULL), 200);
    ck_assert_int_eq(integer_member(left, "reversals.0.amount"), -1584000);
    ck_assert_str_eq(text_member(left, "reversals.0.enrolment_id"), second);
    money_adds_up();
    figures_agree();
}
END_TEST

START_TEST(what_was_remitted_only_the_office_takes_back)
{
    struct answer made = expect_status(enrol("agent.collector", "vsi", today()), 201);
    const char *id = text_member(made, "id");
    remit_all("agent.collector");
    ck_assert_int_eq(in_hand("agent.collector"), 0);
    expect_problem(decide("agent.collector", id, "void"), 409, "remitted");
    expect_problem(decide("commune.officer", id, "void"), 409, "remitted");
    expect_status(decide("district.officer", id, "reject"), 200);
    ck_assert_int_eq(in_hand("agent.collector"), 0);
    struct answer receipt = call("district.officer", "GET",
                                 text("/v1/receipts/%s", text_member(made, "receipt.id")), NULL);
    struct answer reversal =
        call("district.officer", "GET",
             text("/v1/receipts/%s", text_member(expect_status(receipt, 200), "reversals.0.id")),
             NULL);
    ck_assert(json_is_true(member(expect_status(reversal, 200), "paid_by_office")));
    money_adds_up();
}
END_TEST

static struct answer reconcile(const char *login, const char *id, json_int_t received,
                               const char *more)
{
    return call(login, "POST", text("/v1/remittances/%s/reconcile", id),
                text("{\"received\":%lld,\"received_on\":\"%s\"%s}", (long long)received, today(),
                     more));
}

START_TEST(the_office_books_what_is_missing)
{
    expect_status(enrol("agent.collector", "vsi", today()), 201);
    struct answer declared =
        call("agent.collector", "POST", "/v1/remittances",
             text("{\"method\":\"bank_transfer\",\"reference\":\"FT1\",\"remitted_on\":\"%s\"}",
                  today()));
    const char *id = text_member(expect_status(declared, 201), "id");
    json_int_t amount = integer_member(declared, "amount");
    ck_assert_str_eq(text_member(declared, "status"), "declared");
    expect_problem(reconcile("agent.collector", id, amount, ""), 403, "forbidden");
    expect_problem(reconcile("neighbour.district", id, amount, ""), 404, "not_found");
    expect_flaw(reconcile("district.officer", id, amount - 1000, ""), 422, "/reason", "required");
    struct answer done =
        reconcile("district.officer", id, amount - 1000, ",\"reason\":\"Thiếu một nghìn\"");
    ck_assert_int_eq(integer_member(expect_status(done, 200), "difference"), 1000);
    ck_assert_int_eq(in_hand("agent.collector"), 1000);
    expect_problem(reconcile("district.officer", id, amount, ""), 409, "wrong_status");
    money_adds_up();
    remit_all("agent.collector");
    ck_assert_int_eq(in_hand("agent.collector"), 0);
    expect_flaw(call("agent.collector", "POST", "/v1/remittances",
                     text("{\"method\":\"cash\",\"remitted_on\":\"%s\"}", today())),
                404, "/receipt_ids", "not_found");
    money_adds_up();
}
END_TEST

START_TEST(declared_lines_are_those_in_hand)
{
    struct answer one = expect_status(enrol("agent.collector", "vsi", today()), 201);
    struct answer two = expect_status(enrol("agent.collector", "vsi", today()), 201);
    const char *first = text_member(one, "receipt.id");
    json_int_t before = in_hand("agent.collector");
    const char *body = text("{\"method\":\"cash\",\"remitted_on\":\"%s\",\"receipt_ids\":[\"%s\"]}",
                            today(), first);
    expect_flaw(call("neighbour.collector", "POST", "/v1/remittances", body), 404, "/receipt_ids",
                "not_found");
    struct answer declared =
        expect_status(call("agent.collector", "POST", "/v1/remittances", body), 201);
    ck_assert_str_eq(text_member(declared, "lines.0.receipt_id"), first);
    ck_assert_int_eq(in_hand("agent.collector"), before - 3168000);
    expect_flaw(call("agent.collector", "POST", "/v1/remittances", body), 404, "/receipt_ids",
                "not_found");
    struct answer held =
        call("agent.collector", "GET", text("/v1/receipts?in_hand_of=%s", FIRST_COLLECTOR), NULL);
    ck_assert_str_eq(text_member(expect_status(held, 200), "items.0.id"),
                     text_member(two, "receipt.id"));
    struct answer agency = call("agency.manager", "POST", "/v1/remittances",
                                text("{\"method\":\"cash\",\"remitted_on\":\"%s\",\"collector_id\":"
                                     "\"%s\",\"settle_differences\":true}",
                                     today(), FIRST_COLLECTOR));
    expect_status(agency, 201);
    ck_assert_int_eq(in_hand("agent.collector"), 0);
    money_adds_up();
}
END_TEST

/* --- books ----------------------------------------------------------------------------------- */

static struct answer give_book(const char *login, const char *series, int first, int last,
                               const char *agency)
{
    return call(login, "POST", "/v1/receipt-books",
                text("{\"series\":\"%s\",\"first\":%d,\"last\":%d,\"agency_id\":\"%s\"}", series,
                     first, last, agency));
}

START_TEST(numbers_are_given_once)
{
    const char *far = sql_text("select id from agency where name = 'Bưu điện Hàm Tân'");
    expect_flaw(give_book("district.manager", "T1", 1, 100, far), 404, "/agency_id", "not_found");
    expect_flaw(give_book("district.manager", "T1", 100, 1, FIRST_AGENCY), 422, "/last",
                "too_small");
    const char *id = text_member(
        expect_status(give_book("district.manager", "T1", 1, 100, FIRST_AGENCY), 201), "id");
    expect_flaw(give_book("district.manager", "T1", 100, 200, FIRST_AGENCY), 409, "/first",
                "not_unique");
    expect_flaw(give_book("neighbour.district", "T1", 50, 60, far), 409, "/first", "not_unique");
    const char *allot = text("/v1/receipt-books/%s/allot", id);
    const char *to = text("{\"collector_id\":\"%s\",\"numbers\":60}", SECOND_COLLECTOR);
    expect_problem(call("agent.collector", "POST", allot, to), 403, "forbidden");
    expect_problem(call("neighbour.district", "POST", allot, to), 404, "not_found");
    struct answer part = expect_status(call("agency.manager", "POST", allot, to), 201);
    ck_assert_int_eq(integer_member(part, "first"), 1);
    ck_assert_int_eq(integer_member(part, "last"), 60);
    expect_flaw(call("agency.manager", "POST", allot, to), 422, "/numbers", "numbers_left");
    const char *own = text("/v1/receipt-books/%s", id);
    struct answer book = expect_status(call("agency.manager", "GET", own, NULL), 200);
    ck_assert_int_eq(integer_member(book, "allotted"), 60);
    ck_assert_int_eq(integer_member(book, "used"), 0);
    ck_assert_int_eq(integer_member(book, "left"), 40);
    expect_status(call("agency.manager", "POST", text("%s/close", own), "{}"), 200);
    expect_problem(call("agency.manager", "POST", text("%s/close", own), "{}"), 409,
                   "wrong_status");
    sql_text(text("update receipt_book set closed_on = current_date where parent_id = '%s'", id));
}
END_TEST

START_TEST(without_a_number_nothing_is_posted)
{
    json_int_t counted = figure("vsi_new", "achieved");
    sql_text("create temporary table open_book as select id from receipt_book where collector_id = "
             "'" FIRST_COLLECTOR "' and closed_on is null");
    sql_text("update receipt_book set closed_on = current_date where id in (table open_book)");
    expect_problem(enrol("agent.collector", "vsi", today()), 409, "no_receipt_number");
    sql_text("update receipt_book set closed_on = null where id in (table open_book)");
    ck_assert_int_eq(figure("vsi_new", "achieved"), counted);
    expect_status(enrol("agent.collector", "vsi", today()), 201);
    money_adds_up();
}
END_TEST

/* --- limits and deadlines -------------------------------------------------------------------- */

START_TEST(a_contract_limits_cash_and_time)
{
    remit_all("agent.collector");
    sql_text("update collection_contract set cash_limit = 4000000 where agency_id = "
             "'" FIRST_AGENCY "' and during @> current_date");
    struct answer made = expect_status(enrol("agent.collector", "vsi", today()), 201);
    expect_problem(enrol("agent.collector", "vsi", today()), 409, "cash_limit");
    struct answer cash = expect_status(call("agent.collector", "GET", "/v1/cash", NULL), 200);
    ck_assert_int_eq(integer_member(cash, "items.0.limit"), 4000000);
    ck_assert_int_eq(integer_member(cash, "items.0.late_amount"), 0);
    sql_text(text("update receipt set remit_by = now() - interval '1 hour' where id = '%s'",
                  text_member(made, "receipt.id")));
    struct answer late =
        expect_status(call("district.officer", "GET", "/v1/cash?late=true", NULL), 200);
    ck_assert_str_eq(text_member(late, "items.0.collector.id"), FIRST_COLLECTOR);
    ck_assert_int_eq(integer_member(late, "items.0.late_amount"), 3168000);
    struct answer none =
        expect_status(call("neighbour.district", "GET", "/v1/cash?late=true", NULL), 200);
    ck_assert_uint_eq(json_array_size(member(none, "items")), 0);
    remit_all("agent.collector");
    struct answer remitted =
        expect_status(call("agent.collector", "GET", "/v1/remittances?limit=1", NULL), 200);
    ck_assert(json_is_true(member(remitted, "items.0.late")));
    sql_text("update collection_contract set cash_limit = null where agency_id = "
             "'" FIRST_AGENCY "'");
    money_adds_up();
}
END_TEST

/* A Friday is 2026-11-20. */
static const struct {
    const char *contract; /* days, hour, hours */
    const char *taken;
    const char *due;
} deadlines[] = {
    {"0, '16:00', null", "2026-11-20 15:59+07", "2026-11-20 16:00:00+07"},
    {"0, '16:00', null", "2026-11-20 16:01+07", "2026-11-23 16:00:00+07"},
    {"0, '16:00', null", "2026-11-21 09:00+07", "2026-11-23 16:00:00+07"},
    {"1, '16:00', null", "2026-11-20 17:00+07", "2026-11-23 16:00:00+07"},
    {"2, '10:30', null", "2026-11-18 09:00+07", "2026-11-20 10:30:00+07"},
    {"null, '16:00', 24", "2026-11-20 09:00+07", "2026-11-21 09:00:00+07"},
    {"null, '16:00', null", "2026-11-20 09:00+07", ""},
};

START_TEST(a_deadline_is_a_working_day_or_hours)
{
    ck_assert_str_eq(
        sql_text(
            text("select coalesce((remit_by(row(null, null, null, null, null, null, c.days, c.at, "
                 "c.hours, 1, 1, 1, 1, 1, 1, null, null)::collection_contract, '%s') at time zone "
                 "'Asia/Ho_Chi_Minh')::text || '+07', '') from (values (%s)) x (d, t, h), "
                 "lateral (select d::smallint, t::time, h::smallint) c (days, at, hours)",
                 deadlines[_i].taken, deadlines[_i].contract)),
        deadlines[_i].due);
}
END_TEST

/* --- handover -------------------------------------------------------------------------------- */

START_TEST(a_collector_leaves)
{
    sql_text("create temporary table book_before as select id, closed_on from receipt_book");
    expect_status(enrol("agent.collector", "vsi", today()), 201);
    json_int_t held = in_hand("agent.collector");
    json_int_t heir = in_hand("neighbour.collector");
    static const char body[] = "{\"from_collector_id\":\"" FIRST_COLLECTOR
                               "\",\"to_collector_id\":\"%s\",\"reason\":\"Nghỉ việc\"}";
    expect_problem(call("agent.collector", "POST", "/v1/cash-handovers",
                        text(body, SECOND_COLLECTOR)),
                   403, "forbidden");
    expect_flaw(call("neighbour.district", "POST", "/v1/cash-handovers",
                     text(body, SECOND_COLLECTOR)),
                404, "/from_collector_id", "not_found");
    expect_flaw(call("agency.manager", "POST", "/v1/cash-handovers",
                     text(body, "01900000-0000-7000-8000-0000000000c3")),
                404, "/to_collector_id", "not_found");
    struct answer gone =
        call("agency.manager", "POST", "/v1/cash-handovers", text(body, SECOND_COLLECTOR));
    ck_assert_int_eq(integer_member(expect_status(gone, 201), "amount"), held);
    ck_assert_int_eq(in_hand("agent.collector"), 0);
    ck_assert_int_eq(in_hand("neighbour.collector"), heir + held);
    expect_problem(enrol("agent.collector", "vsi", today()), 409, "no_receipt_number");
    remit_all("neighbour.collector");
    money_adds_up();
    sql_text(
        "update receipt_book b set closed_on = o.closed_on from book_before o where o.id = b.id");
}
END_TEST

Suite *receipt_suite(void)
{
    Suite *suite = suite_create("receipt");
    TCase *tcase = tcase_create("receipt");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, figures_begin, NULL);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, an_enrolment_has_its_receipt);
    tcase_add_test(tcase, an_office_and_a_transfer_have_none);
    tcase_add_test(tcase, a_household_has_one_receipt);
    tcase_add_test(tcase, what_was_remitted_only_the_office_takes_back);
    tcase_add_test(tcase, the_office_books_what_is_missing);
    tcase_add_test(tcase, declared_lines_are_those_in_hand);
    tcase_add_test(tcase, numbers_are_given_once);
    tcase_add_test(tcase, without_a_number_nothing_is_posted);
    tcase_add_test(tcase, a_contract_limits_cash_and_time);
    tcase_add_loop_test(tcase, a_deadline_is_a_working_day_or_hours, 0,
                        sizeof deadlines / sizeof *deadlines);
    tcase_add_test(tcase, a_collector_leaves);
    suite_add_tcase(suite, tcase);
    return suite;
}
