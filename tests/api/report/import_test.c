/* Households and enrolments out of files. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/figures.h"
#include "tests/support/job_case.h"
#include "tests/support/suites.h"

#define ENROLMENTS                                                                                 \
    "hamlet_code,full_name,date_of_birth,sex,personal_id_number,scheme,months,paid_on\r\n"
#define HOUSEHOLDS "hamlet_code,code,relation,full_name,date_of_birth,sex,personal_id_number\n"

static const char *day(int from_today)
{
    return text("%s", sql_text(text("select business_date() + %d", from_today)));
}

static int number(const char *sql)
{
    return atoi(sql_text(sql));
}

static const char *row(const char *hamlet, const char *name, const char *birth, const char *id,
                       const char *scheme, int months, int from_today)
{
    return text("%s,%s,%s,female,%s,%s,%d,%s\r\n", hamlet, name, birth, id, scheme, months,
                day(from_today));
}

static struct answer done(const char *login, const char *kind, const char *how, const char *csv)
{
    return job_ends(login, import_as(login, kind, how, csv), "done");
}

static struct answer verdicts(const char *login, struct answer job)
{
    const char *path = text("/v1/jobs/%s/verdicts", text_member(job, "id"));
    return expect_status(call(login, "GET", path, NULL), 200);
}

static void verdict_is(struct answer list, int item, int line, const char *field, const char *code)
{
    ck_assert_int_eq(integer_member(list, text("items.%d.line", item)), line);
    ck_assert_str_eq(text_member(list, text("items.%d.verdict", item)), "rejected");
    ck_assert_str_eq(text_member(list, text("items.%d.field", item)), field);
    ck_assert_str_eq(text_member(list, text("items.%d.code", item)), code);
}

START_TEST(enrolments_are_tried_written_and_not_written_again)
{
    const char *count = "select count(*) from enrolment e join person p on p.id = e.person_id "
                        "where p.full_name like 'Nhập Một%'";
    const char *file =
        text(ENROLMENTS "%s\r\n%s%s", row("23173-900101", "Nhập Một Ất", "1980", "", "vsi", 12, -3),
             row("23173-000", "Nhập Một Bính", "1981-04", "068181000071", "hhi", 6, -2),
             row("23173-900101", "Nhập Một Đinh", "1982-04-05", "", "vsi", 1, 0));
    struct answer tried = done("commune.officer", "enrolments", "&dry_run=true", file);
    counts_are(tried, 3, 0, 0, 0);
    ck_assert_str_eq(text_member(tried, "step"), "check");
    ck_assert_int_eq(number(count), 0);
    ck_assert_int_eq(number("select count(*) from person where full_name like 'Nhập Một%'"), 0);
    struct answer written = done("commune.officer", "enrolments", "", file);
    counts_are(written, 3, 0, 0, 3);
    ck_assert_int_eq(integer_member(written, "total"), 3);
    ck_assert_int_eq(integer_member(written, "done"), 3);
    ck_assert_int_eq(number(count), 3);
    counts_are(done("commune.officer", "enrolments", "", file), 0, 3, 0, 0);
    counts_are(done("district.officer", "enrolments", "&partial=true", file), 0, 3, 0, 0);
    ck_assert_int_eq(number(count), 3);
    figures_agree();
}
END_TEST

/* The price is that of a single enrolment, with its lines. */
START_TEST(a_row_is_priced_as_if_it_came_alone)
{
    const char *columns =
        "hamlet_code,full_name,date_of_birth,sex,scheme,months,paid_on,income,group\n";
    counts_are(done("commune.officer", "enrolments", "",
                    text("%s23173-900101,Nhập Giá Một,1970,male,vsi,12,%s,3000000,near_poor\n",
                         columns, day(0))),
               1, 0, 0, 1);
    struct answer alone = call(
        "commune.officer", "POST", "/v1/enrolments",
        text(
            "{\"scheme\":\"vsi\",\"months\":12,\"paid_on\":\"%s\",\"income\":3000000,\"hamlet_id\":"
            "900101,\"groups\":[{\"code\":\"near_poor\"}],\"person\":{\"full_name\":\"Nhập Giá "
            "Hai\",\"date_of_birth\":\"1970\",\"sex\":\"male\"}}",
            day(0)));
    const char *id = text("%s", text_member(expect_status(alone, 201), "id"));
    ck_assert_int_eq(
        number(text(
            "select count(*) from enrolment a join person p on p.id = a.person_id join "
            "enrolment b on b.id = '%s' where p.full_name = 'Nhập Giá Một' and (a.contribution, "
            "a.amount, a.group_code, a.income, a.support_months, a.status, a.officer_id) = "
            "(b.contribution, b.amount, b.group_code, b.income, b.support_months, b.status, "
            "b.officer_id) and (select count(*) from enrolment_line l where l.enrolment_id = "
            "a.id) = (select count(*) from enrolment_line l where l.enrolment_id = b.id)",
            id)),
        1);
}
END_TEST

