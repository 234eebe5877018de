set local role ansinh_owner;

-- What must look beyond the slice: whether somebody is in the register twice, is covered elsewhere, or
-- lives here now. Each answers a decision and no row.

grant update on person, household, household_member, person_identity to ansinh_gate;
grant update (person_id) on enrolment to ansinh_gate;
create policy gate_update on person for update to ansinh_gate using (true) with check (true);
create policy gate_update on household for update to ansinh_gate using (true) with check (true);
create policy gate_update on household_member for update to ansinh_gate using (true) with check (true);
create policy gate_insert on audit for insert to ansinh_gate with check (user_id = caller_id());
grant insert (user_id, session_id, action, subjects, purpose, province_id, district_id, commune_id)
   on audit to ansinh_gate;

-- How often a user asked today what is counted in the database and not in a node.
create table daily_use (
    user_id uuid not null,
    kind text not null check (kind in ('coverage_lookup', 'person_move')),
    day date not null,
    used int not null,
    primary key (user_id, kind, day)
);
alter table daily_use enable row level security;
alter table daily_use force row level security;
create policy gate_all on daily_use to ansinh_gate using (true) with check (true);
grant select, insert, update, delete on daily_use to ansinh_gate;

create function gate.use_today(what text, most int) returns void
    language plpgsql volatile security definer set search_path = '' as $$
begin
    delete from public.daily_use d
     where d.user_id = public.caller_id() and d.day < public.business_date() - 40;
    insert into public.daily_use as d (user_id, kind, day, used)
    values (public.caller_id(), what, public.business_date(), 1)
    on conflict (user_id, kind, day) do update set used = d.used + 1 where d.used < most;
    if not found then
        raise 'not more than % a day', most using errcode = 'ANQ01';
    end if;
end $$;

-- A line about a person who may live anywhere, in the audit of their place; without a person, in that
-- of the caller's.
create function gate.noted(what text, whom public.person, why text) returns void
    language sql volatile security definer set search_path = '' as $$
    insert into public.audit (user_id, session_id, action, subjects, purpose, province_id, district_id,
                              commune_id)
    select public.caller_id(), current_setting('app.session_id')::uuid, what,
           case when whom.id is null then '{}' else array[whom.id] end, why,
           coalesce(whom.province_id, u.province_id), coalesce(whom.district_id, u.district_id),
           coalesce(whom.commune_id, u.commune_id)
      from public.app_user u
     where u.id = public.caller_id()
$$;

-- Who has this number and was born on that day, as far as the day is known.
create function gate.person_with(of_kind text, full_number text, born date) returns public.person
    language sql stable security definer set search_path = '' as $$
    select p
      from public.person_identity i
      join public.person p on p.id = i.person_id
     where i.kind = of_kind and i.number = full_number and p.merged_into is null
       and p.birth = date_trunc(p.birth_precision, born::timestamp)::date
$$;

-- --- Duplicates -------------------------------------------------------------------------------------

-- Takes the numbers of somebody whom the caller has just registered, and unless the caller has looked at
-- them already, returns who may be the same: of the same commune, with the same name and birth as far
-- as both are known. Two different personal numbers are two people. Somebody outside the caller's
-- slice is a null. Two who register the same at the same time come one after the other.
create function gate.person_registered(person uuid, personal text, social text, confirmed boolean)
    returns table (id uuid) language plpgsql volatile security definer set search_path = '' as $$
declare
    p public.person;
begin
    select o.* into p from public.person o
     where o.id = person_registered.person and o.created_by = public.caller_id();
    if not found then
        return;
    end if;
    insert into public.person_identity (kind, number, person_id)
    select k, n, p.id
      from (values ('personal_id_number', personal), ('social_insurance_number', social)) given (k, n)
     where n is not null;
    if confirmed then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(p.name_key || p.commune_id, 1));
    return query
    select case when public.in_callers_slice(o.province_id, o.district_id, o.commune_id, o.hamlet_id)
                then o.id end
      from public.person o
     where o.commune_id = p.commune_id and o.name_key = p.name_key and o.id <> p.id
       and o.merged_into is null
       and not coalesce(o.personal_id_number <> p.personal_id_number, false)
       and (extract(year from o.birth) = extract(year from p.birth))
       and ('year' in (o.birth_precision, p.birth_precision)
            or extract(month from o.birth) = extract(month from p.birth))
       and (o.birth_precision <> 'day' or p.birth_precision <> 'day' or o.birth = p.birth)
     order by o.created_at, o.id
     limit 10;
end $$;

-- One of two records that turned out to be the same person: numbers, coverage, enrolments, groups and
-- the household go over to the one that stays, the other one stays as a reference to it.
create function gate.person_merge(keep uuid, gone uuid) returns boolean
    language plpgsql volatile security definer set search_path = '' as $$
