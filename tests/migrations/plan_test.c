/* The plans of the lists: however wide or narrow the slice, a page is read in order from an index and
 * nothing is read for it that is not shown. Proved by EXPLAIN ANALYZE on a database with enough rows,
 * with the generic plans that the server uses. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/caller.h"
#include "statements.h"
#include "tests/support/harness.h"
#include "tests/support/own_database.h"
#include "tests/support/suites.h"

enum { PAGE = 50 };

/* Newest first, from the start and from the middle; by code likewise. The last one is the limit. */
#define NEWEST                                                                                     \
    {                                                                                              \
        "'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '51'",                                \
            "now() - interval '400 days', '01900000-0000-7000-8000-000000000000', '51'"            \
    }

/* From a last day on, until today. */
#define WAITING(from) from ", '00000000-0000-0000-0000-000000000000', '51', current_date"

/* From the newest of a state on. */
#define DIVISION(state) "'" state "', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '51'"
#define MEASURE ", 'vsi_new', '2005-01-01', '2005-12-31'"

/* The same of one unit, the own one. */
#define OF_OWN(more)                                                                               \
    {                                                                                              \
        "scope_id(), " more "'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '51'",            \
            "scope_id(), " more "now() - interval '100 hours', "                                   \
            "'01900000-0000-7000-8000-000000000000', '51'"                                         \
    }

/* The same of the own organisation. */
#define OF_AGENCY                                                                                  \
    {                                                                                              \
        "scope_agent(), 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '51'",                 \
            "scope_agent(), now() - interval '10 days', "                                          \
            "'01900000-0000-7000-8000-000000000000', '51'"                                         \
    }

/* Of the job that has the caller's id. */
#define OF_JOB                                                                                     \
    {                                                                                              \
        "caller_id(), 'check', '1', '51'", "caller_id(), 'check', '300', '51'"                     \
    }

enum shape {
    ORDERED,   /* an ordered index scan that reads one row more than the page at most */
    FEW,       /* a key leaves so few rows that their order does not matter */
    SEARCHING, /* by a part of a name: what is read is not what is shown */
    OUTSIDE    /* rows of a gate function or of a short fixed table */
};

#define ALL_SLICES 0xff
#define ONLY(slice) (1 << (slice))
#define UNIT_SLICES                                                                                \
    (ONLY(SLICE_NATION) | ONLY(SLICE_PROVINCE) | ONLY(SLICE_DISTRICT) | ONLY(SLICE_COMMUNE))

/* Who sees money on its way. */
#define AGENT_SLICES (ONLY(SLICE_AGENCY) | ONLY(SLICE_COLLECTOR))
#define MONEY_SLICES (ONLY(SLICE_PROVINCE) | ONLY(SLICE_DISTRICT) | AGENT_SLICES)
#define HOLDER ", coalesce(scope_agent(), '01900000-0000-7000-8000-0000000000c1')"
#define OF_HOLDER                                                                                  \
    {                                                                                              \
        "'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '51'" HOLDER,                         \
            "now() - interval '9 days', '01900000-0000-7000-8000-000000000000', '51'" HOLDER       \
    }

