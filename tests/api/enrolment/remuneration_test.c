/* Remuneration over HTTP: whose statement says what, in which month. Enrolments are made today and moved
 * to months of their own, which no other suite uses. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/enrolment_case.h"
#include "tests/support/figures.h"
#include "tests/support/harness.h"
#include "tests/support/rate_case.h"
#include "tests/support/suites.h"

enum { CARD = 1366200 };

#define COLLECTOR "01900000-0000-7000-8000-0000000000c1"
#define NEIGHBOUR "01900000-0000-7000-8000-0000000000c2"
#define AGENCY "01900000-0000-7000-8000-0000000000a1"

/* As the service would have written it on that day, at noon in Vietnam. */
static void move(const char *id, const char *day)
{
    sql_text(text("update enrolment set created_at = timestamptz '%sT12:00+07', posted_at = "
                  "timestamptz '%sT12:00+07' where id = '%s'",
                  day, day, id));
}

static const char *posted_on(const char *login, const char *scheme, int hamlet, const char *more,
                             const char *day)
{
    const char *body =
        text("{\"scheme\":\"%s\",\"hamlet_id\":%d,\"months\":12,\"paid_on\":\"%s\",\"person\":"
             "{\"full_name\":\"Ka Thù Lao\",\"date_of_birth\":\"1990\",\"sex\":\"female\","
             "\"duplicate_confirmed\":true},\"paid_by\":\"transfer\"%s}",
             scheme, hamlet, today(), more);
    const char *id =
        text_member(expect_status(call(login, "POST", "/v1/enrolments", body), 201), "id");
    move(id, day);
    return id;
}

static const char *card_on(const char *day)
{
    return posted_on("agent.collector", "hhi", 900101, "", day);
}

static struct answer statement(const char *login, const char *month, const char *filter)
{
    return call(login, "GET", text("/v1/remuneration?month=%s%s", month, filter), NULL);
}

static void sums_are(struct answer answer, json_int_t count, json_int_t base, json_int_t amount)
{
    expect_status(answer, 200);
    ck_assert_msg(integer_member(answer, "count") == count &&
                      integer_member(answer, "base") == base &&
                      integer_member(answer, "amount") == amount,
                  "not %lld %lld %lld: %.3000s", (long long)count, (long long)base,
                  (long long)amount, answer.body);
}

static void own_sums(const char *month, json_int_t count, json_int_t base, json_int_t amount)
{
    sums_are(statement("agent.collector", month, ""), count, base, amount);
}

START_TEST(a_collector_is_paid_for_the_own_money_of_people)
{
    const char *first = card_on("2023-02-01");
    const char *last = card_on("2023-02-28");
    posted_on("agent.collector", "vsi", 900101, ",\"groups\":[{\"code\":\"poor\"}]", "2023-02-10");
    json_int_t pension = 12 * 165000; /* the state pays the other half */
    struct answer own = statement("agent.collector", "2023-02", "");
    sums_are(own, 3, 2 * CARD + pension, 2 * 95634 + pension * 12 / 100);
    ck_assert_str_eq(text_member(own, "items.0.card_number"), "NVT-68-0001");
    ck_assert_str_eq(text_member(own, "items.0.lines.0.scheme"), "vsi");
    ck_assert_str_eq(text_member(own, "items.0.lines.0.group"), "poor");
    ck_assert_int_eq(integer_member(own, "items.0.lines.0.base"), pension);
    ck_assert_int_eq(integer_member(own, "items.0.lines.1.count"), 2);
    ck_assert_str_eq(text_member(own, "items.0.lines.1.rate.key"), "new");
    ck_assert(json_is_false(member(own, "verified")));
    /* the month begins and ends in Vietnam */
    sql_text(text("update enrolment set created_at = '2023-01-31T17:00Z', posted_at = "
                  "'2023-01-31T17:00Z' where id = '%s'",
                  first));
    sql_text(text("update enrolment set created_at = '2023-02-28T17:00Z', posted_at = "
                  "'2023-02-28T17:00Z' where id = '%s'",
                  last));
    own_sums("2023-02", 2, CARD + pension, 95634 + pension * 12 / 100);
    own_sums("2023-03", 1, CARD, 95634);
    own_sums("2023-01", 0, 0, 0);
}
END_TEST

START_TEST(a_draft_belongs_to_the_month_of_its_posting)
{
    const char *id = card_on("2023-04-29");
    sql_text(text("update enrolment set posted_at = '2023-05-02T12:00+07' where id = '%s'", id));
    own_sums("2023-04", 0, 0, 0);
    own_sums("2023-05", 1, CARD, 95634);
}
END_TEST

