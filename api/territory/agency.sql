-- part: agency_columns
a.id, a.kind, a.name, u.id as "unit.id", u.code as "unit.code", u.name as "unit.name", a.giver_id,
       a.ended_on, a.created_at

-- name: agency_list
select {agency_columns}, a.created_at::text, a.id::text
  from agency a
  join unit u on u.id = a.unit_id
 where (a.created_at, a.id) < ($1::timestamptz, $2::uuid)
 order by a.created_at desc, a.id desc
 limit $3::int

-- name: agency_list_of_unit
select {agency_columns}, a.created_at::text, a.id::text
  from agency a
  join unit u on u.id = a.unit_id
 where a.unit_id = $1::int and (a.created_at, a.id) < ($2::timestamptz, $3::uuid)
 order by a.created_at desc, a.id desc
 limit $4::int

-- name: agency_get
-- lane: fast
select {agency_columns}, a.version as "@version"
  from agency a
  join unit u on u.id = a.unit_id
 where a.id = $1::uuid

-- After an update: whether it was the caller's to change.
-- name: agency_get_held
select {agency_columns}, a.version as "@version", a.giver_id = scope_id() as held
  from agency a
  join unit u on u.id = a.unit_id
 where a.id = $1::uuid

-- name: agency_serves
select from agency a where a.id = $1::uuid and a.serving

-- name: agency_create
insert into agency (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id, created_by)
select $1::uuid, $2, $3, u.id, u.province_id, u.district_id, u.commune_id, scope_id(), caller_id()
  from unit u
 where u.id = $4::int and u.kind <> 'hamlet' and u.valid_to is null

-- name: agency_update
update agency a
   set name = coalesce($2, a.name), version = a.version + 1
 where a.id = $1::uuid and a.giver_id = scope_id() and a.ended_on is null
   and a.version = any(coalesce($3::int[], array[a.version]))

-- Only what this request has changed already: the version that it names was the right one.
-- name: agency_end
select gate.agency_end(a.id)
  from agency a
 where a.id = $1::uuid and a.xmin = pg_current_xact_id()::xid
