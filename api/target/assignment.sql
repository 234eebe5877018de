-- part: assignment_columns
a.id, a.plan_id, a.parent_id, a.cut, a.indicator, a.starts_on as "period.from",
       a.ends_on as "period.to", a.assigner, a.quantity, a.assignee_kind as "assignee.kind",
       u.id as "assignee.unit.id", u.code as "assignee.unit.code", u.name as "assignee.unit.name",
       a.agency_id as "assignee.agency_id", a.collector_id as "assignee.collector_id",
       a.giver_id, a.created_at

-- name: assignment_list
select {assignment_columns}, a.created_at::text, a.id::text
  from assignment a
  join unit u on u.id = a.unit_id
 where (a.created_at, a.id) < ($1::timestamptz, $2::uuid)
 order by a.created_at desc, a.id desc
 limit $3::int

-- What the own unit itself holds.
-- name: assignment_list_held
select {assignment_columns}, a.created_at::text, a.id::text
  from assignment a
  join unit u on u.id = a.unit_id
 where a.unit_id = scope_id() and a.assignee_kind = 'unit'
   and (a.created_at, a.id) < ($1::timestamptz, $2::uuid)
 order by a.created_at desc, a.id desc
 limit $3::int

-- One assignment with its divisions.
-- name: assignment_get
select {assignment_columns},
       (select coalesce(json_agg(json_build_object(
                   'cut', t.cut, 'allocated', t.allocated,
                   'unallocated', t.quantity - t.allocated) order by t.cut), '[]')
          from cut_total t where t.assignment_id = a.id) as cuts
  from assignment a
  join unit u on u.id = a.unit_id
 where a.id = $1::uuid

-- name: assignment_get_as_agent
select {assignment_columns}, '[]'::json as cuts
  from assignment a
  join unit u on u.id = a.unit_id
 where a.id = $1::uuid

-- Divides what the own unit holds among units directly below (territory) or collectors (staff). The
-- conditional update of cut_total is what keeps allocated + unallocated = own under concurrency.
-- name: assignment_split
with part as (
    select (ordinality - 1)::int as n, (p->>'unit_id')::int as unit_id,
           (p->>'collector_id')::uuid as collector_id, (p->>'quantity')::bigint as quantity
      from jsonb_array_elements($3::jsonb) with ordinality as listed (p, ordinality)
), parent as (
    select a.*, a.assignee_kind = 'unit' and a.unit_id = scope_id() as held
      from assignment a
     where a.id = $1::uuid
), assignee as (
    select part.n, part.quantity, 'unit' as kind, null::uuid as agency_id,
           null::uuid as collector_id, u.id as unit_id, u.province_id, u.district_id, u.commune_id
      from part
      join unit u on u.id = part.unit_id and u.valid_to is null
     where $2 = 'territory' and u.parent_id = (select unit_id from parent)
    union all
    select part.n, part.quantity, 'collector', c.agency_id, c.id, c.unit_id, c.province_id,
           c.district_id, c.commune_id
      from part
      join collector c on c.id = part.collector_id
     where $2 = 'staff'
), total as (
    update cut_total
       set allocated = allocated + (select sum(quantity) from part)
     where assignment_id = (select id from parent where held) and cut = $2
    returning quantity, allocated
), made as (
    insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator,
                            starts_on, ends_on, assigner, agency_id, collector_id, unit_id,
                            province_id, district_id, commune_id, giver_id, created_by)
    select uuid7(), p.plan_id, p.id, $2, s.kind, s.quantity, p.indicator, p.starts_on, p.ends_on,
           p.assigner, s.agency_id, s.collector_id, s.unit_id, s.province_id, s.district_id,
           s.commune_id, p.unit_id, caller_id()
      from assignee s, parent p
     where p.held
     order by s.n
    returning *
), entries as (
    insert into assignment_entry (assignment_id, n, change, decision_number, decided_on, created_by,
                                  agency_id, collector_id, unit_id, province_id, district_id,
                                  commune_id, giver_id)
    select m.id, 1, m.quantity, $4, $5::date, m.created_by, m.agency_id, m.collector_id, m.unit_id,
           m.province_id, m.district_id, m.commune_id, m.giver_id
      from made m
), cuts as (
    insert into cut_total (assignment_id, cut, quantity, holder_id, province_id, district_id,
                           commune_id, giver_id)
    select m.id, c.cut, m.quantity, m.unit_id, m.province_id, m.district_id, m.commune_id,
           m.giver_id
      from made m, unnest(array['territory', 'organisation', 'staff']) c (cut)
     where m.assignee_kind = 'unit'
)
select p.id as assignment_id, $2 as cut, t.quantity, t.allocated,
       t.quantity - t.allocated as unallocated,
       (select json_agg(json_build_object('id', m.id, 'unit_id', m.unit_id, 'collector_id',
                                          m.collector_id, 'quantity', m.quantity) order by m.id)
          from made m) as items,
       p.held, (select min(n) from part where n not in (select n from assignee)) as missing
  from parent p
  left join total t on true

