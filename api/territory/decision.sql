-- part: decision_columns
d.id, d.number, d.issuer, d.issued_on, d.subject, u.id as "unit.id", u.code as "unit.code",
       u.name as "unit.name", d.created_at

-- part: insert_decision
insert into decision (id, number, issuer, issued_on, subject, unit_id, province_id, district_id,
                          commune_id, giver_id, created_by)
    select uuid7(), $1, coalesce($2, u.name), $3::date, $4, u.id, u.province_id, u.district_id,
           u.commune_id, u.id, caller_id()
      from unit u
     where u.id = scope_id()

-- name: decision_list
select {decision_columns}, d.created_at::text, d.id::text
  from decision d
  join unit u on u.id = d.unit_id
 where (d.created_at, d.id) < ($1::timestamptz, $2::uuid)
 order by d.created_at desc, d.id desc
 limit $3::int

-- name: decision_get
-- lane: fast
select {decision_columns}
  from decision d
  join unit u on u.id = d.unit_id
 where d.id = $1::uuid

-- name: decision_create
with made as (
    {insert_decision}
    returning *
)
select {decision_columns}
  from made d
  join unit u on u.id = d.unit_id

-- For a write that names a decision as it is printed: the same one may be known already, or be on its
-- way in another transaction. The statement after this one finds it, whoever wrote it.
-- name: decision_note
{insert_decision}
    on conflict (giver_id, issuer, number, issued_on) do nothing
