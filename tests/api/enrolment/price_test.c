/* Enrolments with a price: who pays what, what the figures say of the money, and what is paid back. */
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/rate_case.h"
#include "tests/support/suites.h"

static const char *today(void)
{
    return sql_text("select business_date()");
}

static struct answer enrol(const char *login, const char *scheme, int months, const char *more)
{
    return call(login, "POST", "/v1/enrolments",
                text("{\"scheme\":\"%s\",\"hamlet_id\":900101,\"months\":%d,\"paid_on\":\"%s\","
                     "\"person\":{\"full_name\":\"Ka Hôm\",\"date_of_birth\":\"1990\",\"sex\":"
                     "\"female\",\"duplicate_confirmed\":true}%s}",
                     scheme, months, today(), more));
}

static struct answer renew(const char *login, const char *scheme, const char *person,
                           const char *more)
{
    return call(login, "POST", "/v1/enrolments",
                text("{\"scheme\":\"%s\",\"months\":12,\"paid_on\":\"%s\",\"person_id\":\"%s\"%s}",
                     scheme, today(), person, more));
}

static json_int_t collected(const char *login)
{
    struct answer answer =
        call(login, "GET", text("/v1/progress?indicator=collected&period=%.4s", today()), NULL);
    return integer_member(expect_status(answer, 200), "self.achieved");
}

START_TEST(the_server_prices_and_the_money_counts)
{
    json_int_t before[] = {collected("agent.collector"), collected("province.viewer")};
    struct answer made = expect_status(enrol("agent.collector", "vsi", 12, ""), 201);
    ck_assert_int_eq(integer_member(made, "price.contribution"), 3960000);
    ck_assert_int_eq(integer_member(made, "price.participant"), 3168000);
    ck_assert_str_eq(text_member(made, "price.group"), "other");
    ck_assert_int_eq(integer_member(made, "price.support_months"), 12);
    ck_assert_str_eq(text_member(made, "price.lines.1.funder"), "state");
    ck_assert_int_eq(integer_member(made, "price.lines.1.amount"), 792000);
    ck_assert_int_eq(collected("agent.collector"), before[0] + 3168000);
    ck_assert_int_eq(collected("province.viewer"), before[1] + 3168000);
    struct answer card = expect_status(enrol("commune.officer", "hhi", 12, ""), 201);
    ck_assert_int_eq(integer_member(card, "price.participant"), 1366200);
    ck_assert_int_eq(integer_member(card, "price.position"), 1);
    ck_assert_str_eq(text_member(card, "price.group"), "household");
    ck_assert_int_eq(collected("province.viewer"), before[1] + 3168000 + 1366200);
    struct answer seen =
        call("province.viewer", "GET", text("/v1/enrolments/%s", text_member(made, "id")), NULL);
    ck_assert_str_eq(text_member(expect_status(seen, 200), "price.lines.0.rule"), "vsi_rate.all");
}
END_TEST

START_TEST(what_the_price_depends_on_comes_along)
{
    struct answer made = expect_status(
        enrol("agent.collector", "hhi", 6, ",\"groups\":[{\"code\":\"near_poor\"}]"), 201);
    ck_assert_int_eq(integer_member(made, "price.participant"), 6 * 34155);
    made = expect_status(enrol("agent.collector", "hhi", 12, ",\"position\":3"), 201);
    ck_assert_int_eq(integer_member(made, "price.participant"), 819720);
    made = expect_status(enrol("agent.collector", "vsi", 3,
                               ",\"income\":3000000,\"groups\":[{\"code\":\"poor\"}],"
                               "\"sponsor_percent\":50"),
                         201);
    ck_assert_int_eq(integer_member(made, "price.contribution"), 3 * 660000);
    ck_assert_int_eq(integer_member(made, "price.participant"), 3 * (660000 - 165000) / 2);
    ck_assert_str_eq(text_member(made, "price.lines.2.funder"), "sponsor");
}
END_TEST

