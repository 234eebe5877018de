-- An amendment is one more entry; the parent's division, the own divisions and the number follow in
-- the same statement, from the top down as they were locked.
-- name: assignment_amend
with target as (
    select a.*, a.giver_id = scope_id() as held from assignment a where a.id = $1::uuid
), decided as (
    select * from own_decision($4::uuid, $5, $6::date, $7)
), ruling as (
    select r.*
      from target t, lateral
           (values (1, $4::uuid is not null and not exists (select from decided), 'not_found',
                    '/decision_id', null),
                   (2, not t.additive and t.quantity + $2::bigint > 10000, 'too_large', '/change',
                    (10000 - t.quantity)::text)) r (n, so, rule, pointer, figure)
     where r.so
     order by r.n
     limit 1
), allowed as (
    select * from target where held and not exists (select from ruling)
), above as (
    update cut_total t
       set allocated = t.allocated + case when t.additive then $2::bigint else 0 end
      from allowed a
     where t.assignment_id = a.parent_id and t.cut = a.cut
    returning 1
), below as (
    update cut_total t
       set quantity = t.quantity + $2::bigint
      from allowed a
     where t.assignment_id = a.id and (select count(*) from above) >= 0
    returning 1
), changed as (
    update assignment a
       set quantity = a.quantity + $2::bigint, version = a.version + 1
      from allowed t
     where a.id = t.id and (select count(*) from below) >= 0
    returning a.*
), entry as (
    insert into assignment_entry (assignment_id, n, change, reason, decision_id, decision_number,
                                  decided_on, created_by, agency_id, collector_id, unit_id,
                                  province_id, district_id, commune_id, giver_id)
    select c.id, c.version, $2::bigint, $3, d.id, d.number, d.issued_on, caller_id(), c.agency_id,
           c.collector_id, c.unit_id, c.province_id, c.district_id, c.commune_id, c.giver_id
      from changed c
      left join decided d on true
    returning *
)
select t.id as assignment_id, e.n, e.change, c.quantity as total, e.reason,
       e.decision_number as "decision.number", e.decided_on as "decision.decided_on",
       e.decision_id as "decision.id", e.at, e.created_by, t.held, r.rule, r.pointer, r.figure
  from target t
  left join changed c on true
  left join entry e on true
  left join ruling r on true
