/* All tests in one program. The last line is Check's: how many ran, failed and broke. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/harness.h"
#include "tests/support/suites.h"

/* In this order: what needs no server first, what changes the demo's rows last. */
// clang-format off
static Suite *(*const suites[])(void) = {
    arena_suite, render_suite, text_suite, url_suite, frame_suite, limit_suite, visitor_suite,
    rate_suite, forward_suite, route_suite, permit_suite, problem_suite, page_suite, token_suite,
    log_suite, log_queue_suite, trace_suite, metrics_suite, token_cache_suite, rotation_suite,
    differential_suite, schema_suite, contract_suite, config_suite, password_suite,
    period_rules_suite, split_rules_suite, progress_rules_suite, enrolment_rules_suite,
    quote_rules_suite, refund_rules_suite, remuneration_rules_suite, fingerprint_suite, csv_body_suite, session_suite,
    user_suite, http_suite, h1spec_suite, defects_suite, slow_suite, unit_suite, history_suite,
    matrix_suite, wall_suite, sql_matrix_suite, story_suite, person_suite, register_suite,
    household_suite, elsewhere_suite, transaction_suite, precondition_suite, idempotency_suite,
    pool_suite, express_suite, overload_suite, memory_suite, metrics_show_suite, life_suite,
    decision_suite, assignee_suite, ratio_suite, withdrawal_suite, declaration_suite,
    division_suite, phasing_suite, as_of_suite, ledger_suite, ledger_fire_suite, published_suite,
    population_suite, reported_count_suite, threshold_suite, coverage_rate_suite, proposal_suite,
    price_rate_suite, quote_suite, price_suite, lump_sum_suite, enrolment_suite, life_cycle_suite, receipt_rules_suite, receipt_suite, money_fire_suite, participation_suite,
    dossier_suite, remuneration_suite, network_suite,
    cell_rules_suite, import_rules_suite, table_suite, export_suite, import_suite, job_suite,
    progress_suite, rollup_suite, lists_suite, example_suite, start_suite, demo_suite,
    plan_order_suite, upgrade_suite, readme_suite, whole_log_suite, coverage_suite,
};
// clang-format on

int main(void)
{
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
        srunner_add_suite(runner, suites[i]());
    }
    /* The suites share one server and its tokens, so they run in this process. */
    srunner_set_fork_status(runner, CK_NOFORK);
    if (!harness_start()) {
        harness_stop();
        srunner_free(runner);
        return EXIT_FAILURE;
    }
    srunner_run_all(runner, CK_SILENT);
    harness_stop(); /* the server's own leak check must pass before the totals are printed */
    srunner_print(runner, CK_ENV);
    fflush(stdout); /* the leak checker ends the program at once */
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
