/* THE table of endpoints: one row each. The handler's name is the operationId of the contract. */
#include "api/routes.h"

#include "api/enrolment/cash.h"
#include "api/enrolment/dossier.h"
#include "api/enrolment/enrolment.h"
#include "api/enrolment/holiday.h"
#include "api/enrolment/participation.h"
#include "api/enrolment/quote.h"
#include "api/enrolment/rate.h"
#include "api/enrolment/receipt.h"
#include "api/enrolment/receipt_book.h"
#include "api/enrolment/refund.h"
#include "api/enrolment/remittance.h"
#include "api/enrolment/remuneration.h"
#include "api/identity/audit.h"
#include "api/identity/session.h"
#include "api/identity/user.h"
#include "api/metrics.h"
#include "api/people/elsewhere.h"
#include "api/people/entitlement.h"
#include "api/people/household.h"
#include "api/people/participant_group.h"
#include "api/people/person.h"
#include "api/probe.h"
#include "api/report/export.h"
#include "api/report/import.h"
#include "api/report/job.h"
#include "api/target/amendment.h"
#include "api/target/assignment.h"
#include "api/target/coverage.h"
#include "api/target/division.h"
#include "api/target/phasing.h"
#include "api/target/plan.h"
#include "api/target/population.h"
#include "api/target/progress.h"
#include "api/target/proposal.h"
#include "api/target/reported_count.h"
#include "api/target/threshold.h"
#include "api/territory/agency.h"
#include "api/territory/association.h"
#include "api/territory/collection_contract.h"
#include "api/territory/collector.h"
#include "api/territory/decision.h"
#include "api/territory/unit.h"

#define UNIT_TIERS (TIER_NATION | TIER_PROVINCE | TIER_DISTRICT | TIER_COMMUNE)
#define LOCAL_TIERS (TIER_PROVINCE | TIER_DISTRICT | TIER_COMMUNE)
#define BESIDE_TIERS (LOCAL_TIERS | TIER_AGENT)
#define USER_TIERS (UNIT_TIERS | TIER_AGENT)
#define OFFICE_TIERS (TIER_PROVINCE | TIER_DISTRICT)
#define MONEY_TIERS (OFFICE_TIERS | TIER_AGENT)
#define RATE_TIERS (TIER_NATION | TIER_PROVINCE)
#define FIELD_TIERS (TIER_DISTRICT | TIER_COMMUNE | TIER_AGENT)