START_TEST(what_is_taken_back_is_what_was_given)
{
    const char *same = card_on("2023-06-03");
    const char *later = card_on("2023-06-04");
    const char *kept = card_on("2023-06-05");
    const char *pension = posted_on("agent.collector", "vsi", 900101, "", "2023-06-06");
    json_int_t paid = 12 * 264000;
    own_sums("2023-06", 4, 3 * CARD + paid, 3 * 95634 + paid * 12 / 100);
    expect_status(decide("agent.collector", same, "void"), 200);
    expect_status(decide("district.officer", later, "reject"), 200);
    expect_status(call("district.officer", "POST", text("/v1/enrolments/%s/refund", pension),
                       text("{\"reason\":\"compulsory\",\"happened_on\":\"%s\"}", today())),
                  200);
    sql_text(text("update enrolment set reversed_on = '2023-06-30' where id = '%s'", same));
    sql_text(text("update enrolment set reversed_on = '2023-07-01' where id = '%s'", later));
    sql_text(text("update enrolment_refund set refunded_on = '2023-07-31' where enrolment_id = "
                  "'%s'",
                  pension));
    own_sums("2023-06", 3, 2 * CARD + paid, 2 * 95634 + paid * 12 / 100);
    json_int_t back = 11 * 264000;
    struct answer july = statement("agent.collector", "2023-07", "");
    sums_are(july, -1, -CARD - back, -95634 - back * 12 / 100);
    ck_assert_str_eq(text_member(july, "items.0.lines.0.entry"), "refunded");
    ck_assert_int_eq(integer_member(july, "items.0.lines.0.count"), 0);
    ck_assert_str_eq(text_member(july, "items.0.lines.1.entry"), "reversed");
    ck_assert(json_is_null(member(july, "caps.0.percent")));
    own_sums("2023-08", 0, 0, 0);
    ck_assert_str_eq(
        text_member(expect_status(
                        call("agent.collector", "GET", text("/v1/enrolments/%s", kept), NULL), 200),
                    "status"),
        "submitted");
}
END_TEST

static struct answer enter_rate(const char *kind, const char *key, const char *from, const char *to,
                                int value)
{
    return call("province.manager", "POST", "/v1/rates",
                text("{\"kind\":\"%s\",\"key\":\"%s\",\"valid_from\":\"%s\",\"valid_to\":\"%s\","
                     "\"value\":%d,\"decision\":{\"number\":\"9/TEST\"},\"verified\":true}",
                     kind, key, from, to, value));
}

START_TEST(a_missing_rate_is_named_and_a_province_enters_its_own)
{
    card_on("2021-05-07");
    struct answer missing = statement("agent.collector", "2021-05", "");
    expect_problem(missing, 422, "rate_missing");
    ck_assert_ptr_nonnull(
        strstr(text_member(missing, "errors.0.detail"), "hhi_remuneration.new 2021-05-07"));
    expect_problem(statement("province.viewer", "2021-05", ""), 422, "rate_missing");
    expect_status(enter_rate("hhi_remuneration", "new", "2021-01-01", "2021-12-31", 2000), 201);
    struct answer known = statement("agent.collector", "2021-05", "");
    sums_are(known, 1, CARD, CARD / 5);
    ck_assert(json_is_true(member(known, "verified")));
    ck_assert_str_eq(text_member(known, "items.0.lines.0.rate.decision"), "9/TEST");
    expect_status(enter_rate("hhi_remuneration", "household_new", "2021-05-07", "2021-05-07", 1000),
                  201);
    struct answer narrow = statement("agent.collector", "2021-05", "");
    sums_are(narrow, 1, CARD, CARD / 10);
    ck_assert_str_eq(text_member(narrow, "items.0.lines.0.rate.key"), "household_new");
    expect_problem(call("nation.manager", "POST", "/v1/rates",
                        "{\"kind\":\"hhi_remuneration\",\"key\":\"new\",\"valid_from\":"
                        "\"2018-01-01\",\"value\":1,\"decision\":{\"number\":\"1\"},"
                        "\"verified\":true}"),
                   403, "forbidden");
}
END_TEST

/* The cap of this key in a statement. */
static const json_t *cap(struct answer answer, const char *key)
{
    size_t n;
    json_t *one;
    json_array_foreach(member(answer, "caps"), n, one) {
        if (strcmp(json_string_value(json_object_get(one, "key")), key) == 0) {
            return one;
        }
    }
    ck_abort_msg("no cap %s: %.2000s", key, answer.body);
    return NULL;
}

