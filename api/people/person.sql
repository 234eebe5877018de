-- part: date_of_birth
to_char(p.birth, case p.birth_precision when 'year' then 'YYYY' when 'month' then 'YYYY-MM'
                            else 'YYYY-MM-DD' end) as date_of_birth

-- part: place_columns
h.id as "hamlet.id", h.name as "hamlet.name", c.id as "commune.id", c.code as "commune.code",
       c.name as "commune.name", m.household_id as "household.id", y.code as "household.code",
       m.relation as "household.relation", m.position as "household.position", p.died_on,
       p.merged_into, p.version, p.created_at

-- part: masked_columns
p.id, p.full_name, {date_of_birth}, p.sex, masked(p.personal_id_number) as personal_id_number,
       masked(p.social_insurance_number) as social_insurance_number, masked(p.phone) as phone,
       {place_columns}

-- part: place_joins
join unit h on h.id = p.hamlet_id
  join unit c on c.id = p.commune_id
  left join household_member m on m.person_id = p.id and m.ended_as is null
  left join household y on y.id = m.household_id

-- A search is audited with everybody it found, a look with the one person; the line is written by
-- the statement that reads, so there is no look without it. What the gate finds is read again here,
-- through row security.
-- part: noted_search
insert into audit (user_id, session_id, action, subjects, province_id, district_id, commune_id)
    select caller_id(), current_setting('app.session_id')::uuid, 'person_search',
           coalesce((select array_agg(id) from found), '{}'), u.province_id, u.district_id,
           u.commune_id
      from app_user u
     where u.id = caller_id()

-- part: found_page
select {masked_columns}, p.name_key, p.id::text
  from found p
  {place_joins}
 order by p.name_key, p.id

-- name: person_search
with found as (
    select p.*
      from gate.people_named($1, false, $2, $3::uuid, $4::int) g
      join person p on p.id = g.id
), noted as (
    {noted_search}
)
{found_page}

-- name: person_search_number
with found as (
    select p.*
      from gate.people_numbered($1, $2, $3::uuid, $4::int) g
      join person p on p.id = g.id
), noted as (
    {noted_search}
)
{found_page}

-- name: person_search_household
with found as (
    select p.*
      from person p
     where p.household_id = $1::uuid and (p.name_key, p.id) > ($2, $3::uuid)
     order by p.name_key, p.id
     limit $4::int
), noted as (
    {noted_search}
)
{found_page}

-- name: person_get
with found as (
    select p.* from person p where p.id = $1::uuid
), noted as (
    insert into audit (user_id, session_id, action, subjects, province_id, district_id, commune_id)
    select caller_id(), current_setting('app.session_id')::uuid, 'person_get', array[f.id],
           f.province_id, f.district_id, f.commune_id
      from found f
)
select {masked_columns}, p.version as "@version"
  from found p
  {place_joins}

-- name: person_reveal
with found as (
    select p.* from person p where p.id = $1::uuid
), noted as (
    insert into audit (user_id, session_id, action, subjects, purpose, province_id, district_id,
                       commune_id)
    select caller_id(), current_setting('app.session_id')::uuid, 'identity_reveal', array[f.id],
           $2, f.province_id, f.district_id, f.commune_id
      from found f
)
select p.id, p.full_name,
       {date_of_birth},
       p.sex, p.personal_id_number, p.social_insurance_number, p.phone,
       {place_columns}, p.version as "@version"
  from found p
  {place_joins}

-- name: person_reveal_sensitive
with found as (
    select p.* from person p where p.id = $1::uuid
), noted as (
    insert into audit (user_id, session_id, action, subjects, purpose, province_id, district_id,
                       commune_id)
    select caller_id(), current_setting('app.session_id')::uuid, 'sensitive_reveal', array[f.id],
           $2, f.province_id, f.district_id, f.commune_id
      from found f
)
select {masked_columns}, s.ethnicity, s.entitlements, p.version as "@version"
  from found p
  {place_joins}
  left join gate.sensitive_of(p.id) s on true

-- The hamlet gives the keys; row security refuses one outside the slice.
-- name: person_create
insert into person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, province_id,
                    district_id, commune_id, created_by, personal_id_number,
                    social_insurance_number, phone)
select $1::uuid, $2, $3, $4::date, $5, $6, h.id, h.province_id, h.district_id, h.commune_id,
       caller_id(), $8, $9, $10
  from unit h
 where h.id = $7::int and h.kind = 'hamlet' and h.valid_to is null

-- Changes what the body names; null takes a number or a phone away. Changes nothing when a hamlet was
-- asked for that does not exist.
-- name: person_update
update person p
   set full_name = coalesce($3, p.full_name),
       name_key = coalesce($4, p.name_key),
       birth = coalesce($5::date, p.birth),
       birth_precision = coalesce($6, p.birth_precision),
       sex = coalesce(b.body->>'sex', p.sex),
       personal_id_number = case when b.body ? 'personal_id_number'
                                 then b.body->>'personal_id_number' else p.personal_id_number end,
       social_insurance_number = case when b.body ? 'social_insurance_number'
                                      then b.body->>'social_insurance_number'
                                      else p.social_insurance_number end,
       phone = case when b.body ? 'phone' then b.body->>'phone' else p.phone end,
       died_on = case when b.body ? 'died_on' then (b.body->>'died_on')::date else p.died_on end,
       hamlet_id = h.id, province_id = h.province_id, district_id = h.district_id,
       commune_id = h.commune_id,
       version = p.version + 1
  from (select $2::jsonb as body) b, unit h
 where p.id = $1::uuid and p.merged_into is null
   and p.version = any(coalesce($7::int[], array[p.version]))
   and h.id = coalesce((b.body->>'hamlet_id')::int, p.hamlet_id)
   and (not b.body ? 'hamlet_id' or h.kind = 'hamlet' and h.valid_to is null)

-- What follows from it, in statements that see the new row: numbers given back and taken, the end of a
-- membership by death, and what is sensitive.
-- name: person_follow
select gate.identity_follow(p.id),
       case when p.died_on is not null
            then household_leave(p.household_id, p.id, p.died_on, 'died') end,
       case when $2::jsonb ? 'ethnicity' then gate.ethnicity_set(p.id, $2::jsonb->>'ethnicity') end
  from person p
 where p.id = $1::uuid and p.merged_into is null

-- name: person_ethnicity
select gate.ethnicity_set($1::uuid, $2)

-- Returns who may be the same person, nulls for somebody outside the slice.
-- name: person_claim
select p.id, p.full_name, {date_of_birth}, p.sex, masked(p.personal_id_number) as personal_id_number,
       masked(p.social_insurance_number) as social_insurance_number, h.name as hamlet
  from gate.person_registered($1::uuid, $2, $3, $4::boolean) d
  left join person p on p.id = d.id
  left join unit h on h.id = p.hamlet_id

-- Both are people of the slice, and the look at them has its line.
-- name: person_merge
with pair as (
    select k.*, g.id as gone
      from person k, person g
     where k.id = $1::uuid and g.id = $2::uuid
), noted as (
    insert into audit (user_id, session_id, action, subjects, purpose, province_id, district_id,
                       commune_id)
    select caller_id(), current_setting('app.session_id')::uuid, 'person_merge', array[b.id, b.gone],
           $3, b.province_id, b.district_id, b.commune_id
      from pair b
)
select gate.person_merge(b.id, b.gone) from pair b