START_TEST(no_client_says_what_it_costs)
{
    expect_problem(enrol("agent.collector", "vsi", 12, ",\"amount\":1"), 400, "invalid_request");
    expect_problem(enrol("agent.collector", "vsi", 12, ",\"price\":{\"contribution\":1}"), 400,
                   "invalid_request");
    struct answer low = enrol("agent.collector", "vsi", 12, ",\"income\":1000000");
    expect_problem(low, 422, "rule_broken");
    ck_assert_str_eq(text_member(low, "errors.0.pointer"), "/income");
    struct answer group =
        enrol("agent.collector", "hhi", 12, ",\"groups\":[{\"code\":\"trafficking_victim\"}]");
    ck_assert_str_eq(text_member(group, "errors.0.pointer"), "/groups/0/since");
    struct answer child =
        call("agent.collector", "POST", "/v1/enrolments",
             text("{\"scheme\":\"vsi\",\"hamlet_id\":900101,\"months\":12,\"paid_on\":\"%s\","
                  "\"person\":{\"full_name\":\"Ka Nhỏ\",\"date_of_birth\":\"2015\",\"sex\":"
                  "\"female\",\"duplicate_confirmed\":true}}",
                  today()));
    expect_problem(child, 422, "rule_broken");
    ck_assert_str_eq(text_member(child, "errors.0.code"), "too_young");
    ck_assert_str_eq(sql_text("select count(*) from person where full_name = 'Ka Nhỏ'"), "0");
}
END_TEST

START_TEST(what_was_paid_is_never_priced_again)
{
    struct answer first = expect_status(
        enrol("agent.collector", "vsi", 12, ",\"groups\":[{\"code\":\"near_poor\"}]"), 201);
    const char *id = text_member(first, "id");
    const char *ends_on = text_member(first, "ends_on");
    const char *person = text_member(first, "person.id");
    /* the province tops up from today on, and the household is poor now */
    expect_status(
        call("province.manager", "POST", "/v1/rates",
             text("{\"kind\":\"vsi_top_up\",\"key\":\"poor\",\"valid_from\":\"%s\",\"value\":"
                  "3000,\"decision\":{\"number\":\"1/TEST\"},\"verified\":true}",
                  today())),
        201);
    struct answer next = expect_status(
        renew("agent.collector", "vsi", person, ",\"groups\":[{\"code\":\"poor\"}]"), 201);
    ck_assert_int_eq(integer_member(next, "price.participant"), 12 * 330000 * 20 / 100);
    ck_assert_str_eq(text_member(next, "price.lines.2.funder"), "province");
    struct answer again =
        expect_status(call("agent.collector", "GET", text("/v1/enrolments/%s", id), NULL), 200);
    ck_assert_str_eq(text_member(again, "ends_on"), ends_on);
    ck_assert(json_equal(member(again, "price"), member(first, "price")));
}
END_TEST

static struct answer joins(const char *person, const char *group, const char *from)
{
    return expect_status(
        call("commune.officer", "POST", text("/v1/people/%s/entitlements", person),
             text("{\"group\":\"%s\",\"from\":\"%s\",\"decision\":{\"number\":\"1/QĐ-UBND\","
                  "\"decided_on\":\"2026-01-01\",\"issuer\":\"UBND\"}}",
                  group, from)),
        201);
}

static json_int_t participants(const char *login)
{
    struct answer answer = call(
        login, "GET", text("/v1/progress?indicator=vsi_participants&period=%.4s", today()), NULL);
    return integer_member(expect_status(answer, 200), "self.achieved");
}

static const char *coverage_of(const char *person)
{
    return sql_text(
        text("select json_agg(c)::text from (select * from coverage where person_id = '%s' "
             "order by id) c",
             person));
}

/* Whoever leaves one group and joins another stays who they are: nobody more, nobody less is covered. */
START_TEST(a_change_of_group_leaves_the_coverage)
{
    struct answer made = expect_status(enrol("agent.collector", "vsi", 3, ""), 201);
    const char *person = text_member(made, "person.id");
    struct answer poor = joins(person, "near_poor", "2026-01-01");
    struct answer first = expect_status(renew("agent.collector", "vsi", person, ""), 201);
    ck_assert_str_eq(text_member(first, "price.group"), "near_poor");
    json_int_t people = participants("province.viewer");
    json_int_t money = collected("province.viewer");
    const char *covered = coverage_of(person);
    expect_status(call("commune.officer", "POST",
                       text("/v1/entitlements/%s/end", text_member(poor, "id")),
                       text("{\"on\":\"%s\",\"reason\":\"Thành hộ nghèo\"}",
                            sql_text("select business_date() - 1"))),
                  200);
    joins(person, "poor", today());
    ck_assert_int_eq(participants("province.viewer"), people);
    ck_assert_int_eq(collected("province.viewer"), money);
    ck_assert_str_eq(coverage_of(person), covered);
    struct answer kept =
        call("agent.collector", "GET", text("/v1/enrolments/%s", text_member(first, "id")), NULL);
    ck_assert(json_equal(member(expect_status(kept, 200), "price"), member(first, "price")));
    struct answer next = expect_status(renew("agent.collector", "vsi", person, ""), 201);
    ck_assert_str_eq(text_member(next, "price.group"), "poor");
    ck_assert_str_eq(text_member(next, "kind"), "renewal");
}
END_TEST

