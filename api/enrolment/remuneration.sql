-- The month of an enrolment is that of its posting, of what takes it back that of the decision, both by
-- the server's clock: no month changes after it has ended.
-- part: since
(($1::date)::timestamp at time zone 'Asia/Ho_Chi_Minh')

-- part: until
(($1::date + interval '1 month') at time zone 'Asia/Ho_Chi_Minh')

-- part: next_month
($1::date + interval '1 month')::date

-- part: enrolled
e.agency_id, e.collector_id, e.province_id, e.scheme, e.group_code, e.kind,
           (e.posted_at at time zone 'Asia/Ho_Chi_Minh')::date as day

-- What was posted and taken back in one month is in neither part of it.
-- part: counts
e.agency_id is not null and e.amount > 0
       and (e.reversed_on is null or e.reversed_on >= {next_month})

-- Drafts that were posted later have dates of their own. What is taken back has the rate of its posting.
-- part: happened
with happened as (
    select {enrolled}, 'posted' as entry, 1 as sign, e.amount as base
      from enrolment e
     where e.created_at >= {since} and e.created_at < {until} and e.posted_at = e.created_at and {counts}
     union all
    select {enrolled}, 'posted', 1, e.amount
      from enrolment e
     where e.posted_at <> e.created_at and e.posted_at >= {since} and e.posted_at < {until} and {counts}
     union all
    select {enrolled}, 'reversed', -1, -e.amount
      from enrolment e
     where e.reversed_on >= $1::date and e.reversed_on < {next_month}
       and e.posted_at < {since} and e.agency_id is not null and e.amount > 0
     union all
    select {enrolled}, 'refunded', 0, -f.amount
      from enrolment_refund f
      join enrolment e on e.id = f.enrolment_id
     where f.refunded_on >= $1::date and f.refunded_on < {next_month}
       and e.agency_id is not null and f.amount > 0
), book as materialized (
    select r.* from rate r where r.kind in ('vsi_remuneration', 'hhi_remuneration')
)

-- Equal ones are counted; a rate for the group goes before that for the kind alone.
-- part: counted
select h.agency_id, h.collector_id, h.scheme, h.group_code, h.kind, h.entry, h.sign, h.base,
           coalesce(g.id, k.id) as rate_id, count(*) as times, min(h.day) as day
      from happened h
      left join book g on g.kind = h.scheme || '_remuneration' and g.key = h.group_code || '_' || h.kind
                      and g.province_id = h.province_id and g.valid @> h.day
      left join book k on k.kind = h.scheme || '_remuneration' and k.key = h.kind
                      and k.province_id = h.province_id and k.valid @> h.day

-- part: alike
group by h.agency_id, h.collector_id, h.scheme, h.group_code, h.kind, h.entry, h.sign, h.base,
              coalesce(g.id, k.id)

-- part: line_columns
p.scheme, p.group_code, p.kind, p.entry, p.sign, p.base, p.times, r.id as rate, r.key, r.value,
       r.decision_number, r.valid_from, r.verified, p.day,
       case when row_number() over () = 1
            then (select json_agg(json_build_object('key', o.key, 'value', o.value, 'decision',
                                                    o.decision_number, 'verified', o.verified))
                    from rate o
                   where o.kind = 'remuneration_cap' and o.valid @> ({next_month} - 1)) end as caps

-- part: line_order
p.scheme desc, p.entry, p.group_code, p.kind, r.id

-- Its items show no lines, so these come as they are.
-- name: remuneration_of_office
-- lane: slow
{happened}, p as (
    {counted}
     {alike}
)
select p.agency_id, null::uuid as collector_id, a.name, null as card_number, {line_columns}
  from (values (1)) one
  left join p on true
  left join book r on r.id = p.rate_id
  left join agency a on a.id = p.agency_id
 order by a.name, p.agency_id

-- name: remuneration_of_agency
-- lane: slow
{happened}, p as (
    {counted}
     where h.agency_id = coalesce($2::uuid, own_agency())
     {alike}
)
select a.id as agency_id, p.collector_id, c.full_name, c.card_number, {line_columns}
  from agency a
  left join p on true
  left join book r on r.id = p.rate_id
  left join collector c on c.id = p.collector_id
 where a.id = coalesce($2::uuid, own_agency())
 order by c.full_name, p.collector_id, {line_order}

-- name: remuneration_of_collector
{happened}, p as (
    {counted}
     where h.collector_id = coalesce($2::uuid, own_collector())
     {alike}
)
select c.agency_id, c.id as collector_id, c.full_name, c.card_number, {line_columns}
  from collector c
  left join p on true
  left join book r on r.id = p.rate_id
 where c.id = coalesce($2::uuid, own_collector())
 order by {line_order}
