-- Progress: the totals of each line and the deltas that are younger than the last fold, in one
-- statement and so in one snapshot: exact at any moment. A statement here is short on purpose: what
-- a dashboard of a hundred lines costs is mostly the start of its plan.
--
-- $1 unit (null: the own)  $2 indicator  $3, $4 first and last day  $5 assigner  $6 the day as of which
-- $7 which lines to show  $8 a level below the unit, null for directly below  $9 the period as given
-- $10 … $14 the spans of the totals that answer each question (progress_rules.h), as arrays: question,
-- kinds, span, from, up to and without  $15 an earlier day for the targets too, null for what they are now

-- What is counted: the indicator's own kinds, and for people in which period each is counted once.
-- part: measure
measure as (
    select i.kind, i.unit = 'people' as people_once,
           case i.kind when 'stock' then 'level' else 'now' end as answered_by,
           case when i.kind = 'money' then array['vsi', 'hhi'] else array[i.scheme] end as schemes,
           case when i.kind = 'money' then array['new', 'renewal', 'return']
                else array[coalesce(i.enrolment_kind, 'stock')] end as kinds,
           case when $4::date - $3::date > 92 then 'year'
                when $4::date - $3::date > 31 then 'quarter' else 'month' end as period,
           '/v1/progress?indicator=' || $2 || '&period=' || $9::text || '&assigner=' || $5
           || '&unit=' as href
      from indicator i
     where i.code = $2 and (i.scheme is not null or i.code = 'collected')
)

-- part: cell
cell as (
    select c.question, s.scheme collate "C" as scheme, k.kind collate "C" as kind,
           c.span collate "C" as span, c.lo, c.hi
      from measure m
      join unnest($10::text[], $11::text[], $12::text[], $13::date[], $14::date[])
           c (question, kinds, span, lo, hi)
        on (m.kind = 'stock' or c.question not in ('level', 'level_before', 'moved'))
       and (m.kind <> 'stock' or c.question <> 'before')
     cross join unnest(m.schemes) s (scheme)
     cross join unnest(case c.kinds when 'own' then m.kinds when 'stock' then array['stock']
                                    else array['new', 'renewal', 'return'] end) k (kind)
)

-- What a row of totals or deltas adds to a line.
-- part: figured
c.question, c.kind, t.n, t.leaving, t.amount,
           case when not m.people_once then t.n when m.period = 'year' then t.people_year
                when m.period = 'quarter' then t.people_quarter else t.people_month end as people,
           case when not m.people_once or m.kind = 'stock' then t.confirmed
                when m.period = 'year' then t.confirmed_year
                when m.period = 'quarter' then t.confirmed_quarter
                else t.confirmed_month end as confirmed

-- The rows of a line and cell as one: a month of days is added up here, not carried along.
-- part: added_up
sum(t.n) as n, sum(t.leaving) as leaving, sum(t.amount) as amount,
               sum(t.people_month) as people_month, sum(t.people_quarter) as people_quarter,
               sum(t.people_year) as people_year, sum(t.confirmed) as confirmed,
               sum(t.confirmed_month) as confirmed_month,
               sum(t.confirmed_quarter) as confirmed_quarter,
               sum(t.confirmed_year) as confirmed_year

-- The years of many units of a level and province are one range of the key; anything else goes line by
-- line, and a line has the number of its unit. (offset 0: the planner does not know how few lines there are.)
-- part: unit_totals
select t.holder_id as no, {figured}
      from measure m
     cross join (select distinct province_id, level from line where wide) g
     cross join cell c
     cross join lateral (
        select * from progress_total t
         where t.province_id = g.province_id and t.level = g.level and t.scheme = c.scheme
           and t.kind = c.kind and t.span = c.span and t.starts_on >= c.lo and t.starts_on < c.hi
        offset 0
     ) t
     where c.span = 'year'
    union all
    select l.no, {figured}
      from measure m
     cross join line l
     cross join cell c
     cross join lateral (
        select {added_up}
          from progress_total t
         where t.province_id = l.province_id and t.level = l.level and t.holder_id = l.unit_id
           and t.scheme = c.scheme and t.kind = c.kind and t.span = c.span
           and t.starts_on >= c.lo and t.starts_on < c.hi
     ) t
     where not (l.wide and c.span = 'year')