/* An organisation and its collectors write down what came by transfer: it is nobody's cash. */
START_TEST(what_is_imported_was_paid_by_transfer)
{
    int receipts = number("select count(*) from receipt");
    const char *file =
        text(ENROLMENTS "%s%s", row("23173-900101", "Nhập Chuyển", "1979", "", "vsi", 3, 0),
             row("23149-900201", "Nhập Chuyển", "1979", "", "vsi", 3, 0));
    counts_are(done("agent.collector", "enrolments", "&partial=true", file), 1, 0, 1, 1);
    counts_are(done("agency.manager", "enrolments", "", file), 1, 1, 0, 1);
    ck_assert_int_eq(
        number("select count(*) from enrolment e join person p on p.id = e.person_id where "
               "p.full_name = 'Nhập Chuyển' and e.paid_by = 'transfer' and e.agency_id is "
               "not null"),
        2);
    ck_assert_int_eq(number("select count(*) from receipt"), receipts);
}
END_TEST

START_TEST(a_wrong_row_refuses_itself_and_all_unless_in_part)
{
    const char *file =
        text(ENROLMENTS "%s%s%s%s%s%s23173-000,Nhập Sai Bảy\r\n%s",
             row("23173-900101", "Nhập Sai Một", "1980", "", "vsi", 12, 0),
             row("23236-000", "Nhập Sai Hai", "1980", "", "vsi", 12, 0),
             row("23173-999", "Nhập Sai Ba", "1980", "", "vsi", 12, 0),
             row("23173-900101", "Nhập Sai Bốn", "1980", "068084000001", "vsi", 12, 0),
             row("23173-900101", "Nhập Sai Năm", "1980", "", "hhi", 1, 0),
             row("23173-900101", "Nhập Sai Sáu", "1980", "", "vsi", 12, 5),
             row("23173-900101", "Nhập Sai Tám", "1980-13", "", "vsi", 12, 0));
    counts_are(done("commune.officer", "enrolments", "", file), 1, 0, 7, 0);
    ck_assert_int_eq(number("select count(*) from person where full_name like 'Nhập Sai%'"), 0);
    struct answer job = done("commune.officer", "enrolments", "&partial=true", file);
    counts_are(job, 1, 0, 7, 1);
    struct answer list = verdicts("commune.officer", job);
    ck_assert_str_eq(text_member(list, "items.0.verdict"), "accepted");
    verdict_is(list, 1, 3, "hamlet_code", "outside_slice");
    verdict_is(list, 2, 4, "hamlet_code", "not_found");
    verdict_is(list, 3, 5, "personal_id_number", "number");
    verdict_is(list, 4, 6, "months", "enum");
    verdict_is(list, 5, 7, "paid_on", "in_future");
    ck_assert_str_eq(text_member(list, "items.6.code"), "too_few");
    verdict_is(list, 7, 9, "date_of_birth", "format");
    struct answer rejected =
        call("commune.officer", "GET",
             text("/v1/jobs/%s/verdicts?verdict=rejected&limit=2", text_member(job, "id")), NULL);
    verdict_is(rejected, 1, 4, "hamlet_code", "not_found");
    const char *id = export_as(
        "commune.officer", text("{\"list\":\"job_verdict_list\",\"format\":\"csv\",\"filters\":{"
                                "\"id\":\"%s\",\"verdict\":\"rejected\"}}",
                                text_member(job, "id")));
    struct answer file_of_verdicts = file_of("commune.officer", id);
    ck_assert_ptr_nonnull(strstr(file_of_verdicts.body, "\r\n4,rejected,hamlet_code,not_found,"));
    ck_assert_int_eq(number("select count(*) from person where full_name like 'Nhập Sai%'"), 1);
}
END_TEST

