-- What a proposal weighs: the possible parts of a cut, in a fixed order, and what each achieved in the
-- period before.
-- name: assignment_propose
with parent as (
    select a.*, a.assignee_kind = 'unit' and a.unit_id = scope_id() as held,
           (extract(year from age(a.ends_on + 1, a.starts_on)) * 12
            + extract(month from age(a.ends_on + 1, a.starts_on)))::int as months,
           case when i.kind = 'money' then array['vsi', 'hhi'] else array[i.scheme] end as schemes,
           case when i.kind = 'money' then array['new', 'renewal', 'return']
                else array[coalesce(i.enrolment_kind, 'stock')] end as kinds,
           i.kind as measured, i.unit = 'people' as people_once
      from assignment a
      join indicator i on i.code = a.indicator
     where a.id = $1::uuid
), part as (
    select u.id as unit_id, null::uuid as collector_id, u.code, u.name, u.kind as level, u.province_id
      from unit u join parent p on u.parent_id = p.unit_id
     where $2 = 'territory' and u.valid_to is null and u.form <> 'unplaced'
    union all
    select c.unit_id, c.id, c.card_number, c.full_name, null, c.province_id
      from collector c join parent p on c.unit_id = p.unit_id and c.serving
     where $2 = 'staff'
)
select t.unit_id, t.collector_id, t.code, t.name,
       (select greatest(coalesce(sum(case when p.measured = 'money' then f.amount
                                          when p.measured = 'stock' or not p.people_once then f.n
                                          when p.months = 12 then f.people_year
                                          when p.months = 3 then f.people_quarter
                                          else f.people_month end), 0), 0)::bigint
          from (select o.n, o.amount, o.people_year, o.people_quarter, o.people_month, o.starts_on
                  from progress_total o
                 where t.collector_id is null and o.province_id = t.province_id
                   and o.level = t.level collate "C" and o.holder_id = t.unit_id and o.span = 'month'
                   and o.scheme = any(p.schemes collate "C") and o.kind = any(p.kinds collate "C")
                union all
                select o.n, o.amount, o.people_year, o.people_quarter, o.people_month, o.starts_on
                  from credit_total o
                 where o.credit_id = t.collector_id and o.span = 'month'
                   and o.scheme = any(p.schemes collate "C") and o.kind = any(p.kinds collate "C")
                union all
                select y.n, y.amount, y.people_year, y.people_quarter, y.people_month, y.effective_on
                  from young_delta y
                 where y.scheme = any(p.schemes collate "C") and y.kind = any(p.kinds collate "C")
                   and case when t.collector_id is null
                            then t.unit_id in (y.unit_id, y.commune_id, y.district_id, y.province_id)
                            else y.collector_id = t.collector_id end) f
         where f.starts_on < p.starts_on
           and (p.measured = 'stock' or f.starts_on >= p.starts_on - make_interval(months => p.months)))
       as last_result,
       p.quantity - coalesce((select c.allocated from cut_total c
                               where c.assignment_id = p.id and c.cut = $2), 0) as unallocated,
       p.held
  from parent p
  left join part t on true
 order by t.code, t.unit_id, t.collector_id

-- The same by how many people live in the units below, and how many of them are covered: of voluntary
-- social insurance those in the labour force, else those with a health insurance card.
-- name: assignment_propose_by_population
with parent as (
    select a.*, a.assignee_kind = 'unit' and a.unit_id = scope_id() as held,
           case when i.scheme = 'vsi' and $2 = 'uncovered_population' then 'labour_force'
                else 'total' end as base,
           case when i.scheme = 'vsi' then 'vsi_participants' else 'health_cards' end as counted
      from assignment a
      join indicator i on i.code = a.indicator
     where a.id = $1::uuid
)
select u.id as unit_id, null::uuid as collector_id, u.code, u.name, f.people as population,
       p.quantity - coalesce((select c.allocated from cut_total c
                               where c.assignment_id = p.id and c.cut = 'territory'), 0) as unallocated,
       p.held, r.people as covered
  from parent p
  left join unit u on p.held and u.parent_id = p.unit_id and u.valid_to is null
                  and u.form <> 'unplaced'
  left join lateral population_at(u.id, p.base, business_date()) f on true
  left join lateral (select * from reports_until(u.id, p.counted, business_date()) n limit 1) r on true
 order by u.code, u.id
