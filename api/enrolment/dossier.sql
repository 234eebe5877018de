-- part: dossier_columns
d.id, d.number, d.state, f.code as "form.code", f.scheme as "form.scheme", d.submitted_on, d.due_on,
       case when d.pending > 0 then working_days_until(business_date(), d.due_on) end as days_left,
       d.pending > 0 and d.due_on < business_date() as overdue,
       d.pending + d.accepted + d.returned + d.rejected + d.withdrawn as "count.lines",
       d.pending as "count.pending", d.accepted as "count.accepted", d.returned as "count.returned",
       d.rejected as "count.rejected", d.withdrawn as "count.withdrawn",
       d.previous_id, d.decided_at, u.id as "unit.id", u.code as "unit.code", u.name as "unit.name",
       d.agency_id, d.collector_id, d.created_at

-- part: dossier_joins
join dossier_form f on f.code = d.form_code
  join unit u on u.id = d.unit_id

-- name: dossier_form_list
select f.code, f.scheme, f.name_vi as "name.vi", f.name_en as "name.en",
       f.days_new as "working_days.new", f.days_renewal as "working_days.renewal",
       f.days_return as "working_days.return", f.legal_basis, f.verified, f.note
  from dossier_form f
 order by f.code

-- name: dossier_list
select {dossier_columns},
       d.created_at::text, d.id::text
  from dossier d
  {dossier_joins}
 where (d.created_at, d.id) < ($1::timestamptz, $2::uuid)
 order by d.created_at desc, d.id desc
 limit $3::int

-- name: dossier_list_decided
select {dossier_columns},
       d.created_at::text, d.id::text
  from dossier d
  {dossier_joins}
 where (d.created_at, d.id) < ($1::timestamptz, $2::uuid) and d.pending = 0
 order by d.created_at desc, d.id desc
 limit $3::int

-- What waits, the most urgent first; what is overdue is the head of it.
-- name: dossier_list_waiting
select {dossier_columns},
       d.due_on::text, d.id::text
  from dossier d
  {dossier_joins}
 where (d.due_on, d.id) > ($1::date, $2::uuid) and d.pending > 0 and d.due_on < $4::date
 order by d.due_on, d.id
 limit $3::int

-- The list for print. It shows people, so whoever looks is noted.
-- part: dossier_found
with found as (
    select d.* from dossier d where d.id = $1::uuid
), listed as (
    select l.n, l.outcome, l.reason, l.decided_at, l.decided_by, e.id as enrolment_id, e.status, e.kind,
           e.months, e.starts_on, e.ends_on, e.paid_on, e.contribution, e.amount, e.group_code,
           p.id as person_id, p.full_name, p.birth, p.birth_precision, p.sex, p.personal_id_number,
           p.social_insurance_number, h.name as hamlet
      from found d
      join dossier_line l on l.dossier_id = d.id
      join enrolment e on e.id = l.enrolment_id
      join unit h on h.id = e.unit_id
      left join person p on p.id = e.person_id
), noted as (
    insert into audit (user_id, session_id, action, subjects, purpose, province_id, district_id,
                       commune_id)
    select caller_id(), current_setting('app.session_id')::uuid, $2,
           coalesce((select array_agg(person_id) from listed where person_id is not null), '{}'), $3,
           d.province_id, d.district_id, d.commune_id
      from found d
)

-- part: dossier_line
json_build_object(
               'n', l.n, 'enrolment_id', l.enrolment_id, 'status', l.status, 'kind', l.kind,
               'person', case when l.person_id is not null then json_build_object(
                   'id', l.person_id, 'full_name', l.full_name,
                   'date_of_birth', to_char(l.birth, case l.birth_precision when 'year' then 'YYYY'
                                                     when 'month' then 'YYYY-MM' else 'YYYY-MM-DD' end),
                   'sex', l.sex, {dossier_numbers}) end,
               'hamlet', l.hamlet, 'months', l.months, 'starts_on', l.starts_on, 'ends_on', l.ends_on,
               'paid_on', l.paid_on, 'group', l.group_code, 'contribution', l.contribution,
               'amount', l.amount, 'outcome', l.outcome, 'reason', l.reason,
               'decided_at', to_char(l.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               'decided_by', l.decided_by)

-- part: dossier_numbers
'personal_id_number', case when $2 = 'identity_reveal' then l.personal_id_number
                                              else masked(l.personal_id_number) end,
                   'social_insurance_number', case when $2 = 'identity_reveal' then l.social_insurance_number
                                                   else masked(l.social_insurance_number) end

-- name: dossier_get
{dossier_found}
select {dossier_columns},
       (select coalesce(sum(l.contribution), 0)::bigint from listed l) as "total.contribution",
       (select coalesce(sum(l.amount), 0)::bigint from listed l) as "total.amount",
       (select coalesce(json_agg({dossier_line} order by l.n), '[]') from listed l) as lines,
       d.version as "@version"
  from found d
  {dossier_joins}

-- name: dossier_submit
select * from gate.dossier_submit($1::uuid, $2::jsonb, $3::uuid)

-- name: dossier_decide
select * from gate.dossier_decide($1::uuid, $2::jsonb -> 'lines')
