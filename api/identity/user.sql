-- part: account_columns
u.id, u.username, u.full_name,
       case when u.slice in ('agency', 'collector') then 'agent' else u.slice end as tier,
       u.slice, u.duty,
       p.id as "unit.id", p.code as "unit.code", p.kind as "unit.kind", p.name as "unit.name",
       u.agency_id, u.collector_id, u.version as "@version"

-- name: user_me
-- lane: fast
select {account_columns}
  from app_user u
  join unit p on p.id = u.unit_id
 where u.id = caller_id()

-- name: user_list
select {account_columns}, u.giver_id, u.disabled_at, u.created_at,
       u.created_at::text, u.id::text
  from app_user u
  join unit p on p.id = u.unit_id
 where (u.created_at, u.id) < ($1::timestamptz, $2::uuid)
 order by u.created_at desc, u.id desc
 limit $3::int

-- name: user_get
-- lane: fast
select {account_columns}, u.giver_id, u.disabled_at, u.created_at
  from app_user u
  join unit p on p.id = u.unit_id
 where u.id = $1::uuid

-- The place decides the slice: a unit by its kind, an agency or a collector as such. Row security
-- refuses a place outside the caller's slice and an equal of the caller.
-- name: user_create
with place as (
    select u.kind as slice, null::uuid as agency_id, null::uuid as collector_id, u.id as unit_id,
           u.province_id, u.district_id, u.commune_id
      from unit u where u.id = $4::int and u.kind <> 'hamlet' and u.valid_to is null
    union all
    select 'agency', a.id, null, a.unit_id, a.province_id, a.district_id, a.commune_id
      from agency a where a.id = $5::uuid
    union all
    select 'collector', c.agency_id, c.id, c.unit_id, c.province_id, c.district_id, c.commune_id
      from collector c where c.id = $6::uuid
), made as (
    insert into app_user (id, username, full_name, slice, duty, agency_id, collector_id, unit_id,
                          province_id, district_id, commune_id, giver_id, created_by)
    select uuid7(), $1, $2, p.slice, $3, p.agency_id, p.collector_id, p.unit_id, p.province_id,
           p.district_id, p.commune_id, scope_id(), caller_id()
      from place p
    returning *
)
select {account_columns}, u.giver_id, u.disabled_at, u.created_at
  from made u
  join unit p on p.id = u.unit_id

-- What is null stays. Changes nothing for anybody but the giver, or when a place was asked for that
-- the caller cannot see.
-- name: user_update
with place as (
    select u.kind as slice, null::uuid as agency_id, null::uuid as collector_id, u.id as unit_id,
           u.province_id, u.district_id, u.commune_id
      from unit u where u.id = $5::int and u.kind <> 'hamlet' and u.valid_to is null
    union all
    select 'agency', a.id, null, a.unit_id, a.province_id, a.district_id, a.commune_id
      from agency a where a.id = $6::uuid
    union all
    select 'collector', c.agency_id, c.id, c.unit_id, c.province_id, c.district_id, c.commune_id
      from collector c where c.id = $7::uuid
    union all
    select null, null, null, null, null, null, null
     where $5::int is null and $6::uuid is null and $7::uuid is null
)
update app_user u
   set full_name = coalesce($2, u.full_name),
       duty = coalesce($3, u.duty),
       disabled_at = case $4::boolean when true then coalesce(u.disabled_at, now())
                                      when false then null else u.disabled_at end,
       slice = coalesce(p.slice, u.slice),
       agency_id = case when p.slice is null then u.agency_id else p.agency_id end,
       collector_id = case when p.slice is null then u.collector_id else p.collector_id end,
       unit_id = coalesce(p.unit_id, u.unit_id),
       province_id = coalesce(p.province_id, u.province_id),
       district_id = coalesce(p.district_id, u.district_id),
       commune_id = coalesce(p.commune_id, u.commune_id),
       gen = u.gen + 1,
       version = u.version + 1
  from place p
 where u.id = $1::uuid and u.giver_id = scope_id()
   and u.version = any(coalesce($8::int[], array[u.version]))

-- After the update: a statement of its own, because it must see the new row.
-- name: user_sync
select gate.session_sync($1::uuid)

-- name: user_get_held
select {account_columns}, u.giver_id, u.disabled_at, u.created_at,
       u.giver_id = scope_id() as held
  from app_user u
  join unit p on p.id = u.unit_id
 where u.id = $1::uuid

-- name: user_reset
select gate.password_reset(u.id, $2) as expires_at, u.giver_id = scope_id() as held
  from app_user u where u.id = $1::uuid and u.giver_id = scope_id()
union all
select null, false
  from app_user u where u.id = $1::uuid and u.giver_id <> scope_id()

-- name: user_revoke
select gate.sessions_end(u.id) as ended, true as held
  from app_user u where u.id = $1::uuid and u.giver_id = scope_id()
union all
select null, false
  from app_user u where u.id = $1::uuid and u.giver_id <> scope_id()

-- name: own_credential
select wait, hash from gate.own_credential()

-- name: password_set
select gate.password_set($1)
