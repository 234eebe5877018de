-- Progress: the totals of each line and the deltas that are younger than the last fold, in one
-- statement and so in one snapshot: exact at any moment. A statement here reads ranges and joins them
-- once; percentages, bands and ranks are made in C (progress_rules.h), where they cost nothing.
--
-- $1 unit (null: the own)  $2 indicator  $3, $4 first and last day  $5 assigner
-- $6 a level below the unit, null for directly below
-- $7 … $11 the spans of the totals that answer each question (progress_rules.h), as arrays: question,
-- kinds, span, from, up to and without  $12 an earlier day for the targets too, null for what they are now
-- Of a board instead: $12 how each span is used, $13 of which measures, arrays as well, $14 the openings

-- What is counted: the indicator's own kinds, and for people in which period each is counted once.
-- part: measure
measure as (
    select i.kind, i.unit = 'people' as people_once,
           case i.kind when 'stock' then 'level' else 'now' end as answered_by,
           case when i.kind = 'money' then array['vsi', 'hhi'] else array[i.scheme] end as schemes,
           case when i.kind = 'money' then array['new', 'renewal', 'return']
                else array[coalesce(i.enrolment_kind, 'stock')] end as kinds,
           case when $4::date - $3::date > 92 then 'year'
                when $4::date - $3::date > 31 then 'quarter' else 'month' end as period
      from indicator i
     where i.code = $2 and (i.scheme is not null or i.code = 'collected')
)

-- Of a stock its level, of everything else what happened.
-- part: asked
case when c.question in ('level', 'level_before') then m.kind = 'stock'
           when c.question = 'before' or c.kinds = 'own' then m.kind <> 'stock'
           else true end

-- part: kinds
case c.kinds when 'own' then m.kinds when 'stock' then array['stock']
                                    else array['new', 'renewal', 'return'] end

-- One question about one span of one kind; what answers for the indicator itself `counts`.
-- part: cell
cell as materialized (
    select c.question, s.scheme collate "C" as scheme, k.kind collate "C" as kind,
           c.span collate "C" as span, c.lo, c.hi, m.kind as measure, m.people_once, m.period,
           c.question = m.answered_by and k.kind = any(m.kinds) as counts
      from measure m
      join unnest($7::text[], $8::text[], $9::text[], $10::date[], $11::date[])
           c (question, kinds, span, lo, hi)
        on {asked}
     cross join unnest(m.schemes) s (scheme)
     cross join unnest({kinds}) k (kind)
)

-- People of a row of totals or deltas, each counted once in a period like the one asked for.
-- part: people
case when not c.people_once or c.measure = 'stock' then t.n when c.period = 'year' then t.people_year
                when c.period = 'quarter' then t.people_quarter else t.people_month end

-- part: confirmed
case when not c.people_once or c.measure = 'stock' then t.confirmed
                when c.period = 'year' then t.confirmed_year
                when c.period = 'quarter' then t.confirmed_quarter else t.confirmed_month end

-- What a row adds to a line.
-- part: figured
c.question, c.kind, c.measure, c.counts, t.n, t.leaving, t.amount, {people} as people,
           {confirmed} as confirmed

-- The rows of a line and cell as one: a month of days is added up here, not carried along.
-- part: added_up
sum(t.n) as n, sum(t.leaving) as leaving, sum(t.amount) as amount, sum({people}) as people,
               sum({confirmed}) as confirmed

-- part: summed
c.question, c.kind, c.measure, c.counts, t.n, t.leaving, t.amount, t.people, t.confirmed

-- part: spanned
t.scheme = c.scheme and t.kind = c.kind and t.span = c.span and t.starts_on >= c.lo
           and t.starts_on < c.hi

-- Many units of a level and province are one range of the key for each span; a few go line by line,
-- and a line has the number of its unit. (offset 0: the planner does not know how few lines there are.)
-- part: unit_totals
select t.holder_id as no, {summed}
      from spread g
     cross join cell c
     cross join lateral (
        select t.holder_id, {added_up}
          from progress_total t
         where t.province_id = g.province_id and t.level = g.level and {spanned}
         group by t.holder_id
     ) t
     where g.wide
    union all
    select l.no, {summed}
      from line l
     cross join cell c
     cross join lateral (
        select {added_up}
          from progress_total t
         where t.province_id = l.province_id and t.level = l.level and t.holder_id = l.unit_id
           and {spanned}
     ) t
     where not l.wide