START_TEST(people_are_found_and_never_mistaken)
{
    const char *first =
        text(ENROLMENTS "%s%s",
             row("23173-900101", "Nhập Quen", "1975", "068175000077", "vsi", 1, -20),
             row("23173-900101", "Nhập Trùng", "1976", "", "vsi", 1, -20));
    counts_are(done("commune.officer", "enrolments", "", first), 2, 0, 0, 2);
    const char *file = text(ENROLMENTS "%s%s%s",
                            row("23173-000", "Nhập Quen", "1975", "068175000077", "hhi", 3, 0),
                            row("23173-900101", "Nhập Khác", "1975", "068175000077", "hhi", 3, 0),
                            row("23173-900101", "Nhập Trùng", "1976", "068176000077", "hhi", 3, 0));
    struct answer job = done("commune.officer", "enrolments", "&partial=true", file);
    counts_are(job, 1, 0, 2, 1);
    struct answer list = verdicts("commune.officer", job);
    verdict_is(list, 1, 3, "personal_id_number", "other_person");
    verdict_is(list, 2, 4, "full_name", "namesake");
    const char *confirmed =
        text("hamlet_code,full_name,date_of_birth,sex,personal_id_number,scheme,"
             "months,paid_on,duplicate_confirmed\n23173-900101,Nhập Trùng,1976,"
             "female,068176000077,hhi,3,%s,yes\n",
             day(0));
    counts_are(done("commune.officer", "enrolments", "", confirmed), 1, 0, 0, 1);
    counts_are(done("commune.officer", "enrolments", "", confirmed), 0, 1, 0, 0);
    ck_assert_int_eq(number("select count(*) from person where full_name = 'Nhập Trùng'"), 2);
}
END_TEST

START_TEST(households_come_with_their_members_once)
{
    const char *file =
        HOUSEHOLDS "23173-900101,6800000701,head,Hộ Nhập Cha,1960,male,\n"
                   "23173-900101,6800000701,spouse,Hộ Nhập Mẹ,1962,female,068162000071\n"
                   "23173-900101,6800000701,child,\"Hộ Nhập, Con\",1990-02,male,\n"
                   "23173-900101,,head,Hộ Nhập Riêng,1955,female,\n";
    counts_are(done("commune.officer", "households", "&dry_run=true", file), 4, 0, 0, 0);
    ck_assert_int_eq(number("select count(*) from person where full_name like 'Hộ Nhập%'"), 0);
    counts_are(done("commune.officer", "households", "", file), 4, 0, 0, 4);
    counts_are(done("commune.officer", "households", "", file), 0, 4, 0, 0);
    ck_assert_int_eq(number("select count(*) from person where full_name like 'Hộ Nhập%'"), 4);
    ck_assert_int_eq(number("select size from household where code = '6800000701'"), 3);
    ck_assert_int_eq(
        number("select count(*) from household_member m join person p on p.id = m.person_id "
               "where p.full_name like 'Hộ Nhập%' and m.ended_as is null"),
        4);
    const char *wrong = HOUSEHOLDS "23173-900101,,child,Hộ Nhập Rơi,1960,male,\n"
                                   "23173-000,6800000701,other,Hộ Nhập Xa,1960,male,\n"
                                   "23173-900101,6800000701,boss,Hộ Nhập Lạ,1960,male,\n";
    struct answer job = done("commune.officer", "households", "&partial=true", wrong);
    counts_are(job, 0, 0, 3, 0);
    struct answer list = verdicts("commune.officer", job);
    verdict_is(list, 0, 2, "code", "required");
    verdict_is(list, 1, 3, "code", "not_unique");
    verdict_is(list, 2, 4, "relation", "enum");
    counts_are(done("neighbour.commune", "households", "&partial=true", file), 0, 0, 4, 0);
}
END_TEST

/* Rows enough to be interrupted. */
static const char *long_file(const char *name)
{
    const char *file = ENROLMENTS;
    for (int i = 0; i < 40; i++) {
        const char *rows = "";
        for (int k = 0; k < 10; k++) {
            rows = text("%s23173-900101,%s %d %d,%d,female,,vsi,1,%s\n", rows, name, i, k, 1950 + i,
                        day(0));
        }
        file = text("%s%s", file, rows);
    }
    return file;
}

static void wait_for_rows(const char *id, int rows)
{
    while (number(text("select count(*) from job_verdict where job_id = '%s'", id)) < rows) {
    }
}

