set local role ansinh_owner;

-- --- Jobs -------------------------------------------------------------------------------------------

-- What takes longer than a request may: exports and imports. Only who asked for one sees it, wherever
-- that account stands by now. The worker's states go through the gate; what a job reads and writes it
-- reads and writes as its requester, in a session of the job's own, which ends with the account's others.
create table job (
    id uuid primary key,
    requester_id uuid not null references app_user,
    kind text not null check (kind in ('export', 'import')),
    subject text not null, -- the operation that lists, or what the rows of the file are
    parameters jsonb not null,
    language text not null check (language in ('vi', 'en')),
    state text not null default 'queued'
        check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    step text check (step in ('check', 'write')),
    done int not null default 0 check (done >= 0),
    total int check (total >= 0),
    accepted int not null default 0,
    unchanged int not null default 0,
    rejected int not null default 0,
    written int not null default 0,
    error text,
    size bigint,
    session_id uuid not null references session,
    place text, -- role and scope since the first start
    worker uuid, -- who holds it, or held it last
    attempts int not null default 0,
    heartbeat_at timestamptz,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint job_of_requester unique (id, requester_id),
    check ((state in ('done', 'failed', 'cancelled')) = (finished_at is not null)),
    check ((state = 'failed') = (error is not null))
);
create index job_newest on job (requester_id, created_at desc, id desc);
create index job_open on job (created_at, id) where state in ('queued', 'running');

-- The file that came and the file that was made, in pieces: a body ends its pieces between two records
-- and knows on which line each begins; a result knows where the list goes on after each.
create table job_part (
    job_id uuid not null,
    requester_id uuid not null,
    role text not null check (role in ('body', 'result')),
    n int not null check (n > 0),
    first_line int,
    cursor text,
    done int,
    content bytea not null check (octet_length(content) <= 524288),
    created_at timestamptz not null default now(),
    primary key (job_id, role, n),
    foreign key (job_id, requester_id) references job (id, requester_id) on delete cascade
);
create index job_part_age on job_part (created_at);

-- What became of each line of an imported file. A line has one verdict a step, written in the transaction
-- that writes what the line says: so it is done once, whoever tries it again.
create table job_verdict (
    job_id uuid not null,
    requester_id uuid not null,
    step text not null check (step in ('check', 'write')),
    line int not null check (line > 1),
    verdict text not null check (verdict in ('accepted', 'unchanged', 'rejected')),
    field text,
    code text,
    detail text,
    primary key (job_id, step, line),
    foreign key (job_id, requester_id) references job (id, requester_id) on delete cascade,
    check ((verdict = 'rejected') = (code is not null))
);
create index job_verdict_rejected on job_verdict (job_id, step, line) where verdict = 'rejected';

do $$
declare
    own text;
begin
    foreach own in array array['job', 'job_part', 'job_verdict'] loop
        execute format('alter table %I enable row level security', own);
        execute format('alter table %I force row level security', own);
        execute format('create policy own_select on %I for select to ansinh_nation, ansinh_province, '
                       'ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector '
                       'using (requester_id = caller_id())', own);
        execute format('grant select on %I to ansinh_nation, ansinh_province, ansinh_district, '
                       'ansinh_commune, ansinh_agency, ansinh_collector', own);
    end loop;
    foreach own in array array['job_part', 'job_verdict'] loop
        execute format('create policy own_insert on %I for insert to ansinh_nation, ansinh_province, '
                       'ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector '
                       'with check (requester_id = caller_id())', own);
    end loop;
end $$;
grant insert (job_id, requester_id, role, n, first_line, cursor, done, content) on job_part
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant insert (job_id, requester_id, step, line, verdict, field, code, detail) on job_verdict
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
create policy gate_all on job to ansinh_gate using (true) with check (true);
grant select, insert, update on job to ansinh_gate;

-- Files stay for a week, the jobs themselves with their verdicts for a month.
create policy worker_select on job for select to ansinh_worker
    using (finished_at < now() - interval '30 days');
create policy worker_delete on job for delete to ansinh_worker
    using (finished_at < now() - interval '30 days');
create policy worker_select on job_part for select to ansinh_worker
    using (created_at < now() - interval '7 days');
create policy worker_delete on job_part for delete to ansinh_worker
    using (created_at < now() - interval '7 days');
