-- name: user_me
select u.id, u.username, u.full_name,
       case when u.slice in ('agency', 'collector') then 'agent' else u.slice end as tier,
       u.slice, u.duty,
       p.id as "unit.id", p.code as "unit.code", p.kind as "unit.kind", p.name as "unit.name",
       u.agency_id, u.collector_id
  from app_user u
  join unit p on p.id = u.unit_id
 where u.id = caller_id()