-- part: credit_totals
select l.no, {figured}
      from measure m
     cross join line l
     cross join cell c
     cross join lateral (
        select {added_up}
          from credit_total t
         where t.credit_id = l.credit_id and t.scheme = c.scheme and t.kind = c.kind
           and t.span = c.span and t.starts_on >= c.lo and t.starts_on < c.hi
           and (l.inside is null or t.unit_id = l.inside)
     ) t

-- part: younger
select l.no, {figured}
      from measure m
     cross join young_delta t
      join cell c on c.scheme = t.scheme and c.kind = t.kind
                 and t.effective_on >= c.lo and t.effective_on < c.hi
      join line l on not (l.leaf and c.span = 'day') and {of_line}

-- Days of hamlets, agencies and collectors are in no total: the deltas of the communes have them.
-- part: leaf_days
select l.no, {figured}
      from measure m
     cross join leaf_commune o
     cross join cell c
     cross join lateral (
        select * from progress_delta t
         where t.commune_id = o.commune_id and t.effective_on >= c.lo and t.effective_on < c.hi
           and t.scheme = c.scheme and t.kind = c.kind
        offset 0
     ) t
      join line l on l.leaf and {of_line}
     where c.span = 'day'

-- part: of_line
case when l.credit_id is null
          then l.unit_id in (t.unit_id, t.commune_id, t.district_id, t.province_id, 1)
          else l.credit_id in (t.agency_id, t.collector_id, t.officer_id, t.association_id)
               and (l.inside is null or t.unit_id = l.inside) end

-- The number as it is, or as of a day: what the decisions until then say, and the entries without one.
-- part: number
case when $15::date is null then a.quantity
                                                     else (select sum(e.change)
                                                             from assignment_entry e
                                                            where e.assignment_id = a.id
                                                              and {decided_on} <= $15::date) end

-- part: decided_on
coalesce(e.decided_on, (e.at at time zone 'Asia/Ho_Chi_Minh')::date)

-- part: aimed_at
a.indicator = $2 and a.starts_on = $3::date and a.ends_on = $4::date and a.assigner = $5
                 and (a.withdrawn_at is null or $15::date is not null)

-- The months of a longer number that was phased, where none is given for exactly this period.
-- part: months_of
(select sum(e.change)
                  from assignment a
                  join assignment_entry e on e.assignment_id = a.id
                                         and e.month between $3::date and $4::date
                 where a.indicator = $2 and a.starts_on <= $3::date and a.ends_on >= $4::date
                   and a.assigner = $5 and a.phased
                   and ($15::date is null and a.withdrawn_at is null or {decided_on} <= $15::date)

-- What a superior gave comes before a plan of the unit's own.
-- part: target
case when l.inside is not null then null
                when l.credit_id is null
                then coalesce((select coalesce(sum({number}) filter (where a.cut <> 'root'),
                                               sum({number}))
                                 from assignment a
                                where a.unit_id = l.unit_id and a.assignee_kind = 'unit'
                                  and {aimed_at}),
                              {months_of} and a.unit_id = l.unit_id and a.assignee_kind = 'unit'))
                else coalesce((select sum({number}) from assignment a
                                where a.assignee_id = l.credit_id and a.assignee_kind <> 'unit'
                                  and {aimed_at}),
                              {months_of} and a.assignee_id = l.credit_id
                   and a.assignee_kind <> 'unit'),
                              (select sum({number}) from assignment a
                                where l.assignee = 'agency' and a.agency_id = l.credit_id
                                  and {aimed_at})) end

-- part: brief_sums
sum(case when m.kind = 'money' then f.amount when m.kind = 'stock' then f.n else f.people end)
           filter (where f.question = m.answered_by and f.kind = any(m.kinds)) as achieved,
           sum(f.confirmed) filter (where f.question = m.answered_by and f.kind = any(m.kinds))
           as confirmed,
           sum(f.n) filter (where f.question in ('now', 'moved') and f.kind = 'stock') as net