grant select (finished_at), delete on job to ansinh_worker;
grant select (created_at), delete on job_part to ansinh_worker;

-- A job of the caller's, with the session it will run in. A few may wait or run at a time.
create function gate.job_create(made uuid, as_kind text, about text, how jsonb, speaks text, lines int)
    returns void language plpgsql volatile security definer set search_path = '' as $$
declare
    most constant int := 10;
    own constant uuid := public.uuid7();
begin
    perform pg_advisory_xact_lock(hashtextextended(public.caller_id()::text, 2));
    if (select count(*) from public.job j
         where j.requester_id = public.caller_id() and j.state in ('queued', 'running')) >= most then
        raise 'more than % jobs', most using errcode = 'ANQ01';
    end if;
    insert into public.session (id, user_id, role, scope_id, agent_id, territory, duty, gen, device,
                                expires_at)
    select own, s.user_id, s.role, s.scope_id, s.agent_id, s.territory, s.duty, s.gen, 'job ' || made,
           now() + interval '7 days'
      from public.session s
     where s.id = current_setting('app.session_id')::uuid;
    insert into public.job (id, requester_id, kind, subject, parameters, language, total, session_id)
    values (made, public.caller_id(), as_kind, about, how, speaks, lines, own);
end $$;

-- The caller's own job ends as it is; what it has written stays. False where there is none.
create function gate.job_cancel(wanted uuid) returns boolean
    language plpgsql volatile security definer set search_path = '' as $$
declare
    j public.job;
begin
    select o.* into j from public.job o
     where o.id = wanted and o.requester_id = public.caller_id() for update;
    if not found then
        return false;
    end if;
    if j.state not in ('queued', 'running') then
        raise 'not from %', j.state using errcode = 'ANS01';
    end if;
    update public.job o set state = 'cancelled', finished_at = now() where o.id = j.id;
    update public.session s set ok = false where s.id = j.session_id;
    return true;
end $$;

-- The oldest job that waits, or whose worker has not been heard of for so long, for this worker. It runs
-- with the rights that its requester has now; whose sessions were ended has none. What took several
-- workers with it is given up.
create function gate.job_take(taker uuid, silence interval)
    returns table (job_id uuid, kind text, subject text, parameters text, language text, total int,
                   requester_id uuid, session_id uuid, gen int, slice text, duty text)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    most constant int := 5;
    j public.job;
    s public.session;
    stands text;
    failure text;
begin
    loop
        select o.* into j from public.job o
         where o.state in ('queued', 'running')
           and (o.state = 'queued' or o.heartbeat_at < clock_timestamp() - silence)
         order by o.created_at, o.id
         limit 1
           for update skip locked;
        if not found then
            return;
        end if;
        select o.* into s from public.session o where o.id = j.session_id;
        stands := s.role || ' ' || s.scope_id || ' ' || s.agent_id;
        failure := case when not s.ok or s.expires_at <= now() then 'session_ended'
                        when j.place <> stands then 'account_moved'
                        when j.attempts >= most then 'gave_up' end;
        update public.job o
           set state = case when failure is null then 'running' else 'failed' end, error = failure,
               worker = taker, attempts = o.attempts + 1, place = stands,
               heartbeat_at = clock_timestamp(), started_at = coalesce(o.started_at, now()),
               finished_at = case when failure is not null then now() end
         where o.id = j.id;
        if failure is null then
            return query select j.id, j.kind, j.subject, j.parameters::text, j.language, j.total,
                                j.requester_id, s.id, s.gen, replace(s.role, 'ansinh_', ''), s.duty;
            return;
        end if;
    end loop;
end $$;

-- What a worker says about the job that it holds: that it goes on ('running'), waits again ('queued'; no
-- attempt when the server was told to stop), or how it ended. False when it is not this worker's any more, or was cancelled.
create function gate.job_report(held uuid, holder uuid, becomes text, facts jsonb) returns boolean
    language plpgsql volatile security definer set search_path = '' as $$
declare
    ended constant boolean := becomes in ('done', 'failed');
    j public.job;
