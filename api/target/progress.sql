-- Progress: the totals of each line and the deltas that are younger than the last fold, in one
-- statement and so in one snapshot: exact at any moment.
--
-- $1 unit ($1 null: the own)  $2 indicator  $3, $4 first and last day  $5 assigner  $6 the day as of
-- which, null for today  $7 which lines to show  $8 a level below the unit, null for directly below

-- What is counted: the indicator's own kind in the period, for people also the period itself.
-- part: measure
measure as (
    select i.*, least($4::date, coalesce($6::date, business_date())) as until,
           case when i.kind = 'money' then array['vsi', 'hhi'] else array[i.scheme] end as schemes,
           case when i.kind = 'stock' then array['stock']
                when i.kind = 'money' then array['new', 'renewal', 'return']
                else array[i.enrolment_kind] end as kinds,
           case when $4::date - $3::date > 92 then 'year'
                when $4::date - $3::date > 31 then 'quarter' else 'month' end as period
      from indicator i
     where i.code = $2 and (i.scheme is not null or i.code = 'collected')
)

-- The spans of the totals that answer each question. Nothing but stock is dated in the future, so a
-- period that is not over yet needs its days only when one asks for an earlier one.
-- part: brief_cells
cell as (
    select 'achieved' as question, c.scheme, k.kind, s.*
      from measure m
     cross join unnest(m.schemes) c (scheme)
     cross join unnest(m.kinds) k (kind)
     cross join lateral spans(case when m.kind = 'stock' then '-infinity' else $3::date end,
                              case when m.kind <> 'stock' and $6::date is null then $4::date
                                   else m.until end + 1) s
    union all
    select 'movement', m.scheme, 'stock', s.*
      from measure m
     cross join lateral spans($3::date, m.until + 1) s
     where m.kind = 'stock'
)

-- part: full_cells
cell as (
    select 'achieved' as question, c.scheme, k.kind, s.*
      from measure m
     cross join unnest(m.schemes) c (scheme)
     cross join unnest(m.kinds) k (kind)
     cross join lateral spans(case when m.kind = 'stock' then '-infinity' else $3::date end,
                              case when m.kind <> 'stock' and $6::date is null then $4::date
                                   else m.until end + 1) s
    union all
    select 'before', c.scheme, k.kind, s.*
      from measure m
     cross join unnest(m.schemes) c (scheme)
     cross join unnest(m.kinds) k (kind)
     cross join lateral spans(case when m.kind = 'stock' then '-infinity'
                                   else ($3::date - interval '1 year')::date end,
                              (m.until - interval '1 year')::date + 1) s
    union all
    select 'movement', c.scheme, k.kind, s.*
      from measure m
     cross join unnest(m.schemes) c (scheme)
     cross join unnest(array['new', 'renewal', 'return', 'stock']) k (kind)
     cross join lateral spans($3::date, case when k.kind <> 'stock' and $6::date is null then $4::date
                                             else m.until end + 1) s
)

-- part: summed
sum(t.n) as n, sum(t.confirmed) as confirmed, sum(t.people_month) as people_month,
               sum(t.people_quarter) as people_quarter, sum(t.people_year) as people_year,
               sum(t.confirmed_month) as confirmed_month, sum(t.confirmed_quarter) as confirmed_quarter,
               sum(t.confirmed_year) as confirmed_year, sum(t.leaving) as leaving,
               sum(t.amount) as amount

-- part: unit_totals
select l.no, c.question, c.kind, t.*
      from line l
     cross join cell c
     cross join lateral (
        select {summed}
          from progress_total t
         where t.holder_id = l.unit_id and t.scheme = c.scheme and t.kind = c.kind
           and t.span = c.span and t.starts_on >= c.lo and t.starts_on < c.hi
     ) t
     where l.credit_id is null

-- part: credit_totals
select l.no, c.question, c.kind, t.*
      from line l
     cross join cell c
     cross join lateral (
        select {summed}
          from credit_total t
         where t.credit_id = l.credit_id and t.scheme = c.scheme and t.kind = c.kind
           and t.span = c.span and t.starts_on >= c.lo and t.starts_on < c.hi
           and (l.inside is null or t.unit_id = l.inside)
     ) t
     where l.credit_id is not null

