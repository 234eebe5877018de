-- `valid_to` is the last day in force, whether that was known at first or decided later.
-- part: rate_columns
r.id, r.kind, r.key, u.id as "province.id", u.code as "province.code", u.name as "province.name",
       r.valid_from, least(r.valid_to, r.ended_on) as valid_to, r.value, k.unit,
       r.decision_number as "decision.number", r.decision_title as "decision.title", r.source,
       r.verified, r.note, r.ended_at as "ended.at", r.ended_on as "ended.last_day",
       r.ended_number as "ended.decision_number", r.ended_title as "ended.decision_title",
       r.giver_id, r.created_at

-- name: rate_key_list
select k.kind, k.key, k.scheme, k.unit, k.local, k.least, k.most, k.name_vi, k.name_en
  from rate_key k
 order by k.kind, k.key

-- The table is short: a country's law.
-- name: rate_list
select {rate_columns}
  from rate r
  join rate_key k on k.kind = r.kind and k.key = r.key
  left join unit u on u.id = r.unit_id and u.kind = 'province'
 where r.valid @> $1::date and r.kind = coalesce($2, r.kind)
   and (u.id is null or u.code = coalesce($3, u.code))
 order by r.kind, r.key, r.province_id, r.valid_from

-- name: rate_history
select {rate_columns}
  from rate r
  join rate_key k on k.kind = r.kind and k.key = r.key
  left join unit u on u.id = r.unit_id and u.kind = 'province'
 where r.kind = $1 and (u.id is null or u.code = coalesce($2, u.code))
 order by r.kind, r.key, r.province_id, r.valid_from, r.created_at

-- name: rate_replace
update rate r
   set ended_on = $2::date - 1, ended_number = $3, ended_title = $4, ended_at = now(),
       ended_by = caller_id(), version = r.version + 1
 where r.id = $1::uuid and r.giver_id = scope_id() and r.ended_on is null and r.kind = $5
   and r.key = $6 and r.valid_from < $2::date and $2::date >= business_date()
   and coalesce(r.valid_to, 'infinity') >= $2::date

-- Which numbers there are, and whose they are to set, says rate_key.
-- name: rate_create
with wanted as (
    select k.unit, k.local, k.least, k.most, u.*,
           case when k.kind is null then 'not_found'
                when k.local <> (u.kind = 'province') then 'forbidden'
                when $5::bigint < k.least then 'too_small'
                when $5::bigint > k.most then 'too_large' end as flaw
      from unit u
      left join rate_key k on k.kind = $1 and k.key = $2
     where u.id = scope_id()
), made as (
    insert into rate (id, kind, key, valid_from, valid_to, value, decision_number, decision_title,
                      source, verified, note, unit_id, province_id, district_id, commune_id, giver_id,
                      created_by)
    select uuid7(), $1, $2, $3::date, $4::date, $5::bigint, $6, $7, $8, $9::boolean, $10, w.id,
           w.province_id, w.district_id, w.commune_id, w.id, caller_id()
      from wanted w
     where w.flaw is null
    returning *
)
select {rate_columns}, w.flaw, case w.flaw when 'not_found' then 'key' else 'value' end,
       case w.flaw when 'too_small' then w.least else w.most end
  from wanted w
  left join made r on true
  left join rate_key k on k.kind = r.kind and k.key = r.key
  left join unit u on u.id = r.unit_id and u.kind = 'province'

-- name: rate_end
with found as (
    select o.*,
           case when o.giver_id <> scope_id() then 'forbidden'
                when o.ended_on is not null then 'wrong_status'
                when $2::date < business_date() - 1 then 'order'
                when $2::date >= o.valid_to then 'too_large' end as flaw
      from rate o
     where o.id = $1::uuid
), made as (
    update rate e
       set ended_on = $2::date, ended_number = $3, ended_title = $4, ended_at = now(),
           ended_by = caller_id(), version = e.version + 1
      from found f
     where e.id = f.id and f.flaw is null
    returning e.*
)
select {rate_columns}, f.flaw, 'last_day',
       case f.flaw when 'order' then business_date() - 1 else f.valid_to - 1 end
  from found f
  left join made r on true
  left join rate_key k on k.kind = r.kind and k.key = r.key
  left join unit u on u.id = r.unit_id and u.kind = 'province'
