-- name: import_body_add
insert into job_part (job_id, requester_id, role, n, first_line, content)
select j.id, j.requester_id, 'body', $2::int, $3::int, convert_to($4, 'UTF8')
  from job j
 where j.id = $1::uuid
returning n

-- name: import_body
select convert_from(p.content, 'UTF8'), p.first_line
  from job_part p
 where p.job_id = $1::uuid and p.role = 'body' and p.n = $2::int

-- name: import_verdicts
select v.line, v.verdict
  from job_verdict v
 where v.job_id = $1::uuid and v.step = $2 and v.line between $3::int and $4::int
 order by v.line

-- Nobody but the worker that holds the job judges.
-- name: import_verdict_add
insert into job_verdict (job_id, requester_id, step, line, verdict, field, code, detail)
select j.id, j.requester_id, $3, r.line, r.verdict, r.field, r.code, r.detail
  from job j
 cross join jsonb_to_recordset($4::jsonb) r (line int, verdict text, field text, code text, detail text)
 where j.id = $1::uuid and j.worker = $2::uuid and j.state = 'running'

-- Whom a row means and whether it is done already. A crash of the database may take the last rows along,
-- and with them their verdicts, so they are done again: nobody waits for the disk.
-- name: import_enrolment_facts
select f.hamlet_id, f.person_id, f.flaw, gate.enrolment_known(f.person_id, $2, $3::int, $4::date),
       set_config('synchronous_commit', 'off', true)
  from gate.import_person($1::jsonb) f

-- name: import_household_facts
select f.hamlet_id, f.person_id, f.flaw, y.id, y.hamlet_id, m.household_id, m.relation, m.position,
       m.hamlet_id, set_config('synchronous_commit', 'off', true)
  from gate.import_person($1::jsonb) f
  left join household y on y.code = $2
  left join household_member m on m.person_id = f.person_id and m.ended_as is null