/* Every statement that is a list. The first row that fits the slice counts. */
static const struct list {
    enum sql_id statement;
    const char *table;
    unsigned slices;
    enum shape shape;
    const char *parameters[2];
} lists[] = {
    {SQL_ENROLMENT_LIST, "enrolment", ALL_SLICES, ORDERED, NEWEST},
    {SQL_COLLECTION_CONTRACT_LIST, "collection_contract",
     ONLY(SLICE_PROVINCE) | ONLY(SLICE_DISTRICT) | ONLY(SLICE_AGENCY), ORDERED, NEWEST},
    {SQL_RECEIPT_BOOK_LIST, "receipt_book", MONEY_SLICES, ORDERED, NEWEST},
    {SQL_RECEIPT_LIST, "receipt", MONEY_SLICES, ORDERED, NEWEST},
    /* What is in a hand is so little that its order does not matter. */
    {SQL_RECEIPT_LIST_IN_HAND, "receipt", MONEY_SLICES, SEARCHING, {NULL}},
    /* Holders are few; what each has in hand is added up. */
    {SQL_CASH_LIST, "cash_box", MONEY_SLICES, SEARCHING, {NULL}},
    {SQL_CASH_LIST_LATE, "cash_box", MONEY_SLICES, SEARCHING, {NULL}},
    /* An office may ask for a holder of elsewhere, whose rows it reads and does not see. */
    {SQL_CASH_ENTRY_LIST, "cash_entry", AGENT_SLICES, ORDERED, OF_HOLDER},
    {SQL_CASH_ENTRY_LIST, "cash_entry", MONEY_SLICES, SEARCHING, {NULL}},
    {SQL_REMITTANCE_LIST, "remittance", MONEY_SLICES, ORDERED, NEWEST},
    {SQL_REMITTANCE_LIST_DECLARED, "remittance", MONEY_SLICES, SEARCHING, {NULL}},
    {SQL_DOSSIER_LIST, "dossier", ALL_SLICES, ORDERED, NEWEST},
    {SQL_DOSSIER_LIST_DECIDED, "dossier", ALL_SLICES, ORDERED, NEWEST},
    {SQL_DOSSIER_LIST_WAITING,
     "dossier",
     ALL_SLICES,
     ORDERED,
     {WAITING("'-infinity'"), WAITING("current_date - 9")}},
    {SQL_DOSSIER_FORM_LIST, "dossier_form", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_HOLIDAY_LIST, "holiday", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_ASSOCIATION_LIST, "association", ALL_SLICES, ORDERED, NEWEST},
    {SQL_DECISION_LIST, "decision", ALL_SLICES, ORDERED, NEWEST},
    {SQL_PLAN_LIST, "plan", ALL_SLICES, ORDERED, NEWEST},
    {SQL_ASSIGNMENT_LIST, "assignment", ALL_SLICES, ORDERED, NEWEST},
    {SQL_ASSIGNMENT_LIST_HELD, "assignment", UNIT_SLICES, ORDERED, NEWEST},
    {SQL_DIVISION_LIST, "cut_total", ALL_SLICES, ORDERED, {DIVISION("~"), DIVISION("over")}},
    {SQL_DIVISION_LIST_IN_STATE,
     "cut_total",
     ALL_SLICES,
     ORDERED,
     {DIVISION("under"), DIVISION("over")}},
    {SQL_DIVISION_LIST_OF_MEASURE,
     "cut_total",
     ALL_SLICES,
     ORDERED,
     {DIVISION("~") MEASURE, DIVISION("over") MEASURE}},
    {SQL_DIVISION_LIST_OF_MEASURE_IN_STATE,
     "cut_total",
     ALL_SLICES,
     ORDERED,
     {DIVISION("under") MEASURE, DIVISION("over") MEASURE}},
    {SQL_AUDIT_LIST, "audit", ALL_SLICES, ORDERED, NEWEST},
    {SQL_JOB_LIST, "job", ALL_SLICES, ORDERED, NEWEST},
    {SQL_JOB_VERDICT_LIST, "job_verdict", ALL_SLICES, ORDERED, OF_JOB},
    {SQL_JOB_VERDICT_LIST_REJECTED, "job_verdict", ALL_SLICES, ORDERED, OF_JOB},
    {SQL_POPULATION_LIST, "population", ALL_SLICES, ORDERED, NEWEST},
    {SQL_POPULATION_LIST_OF_UNIT, "population", ALL_SLICES, ORDERED, OF_OWN("")},
    {SQL_POPULATION_LIST_OF_KIND, "population", ALL_SLICES, ORDERED, OF_OWN("'total',")},
    {SQL_REPORTED_COUNT_LIST, "reported_count", ALL_SLICES, ORDERED, NEWEST},
    {SQL_REPORTED_COUNT_LIST_OF_UNIT, "reported_count", ALL_SLICES, ORDERED, OF_OWN("")},
    {SQL_REPORTED_COUNT_LIST_OF_INDICATOR, "reported_count", ALL_SLICES, ORDERED,
     OF_OWN("'health_cards',")},
    /* A collector finds themselves, in both. */
    {SQL_COLLECTOR_LIST, "collector", ONLY(SLICE_COLLECTOR), FEW, NEWEST},
    {SQL_COLLECTOR_LIST, "collector", ALL_SLICES, ORDERED, NEWEST},
    /* An office may ask for an organisation of elsewhere, whose collectors it reads and does not see. */
    {SQL_COLLECTOR_LIST_OF_AGENCY, "collector", ONLY(SLICE_AGENCY), ORDERED, OF_AGENCY},
    {SQL_COLLECTOR_LIST_OF_AGENCY, "collector", ALL_SLICES, SEARCHING, {NULL}},
    /* An organisation finds itself, a collector none. */
    {SQL_AGENCY_LIST, "agency", ONLY(SLICE_AGENCY), FEW, NEWEST},
    {SQL_AGENCY_LIST, "agency", UNIT_SLICES, ORDERED, NEWEST},
    {SQL_AGENCY_LIST_OF_UNIT, "agency", UNIT_SLICES, ORDERED, OF_OWN("")},
    {SQL_USER_LIST, "app_user", ONLY(SLICE_COLLECTOR), FEW, NEWEST},
    {SQL_USER_LIST, "app_user", ALL_SLICES, ORDERED, NEWEST},
    {SQL_UNIT_CHILDREN,
     "unit",
     ALL_SLICES,
     ORDERED,
     {"current_date, 168, '', 0, 51", "'2023-11-30', 1, '30', 0, 51"}},
    {SQL_UNIT_CHILDREN_OF_OWN,
     "unit",
     ALL_SLICES,
     ORDERED,
     {"current_date, '', 0, 51", "current_date, '23000', 0, 51"}},
    {SQL_UNIT_OF_KIND,
     "unit",
     ALL_SLICES,
     ORDERED,
     {"current_date, 168, 'hamlet', '', 0, 51", "current_date, 1, 'commune', '23000', 0, 51"}},
    {SQL_UNIT_OF_KIND,
     "unit",
     ALL_SLICES,
     ORDERED,
     {"'2023-11-30', 260, 'commune', '', 0, 51", "'2023-11-30', 1, 'commune', '23000', 0, 51"}},
    /* One unit of each kind at most has the code on a day. */
    {SQL_UNIT_BY_CODE,
     "unit",
     ALL_SLICES,
     FEW,
     {"current_date, '23173', '{commune,hamlet}', '', 0, 51"}},
    {SQL_UNIT_SEARCH, "unit", ALL_SLICES, SEARCHING, {NULL}},
    {SQL_UNIT_EVENT_LIST, "unit_event", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_UNIT_EVENT_LIST_OF_UNIT, "unit_event", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_PERSON_SEARCH, "person", ALL_SLICES, SEARCHING, {NULL}},
    {SQL_PERSON_SEARCH_HOUSEHOLD, "person", ALL_SLICES, SEARCHING, {NULL}},
    /* A territory is many hamlets: its rows are sorted. */
    {SQL_HOUSEHOLD_LIST,
     "household",
     ONLY(SLICE_AGENCY) | ONLY(SLICE_COLLECTOR),
     SEARCHING,
     {NULL}},
    {SQL_HOUSEHOLD_LIST, "household", ALL_SLICES, ORDERED, NEWEST},
    /* A hamlet has so few households that their order does not matter. */
    {SQL_HOUSEHOLD_LIST_OF_HAMLET, "household", ALL_SLICES, SEARCHING, {NULL}},
    {SQL_PERSON_MOVE_LIST, "person_move", ALL_SLICES, SEARCHING, {NULL}},
    {SQL_PARTICIPANT_GROUP_LIST, "participant_group", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_DECLARATION_LIST, "cut_declaration", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_THRESHOLD_LIST, "threshold", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_RATE_LIST, "rate", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_RATE_KEY_LIST, "rate_key", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_PAYER_GROUP_LIST, "payer_group", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_INDICATOR_LIST, "indicator", ALL_SLICES, OUTSIDE, {NULL}},
    {SQL_SESSION_LIST, "session", ALL_SLICES, OUTSIDE, {NULL}},
};
enum { LIST_COUNT = sizeof lists / sizeof *lists, FEW_ROWS = 5 };

