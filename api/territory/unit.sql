-- $1 is the day whose map is asked for: units have the form and the name of that day.
-- part: keys
nullif(u.province_id, 0) as province_id, nullif(u.district_id, 0) as district_id,
       nullif(u.commune_id, 0) as commune_id, u.holder_id, u.valid_from, u.valid_from_known, u.valid_to

-- part: unit_columns
u.id, u.code, u.kind,
       case when u.former_until >= $1::date then form_on(u.id, $1::date) else u.form end as form,
       case when u.former_until >= $1::date then name_on(u.id, $1::date) else u.name end as name, u.parent_id,
       {keys}

-- part: there
u.levels = map_of($1::date) and u.valid_from <= $1::date and coalesce(u.valid_to, 'infinity') >= $1::date

-- Units are reference: everybody reads them, page by page, never as a whole tree.
-- name: unit_children
select {unit_columns}, u.code, u.id::text
  from unit u
 where u.parent_id = $2::int and {there} and (u.code, u.id) > ($3, $4::int)
 order by u.code, u.id
 limit $5::int

-- name: unit_children_of_own
select {unit_columns}, u.code, u.id::text
  from unit u
 where u.parent_id = (select unit_id from app_user where id = caller_id()) and {there}
   and (u.code, u.id) > ($2, $3::int)
 order by u.code, u.id
 limit $4::int

-- part: next_of_kind
u.kind = $3 and u.id <> $2::int and {there} and (u.code, u.id) > ($4, $5::int)
         order by u.code, u.id limit $6::int

-- One part for each index that serves it, merged in their order; ids are unique over the levels, so
-- no unit is in two of them. The last two are of the closed provinces and districts.
-- name: unit_of_kind
select {unit_columns}, u.code, u.id::text
  from ((select * from unit u where $2::int = 1 and {next_of_kind})
        union all
        (select * from unit u where u.province_id = $2::int and {next_of_kind})
        union all
        (select * from unit u where u.district_id = $2::int and {next_of_kind})
        union all
        (select * from unit u where u.commune_id = $2::int and {next_of_kind})
        union all
        (select * from unit u where u.map_province_id = $2::int and {next_of_kind})
        union all
        (select * from unit u
          where u.levels = 3 and u.parent_id = $2::int and $2::int <> 1 and {next_of_kind})) u
 order by u.code, u.id
 limit $6::int

-- name: unit_by_code
select {unit_columns}, u.code, u.id::text
  from unit u
 where u.code = $2 and u.kind = any($3::text[]) and u.valid_from <= $1::date
   and coalesce(u.valid_to, 'infinity') >= $1::date and (u.code, u.id) > ($4, $5::int)
 order by u.code, u.id
 limit $6::int

-- Type-ahead: the key of what was typed, at the start of any word, without accents.
-- name: unit_search
select {unit_columns}, u.name_key, u.id::text
  from unit u
 where (' ' || u.name_key) like '% ' || $2 || '%' and u.kind = any($3::text[])
   and ($4::int = 1 or $4::int in (u.province_id, u.district_id, u.commune_id)
        or u.levels = 3 and $4::int in (u.id, u.parent_id, u.map_province_id))
   and u.form <> 'unplaced' and (u.levels = map_of($1::date) or u.id = 1) and u.valid_from <= $1::date
   and coalesce(u.valid_to, 'infinity') >= $1::date and (u.name_key, u.id) > ($5, $6::int)
 order by u.name_key, u.id
 limit $7::int

-- Of a closed unit what it was last.
-- name: unit_get
-- lane: fast
select u.id, u.code, u.kind, u.form, u.name, u.parent_id, {keys}, u.version as "@version"
  from unit u
 where u.id = $1::int

-- The way from the nation down to the unit itself, as it was on the unit's last day.
-- name: unit_ancestors
with recursive way as (
    select w.*, 0 as depth, coalesce(w.valid_to, business_date()) as day
      from unit w
     where w.id = $1::int
    union all
    select p.*, w.depth + 1, w.day
      from way w
      join unit p on p.id = w.parent_id
)
select u.id, u.code, u.kind,
       case when u.former_until >= u.day then form_on(u.id, u.day) else u.form end as form,
       case when u.former_until >= u.day then name_on(u.id, u.day) else u.name end as name, u.parent_id,
       {keys}
  from way u
 order by u.depth desc

-- part: link
json_build_object('unit', json_build_object('id', o.id, 'kind', o.kind, 'form', o.form, 'code', o.code,
                                            'name', o.name, 'valid_from', o.valid_from,
                                            'valid_to', o.valid_to),
                  'event', json_build_object('id', e.id, 'kind', e.kind, 'happened_on', e.happened_on,
                                             'act', e.act),
                  'principal', s.principal, 'extent', s.extent, 'proof', s.proof)

-- What became of a unit directly, the main one first.
-- name: unit_successors
select u.id as "unit.id", u.kind as "unit.kind", u.code as "unit.code", u.name as "unit.name",
       u.holder_id,
       coalesce((select json_agg({link} order by s.principal desc, o.code, o.id)
                   from unit_succession s
                   join unit o on o.id = s.to_id
                   join unit_event e on e.id = s.event_id
                  where s.from_id = u.id), '[]') as items
  from unit u
 where u.id = $1::int

-- name: unit_predecessors
select u.id as "unit.id", u.kind as "unit.kind", u.code as "unit.code", u.name as "unit.name",
       u.holder_id,
       coalesce((select json_agg({link} order by s.principal desc, o.kind, o.code, o.id)
                   from unit_succession s
                   join unit o on o.id = s.from_id
                   join unit_event e on e.id = s.event_id
                  where s.to_id = u.id), '[]') as items
  from unit u
 where u.id = $1::int

-- part: event_columns
e.id, e.kind, e.happened_on, e.act, e.decided_on, e.issuer, e.subject, e.verified,
       e.from_units as "units.closed", e.to_units as "units.followed", e.changed_units as "units.changed"

-- name: unit_event_list
select {event_columns}, e.happened_on::text, e.id::text
  from unit_event e
 where (e.happened_on, e.id) < ($1::date, $2::int)
 order by e.happened_on desc, e.id desc
 limit $3::int

-- name: unit_event_list_of_unit
select {event_columns}, e.happened_on::text, e.id::text
  from unit_event e
 where e.id in (select s.event_id from unit_succession s where s.from_id = $1::int
                union all
                select s.event_id from unit_succession s where s.to_id = $1::int
                union all
                select o.event_id from former_form o where o.unit_id = $1::int)
   and (e.happened_on, e.id) < ($2::date, $3::int)
 order by e.happened_on desc, e.id desc
 limit $4::int

-- name: unit_create
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id,
                  commune_id, valid_from, created_by)
select n.id, 'hamlet', $1, c.code || '-' || n.id, $2, $3, c.id, c.province_id, c.district_id, c.id,
       business_date(), caller_id()
  from unit c, (select nextval('unit_id')::int as id) n
 where c.id = scope_id()
returning id, code, kind, form, name, parent_id, nullif(province_id, 0) as province_id,
          nullif(district_id, 0) as district_id, nullif(commune_id, 0) as commune_id,
          holder_id, valid_from, valid_from_known, valid_to
