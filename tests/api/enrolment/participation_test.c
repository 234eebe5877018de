/* The opening balance: a file, a word at the door, and what follows from them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/figures.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"

#define COLUMNS                                                                                    \
    "hamlet_code,full_name,date_of_birth,sex,personal_id_number,scheme,months,starts_on,ends_on\n"

static struct answer import_as(const char *login, const char *how, const char *rows)
{
    return call(login, "POST", text("/v1/participations/import%s", how), text(COLUMNS "%s", rows));
}

static const char *day(int from_today)
{
    return sql_text(text("select business_date() + %d", from_today));
}

/* A row of a card that began `from` days before today and ends `to` days after. */
static const char *row(const char *hamlet, const char *name, const char *birth, const char *number,
                       int from, int to)
{
    return text("%s,%s,%s,female,%s,hhi,12,%s,%s\n", hamlet, name, birth, number, day(-from),
                day(to));
}

static void verdict_is(struct answer report, int item, const char *field, const char *code)
{
    expect_status(report, 200);
    ck_assert_str_eq(text_member(report, text("items.%d.verdict", item)), "rejected");
    ck_assert_str_eq(text_member(report, text("items.%d.field", item)), field);
    ck_assert_str_eq(text_member(report, text("items.%d.code", item)), code);
}

static void counts_are(struct answer report, int accepted, int unchanged, int rejected, int written)
{
    expect_status(report, 200);
    ck_assert_msg(integer_member(report, "accepted") == accepted &&
                      integer_member(report, "unchanged") == unchanged &&
                      integer_member(report, "rejected") == rejected &&
                      integer_member(report, "written") == written,
                  "%s", report.body);
}

static json_int_t stock(const char *which)
{
    struct answer answer =
        call("commune.viewer", "GET",
             text("/v1/progress?indicator=hhi_participants&period=%.4s", day(0)), NULL);
    return integer_member(expect_status(answer, 200), text("self.%s", which));
}

static const char *person_named(const char *name)
{
    return sql_text(text("select id from person where full_name = '%s'", name));
}

static struct answer enrol(const char *login, const char *person)
{
    return call(login, "POST", "/v1/enrolments",
                text("{\"scheme\":\"hhi\",\"months\":12,\"paid_on\":\"%s\",\"person_id\":\"%s\"}",
                     day(0), person));
}

START_TEST(a_file_is_tried_written_and_written_again)
{
    json_int_t before = stock("achieved");
    const char *file = text("%s%s", row("23173-000", "Ka Cũ Một", "1960", "", 100, 200),
                            row("23173-900101", "Ka Cũ Hai", "1961-02", "068161000001", 10, 300));
    counts_are(import_as("district.officer", "?dry_run=true", file), 2, 0, 0, 0);
    ck_assert_str_eq(person_named("Ka Cũ Một"), "");
    counts_are(import_as("district.officer", "", file), 2, 0, 0, 2);
    ck_assert_int_eq(stock("achieved"), before + 2);
    counts_are(import_as("district.officer", "", file), 0, 2, 0, 0);
    counts_are(import_as("province.manager", "?partial=true", file), 0, 2, 0, 0);
    ck_assert_int_eq(stock("achieved"), before + 2);
    ck_assert_str_eq(sql_text("select count(*) from person where full_name like 'Ka Cũ%'"), "2");
    figures_agree();
}
END_TEST

START_TEST(a_wrong_row_refuses_itself)
{
    const char *file = text("%s%s%s%s%s%s%s", row("23173-000", "Ka Đúng", "1970", "", 30, 30),
                            row("23236-000", "Ka Lạ", "1970", "", 30, 30),
                            row("23173-999", "Ka Đâu", "1970", "", 30, 30),
                            row("23173-000", "Ka Số", "1970", "068084000001", 30, 30),
                            row("23173-000", "Ka Ngược", "1970", "", -30, -60),
                            row("23173-000", "Ka Đúng", "1970", "", 60, 0),
                            "23173-000,Ka Kỳ,1970,female,,hhi,1,2026-01-01,2026-01-31\n");
    struct answer refused = import_as("district.officer", "", file);
    counts_are(refused, 1, 0, 6, 0);
    ck_assert_str_eq(person_named("Ka Đúng"), "");
    struct answer written = import_as("district.officer", "?partial=true", file);
    counts_are(written, 1, 0, 6, 1);
    verdict_is(written, 1, "hamlet_code", "outside_slice");
    verdict_is(written, 2, "hamlet_code", "not_found");
    verdict_is(written, 3, "personal_id_number", "number");
    verdict_is(written, 4, "ends_on", "order");
    verdict_is(written, 5, "ends_on", "covered");
    ck_assert_ptr_nonnull(strstr(text_member(written, "items.5.detail"), day(30)));
    verdict_is(written, 6, "months", "no_rule");
    ck_assert_str_eq(person_named("Ka Lạ"), "");
    figures_agree();
}
END_TEST