static bool within(struct answer answer, const char *key)
{
    return json_is_true(json_object_get(cap(answer, key), "within"));
}

START_TEST(averages_are_held_against_the_caps)
{
    card_on("2023-09-01");
    posted_on("agent.collector", "hhi", 900101, ",\"groups\":[{\"code\":\"pupil\"}]", "2023-09-02");
    posted_on("agent.collector", "vsi", 900101, "", "2023-09-03");
    struct answer all = expect_status(statement("agent.collector", "2023-09", ""), 200);
    ck_assert(within(all, "schools") && within(all, "other_hhi") && within(all, "vsi"));
    ck_assert(!within(all, "overall")); /* 12 % of most of the money */
    ck_assert(json_number_value(json_object_get(cap(all, "schools"), "percent")) == 2.5);
    ck_assert(json_number_value(json_object_get(cap(all, "overall"), "cap")) == 7.5);
    ck_assert(json_is_false(json_object_get(cap(all, "overall"), "verified")));
    expect_status(enter_rate("hhi_remuneration", "household_new", "2023-09-01", "2023-09-30", 701),
                  201);
    ck_assert(
        !within(expect_status(statement("agent.collector", "2023-09", ""), 200), "other_hhi"));
}
END_TEST

START_TEST(everybody_sees_the_own_statement)
{
    card_on("2023-10-02");
    posted_on("neighbour.collector", "hhi", 900201, "", "2023-10-03");
    posted_on("neighbour.collector", "hhi", 900201, "", "2023-10-03");
    own_sums("2023-10", 1, CARD, 95634);
    sums_are(statement("neighbour.collector", "2023-10", ""), 2, 2 * CARD, 2 * 95634);
    struct answer agency = statement("agency.manager", "2023-10", "");
    sums_are(agency, 3, 3 * CARD, 3 * 95634);
    ck_assert_int_eq(json_array_size(member(agency, "items")), 2);
    ck_assert_int_eq(integer_member(agency, "items.0.lines.0.count") +
                         integer_member(agency, "items.1.lines.0.count"),
                     3);
    struct answer office = statement("district.viewer", "2023-10", "");
    sums_are(office, 3, 3 * CARD, 3 * 95634);
    ck_assert_str_eq(text_member(office, "items.0.name"), "Bưu điện Tánh Linh");
    ck_assert_ptr_null(json_object_get(json_array_get(member(office, "items"), 0), "lines"));
    sums_are(statement("province.viewer", "2023-10", "&agency_id=" AGENCY), 3, 3 * CARD, 3 * 95634);
    sums_are(statement("province.viewer", "2023-10", "&collector_id=" NEIGHBOUR), 2, 2 * CARD,
             2 * 95634);
    sums_are(statement("agency.manager", "2023-10", "&collector_id=" COLLECTOR), 1, CARD, 95634);
    sums_are(statement("neighbour.district", "2023-10", ""), 0, 0, 0);
    sums_are(statement("neighbour.province", "2023-10", ""), 0, 0, 0);
    expect_problem(statement("neighbour.district", "2023-10", "&agency_id=" AGENCY), 404,
                   "not_found");
    expect_problem(statement("neighbour.province", "2023-10", "&collector_id=" COLLECTOR), 404,
                   "not_found");
    expect_problem(statement("agent.collector", "2023-10", "&collector_id=" NEIGHBOUR), 404,
                   "not_found");
    expect_problem(statement("agent.collector", "2023-10", "&agency_id=" AGENCY), 404, "not_found");
    expect_problem(statement("district.viewer", "2023-10",
                             "&agency_id=" AGENCY "&collector_id=" COLLECTOR),
                   400, "invalid_request");
    expect_problem(statement("commune.manager", "2023-10", ""), 403, "forbidden");
    expect_problem(statement("district.viewer", "2023-13", ""), 400, "invalid_request");
}
END_TEST

/* --- a random history ---------------------------------------------------------------------------- */

enum { HISTORY = 60, MONTHS = 6 };

static const char *day_of(int month)
{
    return text("2024-%02d-%02d", month, 1 + (int)(random() % 28));
}

