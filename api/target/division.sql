-- Divides what the own unit holds among those that the cut is about and the caller sees: units directly
-- below; agencies and associations; collectors, and officers of the own unit. The conditional update of
-- cut_total is what keeps allocated + unallocated = own under concurrency. Parts go in by the order of
-- their assignees, so that two divisions never wait for each other in a circle.
-- name: assignment_split
with part as (
    select (ordinality - 1)::int as n, (p->>'unit_id')::int as unit_id,
           (p->>'agency_id')::uuid as agency_id, (p->>'association_id')::uuid as association_id,
           (p->>'collector_id')::uuid as collector_id, (p->>'officer_id')::uuid as officer_id,
           (p->>'quantity')::bigint as quantity,
           (select k from jsonb_object_keys(p) k where k <> 'quantity') as named
      from jsonb_array_elements($3::jsonb) with ordinality as listed (p, ordinality)
), parent as (
    select a.*, a.assignee_kind = 'unit' and a.unit_id = scope_id() as held
      from assignment a
     where a.id = $1::uuid
), assignee as (
    select part.n, part.quantity, 'unit' as kind, u.kind <> 'hamlet' as divides, u.id as unit_id,
           u.province_id, u.district_id, u.commune_id, null::uuid as agency_id,
           null::uuid as collector_id, null::uuid as association_id, null::uuid as officer_id
      from part
      join unit u on u.id = part.unit_id and u.valid_to is null
     where $2 = 'territory' and u.parent_id = (select unit_id from parent)
    union all
    select part.n, part.quantity, 'agency', false, g.unit_id, g.province_id, g.district_id,
           g.commune_id, g.id, null, null, null
      from part
      join agency g on g.id = part.agency_id and g.serving
     where $2 = 'organisation'
    union all
    select part.n, part.quantity, 'association', false, s.unit_id, s.province_id, s.district_id,
           s.commune_id, null, null, s.id, null
      from part
      join association s on s.id = part.association_id
     where $2 = 'organisation'
    union all
    select part.n, part.quantity, 'collector', false, c.unit_id, c.province_id, c.district_id,
           c.commune_id, c.agency_id, c.id, null, null
      from part
      join collector c on c.id = part.collector_id and c.serving
     where $2 = 'staff'
    union all
    select part.n, part.quantity, 'officer', false, o.unit_id, o.province_id, o.district_id,
           o.commune_id, null, null, null, o.id
      from part
      join app_user o on o.id = part.officer_id and o.unit_id = scope_id() and o.agency_id is null
                     and o.duty <> 'viewer' and o.disabled_at is null
     where $2 = 'staff'
), decided as (
    select * from own_decision($4::uuid, $5, $6::date, $7)
), ruling as (
    select r.*
      from (select 0, 'withdrawn', null, null
              from parent
             where withdrawn_at is not null
             union all
            select 1, 'not_found', '/decision_id', null
             where $4::uuid is not null and not exists (select from decided)
             union all
            select 2 + n, case $2 when 'territory' then 'not_child' else 'not_found' end,
                   format('/parts/%s/%s', n, named), null
              from part
             where n not in (select n from assignee)
             union all
            select 1000 + n, 'too_large', format('/parts/%s/quantity', n), '10000'
              from part, parent
             where part.quantity > 10000 and not parent.additive) r (n, rule, pointer, figure)
     order by r.n
     limit 1
), total as (
    update cut_total
       set allocated = allocated + case when additive then (select sum(quantity) from part) else 0 end,
           parts = parts + (select count(*) from part)
     where assignment_id = (select id from parent where held) and cut = $2 and open
       and not exists (select from ruling)
    returning *
), made as (
    insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, additive,
                            starts_on, ends_on, assigner, agency_id, collector_id, association_id,
                            officer_id, unit_id, province_id, district_id, commune_id, giver_id,
                            created_by)
    select uuid7(), p.plan_id, p.id, $2, s.kind, s.quantity, p.indicator, p.additive, p.starts_on,
           p.ends_on, p.assigner, s.agency_id, s.collector_id, s.association_id, s.officer_id,
           s.unit_id, s.province_id, s.district_id, s.commune_id, p.unit_id, caller_id()
      from assignee s, parent p, total
     order by s.unit_id, s.agency_id, s.collector_id, s.association_id, s.officer_id
    returning *
), entries as (
    insert into assignment_entry (assignment_id, n, act, change, decision_id, decision_number,
                                  decided_on, created_by, agency_id, collector_id, unit_id,
                                  province_id, district_id, commune_id, giver_id)
    select m.id, 1, 'give', m.quantity, d.id, d.number, d.issued_on, m.created_by, m.agency_id,
           m.collector_id, m.unit_id, m.province_id, m.district_id, m.commune_id, m.giver_id
      from made m
      left join decided d on true
), cuts as (
    insert into cut_total (assignment_id, cut, quantity, additive, indicator, starts_on, ends_on,
                           assigner, holder_id, province_id, district_id, commune_id, giver_id)
    select m.id, c.cut, m.quantity, m.additive, m.indicator, m.starts_on, m.ends_on, m.assigner,
           m.unit_id, m.province_id, m.district_id, m.commune_id, m.giver_id
      from made m
      join assignee s on s.unit_id = m.unit_id and s.divides,
           unnest(array['territory', 'organisation', 'staff']) c (cut)
), item as (
    select s.n, json_build_object('id', m.id, 'unit_id', m.unit_id, 'agency_id', m.agency_id,
                                  'collector_id', m.collector_id, 'association_id', m.association_id,
                                  'officer_id', m.officer_id, 'quantity', m.quantity) as made
      from made m
      join assignee s on s.unit_id = m.unit_id
                     and coalesce(s.collector_id, s.agency_id, s.association_id, s.officer_id,
                                  '00000000-0000-0000-0000-000000000000') = m.assignee_id
)
select p.id as assignment_id, $2 as cut, t.quantity, t.allocated,
       t.quantity - t.allocated as unallocated,
       (select json_agg(i.made order by i.n) from item i) as items,
       p.held,
       -- no total to divide: withdrawn while this statement waited for it
       coalesce(r.rule, case when t.open is null then 'withdrawn' end), r.pointer, r.figure
  from parent p
  left join total t on true
  left join ruling r on true

