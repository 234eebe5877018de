-- Coverage of a unit and of each one below, on a day: the figures in force, what they make, and how that
-- stands to the target and the threshold. Percentages are hundredths until they are shown: exact, and
-- rounded half up once. Whether something is met is decided on the exact ratio.
--
-- As published ($8, and always for a closed unit) the units are those of the day. Else they are today's,
-- and where one has no figure of a day before there was it, those of the units that it is made of are
-- added up, if all of them have one.
-- name: coverage_of_unit
-- lane: slow
with measure as (
    select *
      from (values ('health', 'total', 'health_cards', 'health_coverage'),
                   ('vsi', 'labour_force', 'vsi_participants', 'vsi_coverage'))
           m (scheme, base, counted, ratio)
     where scheme = $3
), place as (
    select u.*, coalesce($8::text, '') = 'published' or u.holder_id is not null as published,
           least($2::date, u.valid_to) as day
      from unit u
     where u.id = coalesce($1::int, scope_id()) and in_slice(u)
), line as (
    select 0 as depth, p.id, p.kind,
           case when p.former_until >= p.day then form_on(p.id, p.day) else p.form end as form, p.code,
           case when p.former_until >= p.day then name_on(p.id, p.day) else p.name end as name
      from place p
    union all
    select 1, u.id, u.kind, u.form, u.code, u.name
      from place p
     cross join lateral units_below(p.id, $6::text, p.day) u
     where p.published
    union all
    select 1, u.id, u.kind, u.form, u.code, u.name
      from place p
      join unit u on u.parent_id = p.id
     where $6::text is null and u.levels = 2 and u.valid_to is null and u.form <> 'unplaced'
       and not p.published
    union all
    select 1, u.id, u.kind, u.form, u.code, u.name
      from place p
      join unit u on u.kind = $6 and p.id in (1, u.province_id, u.district_id) and u.id <> p.id
     where u.levels = 2 and u.valid_to is null and not p.published
), figure as (
    select l.*, m.base, m.counted,
           coalesce(p.people, o.population) as population,
           coalesce(p.as_of, o.population_on) as population_on,
           coalesce(p.source, o.population_source) as population_source,
           p.decision_number as population_decision, coalesce(p.giver_id, o.giver_id) as population_giver,
           coalesce(r.people, o.covered) as covered, coalesce(r.as_of, o.covered_on) as covered_on,
           coalesce(r.source, o.covered_source) as covered_source,
           coalesce(r.giver_id, o.giver_id) as covered_giver, r.groups,
           case when p.people is null or r.people is null then o.units end as restated_from,
           case when p.people is null or r.people is null then o.incomplete end as incomplete,
           o.divided,
           case when coalesce(p.people, o.population) > 0
                then (2 * coalesce(r.people, o.covered) * 10000 + coalesce(p.people, o.population))
                     / (2 * coalesce(p.people, o.population)) end as percent,
           t.quantity as target,
           s.standard, s.percent_hundredths as threshold, s.decision_number as threshold_decision,
           s.verified
      from line l
     cross join measure m
      left join lateral population_at(l.id, m.base, $2::date) p on true
      left join lateral (select *
                           from reports_until(l.id, m.counted, $2::date) f
                          limit 1) r on true
      left join lateral (select count(*) as units, bool_or(c.divided) as divided, 1 as giver_id,
                                case when count(*) = count(cp.people) then sum(cp.people)::bigint end
                                as population,
                                min(cp.as_of) as population_on,
                                string_agg(distinct cp.source, '; ') as population_source,
                                case when count(*) = count(cr.people) then sum(cr.people)::bigint end
                                as covered,
                                min(cr.as_of) as covered_on,
                                string_agg(distinct cr.source, '; ') as covered_source,
                                count(cp.people) + count(cr.people) between 1 and 2 * count(*) - 1
                                as incomplete
                           from made_of(l.id, $2::date) c
                           left join lateral population_at(c.id, m.base, $2::date) cp on true
                           left join lateral (select *
                                                from reports_until(c.id, m.counted, $2::date) f
                                               limit 1) cr on true
                          where (p.people is null or r.people is null) and $2::date < '2025-07-01'
                         having count(*) > 0) o on true
      left join lateral (select a.quantity
                           from assignment a
                          where a.unit_id = l.id and a.indicator = m.ratio
                            and a.assignee_kind = 'unit' and a.cut in ('root', 'territory')
                            and a.starts_on = date_trunc('year', $2::date)::date
                            and a.ends_on = (date_trunc('year', $2::date) + interval '1 year')::date - 1
                            and a.assigner = $5 and a.withdrawn_at is null
                          order by a.cut = 'root', a.created_at desc, a.id desc
                          limit 1) t on true
      left join lateral (select *
                           from threshold h
                          where h.standard = $4 and h.scheme = $3 and h.level = l.kind
                            and coalesce(h.form, l.form) = l.form and h.valid_from <= $2::date
                          order by h.valid_from desc, h.created_at desc, h.id desc
                          limit 1) s on coalesce(s.valid_to, 'infinity') >= $2::date
), judged as (
    select f.*,
           case when f.percent is not null
                then f.covered * 10000 >= f.target * f.population end as target_met,
           case when f.percent is not null
                then f.covered * 10000 >= f.threshold * f.population end as threshold_met,
           case when f.percent is not null
                then greatest((f.target * f.population + 9999) / 10000 - f.covered, 0)
                end as target_remaining,
           case when f.percent is not null
                then greatest((f.threshold * f.population + 9999) / 10000 - f.covered, 0)
                end as threshold_remaining
      from figure f
), told as (
    -- what a unit below the threshold was when it met it last
    select j.*, e.as_of as last_met_on
      from judged j
      left join lateral (select r.as_of
                           from reports_until(j.id, j.counted, j.covered_on - 1) r,
                                population_at(j.id, j.base, r.as_of) p
                          where not j.threshold_met and p.people > 0
                            and r.people * 10000 >= j.threshold * p.people
                          order by r.as_of desc
                          limit 1) e on true
), below as (
    select count(*) as lines, count(percent) as with_percent,
           count(*) filter (where not target_met) as below_target,
           count(*) filter (where not threshold_met) as below_threshold,
           count(last_met_on) as fell_below, sum(covered) as covered, count(covered) as reported
      from told
     where depth = 1
)
select $2::date as "on", $3::text as scheme, $4::text as standard, $5::text as assigner,
       b.lines as "below.lines", b.with_percent as "below.with_percent",
       b.below_target as "below.below_target", b.below_threshold as "below.below_threshold",
       b.fell_below as "below.fell_below",
       t.id as "unit.id", t.kind as "unit.kind", t.code as "unit.code", t.name as "unit.name",
       t.population as "population.people", t.population_on as "population.on",
       t.population_source as "population.source",
       t.population_decision as "population.decision_number",
       t.population_giver as "population.giver_id",
       t.covered as "covered.people", t.covered_on as "covered.on",
       t.covered_source as "covered.source", t.covered_giver as "covered.giver_id",
       coalesce(t.groups, '[]') as "covered.groups",
       case $3 when 'vsi' then 'vsi' else 'hhi' end as "counted.scheme",
       participants_at(u, case $3 when 'vsi' then 'vsi' else 'hhi' end, $2::date) as "counted.people",
       round(t.percent / 100.0, 2) as percent,
       round(t.target / 100.0, 2) as "target.percent",
       round((t.percent - t.target) / 100.0, 2) as "target.points", t.target_met as "target.met",
       t.target_remaining as "target.remaining",
       round(t.threshold / 100.0, 2) as "threshold.percent", t.standard as "threshold.standard",
       round((t.percent - t.threshold) / 100.0, 2) as "threshold.points",
       t.threshold_met as "threshold.met",
       t.threshold_remaining as "threshold.remaining",
       t.threshold_decision as "threshold.decision_number", t.verified as "threshold.verified",
       case when t.last_met_on is not null then 'fell_below' end as alert, t.last_met_on,
       case when t.depth = 0 and b.covered is distinct from t.covered
            then b.covered::bigint end as "children_sum.people",
       b.reported as "children_sum.units", b.lines as "children_sum.of",
       to_json(array_remove(array[case when coalesce(t.population, 0) = 0 then 'population' end,
                                  case when t.covered is not null then null
                                       when exists (select from reported_count c
                                                     where c.unit_id = t.id and c.indicator = t.counted
                                                       and c.as_of <= $2::date) then 'payer_groups'
                                       else 'covered' end,
                                  case when t.incomplete then 'predecessors' end], null)) as missing,
       case when t.restated_from > 0 and not t.incomplete then t.restated_from end as "restated.units",
       case when t.restated_from > 0 and not t.incomplete then t.divided end as "restated.divided",
       'reported' as basis
  from below b
 cross join told t
  join unit u on u.id = t.id
 where t.depth = 0 or $7::text is null
    or case $7 when 'below_target' then not t.target_met
               when 'below_threshold' then not t.threshold_met else t.last_met_on is not null end
 order by t.depth, t.code, t.id
