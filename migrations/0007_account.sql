set local role ansinh_owner;

-- Accounts of others, refresh tokens, and the back-off of sign-in.

-- A password that a superior handed over works once, to set one's own.
alter table credential add one_time_until timestamptz;

-- The chain of refresh tokens of a session, as hashes. The one that was presented last stays valid
-- until its successor is presented: a phone that lost the reply asks again and gets the same
-- successor. Whatever is older was copied, and ends the session.
create table refresh_token (
    hash bytea primary key,
    session_id uuid not null references session on delete cascade,
    successor bytea,
    used_at timestamptz,
    expires_at timestamptz not null,
    created_at timestamptz not null default now()
);
create index refresh_token_session on refresh_token (session_id);

-- Attempts to sign in, by account name (whether it exists or not) and by address. Counted before the
-- password is looked at, so that a burst of parallel guesses is counted too.
create table sign_in_attempt (
    key text primary key,
    attempts int not null,
    blocked_until timestamptz not null default '-infinity',
    updated_at timestamptz not null default now()
);

alter table refresh_token enable row level security;
alter table refresh_token force row level security;
create policy gate_all on refresh_token to ansinh_gate using (true) with check (true);
alter table sign_in_attempt enable row level security;
alter table sign_in_attempt force row level security;
create policy gate_all on sign_in_attempt to ansinh_gate using (true) with check (true);
grant select, insert, update, delete on refresh_token, sign_in_attempt to ansinh_gate;

-- Accounts are seen by the tier key and written by the giver: below the own place with any duty, at
-- the own place as officer or viewer. So nobody makes an equal of themselves.
-- Only a collector's own key does not find the own account; for all others one equality is enough,
-- and two would be an OR that no index serves in order.
alter policy self_select on app_user to ansinh_collector;
create policy nation_select on app_user for select to ansinh_nation using (province_id >= 0);
create policy province_select on app_user for select to ansinh_province
    using (province_id = scope_id());
create policy district_select on app_user for select to ansinh_district
    using (district_id = scope_id());
create policy commune_select on app_user for select to ansinh_commune
    using (commune_id = scope_id());
create policy agency_select on app_user for select to ansinh_agency
    using (agency_id = scope_agent());

create policy nation_insert on app_user for insert to ansinh_nation
    with check (giver_id = scope_id() and not (slice = 'nation' and duty = 'manager'));
create policy nation_update on app_user for update to ansinh_nation
    using (giver_id = scope_id())
    with check (giver_id = scope_id() and not (slice = 'nation' and duty = 'manager'));
do $$
declare
    tier text;
    allowed text;
begin
    foreach tier in array array['province', 'district', 'commune'] loop
        allowed := format('giver_id = scope_id() and %1$s_id = scope_id() '
                          'and not (slice = %1$L and duty = ''manager'')', tier);
        execute format('create policy %1$s_insert on app_user for insert to ansinh_%1$s '
                       'with check (%2$s)', tier, allowed);
        execute format('create policy %1$s_update on app_user for update to ansinh_%1$s '
                       'using (giver_id = scope_id() and %1$s_id = scope_id()) '
                       'with check (%2$s)', tier, allowed);
    end loop;
end $$;
grant insert (id, username, full_name, slice, duty, agency_id, collector_id, unit_id, province_id,
              district_id, commune_id, giver_id, created_by),
      update (full_name, slice, duty, agency_id, collector_id, unit_id, province_id, district_id,
              commune_id, disabled_at, gen, version)
   on app_user to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

create index app_user_newest on app_user (created_at desc, id desc) where province_id >= 0;
create index app_user_province on app_user (province_id, created_at desc, id desc);
create index app_user_district on app_user (district_id, created_at desc, id desc);
create index app_user_commune on app_user (commune_id, created_at desc, id desc);
create index app_user_agency on app_user (agency_id, created_at desc, id desc);

drop function gate.credential_of(text);
drop function gate.session_open(uuid, uuid, text, interval);