-- part: younger
select l.no, c.question, c.kind, {summed}
      from young_delta t
      join cell c on c.scheme = t.scheme and c.kind = t.kind
                 and t.effective_on >= c.lo and t.effective_on < c.hi
      join line l on case when l.credit_id is null
                          then l.unit_id in (t.unit_id, t.commune_id, t.district_id, t.province_id, 1)
                          else l.credit_id in (t.agency_id, t.collector_id)
                               and (l.inside is null or t.unit_id = l.inside) end
     group by l.no, c.question, c.kind

-- What a superior gave comes before a plan of the unit's own.
-- part: aimed_at
a.indicator = $2 and a.starts_on = $3::date and a.ends_on = $4::date and a.assigner = $5

-- part: target
case when l.inside is not null then null
                when l.assignee = 'unit'
                then (select coalesce(sum(a.quantity) filter (where a.cut <> 'root'), sum(a.quantity))
                        from assignment a
                       where a.unit_id = l.unit_id and a.assignee_kind = 'unit' and {aimed_at})
                when l.assignee = 'collector'
                then (select sum(a.quantity) from assignment a
                       where a.collector_id = l.credit_id and {aimed_at})
                else (select coalesce(sum(a.quantity) filter (where a.collector_id is null),
                                      sum(a.quantity))
                        from assignment a
                       where a.agency_id = l.credit_id and {aimed_at}) end

-- One row for each line. Achieved is in the unit of the indicator; people are counted once in the
-- period.
-- part: figures
tally as (
    select f.no,
           coalesce(sum(f.n) filter (where question = 'achieved'), 0) as transactions,
           coalesce(sum(case m.period when 'year' then people_year when 'quarter' then people_quarter
                                      else people_month end)
                    filter (where question = 'achieved'), 0) as people,
           coalesce(sum(case when m.kind = 'money' then f.amount
                             when m.kind = 'stock' or m.unit <> 'people' then f.n
                             when m.period = 'year' then f.people_year
                             when m.period = 'quarter' then f.people_quarter
                             else f.people_month end)
                    filter (where question = 'achieved'), 0) as achieved,
           coalesce(sum(case when m.kind = 'money' then f.confirmed
                             when m.kind = 'stock' or m.unit <> 'people' then f.confirmed
                             when m.period = 'year' then f.confirmed_year
                             when m.period = 'quarter' then f.confirmed_quarter
                             else f.confirmed_month end)
                    filter (where question = 'achieved'), 0) as confirmed,
           coalesce(sum(case when m.kind = 'money' then f.amount
                             when m.kind = 'stock' or m.unit <> 'people' then f.n
                             when m.period = 'year' then f.people_year
                             when m.period = 'quarter' then f.people_quarter
                             else f.people_month end)
                    filter (where question = 'before'), 0) as before,
           coalesce(sum(f.n) filter (where question = 'movement' and f.kind = 'new'), 0) as new,
           coalesce(sum(f.n) filter (where question = 'movement' and f.kind = 'renewal'), 0) as renewed,
           coalesce(sum(f.n) filter (where question = 'movement' and f.kind = 'return'), 0) as returned,
           coalesce(sum(f.leaving) filter (where question = 'movement'), 0) as leaving,
           coalesce(sum(f.n) filter (where question = 'movement' and f.kind = 'stock'), 0) as net,
           coalesce(sum(f.amount) filter (where question = 'movement' and f.kind = 'new'), 0)
           as money_new,
           coalesce(sum(f.amount) filter (where question = 'movement' and f.kind = 'renewal'), 0)
           as money_renewed,
           coalesce(sum(f.amount) filter (where question = 'movement' and f.kind = 'return'), 0)
           as money_returned
      from figure f
     cross join measure m
     group by f.no
), aimed as (
    select l.*, m.until, m.kind as measured, {target} as target,
           coalesce(y.transactions, 0) as transactions, coalesce(y.people, 0) as people,
           coalesce(y.achieved, 0) as achieved, coalesce(y.confirmed, 0) as confirmed,
           coalesce(y.before, 0) as before, coalesce(y.new, 0) as new,
           coalesce(y.renewed, 0) as renewed, coalesce(y.returned, 0) as returned,
           coalesce(y.leaving, 0) as leaving, coalesce(y.net, 0) as net,
           coalesce(y.money_new, 0) as money_new, coalesce(y.money_renewed, 0) as money_renewed,
           coalesce(y.money_returned, 0) as money_returned
      from measure m
     cross join line l
      left join tally y on y.no = l.no
), ranked as (
    select a.*,
           case when target is null then null
                when achieved >= target then 'met'
                when achieved <= 0 then 'zero'
                when achieved * 2 < target then 'below_half'
                else 'below_target' end as band,
           case when depth > 0 and target > 0
                then rank() over (partition by depth, target > 0
                                  order by achieved::numeric / nullif(target, 0) desc) end as rank,
           depth > 0 and depth = min(nullif(depth, 0)) over () as below
      from aimed a
), told as (
    select r.*,
           count(*) filter (where below) over () as lines,
           count(*) filter (where below and target is not null) over () as with_target,
           count(*) filter (where below and band = 'met') over () as met,
           count(*) filter (where below and band <> 'met') over () as below_target,
           count(*) filter (where below and band in ('zero', 'below_half')) over () as below_half,
           count(*) filter (where below and band = 'zero') over () as zero
      from ranked r
)