-- part: credit_totals
select l.no, {summed}
      from line l
     cross join cell c
     cross join lateral (
        select {added_up}
          from credit_total t
         where t.credit_id = l.credit_id and {spanned}
           and (l.inside is null or t.unit_id = l.inside)
     ) t

-- part: younger
select l.no, {figured}
      from young_delta t
      join cell c on c.scheme = t.scheme and c.kind = t.kind
                 and t.effective_on >= c.lo and t.effective_on < c.hi
      join line l on not (l.leaf and c.span = 'day') and {of_line}

-- Days of hamlets, agencies and collectors are in no total: the deltas of the communes have them.
-- part: leaf_days
select l.no, {figured}
      from leaf_commune o
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

-- Where what was taken away has an older decision than what was given, nothing is left and not less.
-- part: changes
case when sum(e.change) < 0 then 0 else sum(e.change) end

-- The number as it is, or as of a day: what the decisions until then say, and the entries without one.
-- part: number
case when $12::date is null then a.quantity
                                                     else (select {changes}
                                                             from assignment_entry e
                                                            where e.assignment_id = a.id
                                                              and {decided_on} <= $12::date) end

-- part: decided_on
coalesce(e.decided_on, (e.at at time zone 'Asia/Ho_Chi_Minh')::date)

-- part: aimed
a.indicator = $2 and a.starts_on = $3::date and a.ends_on = $4::date and a.assigner = $5

-- part: aimed_at
{aimed} and (a.withdrawn_at is null or $12::date is not null)

-- The months of a longer number that was phased, where none is given for exactly this period.
-- part: phased
a.indicator = $2 and a.starts_on <= $3::date and a.ends_on >= $4::date
                 and a.assigner = $5 and a.phased

-- part: phased_for
{phased}
                 and ($12::date is null and a.withdrawn_at is null or {decided_on} <= $12::date)

-- The targets of units: one range of the key for all of a level, in a commune that of the commune.
-- What a superior gave comes before a plan of the unit's own. No year is part of a longer number.
-- part: aims
aim as (
    select a.unit_id as no,
           coalesce(sum({number}) filter (where a.cut <> 'root'), sum({number})) as target
      from spread g
     cross join lateral (
        select * from assignment a
         where a.province_id = g.province_id and a.level = g.level and {aimed_at}
           and a.commune_id between g.first_commune and g.last_commune
        offset 0
     ) a
     group by a.unit_id
), month_aim as (
    select a.unit_id as no, {changes} as target
      from spread g
      join assignment a on a.province_id = g.province_id and a.level = g.level
                       and a.commune_id between g.first_commune and g.last_commune
      join assignment_entry e on e.assignment_id = a.id
                             and e.month between $3::date and $4::date
     where $4::date - $3::date < 300 and {phased_for}
     group by a.unit_id
)

-- The target of somebody who has credit; in one hamlet nobody has one.
-- part: target_of_credit
case when l.inside is null
          then coalesce((select sum({number}) from assignment a
                          where a.assignee_id = l.credit_id and a.assignee_kind <> 'unit'
                            and {aimed_at}),
                        (select {changes}
                           from assignment a
                           join assignment_entry e on e.assignment_id = a.id
                                                  and e.month between $3::date and $4::date
                          where a.assignee_id = l.credit_id and a.assignee_kind <> 'unit'
                            and {phased_for}),
                        (select sum({number}) from assignment a
                          where l.assignee = 'agency' and a.agency_id = l.credit_id
                            and {aimed_at})) end

