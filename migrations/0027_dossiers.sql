set local role ansinh_owner;

-- Dossiers: a list of enrolments on a form, handed in together by whoever has the credit for them. The
-- office decides line by line, until a day that the form says.

-- Days on which no office works beside Saturdays and Sundays, and days of a weekend that it works in
-- exchange. The law fixes the days below; the others (the lunar new year, the kings' day, the second
-- national day, days in lieu) come by a decision of the year, which the nation enters.
create table holiday (
    day date constraint holiday_once primary key,
    works boolean not null default false,
    name_vi text not null,
    name_en text not null,
    decision_number text not null,
    verified boolean not null,
    giver_id int not null references unit,
    created_at timestamptz not null default now(),
    created_by uuid
);
insert into holiday (day, name_vi, name_en, decision_number, verified, giver_id)
select make_date(y, d.month, d.day), d.name_vi, d.name_en, '45/2019/QH14 Điều 112', false, 1
  from (values (1, 1, 'Tết Dương lịch', 'New Year''s Day'),
               (4, 30, 'Ngày Chiến thắng', 'Victory Day'),
               (5, 1, 'Ngày Quốc tế lao động', 'Labour Day'),
               (9, 2, 'Quốc khánh', 'National Day')) d (month, day, name_vi, name_en),
       generate_series(2025, 2035) y;
alter table holiday enable row level security;
alter table holiday force row level security;
create policy everybody_select on holiday for select
    to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
       ansinh_collector using (true);
create policy nation_insert on holiday for insert to ansinh_nation with check (giver_id = scope_id());
grant insert (day, works, name_vi, name_en, decision_number, verified, giver_id, created_by) on holiday
   to ansinh_nation;

-- A form by its code, and within how many working days the office answers each kind of enrolment.
create table dossier_form (
    code text primary key,
    scheme text not null unique check (scheme in ('vsi', 'hhi')),
    name_vi text not null,
    name_en text not null,
    days_new smallint not null check (days_new > 0),
    days_renewal smallint not null check (days_renewal > 0),
    days_return smallint not null check (days_return > 0),
    legal_basis text not null,
    verified boolean not null,
    note text
);
insert into dossier_form values
    ('D03-TS', 'hhi', 'Danh sách người chỉ tham gia BHYT', 'List of participants of health insurance only',
     5, 5, 5, 'Quyết định 595/QĐ-BHXH Điều 30', false,
     'five days are those of a new card; that renewals take as long, that they are working days, and what '
     'replaced the decision in 2025 is to be verified'),
    ('D05-TS', 'vsi', 'Danh sách người tham gia BHXH tự nguyện',
     'List of participants of voluntary social insurance', 5, 5, 5, 'Quyết định 595/QĐ-BHXH Điều 30', false,
     'the code of the form is to be verified, and the days, which are those of a health card');
grant select on holiday, dossier_form to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency, ansinh_collector;

create function is_working_day(one date) returns boolean language plpgsql stable as $$
begin
    return coalesce((select h.works from public.holiday h where h.day = one), extract(isodow from one) < 6);
end $$;

-- The last of so many working days, of which the first is the next one.
create function working_day_after(start date, days int) returns date language plpgsql stable as $$
begin
    return (select g.day::date
              from generate_series(start + 1, start + 3 * days + 30, interval '1 day') g (day)
             where public.is_working_day(g.day::date)
             order by g.day
            offset days - 1
             limit 1);
end $$;

-- How many working days there are after the first day until the second; negative where that is past.
create function working_days_until(start date, due date) returns int language plpgsql stable as $$
begin
    return (select count(*)::int
              from generate_series(least(start, due) + 1, greatest(start, due), interval '1 day') g (day)
             where public.is_working_day(g.day::date))
           * case when due < start then -1 else 1 end;
end $$;
grant execute on function is_working_day(date), working_day_after(date, int), working_days_until(date, date)
   to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
      ansinh_collector;