/* Posted in some month; then taken back, refunded or left alone, in the same month or later. */
static void live(void)
{
    int month = 1 + (int)(random() % MONTHS);
    int later = month + (int)(random() % (MONTHS + 1 - month));
    const char *scheme = random() % 2 ? "hhi" : "vsi";
    const char *posted = day_of(month);
    const char *decided = day_of(later);
    const char *more = random() % 3                 ? ""
                       : strcmp(scheme, "hhi") == 0 ? ",\"groups\":[{\"code\":\"pupil\"}]"
                                                    : ",\"income\":1765000";
    const char *id = posted_on("agent.collector", scheme, 900101, more, posted);
    switch (random() % 4) {
    case 0:
        expect_status(decide("agent.collector", id, "void"), 200);
        break;
    case 1:
        expect_status(decide("district.officer", id, "reject"), 200);
        break;
    case 2:
        call("district.officer", "POST", text("/v1/enrolments/%s/refund", id),
             text("{\"reason\":\"death\",\"happened_on\":\"%s\"}", today()));
        break;
    default:
        break;
    }
    sql_text(text("update enrolment set reversed_on = greatest(date '%s', date '%s') where id = "
                  "'%s' and reversed_on is not null",
                  posted, decided, id));
    sql_text(text("update enrolment_refund set refunded_on = greatest(date '%s', date '%s') where "
                  "enrolment_id = '%s'",
                  posted, decided, id));
}

/* What all rows of these months are worth, each rounded by itself, straight from the tables. */
static json_int_t worth(const char *what)
{
    const char *sql = text(
        "with own as (select e.*, (e.posted_at at time zone 'Asia/Ho_Chi_Minh')::date as day from "
        "enrolment e where collector_id = '" COLLECTOR "' and posted_at between '2024-01-01' and "
        "'2024-07-01'), priced as (select o.*, f.amount as back, (select r.value from rate r where "
        "r.kind = o.scheme || '_remuneration' and r.province_id = 168 and r.valid @> o.day and "
        "r.key in (o.kind, o.group_code || '_' || o.kind) order by length(r.key) desc limit 1) as "
        "value from own o left join enrolment_refund f on f.enrolment_id = o.id where "
        "o.reversed_on is null) select coalesce(sum(%s), 0)::bigint from priced",
        what);
    return strtoll(sql_text(sql), NULL, 10);
}

START_TEST(all_statements_together_are_what_the_rows_say)
{
    json_int_t count = 0;
    json_int_t base = 0;
    json_int_t amount = 0;
    const char *bodies[MONTHS + 1];
    expect_status(enter_rate("hhi_remuneration", "household_new", "2024-02-15", "2024-05-14", 333),
                  201);
    srandom(20261122);
    for (int i = 0; i < HISTORY; i++) {
        live();
    }
    for (int month = 1; month <= MONTHS; month++) {
        struct answer own =
            expect_status(statement("agent.collector", text("2024-%02d", month), ""), 200);
        count += integer_member(own, "count");
        base += integer_member(own, "base");
        amount += integer_member(own, "amount");
        bodies[month] = own.body;
        struct answer office = expect_status(statement("province.viewer", text("2024-%02d", month),
                                                       "&collector_id=" COLLECTOR),
                                             200);
        ck_assert_str_eq(office.body, own.body);
    }
    ck_assert_int_eq(count, worth("1"));
    ck_assert_int_eq(base, worth("amount - coalesce(back, 0)"));
    ck_assert_int_eq(amount, worth("round(amount * value / 10000.0) - "
                                   "round(coalesce(back, 0) * value / 10000.0)"));
    /* whatever becomes of them later, what is over stays as it was */
    const char *one = sql_text("select id from enrolment where collector_id = '" COLLECTOR "' and "
                               "posted_at between '2024-01-01' and '2024-07-01' and status = "
                               "'submitted' order by id limit 1");
    expect_status(decide("agent.collector", one, "void"), 200);
    for (int month = 1; month <= MONTHS; month++) {
        struct answer again = statement("agent.collector", text("2024-%02d", month), "");
        ck_assert_str_eq(again.body, bodies[month]);
    }
}
END_TEST

Suite *remuneration_suite(void)
{
    Suite *suite = suite_create("remuneration");
    TCase *tcase = tcase_create("remuneration");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, NULL, figures_begin);
    tcase_add_checked_fixture(tcase, NULL, rates_as_shipped);
    tcase_add_test(tcase, a_collector_is_paid_for_the_own_money_of_people);
    tcase_add_test(tcase, a_draft_belongs_to_the_month_of_its_posting);
    tcase_add_test(tcase, what_is_taken_back_is_what_was_given);
    tcase_add_test(tcase, a_missing_rate_is_named_and_a_province_enters_its_own);
    tcase_add_test(tcase, averages_are_held_against_the_caps);
    tcase_add_test(tcase, everybody_sees_the_own_statement);
    tcase_add_test(tcase, all_statements_together_are_what_the_rows_say);
    suite_add_tcase(suite, tcase);
    return suite;
}
