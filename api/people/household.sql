-- part: household_columns
y.id, y.code, h.id as "hamlet.id", h.name as "hamlet.name", c.id as "commune.id",
       c.code as "commune.code", c.name as "commune.name", p.id as "head.id",
       p.full_name as "head.full_name",
       y.size, y.version, y.created_at

-- part: household_joins
join unit h on h.id = y.hamlet_id
  join unit c on c.id = y.commune_id
  left join lateral (select o.person_id from household_member o
                      where o.household_id = y.id and o.relation = 'head' and o.ended_as is null
                      limit 1) m on true
  left join lateral (select o.id, o.full_name from person o where o.id = m.person_id limit 1) p on true

-- name: household_list
select {household_columns}, y.created_at::text, y.id::text
  from household y
  {household_joins}
 where (y.created_at, y.id) < ($1::timestamptz, $2::uuid)
 order by y.created_at desc, y.id desc
 limit $3::int

-- name: household_list_of_hamlet
select {household_columns}, y.created_at::text, y.id::text
  from household y
  {household_joins}
 where y.hamlet_id = $1::int and (y.created_at, y.id) < ($2::timestamptz, $3::uuid)
 order by y.created_at desc, y.id desc
 limit $4::int

-- name: household_by_code
select {household_columns}, y.created_at::text, y.id::text
  from household y
  {household_joins}
 where y.code = $1

-- By the name of the head, which the gate searches; audited like every search for people.
-- name: household_search
with found as (
    select p.*
      from gate.people_named($1, true, $2, $3::uuid, $4::int) g
      join person p on p.id = g.id
), noted as (
    insert into audit (user_id, session_id, action, subjects, province_id, district_id, commune_id)
    select caller_id(), current_setting('app.session_id')::uuid, 'person_search',
           coalesce((select array_agg(id) from found), '{}'), u.province_id, u.district_id,
           u.commune_id
      from app_user u
     where u.id = caller_id()
)
select {household_columns}, p.name_key, p.id::text
  from found p
  join household y on y.id = p.household_id
  join unit h on h.id = y.hamlet_id
  join unit c on c.id = y.commune_id
 order by p.name_key, p.id

-- Members of today first, then who was one. Somebody who lives in another slice now is not named.
-- name: household_get
with found as (
    select y.* from household y where y.id = $1::uuid
), noted as (
    insert into audit (user_id, session_id, action, subjects, province_id, district_id, commune_id)
    select caller_id(), current_setting('app.session_id')::uuid, 'household_get',
           coalesce((select array_agg(n.person_id) from household_member n
                      where n.household_id = f.id and n.ended_as is null), '{}'),
           f.province_id, f.district_id, f.commune_id
      from found f
)
select {household_columns},
       coalesce((select json_agg(json_build_object(
                            'person', case when q.id is not null then json_build_object(
                                'id', q.id, 'full_name', q.full_name,
                                'date_of_birth', to_char(q.birth, case q.birth_precision
                                    when 'year' then 'YYYY' when 'month' then 'YYYY-MM'
                                    else 'YYYY-MM-DD' end),
                                'sex', q.sex, 'died_on', q.died_on) end,
                            'relation', n.relation, 'position', n.position, 'from', lower(n.valid),
                            'to', upper(n.valid) - 1, 'ended_as', n.ended_as)
                            order by n.ended_as is not null, n.position, n.created_at, n.id)
                   from household_member n
                   left join person q on q.id = n.person_id
                  where n.household_id = y.id and not isempty(n.valid)), '[]') as members,
       y.version as "@version"
  from found y
  {household_joins}

-- name: household_found
select household_found($1::uuid, $2, $3::int, coalesce($4::jsonb->'members', '[]'), $5::date)

-- name: household_join
select household_join($1::uuid, $2::uuid, $3, $4::int, $5::date)

-- name: household_leave
select household_leave($1::uuid, $2::uuid, $3::date, $4)

-- name: household_split
select household_split($1::uuid, $2::uuid, $3, $4::int, $5::jsonb->'members', $6::date)

-- name: household_change
select true where household_change($1::uuid, $2, $3::int, $4::int[])
