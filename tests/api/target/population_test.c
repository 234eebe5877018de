/* Populations: one at a time and as a file, who may say what about whom, and which figure counts. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "middleware/request.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"
#include "tests/support/wire.h"

#define NAMES "unit_kind,unit_code,kind,on,people,source,decision\n"

enum { MANY = 10000 };

static struct answer record(const char *login, int unit, const char *on, int people,
                            const char *source)
{
    return call(login, "POST", "/v1/populations",
                text("{\"unit_id\":%d,\"kind\":\"total\",\"on\":\"%s\",\"people\":%d,"
                     "\"source\":\"%s\"}",
                     unit, on, people, source));
}

static struct answer import(const char *login, const char *query, const char *file)
{
    return expect_status(call(login, "POST", text("/v1/populations/import%s", query), file), 200);
}

static const char *in_force(int unit, const char *date)
{
    return sql_text(text("select coalesce((select people || ' ' || giver_id from population_at(%d, "
                         "'total', '%s')), 'none')",
                         unit, date));
}

static const char *recorded(void)
{
    return text("%s", sql_text("select count(*) from population"));
}

static void clear(void)
{
    sql_text("delete from population");
    harness_forget();
}

/* The verdict on a line: "rejected unit_code not_found". */
static const char *verdict(struct answer report, int index)
{
    const char *word = text_member(report, text("items.%d.verdict", index));
    if (strcmp(word, "rejected") != 0) {
        return word;
    }
    const json_t *field = member(report, text("items.%d.field", index));
    return text("rejected %s %s", json_is_null(field) ? "-" : json_string_value(field),
                text_member(report, text("items.%d.code", index)));
}

/* --- one figure ------------------------------------------------------------------------------ */

START_TEST(a_figure_is_recorded_and_listed)
{
    struct answer made = expect_status(
        call("district.officer", "POST", "/v1/populations",
             "{\"unit_id\":123173,\"kind\":\"labour_force\",\"on\":\"2026-01-01\",\"people\":7100,"
             "\"source\":\"Chi cục Thống kê\",\"decision_number\":\"15/QĐ-CTK\"}"),
        201);
    ck_assert_str_eq(text_member(made, "unit.name"), "Đồng Kho");
    ck_assert_int_eq(integer_member(made, "revision"), 1);
    ck_assert_int_eq(integer_member(made, "giver_id"), 900001);
    ck_assert_str_eq(text_member(made, "decision_number"), "15/QĐ-CTK");
    static const char *const lists[] = {"", "?unit=123173", "?unit=123173&kind=labour_force"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct answer list = expect_status(
            call("commune.viewer", "GET", text("/v1/populations%s", lists[i]), NULL), 200);
        ck_assert_str_eq(text_member(list, "items.0.id"), text_member(made, "id"));
    }
    struct answer other =
        call("commune.viewer", "GET", "/v1/populations?unit=123173&kind=total", NULL);
    ck_assert_uint_eq(json_array_size(member(expect_status(other, 200), "items")), 0);
    expect_problem(call("commune.viewer", "GET", "/v1/populations?kind=total", NULL), 400,
                   "invalid_request");
}
END_TEST

START_TEST(a_neighbour_sees_nothing_and_says_nothing)
{
    expect_status(record("commune.manager", 123173, "2026-01-01", 100, "a"), 201);
    expect_status(record("commune.manager", 900101, "2026-01-01", 40, "a"), 201);
    static const char *const beside[] = {"neighbour.commune", "neighbour.district",
                                         "neighbour.province"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        struct answer list = call(beside[i], "GET", "/v1/populations?unit=123173", NULL);
        ck_assert_uint_eq(json_array_size(member(expect_status(list, 200), "items")), 0);
        struct answer refused = record(beside[i], 123173, "2026-01-01", 1, "a");
        expect_problem(refused, 404, "not_found");
        ck_assert_str_eq(text_member(refused, "errors.0.pointer"), "/unit_id");
        ck_assert_str_eq(text_member(refused, "errors.0.code"), "outside_slice");
    }
    expect_problem(record("commune.manager", 900001, "2026-01-01", 1, "a"), 404, "not_found");
    struct answer unknown = record("nation.manager", 999999, "2026-01-01", 1, "a");
    expect_problem(unknown, 404, "not_found");
    ck_assert_str_eq(text_member(unknown, "errors.0.code"), "not_found");
    ck_assert_str_eq(recorded(), "2");
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    struct answer late = record("commune.manager", 123173, "2199-01-01", 100, "a");
    expect_problem(late, 422, "rule_broken");
    ck_assert_str_eq(text_member(late, "errors.0.code"), "in_future");
    expect_problem(record("commune.manager", 123173, "2026-02-30", 100, "a"), 400,
                   "invalid_request");
    expect_problem(record("commune.manager", 123173, "2026-01-01", -1, "a"), 400,
                   "invalid_request");
    expect_status(record("commune.manager", 123173, "2026-01-01", 100, "a"), 201);
    expect_problem(record("commune.officer", 123173, "2026-01-01", 100, "a"), 409, "duplicate");
    ck_assert_str_eq(recorded(), "1");
}
END_TEST

