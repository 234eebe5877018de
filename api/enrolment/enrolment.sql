-- part: rate_book_columns
r.kind, r.key, r.value, r.valid_from, r.decision_number, r.decision_title, r.verified

-- What a price depends on, in the columns of api/enrolment/posting.h.
-- part: price_fact_columns
w.birth, w.island, w.facts,
       {rate_book_columns}

-- part: enrolment_columns
e.id, e.scheme, e.kind, e.method, e.months, e.starts_on, e.ends_on, e.paid_on, e.status, e.posted_at,
       e.accepted_on, e.issued_on, e.reversed_on,
       p.id as "person.id", p.full_name as "person.full_name",
       to_char(p.birth, case p.birth_precision when 'year' then 'YYYY' when 'month' then 'YYYY-MM'
                        else 'YYYY-MM-DD' end) as "person.date_of_birth",
       p.sex as "person.sex",
       h.id as "hamlet.id", h.name as "hamlet.name", c.id as "commune.id", c.code as "commune.code",
       c.name as "commune.name", e.agency_id, e.collector_id, e.officer_id,
       e.association_id, e.paid_by, e.created_at, e.version as "@version",
       e.contribution as "price.contribution", e.amount as "price.participant",
       e.group_code as "price.group", e.position as "price.position", e.income as "price.income",
       e.support_months as "price.support_months"

-- The person is looked up row by row (limit 1): as a plain join, a narrow slice would first collect
-- all its people, because row security offers the planner their index too.
-- name: enrolment_list
select {enrolment_columns},
       e.created_at::text, e.id::text
  from enrolment e
  left join lateral (select * from person where id = e.person_id limit 1) p on true
  join unit h on h.id = e.unit_id
  join unit c on c.id = e.commune_id
 where (e.created_at, e.id) < ($1::timestamptz, $2::uuid)
 order by e.created_at desc, e.id desc
 limit $3::int

-- name: enrolment_get
-- lane: fast
select {enrolment_columns},
       (select json_agg(json_build_object('funder', l.funder, 'base', l.base, 'percent',
                                          round(l.percent_hundredths / 100.0, 2), 'months', l.months,
                                          'amount', l.amount, 'rule', l.rule, 'legal_basis',
                                          l.legal_basis, 'verified', l.verified) order by l.n)
          from enrolment_line l
         where l.enrolment_id = e.id) as "price.lines",
       e.asked->'income' as "draft.income", e.asked->'groups' as "draft.groups",
       e.asked->'position' as "draft.position", e.asked->'sponsor_percent' as "draft.sponsor_percent",
       r.id as "receipt.id", r.series as "receipt.series", r.number as "receipt.number",
       r.amount as "receipt.amount", r.created_at as "receipt.issued_at",
       f.reason as "refund.reason", f.happened_on as "refund.on", f.unused_from as "refund.unused_from",
       f.unused_months as "refund.unused_months", f.amount as "refund.amount",
       f.legal_basis as "refund.legal_basis", f.refunded_on as "refund.refunded_on"
  from enrolment e
  left join person p on p.id = e.person_id
  join unit h on h.id = e.unit_id
  join unit c on c.id = e.commune_id
  left join receipt r on r.id = e.receipt_id
  left join enrolment_refund f on f.enrolment_id = e.id
 where e.id = $1::uuid

-- The statements of two trips: register the person, take the numbers and read what the price depends on;
-- enrol, store the lines, post. The hamlet gives
-- the keys, the caller the credit; row security refuses a hamlet outside the slice.
-- name: enrolment_register_person
insert into person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, province_id,
                    district_id, commune_id, created_by, personal_id_number,
                    social_insurance_number, phone)
select $1::uuid, $3, $4, $5::date, $6, $7, h.id, h.province_id, h.district_id, h.commune_id,
       caller_id(), $8, $9, $10
  from unit h
 where h.id = $2::int and h.kind = 'hamlet' and h.valid_to is null

-- Numbers that somebody has already are identity_once, and undo all of it. Returns who may be the same
-- person, nulls for somebody outside the slice.
-- name: enrolment_claim_identity
select p.id, p.full_name, to_char(p.birth, case p.birth_precision when 'year' then 'YYYY'
                                           when 'month' then 'YYYY-MM' else 'YYYY-MM-DD' end)
       as date_of_birth, p.sex, masked(p.personal_id_number) as personal_id_number,
       masked(p.social_insurance_number) as social_insurance_number, h.name as hamlet
  from gate.person_registered($1::uuid, $2, $3, $4::boolean) d
  left join person p on p.id = d.id
  left join unit h on h.id = p.hamlet_id