-- part: full_sums
{brief_sums},
           sum(case m.kind when 'stock' then f.n else f.people end)
           filter (where f.question = m.answered_by and f.kind = any(m.kinds)) as people,
           sum(f.n) filter (where f.question = 'now' and f.kind = any(m.kinds)) as transactions,
           sum(case m.kind when 'money' then f.amount when 'stock' then f.n else f.people end)
           filter (where f.question = case m.kind when 'stock' then 'level_before' else 'before' end)
           as before,
           sum(f.n) filter (where f.question = 'now' and f.kind = 'new') as new,
           sum(f.n) filter (where f.question = 'now' and f.kind = 'renewal') as renewed,
           sum(f.n) filter (where f.question = 'now' and f.kind = 'return') as returned,
           sum(f.leaving) filter (where f.question = 'now') as leaving,
           sum(f.amount) filter (where f.question = 'now') as money,
           sum(f.amount) filter (where f.question = 'now' and f.kind = 'new') as money_new,
           sum(f.amount) filter (where f.question = 'now' and f.kind = 'renewal') as money_renewed,
           sum(f.amount) filter (where f.question = 'now' and f.kind = 'return') as money_returned

-- The target of each line, its band and rank: narrow rows, because they are sorted and kept.
-- part: aimed
aimed as materialized (
    select a.*,
           case when target is null then null
                when achieved >= target then 'met'
                when achieved <= 0 then 'zero'
                when achieved * 2 < target then 'below_half'
                else 'below_target' end as band
      from (select l.no, l.depth > 0 as below, {target} as target,
                   coalesce(y.achieved, 0)::bigint as achieved,
                   coalesce(y.confirmed, 0)::bigint as confirmed, coalesce(y.net, 0)::bigint as net
              from line l
              left join tally y using (no)
            offset 0) a -- or the target would be looked up for each use of it
), ranked as (
    select a.*, case when below and target > 0
                     then rank() over (partition by below and target > 0
                                       order by achieved::float8 / nullif(target, 0)::float8 desc) end
                as rank
      from aimed a
), counted as (
    select $2::text as indicator, $3::date as starts_on, $4::date as ends_on, $6::date as at,
           $5::text as assigner, count(*) as lines, count(target) as with_target,
           count(*) filter (where band = 'met') as met,
           count(*) filter (where band <> 'met') as below_target,
           count(*) filter (where band in ('zero', 'below_half')) as below_half,
           count(*) filter (where band = 'zero') as zero
      from aimed
     where below
)

-- The head of the answer stands in front of the first line only.
-- part: head
h.indicator, h.starts_on as "period.from", h.ends_on as "period.to", h.at, h.assigner,
       h.lines as "below.lines", h.with_target as "below.with_target", h.met as "below.met",
       h.below_target as "below.below_target", h.below_half as "below.below_half",
       h.zero as "below.zero"

-- part: brief_columns
l.assignee as "assignee.kind", l.shown_unit as "assignee.unit_id",
       l.agency_id as "assignee.agency_id", l.collector_id as "assignee.collector_id",
       l.level as "assignee.level", l.code as "assignee.code", l.name as "assignee.name",
       a.target::bigint, a.achieved, a.confirmed,
       case when a.target > 0 then round(a.achieved * 100.0 / a.target, 2) end as percent,
       case when a.target is not null then greatest(a.target - a.achieved, 0)::bigint end as remaining,
       a.band, a.rank,
       case when $6::date >= $3::date
            then round((case m.kind when 'stock' then a.net else a.achieved end) * 7.0
                       / ($6::date - $3::date + 1), 2) end as "pace.so_far",
       case when $4::date > $6::date and a.target is not null
            then round(greatest(a.target - a.achieved, 0) * 7.0 / ($4::date - $6::date), 2) end
       as "pace.required",
       'counted' as basis,
       case when l.credit_id is null and l.level <> 'hamlet' and l.depth > 0
            then m.href || l.unit_id end as href