-- The head of the answer stands in front of the first line.
-- part: head
$2::text as indicator, $3::date as "period.from", $4::date as "period.to", r.until as at,
       $5::text as assigner, r.lines as "below.lines", r.with_target as "below.with_target",
       r.met as "below.met", r.below_target as "below.below_target",
       r.below_half as "below.below_half", r.zero as "below.zero"

-- part: brief_columns
r.assignee as "assignee.kind", r.shown_unit as "assignee.unit_id",
       r.agency_id as "assignee.agency_id", r.collector_id as "assignee.collector_id",
       r.level as "assignee.level", r.code as "assignee.code", r.name as "assignee.name",
       r.target::bigint, r.achieved::bigint, r.confirmed::bigint,
       case when r.target > 0 then round(r.achieved * 100.0 / r.target, 2) end as percent,
       case when r.target is not null then greatest(r.target - r.achieved, 0)::bigint end as remaining,
       r.band, r.rank,
       case when r.until >= $3::date
            then round((case when r.measured = 'stock' then r.net else r.achieved end) * 7.0
                       / (r.until - $3::date + 1), 2) end as "pace.so_far",
       case when $4::date > r.until and r.target is not null
            then round(greatest(r.target - r.achieved, 0) * 7.0 / ($4::date - r.until), 2) end
       as "pace.required",
       'counted' as basis,
       case when r.credit_id is null and r.level <> 'hamlet' and r.depth > 0
            then format('/v1/progress?indicator=%s&period=%s&assigner=%s&unit=%s', $2,
                        $9::text, $5, r.unit_id) end as href

-- part: full_columns
r.people::bigint, r.transactions::bigint,
       r.before::bigint as "last_year.achieved", (r.achieved - r.before)::bigint as "last_year.change",
       r.new::bigint as "movement.new", r.renewed::bigint as "movement.renewed",
       r.returned::bigint as "movement.returned", r.leaving::bigint as "movement.left",
       r.net::bigint as "movement.net",
       (r.money_new + r.money_renewed + r.money_returned)::bigint as "money.total",
       r.money_new::bigint as "money.new", r.money_renewed::bigint as "money.renewed",
       r.money_returned::bigint as "money.returned"

-- part: shown
r.depth = 0 or $7::text is null
    or case $7::text when 'below_target' then r.band <> 'met'
                     when 'below_half' then r.band in ('zero', 'below_half')
                     else r.band = $7::text end