begin
    update public.job o
       set state = case when o.state = 'running' then becomes else o.state end,
           attempts = o.attempts - case when facts ? 'stopped' then 1 else 0 end,
           heartbeat_at = clock_timestamp(),
           finished_at = case when o.state <> 'running' then o.finished_at
                              when ended then clock_timestamp() end,
           error = case when o.state = 'running' then facts ->> 'error' end,
           step = coalesce(facts ->> 'step', o.step),
           done = coalesce((facts ->> 'done')::int, o.done),
           total = coalesce((facts ->> 'total')::int, o.total),
           accepted = coalesce((facts ->> 'accepted')::int, o.accepted),
           unchanged = coalesce((facts ->> 'unchanged')::int, o.unchanged),
           rejected = coalesce((facts ->> 'rejected')::int, o.rejected),
           written = coalesce((facts ->> 'written')::int, o.written),
           size = coalesce((facts ->> 'size')::bigint, o.size)
     where o.id = held and o.worker = holder and o.state in ('running', 'cancelled')
    returning o.* into j;
    if ended then
        update public.session s set ok = false where s.id = j.session_id;
    end if;
    return coalesce(j.state = becomes, false);
end $$;

-- --- Rows of an imported file -----------------------------------------------------------------------

-- Whom a row means: the hamlet by its code, and the person by the numbers, or by name and birth in the
-- commune; no person is one to register. `flaw` says why the row is refused. A namesake may be somebody
-- else on the word of the file, but only with a number, by which the next import knows the person again.
create function gate.import_person(g jsonb, out hamlet_id int, out person_id uuid, out flaw text)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    h public.unit;
begin
    select u.* into h from public.unit u
     where u.kind = 'hamlet' and u.code = g ->> 'hamlet_code'
     order by u.valid_from desc
     limit 1;
    flaw := case when h.id is null or h.valid_to is not null then 'hamlet_code: not_found'
                 when not public.in_callers_slice(h.province_id, h.district_id, h.commune_id, h.id)
                 then 'hamlet_code: outside_slice' end;
    hamlet_id := h.id;
    if flaw is not null then
        return;
    end if;
    select f.person, f.flaw into person_id, flaw from gate.participation_person(g, h) f;
    if flaw = 'full_name: namesake' and g ->> 'duplicate_confirmed' = 'yes'
       and g ?| '{personal_id_number,social_insurance_number}' then
        flaw := null;
    end if;
    select coalesce(p.merged_into, p.id) into person_id from public.person p where p.id = person_id;
end $$;

-- Whoever was merged is nobody to be found, and only so the search can use its index. Only its owner may
-- replace a function.
set local role ansinh_gate;
do $$
declare
    known constant text := pg_get_functiondef('gate.participation_person(jsonb, public.unit)'::regprocedure);
    anchor constant text := 'where o.commune_id = h.commune_id';
begin
    if position(anchor in known) = 0 then
        raise 'gate.participation_person is another one';
    end if;
    execute replace(known, anchor, anchor || ' and o.merged_into is null');
end $$;
set local role ansinh_owner;

-- Whether a person of the caller's slice has an enrolment of this scheme, length and day already, whoever
-- recorded it.
create function gate.enrolment_known(whose uuid, of_scheme text, long int, paid date) returns boolean
    language plpgsql stable security definer set search_path = '' as $$
begin -- plpgsql keeps its plan, an SQL function would be planned for every row of a file
    return exists (select from public.person p
                     join public.enrolment e on e.person_id = p.id
                    where p.id = whose
                      and public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id)
                      and e.scheme = of_scheme and e.months = long and e.paid_on = paid
                      and e.reversed_on is null and e.status <> 'draft');
end $$;
grant execute on function gate.job_take(uuid, interval), gate.job_report(uuid, uuid, text, jsonb)
   to ansinh_app;
grant execute on function gate.job_create(uuid, text, text, jsonb, text, int), gate.job_cancel(uuid)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function gate.import_person(jsonb), gate.enrolment_known(uuid, text, int, date)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
-- last, because only an owner may grant
alter function gate.job_take(uuid, interval) owner to ansinh_gate;
alter function gate.job_report(uuid, uuid, text, jsonb) owner to ansinh_gate;
alter function gate.job_create(uuid, text, text, jsonb, text, int) owner to ansinh_gate;
alter function gate.job_cancel(uuid) owner to ansinh_gate;
alter function gate.import_person(jsonb) owner to ansinh_gate;
alter function gate.enrolment_known(uuid, text, int, date) owner to ansinh_gate;
