-- An amendment is one more entry; the parent's division, the own divisions and the number follow in
-- the same statement, from the top down as they were locked.
-- name: assignment_amend
with target as (
    select a.*, a.giver_id = scope_id() as held from assignment a where a.id = $1::uuid
), decided as (
    select * from own_decision($4::uuid, $5, $6::date, $7)
), in_month as (
    select coalesce(sum(change), 0)::bigint as quantity
      from assignment_entry
     where assignment_id = $1::uuid and month = $8::date
), ruling as (
    select r.*
      from target t
      left join in_month i on $8::date is not null, lateral
           (values (1, t.withdrawn_at is not null, 'withdrawn', null, null),
                   (2, $4::uuid is not null and not exists (select from decided), 'not_found',
                    '/decision_id', null),
                   (3, not t.additive and t.quantity + $2::bigint > 10000, 'too_large', '/change',
                    (10000 - t.quantity)::text),
                   (4, t.phased and $8::date is null, 'required', '/month', null),
                   (5, $8::date is not null and not (t.phased and $8::date between t.starts_on
                                                                              and t.ends_on),
                    'no_month', '/month', null),
                   (6, $2::bigint < -i.quantity, 'too_small', '/change', (-i.quantity)::text))
           r (n, so, rule, pointer, figure)
     where r.so
     order by r.n
     limit 1
), allowed as (
    select * from target where held and not exists (select from ruling)
), above as (
    update cut_total t
       set allocated = t.allocated + case when t.additive then $2::bigint else 0 end
      from allowed a
     where t.assignment_id = a.parent_id and t.cut = a.cut
    returning 1
), below as (
    update cut_total t
       set quantity = t.quantity + $2::bigint
      from allowed a
     where t.assignment_id = a.id and (select count(*) from above) >= 0
    returning 1
), changed as (
    update assignment a
       set quantity = a.quantity + $2::bigint, version = a.version + 1
      from allowed t
     where a.id = t.id and (select count(*) from below) >= 0
    returning a.*
), entry as (
    insert into assignment_entry (assignment_id, n, act, month, change, reason, decision_id,
                                  decision_number, decided_on, created_by, agency_id, collector_id,
                                  unit_id, province_id, district_id, commune_id, giver_id)
    select c.id, c.version, 'amend', $8::date, $2::bigint, $3, d.id, d.number, d.issued_on,
           caller_id(), c.agency_id, c.collector_id, c.unit_id, c.province_id, c.district_id,
           c.commune_id, c.giver_id
      from changed c
      left join decided d on true
    returning *
)
select t.id as assignment_id, e.n, to_char(e.month, 'YYYY-MM') as month, e.change,
       c.quantity as total, e.reason,
       e.decision_number as "decision.number", e.decided_on as "decision.decided_on",
       e.decision_id as "decision.id", e.at, e.created_by, t.held, r.rule, r.pointer, r.figure
  from target t
  left join changed c on true
  left join entry e on true
  left join ruling r on true

-- Withdraws a number that nobody has divided further, out of every month that it lies in. The parent's
-- division gets it back.
-- name: assignment_withdraw
with target as (
    select a.*, a.giver_id = scope_id() as held from assignment a where a.id = $1::uuid
), decided as (
    select * from own_decision($3::uuid, $4, $5::date, $6)
), ruling as (
    select r.*
      from target t, lateral
           (values (1, t.withdrawn_at is not null, 'withdrawn', null),
                   (2, $3::uuid is not null and not exists (select from decided), 'not_found',
                    '/decision_id'),
                   (3, exists (select from cut_total c where c.assignment_id = t.id and c.parts > 0),
                    'divided', null)) r (n, so, rule, pointer)
     where r.so
     order by r.n
     limit 1
), allowed as (
    select * from target where held and not exists (select from ruling)
), taken as (
    select month, quantity, row_number() over (order by month nulls first)::int as k,
           count(*) over ()::int as count
      from (select month, sum(change)::bigint as quantity
              from assignment_entry
             where assignment_id = $1::uuid
             group by month) e
     where quantity <> 0 or month is null and (select quantity from target) = 0
), above as (
    update cut_total t
       set allocated = t.allocated - case when t.additive then a.quantity else 0 end,
           parts = t.parts - 1
      from allowed a
     where t.assignment_id = a.parent_id and t.cut = a.cut
    returning 1
), below as (
    update cut_total t
       set quantity = 0, open = false
      from allowed a
     where t.assignment_id = a.id and (select count(*) from above) >= 0
    returning 1
), changed as (
    update assignment a
       set quantity = 0, withdrawn_at = statement_timestamp(),
           version = a.version + (select max(count) from taken)
      from allowed t
     where a.id = t.id and (select count(*) from below) >= 0
    returning a.*, -t.quantity as change
), planned as (
    update plan p
       set withdrawn_at = c.withdrawn_at, version = p.version + 1
      from changed c
     where p.id = c.plan_id and c.cut = 'root'
), entries as (
    insert into assignment_entry (assignment_id, n, act, month, change, reason, decision_id,
                                  decision_number, decided_on, created_by, agency_id, collector_id,
                                  unit_id, province_id, district_id, commune_id, giver_id)
    select c.id, c.version - m.count + m.k, 'withdraw', m.month, -m.quantity, $2, d.id, d.number,
           d.issued_on, caller_id(), c.agency_id, c.collector_id, c.unit_id, c.province_id,
           c.district_id, c.commune_id, c.giver_id
      from changed c
     cross join taken m
      left join decided d on true
)
select t.id as assignment_id, c.change, $2 as reason, d.number as "decision.number",
       d.issued_on as "decision.decided_on", d.id as "decision.id",
       c.withdrawn_at, caller_id() as withdrawn_by, t.held, r.rule, r.pointer, null as figure
  from target t
  left join changed c on true
  left join decided d on true
  left join ruling r on true
