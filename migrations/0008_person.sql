set local role ansinh_owner;

-- Identity numbers and phones of people, who looked at them, and why.
alter table person
    add personal_id_number text check (personal_id_number ~ '^\d{12}$'),
    add social_insurance_number text check (social_insurance_number ~ '^\d{10}$'),
    add phone text;

-- One person for one number in the whole country. Nobody reads it but the gate.
create table person_identity (
    kind text not null check (kind in ('personal_id_number', 'social_insurance_number')),
    number text not null,
    person_id uuid not null references person,
    constraint identity_once primary key (kind, number)
);
alter table person_identity enable row level security;
alter table person_identity force row level security;
create policy gate_all on person_identity to ansinh_gate using (true) with check (true);
grant select, insert on person_identity to ansinh_gate;

-- Takes the numbers of a new person; one that somebody else has is identity_once, and the whole
-- request is undone.
create function gate.identity_claim(person uuid, personal text, social text) returns void
    language sql volatile security definer set search_path = '' as $$
    insert into public.person_identity (kind, number, person_id)
    select k, n, person
      from (values ('personal_id_number', personal), ('social_insurance_number', social)) given (k, n)
     where n is not null
$$;
grant execute on function gate.identity_claim(uuid, text, text)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
alter function gate.identity_claim(uuid, text, text) owner to ansinh_gate;

grant insert (personal_id_number, social_insurance_number, phone)
   on person to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- "0601******12": enough to recognise a number that one holds in the hand, not enough to use it.
create function masked(number text) returns text language sql immutable parallel safe
return case when length(number) > 6
            then left(number, 4) || repeat('*', length(number) - 6) || right(number, 2)
            else repeat('*', length(number)) end;
grant execute on function masked(text) to ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency, ansinh_collector;

-- Who looked at whom, insert only, in the reader's own transaction: no look without its line. The
-- keys are those of the person, or of the reader's place for a search.
create table audit (
    id uuid primary key default uuid7(),
    at timestamptz not null default now(),
    user_id uuid not null,
    session_id uuid not null,
    action text not null check (action in ('person_get', 'person_search', 'identity_reveal')),
    subjects uuid[] not null,
    purpose text,
    province_id int not null,
    district_id int not null,
    commune_id int not null
);
create index audit_newest on audit (at desc, id desc) where province_id >= 0;
create index audit_province on audit (province_id, at desc, id desc);
create index audit_district on audit (district_id, at desc, id desc);
create index audit_commune on audit (commune_id, at desc, id desc);
call wall_by_unit('audit');
create policy everybody_insert on audit for insert
    to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
       ansinh_collector
    with check (user_id = caller_id()
                and session_id = nullif(current_setting('app.session_id', true), '')::uuid);
grant insert on audit to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;
grant select on audit to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

create index person_newest on person (created_at desc, id desc) where province_id >= 0;
create index person_name on person using gin (name_key gin_trgm_ops);
