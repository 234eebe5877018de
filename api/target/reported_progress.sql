-- Progress as it was reported from outside, on the map of the day (published) or on today's (restated).
-- A line is a row of progress.sql, and what the report says of itself.
--
-- $1 unit (null: the own)  $2 indicator  $3, $4 first and last day  $5 assigner  $6 a level  $7 the day
-- $8 published or restated
-- name: progress_reported
with measure as (
    select i.code, i.kind, case when i.kind <> 'stock' then $3::date end as starting
      from indicator i
     where i.code = $2 and i.kind <> 'ratio'
), place as (
    select u.*, $8::text = 'published' or u.holder_id is not null as published,
           least($7::date, u.valid_to) as day
      from unit u
     where u.id = coalesce($1::int, scope_id()) and in_slice(u)
), line as (
    select 0 as depth, p.id, p.kind, p.code,
           case when p.former_until >= p.day then name_on(p.id, p.day) else p.name end as name
      from place p
    union all
    select 1, u.id, u.kind, u.code, u.name
      from place p
     cross join lateral units_below(p.id, $6::text, p.day) u
     where p.published
    union all
    select 1, u.id, u.kind, u.code, u.name
      from place p
     cross join lateral units_below(p.id, $6::text, business_date()) u
     where not p.published
), aim as (
    -- what a superior gave comes before a plan of the unit's own
    select a.unit_id, coalesce(sum(a.quantity) filter (where a.cut <> 'root'), sum(a.quantity)) as target
      from line l
      join assignment a on a.unit_id = l.id and a.assignee_kind = 'unit'
     where a.indicator = $2 and a.starts_on = $3::date and a.ends_on = $4::date and a.assigner = $5
       and a.withdrawn_at is null
     group by a.unit_id
)
select 'unit' as "assignee.kind", l.id as "assignee.unit_id", null::uuid as "assignee.agency_id",
       null::uuid as "assignee.collector_id", l.kind as "assignee.level", l.code as "assignee.code",
       l.name as "assignee.name", l.kind not in ('hamlet', 'commune') as opens, l.depth,
       coalesce(r.people, o.people, 0) as achieved, 0::bigint as confirmed,
       case m.kind when 'stock' then 0 else coalesce(r.people, o.people, 0) end as moved,
       case when coalesce(r.people, o.people) is not null then a.target end::bigint as target,
       coalesce(r.as_of, o.as_of) as "reported.on",
       coalesce(r.source, o.source) as "reported.source",
       coalesce(r.exactness, o.exactness) as "reported.exactness",
       coalesce(r.illustrative, o.illustrative) as "reported.illustrative",
       case when r.people is null then o.units end as "reported.restated_from"
  from measure m
 cross join line l
  left join lateral result_until(l.id, m.code, m.starting, $7::date) r on true
  -- of a stock that is reported by payer groups, and of a unit of today what it is made of
  left join lateral (select g.people, g.as_of, g.source, 'exact' as exactness, false as illustrative,
                            null::bigint as units
                       from reports_until(l.id, m.code, $7::date) g
                      where m.kind = 'stock' and r.people is null
                      union all
                     select sum(x.people)::bigint, min(x.as_of), string_agg(distinct x.source, '; '),
                            case when bool_and(x.exactness = 'exact') then 'exact' else 'about' end,
                            bool_or(x.illustrative), count(*)
                       from made_of(l.id, $7::date) c
                       left join lateral result_until(c.id, m.code, m.starting, $7::date) x on true
                      where r.people is null and $7::date < '2025-07-01'
                     having count(*) > 0 and count(*) = count(x.people)
                      limit 1) o on true
  left join aim a on a.unit_id = l.id
