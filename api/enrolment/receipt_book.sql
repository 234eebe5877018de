-- What became of the numbers: used by receipts, allotted to collectors, free, or left when it was closed.
-- part: receipt_book_columns
b.id, b.series, b.first, b.last, b.next, b.parent_id, b.agency_id, b.collector_id, b.closed_on,
       b.next - b.first - b.allotted as used, b.allotted,
       b.last + 1 - b.next as left, b.created_at

-- name: receipt_book_list
select {receipt_book_columns}, b.created_at::text, b.id::text
  from receipt_book b
 where (b.created_at, b.id) < ($1::timestamptz, $2::uuid)
 order by b.created_at desc, b.id desc
 limit $3::int

-- name: receipt_book_get
select {receipt_book_columns}, b.version as "@version"
  from receipt_book b
 where b.id = $1::uuid

-- The keys are those of whom it is given to.
-- name: receipt_book_create
insert into receipt_book (id, series, first, last, next, agency_id, collector_id, unit_id, province_id,
                          district_id, commune_id, giver_id, created_by)
select $1::uuid, $2, $3::int, $4::int, $3::int, a.id, c.id, coalesce(c.unit_id, a.unit_id),
       coalesce(c.province_id, a.province_id), coalesce(c.district_id, a.district_id),
       coalesce(c.commune_id, a.commune_id), scope_id(), caller_id()
  from agency a
  left join collector c on c.id = $6::uuid and c.agency_id = a.id
 where a.id = $5::uuid and ($6::uuid is null or c.id is not null)

-- name: receipt_book_allot
select gate.book_allot($1::uuid, b.id, $3::uuid, $4::int) from receipt_book b where b.id = $2::uuid

-- name: receipt_book_close
select gate.book_close(b.id, $2::int[]) from receipt_book b where b.id = $1::uuid
