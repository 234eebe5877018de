/* Amounts in words. */
#include "api/enrolment/receipt_rules.h"
#include "tests/support/suites.h"

#include <string.h>

static const struct {
    int64_t amount;
    const char *words;
    const char *grouped;
} amounts[] = {
    {0, "Không đồng", "0"},
    {5, "Năm đồng", "5"},
    {10, "Mười đồng", "10"},
    {11, "Mười một đồng", "11"},
    {15, "Mười lăm đồng", "15"},
    {20, "Hai mươi đồng", "20"},
    {21, "Hai mươi mốt đồng", "21"},
    {24, "Hai mươi bốn đồng", "24"},
    {55, "Năm mươi lăm đồng", "55"},
    {100, "Một trăm đồng", "100"},
    {101, "Một trăm lẻ một đồng", "101"},
    {105, "Một trăm lẻ năm đồng", "105"},
    {115, "Một trăm mười lăm đồng", "115"},
    {1000, "Một nghìn đồng", "1.000"},
    {1005, "Một nghìn không trăm lẻ năm đồng", "1.005"},
    {1050, "Một nghìn không trăm năm mươi đồng", "1.050"},
    {10000, "Mười nghìn đồng", "10.000"},
    {1366200, "Một triệu ba trăm sáu mươi sáu nghìn hai trăm đồng", "1.366.200"},
    {956340, "Chín trăm năm mươi sáu nghìn ba trăm bốn mươi đồng", "956.340"},
    {3168000, "Ba triệu một trăm sáu mươi tám nghìn đồng", "3.168.000"},
    {1000001, "Một triệu không trăm lẻ một đồng", "1.000.001"},
    {1000000000, "Một tỷ đồng", "1.000.000.000"},
    {2000005000, "Hai tỷ không trăm lẻ năm nghìn đồng", "2.000.005.000"},
    {1000000000000, "Một nghìn tỷ đồng", "1.000.000.000.000"},
    {-3168000, "Âm ba triệu một trăm sáu mươi tám nghìn đồng", "-3.168.000"},
};

START_TEST(an_amount_is_spoken)
{
    char words[WORDS_ROOM];
    char grouped[GROUPED_ROOM];
    amount_in_words(amounts[_i].amount, words);
    amount_grouped(amounts[_i].amount, grouped);
    ck_assert_str_eq(words, amounts[_i].words);
    ck_assert_str_eq(grouped, amounts[_i].grouped);
}
END_TEST

START_TEST(the_longest_fits)
{
    char words[WORDS_ROOM];
    char grouped[GROUPED_ROOM];
    amount_in_words(INT64_MIN, words);
    amount_grouped(INT64_MIN, grouped);
    ck_assert_str_eq(grouped, "-9.223.372.036.854.775.808");
    ck_assert_ptr_nonnull(strstr(words, "tám trăm lẻ tám đồng"));
}
END_TEST

Suite *receipt_rules_suite(void)
{
    Suite *suite = suite_create("receipt_rules");
    TCase *tcase = tcase_create("receipt_rules");
    tcase_add_loop_test(tcase, an_amount_is_spoken, 0, sizeof amounts / sizeof *amounts);
    tcase_add_test(tcase, the_longest_fits);
    suite_add_tcase(suite, tcase);
    return suite;
}
