-- part: assignment_columns
a.id, a.plan_id, a.parent_id, a.cut, a.indicator, a.starts_on as "period.from",
       a.ends_on as "period.to", a.assigner, a.quantity, a.withdrawn_at,
       a.assignee_kind as "assignee.kind",
       u.id as "assignee.unit.id", u.code as "assignee.unit.code", u.name as "assignee.unit.name",
       a.agency_id as "assignee.agency_id", a.collector_id as "assignee.collector_id",
       a.association_id as "assignee.association_id", a.officer_id as "assignee.officer_id",
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

-- The months of a phased number, also those that have nothing.
-- part: months
(select coalesce(json_agg(json_build_object('month', to_char(m, 'YYYY-MM'), 'quantity',
                   (select coalesce(sum(e.change), 0)::bigint from assignment_entry e
                     where e.assignment_id = a.id and e.month = m)) order by m), '[]')
          from generate_series(a.starts_on::timestamp, a.ends_on, '1 month') m
         where a.phased) as months

-- One assignment with its divisions.
-- name: assignment_get
select {assignment_columns},
       (select coalesce(json_agg(json_build_object(
                   'cut', t.cut, 'parts', t.parts, 'allocated', t.allocated,
                   'unallocated', t.quantity - t.allocated, 'declared_over', t.declared_over)
                   order by t.cut), '[]')
          from cut_total t where t.assignment_id = a.id) as cuts,
       {months}, a.version as "@version"
  from assignment a
  join unit u on u.id = a.unit_id
 where a.id = $1::uuid

-- name: assignment_get_as_agent
select {assignment_columns}, '[]'::json as cuts,
       {months}, a.version as "@version"
  from assignment a
  join unit u on u.id = a.unit_id
 where a.id = $1::uuid

-- An assignment as it was at the end of a day in Vietnam: the number that its entries until then say.
-- part: as_it_was
day as (
    select ($2::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh' as ends
), entry as (
    select e.* from assignment_entry e, day where e.assignment_id = $1::uuid and e.at < day.ends
), a as (
    select a.id, a.plan_id, a.parent_id, a.cut, a.assignee_kind, a.indicator, a.starts_on, a.ends_on,
           a.assigner, a.agency_id, a.collector_id, a.association_id, a.officer_id, a.unit_id,
           a.giver_id, a.created_at, (select sum(change) from entry)::bigint as quantity,
           case when a.withdrawn_at < day.ends then a.withdrawn_at end as withdrawn_at
      from assignment a, day
     where a.id = $1::uuid and exists (select from entry)
)

-- part: months_as_they_were
(select coalesce(json_agg(json_build_object('month', to_char(m, 'YYYY-MM'), 'quantity',
                   (select coalesce(sum(e.change), 0)::bigint from entry e where e.month = m))
                   order by m), '[]')
          from generate_series(a.starts_on::timestamp, a.ends_on, '1 month') m
         where exists (select from entry where act = 'phase')) as months

-- Its divisions are what the entries of its parts say, and the declarations until then.
-- name: assignment_get_at
with {as_it_was}, part as (
    select c.cut, sum(case when c.additive then e.change else 0 end)::bigint as allocated,
           count(*) filter (where e.n = 1 and (c.withdrawn_at is null or c.withdrawn_at >= day.ends))
               as parts
      from day, assignment c
      join assignment_entry e on e.assignment_id = c.id
     where c.parent_id = $1::uuid and e.at < day.ends
     group by c.cut
), declared as (
    select distinct on (d.cut) d.cut, d.over
      from cut_declaration d, day
     where d.assignment_id = $1::uuid and d.at < day.ends
     order by d.cut, d.n desc
)
select {assignment_columns},
       (select coalesce(json_agg(json_build_object(
                   'cut', t.cut, 'parts', coalesce(p.parts, 0),
                   'allocated', coalesce(p.allocated, 0),
                   'unallocated', a.quantity - coalesce(p.allocated, 0),
                   'declared_over', coalesce(d.over, 0)) order by t.cut), '[]')
          from unnest(array['organisation', 'staff', 'territory']) t (cut)
          left join part p on p.cut = t.cut
          left join declared d on d.cut = t.cut
         where a.assignee_kind = 'unit' and u.kind <> 'hamlet') as cuts,
       {months_as_they_were}, (select max(n) from entry) as "@version"
  from a
  join unit u on u.id = a.unit_id

-- name: assignment_get_at_as_agent
with {as_it_was}
select {assignment_columns}, '[]'::json as cuts,
       {months_as_they_were}, (select max(n) from entry) as "@version"
  from a
  join unit u on u.id = a.unit_id

-- A phasing moves the number between months and leaves the total alone.
-- name: assignment_history
select e.n, e.act, to_char(e.month, 'YYYY-MM') as month, e.change,
       (sum(case e.act when 'phase' then 0 else e.change end) over (order by e.n))::bigint as total,
       e.reason, e.decision_number as "decision.number", e.decided_on as "decision.decided_on",
       e.decision_id as "decision.id", e.at, e.created_by
  from assignment_entry e
 where e.assignment_id = $1::uuid
   and e.at < ($2::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
 order by e.n

-- name: assignment_accept
with target as (
    select a.*, coalesce(case a.assignee_kind when 'unit' then a.unit_id = scope_id()
                                              when 'agency' then a.agency_id = own_agency()
                                              when 'collector' then a.collector_id = own_collector()
                                              when 'officer' then a.officer_id = caller_id()
                                              end, false) as held
      from assignment a where a.id = $1::uuid
), accepted as (
    insert into assignment_acceptance (assignment_id, created_by, agency_id, collector_id, unit_id,
                                       province_id, district_id, commune_id)
    select t.id, caller_id(), t.agency_id, t.collector_id, t.unit_id, t.province_id, t.district_id,
           t.commune_id
      from target t where t.held and t.withdrawn_at is null
    returning *
)
select t.id as assignment_id, c.at as accepted_at, c.created_by as accepted_by, t.held,
       case when t.withdrawn_at is not null then 'withdrawn' end as rule, null as pointer,
       null as figure
  from target t
  left join accepted c on true
