-- name: collector_list
select c.id, c.full_name, c.agency_id, c.card_number, c.valid_from, c.valid_to,
       u.id as "unit.id", u.code as "unit.code", u.name as "unit.name", c.created_at,
       c.created_at::text, c.id::text
  from collector c
  join unit u on u.id = c.unit_id
 where (c.created_at, c.id) < ($1::timestamptz, $2::uuid)
 order by c.created_at desc, c.id desc
 limit $3::int
