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