-- A line is a unit (its totals), or somebody who has credit (theirs, `inside` one hamlet or anywhere).
-- part: lines_of_unit
place as (
    select u.* from unit u where u.id = coalesce($1::int, scope_id()) and in_slice(u)
), listed as (
    select 0 as depth, 'unit' as assignee, p.id as unit_id, null::uuid as credit_id,
           null::int as inside, p.id as shown_unit, null::uuid as agency_id,
           null::uuid as collector_id, p.kind as level, p.code, p.name
      from place p
    union all
    select 1, 'unit', u.id, null, null, u.id, null, null, u.kind, u.code, u.name
      from place p
      join unit u on u.parent_id = p.id
     where u.valid_to is null and $8::text is null
    union all
    select 1, 'unit', u.id, null, null, u.id, null, null, u.kind, u.code, u.name
      from place p
      join unit u on u.kind = $8::text
                 and (p.kind = 'nation' and u.kind <> 'hamlet'
                      or p.kind = 'province' and u.province_id = p.id
                      or p.kind = 'district' and u.district_id = p.id
                      or p.kind = 'commune' and u.commune_id = p.id)
     where u.valid_to is null and u.id <> p.id
    union all
    select 2, 'collector', null, c.id, null, null, c.agency_id, c.id, 'collector', c.card_number,
           c.full_name
      from place p
      join collector c on p.kind = 'commune' and c.commune_id = p.id
                       or $8::text = 'collector'
                          and (p.kind = 'province' and c.province_id = p.id
                               or p.kind = 'district' and c.district_id = p.id)
     where coalesce($8::text, 'collector') = 'collector'
    union all
    select 2, 'agency', null, g.id, null, null, g.id, null, 'agency', g.kind, g.name
      from place p
      join agency g on p.kind = 'province' and g.province_id = p.id
                    or p.kind = 'district' and g.district_id = p.id
                    or p.kind = 'commune' and g.commune_id = p.id
     where $8::text = 'agency'
), line as (
    select row_number() over () as no, l.* from listed l
)

-- part: lines_of_agency
listed as (
    select 0 as depth, 'agency' as assignee, null::int as unit_id, g.id as credit_id,
           null::int as inside, null::int as shown_unit, g.id as agency_id,
           null::uuid as collector_id, 'agency' as level, g.kind as code, g.name
      from agency g
     where $1::int is null
    union all
    select 1, 'collector', null, c.id, null, null, c.agency_id, c.id, 'collector', c.card_number,
           c.full_name
      from collector c
     where $1::int is null and coalesce($8::text, 'collector') = 'collector'
    union all
    select ($1::int is null)::int, 'unit', null, scope_agent(), u.id, u.id, null, null, u.kind, u.code,
           u.name
      from unit u
     where u.id = any(territory()) and (u.id = $1::int or $1::int is null and $8::text = 'hamlet')
), line as (
    select row_number() over () as no, l.* from listed l
)

-- part: lines_of_collector
listed as (
    select 0 as depth, 'collector' as assignee, null::int as unit_id, c.id as credit_id,
           null::int as inside, null::int as shown_unit, c.agency_id, c.id as collector_id,
           'collector' as level, c.card_number as code, c.full_name as name
      from collector c
     where $1::int is null
    union all
    select ($1::int is null)::int, 'unit', null, scope_agent(), u.id, u.id, null, null, u.kind,
           u.code, u.name
      from unit u
     where u.id = any(territory())
       and (u.id = $1::int or $1::int is null and coalesce($8::text, 'hamlet') = 'hamlet')
), line as (
    select row_number() over () as no, l.* from listed l
)

-- name: progress_of_unit
with {lines_of_unit}, {measure}, {full_cells}, figure as (
    {unit_totals}
    union all
    {credit_totals}
    union all
    {younger}
), {figures}
select {head},
       {brief_columns},
       {full_columns}
  from told r
 where {shown}
 order by r.depth, r.code, r.no

-- name: progress_of_unit_in_brief
with {lines_of_unit}, {measure}, {brief_cells}, figure as (
    {unit_totals}
    union all
    {credit_totals}
    union all
    {younger}
), {figures}
select {head},
       {brief_columns}
  from told r
 where {shown}
 order by r.depth, r.code, r.no

-- The own agency: itself, then its collectors.
-- name: progress_of_agency
with {lines_of_agency}, {measure}, {full_cells}, figure as (
    {credit_totals}
    union all
    {younger}
), {figures}
select {head},
       {brief_columns},
       {full_columns}
  from told r
 where {shown}
 order by r.depth, r.code, r.no

-- The own collector: itself, then the hamlets of the territory (they carry no target of their own).
-- name: progress_of_collector
with {lines_of_collector}, {measure}, {full_cells}, figure as (
    {credit_totals}
    union all
    {younger}
), {figures}
select {head},
       {brief_columns},
       {full_columns}
  from told r
 where {shown}
 order by r.depth, r.code, r.no
