-- The person stays hidden from who may see the coverage and not the person, who has moved away.
-- name: participation_get
select c.id, c.scheme, lower(c.during) as starts_on, upper(c.during) - 1 as ends_on, c.source,
       c.confirmed, c.voided_on, c.card_number, c.counted_until - 1 as due_on,
       p.id as "person.id", p.full_name as "person.full_name",
       h.id as "hamlet.id", h.name as "hamlet.name", m.id as "commune.id", m.code as "commune.code",
       m.name as "commune.name", c.created_at, c.version as "@version"
  from coverage c
  left join person p on p.id = c.person_id
  join unit h on h.id = c.unit_id
  join unit m on m.id = c.commune_id
 where c.id = $1::uuid

-- The gate looks who the person is and whether the days are free.
-- name: participation_declare
select gate.participation_declare($1::uuid, $2::uuid, $3, $4::int,
                                  gate.participation_days($5::date, $6::date, $4::int), $7)

-- name: participation_import
with judged as materialized (
    select * from gate.participation_import($1::jsonb)
)
select j.line, case when v.flawed then split_part(j.verdict, ': ', 1) end as field,
       case when v.flawed then split_part(j.verdict, ': ', 2) end as flaw, nullif(j.argument, '') as argument,
       j.verdict = 'known' as known,
       case when $2::boolean and ($3::boolean
                                  or not exists (select from judged where verdict like '%: %'))
            then (select count(*) from judged where verdict = 'written') else 0 end as written
  from judged j
 cross join lateral (select j.verdict like '%: %') v (flawed)
 order by j.line

-- name: participation_void
select gate.participation_void($1::uuid)

-- With the acceptance of what comes after it.
-- name: participation_confirm
select gate.participation_confirm($1::uuid)