/* --- the rows ------------------------------------------------------------------------------- */

/* What the generator of people does not make, and who looks at it. */
static const char *const rows[] = {
    /* A second province, so that the first is not everything. */
    "insert into person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, "
    "province_id, district_id, commune_id, created_by) "
    "select uuid7(), p.full_name, p.name_key, p.birth, 'day', p.sex, h.id, h.province_id, "
    "h.district_id, h.commune_id, p.created_by "
    "from (select *, row_number() over () as n from person limit 5000) p "
    "join (select *, row_number() over () as n, count(*) over () as total from unit "
    "where kind = 'hamlet' and province_id = 156) h on h.n = 1 + p.n % h.total",
    "insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, "
    "unit_id, province_id, district_id, commune_id, created_at, created_by) "
    "select uuid7(), p.id, 'hhi', 'new', 12, d, d + 364, d, p.hamlet_id, p.province_id, "
    "p.district_id, p.commune_id, d, p.created_by from person p, "
    "lateral (select current_date - (500 * random() * n)::int as d from generate_series(1, 4) n) x "
    "where p.province_id = 156",
    "insert into collector (id, agency_id, full_name, card_number, valid_from, unit_id, "
    "province_id, district_id, commune_id, giver_id, created_at) "
    "select uuid7(), a.id, 'x', a.id || '-' || n, '2020-01-01', a.unit_id, a.province_id, "
    "a.district_id, a.commune_id, 168, now() - n * interval '1 day' "
    "from agency a, generate_series(1, 60) n",
    "insert into app_user (id, username, full_name, slice, duty, agency_id, collector_id, unit_id, "
    "province_id, district_id, commune_id, giver_id, created_at) "
    "select uuid7(), 'agent' || row_number() over (), 'x', 'collector', 'officer', c.agency_id, "
    "c.id, c.unit_id, c.province_id, c.district_id, c.commune_id, c.giver_id, c.created_at "
    "from collector c union all "
    "select uuid7(), 'agency' || row_number() over (), 'x', 'agency', 'manager', a.id, null, "
    "a.unit_id, a.province_id, a.district_id, a.commune_id, 168, now() from agency a union all "
    "select uuid7(), u.id || '-' || n, 'x', 'commune', 'viewer', null, null, u.id, u.province_id, "
    "u.district_id, u.id, u.id, now() - n * interval '1 hour' "
    "from unit u, generate_series(1, 60) n where u.valid_to is null and u.kind = 'commune' "
    "and u.province_id in (156, 168)",
    "insert into decision (id, number, issuer, issued_on, unit_id, province_id, district_id, "
    "commune_id, giver_id, created_by, created_at) select uuid7(), 'x' || n, 'x', '2000-01-01', "
    "u.id, u.province_id, u.district_id, u.commune_id, u.id, uuid7(), now() - n * interval '1 day' "
    "from unit u, generate_series(1, 60) n "
    "where u.id in (1, 168) or u.valid_to is null and u.kind in ('district', 'commune') "
    "and u.province_id in (156, 168)",
    "insert into association (id, kind, name, unit_id, province_id, district_id, commune_id, "
    "giver_id, created_by, created_at) select id, 'other', number, unit_id, province_id, "
    "district_id, commune_id, giver_id, created_by, created_at from decision",
    "insert into plan (id, indicator, starts_on, ends_on, assigner, decision_id, decision_number, "
    "decided_on, unit_id, province_id, district_id, commune_id, giver_id, created_by, created_at) "
    "select uuid7(), i.code, make_date(y, 1, 1), make_date(y, 12, 31), s, d.id, d.number, "
    "d.issued_on, d.unit_id, d.province_id, d.district_id, d.commune_id, d.giver_id, uuid7(), "
    "now() - y * interval '1 hour' from decision d, indicator i, generate_series(2000, 2009) y, "
    "unnest(array['social_insurance', 'people_committee', 'people_council']) s "
    "where d.number = 'x1'",
    "insert into assignment (id, plan_id, cut, assignee_kind, quantity, indicator, additive, "
    "starts_on, ends_on, assigner, unit_id, province_id, district_id, commune_id, giver_id, "
    "created_at, created_by) select id, id, 'root', 'unit', 1000, indicator, "
    "indicator not like '%coverage', starts_on, ends_on, assigner, unit_id, province_id, district_id, commune_id, giver_id, created_at, created_by from plan p "
    "where not exists (select from assignment a where a.plan_id = p.id)",
    "insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, "
    "additive, starts_on, ends_on, assigner, agency_id, collector_id, unit_id, province_id, "
    "district_id, commune_id, giver_id, created_at, created_by) "
    "select uuid7(), p.id, p.id, 'staff', 'collector', 10, p.indicator, "
    "p.indicator not like '%coverage', p.starts_on, p.ends_on, "
    "p.assigner, c.agency_id, c.id, c.unit_id, c.province_id, c.district_id, c.commune_id, "
    "p.giver_id, p.created_at, p.created_by from plan p, collector c "
    "where p.giver_id = 168 and c.full_name <> 'x'",
    "insert into cut_total (assignment_id, cut, quantity, allocated, declared_over, indicator, "
    "starts_on, ends_on, assigner, holder_id, province_id, district_id, commune_id, giver_id) "
    "select a.id, 'territory', 1000, 900 + 100 * (row_number() over (partition by a.unit_id "
    "order by a.created_at, a.id) % 3), 100, a.indicator, "
    "a.starts_on, a.ends_on, a.assigner, a.unit_id, a.province_id, a.district_id, a.commune_id, "
    "a.giver_id from assignment a where a.cut = 'root' and a.indicator like '%_new' "
    "and not exists (select from cut_total t where t.assignment_id = a.id)",
    "insert into audit (at, user_id, session_id, action, subjects, province_id, district_id, "
    "commune_id) select p.created_at, uuid7(), uuid7(), 'person_get', array[p.id], p.province_id, "
    "p.district_id, p.commune_id from person p",
    "insert into population (id, kind, as_of, people, source, revision, unit_id, province_id, "
    "district_id, commune_id, giver_id, created_by, created_at) "
    "select uuid7(), k, current_date - n, 1000, 'x', 1, u.id, u.province_id, u.district_id, "
    "u.commune_id, 1, uuid7(), now() - n * interval '1 hour' from unit u, "
    "unnest(array['total', 'labour_force']) k, generate_series(1, 200) n "
    "where u.id in (1, 168, 156) or u.valid_to is null and u.kind in ('district', 'commune') "
    "and u.province_id in (156, 168)",
    "insert into reported_count (id, indicator, payer_group, as_of, people, source, revision, "
    "unit_id, province_id, district_id, commune_id, giver_id, created_by, created_at) "
    "select uuid7(), i, 'all', p.as_of, 900, 'x', 1, p.unit_id, p.province_id, p.district_id, "
    "p.commune_id, 1, uuid7(), p.created_at from population p, "
    "unnest(array['health_cards', 'vsi_participants']) i where p.kind = 'total' "
    "and p.source = 'x'",
    "insert into household (id, hamlet_id, province_id, district_id, commune_id, created_at, "
    "created_by) select id, hamlet_id, province_id, district_id, commune_id, created_at, created_by "
    "from person",
    "insert into household_member (id, household_id, person_id, relation, position, valid, "
    "hamlet_id, province_id, district_id, commune_id, created_by) select id, id, id, 'head', 1, "
    "'[2020-01-01,)', hamlet_id, province_id, district_id, commune_id, created_by from household",
    "update person set household_id = id",
    "insert into collection_contract (id, agency_id, number, signed_on, during, unit_id, province_id, "
    "district_id, commune_id, giver_id, created_by, created_at) select uuid7(), a.id, 'x', "
    "'2000-01-01', daterange(make_date(1900 + n, 1, 1), make_date(1900 + n, 2, 1)), a.unit_id, "
    "a.province_id, a.district_id, a.commune_id, 168, uuid7(), now() - n * interval '1 hour' "
    "from agency a, generate_series(1, 60) n",
    "create temporary table holder as select id, id as agency_id, null::uuid as collector_id, "
    "unit_id, province_id, district_id, commune_id, created_at from agency union all "
    "select id, agency_id, id, unit_id, province_id, district_id, commune_id, created_at "
    "from collector where full_name <> 'x'",
    "insert into cash_box select id, agency_id, collector_id, 0, 0, unit_id, province_id, "
    "district_id, commune_id, created_at from holder",
    "insert into receipt_book (id, series, first, last, next, agency_id, collector_id, unit_id, "
    "province_id, district_id, commune_id, giver_id, created_by, created_at) select uuid7(), "
    "'P' || h.id || '-' || n, 1, 1000, 1001, h.agency_id, h.collector_id, h.unit_id, h.province_id, "
    "h.district_id, h.commune_id, 168, uuid7(), now() - n * interval '1 hour' "
    "from holder h, generate_series(1, 60) n",
    "insert into receipt (id, book_id, series, number, amount, payer, enrolments, agency_id, "
    "collector_id, holder_id, unit_id, province_id, district_id, commune_id, created_at, "
    "created_by) select uuid7(), b.id, b.series, n, 1000, 'x', 1, b.agency_id, b.collector_id, "
    "coalesce(b.collector_id, b.agency_id), b.unit_id, b.province_id, b.district_id, b.commune_id, "
    "b.created_at - n * interval '1 day', uuid7() from receipt_book b, generate_series(1, 3) n "
    "where b.series like 'P%'",
    "insert into remittance (id, holder_id, agency_id, collector_id, amount, receipts, settled, "
    "method, remitted_on, unit_id, province_id, district_id, commune_id, created_at, created_by) "
    "select id, holder_id, agency_id, collector_id, 1000, 1, 0, 'cash', '2026-01-01', unit_id, "
    "province_id, district_id, commune_id, created_at, created_by from receipt where number = 1",
    "insert into cash_entry (id, box_id, kind, amount, receipt_id, agency_id, collector_id, unit_id, "
    "province_id, district_id, commune_id, created_at, created_by) select id, holder_id, 'receipt', "
    "amount, id, agency_id, collector_id, unit_id, province_id, district_id, commune_id, created_at, "
    "created_by from receipt",
    "analyze collection_contract, receipt_book, receipt, remittance, cash_box, cash_entry",
    "insert into dossier (id, form_code, holder_id, year, n, submitted_on, due_on, pending, accepted, "
    "decided_at, agency_id, collector_id, unit_id, province_id, district_id, commune_id, created_by, "
    "created_at) select id, 'D03-TS', collector_id, 2020, row_number() over (partition by "
    "collector_id), current_date - 20, current_date - day % 19, day % 2, 1 - day % 2, case day % 2 "
    "when 0 then created_at end, agency_id, collector_id, unit_id, province_id, district_id, "
    "commune_id, created_by, created_at from (select e.*, row_number() over (order by id)::int as "
    "day from enrolment e where collector_id is not null) e",
    "insert into entitlement (id, person_id, group_code, during, decision_number, decided_on, "
    "issuer, giver_id, created_by) select id, id, 'near_poor', '[2020-01-01,)', 'x', "
    "'2020-01-01', 'x', commune_id, created_by from person",
    "insert into agency (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id, "
    "created_at) select uuid7(), 'bank', 'x' || n, u.id, u.province_id, u.district_id, u.commune_id, 1, "
    "now() - n * interval '1 hour' from unit u, generate_series(1, 120) n "
    "where u.id in (1, 168, 156) or u.valid_to is null and u.kind in ('district', 'commune') "
    "and u.province_id in (156, 168)",
    "analyze person, agency, enrolment, collector, app_user, association, decision, plan, assignment, "
    "cut_total, audit, population, reported_count, household, household_member, "
    "entitlement, coverage, dossier",
    "create temporary table slice_of (slice text, width text, scope text, agent text, "
    "user_id text, territory text)",
    "insert into slice_of values ('nation', 'wide', '1', ''), ('nation', 'narrow', '1', ''), "
    "('province', 'wide', '168', ''), ('province', 'narrow', '156', ''), "
    "('district', 'wide', '900001', ''), ('district', 'narrow', '900002', '')",
    "create temporary table counted as "
    "select 'commune' as slice, commune_id::text as id, count(*) as n from enrolment group by 2 "
    "union all select 'agency', agency_id::text, count(*) from enrolment "
    "where agency_id is not null group by 2 union all "
    "select 'collector', collector_id::text, count(*) from enrolment "
    "where collector_id is not null group by 2",
    "insert into slice_of select slice, width, case slice when 'commune' then id else '' end, "
    "case slice when 'commune' then '' else id end from "
    "((select distinct on (slice) slice, 'wide' as width, id from counted order by slice, n desc) "
    "union all (select distinct on (slice) slice, 'narrow', id from counted order by slice, n)) c",
    "update slice_of s set user_id = (select u.id from app_user u where u.slice = s.slice "
    "and s.scope in ('', u.unit_id::text) and s.agent in ('', u.agency_id::text, "
    "u.collector_id::text) order by u.collector_id::text = s.agent desc nulls last limit 1), "
    "territory = (select array_agg(distinct t.hamlet_id) from territory t "
    "where s.agent in (t.agency_id::text, t.collector_id::text))",
    "insert into session (id, user_id, role, scope_id, agent_id, duty, gen, expires_at) "
    "select id, id, 'ansinh_' || slice, '', '', duty, gen, now() from app_user where id::text in (select user_id from slice_of)",
    "insert into job (id, requester_id, kind, subject, parameters, language, session_id, created_at) "
    "select case i when 1 then u.id else gen_random_uuid() end, u.id, 'import', 'enrolments', '{}', "
    "'vi', u.id, now() - i * interval '3 days' from session u, generate_series(1, 300) i",
    "insert into job_verdict (job_id, requester_id, step, line, verdict, code) select u.id, u.id, "
    "'check', i, case i % 5 when 0 then 'rejected' else 'accepted' end, case i % 5 when 0 then 'enum' "
    "end from session u, generate_series(2, 600) i",
    "analyze job, job_verdict",
    "grant select on slice_of to public",
};

