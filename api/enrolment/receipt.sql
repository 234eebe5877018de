-- part: receipt_columns
r.id, r.series, r.number, r.book_id, r.amount, r.payer, r.enrolments, r.reverses, r.enrolment_id,
       r.reason, r.agency_id, r.collector_id,
       case when r.remittance_id is null and not r.paid_by_office then r.holder_id end as holder_id,
       r.remit_by, r.remittance_id, r.paid_by_office, r.created_at as issued_at

-- name: receipt_list
select {receipt_columns}, r.created_at::text, r.id::text
  from receipt r
 where (r.created_at, r.id) < ($1::timestamptz, $2::uuid)
 order by r.created_at desc, r.id desc
 limit $3::int

-- What a holder has to hand over.
-- name: receipt_list_in_hand
select {receipt_columns}, r.created_at::text, r.id::text
  from receipt r
 where (r.created_at, r.id) < ($1::timestamptz, $2::uuid) and r.holder_id = $4::uuid
   and r.remittance_id is null and not r.paid_by_office
 order by r.created_at desc, r.id desc
 limit $3::int

-- name: receipt_get
select {receipt_columns},
       (select json_agg(json_build_object('enrolment_id', e.id, 'full_name', p.full_name, 'scheme',
                                          e.scheme, 'months', e.months, 'amount',
                                          case when r.amount < 0 then -e.amount else e.amount end)
                        order by e.id)
          from enrolment e
          left join person p on p.id = e.person_id
         where e.receipt_id = r.id or e.id = r.enrolment_id) as lines,
       (select json_agg(json_build_object('id', v.id, 'series', v.series, 'number', v.number, 'amount',
                                          v.amount, 'enrolment_id', v.enrolment_id) order by v.id)
          from receipt v
         where v.reverses = r.id) as reversals
  from receipt r
 where r.id = $1::uuid

-- A row for each enrolment on it.
-- name: receipt_print
select r.series, r.number, (r.created_at at time zone 'Asia/Ho_Chi_Minh')::date as issued_on, r.payer,
       r.amount, o.series as reversed_series, o.number as reversed_number, r.reason,
       c.full_name as collector, p.full_name, e.scheme, e.months, e.starts_on, e.ends_on,
       case when r.amount < 0 then -e.amount else e.amount end as line_amount
  from receipt r
  left join receipt o on o.id = r.reverses
  left join collector c on c.id = r.collector_id
  left join enrolment e on e.receipt_id = r.id or e.id = r.enrolment_id
  left join person p on p.id = e.person_id
 where r.id = $1::uuid
 order by e.id

-- For several drafts: each is posted, then one receipt is for all.
-- name: receipt_submit
with submitted as materialized (
    select gate.enrolment_submit(e.id, $2::date, $3::bigint, $4::bigint, $5, $6::smallint, $7::bigint,
                                 $8::smallint, $9, $10::uuid)
      from enrolment e
     where e.id = $1::uuid and gate.enrolment_stands_at(e.id, $11::int[])
)
select gate.enrolment_price($1::uuid, $12::jsonb), gate.enrolment_post($1::uuid) from submitted

-- name: receipt_issue
select gate.receipt_issue($1::uuid, $2)
