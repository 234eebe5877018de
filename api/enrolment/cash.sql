-- Money in hand, what of it is late, and what the contract permits.
-- part: cash_columns
b.id, b.collector_id as "collector.id", c.full_name as "collector.full_name", b.agency_id, b.in_hand,
       b.difference, o.receipts, o.due_at, o.late_amount, gate.cash_limit(b.id) as "limit"

-- part: cash_open
left join collector c on c.id = b.collector_id
 cross join lateral (select count(*) as receipts, min(r.remit_by) as due_at,
                            coalesce(sum(r.amount) filter (where r.remit_by < now()), 0)::bigint
                            as late_amount
                       from receipt r
                      where r.holder_id = b.id and r.remittance_id is null and not r.paid_by_office) o

-- name: cash_list
select {cash_columns}, b.created_at::text, b.id::text
  from cash_box b
  {cash_open}
 where (b.created_at, b.id) < ($1::timestamptz, $2::uuid)
 order by b.created_at desc, b.id desc
 limit $3::int

-- name: cash_list_late
select {cash_columns}, b.created_at::text, b.id::text
  from cash_box b
  {cash_open}
 where (b.created_at, b.id) < ($1::timestamptz, $2::uuid) and o.late_amount > 0
 order by b.created_at desc, b.id desc
 limit $3::int

-- name: cash_entry_list
select e.id, e.kind, e.amount, e.receipt_id, e.remittance_id, e.handover_id, e.created_at,
       e.created_at::text, e.id::text
  from cash_entry e
 where (e.created_at, e.id) < ($1::timestamptz, $2::uuid) and e.box_id = $4::uuid
 order by e.created_at desc, e.id desc
 limit $3::int

-- name: cash_handover_move
select gate.cash_handover($1::uuid, $2::uuid, $3::uuid, $4)

-- name: cash_handover_get
select h.id, h.from_id, h.to_id, h.agency_id, h.amount, h.receipts, h.reason, h.created_at
  from cash_handover h
 where h.id = $1::uuid