-- Its place is the smallest unit with an office that all of its enrolments lie in: a commune of the
-- office, the office, or the province where there is none. How the lines stand is counted along, so that
-- a list needs no sums.
create table dossier (
    id uuid primary key,
    form_code text not null references dossier_form,
    holder_id uuid not null,
    year int not null,
    n int not null,
    number text not null generated always as (n::text || '/' || year::text || '/' || form_code) stored,
    previous_id uuid references dossier,
    submitted_on date not null,
    due_on date not null check (due_on > submitted_on),
    pending smallint not null check (pending >= 0),
    accepted smallint not null default 0,
    returned smallint not null default 0,
    rejected smallint not null default 0,
    withdrawn smallint not null default 0,
    state text not null generated always as (case when pending > 0 then 'submitted' else 'decided' end) stored,
    decided_at timestamptz,
    agency_id uuid not null references agency,
    collector_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    constraint dossier_number_once unique (holder_id, year, n),
    check ((decided_at is null) = (pending > 0)),
    foreign key (collector_id, agency_id) references collector (id, agency_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
call wall_by_unit('dossier');
call wall_by_agent('dossier');

-- A line has the keys of its enrolment. What is returned may come again, in another dossier; an
-- enrolment waits in one at most.
create table dossier_line (
    dossier_id uuid not null references dossier,
    n smallint not null,
    enrolment_id uuid not null references enrolment,
    outcome text not null default 'pending'
        check (outcome in ('pending', 'accepted', 'returned', 'rejected', 'withdrawn')),
    reason text,
    decided_at timestamptz,
    decided_by uuid,
    agency_id uuid,
    collector_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    primary key (dossier_id, n),
    constraint dossier_line_once unique (dossier_id, enrolment_id),
    check ((outcome = 'pending') = (decided_at is null)),
    check (outcome not in ('returned', 'rejected') or reason is not null),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create unique index dossier_line_waits_once on dossier_line (enrolment_id) where outcome = 'pending';
create index dossier_line_enrolment on dossier_line (enrolment_id);
call wall_by_unit('dossier_line');
call wall_by_agent('dossier_line');

-- Newest first; what waits by its last day, which is also what is overdue.
do $$
declare
    tier text;
begin
    foreach tier in array array['province', 'district', 'commune', 'agency', 'collector'] loop
        execute format('create index dossier_%1$s on dossier (%1$s_id, created_at desc, id desc)', tier);
        execute format('create index dossier_waiting_%1$s on dossier (%1$s_id, due_on, id) '
                       'where pending > 0', tier);
        execute format('create index dossier_decided_%1$s on dossier (%1$s_id, created_at desc, id desc) '
                       'where pending = 0', tier);
    end loop;
end $$;
create index dossier_newest on dossier (created_at desc, id desc) where province_id >= 0;
create index dossier_waiting_newest on dossier (due_on, id) where province_id >= 0 and pending > 0;
create index dossier_decided_newest on dossier (created_at desc, id desc)
    where province_id >= 0 and pending = 0;

create policy gate_all on dossier to ansinh_gate using (true) with check (true);
create policy gate_all on dossier_line to ansinh_gate using (true) with check (true);
grant select, insert on dossier, dossier_line to ansinh_gate;
grant update (pending, accepted, returned, rejected, withdrawn, decided_at, version) on dossier
   to ansinh_gate;
grant update (outcome, reason, decided_at, decided_by) on dossier_line to ansinh_gate;
grant select on dossier, dossier_line to ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency, ansinh_collector;

alter table audit drop constraint audit_action_check;
alter table audit add constraint audit_action_check
    check (action in ('person_get', 'person_search', 'identity_reveal', 'sensitive_reveal',
                      'household_get', 'person_merge', 'person_move', 'coverage_lookup', 'dossier_get'));

-- --- The gate ---------------------------------------------------------------------------------------

-- Holds enrolments until the end of the transaction: all people first, then all rows, each in their
-- order, and dossiers after that. Whoever decides one of them holds them in the same order.
create function gate.dossier_hold(ids uuid[]) returns void
    language plpgsql volatile security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(p.person_id::text, 0))
       from (select distinct e.person_id from public.enrolment e where e.id = any(ids) order by 1) p;
    perform from public.enrolment e where e.id = any(ids) order by e.id for update;
end $$;

-- What the caller could hand in on this form: posted within a year, never in a dossier, of one office;
-- the oldest first.
create function gate.dossier_candidates(of_scheme text, most int) returns uuid[]
    language sql stable security definer set search_path = '' as $$
    with own as (
        select e.*
          from public.enrolment e
         where e.collector_id = case when current_setting('role') = 'ansinh_collector'
                                     then public.scope_agent() end
           and e.created_at > now() - interval '1 year'
         union all
        select e.*
          from public.enrolment e
         where e.agency_id = case when current_setting('role') = 'ansinh_agency'
                                  then public.scope_agent() end
           and e.created_at > now() - interval '1 year'
    ), fresh as (
        select o.*, first_value(row(o.province_id, o.district_id)) over (order by o.created_at, o.id) as office
          from own o
         where o.scheme = of_scheme and o.status = 'submitted'
           and not exists (select from public.dossier_line l where l.enrolment_id = o.id)
    )
    select coalesce(array_agg(f.id order by f.created_at, f.id), '{}')
      from (select * from fresh
             where row(province_id, district_id) = office
             order by created_at, id
             limit most) f
$$;

-- What is wrong with handing in these enrolments; no row when nothing is.
create function gate.dossier_flaws(ids uuid[], form public.dossier_form)
    returns table (flaw text, pointer text, argument text)
    language sql stable security definer set search_path = '' as $$
    with given as (
        select g.n, e.*,
               first_value(row(e.province_id, e.district_id)) over (order by g.n) as office
          from unnest(ids) with ordinality g (given_id, n)
          left join public.enrolment e
                 on e.id = g.given_id and public.scope_agent() in (e.agency_id, e.collector_id)
    )
    select r.flaw, '/enrolment_ids/' || g.n - 1, r.argument
      from given g
      left join public.dossier_line l on l.enrolment_id = g.id and l.outcome = 'pending'
      left join public.dossier d on d.id = l.dossier_id
     cross join lateral (
        select f.flaw, f.argument
          from (values (1, g.id is null, 'not_found', null),
                       (2, g.scheme <> form.scheme, 'other_form',
                        (select o.code from public.dossier_form o where o.scheme = g.scheme)),
                       (3, g.status <> 'submitted', 'status', g.status),
                       (4, l.enrolment_id is not null, 'in_dossier', d.number),
                       (5, row(g.province_id, g.district_id) <> g.office, 'other_office', null))
               f (rank, so, flaw, argument)
         where f.so
         order by f.rank
         limit 1) r
     order by g.n
$$;

-- Writes the dossier of these enrolments, which have no flaw. Numbers of a holder and year have no gap.
create function gate.dossier_write(made uuid, ids uuid[], form public.dossier_form, before uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    today constant date := public.business_date();
    this_year constant int := extract(year from today);
    holder constant uuid := public.scope_agent();
    by_collector constant boolean := current_setting('role') = 'ansinh_collector';
    own_agency uuid := holder;
begin
    if by_collector then
        select c.agency_id into own_agency from public.collector c where c.id = holder;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('dossier ' || holder, 0));
    insert into public.dossier (id, form_code, holder_id, year, n, previous_id, submitted_on, due_on,
                                pending, agency_id, collector_id, unit_id, province_id, district_id,
                                commune_id, created_by)
    select made, form.code, holder, this_year,
           1 + coalesce((select max(d.n) from public.dossier d
                          where d.holder_id = holder and d.year = this_year), 0),
           before, today, public.working_day_after(today, o.days), cardinality(ids), own_agency,
           case when by_collector then holder end, u.id, u.province_id, u.district_id, u.commune_id,
           public.caller_id()
      from (select min(case e.kind when 'new' then form.days_new when 'renewal' then form.days_renewal
                                   else form.days_return end) as days,
                   coalesce(nullif(case when count(distinct e.commune_id) = 1 then min(e.commune_id) end, 0),
                            nullif(min(e.district_id), 0), min(e.province_id)) as unit_id
              from public.enrolment e
             where e.id = any(ids)) o
      join public.unit u on u.id = o.unit_id;
    insert into public.dossier_line (dossier_id, n, enrolment_id, agency_id, collector_id, unit_id,
                                     province_id, district_id, commune_id)
    select made, g.n, e.id, e.agency_id, e.collector_id, e.unit_id, e.province_id, e.district_id,
           e.commune_id
      from unnest(ids) with ordinality g (id, n)
      join public.enrolment e on e.id = g.id;
end $$;

-- Hands in enrolments that the caller has the credit for: those that are named, all that wait, or those
-- that came back with an earlier dossier. Answers what is wrong, and writes nothing then.
create function gate.dossier_submit(made uuid, wanted jsonb, before uuid)
    returns table (flaw text, pointer text, argument text)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    most constant int := 200;
    form public.dossier_form;
    ids uuid[];
begin
    select f.* into form from public.dossier_form f
     where f.code = coalesce((select d.form_code from public.dossier d
                               where d.id = before
                                 and public.scope_agent() in (d.agency_id, d.collector_id)),
                             wanted ->> 'form');
    if not found then
        return query select 'not_found', case when before is null then '/form' end, null;
        return;
    end if;
    ids := case when wanted ? 'enrolment_ids'
                then array(select i.id::uuid
                             from jsonb_array_elements_text(wanted -> 'enrolment_ids') with ordinality i (id, n)
                            order by i.n)
                when before is null then gate.dossier_candidates(form.scheme, most)
                else array(select l.enrolment_id from public.dossier_line l
                             join public.enrolment e on e.id = l.enrolment_id and e.status = 'submitted'
                            where l.dossier_id = before and l.outcome = 'returned'
                              and not exists (select from public.dossier_line o
                                               where o.enrolment_id = l.enrolment_id
                                                 and o.outcome = 'pending')
                            order by l.n) end;
    if cardinality(ids) = 0 then
        return query select 'too_few', case when before is null then '/all_open' else '' end, '1';
        return;
    end if;
    perform gate.dossier_hold(array(select e.id from public.enrolment e
                                     where e.id = any(ids)
                                       and public.scope_agent() in (e.agency_id, e.collector_id)));
    return query
    select case when l.outcome is null then 'not_found' else 'status' end,
           '/enrolment_ids/' || g.n - 1, l.outcome
      from unnest(ids) with ordinality g (id, n)
      left join public.dossier_line l on l.dossier_id = before and l.enrolment_id = g.id
     where before is not null and l.outcome is distinct from 'returned'
     order by g.n;
    if not found then
        return query select * from gate.dossier_flaws(ids, form);
    end if;
    if not found then
        perform gate.dossier_write(made, ids, form, before);
    end if;
end $$;

-- A line follows its enrolment, whoever decided that, and wherever.
create function gate.dossier_settle(settled uuid, becomes text, why text) returns void
    language sql volatile security definer set search_path = '' as $$
    with line as (
        update public.dossier_line l
           set outcome = case when becomes = 'issued' then 'accepted'
                              when becomes in ('accepted', 'rejected', 'returned') then becomes
                              else 'withdrawn' end,
               reason = why, decided_at = now(), decided_by = public.caller_id()
         where l.enrolment_id = settled and l.outcome = 'pending'
        returning l.dossier_id, l.outcome
    )
    update public.dossier d
       set pending = d.pending - 1,
           accepted = d.accepted + (l.outcome = 'accepted')::int,
           returned = d.returned + (l.outcome = 'returned')::int,
           rejected = d.rejected + (l.outcome = 'rejected')::int,
           withdrawn = d.withdrawn + (l.outcome = 'withdrawn')::int,
           decided_at = case when d.pending = 1 then now() end,
           version = d.version + 1
      from line l
     where d.id = l.dossier_id
$$;

-- What is wrong with these decisions about lines of a dossier; no row when nothing is.
create function gate.dossier_decision_flaws(decided uuid, given jsonb)
    returns table (flaw text, pointer text, argument text)
    language sql stable security definer set search_path = '' as $$
    select r.flaw, '/lines/' || g.n - 1 || '/' || r.member, r.argument
      from (select i.n, i.line ->> 'reason' as reason, i.line ->> 'outcome' as outcome,
                   i.line ->> 'card_number' as card, (i.line ->> 'enrolment_id')::uuid as id,
                   row_number() over (partition by (i.line ->> 'enrolment_id')::uuid order by i.n) as time
              from jsonb_array_elements(given) with ordinality i (line, n)) g
      left join public.dossier_line l on l.dossier_id = decided and l.enrolment_id = g.id
     cross join lateral (
        select f.flaw, f.member, f.argument
          from (values (1, l.enrolment_id is null, 'not_found', 'enrolment_id', null),
                       (2, g.time > 1, 'not_unique', 'enrolment_id', null),
                       (3, l.outcome <> 'pending', 'status', 'enrolment_id', l.outcome),
                       (4, g.outcome in ('returned', 'rejected') and g.reason is null, 'required',
                        'reason', null),
                       (5, g.outcome <> 'issued' and g.card is not null, 'either', 'card_number',
                        g.outcome))
               f (rank, so, flaw, member, argument)
         where f.so
         order by f.rank
         limit 1) r
     order by g.n
$$;

-- The office's word on lines of a dossier: all of them count, or none where one cannot.
create function gate.dossier_decide(decided uuid, given jsonb)
    returns table (flaw text, pointer text, argument text)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    d public.dossier;
    one record;
begin
    select o.* into d from public.dossier o where o.id = decided;
    if not found
       or not public.in_callers_slice(d.province_id, d.district_id, d.commune_id, d.unit_id) then
        return query select 'not_found', null::text, null::text;
        return;
    end if;
    perform gate.dossier_hold(array(select l.enrolment_id
                                      from jsonb_array_elements(given) i (line)
                                      join public.dossier_line l
                                        on l.dossier_id = d.id
                                       and l.enrolment_id = (i.line ->> 'enrolment_id')::uuid));
    return query select * from gate.dossier_decision_flaws(d.id, given);
    if found then
        return;
    end if;
    for one in select (i.line ->> 'enrolment_id')::uuid as id, i.line ->> 'outcome' as outcome,
                      i.line ->> 'reason' as reason, i.line ->> 'card_number' as card
                 from jsonb_array_elements(given) i (line) loop
        if one.outcome = 'returned' then
            perform gate.dossier_settle(one.id, one.outcome, one.reason);
        else
            perform gate.enrolment_decide(one.id, one.outcome, one.reason, one.card);
        end if;
    end loop;
    -- an enrolment that has left the slice since is nobody's to decide here
    return query
    select 'not_found', '/lines/' || i.n - 1 || '/enrolment_id', null
      from jsonb_array_elements(given) with ordinality i (line, n)
      join public.dossier_line l on l.dossier_id = d.id and l.outcome = 'pending'
                                and l.enrolment_id = (i.line ->> 'enrolment_id')::uuid;
end $$;

grant execute on function gate.dossier_submit(uuid, jsonb, uuid) to ansinh_agency, ansinh_collector;
grant execute on function gate.dossier_decide(uuid, jsonb) to ansinh_province, ansinh_district;
grant execute on function gate.dossier_hold(uuid[]), gate.dossier_candidates(text, int),
      gate.dossier_flaws(uuid[], dossier_form), gate.dossier_write(uuid, uuid[], dossier_form, uuid),
      gate.dossier_settle(uuid, text, text), gate.dossier_decision_flaws(uuid, jsonb) to ansinh_gate;
alter function gate.dossier_hold(uuid[]) owner to ansinh_gate;
alter function gate.dossier_candidates(text, int) owner to ansinh_gate;
alter function gate.dossier_flaws(uuid[], dossier_form) owner to ansinh_gate;
alter function gate.dossier_write(uuid, uuid[], dossier_form, uuid) owner to ansinh_gate;
alter function gate.dossier_submit(uuid, jsonb, uuid) owner to ansinh_gate;
alter function gate.dossier_settle(uuid, text, text) owner to ansinh_gate;
alter function gate.dossier_decision_flaws(uuid, jsonb) owner to ansinh_gate;
alter function gate.dossier_decide(uuid, jsonb) owner to ansinh_gate;

-- Whatever decides an enrolment settles its line. Only their owner may replace them.
set local role ansinh_gate;
do $$
declare
    step record;
    known text;
begin
    for step in
        select p.oid, p.proname, a.anchor, a.becomes
          from (values ('enrolment_decide', E'\n    if takes_back then', 'becomes'),
                       ('enrolment_refund', E'\n    if unused_since = e.starts_on then', '''refunded'''))
               a (name, anchor, becomes)
          join pg_proc p on p.proname = a.name and p.pronamespace = 'gate'::regnamespace loop
        known := pg_get_functiondef(step.oid);
        if position(step.anchor in known) = 0 then
            raise 'gate.% is another one', step.proname;
        end if;
        execute replace(known, step.anchor,
                        E'\n    perform gate.dossier_settle(e.id, ' || step.becomes || ', why);'
                        || step.anchor);
    end loop;
end $$;
set local role ansinh_owner;