declare
    k public.person;
    g public.person;
    home uuid;
begin
    perform pg_advisory_xact_lock(hashtextextended(least(keep, gone)::text, 0));
    perform pg_advisory_xact_lock(hashtextextended(greatest(keep, gone)::text, 0));
    select o.* into k from public.person o where o.id = keep and o.merged_into is null for update;
    select o.* into g from public.person o where o.id = gone and o.merged_into is null for update;
    if keep = gone or k.id is null or g.id is null
       or not public.in_callers_slice(k.province_id, k.district_id, k.commune_id, k.hamlet_id)
       or not public.in_callers_slice(g.province_id, g.district_id, g.commune_id, g.hamlet_id) then
        return false;
    end if;
    if k.personal_id_number <> g.personal_id_number
       or k.social_insurance_number <> g.social_insurance_number then
        raise check_violation using message = 'two people', constraint = 'one_person_one_number';
    end if;
    update public.person_identity i set person_id = keep where i.person_id = gone;
    update public.enrolment e set person_id = keep where e.person_id = gone;
    update public.coverage c set person_id = keep where c.person_id = gone;
    update public.entitlement e set person_id = keep
     where e.person_id = gone
       and not exists (select from public.entitlement o
                        where o.person_id = keep and o.group_code = e.group_code
                          and o.during && e.during);
    insert into public.person_sensitive (person_id, ethnicity, updated_by)
    select keep, s.ethnicity, s.updated_by from public.person_sensitive s where s.person_id = gone
    on conflict (person_id) do nothing;
    home := case when k.household_id is null and k.hamlet_id = g.hamlet_id then g.household_id end;
    update public.household_member m
       set person_id = case when home is null then gone else keep end,
           valid = case when home is not null then m.valid
                        when lower(m.valid) < public.business_date()
                        then daterange(lower(m.valid), public.business_date()) else 'empty' end,
           ended_as = case when home is null then 'merged' end, version = m.version + 1
     where m.person_id = gone and m.ended_as is null;
    update public.household h
       set size = (select count(*) from public.household_member m
                    where m.household_id = h.id and m.ended_as is null), version = h.version + 1
     where h.id = g.household_id;
    update public.person o
       set merged_into = keep, household_id = null, version = o.version + 1
     where o.id = gone or o.merged_into = gone;
    update public.person o
       set personal_id_number = coalesce(k.personal_id_number, g.personal_id_number),
           social_insurance_number = coalesce(k.social_insurance_number, g.social_insurance_number),
           phone = coalesce(k.phone, g.phone), household_id = coalesce(k.household_id, home),
           died_on = coalesce(k.died_on, g.died_on), version = o.version + 1
     where o.id = keep;
    perform gate.participation_settle(keep, s) from unnest(array['vsi', 'hhi']) s;
    return true;
end $$;

-- --- Covered elsewhere? -------------------------------------------------------------------------------

-- For each scheme whether somebody is covered today or later, and until when. An unknown number and a
-- wrong birth are the same answer as nobody covered. At most 200 a day and user.
create function gate.coverage_lookup(of_kind text, full_number text, born date, why text)
    returns table (scheme text, covered boolean, until date)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    p public.person;
    nobody public.person;
begin
    perform gate.use_today('coverage_lookup', 200);
    p := gate.person_with(of_kind, full_number, born);
    perform gate.noted('coverage_lookup', nobody, why);
    if p.id is not null then
        perform gate.noted('coverage_lookup', p, why);
    end if;
    return query
    select s.scheme, count(c.id) > 0, max(upper(c.during)) - 1
      from (values ('vsi'), ('hhi')) s (scheme)
      left join public.coverage c on c.person_id = p.id and c.scheme = s.scheme
                                 and upper(c.during) > public.business_date()
     group by s.scheme
     order by s.scheme desc;
end $$;

-- --- People who move from slice to slice --------------------------------------------------------------