-- part: full_sums
sum(case when f.measure = 'money' then f.amount when f.measure = 'stock' then f.n else f.people end)
           filter (where f.counts) as achieved,
           sum(f.confirmed) filter (where f.counts) as confirmed,
           sum(f.n) filter (where f.question = 'now' and f.kind = 'stock') as net,
           sum(case f.measure when 'stock' then f.n else f.people end)
           filter (where f.counts) as people,
           sum(f.n) filter (where f.question = 'now' and f.kind = any(m.kinds)) as transactions,
           sum(case f.measure when 'money' then f.amount when 'stock' then f.n else f.people end)
           filter (where f.question in ('before', 'level_before')) as before,
           sum(f.n) filter (where f.question = 'now' and f.kind = 'new') as new,
           sum(f.n) filter (where f.question = 'now' and f.kind = 'renewal') as renewed,
           sum(f.n) filter (where f.question = 'now' and f.kind = 'return') as returned,
           sum(f.leaving) filter (where f.question = 'now') as leaving,
           sum(f.amount) filter (where f.question = 'now') as money,
           sum(f.amount) filter (where f.question = 'now' and f.kind = 'new') as money_new,
           sum(f.amount) filter (where f.question = 'now' and f.kind = 'renewal') as money_renewed,
           sum(f.amount) filter (where f.question = 'now' and f.kind = 'return') as money_returned

-- What C makes the figures of a line from (struct progress_line).
-- part: line_columns
l.assignee as "assignee.kind", l.shown_unit as "assignee.unit_id",
       l.agency_id as "assignee.agency_id", l.collector_id as "assignee.collector_id",
       l.level as "assignee.level", l.code as "assignee.code", l.name as "assignee.name",
       l.credit_id is null and l.level <> 'hamlet' as opens, l.depth,
       coalesce(y.achieved, 0)::bigint as achieved, coalesce(y.confirmed, 0)::bigint as confirmed,
       (case m.kind when 'stock' then coalesce(y.net, 0) else coalesce(y.achieved, 0) end)::bigint
       as moved

