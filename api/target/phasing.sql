-- What the phasing must know of a locked number.
-- name: assignment_to_phase
with decided as (
    select * from own_decision($2::uuid, $3, $4::date, $5)
), ruling as (
    select r.*
      from assignment t, lateral
           (values (1, t.withdrawn_at is not null, 'withdrawn', null),
                   (2, $2::uuid is not null and not exists (select from decided), 'not_found',
                    '/decision_id'),
                   (3, not t.additive, 'ratio', '/by')) r (n, so, rule, pointer)
     where t.id = $1::uuid and r.so
     order by r.n
     limit 1
)
select t.quantity, t.starts_on, t.ends_on, t.giver_id = scope_id() as held, r.rule, r.pointer,
       null as figure
  from assignment t
  left join ruling r on true
 where t.id = $1::uuid

-- Moves the number to where the months want it, whether it lay in no month or in others. A phasing that
-- moves nothing is an entry all the same, because it has a reason.
-- name: assignment_phase
with decided as (
    select * from own_decision($4::uuid, $5, $6::date, $7)
), wanted as (
    select (m->>'month')::date as month, (m->>'quantity')::bigint as quantity
      from jsonb_array_elements($2::jsonb) m
), present as (
    select e.month, sum(e.change)::bigint as quantity
      from assignment_entry e
     where e.assignment_id = $1::uuid
     group by e.month
), shifted as (
    select month, coalesce(w.quantity, 0) - coalesce(p.quantity, 0) as change
      from wanted w
      full join present p using (month)
     where coalesce(w.quantity, 0) <> coalesce(p.quantity, 0)
), moved as (
    select month, change, row_number() over (order by month nulls first)::int as k,
           count(*) over ()::int as count
      from (select * from shifted
             union all
            select null, 0 where not exists (select from shifted)) m
), changed as (
    update assignment a
       set phased = true, version = a.version + (select max(count) from moved)
     where a.id = $1::uuid
    returning a.*
), entries as (
    insert into assignment_entry (assignment_id, n, act, month, change, reason, decision_id,
                                  decision_number, decided_on, created_by, agency_id, collector_id,
                                  unit_id, province_id, district_id, commune_id, giver_id)
    select c.id, c.version - m.count + m.k, 'phase', m.month, m.change, $3, d.id, d.number,
           d.issued_on, caller_id(), c.agency_id, c.collector_id, c.unit_id, c.province_id,
           c.district_id, c.commune_id, c.giver_id
      from changed c
     cross join moved m
      left join decided d on true
)
select c.id as assignment_id, c.quantity,
       (select json_agg(json_build_object('month', to_char(w.month, 'YYYY-MM'),
                                          'quantity', w.quantity) order by w.month)
          from wanted w) as months,
       $3 as reason, d.number as "decision.number", d.issued_on as "decision.decided_on",
       d.id as "decision.id"
  from changed c
  left join decided d on true
