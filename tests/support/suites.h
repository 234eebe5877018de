/* Every file of tests is one suite; tests/main.c runs them all. */
#ifndef ANSINH_TESTS_SUITES_H
#define ANSINH_TESTS_SUITES_H

#include <check.h>

#undef fail /* an old macro of Check, with the name that problem.h has for a function */

Suite *arena_suite(void);
Suite *config_suite(void);
Suite *defects_suite(void);
Suite *enrolment_rules_suite(void);
Suite *csv_body_suite(void);
Suite *fingerprint_suite(void);
Suite *forward_suite(void);
Suite *frame_suite(void);
Suite *h1spec_suite(void);
Suite *life_suite(void);
Suite *limit_suite(void);
Suite *log_suite(void);
Suite *log_queue_suite(void);
Suite *page_suite(void);
Suite *password_suite(void);
Suite *period_rules_suite(void);
Suite *permit_suite(void);
Suite *pool_suite(void);
Suite *metrics_suite(void);
Suite *metrics_show_suite(void);
Suite *express_suite(void);
Suite *overload_suite(void);
Suite *problem_suite(void);
Suite *rate_suite(void);
Suite *render_suite(void);
Suite *route_suite(void);
Suite *slow_suite(void);
Suite *split_rules_suite(void);
Suite *progress_rules_suite(void);
Suite *token_suite(void);
Suite *token_cache_suite(void);
Suite *rotation_suite(void);
Suite *differential_suite(void);
Suite *trace_suite(void);
Suite *url_suite(void);
Suite *visitor_suite(void);

Suite *text_suite(void);
Suite *schema_suite(void);
Suite *contract_suite(void);
Suite *transaction_suite(void);
Suite *precondition_suite(void);
Suite *idempotency_suite(void);

Suite *session_suite(void);
Suite *user_suite(void);
Suite *person_suite(void);
Suite *register_suite(void);
Suite *household_suite(void);
Suite *elsewhere_suite(void);
Suite *unit_suite(void);
Suite *history_suite(void);
Suite *published_suite(void);
Suite *story_suite(void);
Suite *progress_suite(void);
Suite *enrolment_suite(void);
Suite *participation_suite(void);
Suite *http_suite(void);
Suite *lists_suite(void);
Suite *example_suite(void);
Suite *matrix_suite(void);
Suite *memory_suite(void);
Suite *wall_suite(void);
Suite *sql_matrix_suite(void);
Suite *decision_suite(void);
Suite *assignee_suite(void);
Suite *ratio_suite(void);
Suite *withdrawal_suite(void);
Suite *declaration_suite(void);
Suite *division_suite(void);
Suite *phasing_suite(void);
Suite *as_of_suite(void);
Suite *ledger_suite(void);
Suite *ledger_fire_suite(void);
Suite *rollup_suite(void);
Suite *price_rate_suite(void);
Suite *population_suite(void);
Suite *reported_count_suite(void);
Suite *threshold_suite(void);
Suite *coverage_rate_suite(void);
Suite *proposal_suite(void);
Suite *start_suite(void);
Suite *plan_order_suite(void);
Suite *demo_suite(void);
Suite *readme_suite(void);
Suite *whole_log_suite(void);
Suite *coverage_suite(void);

#endif
