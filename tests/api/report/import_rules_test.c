/* Pieces of a file end between two records. */
#include "api/report/import_rules.h"

#include <check.h>
#include <string.h>

#include "tests/support/suites.h"

static struct cutter cutter_of(const char *text)
{
    return (struct cutter){text, text + strlen(text), 1};
}

static void piece_is(const struct piece *piece, const char *wanted, int line, int records)
{
    ck_assert_msg(piece->size == strlen(wanted) && memcmp(piece->text, wanted, piece->size) == 0,
                  "%.*s", (int)piece->size, piece->text);
    ck_assert_int_eq(piece->first_line, line);
    ck_assert_int_eq(piece->records, records);
}

START_TEST(the_names_are_the_first_record)
{
    struct cutter cutter = cutter_of("\r\n\na,\"b\nc\"\r\n1,2\n");
    struct piece piece;
    ck_assert(cut_names(&cutter, &piece));
    piece_is(&piece, "\r\n\na,\"b\nc\"\r\n", 1, 1);
    ck_assert(cut_records(&cutter, 100, &piece));
    piece_is(&piece, "1,2\n", 5, 1);
    ck_assert(!cut_records(&cutter, 100, &piece));
    struct cutter empty = cutter_of(" \n\r\n");
    ck_assert(!cut_names(&empty, &piece));
}
END_TEST

START_TEST(pieces_hold_whole_records)
{
    struct cutter cutter = cutter_of("1,a\n2,\"b\nb\"\n\n3,c\n4");
    struct piece piece;
    ck_assert(cut_records(&cutter, 12, &piece));
    piece_is(&piece, "1,a\n2,\"b\nb\"\n", 1, 2);
    ck_assert(cut_records(&cutter, 5, &piece));
    piece_is(&piece, "\n3,c\n", 4, 1);
    ck_assert(cut_records(&cutter, 5, &piece));
    piece_is(&piece, "4", 6, 1);
    ck_assert(!cut_records(&cutter, 5, &piece));
    ck_assert_ptr_eq(cutter.at, cutter.end);
}
END_TEST

START_TEST(a_record_that_does_not_fit_is_left)
{
    struct cutter cutter = cutter_of("1,\"open\n2,b\n3,c\n");
    struct piece piece;
    ck_assert(!cut_records(&cutter, 10, &piece));
    ck_assert(cutter.at < cutter.end);
    ck_assert(cut_records(&cutter, 100, &piece));
    ck_assert_int_eq(piece.records, 1);
}
END_TEST

Suite *import_rules_suite(void)
{
    Suite *suite = suite_create("import_rules");
    TCase *tcase = tcase_create("pieces");
    tcase_add_test(tcase, the_names_are_the_first_record);
    tcase_add_test(tcase, pieces_hold_whole_records);
    tcase_add_test(tcase, a_record_that_does_not_fit_is_left);
    suite_add_tcase(suite, tcase);
    return suite;
}