static void make_rows(void)
{
    const char *output = "";
    own_database_make("ansinh_plan");
    int status = own_demo("20000", &output);
    ck_assert_msg(status == 0, "%s", output);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        own_text(rows[i]);
    }
    harness_forget();
}

/* --- one plan ------------------------------------------------------------------------------- */

struct proof {
    const struct list *list;
    enum slice slice;
    const char *parameters;
    const char *planned; /* how wide the slice was that the plan was made for */
    const char *width;   /* … and is that runs it */
    const char *plan;    /* for the message */
    bool found;          /* a scan of the listed table */
};

static void become(enum slice slice, const char *width)
{
    own_text(text("select set_config('app.scope_id', scope, true), set_config('app.agent_id', "
                  "agent, true), set_config('app.user_id', user_id, true), "
                  "set_config('app.territory', coalesce(territory, ''), true) "
                  "from slice_of where slice = '%s' and width = '%s'",
                  slice_names[slice], width));
}

/* As the server runs it: in the role and the settings of a session. Its connections keep the plan that
 * was made for whoever came first, and the planner looks at that one's settings. */
static const char *explain(const struct proof *proof)
{
    own_text("begin");
    own_text("set local plan_cache_mode = force_generic_plan");
    become(proof->slice, proof->planned);
    own_text(text("set local role ansinh_%s", slice_names[proof->slice]));
    own_text(text("prepare listed as %s", statements[proof->list->statement].text));
    own_text(text("execute listed(%s)", proof->parameters));
    become(proof->slice, proof->width);
    const char *plan = own_text(
        text("explain (analyze, timing off, format json) execute listed(%s)", proof->parameters));
    own_text("rollback");
    own_text("deallocate listed");
    return plan;
}