-- What the price of an enrolment depends on, beside the request: the person, if the caller sees one, and
-- the book of rates.
-- name: enrolment_price_facts
with whose as materialized ( -- or the gate would be asked again for every rate
    select p.birth, p.province_id, c.form = 'special_zone' as island,
           gate.price_facts(p.id, $3, $2::date, true)::jsonb || jsonb_build_object('died_on', p.died_on) as facts
      from person p
      join unit c on c.id = p.commune_id
     where p.id = $1::uuid
)
select {price_fact_columns}
  from whose w
  left join rate r on r.valid @> $2::date and r.province_id in (0, w.province_id)
                  and (left(r.kind, 3) = $3 or r.kind = 'reference_level')
 order by r.kind collate "C", r.key collate "C"

-- The gate says what it is (new, renewal, return), from when it covers, and in which periods the person
-- was not counted yet. What an office enrols itself is the credit of its officer, unless somebody else
-- is named.
-- name: enrolment_create
insert into enrolment (id, person_id, scheme, kind, method, months, starts_on, ends_on, paid_on, first_in,
                       holds, contribution, amount, group_code, position, income, support_months,
                       paid_by, receipt_id, agency_id, collector_id, officer_id, association_id, unit_id,
                       province_id, district_id, commune_id, created_by)
select $1::uuid, p.id, $3, t.kind, $16, $4::int, t.starts_on, t.ends_on, $5::date, t.first_in, t.first_in,
       $8::bigint, $9::bigint, $10, $11::smallint, $12::bigint, $13::smallint, $14, $15::uuid,
       coalesce(own_agency(), (select agency_id from collector where id = own_collector())),
       own_collector(),
       coalesce($6::uuid, case when $7::uuid is null and own_collector() is null
                                    and own_agency() is null then caller_id() end), $7::uuid, p.hamlet_id, p.province_id, p.district_id, p.commune_id, caller_id()
  from person p
 cross join lateral gate.enrolment_terms(p.id, $3, $4::int, $5::date, $16) t
 where p.id = $2::uuid and p.merged_into is null

-- What is asked is kept, without what has a column of its own.
-- name: enrolment_draft
insert into enrolment (id, person_id, scheme, method, months, paid_on, status, posted_at, asked, agency_id,
                       collector_id, officer_id, association_id, unit_id, province_id, district_id,
                       commune_id, created_by)
select $1::uuid, p.id, $3, $9, $4::int, $5::date, 'draft', null,
       $8::jsonb - '{scheme,method,months,paid_on,draft,paid_by,won_by,person,person_id,hamlet_id}'::text[],
       coalesce(own_agency(), (select agency_id from collector where id = own_collector())),
       own_collector(),
       coalesce($6::uuid, case when $7::uuid is null and own_collector() is null
                                    and own_agency() is null then caller_id() end),
       $7::uuid, p.hamlet_id, p.province_id, p.district_id, p.commune_id, caller_id()
  from person p
 where p.id = $2::uuid and p.merged_into is null

-- What the price of a draft depends on, and what was asked.
-- name: enrolment_draft_facts
with whose as materialized (
    select p.birth, p.province_id, c.form = 'special_zone' as island, e.scheme, e.method, e.months,
           coalesce($2::date, e.paid_on) as paid_on, e.status, e.asked,
           case when e.status = 'draft'
                then gate.price_facts(p.id, e.scheme, coalesce($2::date, e.paid_on), true)::jsonb
                     || jsonb_build_object('died_on', p.died_on) end as facts
      from enrolment e
      left join person p on p.id = e.person_id
      join unit c on c.id = e.commune_id
     where e.id = $1::uuid
)
select {price_fact_columns}, w.asked, w.scheme, w.method, w.months, w.paid_on, w.status
  from whose w
  left join rate r on r.valid @> w.paid_on and r.province_id in (0, w.province_id)
                  and (left(r.kind, 3) = w.scheme or r.kind = 'reference_level')
 order by r.kind collate "C", r.key collate "C"

-- name: enrolment_submit
select gate.enrolment_submit(e.id, $2::date, $3::bigint, $4::bigint, $5, $6::smallint, $7::bigint,
                             $8::smallint, $9, $10::uuid)
  from enrolment e
 where e.id = $1::uuid and gate.enrolment_stands_at(e.id, $11::int[])

-- From here on it covers and counts.
-- name: enrolment_post
select gate.enrolment_price($1::uuid, $2::jsonb), gate.enrolment_post($1::uuid)

-- The same with a receipt.
-- name: enrolment_post_paid
select gate.enrolment_price($1::uuid, $2::jsonb), gate.enrolment_post($1::uuid),
       gate.receipt_issue($3::uuid, null)

-- name: enrolment_decide
select gate.enrolment_decide(e.id, $2, $3, $5)
  from enrolment e
 where e.id = $1::uuid and gate.enrolment_stands_at(e.id, $4::int[])

-- name: enrolment_credit
select gate.credit_correct(uuid7(), e.id, $3::uuid, $4::uuid, $5::uuid, $6::uuid, $7, $8::date, $9)
  from enrolment e
 where e.id = $1::uuid and gate.enrolment_stands_at(e.id, $2::int[])
