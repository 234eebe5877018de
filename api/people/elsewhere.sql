-- The gate looks at all of the country and answers the decision alone; it writes the audit itself.
-- name: coverage_lookup_create
select l.scheme, l.covered, l.until
  from gate.coverage_lookup($1, $2, $3::date, $4) l

-- name: person_move_create
select m.status, case m.status when 'moved' then $1::uuid end as id, m.person as person_id
  from gate.person_move($1::uuid, $2, $3, $4::date, $5::int, $6) m

-- part: move_columns
m.id, m.move_id, m.side, m.person_id as "person.id", m.full_name as "person.full_name", m.reason,
       m.moved_on, f.id as "from.id", f.code as "from.code", f.name as "from.name", t.id as "to.id",
       t.code as "to.code", t.name as "to.name", m.objection, m.objected_at, m.version, m.created_at

-- name: person_move_list
select {move_columns}, m.created_at::text, m.id::text
  from person_move m
  join unit f on f.id = m.from_commune_id
  join unit t on t.id = m.to_commune_id
 where (m.created_at, m.id) < ($1::timestamptz, $2::uuid)
 order by m.created_at desc, m.id desc
 limit $3::int

-- name: person_move_object
select gate.person_move_object($1::uuid, $2)

-- name: person_move_get
select {move_columns}, m.version as "@version"
  from person_move m
  join unit f on f.id = m.from_commune_id
  join unit t on t.id = m.to_commune_id
 where m.id = $1::uuid
