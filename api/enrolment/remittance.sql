-- part: remittance_columns
m.id, m.holder_id, m.agency_id, m.collector_id, m.amount, m.receipts, m.settled, m.method, m.reference,
       m.remitted_on, m.due_at, coalesce(m.created_at > m.due_at, false) as late, m.status, m.received,
       m.received_on, m.amount - m.received as difference, m.reason, m.created_at

-- name: remittance_list
select {remittance_columns}, m.created_at::text, m.id::text
  from remittance m
 where (m.created_at, m.id) < ($1::timestamptz, $2::uuid)
 order by m.created_at desc, m.id desc
 limit $3::int

-- name: remittance_list_declared
select {remittance_columns}, m.created_at::text, m.id::text
  from remittance m
 where (m.created_at, m.id) < ($1::timestamptz, $2::uuid) and m.status = 'declared'
 order by m.created_at desc, m.id desc
 limit $3::int

-- name: remittance_get
select {remittance_columns}, m.version as "@version",
       (select json_agg(json_build_object('receipt_id', r.id, 'series', r.series, 'number', r.number,
                                          'amount', r.amount, 'payer', r.payer) order by r.series, r.number)
          from receipt r
         where r.remittance_id = m.id) as lines
  from remittance m
 where m.id = $1::uuid

-- name: remittance_declare
select gate.remittance_declare($1::uuid, coalesce($2::uuid, scope_agent()), $3::uuid[],
                               coalesce($4::boolean, false), $5, $6, $7::date)

-- name: remittance_reconcile
select gate.remittance_reconcile(m.id, $2::bigint, $3::date, $4, $5::int[])
  from remittance m
 where m.id = $1::uuid