START_TEST(people_are_found_and_never_mistaken)
{
    const char *first = text("%s%s", row("23173-000", "Ka Tìm", "1955", "068155000009", 30, 30),
                             row("23173-000", "Ka Trùng", "1956", "", 30, 30));
    counts_are(import_as("district.officer", "", first), 2, 0, 0, 2);
    counts_are(import_as("neighbour.district", "",
                         row("23236-000", "Ka Bên", "1957", "068157000009", 30, 30)),
               1, 0, 0, 1);
    const char *file =
        text("%s%s%s%s%s", row("23173-000", "KA TÌM", "1955", "068155000009", -31, 300),
             row("23173-000", "Ka Khác", "1955", "068155000009", -31, 300),
             row("23173-000", "Ka Bên", "1957", "068157000009", -31, 300),
             row("23173-000", "Ka Trùng", "1956", "068156000009", -31, 300),
             row("23149-000", "Ka Trùng", "1956", "", -31, 300));
    struct answer report = import_as("district.officer", "?partial=true", file);
    counts_are(report, 2, 0, 3, 2);
    verdict_is(report, 1, "personal_id_number", "other_person");
    verdict_is(report, 2, "personal_id_number", "outside_slice");
    verdict_is(report, 3, "full_name", "namesake");
    ck_assert_str_eq(sql_text("select count(*) from coverage c join person p on p.id = c.person_id "
                              "where p.full_name = 'Ka Tìm'"),
                     "2");
    ck_assert_str_eq(sql_text("select count(*) from person where full_name = 'Ka Trùng'"), "2");
    figures_agree();
}
END_TEST

/* As many rows as the contract takes, well within what a request may take. */
START_TEST(a_thousand_rows_are_one_request)
{
    enum { ROWS = 1000, ROOM = 100 };
    char *file = malloc(ROWS * ROOM + sizeof COLUMNS);
    size_t size = (size_t)snprintf(file, sizeof COLUMNS, "%s", COLUMNS);
    for (int i = 0; i < ROWS; i++) {
        size += (size_t)snprintf(file + size, ROOM,
                                 "23149-000,Ka Đông %d,19%02d,female,,vsi,12,,2026-0%d-15\n", i,
                                 40 + i % 50, 1 + i % 9);
    }
    struct answer report = call("district.officer", "POST", "/v1/participations/import", file);
    counts_are(report, ROWS, 0, 0, ROWS);
    counts_are(call("district.officer", "POST", "/v1/participations/import", file), 0, ROWS, 0, 0);
    free(file);
}
END_TEST

START_TEST(who_was_imported_renews)
{
    const char *file = text("%s%s", row("23173-900101", "Ka Còn", "1962", "", 300, 20),
                            row("23173-900101", "Ka Hết", "1963", "", 600, -200));
    counts_are(import_as("district.officer", "", file), 2, 0, 0, 2);
    struct answer renewed = enrol("agent.collector", person_named("Ka Còn"));
    ck_assert_str_eq(text_member(expect_status(renewed, 201), "kind"), "renewal");
    ck_assert_str_eq(text_member(renewed, "starts_on"), day(21));
    struct answer back = enrol("agent.collector", person_named("Ka Hết"));
    ck_assert_str_eq(text_member(expect_status(back, 201), "kind"), "return");
    ck_assert_str_eq(text_member(back, "starts_on"), day(30));
    figures_agree();
}
END_TEST

/* Registers somebody by an enrolment of the other scheme. */
static const char *somebody(const char *name)
{
    struct answer made = call(
        "agent.collector", "POST", "/v1/enrolments",
        text("{\"scheme\":\"vsi\",\"hamlet_id\":900101,\"months\":3,\"paid_on\":\"%s\","
             "\"person\":{\"full_name\":\"%s\",\"date_of_birth\":\"1975\",\"sex\":\"female\"}}",
             day(0), name));
    return text_member(expect_status(made, 201), "person.id");
}

static struct answer declare(const char *login, const char *person, int to)
{
    return call(login, "POST", "/v1/participations",
                text("{\"person_id\":\"%s\",\"scheme\":\"hhi\",\"months\":12,\"ends_on\":\"%s\","
                     "\"card_number\":\"GD4680123456789\"}",
                     person, day(to)));
}