-- part: full_columns
coalesce(y.people, 0)::bigint as people, coalesce(y.transactions, 0)::bigint as transactions,
       coalesce(y.before, 0)::bigint as "last_year.achieved",
       (coalesce(y.achieved, 0) - coalesce(y.before, 0))::bigint as "last_year.change",
       coalesce(y.new, 0)::bigint as "movement.new", coalesce(y.renewed, 0)::bigint as "movement.renewed",
       coalesce(y.returned, 0)::bigint as "movement.returned",
       coalesce(y.leaving, 0)::bigint as "movement.left", coalesce(y.net, 0)::bigint as "movement.net",
       coalesce(y.money, 0)::bigint as "money.total", coalesce(y.money_new, 0)::bigint as "money.new",
       coalesce(y.money_renewed, 0)::bigint as "money.renewed",
       coalesce(y.money_returned, 0)::bigint as "money.returned"

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
           p.kind in ('nation', 'province') as wide
      from place p
     cross join lateral (
        select p.*
        union all
        select u.* from unit u
         where u.parent_id = p.id and u.levels = 2 and u.valid_to is null and $6::text is null
        union all
        select u.* from unit u
         where u.kind = $6::text and u.levels = 2 and u.valid_to is null and u.id <> p.id
           and u.province_id = any(case p.province_id
                                   when 0 then array(select n.id from unit n
                                                      where n.kind = 'province' and n.levels = 2)
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

-- part: spread
spread as (
    select distinct l.province_id, l.level, l.wide, p.commune_id as first_commune,
           case p.commune_id when 0 then 2147483647 else p.commune_id end as last_commune
      from place p
     cross join line l
     where l.credit_id is null
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
    select row_number() over (order by c.code, c.id), 1, $6::text, null, c.id, null, null, c.agency_id,
           c.collector_id, $6::text collate "C", c.code, c.name, true, c.province_id, false
      from place p
      join (select c.id, c.agency_id, c.id as collector_id, c.card_number as code,
                   c.full_name as name, c.province_id, c.district_id, c.commune_id
              from collector c
             where $6::text = 'collector'
            union all
            select g.id, g.id, null, g.kind, g.name, g.province_id, g.district_id, g.commune_id
              from agency g
             where $6::text = 'agency'
            union all
            select o.id, null, null, o.slice, o.full_name, o.province_id, o.district_id, o.commune_id
              from app_user o
             where $6::text = 'officer' and o.agency_id is null and o.duty <> 'viewer'
               and o.disabled_at is null
            union all
            select a.id, null, null, a.kind, a.name, a.province_id, a.district_id, a.commune_id
              from association a
             where $6::text = 'association') c
        on p.kind <> 'nation' and c.province_id = p.province_id
       and p.district_id in (0, c.district_id) and p.commune_id in (0, c.commune_id)
), leaf_commune as (
    select c.id as commune_id
      from place p
      join unit c on c.province_id = p.province_id and c.kind = 'commune' and c.levels = 2
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
-- lane: slow
with {place}, {measure}, {cell}, {units}, {spread}, figure as (
    {unit_totals}
    union all
    {leaf_days}
    union all
    {younger}
), tally as (
    select f.no, {full_sums} from figure f cross join measure m group by f.no
), {aims}
select {line_columns}, coalesce(a.target, b.target)::bigint as target,
       {full_columns}
  from measure m
 cross join line l
  left join tally y using (no)
  left join aim a using (no)
  left join month_aim b using (no)
 order by l.depth, l.code collate "C", no

-- A board is flat: who the lines are, what adds to them and what they shall reach, as rows of one
-- shape with the number of the unit, in one statement and so in one snapshot. C puts them together
-- (progress_board.h): joining, grouping and sorting here cost more than reading. What a row costs here is
-- mostly what it takes to begin, so a board without hamlets has a statement without what only they need.
--
-- Where all openings are kept that are asked for they are used, and `leaf` says for whom a cell is: hamlets
-- have none, so theirs are years, months and days, as everybody's where an opening is missing. What is
-- younger than the fold adds to an opening by the days before it.
-- part: board_cell
cell as materialized (
    select c.question, m.schemes collate "C" as schemes, ({kinds}) collate "C" as kinds,
           c.span collate "C" as span, c.lo, c.hi,
           case c.span when 'opening' then '-infinity' else c.lo end as young_lo,
           case c.span when 'opening' then c.lo else c.hi end as young_hi,
           m.kind as measure, m.people_once, m.period,
           c.question = m.answered_by as answers, m.kinds collate "C" as own,
           case when o.kept and c.use <> 'always' then c.use = 'else' end as leaf,
           case c.use when 'less' then -1 else 1 end as sign
      from measure m
     cross join (select $14::date[] <@ f.openings as kept from fold_mark f) o
      join unnest($7::text[], $8::text[], $9::text[], $10::date[], $11::date[], $12::text[],
                  $13::text[]) c (question, kinds, span, lo, hi, use, measures)
        on c.measures in ('any', case m.kind when 'stock' then 'stock' else 'flow' end)
       and (o.kept or c.use in ('always', 'else'))
)

-- part: board_spanned
t.scheme = any(c.schemes) and t.kind = any(c.kinds) and t.span = c.span
           and t.starts_on >= c.lo and t.starts_on < c.hi

-- part: younger_in_cell
t.scheme = any(c.schemes) and t.kind = any(c.kinds)
                 and t.effective_on >= c.young_lo and t.effective_on < c.young_hi

-- part: shown
case c.measure when 'money' then t.amount else {people} end * c.sign as value,
           {confirmed} * c.sign as confirmed, {people} * c.sign as people, t.n * c.sign as n,
           t.leaving * c.sign as leaving, t.amount * c.sign as amount, c.question, t.kind,
           c.answers and t.kind = any(c.own) as counts

-- part: board_aims
select a.unit_id as no, case a.cut when 'root' then 'own' else 'given' end as source,
           a.quantity as target
      from tier g
     cross join lateral (
        select * from assignment a
         where a.province_id = g.province_id and a.level = g.level and {aimed} and a.withdrawn_at is null
        offset 0
     ) a
    union all
    select a.unit_id, 'months', e.change
      from tier g
      join assignment a on a.province_id = g.province_id and a.level = g.level
      join assignment_entry e on e.assignment_id = a.id
                             and e.month between $3::date and $4::date
     where $4::date - $3::date < 300 and {phased} and a.withdrawn_at is null

-- Of a line: its level, code and name, whether a stock is measured, and how far below it is.
-- part: board_line
u.id as no, 'line' as source, u.kind, u.code, u.name, m.kind = 'stock' as counts

-- The levels on a board, each with the province that it is in. Of a level all totals of the province are
-- read: what is no line, C leaves out.
-- part: board
with {place}, {measure}, {board_cell}, tier as materialized (
    select p.province_id, p.kind collate "C" as level, false as below from place p
    union all
    select n.id, k.level collate "C", true
      from place p
     cross join unnest(case p.province_id
                       when 0 then array(select n.id from unit n
                                          where n.kind = 'province' and n.levels = 2)
                       else array[p.province_id] end) n (id)
     cross join unnest(case when $6::text is not null then array[$6::text]
                            when p.kind = 'nation' then array['province']
                            when p.kind = 'province' then array['district', 'commune']
                            else array['commune'] end) k (level)
     where k.level <> p.kind
), board_line as (
    select {board_line}, 0 as depth
      from measure m
     cross join place u
    union all
    select {board_line}, 1
      from measure m
     cross join place p
      join tier g on g.below
     cross join lateral (
        select u.id, u.kind, u.code, u.name
          from unit u
         where u.province_id = g.province_id and u.kind = g.level collate "default"
           and u.levels = 2 and u.valid_to is null
           and ($6::text is not null or u.parent_id = p.id)
           and p.district_id in (0, u.district_id) and p.commune_id in (0, u.commune_id)
        offset 0
     ) u
), figure as (
    select t.holder_id as no, {shown}
      from tier g
      join cell c on c.leaf is not true
     cross join lateral (
        select * from progress_total t
         where t.province_id = g.province_id and t.level = g.level and {board_spanned}
        offset 0
     ) t
    union all
    select case g.level when 'commune' then t.commune_id when 'district' then t.district_id
                        when 'province' then t.province_id else 1 end, {shown}
      from young_delta t
      join cell c on c.leaf is not true and {younger_in_cell}
      join tier g on g.province_id in (0, t.province_id)
), aim as (
    {board_aims}
)

-- Whatever it shows, hamlets too: a few lines go one by one, and their days are the deltas of communes.
-- part: hamlet_board
with {place}, {measure}, {board_cell}, {units}, {spread}, tier as (
    select g.province_id, g.level from spread g
), board_line as (
    select l.no, 'line' as source, l.level as kind, l.code, l.name, m.kind = 'stock' as counts, l.depth
      from measure m
     cross join line l
), figure as (
    select t.holder_id as no, {shown}
      from spread g
     cross join cell c
     cross join lateral (
        select * from progress_total t
         where t.province_id = g.province_id and t.level = g.level and {board_spanned}
        offset 0
     ) t
     where g.wide and (c.leaf is null or c.leaf = (g.level = 'hamlet'))
    union all
    select l.no, {shown}
      from line l
     cross join cell c
     cross join lateral (
        select * from progress_total t
         where t.province_id = l.province_id and t.level = l.level and t.holder_id = l.unit_id
           and {board_spanned}
        offset 0
     ) t
     where not l.wide and (c.leaf is null or c.leaf = l.leaf)
    union all
    select l.no, {shown}
      from leaf_commune o
     cross join cell c
     cross join lateral (
        select * from progress_delta t
         where t.commune_id = o.commune_id and t.effective_on >= c.lo and t.effective_on < c.hi
           and t.scheme = any(c.schemes) and t.kind = any(c.kinds)
        offset 0
     ) t
      join line l on l.leaf and {of_line}
     where c.span = 'day' and c.leaf is not false
    union all
    select l.no, {shown}
      from young_delta t
      join cell c on {younger_in_cell}
      join line l on not (l.leaf and c.span = 'day') and (c.leaf is null or c.leaf = l.leaf)
                 and {of_line}
), aim as (
    select a.* from ({board_aims}) a where a.no in (select l.no from line l)
)

-- part: board_in_brief
select l.no, l.source, l.kind, l.code, l.name, l.counts, l.depth::bigint, null::int from board_line l
union all
select b.no, b.question, null, null, null, b.counts, b.value, b.confirmed from figure b
union all
select b.no, b.source, null, null, null, null, b.target, null from aim b

-- part: board_in_full
select l.no, l.source, l.kind, l.code, l.name, l.counts, l.depth::bigint, null::int, null::int, null::int,
       null::int, null::bigint
  from board_line l
union all
select b.no, b.question, b.kind, null, null, b.counts, b.value, b.confirmed, b.people, b.n, b.leaving,
       b.amount
  from figure b
union all
select b.no, b.source, null, null, null, null, b.target, null, null, null, null, null from aim b

-- name: progress_board_in_brief
-- lane: slow
{board}
{board_in_brief}

-- name: progress_board
-- lane: slow
{board}
{board_in_full}

-- name: hamlet_board_in_brief
-- lane: slow
{hamlet_board}
{board_in_brief}

-- name: hamlet_board
-- lane: slow
{hamlet_board}
{board_in_full}

-- name: progress_of_credit
-- lane: slow
with {place}, {measure}, {cell}, {credits}, {spread}, figure as (
    {unit_totals}
    union all
    {credit_totals}
    union all
    {leaf_days}
    union all
    {younger}
), tally as (
    select f.no, {full_sums} from figure f cross join measure m group by f.no
), {aims}
select {line_columns},
       (case when l.credit_id is null then coalesce(a.target, b.target)
             else {target_of_credit} end)::bigint as target,
       {full_columns}
  from measure m
 cross join line l
  left join tally y using (no)
  left join aim a using (no)
  left join month_aim b using (no)
 order by l.depth, l.code collate "C", no

-- The own agency: itself, then its collectors or the hamlets that they serve.
-- name: progress_of_agency
-- lane: slow
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
     where $1::int is null and coalesce($6::text, 'collector') = 'collector'
    union all
    {hamlets_of_agent} and (u.id = $1::int or $1::int is null and $6::text = 'hamlet')
), {leaf_commune_of_agent}, figure as (
    {credit_totals}
    union all
    {leaf_days}
    union all
    {younger}
), tally as (
    select f.no, {full_sums} from figure f cross join measure m group by f.no
)
select {line_columns}, ({target_of_credit})::bigint as target,
       {full_columns}
  from measure m
 cross join line l
  left join tally y using (no)
 order by l.depth, l.code collate "C", no

-- The own collector: itself, then the hamlets of the territory (they carry no target of their own).
-- name: progress_of_collector
-- lane: slow
with {measure}, {cell}, line as (
    select 0 as no, 0 as depth, 'collector' as assignee, null::int as unit_id, c.id as credit_id,
           null::int as inside, null::int as shown_unit, c.agency_id, c.id as collector_id,
           'collector' as level, c.card_number as code, c.full_name as name, true as leaf
      from collector c
     where $1::int is null
    union all
    {hamlets_of_agent}
       and (u.id = $1::int or $1::int is null and coalesce($6::text, 'hamlet') = 'hamlet')
), {leaf_commune_of_agent}, figure as (
    {credit_totals}
    union all
    {leaf_days}
    union all
    {younger}
), tally as (
    select f.no, {full_sums} from figure f cross join measure m group by f.no
)
select {line_columns}, ({target_of_credit})::bigint as target,
       {full_columns}
  from measure m
 cross join line l
  left join tally y using (no)
 order by l.depth, l.code collate "C", no

-- The caller's own, among those beside it; who they are and what they have is not told.
-- $1 indicator  $2, $3 first and last day  $4 assigner  $5 the day as of which  $6 … $9 the spans
-- name: progress_rank
-- lane: slow
select $1::text as indicator, $2::date as "period.from", $3::date as "period.to", $5::date as at,
       $4::text as assigner, r.level, r.siblings, r.with_target, r.rank
  from gate.own_rank($1, $2, $3, $4, $6::text[], $7::text[], $8::date[], $9::date[]) r
