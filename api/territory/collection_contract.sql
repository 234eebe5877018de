-- part: collection_contract_columns
c.id, c.agency_id, c.number, c.signed_on, lower(c.during) as valid_from,
       upper(c.during) - 1 as valid_to, c.cash_limit, c.deadline_days,
       to_char(c.deadline_time, 'HH24:MI') as deadline_time, c.deadline_hours, c.created_at

-- name: collection_contract_list
select {collection_contract_columns}, c.created_at::text, c.id::text
  from collection_contract c
 where (c.created_at, c.id) < ($1::timestamptz, $2::uuid)
 order by c.created_at desc, c.id desc
 limit $3::int

-- name: collection_contract_get
-- lane: fast
select {collection_contract_columns}, c.version as "@version"
  from collection_contract c
 where c.id = $1::uuid

-- name: collection_contract_create
with made as (
    insert into collection_contract (id, agency_id, number, signed_on, during, cash_limit, deadline_days,
                          deadline_time, deadline_hours, unit_id, province_id, district_id, commune_id,
                          giver_id, created_by)
    select uuid7(), a.id, $2, $3::date, daterange($4::date, $5::date, '[]'), $6::bigint, $7::smallint,
           coalesce($8::time, '16:00'), $9::smallint, a.unit_id, a.province_id, a.district_id,
           a.commune_id, scope_id(), caller_id()
      from agency a
     where a.id = $1::uuid and a.serving
    returning *
)
select {collection_contract_columns}
  from made c

-- name: collection_contract_end
update collection_contract c
   set during = daterange(lower(c.during), $2::date, '[]'), version = c.version + 1
 where c.id = $1::uuid and c.version = any(coalesce($3::int[], array[c.version]))
