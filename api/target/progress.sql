-- part: figure_columns
target::bigint, achieved,
       case when target > 0 then round(achieved * 100.0 / target, 2) end as percent,
       case when target is not null then greatest(target - achieved, 0)::bigint end as remaining,
       'counted' as basis

-- part: counted_enrolments
counted as (
    select e.*
      from enrolment e
      join measure m on e.scheme = m.scheme and e.kind = m.enrolment_kind
     where e.paid_on between $2::date and $3::date
       and e.status in ('submitted', 'accepted', 'issued')
)

-- Progress, counted from the rows of the slice. A line is the unit itself or one directly below it;
-- the tally counts every level at once, and ids of units are unique over the levels.
-- name: progress_of_unit
with place as (
    select u.* from unit u where u.id = coalesce($1::int, scope_id()) and in_slice(u)
), measure as (
    select * from indicator where code = $2 and kind = 'flow'
), line as (
    select 0 as depth, p.id, p.kind, p.code, p.name, null::uuid as collector_id from place p
    union all
    select 1, u.id, u.kind, u.code, u.name, null
      from unit u join place p on u.parent_id = p.id
     where u.valid_to is null
    union all
    select 2, c.unit_id, 'collector', c.card_number, c.full_name, c.id
      from collector c join place p on c.unit_id = p.id and p.kind = 'commune'
), counted as (
    select e.*
      from enrolment e
      join measure m on e.scheme = m.scheme and e.kind = m.enrolment_kind
     where e.paid_on between $3::date and $4::date
       and e.status in ('submitted', 'accepted', 'issued')
), tally as (
    select case when grouping(unit_id) = 0 then unit_id
                when grouping(commune_id) = 0 then commune_id
                when grouping(district_id) = 0 then district_id
                when grouping(province_id) = 0 then province_id
                else 1 end as id,
           null::uuid as collector_id, count(*) as n
      from counted
     group by grouping sets ((unit_id), (commune_id), (district_id), (province_id), ())
    union all
    select 0, collector_id, count(*) from counted where collector_id is not null
     group by collector_id
), target as (
    -- what a superior gave comes before a plan of the unit's own
    select a.unit_id, a.collector_id,
           coalesce(sum(a.quantity) filter (where a.cut <> 'root'), sum(a.quantity)) as quantity
      from assignment a
     where a.indicator = $2 and a.starts_on = $3::date and a.ends_on = $4::date
       and a.assigner = $5 and a.cut in ('root', 'territory', 'staff')
     group by a.unit_id, a.collector_id
), figure as (
    select l.*, t.quantity as target, coalesce(y.n, 0) as achieved
      from line l
      left join target t on t.unit_id = l.id and t.collector_id is not distinct from l.collector_id
      left join tally y on (l.collector_id is null and y.id = l.id)
                        or y.collector_id = l.collector_id
)
select case when collector_id is null then 'unit' else 'collector' end as "assignee.kind",
       case when collector_id is null then id end as "assignee.unit_id",
       collector_id as "assignee.collector_id", kind as "assignee.level",
       code as "assignee.code", name as "assignee.name",
       {figure_columns}
  from figure
 where exists (select from measure)
 order by depth, code, id

-- The own agency: itself, then its collectors.
-- name: progress_of_agency
with measure as (
    select * from indicator where code = $1 and kind = 'flow'
), line as (
    select 0 as depth, g.id, 'agency' as kind, g.kind as code, g.name from agency g
    union all
    select 1, c.id, 'collector', c.card_number, c.full_name from collector c
), {counted_enrolments}, figure as (
    select l.*,
           (select sum(a.quantity) from assignment a
             where a.indicator = $1 and a.starts_on = $2::date and a.ends_on = $3::date
               and a.assigner = $4 and (l.depth = 0 or a.collector_id = l.id)) as target,
           (select count(*) from counted e where l.depth = 0 or e.collector_id = l.id) as achieved
      from line l
)
select kind as "assignee.kind", null::int as "assignee.unit_id",
       case when depth = 1 then id end as "assignee.collector_id", kind as "assignee.level",
       code as "assignee.code", name as "assignee.name",
       {figure_columns}
  from figure
 where exists (select from measure)
 order by depth, name, id

-- The own collector: itself, then the hamlets of the territory (they carry no target of their own).
-- name: progress_of_collector
with measure as (
    select * from indicator where code = $1 and kind = 'flow'
), line as (
    select 0 as depth, null::int as unit_id, c.id as collector_id, 'collector' as kind,
           c.card_number as code, c.full_name as name
      from collector c
    union all
    select 1, u.id, null, u.kind, u.code, u.name from unit u where u.id = any(territory())
), {counted_enrolments}, figure as (
    select l.*,
           (select sum(a.quantity) from assignment a
             where a.indicator = $1 and a.starts_on = $2::date and a.ends_on = $3::date
               and a.assigner = $4 and a.collector_id = l.collector_id) as target,
           (select count(*) from counted e where l.depth = 0 or e.unit_id = l.unit_id) as achieved
      from line l
)
select case when depth = 0 then 'collector' else 'unit' end as "assignee.kind",
       unit_id as "assignee.unit_id", collector_id as "assignee.collector_id",
       kind as "assignee.level", code as "assignee.code", name as "assignee.name",
       {figure_columns}
  from figure
 where exists (select from measure)
 order by depth, code