-- An amendment is one more entry; the parent's division, the own divisions and the number follow in
-- the same statement, from the top down, so that two of them never wait for each other in a circle.
-- name: assignment_amend
with target as (
    select a.*, a.giver_id = scope_id() as held from assignment a where a.id = $1::uuid
), above as (
    update cut_total t
       set allocated = t.allocated + $2::bigint
      from target a
     where a.held and t.assignment_id = a.parent_id and t.cut = a.cut
    returning 1
), below as (
    update cut_total t
       set quantity = t.quantity + $2::bigint
      from target a
     where a.held and t.assignment_id = a.id and (select count(*) from above) >= 0
    returning 1
), changed as (
    update assignment a
       set quantity = a.quantity + $2::bigint, version = a.version + 1
      from target t
     where a.id = t.id and t.held and (select count(*) from below) >= 0
    returning a.*
), entry as (
    insert into assignment_entry (assignment_id, n, change, reason, decision_number, decided_on,
                                  created_by, agency_id, collector_id, unit_id, province_id,
                                  district_id, commune_id, giver_id)
    select c.id, c.version, $2::bigint, $3, $4, $5::date, caller_id(), c.agency_id, c.collector_id,
           c.unit_id, c.province_id, c.district_id, c.commune_id, c.giver_id
      from changed c
    returning *
)
select t.id as assignment_id, e.n, e.change, c.quantity as total, e.reason,
       e.decision_number as "decision.number", e.decided_on as "decision.decided_on", e.at,
       e.created_by, t.held
  from target t
  left join changed c on true
  left join entry e on true

-- name: assignment_history
select e.n, e.change,
       (sum(e.change) over (order by e.n))::bigint as total, e.reason,
       e.decision_number as "decision.number", e.decided_on as "decision.decided_on", e.at,
       e.created_by
  from assignment_entry e
 where e.assignment_id = $1::uuid
 order by e.n

-- name: assignment_accept
with target as (
    select a.*, coalesce(a.collector_id = own_collector(),
                         a.assignee_kind = 'unit' and a.unit_id = scope_id(), false) as held
      from assignment a where a.id = $1::uuid
), accepted as (
    insert into assignment_acceptance (assignment_id, created_by, agency_id, collector_id, unit_id,
                                       province_id, district_id, commune_id)
    select t.id, caller_id(), t.agency_id, t.collector_id, t.unit_id, t.province_id, t.district_id,
           t.commune_id
      from target t where t.held
    returning *
)
select t.id as assignment_id, c.at as accepted_at, c.created_by as accepted_by, t.held
  from target t
  left join accepted c on true

-- What a proposal weighs: the possible parts of a cut, in a fixed order, and what each achieved in the
-- period before.
-- name: assignment_propose
with parent as (
    select a.*, a.assignee_kind = 'unit' and a.unit_id = scope_id() as held,
           (a.starts_on - (a.ends_on - a.starts_on + 1)) as before_from,
           a.starts_on - 1 as before_to
      from assignment a where a.id = $1::uuid
), part as (
    select u.id as unit_id, null::uuid as collector_id, u.code, u.name
      from unit u join parent p on u.parent_id = p.unit_id
     where $2 = 'territory' and u.valid_to is null and u.form <> 'unplaced'
    union all
    select c.unit_id, c.id, c.card_number, c.full_name
      from collector c join parent p on c.unit_id = p.unit_id
     where $2 = 'staff'
), before as (
    select e.unit_id, e.commune_id, e.district_id, e.province_id, e.collector_id
      from enrolment e, parent p, indicator i
     where i.code = p.indicator and e.scheme = i.scheme and e.kind = i.enrolment_kind
       and e.paid_on between p.before_from and p.before_to
       and e.status in ('submitted', 'accepted', 'issued')
)
select t.unit_id, t.collector_id, t.code, t.name,
       (select count(*) from before b
         where b.collector_id = t.collector_id
            or (t.collector_id is null
                and t.unit_id in (b.unit_id, b.commune_id, b.district_id, b.province_id)))
       as last_result,
       p.quantity - coalesce((select c.allocated from cut_total c
                               where c.assignment_id = p.id and c.cut = $2), 0) as unallocated,
       p.held
  from parent p
  left join part t on true
 order by t.code, t.unit_id, t.collector_id
