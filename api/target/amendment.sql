-- An amendment is one more entry; the parent's division, the own divisions and the number follow in
-- the same statement, from the top down, so that two of them never wait for each other in a circle.
-- name: assignment_amend
with target as (
    select a.*, a.giver_id = scope_id() as held from assignment a where a.id = $1::uuid
), decided as (
    select * from own_decision($4::uuid, $5, $6::date, $7)
), ruling as (
    select 'not_found' as rule, '/decision_id' as pointer, null as figure
     where $4::uuid is not null and not exists (select from decided)
), above as (
    update cut_total t
       set allocated = t.allocated + $2::bigint
      from target a
     where a.held and t.assignment_id = a.parent_id and t.cut = a.cut
       and not exists (select from ruling)
    returning 1
), below as (
    update cut_total t
       set quantity = t.quantity + $2::bigint
      from target a
     where a.held and t.assignment_id = a.id and (select count(*) from above) >= 0
       and not exists (select from ruling)
    returning 1
), changed as (
    update assignment a
       set quantity = a.quantity + $2::bigint, version = a.version + 1
      from target t
     where a.id = t.id and t.held and (select count(*) from below) >= 0
       and not exists (select from ruling)
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
