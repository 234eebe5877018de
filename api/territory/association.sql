-- part: association_columns
s.id, s.kind, s.name, u.id as "unit.id", u.code as "unit.code", u.name as "unit.name", s.created_at

-- name: association_list
select {association_columns}, s.created_at::text, s.id::text
  from association s
  join unit u on u.id = s.unit_id
 where (s.created_at, s.id) < ($1::timestamptz, $2::uuid)
 order by s.created_at desc, s.id desc
 limit $3::int

-- name: association_get
-- lane: fast
select {association_columns}, s.version as "@version"
  from association s
  join unit u on u.id = s.unit_id
 where s.id = $1::uuid

-- name: association_create
with made as (
    insert into association (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id,
                             created_by)
    select uuid7(), $1, $2, u.id, u.province_id, u.district_id, u.commune_id, u.id, caller_id()
      from unit u
     where u.id = scope_id()
    returning *
)
select {association_columns}
  from made s
  join unit u on u.id = s.unit_id