-- How much more than its own number the holder assigns in one cut. Less than what it has assigned
-- already is refused by the division's own check.
-- name: assignment_declare
with target as (
    select a.*, a.assignee_kind = 'unit' and a.unit_id = scope_id() as held
      from assignment a
     where a.id = $1::uuid
), decided as (
    select * from own_decision($5::uuid, $6, $7::date, $8)
), ruling as (
    select r.*
      from target t, lateral
           (values (1, t.withdrawn_at is not null, 'withdrawn', null),
                   (2, $5::uuid is not null and not exists (select from decided), 'not_found',
                    '/decision_id'),
                   (3, not t.additive, 'ratio', '/over')) r (n, so, rule, pointer)
     where r.so
     order by r.n
     limit 1
), total as (
    update cut_total t
       set declared_over = $3::bigint, declarations = t.declarations + 1
     where t.assignment_id = (select id from target where held) and t.cut = $2 and t.open
       and not exists (select from ruling)
    returning *
), entry as (
    insert into cut_declaration (assignment_id, cut, n, over, reason, decision_id, decision_number,
                                 decided_on, created_by, unit_id, province_id, district_id,
                                 commune_id, giver_id)
    select t.assignment_id, t.cut, t.declarations, t.declared_over, $4, d.id, d.number, d.issued_on,
           caller_id(), t.holder_id, t.province_id, t.district_id, t.commune_id, t.holder_id
      from total t
      left join decided d on true
    returning *
)
select a.id as assignment_id, $2 as cut, e.n, e.over, t.quantity, t.allocated,
       t.quantity - t.allocated as unallocated, e.reason, e.decision_number as "decision.number",
       e.decided_on as "decision.decided_on", e.decision_id as "decision.id", e.at, e.created_by,
       a.held, coalesce(r.rule, case when t.open is null then 'withdrawn' end), r.pointer,
       null as figure
  from target a
  left join total t on true
  left join entry e on true
  left join ruling r on true

-- name: declaration_list
select (select coalesce(json_agg(json_build_object(
                   'cut', d.cut, 'n', d.n, 'over', d.over, 'reason', d.reason,
                   'decision', case when d.decision_id is not null then json_build_object(
                       'number', d.decision_number, 'decided_on', d.decided_on,
                       'id', d.decision_id) end,
                   'at', to_char(d.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                   'created_by', d.created_by) order by d.cut, d.n), '[]')
          from cut_declaration d where d.assignment_id = a.id) as items
  from assignment a
 where a.id = $1::uuid

-- part: division_rows
t.id, t.assignment_id, t.cut, t.state, t.quantity, t.allocated,
       t.quantity - t.allocated as unallocated, t.declared_over,
       case when t.quantity > 0 then round(t.allocated * 100.0 / t.quantity, 2) end as percent,
       t.parts, u.id as "holder.id", u.code as "holder.code", u.name as "holder.name", t.indicator,
       t.starts_on as "period.from", t.ends_on as "period.to", t.assigner, t.giver_id,
       t.state, t.id::text
  from cut_total t
  join unit u on u.id = t.holder_id

-- name: division_list
select {division_rows}
 where (t.state, t.id) < ($1, $2::uuid)
 order by t.state desc, t.id desc
 limit $3::int

-- name: division_list_in_state
select {division_rows}
 where t.state = $1 and t.id < $2::uuid
 order by t.id desc
 limit $3::int

-- name: division_list_of_measure
select {division_rows}
 where t.indicator = $4 and t.starts_on = $5::date and t.ends_on = $6::date
   and (t.state, t.id) < ($1, $2::uuid)
 order by t.state desc, t.id desc
 limit $3::int

-- name: division_list_of_measure_in_state
select {division_rows}
 where t.indicator = $4 and t.starts_on = $5::date and t.ends_on = $6::date
   and t.state = $1 and t.id < $2::uuid
 order by t.id desc
 limit $3::int