-- part: full_columns
coalesce(y.people, 0)::bigint as people, coalesce(y.transactions, 0)::bigint as transactions,
       coalesce(y.before, 0)::bigint as "last_year.achieved",
       (a.achieved - coalesce(y.before, 0))::bigint as "last_year.change",
       coalesce(y.new, 0)::bigint as "movement.new", coalesce(y.renewed, 0)::bigint as "movement.renewed",
       coalesce(y.returned, 0)::bigint as "movement.returned",
       coalesce(y.leaving, 0)::bigint as "movement.left", a.net as "movement.net",
       coalesce(y.money, 0)::bigint as "money.total", coalesce(y.money_new, 0)::bigint as "money.new",
       coalesce(y.money_renewed, 0)::bigint as "money.renewed",
       coalesce(y.money_returned, 0)::bigint as "money.returned"

-- part: from_lines
from measure m
 cross join line l
  join ranked a using (no)
  left join counted h on l.depth = 0

-- part: shown
l.depth = 0 or $7::text is null
    or case $7::text when 'below_target' then a.band <> 'met'
                     when 'below_half' then a.band in ('zero', 'below_half')
                     else a.band = $7::text end
 order by l.depth, l.code collate "C", no

-- A line is a unit (its totals), or somebody who has credit (theirs, `inside` one hamlet or anywhere).
-- part: place
place as (
    select u.* from unit u where u.id = coalesce($1::int, scope_id()) and in_slice(u)
)

-- Units directly below, or all of a level; the nation is all provinces.
-- part: units
line as (
    select u.id as no, (u.id <> p.id)::int as depth, 'unit' as assignee, u.id as unit_id,
           null::uuid as credit_id, null::int as inside, u.id as shown_unit,
           null::uuid as agency_id, null::uuid as collector_id, u.kind collate "C" as level, u.code,
           u.name, u.kind = 'hamlet' as leaf, u.province_id,
           p.kind = 'province' as wide
      from place p
     cross join lateral (
        select p.*
        union all
        select u.* from unit u where u.parent_id = p.id and u.valid_to is null and $8::text is null
        union all
        select u.* from unit u
         where u.kind = $8::text and u.valid_to is null and u.id <> p.id
           and u.province_id = any(case p.province_id
                                   when 0 then array(select n.id from unit n where n.kind = 'province')
                                   else array[p.province_id] end)
           and p.district_id in (0, u.district_id) and p.commune_id in (0, u.commune_id)
           and (p.kind <> 'nation' or u.kind <> 'hamlet')
     ) u
), leaf_commune as (
    select distinct u.commune_id
      from line l
      join unit u on u.id = l.unit_id
     where l.leaf
)

-- The unit, and the collectors, agencies, officers or associations of it with their credit.
-- part: credits
line as (
    select 0 as no, 0 as depth, 'unit' as assignee, p.id as unit_id, null::uuid as credit_id,
           null::int as inside, p.id as shown_unit, null::uuid as agency_id,
           null::uuid as collector_id, p.kind collate "C" as level, p.code, p.name,
           p.kind = 'hamlet' as leaf, p.province_id, false as wide
      from place p
    union all
    select row_number() over (order by c.code, c.id), 1, $8::text, null, c.id, null, null, c.agency_id,
           c.collector_id, $8::text collate "C", c.code, c.name, true, c.province_id, false
      from place p
      join (select c.id, c.agency_id, c.id as collector_id, c.card_number as code,
                   c.full_name as name, c.province_id, c.district_id, c.commune_id
              from collector c
             where $8::text = 'collector'
            union all
            select g.id, g.id, null, g.kind, g.name, g.province_id, g.district_id, g.commune_id
              from agency g
             where $8::text = 'agency'
            union all
            select o.id, null, null, o.slice, o.full_name, o.province_id, o.district_id, o.commune_id
              from app_user o
             where $8::text = 'officer' and o.agency_id is null and o.duty <> 'viewer'
               and o.disabled_at is null
            union all
            select a.id, null, null, a.kind, a.name, a.province_id, a.district_id, a.commune_id
              from association a
             where $8::text = 'association') c
        on p.kind <> 'nation' and c.province_id = p.province_id
       and p.district_id in (0, c.district_id) and p.commune_id in (0, c.commune_id)
), leaf_commune as (
    select c.id as commune_id
      from place p
      join unit c on c.province_id = p.province_id and c.kind = 'commune'
                 and p.district_id in (0, c.district_id) and p.commune_id in (0, c.id)
)