-- What each side learns of a move: one row for the side that received, one for the side that was left,
-- which may object.
create table person_move (
    id uuid primary key,
    move_id uuid not null,
    side text not null check (side in ('received', 'left')),
    person_id uuid not null references person,
    full_name text not null,
    reason text not null,
    moved_on date not null,
    from_commune_id int not null references unit,
    to_commune_id int not null references unit,
    objection text,
    objected_at timestamptz,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    constraint person_move_side unique (move_id, side),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index person_move_newest on person_move (created_at desc, id desc) where province_id >= 0;
create index person_move_province on person_move (province_id, created_at desc, id desc);
create index person_move_district on person_move (district_id, created_at desc, id desc);
create index person_move_commune on person_move (commune_id, created_at desc, id desc);
create index person_move_unit on person_move (unit_id);
call wall_by_unit('person_move');
create policy territory_select on person_move for select to ansinh_agency, ansinh_collector
    using (unit_id = any(territory()));
create policy gate_all on person_move to ansinh_gate using (true) with check (true);
grant select, insert, update on person_move to ansinh_gate;
grant select on person_move
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
      ansinh_collector;

-- The receiving side says who lives with it now, by full number and birth. Where the person lives and
-- the household change; enrolments and money stay where they were. A try that finds nobody counts as
-- well. At most 50 a day and user.
create function gate.person_move(made uuid, of_kind text, full_number text, born date, place int, why text)
    returns table (status text, person uuid)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    p public.person;
    nobody public.person;
    u public.unit;
begin
    perform gate.use_today('person_move', 50);
    select o.* into u from public.unit o
     where o.id = place and o.kind = 'hamlet' and o.valid_to is null;
    if not found then
        raise foreign_key_violation using message = 'no such hamlet', constraint = 'hamlet_is_open';
    end if;
    if not public.in_callers_slice(u.province_id, u.district_id, u.commune_id, u.id) then
        raise insufficient_privilege using message = 'hamlet outside the slice';
    end if;
    p := gate.person_with(of_kind, full_number, born);
    if p.id is null then
        perform gate.noted('person_move', nobody, why);
        return query select 'not_found', null::uuid;
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(p.id::text, 0));
    select o.* into p from public.person o where o.id = p.id for update;
    if public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id) then
        return query select 'already_here', p.id;
        return;
    end if;
    perform gate.noted('person_move', p, why);
    insert into public.person_move (id, move_id, side, person_id, full_name, reason, moved_on,
                                    from_commune_id, to_commune_id, unit_id, province_id, district_id,
                                    commune_id, created_by)
    values (public.uuid7(), made, 'left', p.id, p.full_name, why, public.business_date(), p.commune_id,
            u.commune_id, p.hamlet_id, p.province_id, p.district_id, p.commune_id,
            public.caller_id()),
           (made, made, 'received', p.id, p.full_name, why, public.business_date(), p.commune_id,
            u.commune_id, u.id, u.province_id, u.district_id, u.commune_id, public.caller_id());
    update public.household_member m
       set valid = case when lower(m.valid) < public.business_date()
                        then daterange(lower(m.valid), public.business_date()) else 'empty' end,
           ended_as = 'moved', version = m.version + 1
     where m.person_id = p.id and m.ended_as is null;
    update public.household h set size = h.size - 1, version = h.version + 1 where h.id = p.household_id;
    update public.person o
       set household_id = null, hamlet_id = u.id, province_id = u.province_id,
           district_id = u.district_id, commune_id = u.commune_id, version = o.version + 1
     where o.id = p.id
    returning o.* into p;
    perform gate.noted('person_move', p, why);
    return query select 'moved', p.id;
end $$;

-- The side that was left does not agree; both sides see it. False when it objected before.
create function gate.person_move_object(notice uuid, why text) returns boolean
    language plpgsql volatile security definer set search_path = '' as $$
declare
    m public.person_move;
begin
    select o.* into m from public.person_move o where o.id = notice and o.side = 'left' for update;
    if m.id is null
       or not public.in_callers_slice(m.province_id, m.district_id, m.commune_id, m.unit_id) then
        return null;
    end if;
    if m.objected_at is not null then
        raise 'objected already' using errcode = 'ANS01';
    end if;
    update public.person_move o
       set objection = why, objected_at = now(), version = o.version + 1
     where o.move_id = m.move_id;
    return true;
end $$;

grant execute on function gate.use_today(text, int), gate.noted(text, person, text),
                          gate.person_with(text, text, date) to ansinh_gate;
grant execute on function gate.person_registered(uuid, text, text, boolean),
                          gate.coverage_lookup(text, text, date, text),
                          gate.person_move(uuid, text, text, date, int, text),
                          gate.person_move_object(uuid, text)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function gate.person_merge(uuid, uuid)
   to ansinh_province, ansinh_district, ansinh_commune;
-- last, because only an owner may grant
alter function gate.use_today(text, int) owner to ansinh_gate;
alter function gate.noted(text, person, text) owner to ansinh_gate;
alter function gate.person_with(text, text, date) owner to ansinh_gate;
alter function gate.person_registered(uuid, text, text, boolean) owner to ansinh_gate;
alter function gate.person_merge(uuid, uuid) owner to ansinh_gate;
alter function gate.coverage_lookup(text, text, date, text) owner to ansinh_gate;
alter function gate.person_move(uuid, text, text, date, int, text) owner to ansinh_gate;
alter function gate.person_move_object(uuid, text) owner to ansinh_gate;