-- One more attempt of this key; how many seconds it must wait, 0 when it may go on.
create function gate.attempt(wanted text, free int) returns int
    language sql volatile security definer set search_path = '' as $$
    insert into public.sign_in_attempt as a (key, attempts)
    values (wanted, 1)
    on conflict (key) do update
       set attempts = case when a.blocked_until > now() then a.attempts
                           when a.updated_at < now() - interval '15 minutes' then 1
                           else a.attempts + 1 end,
           blocked_until = case when a.blocked_until > now() then a.blocked_until
                                when a.updated_at < now() - interval '15 minutes' then '-infinity'
                                when a.attempts + 1 > free
                                then now() + interval '1 second' * least(300, 2 ^ (a.attempts - free))
                                else '-infinity' end,
           updated_at = case when a.blocked_until > now() then a.updated_at else now() end
    returning case when a.blocked_until > now()
                   then ceil(extract(epoch from a.blocked_until - now()))::int else 0 end
$$;

-- What sign-in must know before there is a session: how long to wait, and the hash to compare. An
-- unknown or disabled account has none.
create function gate.sign_in(username text, address text)
    returns table (wait int, user_id uuid, hash text, one_time boolean)
    language sql volatile security definer set search_path = '' as $$
    with tried as materialized (
        select greatest(gate.attempt('user ' || lower(username), 5),
                        gate.attempt('address ' || address, 100)) as wait
    )
    select t.wait, c.user_id, c.hash, c.one_time_until is not null
      from tried t
      left join public.app_user u on lower(u.username) = lower(sign_in.username)
                                 and u.disabled_at is null and t.wait = 0
      left join public.credential c on c.user_id = u.id
                                   and coalesce(c.one_time_until, 'infinity') > now()
$$;

-- What a session may do follows from the account, in one place.
create function gate.session_sync(whose uuid) returns void
    language sql volatile security definer set search_path = '' as $$
    update public.session s
       set role = 'ansinh_' || u.slice,
           scope_id = case when u.agency_id is null then u.unit_id::text else '' end,
           agent_id = coalesce(u.collector_id::text, u.agency_id::text, ''),
           territory = case when u.agency_id is not null
                            then gate.territory_of(u.agency_id, u.collector_id) end,
           duty = u.duty,
           gen = u.gen,
           ok = s.ok and u.disabled_at is null
      from public.app_user u
     where u.id = whose and s.user_id = whose
$$;

-- Opens a session of a user whose password was just verified; the account is read again here. A new
-- hash replaces the one-time password. The attempts of the account are forgiven, and this one of the
-- address: a whole office may sit behind one address.
create function gate.session_open(session uuid, whose uuid, device_name text, refresh_hash bytea,
                                  new_hash text, address text)
    returns table (slice text, duty text, gen int)
    language sql volatile security definer set search_path = '' as $$
    delete from public.sign_in_attempt
     where key = (select 'user ' || lower(u.username) from public.app_user u where u.id = whose);
    update public.sign_in_attempt set attempts = greatest(attempts - 1, 0)
     where key = 'address ' || address;
    update public.credential c
       set hash = new_hash, one_time_until = null, changed_at = now()
     where c.user_id = whose and new_hash is not null;
    insert into public.session (id, user_id, role, scope_id, agent_id, duty, gen, device, expires_at)
    select session, u.id, 'ansinh_' || u.slice, '', '', u.duty, u.gen, device_name,
           now() + interval '30 days'
      from public.app_user u
     where u.id = whose and u.disabled_at is null;
    select gate.session_sync(whose);
    insert into public.refresh_token (hash, session_id, expires_at)
    select refresh_hash, s.id, s.expires_at from public.session s where s.id = session;
    select replace(s.role, 'ansinh_', ''), s.duty, s.gen from public.session s where s.id = session;
$$;

-- Presents a refresh token. verdict: ok, unknown (never was, or too old), ended (the session was
-- closed), reused (an older one came back: the session is closed now).
create function gate.session_refresh(presented bytea, next bytea)
    returns table (verdict text, session_id uuid, user_id uuid, slice text, duty text, gen int,
                   successor bytea)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    own public.refresh_token;
    live public.session;
begin
    select r.* into own from public.refresh_token r
     where r.hash = presented and r.expires_at > now();
    if own.hash is null then
        return query select 'unknown', null::uuid, null::uuid, null, null, null::int, null::bytea;
        return;
    end if;
    select s.* into live from public.session s where s.id = own.session_id for update;
    -- read again under the lock: a parallel refresh may have moved the chain
    select r.* into own from public.refresh_token r where r.hash = presented;
    if not live.ok or live.expires_at <= now() then
        return query select 'ended', null::uuid, null::uuid, null, null, null::int, null::bytea;
        return;
    end if;
    if exists (select from public.refresh_token r
                where r.hash = own.successor and r.used_at is not null) then
        update public.session s set ok = false where s.id = live.id;
        return query select 'reused', live.id, live.user_id, null, null, null::int, null::bytea;
        return;
    end if;
    if own.successor is null then
        insert into public.refresh_token (hash, session_id, expires_at)
        values (next, live.id, now() + interval '30 days');
        update public.refresh_token r set successor = next, used_at = now()
         where r.hash = presented;
        -- thirty days after the last use, ninety after signing in
        update public.session s
           set expires_at = least(now() + interval '30 days', s.created_at + interval '90 days')
         where s.id = live.id;
    end if;
    return query select 'ok', live.id, live.user_id, replace(live.role, 'ansinh_', ''), live.duty,
                        live.gen, coalesce(own.successor, next);