/* From today on. */
static void nation_sets(const char *kind, const char *key, int value)
{
    const char *replaced = sql_text(text("select id from rate where kind = '%s' and key = '%s' and "
                                         "valid @> business_date() and province_id = 0",
                                         kind, key));
    expect_status(call("nation.manager", "POST", "/v1/rates",
                       text("{\"kind\":\"%s\",\"key\":\"%s\",\"valid_from\":\"%s\",\"value\":%d,"
                            "\"decision\":{\"number\":\"1/TEST\"},\"verified\":true,\"replaces\":"
                            "\"%s\"}",
                            kind, key, today(), value, replaced)),
                  201);
}

START_TEST(waiting_and_due_dates_are_the_nations_to_set)
{
    const char *const bare[] = {NULL};
    nation_sets("hhi_waiting_days", "all", 10);
    nation_sets("vsi_method", "12", 5);
    struct answer card = expect_status(enrol("agent.collector", "hhi", 12, ""), 201);
    ck_assert_str_eq(text_member(card, "starts_on"), sql_text("select business_date() + 10"));
    struct answer made = expect_status(enrol("agent.collector", "vsi", 12, ""), 201);
    struct answer quote = expect_status(
        call_with("agent.collector", "POST", "/v1/quotes",
                  text("{\"scheme\":\"vsi\",\"months\":12,\"paid_on\":\"%s\",\"members\":[{}]}",
                       today()),
                  bare),
        200);
    ck_assert_str_eq(text_member(quote, "members.0.continues_until"),
                     sql_text(text("select renewable_until - 1 from coverage where id = '%s'",
                                   text_member(made, "id"))));
    ck_assert_str_eq(text_member(quote, "members.0.continues_until"),
                     sql_text(text("select (date '%s' + 1 + interval '5 months')::date - 1",
                                   text_member(made, "ends_on"))));
}
END_TEST

START_TEST(nobody_pays_for_the_dead)
{
    const char *const bare[] = {NULL};
    struct answer made = expect_status(enrol("agent.collector", "hhi", 3, ""), 201);
    const char *person = text_member(made, "person.id");
    const char *yesterday = sql_text("select business_date() - 1");
    expect_status(call("commune.officer", "PATCH", text("/v1/people/%s", person),
                       text("{\"died_on\":\"%s\"}", yesterday)),
                  200);
    struct answer refused = renew("agent.collector", "hhi", person, "");
    expect_problem(refused, 422, "rule_broken");
    ck_assert_str_eq(text_member(refused, "errors.0.pointer"), "/person_id");
    ck_assert_str_eq(text_member(refused, "errors.0.code"), "died");
    for (int i = 0; i < 2; i++) {
        struct answer quote =
            call_with("agent.collector", "POST", "/v1/quotes",
                      text("{\"scheme\":\"hhi\",\"months\":12,\"paid_on\":\"%s\",\"members\":[{"
                           "\"person_id\":\"%s\"}]}",
                           i ? yesterday : today(), person),
                      bare);
        expect_status(quote, i ? 200 : 422);
    }
}
END_TEST

START_TEST(support_is_for_120_months_wherever_they_were_paid)
{
    struct answer first = expect_status(enrol("agent.collector", "vsi", 12, ""), 201);
    const char *person = text_member(first, "person.id");
    sql_text(text("update enrolment set support_months = 12, months = 12 where id = '%s'",
                  text_member(first, "id")));
    sql_text(
        text("insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, "
             "paid_on, support_months, unit_id, province_id, district_id, commune_id, created_by) "
             "select uuid7(), id, 'vsi', 'new', 60, '2018-01-01', '2022-12-31', '2018-01-01', s, "
             "900201, 168, 900001, 123149, id from person, unnest(array[60, 43]) s "
             "where id = '%s'",
             person));
    struct answer last = expect_status(renew("agent.collector", "vsi", person, ""), 201);
    ck_assert_int_eq(integer_member(last, "price.support_months"), 5);
    sql_text(text("delete from enrolment where months = 60 and person_id = '%s'", person));
}
END_TEST

START_TEST(a_quote_knows_people_of_the_register)
{
    const char *const bare[] = {NULL};
    struct answer first = expect_status(enrol("agent.collector", "hhi", 6, ""), 201);
    const char *ends_on = text_member(first, "ends_on");
    const char *body =
        text("{\"scheme\":\"hhi\",\"months\":12,\"paid_on\":\"%s\",\"members\":[{},{\"person_id\":"
             "\"%s\"}]}",
             today(), text_member(first, "person.id"));
    struct answer quote =
        expect_status(call_with("agent.collector", "POST", "/v1/quotes", body, bare), 200);
    ck_assert_str_eq(text_member(quote, "members.1.starts_on"),
                     sql_text(text("select date '%s' + 1", ends_on)));
    ck_assert(json_is_false(member(quote, "members.1.waits")));
    ck_assert_str_eq(text_member(quote, "province.code"), "68");
    struct answer other = call_with("neighbour.collector", "POST", "/v1/quotes", body, bare);
    expect_problem(other, 404, "not_found");
    ck_assert_str_eq(text_member(other, "errors.0.pointer"), "/members/1/person_id");
}
END_TEST