static void rows_are_what_is_said(const char *login, const char *id, const char *name)
{
    const char *people =
        text("select count(*) from enrolment e join person p on p.id = e.person_id "
             "where p.full_name like '%s %%'",
             name);
    int written = number(people);
    ck_assert(written > 0 && written < 400);
    while (integer_member(call(login, "GET", text("/v1/jobs/%s", id), NULL), "written") !=
           written) {
        written = number(people);
    }
    ck_assert_int_eq(number(text("select count(*) from job_verdict where job_id = '%s'", id)),
                     written);
}

START_TEST(a_cancelled_import_keeps_what_it_wrote)
{
    const char *id =
        import_as("commune.officer", "enrolments", "&partial=true", long_file("Nhập Ngừng"));
    wait_for_rows(id, 10);
    expect_status(call("commune.officer", "POST", text("/v1/jobs/%s/cancel", id), NULL), 200);
    job_ends("commune.officer", id, "cancelled");
    rows_are_what_is_said("commune.officer", id, "Nhập Ngừng");
    expect_problem(call("neighbour.commune", "GET", text("/v1/jobs/%s/verdicts", id), NULL), 404,
                   "not_found");
    expect_problem(call("commune.manager", "GET", text("/v1/jobs/%s/verdicts", id), NULL), 404,
                   "not_found");
}
END_TEST

START_TEST(whose_sessions_end_writes_nothing_more)
{
    const char *name = job_account();
    const char *id = import_as(name, "enrolments", "&partial=true", long_file("Nhập Dừng"));
    wait_for_rows(id, 10);
    const char *user = sql_text(text("select id from app_user where username = '%s'", name));
    expect_status(call("commune.manager", "POST", text("/v1/users/%s/revoke", user), NULL), 200);
    forget_token(name);
    struct answer job = job_ends(name, id, "failed");
    ck_assert_str_eq(text_member(job, "error"), "session_ended");
    rows_are_what_is_said(name, id, "Nhập Dừng");
    struct answer rest =
        done("commune.officer", "enrolments", "&partial=true", long_file("Nhập Dừng"));
    ck_assert_int_eq(integer_member(rest, "accepted") + integer_member(rest, "unchanged"), 400);
    ck_assert_int_eq(number("select count(*) from person where full_name like 'Nhập Dừng %'"), 400);
}
END_TEST

START_TEST(a_file_that_is_no_table_is_refused_at_once)
{
    static const char *const wrong[][3] = {
        {"hamlet_code,full_name\n1,2\n", "invalid_request", "/1/"},
        {"hamlet_code,nonsense\n1,2\n", "invalid_request", "/1/2"},
        {ENROLMENTS, "invalid_request", ""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct answer refused =
            call("commune.officer", "POST", "/v1/imports?kind=enrolments", wrong[i][0]);
        expect_problem(refused, 400, wrong[i][1]);
        ck_assert_ptr_nonnull(strstr(text_member(refused, "errors.0.pointer"), wrong[i][2]));
    }
    expect_problem(call("commune.officer", "POST", "/v1/imports?kind=enrolments", "\n\n"), 400,
                   "malformed_csv");
    expect_problem(call("commune.officer", "POST", "/v1/imports?kind=nonsense", ENROLMENTS), 400,
                   "invalid_request");
    expect_problem(call("commune.viewer", "POST", "/v1/imports?kind=enrolments", ENROLMENTS), 403,
                   "forbidden");
    expect_problem(call("province.manager", "POST", "/v1/imports?kind=enrolments", ENROLMENTS), 403,
                   "forbidden");
}
END_TEST

Suite *import_suite(void)
{
    Suite *suite = suite_create("import");
    TCase *tcase = tcase_create("import");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, enrolments_are_tried_written_and_not_written_again);
    tcase_add_test(tcase, a_row_is_priced_as_if_it_came_alone);
    tcase_add_test(tcase, what_is_imported_was_paid_by_transfer);
    tcase_add_test(tcase, a_wrong_row_refuses_itself_and_all_unless_in_part);
    tcase_add_test(tcase, people_are_found_and_never_mistaken);
    tcase_add_test(tcase, households_come_with_their_members_once);
    tcase_add_test(tcase, a_cancelled_import_keeps_what_it_wrote);
    tcase_add_test(tcase, whose_sessions_end_writes_nothing_more);
    tcase_add_test(tcase, a_file_that_is_no_table_is_refused_at_once);
    suite_add_tcase(suite, tcase);
    return suite;
}
