-- What a refund depends on: what was paid, and the law of the day on which it happened.
-- name: refund_facts
select e.scheme, e.starts_on, e.months, e.contribution, e.amount, e.support_months,
       e.method,
       coalesce(sum(l.amount) filter (where l.funder in ('state', 'province')), 0) as support,
       coalesce(sum(l.amount) filter (where l.funder = 'sponsor'), 0) as sponsor,
       e.status in ('submitted', 'accepted', 'issued') as open, r.value,
       concat_ws(' ', r.decision_number, '(' || r.decision_title || ')') as basis, r.verified
  from enrolment e
  left join enrolment_line l on l.enrolment_id = e.id
  left join rate r on r.kind = 'vsi_refund' and r.valid @> $2::date
 where e.id = $1::uuid
 group by e.id, e.scheme, e.starts_on, e.months, e.contribution, e.amount, e.support_months, e.status,
          e.method, r.id, r.value, r.decision_number, r.decision_title, r.verified

-- name: refund_book
select gate.enrolment_refund(e.id, $2, $3::date, $4::date, $5::int, $6::bigint, $7)
  from enrolment e
 where e.id = $1::uuid and gate.enrolment_stands_at(e.id, $8::int[])