/* --- refunds ----------------------------------------------------------------------------------- */

static struct answer refund(const char *login, const char *verb, const char *id, const char *day)
{
    const char *body = text("{\"reason\":\"compulsory\",\"happened_on\":\"%s\"}", day);
    const char *path = text("/v1/enrolments/%s/%s", id, verb);
    const char *const bare[] = {NULL};
    return strcmp(verb, "refund") == 0 ? call(login, "POST", path, body)
                                       : call_with(login, "POST", path, body, bare);
}

START_TEST(unused_months_are_paid_back_without_the_support)
{
    json_int_t before = collected("province.viewer");
    struct answer made = expect_status(enrol("agent.collector", "vsi", 6, ""), 201);
    const char *id = text_member(made, "id");
    const char *day = today();
    struct answer quote = expect_status(refund("agent.viewer", "refund-quote", id, day), 200);
    ck_assert_int_eq(integer_member(quote, "unused_months"), 5);
    ck_assert_int_eq(integer_member(quote, "amount"), 5 * 264000);
    ck_assert_int_eq(integer_member(quote, "support_kept"), 5 * 66000);
    expect_problem(refund("agent.collector", "refund", id, day), 403, "forbidden");
    expect_problem(refund("neighbour.district", "refund", id, day), 404, "not_found");
    expect_problem(refund("neighbour.district", "refund-quote", id, day), 404, "not_found");
    struct answer done = expect_status(refund("district.officer", "refund", id, day), 200);
    ck_assert_str_eq(text_member(done, "status"), "refunded");
    ck_assert_int_eq(integer_member(done, "refund.amount"), 5 * 264000);
    ck_assert_int_eq(collected("province.viewer"), before + 264000);
    expect_problem(refund("district.officer", "refund", id, day), 409, "wrong_status");
    struct answer taken =
        call("agent.collector", "POST", text("/v1/enrolments/%s/void", id), "{\"reason\":\"x\"}");
    expect_problem(taken, 409, "wrong_status");
    ck_assert_str_eq(sql_text(text("select upper(during) = date '%s' + interval '1 month' from "
                                   "coverage where id = '%s'",
                                   day, id)),
                     "t");
}
END_TEST

START_TEST(what_has_no_rule_is_not_paid_back)
{
    struct answer card = expect_status(enrol("agent.collector", "hhi", 6, ""), 201);
    expect_problem(refund("district.officer", "refund", text_member(card, "id"), today()), 422,
                   "rule_missing");
    struct answer made = expect_status(enrol("agent.collector", "vsi", 1, ""), 201);
    struct answer used = refund("district.officer", "refund", text_member(made, "id"), today());
    expect_problem(used, 422, "rule_broken");
    ck_assert_str_eq(text_member(used, "errors.0.code"), "no_unused");
    expect_problem(refund("district.officer", "refund", text_member(made, "id"), "2020-01-01"), 422,
                   "rate_missing");
    expect_problem(refund("district.officer", "refund", text_member(made, "id"), "2099-01-01"), 422,
                   "rule_broken");
}
END_TEST

Suite *price_suite(void)
{
    Suite *suite = suite_create("price");
    TCase *tcase = tcase_create("price");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, rates_as_shipped);
    tcase_add_test(tcase, the_server_prices_and_the_money_counts);
    tcase_add_test(tcase, what_the_price_depends_on_comes_along);
    tcase_add_test(tcase, no_client_says_what_it_costs);
    tcase_add_test(tcase, what_was_paid_is_never_priced_again);
    tcase_add_test(tcase, a_change_of_group_leaves_the_coverage);
    tcase_add_test(tcase, waiting_and_due_dates_are_the_nations_to_set);
    tcase_add_test(tcase, nobody_pays_for_the_dead);
    tcase_add_test(tcase, support_is_for_120_months_wherever_they_were_paid);
    tcase_add_test(tcase, a_quote_knows_people_of_the_register);
    tcase_add_test(tcase, unused_months_are_paid_back_without_the_support);
    tcase_add_test(tcase, what_has_no_rule_is_not_paid_back);
    suite_add_tcase(suite, tcase);
    return suite;
}