START_TEST(a_correction_is_one_more_revision)
{
    expect_status(record("province.manager", 123173, "2026-01-01", 100, "a"), 201);
    expect_status(record("province.manager", 123173, "2026-01-01", 110, "a"), 201);
    struct answer back =
        expect_status(record("province.manager", 123173, "2026-01-01", 100, "a"), 201);
    ck_assert_int_eq(integer_member(back, "revision"), 3);
    ck_assert_str_eq(in_force(123173, "2026-06-30"), "100 168");
    ck_assert_str_eq(recorded(), "3");
}
END_TEST

START_TEST(the_newest_day_counts_and_then_the_highest_giver)
{
    expect_status(record("province.manager", 123173, "2025-01-01", 90, "a"), 201);
    expect_status(record("province.manager", 123173, "2026-01-01", 100, "a"), 201);
    expect_status(record("commune.manager", 123173, "2026-01-01", 50, "b"), 201);
    expect_status(record("commune.manager", 123173, "2026-01-01", 51, "b"), 201);
    ck_assert_str_eq(in_force(123173, "2024-12-31"), "none");
    ck_assert_str_eq(in_force(123173, "2025-12-31"), "90 168");
    ck_assert_str_eq(in_force(123173, "2026-01-01"), "100 168");
    expect_status(record("district.manager", 123173, "2026-02-01", 102, "c"), 201);
    expect_status(record("nation.manager", 123173, "2026-02-01", 101, "c"), 201);
    ck_assert_str_eq(in_force(123173, "2026-02-01"), "101 1");
    ck_assert_str_eq(in_force(123173, "2026-01-31"), "100 168");
}
END_TEST

/* --- a file ---------------------------------------------------------------------------------- */

static const char mixed[] = NAMES "commune,23173,total,2026-01-01,100,\"a, b\",12/QĐ\n"
                                  "commune,23149,total,2026-01-01,200,a,\n"
                                  "commune,23236,total,2026-01-01,300,a,\n"
                                  "commune,99999,total,2026-01-01,1,a,\n"
                                  "province,68,total,2026-01-01,1,a,\n"
                                  "commune,23173,labour_force,2199-01-01,1,a,\n"
                                  "commune,23173,total,2026-01-01,101,a,\n"
                                  "commune,23173,total,01/01/2026,1,a,\n"
                                  "commune,23173,total,2026-01-02,1e3,a,\n"
                                  "commune,23173,total,2026-01-02,1000,,\n"
                                  "commune,23173,total,2026-01-02,1000\n"
                                  "xã,23173,total,2026-01-02,1000,a,\n"
                                  "hamlet,23173-900101,total,2026-01-02,40,a,\n";

START_TEST(every_row_gets_a_verdict)
{
    static const char *const expected[] = {
        "accepted",
        "accepted",
        "rejected unit_code outside_slice",
        "rejected unit_code not_found",
        "rejected unit_code outside_slice",
        "rejected on in_future",
        "rejected - same_as_line",
        "rejected on format",
        "rejected people type",
        "rejected source required",
        "rejected - too_few",
        "rejected unit_kind enum",
        "accepted",
    };
    struct answer report = import("district.manager", "", mixed);
    for (int i = 0; i < 13; i++) {
        ck_assert_str_eq(verdict(report, i), expected[i]);
        ck_assert_int_eq(integer_member(report, text("items.%d.line", i)), i + 2);
    }
    ck_assert_str_eq(text_member(report, "items.6.detail"), "trùng với dòng 2");
    ck_assert_int_eq(integer_member(report, "accepted"), 3);
    ck_assert_int_eq(integer_member(report, "rejected"), 10);
    ck_assert_int_eq(integer_member(report, "written"), 0);
    ck_assert_str_eq(recorded(), "0");
}
END_TEST

START_TEST(a_dry_run_says_what_the_real_run_says_and_writes_nothing)
{
    struct answer dry = import("district.manager", "?partial=true&dry_run=true", mixed);
    ck_assert_int_eq(integer_member(dry, "written"), 0);
    ck_assert_str_eq(recorded(), "0");
    struct answer real = import("district.manager", "?partial=true", mixed);
    ck_assert_int_eq(integer_member(real, "written"), 3);
    ck_assert_str_eq(recorded(), "3");
    ck_assert(json_equal(member(dry, "items"), member(real, "items")));
    struct answer again = import("district.manager", "?partial=true", mixed);
    ck_assert_int_eq(integer_member(again, "unchanged"), 3);
    ck_assert_int_eq(integer_member(again, "written"), 0);
    ck_assert_str_eq(recorded(), "3");
}
END_TEST