// clang-format off
const struct route routes[] = {
/*        method path                          tiers         permission       handler */
    ROUTE(GET,   "/livez",                     ANYONE,       NOTHING,         probe_live),
    ROUTE(GET,   "/readyz",                    ANYONE,       NOTHING,         probe_ready),
    ROUTE(GET,   "/openapi.json",              ANYONE,       NOTHING,         contract_show),
    ROUTE(GET,   "/docs",                      ANYONE,       NOTHING,         docs_show),

    ROUTE(POST,  "/v1/sessions",               ANYONE,       NOTHING,         session_create),
    ROUTE(GET,   "/v1/sessions",               ANY_TIER,     OWN_ACCOUNT,     session_list),
    ROUTE(DELETE, "/v1/sessions",              ANY_TIER,     OWN_ACCOUNT,     session_delete_all),
    ROUTE(DELETE, "/v1/sessions/{id}",         ANY_TIER,     OWN_ACCOUNT,     session_delete),
    ROUTE(POST,  "/v1/sessions/refresh",       ANYONE,       NOTHING,         session_refresh),
    ROUTE(GET,   "/v1/me",                     ANY_TIER,     OWN_ACCOUNT,     user_me),
    ROUTE(PUT,   "/v1/me/password",            ANY_TIER,     OWN_ACCOUNT,     password_set),
    ROUTE(GET,   "/v1/users",                  USER_TIERS,   USER_READ,       user_list),
    ROUTE(POST,  "/v1/users",                  UNIT_TIERS,   USER_MANAGE,     user_create),
    ROUTE(GET,   "/v1/users/{id}",             USER_TIERS,   USER_READ,       user_get),
    GUARDED(PATCH, "/v1/users/{id}",           UNIT_TIERS,   USER_MANAGE,     user_update),
    ROUTE(POST,  "/v1/users/{id}/reset",       UNIT_TIERS,   USER_MANAGE,     user_reset),
    ROUTE(POST,  "/v1/users/{id}/revoke",      UNIT_TIERS,   USER_MANAGE,     user_revoke),

    ROUTE(GET,   "/v1/units",                  ANY_TIER,     UNIT_READ,       unit_list),
    ROUTE(POST,  "/v1/units",                  TIER_COMMUNE, UNIT_WRITE,      unit_create),
    ROUTE(GET,   "/v1/units/{id}",             ANY_TIER,     UNIT_READ,       unit_get),
    ROUTE(GET,   "/v1/units/{id}/ancestors",   ANY_TIER,     UNIT_READ,       unit_ancestors),
    ROUTE(GET,   "/v1/units/{id}/successors",  ANY_TIER,     UNIT_READ,       unit_successors),
    ROUTE(GET,   "/v1/units/{id}/predecessors", ANY_TIER,    UNIT_READ,       unit_predecessors),
    ROUTE(GET,   "/v1/unit-events",            ANY_TIER,     UNIT_READ,       unit_event_list),
    ROUTE(GET,   "/v1/collectors",             ANY_TIER,     NETWORK_READ,    collector_list),
    ROUTE(POST,  "/v1/collectors",             OFFICE_TIERS, NETWORK_WRITE,   collector_create),
    ROUTE(GET,   "/v1/collectors/{id}",        ANY_TIER,     NETWORK_READ,    collector_get),
    GUARDED(PATCH, "/v1/collectors/{id}",      OFFICE_TIERS, NETWORK_WRITE,   collector_update),
    ROUTE(GET,   "/v1/agencies",               ANY_TIER,     NETWORK_READ,    agency_list),
    ROUTE(POST,  "/v1/agencies",               OFFICE_TIERS, NETWORK_WRITE,   agency_create),
    ROUTE(GET,   "/v1/agencies/{id}",          ANY_TIER,     NETWORK_READ,    agency_get),
    GUARDED(PATCH, "/v1/agencies/{id}",        OFFICE_TIERS, NETWORK_WRITE,   agency_update),

    ROUTE(GET,   "/v1/associations",           UNIT_TIERS,   NETWORK_READ,    association_list),
    ROUTE(POST,  "/v1/associations",           LOCAL_TIERS,  NETWORK_WRITE,   association_create),
    ROUTE(GET,   "/v1/associations/{id}",      UNIT_TIERS,   NETWORK_READ,    association_get),

    ROUTE(GET,   "/v1/indicators",             ANY_TIER,     TARGET_READ,     indicator_list),
    ROUTE(GET,   "/v1/decisions",              UNIT_TIERS,   TARGET_READ,     decision_list),
    ROUTE(POST,  "/v1/decisions",              UNIT_TIERS,   TARGET_ASSIGN,   decision_create),
    ROUTE(GET,   "/v1/decisions/{id}",         UNIT_TIERS,   TARGET_READ,     decision_get),
    ROUTE(GET,   "/v1/plans",                  UNIT_TIERS,   TARGET_READ,     plan_list),
    ROUTE(POST,  "/v1/plans",                  UNIT_TIERS,   TARGET_ASSIGN,   plan_create),
    ROUTE(GET,   "/v1/plans/{id}",             UNIT_TIERS,   TARGET_READ,     plan_get),
    ROUTE(GET,   "/v1/assignments",            ANY_TIER,     TARGET_READ,     assignment_list),
    ROUTE(GET,   "/v1/assignments/{id}",       ANY_TIER,     TARGET_READ,     assignment_get),
    ROUTE(POST,  "/v1/assignments/{id}/split", UNIT_TIERS,   TARGET_ASSIGN,   assignment_split),
    ROUTE(POST,  "/v1/assignments/{id}/propose", UNIT_TIERS, TARGET_ASSIGN,   assignment_propose),
    ROUTE(POST,  "/v1/assignments/{id}/amend", UNIT_TIERS,   TARGET_ASSIGN,   assignment_amend),
    ROUTE(POST,  "/v1/assignments/{id}/withdraw", UNIT_TIERS, TARGET_ASSIGN,  assignment_withdraw),
    ROUTE(POST,  "/v1/assignments/{id}/phase", UNIT_TIERS,   TARGET_ASSIGN,   assignment_phase),
    ROUTE(POST,  "/v1/assignments/{id}/declare", UNIT_TIERS, TARGET_ASSIGN,   assignment_declare),
    ROUTE(GET,   "/v1/assignments/{id}/declarations", UNIT_TIERS, TARGET_READ, declaration_list),
    ROUTE(POST,  "/v1/assignments/{id}/accept", ANY_TIER,    TARGET_ACCEPT,   assignment_accept),
    ROUTE(GET,   "/v1/assignments/{id}/history", ANY_TIER,   TARGET_READ,     assignment_history),
    ROUTE(GET,   "/v1/divisions",              UNIT_TIERS,   TARGET_READ,     division_list),
    ROUTE(GET,   "/v1/progress",               ANY_TIER,     PROGRESS_READ,   progress_get),
    ROUTE(GET,   "/v1/progress/rank",          BESIDE_TIERS, PROGRESS_READ,   progress_rank_get),

    ROUTE(GET,   "/v1/populations",            UNIT_TIERS,   FIGURE_READ,     population_list),
    ROUTE(POST,  "/v1/populations",            UNIT_TIERS,   FIGURE_WRITE,    population_create),
    ROUTE(POST,  "/v1/populations/import",     UNIT_TIERS,   FIGURE_WRITE,    population_import),
    ROUTE(GET,   "/v1/payer-groups",           ANY_TIER,     FIGURE_READ,     payer_group_list),
    ROUTE(GET,   "/v1/reported-counts",        UNIT_TIERS,   FIGURE_READ,     reported_count_list),
    ROUTE(POST,  "/v1/reported-counts",        UNIT_TIERS,   FIGURE_WRITE,    reported_count_create),
    ROUTE(POST,  "/v1/reported-counts/import", UNIT_TIERS,   FIGURE_WRITE,    reported_count_import),
    ROUTE(GET,   "/v1/thresholds",             ANY_TIER,     FIGURE_READ,     threshold_list),
    ROUTE(POST,  "/v1/thresholds",             TIER_NATION,  TARGET_ASSIGN,   threshold_create),
    ROUTE(GET,   "/v1/coverage",               UNIT_TIERS,   FIGURE_READ,     coverage_get),

    ROUTE(GET,   "/v1/participant-groups",     ANY_TIER,     PERSON_READ,     participant_group_list),
    AUDITED(GET, "/v1/people",                 ANY_TIER,     PERSON_READ,     person_search),
    ROUTE(POST,  "/v1/people",                 FIELD_TIERS,  PERSON_WRITE,    person_create),
    AUDITED(GET, "/v1/people/{id}",            ANY_TIER,     PERSON_READ,     person_get),
    GUARDED(PATCH, "/v1/people/{id}",          FIELD_TIERS,  PERSON_WRITE,    person_update),
    ROUTE(POST,  "/v1/people/{id}/merge",      LOCAL_TIERS,  PERSON_WRITE,    person_merge),
    ROUTE(POST,  "/v1/coverage-lookups",       FIELD_TIERS,  PERSON_WRITE,    coverage_lookup_create),
    ROUTE(GET,   "/v1/person-moves",           ANY_TIER,     PERSON_READ,     person_move_list),
    ROUTE(POST,  "/v1/person-moves",           FIELD_TIERS,  PERSON_WRITE,    person_move_create),
    ROUTE(POST,  "/v1/person-moves/{id}/object", FIELD_TIERS, PERSON_WRITE,   person_move_object),
    ROUTE(POST,  "/v1/people/{id}/entitlements", LOCAL_TIERS, PERSON_WRITE,   entitlement_create),
    ROUTE(POST,  "/v1/entitlements/{id}/end",  LOCAL_TIERS,  PERSON_WRITE,    entitlement_end),
    AUDITED(GET, "/v1/households",             ANY_TIER,     PERSON_READ,     household_list),
    ROUTE(POST,  "/v1/households",             FIELD_TIERS,  PERSON_WRITE,    household_create),
    AUDITED(GET, "/v1/households/{id}",        ANY_TIER,     PERSON_READ,     household_get),
    GUARDED(PATCH, "/v1/households/{id}",      FIELD_TIERS,  PERSON_WRITE,    household_update),
    ROUTE(POST,  "/v1/households/{id}/members", FIELD_TIERS, PERSON_WRITE,    household_join),
    ROUTE(POST,  "/v1/households/{id}/leave",  FIELD_TIERS,  PERSON_WRITE,    household_leave),
    ROUTE(POST,  "/v1/households/{id}/split",  FIELD_TIERS,  PERSON_WRITE,    household_split),
    ROUTE(GET,   "/v1/audit",                  UNIT_TIERS,   AUDIT_READ,      audit_list),

    ROUTE(GET,   "/v1/rates",                  ANY_TIER,     RATE_READ,       rate_list),
    ROUTE(POST,  "/v1/rates",                  RATE_TIERS,   RATE_WRITE,      rate_create),
    ROUTE(POST,  "/v1/rates/{id}/end",         RATE_TIERS,   RATE_WRITE,      rate_end),
    ROUTE(GET,   "/v1/rate-keys",              ANY_TIER,     RATE_READ,       rate_key_list),
    AUDITED(POST, "/v1/quotes",                ANY_TIER,     RATE_READ,       quote_create),

    ROUTE(GET,   "/v1/enrolments",             ANY_TIER,     ENROLMENT_READ,  enrolment_list),
    ROUTE(POST,  "/v1/enrolments",             FIELD_TIERS,  ENROLMENT_WRITE, enrolment_create),
    ROUTE(GET,   "/v1/enrolments/{id}",        ANY_TIER,     ENROLMENT_READ,  enrolment_get),
    ROUTE(POST,  "/v1/enrolments/{id}/submit", FIELD_TIERS,  ENROLMENT_WRITE, enrolment_submit),
    ROUTE(POST,  "/v1/enrolments/{id}/accept", OFFICE_TIERS, ENROLMENT_DECIDE, enrolment_accept),
    ROUTE(POST,  "/v1/enrolments/{id}/reject", OFFICE_TIERS, ENROLMENT_DECIDE, enrolment_reject),
    ROUTE(POST,  "/v1/enrolments/{id}/issue",  OFFICE_TIERS, ENROLMENT_DECIDE, enrolment_issue),
    ROUTE(POST,  "/v1/enrolments/{id}/credit", OFFICE_TIERS, ENROLMENT_DECIDE, enrolment_credit),
    ROUTE(POST,  "/v1/enrolments/{id}/void",   FIELD_TIERS,  ENROLMENT_WRITE, enrolment_void),
    ROUTE(POST,  "/v1/enrolments/{id}/refund", OFFICE_TIERS, ENROLMENT_DECIDE, refund_create),
    ROUTE(POST,  "/v1/enrolments/{id}/refund-quote", ANY_TIER, RATE_READ,     refund_quote),
    ROUTE(GET,   "/v1/contracts",              MONEY_TIERS,  NETWORK_READ,    collection_contract_list),
    ROUTE(POST,  "/v1/contracts",              OFFICE_TIERS, NETWORK_WRITE,   collection_contract_create),
    ROUTE(GET,   "/v1/contracts/{id}",         MONEY_TIERS,  NETWORK_READ,    collection_contract_get),
    ROUTE(POST,  "/v1/contracts/{id}/end",     OFFICE_TIERS, NETWORK_WRITE,   collection_contract_end),
    ROUTE(GET,   "/v1/receipt-books",          MONEY_TIERS,  NETWORK_READ,    receipt_book_list),
    ROUTE(POST,  "/v1/receipt-books",          OFFICE_TIERS, NETWORK_WRITE,   receipt_book_create),
    ROUTE(GET,   "/v1/receipt-books/{id}",     MONEY_TIERS,  NETWORK_READ,    receipt_book_get),
    ROUTE(POST,  "/v1/receipt-books/{id}/allot", MONEY_TIERS, NETWORK_WRITE,  receipt_book_allot),
    ROUTE(POST,  "/v1/receipt-books/{id}/close", MONEY_TIERS, NETWORK_WRITE,  receipt_book_close),
    ROUTE(GET,   "/v1/receipts",               MONEY_TIERS,  ENROLMENT_READ,  receipt_list),
    ROUTE(POST,  "/v1/receipts",               TIER_AGENT,   ENROLMENT_WRITE, receipt_create),
    ROUTE(GET,   "/v1/receipts/{id}",          MONEY_TIERS,  ENROLMENT_READ,  receipt_get),
    ROUTE(GET,   "/v1/receipts/{id}/print",    MONEY_TIERS,  ENROLMENT_READ,  receipt_print),
    ROUTE(GET,   "/v1/cash",                   MONEY_TIERS,  ENROLMENT_READ,  cash_list),
    ROUTE(GET,   "/v1/cash/{id}/entries",      MONEY_TIERS,  ENROLMENT_READ,  cash_entry_list),
    ROUTE(POST,  "/v1/cash-handovers",         MONEY_TIERS,  NETWORK_WRITE,   cash_handover_create),
    ROUTE(GET,   "/v1/remittances",            MONEY_TIERS,  ENROLMENT_READ,  remittance_list),
    ROUTE(POST,  "/v1/remittances",            TIER_AGENT,   ENROLMENT_WRITE, remittance_create),
    ROUTE(GET,   "/v1/remittances/{id}",       MONEY_TIERS,  ENROLMENT_READ,  remittance_get),
    ROUTE(POST,  "/v1/remittances/{id}/reconcile", OFFICE_TIERS, ENROLMENT_DECIDE, remittance_reconcile),

    ROUTE(POST,  "/v1/participations",         FIELD_TIERS,  ENROLMENT_WRITE, participation_declare),
    ROUTE(POST,  "/v1/participations/import",  OFFICE_TIERS, ENROLMENT_DECIDE, participation_import),
    ROUTE(GET,   "/v1/participations/{id}",    ANY_TIER,     ENROLMENT_READ,  participation_get),
    ROUTE(POST,  "/v1/participations/{id}/void", OFFICE_TIERS, ENROLMENT_DECIDE, participation_void),

    ROUTE(GET,   "/v1/dossier-forms",          ANY_TIER,     ENROLMENT_READ,  dossier_form_list),
    ROUTE(GET,   "/v1/holidays",               ANY_TIER,     RATE_READ,       holiday_list),
    ROUTE(POST,  "/v1/holidays",               TIER_NATION,  RATE_WRITE,      holiday_create),
    ROUTE(GET,   "/v1/dossiers",               ANY_TIER,     ENROLMENT_READ,  dossier_list),
    ROUTE(POST,  "/v1/dossiers",               TIER_AGENT,   ENROLMENT_WRITE, dossier_create),
    AUDITED(GET, "/v1/dossiers/{id}",          ANY_TIER,     ENROLMENT_READ,  dossier_get),
    ROUTE(POST,  "/v1/dossiers/{id}/resubmit", TIER_AGENT,   ENROLMENT_WRITE, dossier_resubmit),
    ROUTE(POST,  "/v1/dossiers/{id}/decide",   OFFICE_TIERS, ENROLMENT_DECIDE, dossier_decide),
    ROUTE(GET,   "/v1/remuneration",           MONEY_TIERS,  ENROLMENT_READ, remuneration_get),


    ROUTE(POST,  "/v1/exports",                ANY_TIER,     OWN_ACCOUNT,     export_create),
    ROUTE(POST,  "/v1/imports",                FIELD_TIERS,  ENROLMENT_WRITE, import_create),
    ROUTE(GET,   "/v1/jobs",                   ANY_TIER,     OWN_ACCOUNT,     job_list),
    ROUTE(GET,   "/v1/jobs/{id}",              ANY_TIER,     OWN_ACCOUNT,     job_get),
    ROUTE(POST,  "/v1/jobs/{id}/cancel",       ANY_TIER,     OWN_ACCOUNT,     job_cancel),
    ROUTE(GET,   "/v1/jobs/{id}/verdicts",     ANY_TIER,     OWN_ACCOUNT,     job_verdict_list),
    ROUTE(GET,   "/v1/jobs/{id}/file",         ANY_TIER,     OWN_ACCOUNT,     job_file_get),
};
// clang-format on
const size_t route_count = sizeof routes / sizeof *routes;

const struct route admin_routes[] = {
    ROUTE(GET, "/livez", ANYONE, NOTHING, probe_live),
    ROUTE(GET, "/readyz", ANYONE, NOTHING, probe_ready),
    ROUTE(GET, "/metrics", ANYONE, NOTHING, metrics_show),
};
const size_t admin_route_count = sizeof admin_routes / sizeof *admin_routes;
