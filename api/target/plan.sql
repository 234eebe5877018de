-- part: plan_columns
p.id, p.indicator, p.starts_on as "period.from", p.ends_on as "period.to", p.assigner,
       p.decision_number as "decision.number", p.decided_on as "decision.decided_on",
       p.decision_id as "decision.id", u.id as "unit.id", u.code as "unit.code",
       u.name as "unit.name", p.withdrawn_at, p.created_at

-- name: indicator_list
select code, kind, unit, direction, scheme, name_vi as "name.vi", name_en as "name.en"
  from indicator
 order by code

-- name: plan_list
select {plan_columns},
       p.created_at::text, p.id::text
  from plan p
  join unit u on u.id = p.unit_id
 where (p.created_at, p.id) < ($1::timestamptz, $2::uuid)
 order by p.created_at desc, p.id desc
 limit $3::int

-- name: plan_get
-- lane: fast
select {plan_columns}, p.version as "@version"
  from plan p
  join unit u on u.id = p.unit_id
 where p.id = $1::uuid

-- A plan and its root: the number that the own unit holds and may divide in each cut.
-- name: plan_create
with own as (
    -- or a closed unit that belongs to the slice now, for a plan of its time
    select u.*
      from unit u
     where u.id = coalesce($10::int, scope_id())
       and ($10::int is null or u.holder_id is not null and u.valid_to >= $2::date and in_slice(u))
), measured as (
    select * from indicator where code = $1
), decided as (
    select * from own_decision($6::uuid, $7, $8::date, $9)
), ruling as (
    select r.*
      from (values (0, not exists (select from own), 'not_found', '/unit_id', null),
                   (1, not exists (select from measured), 'not_found', '/indicator', null),
                   (2, not exists (select from decided), 'not_found', '/decision_id', null),
                   (3, $5::bigint > 10000 and not (select additive from measured), 'too_large',
                    '/quantity', '10000'))
           r (n, so, rule, pointer, figure)
     where r.so
     order by r.n
     limit 1
), made as (
    insert into plan (id, indicator, starts_on, ends_on, assigner, decision_id, decision_number,
                      decided_on, unit_id, province_id, district_id, commune_id, giver_id, created_by)
    select uuid7(), $1, $2::date, $3::date, $4, d.id, d.number, d.issued_on,
           own.id, own.province_id, own.district_id, own.commune_id, scope_id(), caller_id()
      from own, decided d
     where not exists (select from ruling)
    returning *
), root as (
    insert into assignment (id, plan_id, cut, assignee_kind, quantity, indicator, additive,
                            starts_on, ends_on, assigner, unit_id, province_id, district_id,
                            commune_id, giver_id, created_by)
    select uuid7(), m.id, 'root', 'unit', $5::bigint, m.indicator, i.additive, m.starts_on,
           m.ends_on, m.assigner, m.unit_id, m.province_id, m.district_id, m.commune_id, m.giver_id,
           m.created_by
      from made m, measured i
    returning *
), entries as (
    insert into assignment_entry (assignment_id, n, act, change, decision_id, decision_number,
                                  decided_on, created_by, unit_id, province_id, district_id,
                                  commune_id, giver_id)
    select r.id, 1, 'give', r.quantity, m.decision_id, m.decision_number, m.decided_on, r.created_by,
           r.unit_id, r.province_id, r.district_id, r.commune_id, r.giver_id
      from root r, made m
), cuts as (
    insert into cut_total (assignment_id, cut, quantity, additive, indicator, starts_on, ends_on,
                           assigner, holder_id, province_id, district_id, commune_id, giver_id)
    select r.id, c.cut, r.quantity, r.additive, r.indicator, r.starts_on, r.ends_on, r.assigner,
           r.unit_id, r.province_id, r.district_id, r.commune_id, r.giver_id
      from root r, unnest(array['territory', 'organisation', 'staff']) c (cut)
)
select {plan_columns},
       r.id as "assignment.id", r.quantity as "assignment.quantity",
       true as held, g.rule, g.pointer, g.figure
  from (values (1)) one
  left join own u on true
  left join made p on true
  left join root r on true
  left join ruling g on true