START_TEST(what_is_declared_is_confirmed_with_what_follows)
{
    const char *person = somebody("Ka Khai");
    json_int_t achieved = stock("achieved");
    json_int_t confirmed = stock("confirmed");
    expect_problem(declare("neighbour.collector", person, 10), 404, "not_found");
    expect_problem(declare("agent.viewer", person, 10), 403, "forbidden");
    struct answer declared = expect_status(declare("agent.collector", person, 10), 201);
    ck_assert_str_eq(text_member(declared, "source"), "declared");
    ck_assert(json_is_false(member(declared, "confirmed")));
    struct answer twice = declare("agent.collector", person, 20);
    expect_problem(twice, 409, "already_covered");
    ck_assert_str_eq(text_member(twice, "errors.0.pointer"), "/ends_on");
    ck_assert_ptr_nonnull(strstr(text_member(twice, "errors.0.detail"), day(10)));
    ck_assert_int_eq(stock("achieved"), achieved + 1);
    ck_assert_int_eq(stock("confirmed"), confirmed);
    struct answer next = expect_status(enrol("agent.collector", person), 201);
    ck_assert_str_eq(text_member(next, "kind"), "renewal");
    const char *accept = text("/v1/enrolments/%s/accept", text_member(next, "id"));
    expect_status(call("district.officer", "POST", accept, NULL), 200);
    const char *path = text("/v1/participations/%s", text_member(declared, "id"));
    struct answer now = expect_status(call("agent.collector", "GET", path, NULL), 200);
    ck_assert(json_is_true(member(now, "confirmed")));
    ck_assert_int_eq(stock("achieved"), achieved + 1);
    ck_assert_int_eq(stock("confirmed"), confirmed + 1);
    figures_agree();
}
END_TEST

START_TEST(a_mistake_is_taken_back)
{
    const char *person = somebody("Ka Nhầm");
    json_int_t achieved = stock("achieved");
    struct answer declared = expect_status(declare("commune.officer", person, 10), 201);
    const char *path = text("/v1/participations/%s", text_member(declared, "id"));
    const char *takes_back = text("%s/void", path);
    expect_problem(call("neighbour.commune", "GET", path, NULL), 404, "not_found");
    expect_problem(call("neighbour.district", "POST", takes_back, NULL), 404, "not_found");
    expect_problem(call("commune.officer", "POST", takes_back, NULL), 403, "forbidden");
    struct answer gone = expect_status(call("district.officer", "POST", takes_back, NULL), 200);
    ck_assert_str_eq(text_member(gone, "voided_on"), day(0));
    ck_assert_int_eq(stock("achieved"), achieved);
    expect_problem(call("district.officer", "POST", takes_back, NULL), 409, "wrong_status");
    struct answer card = expect_status(enrol("commune.officer", person), 201);
    ck_assert_str_eq(text_member(card, "kind"), "new");
    const char *counted = text("/v1/participations/%s/void", text_member(card, "id"));
    expect_problem(call("district.officer", "POST", counted, NULL), 409, "wrong_status");
    figures_agree();
}
END_TEST

START_TEST(what_cannot_be_declared_is_told_where)
{
    const char *person = somebody("Ka Sai");
    struct answer answer =
        call("agent.collector", "POST", "/v1/participations",
             text("{\"person_id\":\"%s\",\"scheme\":\"hhi\",\"months\":1,\"ends_on\":\"%s\"}",
                  person, day(1)));
    expect_problem(answer, 422, "rule_broken");
    ck_assert_str_eq(text_member(answer, "errors.0.pointer"), "/months");
    answer = call("agent.collector", "POST", "/v1/participations",
                  text("{\"person_id\":\"%s\",\"scheme\":\"hhi\",\"months\":3,\"starts_on\":\"%s\","
                       "\"ends_on\":\"%s\"}",
                       person, day(2), day(1)));
    expect_problem(answer, 422, "rule_broken");
    ck_assert_str_eq(text_member(answer, "errors.0.pointer"), "/ends_on");
    expect_problem(declare("agent.collector", person, -9000), 422, "rule_missing");
}
END_TEST

Suite *participation_suite(void)
{
    Suite *suite = suite_create("participation");
    TCase *tcase = tcase_create("participation");
    tcase_set_timeout(tcase, 120);
    tcase_add_unchecked_fixture(tcase, figures_begin, NULL);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, a_file_is_tried_written_and_written_again);
    tcase_add_test(tcase, a_wrong_row_refuses_itself);
    tcase_add_test(tcase, people_are_found_and_never_mistaken);
    tcase_add_test(tcase, a_thousand_rows_are_one_request);
    tcase_add_test(tcase, who_was_imported_renews);
    tcase_add_test(tcase, what_is_declared_is_confirmed_with_what_follows);
    tcase_add_test(tcase, a_mistake_is_taken_back);
    tcase_add_test(tcase, what_cannot_be_declared_is_told_where);
    suite_add_tcase(suite, tcase);
    return suite;
}