end $$;

-- Guessing with a stolen session waits like guessing without one.
create function gate.own_credential() returns table (wait int, hash text)
    language sql volatile security definer set search_path = '' as $$
    select gate.attempt('password ' || public.caller_id(), 5), c.hash
      from public.credential c where c.user_id = public.caller_id()
$$;

-- The caller's own new password ends every other session of the account.
create function gate.password_set(new_hash text) returns void
    language sql volatile security definer set search_path = '' as $$
    update public.credential c set hash = new_hash, one_time_until = null, changed_at = now()
     where c.user_id = public.caller_id();
    delete from public.sign_in_attempt where key = 'password ' || public.caller_id();
    update public.session s set ok = false
     where s.user_id = public.caller_id()
       and s.id <> current_setting('app.session_id')::uuid;
$$;

-- For a superior; the calling statement has found the account as one that the caller gave.
create function gate.password_reset(whose uuid, new_hash text) returns timestamptz
    language sql volatile security definer set search_path = '' as $$
    update public.session s set ok = false where s.user_id = whose;
    insert into public.credential as c (user_id, hash, one_time_until)
    values (whose, new_hash, now() + interval '72 hours')
    on conflict (user_id) do update
       set hash = excluded.hash, one_time_until = excluded.one_time_until, changed_at = now()
    returning c.one_time_until
$$;

create function gate.sessions_end(whose uuid) returns bigint
    language sql volatile security definer set search_path = '' as $$
    with ended as (
        update public.session s set ok = false where s.user_id = whose and s.ok returning 1
    )
    select count(*) from ended
$$;

create function gate.own_sessions()
    returns table (id uuid, device text, created_at timestamptz, expires_at timestamptz,
                   current boolean)
    language sql stable security definer set search_path = '' as $$
    select s.id, s.device, s.created_at, s.expires_at,
           s.id = current_setting('app.session_id')::uuid
      from public.session s
     where s.user_id = public.caller_id() and s.ok and s.expires_at > now()
     order by s.created_at desc, s.id desc
$$;

-- One own session, or with null all of them.
create function gate.own_session_end(wanted uuid) returns bigint
    language sql volatile security definer set search_path = '' as $$
    with ended as (
        update public.session s set ok = false
         where s.user_id = public.caller_id() and s.ok and (wanted is null or s.id = wanted)
        returning 1
    )
    select count(*) from ended
$$;

grant execute on function gate.sign_in(text, text),
                          gate.session_open(uuid, uuid, text, bytea, text, text),
                          gate.session_refresh(bytea, bytea) to ansinh_app;
grant execute on function gate.attempt(text, int) to ansinh_gate;
grant execute on function gate.session_sync(uuid), gate.password_reset(uuid, text),
                          gate.sessions_end(uuid)
   to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant execute on function gate.own_credential(), gate.password_set(text), gate.own_sessions(),
                          gate.own_session_end(uuid)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
      ansinh_collector;
-- last, because only an owner may grant
alter function gate.attempt(text, int) owner to ansinh_gate;
alter function gate.sign_in(text, text) owner to ansinh_gate;
alter function gate.session_sync(uuid) owner to ansinh_gate;
alter function gate.session_open(uuid, uuid, text, bytea, text, text) owner to ansinh_gate;
alter function gate.session_refresh(bytea, bytea) owner to ansinh_gate;
alter function gate.own_credential() owner to ansinh_gate;
alter function gate.password_set(text) owner to ansinh_gate;
alter function gate.password_reset(uuid, text) owner to ansinh_gate;
alter function gate.sessions_end(uuid) owner to ansinh_gate;
alter function gate.own_sessions() owner to ansinh_gate;
alter function gate.own_session_end(uuid) owner to ansinh_gate;