static long figure(const json_t *node, const char *name)
{
    const json_t *value = json_object_get(node, name);
    return json_is_real(value) ? (long)json_real_value(value) : (long)json_integer_value(value);
}

/* What may stand in the plan of an ordered list: nothing that must read all before the first row. */
static bool keeps_order(const char *type)
{
    static const char *const types[] = {
        "Limit",       "Nested Loop",   "Index Scan", "Index Only Scan", "Memoize",
        "Materialize", "Subquery Scan", "Result",     "Merge Append",
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(type, types[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void check_node(struct proof *proof, const json_t *node)
{
    const struct list *list = proof->list;
    const char *type = json_string_value(json_object_get(node, "Node Type"));
    const char *table = json_string_value(json_object_get(node, "Relation Name"));
    const char *what =
        text("%s as %s, planned as a %s one and run as a %s one,", statements[list->statement].name,
             slice_names[proof->slice], proof->planned, proof->width);
    long most = list->shape == FEW ? FEW_ROWS : PAGE + 1;
    long removed = figure(node, "Rows Removed by Filter") +
                   figure(node, "Rows Removed by Index Recheck") +
                   figure(node, "Rows Removed by Join Filter");
    long read = (figure(node, "Actual Rows") + removed) * figure(node, "Actual Loops");
    proof->found = proof->found || (table && strcmp(table, list->table) == 0);
    ck_assert_msg(list->shape == FEW || keeps_order(type), "%s has a %s: %.3000s", what, type,
                  proof->plan);
    ck_assert_msg(!table || read <= most, "%s reads %ld rows of %s: %.3000s", what, read, table,
                  proof->plan);
    const json_t *below = json_object_get(node, "Plans");
    for (size_t i = 0; i < json_array_size(below); i++) {
        check_node(proof, json_array_get(below, i));
    }
}

/* The plan that is looked at; a test that fails leaves it for forget(). */
static json_t *explained;

static void forget(void)
{
    json_decref(explained);
    explained = NULL;
    harness_forget();
}

static void prove(struct proof proof)
{
    proof.plan = explain(&proof);
    explained = json_loads(proof.plan, 0, NULL);
    const char *name = statements[proof.list->statement].name;
    const char *slice = slice_names[proof.slice];
    const json_t *top = json_object_get(json_array_get(explained, 0), "Plan");
    bool rows_expected =
        strcmp(proof.width, "wide") == 0 && proof.parameters == proof.list->parameters[0];
    ck_assert_msg(!rows_expected || figure(top, "Actual Rows") > 0, "%s as %s: no row", name,
                  slice);
    check_node(&proof, top);
    ck_assert_msg(proof.found, "%s does not read %s: %.3000s", name, proof.list->table, proof.plan);
    json_decref(explained);
    explained = NULL;
}

/* From the start and from the middle, by a plan made for a wide slice and for a narrow one. */
static void prove_all(const struct list *list, enum slice slice)
{
    static const char *const widths[] = {"wide", "narrow"};
    for (int i = 0; i < 8; i++) {
        const char *parameters = list->parameters[i >> 2];
        if (parameters) {
            prove((struct proof){.list = list,
                                 .slice = slice,
                                 .parameters = parameters,
                                 .planned = widths[(i >> 1) & 1],
                                 .width = widths[i & 1]});
        }
    }
}

/* --- the tests ------------------------------------------------------------------------------ */

static bool is_in_the_table(enum sql_id statement)
{
    for (int i = 0; i < LIST_COUNT; i++) {
        if (lists[i].statement == statement) {
            return true;
        }
    }
    return false;
}

static const struct list *list_of(enum sql_id statement, enum slice slice)
{
    for (int i = 0; i < LIST_COUNT; i++) {
        if (lists[i].statement == statement && (lists[i].slices & ONLY(slice))) {
            return &lists[i];
        }
    }
    return NULL;
}

START_TEST(every_list_stands_in_the_table)
{
    for (int id = 0; id < SQL_COUNT; id++) {
        const char *name = statements[id].name;
        size_t size = strlen(name);
        bool named = size > 5 && strcmp(name + size - 5, "_list") == 0;
        bool paged = strstr(statements[id].text, "limit $") != NULL;
        ck_assert_msg(!(named || paged) || is_in_the_table((enum sql_id)id),
                      "%s is a list: how is it read? (tests/migrations/plan_test.c)", name);
    }
}
END_TEST

START_TEST(there_are_enough_rows)
{
    ck_assert_int_ge(strtol(own_text("select count(*) from enrolment"), NULL, 10), 100000);
    ck_assert_int_ge(strtol(own_text("select count(*) from person"), NULL, 10), 20000);
    ck_assert_str_eq(own_text("select count(*) from slice_of where user_id is null or "
                              "slice in ('agency', 'collector') and territory is null"),
                     "0");
}
END_TEST

START_TEST(every_list_is_read_in_order_by_every_slice)
{
    enum slice slice = (enum slice)_i;
    for (int i = 0; i < LIST_COUNT; i++) {
        bool own = list_of(lists[i].statement, slice) == &lists[i];
        const char *may = own_text(text("select has_table_privilege('ansinh_%s', '%s', 'select')",
                                        slice_names[slice], lists[i].table));
        if (own && *may == 't' && (lists[i].shape == ORDERED || lists[i].shape == FEW)) {
            prove_all(&lists[i], slice);
        }
    }
}
END_TEST

/* --- searching ------------------------------------------------------------------------------ */

/* What a search does inside the gate, as auto_explain tells it. */
static char told[1 << 20];

static void keep_plan(void *unused, const PGresult *notice)
{
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    size_t size = strlen(told);
    (void)unused;
    snprintf(told + size, sizeof told - size, "%s\n", message ? message : "");
}

static void search(enum slice slice, enum sql_id statement, const char *what)
{
    told[0] = '\0';
    own_text("begin");
    own_text("set local plan_cache_mode = force_generic_plan");
    become(slice, "wide");
    own_text("select set_config('app.session_id', current_setting('app.user_id'), true)");
    own_text(text("set local role ansinh_%s", slice_names[slice]));
    own_text(text("prepare searched as %s", statements[statement].text));
    own_text("set local client_min_messages = log");
    own_text(
        text("execute searched('%s', '', '00000000-0000-0000-0000-000000000000', '51')", what));
    own_text("rollback");
    own_text("deallocate searched");
    ck_assert_msg(!strstr(told, "Seq Scan on person") && !strstr(told, "Seq Scan on household"),
                  "%s as %s: %.9000s", what, slice_names[slice], told);
    ck_assert_msg(strstr(told, "using person_") || strstr(told, "on person_"),
                  "%s as %s: no index: %.9000s", what, slice_names[slice], told);
}

START_TEST(no_search_reads_the_register_through)
{
    enum slice slice = (enum slice)_i;
    own_text("load 'auto_explain'");
    own_text("set auto_explain.log_min_duration = 0");
    own_text("set auto_explain.log_nested_statements = on");
    PQnoticeReceiver usual = PQsetNoticeReceiver(own_database(), keep_plan, NULL);
    search(slice, SQL_PERSON_SEARCH, "mang thi hoa");
    search(slice, SQL_PERSON_SEARCH, "nguyen thi ho");
    search(slice, SQL_HOUSEHOLD_SEARCH, "mang hoa");
    search(slice, SQL_PERSON_SEARCH_NUMBER, "068184000123");
    search(slice, SQL_PERSON_SEARCH_NUMBER, "912345");
    PQsetNoticeReceiver(own_database(), usual, NULL);
    own_text("set auto_explain.log_min_duration = -1");
}
END_TEST

/* --- pricing and enrolling ------------------------------------------------------------------- */

/* What a request does, and what the gate does for it. */
static void follow(enum sql_id statement, const char *values)
{
    own_text(text("prepare followed as %s", statements[statement].text));
    own_text(text("execute followed(%s)", values));
    own_text("deallocate followed");
}

static void follow_enrolment(const char *hamlet)
{
    const char *who = own_text("select uuid7()");
    const char *what = own_text("select uuid7()");
    follow(
        SQL_ENROLMENT_REGISTER_PERSON,
        text(
            "'%s', %s, 'Lê Thị Thử', 'le thi thu', '1984-01-01', 'year', 'female', null, null, null",
            who, hamlet));
    follow(SQL_ENROLMENT_CLAIM_IDENTITY, text("'%s', null, null, false", who));
    follow(SQL_ENROLMENT_PRICE_FACTS, text("'%s', '2026-11-22', 'vsi'", who));
    follow(SQL_ENROLMENT_CREATE,
           text("'%s', '%s', 'vsi', 12, '2026-11-22', null, null, 1, 1, 'other', null, 1500000, 0, "
                "'transfer', null, 'period'",
                what, who));
    follow(SQL_ENROLMENT_POST,
           text("'%s', '[{\"funder\":\"participant\",\"base\":1,\"percent\":100,\"months\":12,"
                "\"amount\":1,\"verified\":true}]'",
                what));
}

static void follow_all(enum slice slice)
{
    own_text(text("set local role ansinh_%s", slice_names[slice]));
    const char *who = own_text("select id from person order by id limit 1");
    const char *hamlet = own_text(text("select hamlet_id from person where id = '%s'", who));
    const char *home = own_text(text("select household_id from person where id = '%s'", who));
    own_text("set local client_min_messages = log");
    follow(SQL_QUOTE_RATES, text("'2026-11-22', 'hhi', null, null, null, '%s'", home));
    follow(SQL_QUOTE_RATES, text("'2026-11-22', 'vsi', null, null, '{%s}', null", who));
    if (slice == SLICE_NATION || slice == SLICE_PROVINCE) {
        return;
    }
    follow(SQL_ENROLMENT_PRICE_FACTS, text("'%s', '2026-11-22', 'hhi'", who));
    own_text(
        text("select * from gate.enrolment_terms('%s', 'hhi', 12, '2026-11-22', 'period')", who));
    follow_enrolment(hamlet);
}

START_TEST(no_price_reads_a_table_through)
{
    static const char *const large[] = {"person",   "household",   "household_member", "enrolment",
                                        "coverage", "entitlement", "person_identity"};
    enum slice slice = (enum slice)_i;
    own_text("load 'auto_explain'");
    own_text("set auto_explain.log_min_duration = 0");
    own_text("set auto_explain.log_nested_statements = on");
    PQnoticeReceiver usual = PQsetNoticeReceiver(own_database(), keep_plan, NULL);
    told[0] = '\0';
    own_text("begin");
    own_text("set local plan_cache_mode = force_generic_plan");
    become(slice, "wide");
    own_text("select set_config('app.session_id', current_setting('app.user_id'), true)");
    follow_all(slice);
    own_text("rollback");
    PQsetNoticeReceiver(own_database(), usual, NULL);
    own_text("set auto_explain.log_min_duration = -1");
    ck_assert_ptr_nonnull(strstr(told, "household_member_home"));
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        const char *read = strstr(told, text("Seq Scan on %s ", large[i]));
        ck_assert_msg(!read, "%s: %.2000s", slice_names[slice],
                      read && read - told > 1000 ? read - 1000 : read);
    }
}
END_TEST

Suite *plan_order_suite(void)
{
    Suite *suite = suite_create("plan_order");
    TCase *tcase = tcase_create("plan_order");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, make_rows, own_database_drop);
    tcase_add_checked_fixture(tcase, NULL, forget);
    tcase_add_test(tcase, every_list_stands_in_the_table);
    tcase_add_test(tcase, there_are_enough_rows);
    tcase_add_loop_test(tcase, every_list_is_read_in_order_by_every_slice, SLICE_NATION,
                        SLICE_COUNT);
    tcase_add_loop_test(tcase, no_search_reads_the_register_through, SLICE_NATION, SLICE_COUNT);
    tcase_add_loop_test(tcase, no_price_reads_a_table_through, SLICE_NATION, SLICE_COUNT);
    suite_add_tcase(suite, tcase);
    return suite;
}
