-- part: date_of_birth
to_char(p.birth, case p.birth_precision when 'year' then 'YYYY' when 'month' then 'YYYY-MM'
                            else 'YYYY-MM-DD' end) as date_of_birth

-- A search is audited with everybody it found, a look with the one person; the line is written by
-- the statement that reads, so there is no look without it.
-- name: person_search
-- lane: slow
with found as (
    select p.id, p.full_name,
           {date_of_birth},
           p.sex, masked(p.personal_id_number) as personal_id_number,
           masked(p.social_insurance_number) as social_insurance_number, masked(p.phone) as phone,
           h.id as hamlet_id, h.name as hamlet_name, c.id as commune_id, c.code as commune_code,
           c.name as commune_name, p.created_at, p.name_key
      from person p
      join unit h on h.id = p.hamlet_id
      join unit c on c.id = p.commune_id
     where p.name_key like '%' || $1 || '%' and (p.name_key, p.id) > ($2, $3::uuid)
     order by p.name_key, p.id
     limit $4::int
), noted as (
    insert into audit (user_id, session_id, action, subjects, province_id, district_id, commune_id)
    select caller_id(), current_setting('app.session_id')::uuid, 'person_search',
           coalesce((select array_agg(id) from found), '{}'), u.province_id, u.district_id,
           u.commune_id
      from app_user u
     where u.id = caller_id()
)
select f.id, f.full_name, f.date_of_birth, f.sex, f.personal_id_number, f.social_insurance_number,
       f.phone, f.hamlet_id as "hamlet.id", f.hamlet_name as "hamlet.name",
       f.commune_id as "commune.id", f.commune_code as "commune.code",
       f.commune_name as "commune.name", f.created_at, f.name_key, f.id::text
  from found f
 order by f.name_key, f.id

-- name: person_get
with found as (
    select p.* from person p where p.id = $1::uuid
), noted as (
    insert into audit (user_id, session_id, action, subjects, province_id, district_id, commune_id)
    select caller_id(), current_setting('app.session_id')::uuid, 'person_get', array[f.id],
           f.province_id, f.district_id, f.commune_id
      from found f
)
select p.id, p.full_name,
       {date_of_birth},
       p.sex, masked(p.personal_id_number) as personal_id_number,
       masked(p.social_insurance_number) as social_insurance_number, masked(p.phone) as phone,
       h.id as "hamlet.id", h.name as "hamlet.name", c.id as "commune.id", c.code as "commune.code",
       c.name as "commune.name", p.created_at, p.version as "@version"
  from found p
  join unit h on h.id = p.hamlet_id
  join unit c on c.id = p.commune_id

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
       h.id as "hamlet.id", h.name as "hamlet.name", c.id as "commune.id", c.code as "commune.code",
       c.name as "commune.name", p.created_at, p.version as "@version"
  from found p
  join unit h on h.id = p.hamlet_id
  join unit c on c.id = p.commune_id