START_TEST(a_dry_run_uses_no_key_up_and_takes_no_other_answer)
{
    static const char file[] = NAMES "commune,23173,total,2026-01-01,100,a,\n";
    const char *const key[] = {"Idempotency-Key: import-0001", NULL};
    struct answer dry =
        call_with("commune.manager", "POST", "/v1/populations/import?dry_run=true", file, key);
    ck_assert_int_eq(integer_member(expect_status(dry, 200), "written"), 0);
    struct answer real = call_with("commune.manager", "POST", "/v1/populations/import", file, key);
    ck_assert_int_eq(integer_member(expect_status(real, 200), "written"), 1);
    struct answer again = call_with("commune.manager", "POST", "/v1/populations/import", file, key);
    ck_assert_str_eq(answer_header(expect_status(again, 200), "Idempotency-Replayed"), "true");
    ck_assert_str_eq(again.body, real.body);
    expect_problem(call_with("commune.manager", "POST", "/v1/populations/import",
                             NAMES "commune,23173,total,2026-01-01,101,a,\n", key),
                   422, "idempotency_key_reused");
    ck_assert_str_eq(recorded(), "1");
}
END_TEST

START_TEST(a_line_of_a_superior_is_not_overruled_by_a_file)
{
    expect_status(record("province.manager", 123173, "2026-01-01", 100, "a"), 201);
    struct answer report =
        import("commune.manager", "", NAMES "commune,23173,total,2026-01-01,7,b,\n");
    ck_assert_str_eq(verdict(report, 0), "accepted");
    ck_assert_str_eq(in_force(123173, "2026-01-01"), "100 168");
}
END_TEST

static void refused(const char *file, const char *code, const char *pointer, const char *flaw)
{
    struct answer answer = call("commune.manager", "POST", "/v1/populations/import", file);
    expect_problem(answer, 400, code);
    if (flaw) {
        ck_assert_str_eq(text_member(answer, "errors.0.pointer"), pointer);
        ck_assert_str_eq(text_member(answer, "errors.0.code"), flaw);
    }
}

/* Byte by byte what is said here, and safe in a thread. */
static int raw_post(const char *token, const char *key, const char *type, const char *file,
                    size_t size)
{
    char head[2048];
    char reply[64] = "";
    size_t got = 0;
    ssize_t more;
    snprintf(head, sizeof head,
             "POST /v1/populations/import HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
             "Idempotency-Key: %s\r\nContent-Type: %s\r\nConnection: close\r\n"
             "Content-Length: %zu\r\n\r\n",
             token, key, type, size);
    int fd = wire_open(server_port_number());
    wire_send(fd, head);
    if (write(fd, file, size) != (ssize_t)size) {
        close(fd);
        return 0;
    }
    while (got < sizeof reply - 1 && (more = read(fd, reply + got, sizeof reply - 1 - got)) > 0) {
        got += (size_t)more;
    }
    close(fd);
    return wire_status(reply);
}

static int raw_status(const char *type, const char *file, size_t size)
{
    return raw_post(token_of("commune.manager"), "import-raw-1", type, file, size);
}

START_TEST(what_is_no_such_file_is_refused_as_a_whole)
{
    refused("", "malformed_csv", NULL, NULL);
    refused(NAMES "commune,23173,total,2026-01-01,1,\"a,\n", "malformed_csv", "/2", "quote");
    refused("unit_kind,unit_code,kind,on,population,source\n", "invalid_request", "/1/5",
            "unknown");
    refused("unit_kind,unit_code,kind,on,people\n", "invalid_request", "/1/source", "required");
    refused(NAMES, "invalid_request", "", "too_few");
    refused(NAMES "\xff\n", "malformed_csv", NULL, NULL);
    static const char nul[] = NAMES "commune,23173,total,2026-01-01,1,\0,\n";
    ck_assert_int_eq(raw_status("text/csv", nul, sizeof nul - 1), 400);
    ck_assert_int_eq(raw_status("application/json", nul, sizeof nul - 1), 415);
    ck_assert_int_eq(raw_status("text/csv; charset=windows-1258", nul, sizeof nul - 1), 415);
    ck_assert_str_eq(recorded(), "0");
}
END_TEST

enum { WRITERS = 8 };

struct writer {
    pthread_t thread;
    const char *token;
    int status;
};

static void *import_the_same(void *own)
{
    static const char file[] = NAMES "commune,23173,total,2026-01-01,100,a,\n"
                                     "hamlet,23173-900101,total,2026-01-01,40,a,\n";
    struct writer *writer = own;
    char key[37];
    uuid7_text(key);
    writer->status = raw_post(writer->token, key, "text/csv", file, sizeof file - 1);
    return NULL;
}