-- Where an agent has credit: today's hamlets, and those of earlier days.
-- part: leaf_commune_of_agent
leaf_commune as (
    select u.commune_id from unit u where u.id = any(territory())
    union
    select t.commune_id from credit_total t where t.credit_id = scope_agent()
    union
    select t.commune_id from young_delta t
)

-- part: hamlets_of_agent
select row_number() over (order by u.code, u.id), ($1::int is null)::int, 'unit', null, scope_agent(),
           u.id, u.id, null, null, u.kind, u.code, u.name, true
      from unit u
     where u.id = any(territory())

-- name: progress_of_unit
with {place}, {measure}, {cell}, {units}, figure as (
    {unit_totals}
    union all
    {leaf_days}
    union all
    {younger}
), tally as (
    select f.no, {full_sums} from figure f cross join measure m group by f.no
), {aimed}
select {head},
       {brief_columns},
       {full_columns}
  {from_lines}
  left join tally y using (no)
 where {shown}

-- name: progress_of_unit_in_brief
with {place}, {measure}, {cell}, {units}, figure as (
    {unit_totals}
    union all
    {leaf_days}
    union all
    {younger}
), tally as (
    select f.no, {brief_sums} from figure f cross join measure m group by f.no
), {aimed}
select {head},
       {brief_columns}
  {from_lines}
 where {shown}

-- name: progress_of_credit
with {place}, {measure}, {cell}, {credits}, figure as (
    {unit_totals}
    union all
    {credit_totals}
    union all
    {leaf_days}
    union all
    {younger}
), tally as (
    select f.no, {full_sums} from figure f cross join measure m group by f.no
), {aimed}
select {head},
       {brief_columns},
       {full_columns}
  {from_lines}
  left join tally y using (no)
 where {shown}

-- The own agency: itself, then its collectors or the hamlets that they serve.
-- name: progress_of_agency
with {measure}, {cell}, line as (
    select 0 as no, 0 as depth, 'agency' as assignee, null::int as unit_id, g.id as credit_id,
           null::int as inside, null::int as shown_unit, g.id as agency_id,
           null::uuid as collector_id, 'agency' as level, g.kind as code, g.name, true as leaf
      from agency g
     where $1::int is null
    union all
    select row_number() over (order by c.card_number), 1, 'collector', null, c.id, null, null,
           c.agency_id, c.id, 'collector', c.card_number, c.full_name, true
      from collector c
     where $1::int is null and coalesce($8::text, 'collector') = 'collector'
    union all
    {hamlets_of_agent} and (u.id = $1::int or $1::int is null and $8::text = 'hamlet')
), {leaf_commune_of_agent}, figure as (
    {credit_totals}
    union all
    {leaf_days}
    union all
    {younger}
), tally as (
    select f.no, {full_sums} from figure f cross join measure m group by f.no
), {aimed}
select {head},
       {brief_columns},
       {full_columns}
  {from_lines}
  left join tally y using (no)
 where {shown}

-- The own collector: itself, then the hamlets of the territory (they carry no target of their own).
-- name: progress_of_collector
with {measure}, {cell}, line as (
    select 0 as no, 0 as depth, 'collector' as assignee, null::int as unit_id, c.id as credit_id,
           null::int as inside, null::int as shown_unit, c.agency_id, c.id as collector_id,
           'collector' as level, c.card_number as code, c.full_name as name, true as leaf
      from collector c
     where $1::int is null
    union all
    {hamlets_of_agent}
       and (u.id = $1::int or $1::int is null and coalesce($8::text, 'hamlet') = 'hamlet')
), {leaf_commune_of_agent}, figure as (
    {credit_totals}
    union all
    {leaf_days}
    union all
    {younger}
), tally as (
    select f.no, {full_sums} from figure f cross join measure m group by f.no
), {aimed}
select {head},
       {brief_columns},
       {full_columns}
  {from_lines}
  left join tally y using (no)
 where {shown}
