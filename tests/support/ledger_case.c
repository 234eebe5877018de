/* Numbers on their way down. */
#include "tests/support/ledger_case.h"

#include "tests/support/suites.h"

void keep(char out[37], const char *id)
{
    snprintf(out, 37, "%s", id);
}

const char *planned(const char *login, const char *indicator, const char *period, int quantity)
{
    struct answer made =
        call(login, "POST", "/v1/plans",
             text("{\"indicator\":\"%s\",\"period\":\"%s\",\"assigner\":\"social_insurance\","
                  "\"decision\":{\"number\":\"1/QĐ\",\"decided_on\":\"2027-01-04\"},"
                  "\"quantity\":%d}",
                  indicator, period, quantity));
    return text_member(expect_status(made, 201), "assignment.id");
}

struct answer act(const char *login, const char *id, const char *action, const char *body)
{
    return call(login, "POST", text("/v1/assignments/%s/%s", id, action), body);
}

struct answer split(const char *login, const char *id, const char *cut, const char *parts)
{
    return act(login, id, "split", text("{\"cut\":\"%s\",\"parts\":[%s]}", cut, parts));
}

const char *given(const char *login, const char *id, const char *cut, const char *parts)
{
    return text_member(expect_status(split(login, id, cut, parts), 201), "items.0.id");
}

struct answer amend(const char *login, const char *id, int change)
{
    return act(login, id, "amend", text("{\"change\":%d,\"reason\":\"Điều chỉnh\"}", change));
}

struct answer assignment(const char *login, const char *id, const char *more)
{
    return expect_status(call(login, "GET", text("/v1/assignments/%s%s", id, more), NULL), 200);
}

void expect_flaw(struct answer answer, int status, const char *pointer, const char *flaw)
{
    expect_status(answer, status);
    ck_assert_str_eq(text_member(answer, "errors.0.pointer"), pointer);
    ck_assert_str_eq(text_member(answer, "errors.0.code"), flaw);
}

const char *const broken_ledgers =
    "with part as (select parent_id, cut, count(*) as n, sum(quantity) as quantity from assignment "
    "where withdrawn_at is null and parent_id is not null group by parent_id, cut), "
    "month as (select assignment_id, month, sum(change) as quantity, count(*) as n from "
    "assignment_entry group by assignment_id, month), "
    "number as (select assignment_id, sum(quantity) as quantity, sum(n) as n, "
    "coalesce(sum(quantity) filter (where month is null), 0) as in_none, "
    "count(*) filter (where month is not null) as months, min(quantity) as least from month group "
    "by assignment_id), "
    "said as (select distinct on (assignment_id, cut) assignment_id, cut, over, n from "
    "cut_declaration order by assignment_id, cut, n desc) "
    "select coalesce(string_agg(what, ', '), '') from ("
    "select 'cut of ' || t.assignment_id from cut_total t join assignment a on a.id = "
    "t.assignment_id left join part p on p.parent_id = a.id and p.cut = t.cut left join said s on "
    "s.assignment_id = a.id and s.cut = t.cut where t.quantity <> a.quantity or t.parts <> "
    "coalesce(p.n, 0) or t.allocated <> case when a.additive then coalesce(p.quantity, 0) else 0 "
    "end or t.allocated > t.quantity + t.declared_over or t.open <> (a.withdrawn_at is null) or "
    "t.declared_over <> coalesce(s.over, 0) or t.declarations <> coalesce(s.n, 0) union all "
    "select 'ledger of ' || a.id from assignment a left join number m on m.assignment_id = a.id "
    "where a.quantity is distinct from m.quantity or a.version <> m.n or m.least < 0 or (a.phased "
    "and m.in_none <> 0) or (not a.phased and m.months > 0)) b (what)";
