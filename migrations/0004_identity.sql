set local role ansinh_owner;

-- Accounts, their secrets and their sessions. A session row is what a request runs on: whatever
-- changes a user, a duty, a place or a territory changes its session rows in the same transaction.
create table app_user (
    id uuid primary key,
    username text not null,
    full_name text not null,
    slice text not null check (slice in ('nation', 'province', 'district', 'commune', 'agency',
                                         'collector')),
    duty text not null check (duty in ('manager', 'officer', 'viewer')),
    agency_id uuid references agency,
    collector_id uuid references collector,
    gen int not null default 1,
    disabled_at timestamptz,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    check ((slice in ('agency', 'collector')) = (agency_id is not null)),
    check ((slice = 'collector') = (collector_id is not null)),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create unique index username_once on app_user (lower(username));

create table credential (
    user_id uuid primary key references app_user,
    hash text not null,
    changed_at timestamptz not null default now()
);

create table session (
    id uuid primary key,
    user_id uuid not null references app_user,
    role text not null check (role like 'ansinh\_%'),
    scope_id text not null, -- the unit of a unit tier, else ''
    agent_id text not null, -- the agency or collector, else ''
    territory int[],
    duty text not null,
    gen int not null,
    ok boolean not null default true,
    device text,
    expires_at timestamptz not null,
    created_at timestamptz not null default now()
);
create index session_of_user on session (user_id);

-- The answers to keyed writes, for a client that lost the reply. One row per user, operation, key.
create table idempotency (
    user_id uuid not null,
    operation text not null,
    key text not null,
    fingerprint bytea not null,
    status int,
    location text,
    answer text,
    created_at timestamptz not null default now(),
    primary key (user_id, operation, key)
) with (fillfactor = 80);

alter table app_user enable row level security;
alter table app_user force row level security;
create policy self_select on app_user for select
    to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
       ansinh_collector using (id = caller_id());
create policy gate_all on app_user to ansinh_gate using (true) with check (true);

alter table credential enable row level security;
alter table credential force row level security;
create policy gate_all on credential to ansinh_gate using (true) with check (true);

alter table idempotency enable row level security;
alter table idempotency force row level security;
create policy own_all on idempotency
    to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
       ansinh_collector using (user_id = caller_id()) with check (user_id = caller_id());

grant select on session to ansinh_app;
grant select on app_user to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;
grant select, insert on idempotency to ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency, ansinh_collector;
grant update (status, location, answer) on idempotency to ansinh_nation, ansinh_province,
      ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant select, insert, update on app_user, credential, session to ansinh_gate;

-- What sign-in must know before there is a session. An unknown or disabled account returns no row.
create function gate.credential_of(wanted text) returns table (user_id uuid, hash text)
    language sql stable security definer set search_path = '' as $$
    select u.id, c.hash
      from public.app_user u
      join public.credential c on c.user_id = u.id
     where lower(u.username) = lower(wanted) and u.disabled_at is null
$$;

-- The territory of a collector, or of all collectors of an agency, today.
create function gate.territory_of(agency uuid, collector uuid) returns int[]
    language sql stable security definer set search_path = '' as $$
    select coalesce(array_agg(distinct t.hamlet_id order by t.hamlet_id), '{}')
      from public.territory t
     where t.agency_id = agency and (collector is null or t.collector_id = collector)
       and t.during @> (now() at time zone 'Asia/Ho_Chi_Minh')::date
$$;

-- Opens a session of a user whose password was just verified; the account is read again here.
create function gate.session_open(session_id uuid, whose uuid, device_name text, life interval)
    returns table (slice text, duty text, gen int)
    language sql volatile security definer set search_path = '' as $$
    insert into public.session (id, user_id, role, scope_id, agent_id, territory, duty, gen, device,
                                expires_at)
    select session_id, u.id, 'ansinh_' || u.slice,
           case when u.agency_id is null then u.unit_id::text else '' end,
           coalesce(u.collector_id::text, u.agency_id::text, ''),
           case when u.agency_id is not null then gate.territory_of(u.agency_id, u.collector_id) end,
           u.duty, u.gen, device_name, now() + life
      from public.app_user u
     where u.id = whose and u.disabled_at is null
    returning replace(role, 'ansinh_', ''), duty, gen
$$;

grant execute on function gate.credential_of(text),
                          gate.session_open(uuid, uuid, text, interval) to ansinh_app;
grant execute on function gate.territory_of(uuid, uuid) to ansinh_gate;
-- last, because only an owner may grant
alter function gate.credential_of(text) owner to ansinh_gate;
alter function gate.territory_of(uuid, uuid) owner to ansinh_gate;
alter function gate.session_open(uuid, uuid, text, interval) owner to ansinh_gate;
