/* The story, the prices and the day of a collector in README.md are executed exactly as they are printed there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

/* Writes the ```sh blocks below the heading into a script; returns how many lines they have. */
static int extract(const char *heading, FILE *out)
{
    char line[1024];
    bool below = false;
    bool inside = false;
    int lines = 0;
    FILE *readme = fopen("README.md", "r");
    ck_assert_ptr_nonnull(readme);
    while (fgets(line, sizeof line, readme)) {
        if (strncmp(line, "## ", 3) == 0) {
            below = strncmp(line + 3, heading, strlen(heading)) == 0;
        } else if (inside && strncmp(line, "```", 3) == 0) {
            inside = false;
        } else if (inside) {
            fputs(line, out);
            lines++;
        } else if (below && strcmp(line, "```sh\n") == 0) {
            inside = true;
        }
    }
    fclose(readme);
    return lines;
}

/* What the demo holds, so that the story starts from it whatever ran before. */
static void empty_the_demo(void)
{
    sql_text("truncate cut_declaration, cut_total, assignment_entry, assignment_acceptance, "
             "assignment, plan, decision, progress_delta, progress_total, credit_total, coverage, "
             "person_period, enrolment_event, enrolment_line, enrolment_refund, "
             "credit_correction, cash_entry, cash_handover, cash_box, receipt, remittance, "
             "dossier_line, dossier, enrolment, "
             "household_member, household, entitlement, "
             "person_sensitive, person_move, person_identity, person, "
             "population, reported_count");
}

/* The tables of the chapter on prices. */
static const char *const bills[] = {
    "father: 1366200 = participant 1366200\n",
    "mother: 956340 = participant 956340\n",
    "pupil: 1366200 = participant 683100 + state 683100\n",
    "grandmother: 819720 = participant 819720\n",
    "2025-06-30: 3960000 = participant 2970000 + state 990000\n",
    "2026-12-31: 3960000 = participant 2376000 + state 1584000\n",
    "2027-01-01: 5808000 = participant 3484800 + state 2323200\n",
    "wife: 1980000 = participant 396000 + state 990000 + province 594000\n",
    "husband: 6600000 = participant 5016000 + state 990000 + province 594000\n",
    "rate_missing chưa có mức vsi_fund_rate.all 2026-11-22\n",
    "{\"contribution\":3960000,\"participant\":3168000,\"group\":\"other\"}\n",
    "{\"unused_months\":11,\"amount\":2904000,\"support_kept\":726000}\n",
};

/* What the day of a collector prints. */
static const char *const day[] = {
    "in hand 3168000, late 0\n",
    "1. K' Tiếu: BHYT hộ gia đình, 12 tháng (",
    "Bằng chữ: Hai triệu ba trăm hai mươi hai nghìn năm trăm bốn mươi đồng\n",
    "in hand 5490540, late 0\n",
    "[2322540,-956340]\n",
    "in hand 4534200, late 0\n",
    "D03-TS: 1 lines, 1366200 VND\n",
    "D05-TS: 1 lines, 3168000 VND\n",
    "[\"decided\",\"accepted\",\"issued\"]\n",
    "[\"decided\",\"returned\",\"submitted\"]\n",
    "[1,\"submitted\"]\n",
    "{\"amount\":4534200,\"receipts\":3,\"status\":\"declared\"}\n",
    "in hand 0, late 0\n",
    "{\"status\":\"reconciled\",\"difference\":34200}\n",
    "in hand 34200, late 0\n",
    "[\"hhi\",\"new\",1366200,",
    "[\"vsi\",\"new\",3168000,",
};

START_TEST(the_story_runs_as_printed)
{
    char output[65536];
    FILE *script = fopen("build/story.sh", "w");
    ck_assert_ptr_nonnull(script);
    fputs("set -euo pipefail\n", script);
    ck_assert_int_gt(extract("The story", script), 20);
    ck_assert_int_gt(extract("What does it cost?", script), 15);
    ck_assert_int_gt(extract("A day of a collector", script), 30);
    fclose(script);
    empty_the_demo();
    setenv("ANSINH", base_url(), 1);
    setenv("ANSINH_DEMO_PASSWORD", "test-password-2026", 1);
    FILE *run = popen("bash build/story.sh 2>&1", "r");
    size_t size = fread(output, 1, sizeof output - 1, run);
    output[size] = '\0';
    ck_assert_msg(pclose(run) == 0, "%s", output);
    ck_assert_msg(strstr(output, "province 1000 1 999") != NULL, "%s", output);
    ck_assert_msg(strstr(output, "\"percent\":84.79,") != NULL, "%s", output);
    ck_assert_msg(strstr(output, "neighbours see 0 0 0") != NULL, "%s", output);
    ck_assert_msg(strstr(output, "not_found") != NULL, "%s", output);
    for (size_t i = 0; i < sizeof bills / sizeof *bills; i++) {
        ck_assert_msg(strstr(output, bills[i]) != NULL, "no %s in %s", bills[i], output);
    }
    for (size_t i = 0; i < sizeof day / sizeof *day; i++) {
        ck_assert_msg(strstr(output, day[i]) != NULL, "no %s in %s", day[i], output);
    }
}
END_TEST

Suite *readme_suite(void)
{
    Suite *suite = suite_create("readme");
    TCase *tcase = tcase_create("readme");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, harness_forget);
    tcase_add_test(tcase, the_story_runs_as_printed);
    suite_add_tcase(suite, tcase);
    return suite;
}