/* Whoever comes second finds it unchanged, or is told that somebody was at it. */
START_TEST(the_same_file_at_the_same_time_has_one_effect)
{
    struct writer writers[WRITERS];
    const char *token = token_of("commune.manager");
    int done = 0;
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.token = token};
        pthread_create(&writers[i].thread, NULL, import_the_same, &writers[i]);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        ck_assert_msg(writers[i].status == 200 || writers[i].status == 409, "%d",
                      writers[i].status);
        done += writers[i].status == 200;
    }
    ck_assert_int_ge(done, 1);
    ck_assert_str_eq(recorded(), "2");
}
END_TEST

START_TEST(a_file_of_windows_is_read)
{
    struct answer report = import("commune.manager", "",
                                  "\xEF\xBB\xBFon,people,kind,unit_code,unit_kind,source\r\n"
                                  "2026-01-01,100,total,23173,commune,\"Cu\xCC\xA3"
                                  "c\"\r\n");
    ck_assert_int_eq(integer_member(report, "written"), 1);
    ck_assert_str_eq(sql_text("select source from population"), "Cục");
}
END_TEST

/* Each of Lâm Đồng's communes on many days. */
static const char *large_file(int rows)
{
    static const char *const communes[] = {"23173", "23149", "23152", "23158", "23188"};
    size_t room = (size_t)rows * 80 + 100;
    char *file = malloc(room);
    ck_assert_ptr_nonnull(file);
    size_t used = (size_t)snprintf(file, room, "%s", NAMES);
    for (int i = 0; i < rows; i++) {
        used += (size_t)snprintf(file + used, room - used,
                                 "commune,%s,%s,%d-%02d-%02d,%d,Chi cục Thống kê,\n",
                                 communes[i % 5], i / 5 % 2 ? "total" : "labour_force",
                                 1980 + i / 10 / 336, 1 + i / 10 / 28 % 12, 1 + i / 10 % 28, i);
    }
    const char *kept = text("%s", file);
    free(file);
    return kept;
}

START_TEST(ten_thousand_rows_are_one_statement)
{
    const char *file = large_file(MANY);
    ck_assert_uint_gt(strlen(file), 262144);
    uint64_t before = monotonic_ns();
    struct answer report = import("district.manager", "", file);
    double seconds = (double)(monotonic_ns() - before) / 1e9;
    ck_assert_int_eq(integer_member(report, "written"), MANY);
    ck_assert_uint_eq(json_array_size(member(report, "items")), MANY);
    ck_assert_msg(seconds < 4, "%.1f s", seconds);
    struct answer again = import("district.manager", "", file);
    ck_assert_int_eq(integer_member(again, "unchanged"), MANY);
    ck_assert_int_eq(integer_member(again, "written"), 0);
    struct answer most = import("district.manager", "?dry_run=true", large_file(20000));
    ck_assert_int_eq(integer_member(most, "accepted"), 10000);
    refused(large_file(20001), "invalid_request", "", "too_many");
}
END_TEST

START_TEST(more_than_four_mebibytes_are_refused)
{
    size_t size = 4 * 1024 * 1024 + 1;
    char *file = malloc(size + 1);
    ck_assert_ptr_nonnull(file);
    memset(file, 'a', size);
    file[size] = '\0';
    expect_problem(call("commune.manager", "POST", "/v1/populations/import", file), 413,
                   "body_too_large");
    free(file);
}
END_TEST

Suite *population_suite(void)
{
    Suite *suite = suite_create("population");
    TCase *tcase = tcase_create("population");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, clear);
    tcase_add_test(tcase, a_figure_is_recorded_and_listed);
    tcase_add_test(tcase, a_neighbour_sees_nothing_and_says_nothing);
    tcase_add_test(tcase, what_cannot_be_is_refused);
    tcase_add_test(tcase, a_correction_is_one_more_revision);
    tcase_add_test(tcase, the_newest_day_counts_and_then_the_highest_giver);
    tcase_add_test(tcase, every_row_gets_a_verdict);
    tcase_add_test(tcase, a_dry_run_says_what_the_real_run_says_and_writes_nothing);
    tcase_add_test(tcase, a_dry_run_uses_no_key_up_and_takes_no_other_answer);
    tcase_add_test(tcase, a_line_of_a_superior_is_not_overruled_by_a_file);
    tcase_add_test(tcase, what_is_no_such_file_is_refused_as_a_whole);
    tcase_add_test(tcase, the_same_file_at_the_same_time_has_one_effect);
    tcase_add_test(tcase, a_file_of_windows_is_read);
    tcase_add_test(tcase, ten_thousand_rows_are_one_statement);
    tcase_add_test(tcase, more_than_four_mebibytes_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
