-- part: collector_columns
c.id, c.full_name, c.agency_id, c.card_number, c.valid_from, c.valid_to, c.certificate_number,
       c.certified_on, u.id as "unit.id", u.code as "unit.code", u.name as "unit.name", c.giver_id,
       c.ended_on, c.created_at

-- part: collector_territory
(select coalesce(json_agg(json_build_object('id', h.id, 'code', h.code, 'name', h.name)
                                 order by h.code, h.id), '[]')
          from territory t
          join unit h on h.id = t.hamlet_id
         where t.collector_id = c.id and t.during @> business_date()) as territory

-- name: collector_list
select {collector_columns}, c.created_at::text, c.id::text
  from collector c
  join unit u on u.id = c.unit_id
 where (c.created_at, c.id) < ($1::timestamptz, $2::uuid)
 order by c.created_at desc, c.id desc
 limit $3::int

-- name: collector_list_of_agency
select {collector_columns}, c.created_at::text, c.id::text
  from collector c
  join unit u on u.id = c.unit_id
 where c.agency_id = $1::uuid and (c.created_at, c.id) < ($2::timestamptz, $3::uuid)
 order by c.created_at desc, c.id desc
 limit $4::int

-- name: collector_get
select {collector_columns}, {collector_territory}, c.version as "@version"
  from collector c
  join unit u on u.id = c.unit_id
 where c.id = $1::uuid

-- After an update: whether it was the caller's to change.
-- name: collector_get_held
select {collector_columns}, {collector_territory}, c.version as "@version",
       c.giver_id = scope_id() as held
  from collector c
  join unit u on u.id = c.unit_id
 where c.id = $1::uuid

-- At the organisation's own unit, or below it.
-- name: collector_create
insert into collector (id, agency_id, full_name, card_number, valid_from, valid_to, certificate_number,
                       certified_on, unit_id, province_id, district_id, commune_id, giver_id, created_by)
select $1::uuid, a.id, $2, $3, $4::date, $5::date, $6, $7::date, u.id, u.province_id, u.district_id,
       u.commune_id, scope_id(), caller_id()
  from agency a
  join unit u on u.id = $9::int and u.kind <> 'hamlet' and u.valid_to is null
             and a.unit_id in (u.id, u.province_id, u.district_id, u.commune_id)
 where a.id = $8::uuid and a.serving

-- What the body does not name stays; an end of the card may be taken back by null.
-- name: collector_update
update collector c
   set full_name = coalesce($2, c.full_name),
       card_number = coalesce($3, c.card_number),
       valid_from = coalesce(($4::jsonb ->> 'valid_from')::date, c.valid_from),
       valid_to = case when $4::jsonb ? 'valid_to' then ($4::jsonb ->> 'valid_to')::date
                       else c.valid_to end,
       certificate_number = coalesce($5, c.certificate_number),
       certified_on = coalesce(($4::jsonb ->> 'certified_on')::date, c.certified_on),
       version = c.version + 1
 where c.id = $1::uuid and c.giver_id = scope_id() and c.ended_on is null
   and c.version = any(coalesce($6::int[], array[c.version]))

-- Of the one that this request has made or changed.
-- name: collector_serve
select gate.collector_serve(c.id, array(select jsonb_array_elements_text($2::jsonb -> 'territory')::int))
  from collector c
 where c.id = $1::uuid and c.xmin = pg_current_xact_id()::xid

-- name: collector_end
select gate.collector_end(c.id)
  from collector c
 where c.id = $1::uuid and c.xmin = pg_current_xact_id()::xid
