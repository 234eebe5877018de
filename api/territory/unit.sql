-- part: unit_columns
u.id, u.code, u.kind, u.form, u.name, u.parent_id, nullif(u.province_id, 0) as province_id,
       nullif(u.district_id, 0) as district_id, nullif(u.commune_id, 0) as commune_id,
       u.valid_from, u.valid_to

-- Units are reference: everybody reads them, page by page, never as a whole tree.
-- name: unit_children
select {unit_columns}, u.code, u.id::text
  from unit u
 where u.parent_id = $1::int and u.valid_to is null and (u.code, u.id) > ($2, $3::int)
 order by u.code, u.id
 limit $4::int

-- name: unit_children_of_own
select {unit_columns}, u.code, u.id::text
  from unit u
 where u.parent_id = (select unit_id from app_user where id = caller_id())
   and u.valid_to is null and (u.code, u.id) > ($1, $2::int)
 order by u.code, u.id
 limit $3::int

-- One part for each index that serves it, merged in their order; ids are unique over the levels, so
-- no unit is in two of them.
-- name: unit_of_kind
select {unit_columns}, u.code, u.id::text
  from ((select * from unit
         where $1::int = 1 and kind = $2 and id <> $1::int and valid_to is null
           and (code, id) > ($3, $4::int)
         order by code, id limit $5::int)
        union all
        (select * from unit
         where province_id = $1::int and kind = $2 and id <> $1::int and valid_to is null
           and (code, id) > ($3, $4::int)
         order by code, id limit $5::int)
        union all
        (select * from unit
         where district_id = $1::int and kind = $2 and id <> $1::int and valid_to is null
           and (code, id) > ($3, $4::int)
         order by code, id limit $5::int)
        union all
        (select * from unit
         where commune_id = $1::int and kind = $2 and id <> $1::int and valid_to is null
           and (code, id) > ($3, $4::int)
         order by code, id limit $5::int)) u
 order by u.code, u.id
 limit $5::int

-- name: unit_by_code
select {unit_columns}, u.code, u.id::text
  from unit u
 where u.code = $1 and u.kind = any($2::text[]) and u.valid_to is null
   and (u.code, u.id) > ($3, $4::int)
 order by u.code, u.id
 limit $5::int

-- Type-ahead: the key of what was typed, at the start of any word, without accents.
-- name: unit_search
select {unit_columns}, u.name_key, u.id::text
  from unit u
 where (' ' || u.name_key) like '% ' || $1 || '%' and u.kind = any($2::text[])
   and ($3::int = 1 or $3::int in (u.province_id, u.district_id, u.commune_id))
   and u.form <> 'unplaced' and u.valid_to is null and (u.name_key, u.id) > ($4, $5::int)
 order by u.name_key, u.id
 limit $6::int

-- name: unit_get
-- lane: fast
select {unit_columns}, u.version as "@version"
  from unit u
 where u.id = $1::int

-- name: unit_create
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id,
                  commune_id, valid_from, created_by)
select n.id, 'hamlet', $1, c.code || '-' || n.id, $2, $3, c.id, c.province_id, c.district_id, c.id,
       business_date(), caller_id()
  from unit c, (select nextval('unit_id')::int as id) n
 where c.id = scope_id()
returning id, code, kind, form, name, parent_id, nullif(province_id, 0) as province_id,
          nullif(district_id, 0) as district_id, nullif(commune_id, 0) as commune_id,
          valid_from, valid_to
