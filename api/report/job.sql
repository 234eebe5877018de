-- part: job_columns
j.id, j.kind, j.state, case j.kind when 'export' then j.subject end as list,
       j.parameters->>'format' as format, (j.parameters->'filters') as filters,
       case j.kind when 'import' then j.subject end as rows,
       (j.parameters->>'dry_run')::boolean as dry_run, (j.parameters->>'partial')::boolean as partial,
       j.step, j.done, j.total, j.accepted, j.unchanged, j.rejected, j.written, j.error,
       case when j.size is not null and j.state = 'done' and j.finished_at > now() - interval '7 days'
            then j.size end as "file.size",
       j.finished_at + interval '7 days' as "file.expires_at", j.created_at, j.started_at, j.finished_at

-- name: job_list
select {job_columns}, j.created_at::text, j.id::text
  from job j
 where j.requester_id = caller_id() and (j.created_at, j.id) < ($1::timestamptz, $2::uuid)
 order by j.created_at desc, j.id desc
 limit $3::int

-- name: job_get
select {job_columns} from job j where j.id = $1::uuid

-- name: job_cancel
select gate.job_cancel($1::uuid)

-- name: job_create
select gate.job_create($1::uuid, $2, $3, $4::jsonb, $5, $6::int)

-- name: job_step
select j.step from job j where j.id = $1::uuid and j.kind = 'import'

-- name: job_verdict_list
select v.line, v.verdict, v.field, v.code, v.detail, v.line::text, ''
  from job_verdict v
 where v.job_id = $1::uuid and v.step = $2 and v.line > $3::int
 order by v.line
 limit $4::int

-- name: job_verdict_list_rejected
select v.line, v.verdict, v.field, v.code, v.detail, v.line::text, ''
  from job_verdict v
 where v.job_id = $1::uuid and v.step = $2 and v.line > $3::int and v.verdict = 'rejected'
 order by v.line
 limit $4::int

-- name: job_file
select j.subject, j.parameters->>'format', to_char(j.finished_at at time zone 'Asia/Ho_Chi_Minh',
                                                    'YYYY-MM-DD'), j.size
  from job j
 where j.id = $1::uuid and j.kind = 'export' and j.state = 'done'
   and exists (select from job_part p where p.job_id = j.id and p.role = 'result' and p.n = 1)

-- name: job_part
select encode(p.content, 'hex'), p.first_line
  from job_part p
 where p.job_id = $1::uuid and p.role = $2 and p.n = $3::int

-- As far as the file was made: the last piece, and the size of all.
-- name: job_progress
select p.n, p.cursor, p.done, (select sum(octet_length(o.content)) from job_part o
                                where o.job_id = p.job_id and o.role = 'result') as size
  from job_part p
 where p.job_id = $1::uuid and p.role = 'result'
 order by p.n desc
 fetch first row only

-- Nobody but the worker that holds the job adds to it.
-- name: job_part_add
insert into job_part (job_id, requester_id, role, n, cursor, done, content)
select j.id, j.requester_id, 'result', $3::int, $4, $5::int, decode($6, 'hex')
  from job j
 where j.id = $1::uuid and j.worker = $2::uuid and j.state = 'running'
returning n

-- name: job_take
select * from gate.job_take($1::uuid, $2::interval)

-- name: job_report
select gate.job_report($1::uuid, $2::uuid, $3, $4::jsonb)
