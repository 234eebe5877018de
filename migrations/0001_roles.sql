-- Who may touch what: one role per kind of slice, the gate that answers what must look beyond a
-- slice, and the login that may do nothing until it has become a slice.
--
-- Roles belong to the whole cluster, so another database may have made them already.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['ansinh_owner', 'ansinh_gate', 'ansinh_nation', 'ansinh_province',
                                  'ansinh_district', 'ansinh_commune', 'ansinh_agency',
                                  'ansinh_collector'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I nologin noinherit', wanted);
        end if;
    end loop;
    if not exists (select from pg_roles where rolname = 'ansinh_app') then
        -- NOINHERIT: a login that inherits gets the rows of every policy of its roles at once
        create role ansinh_app login noinherit;
    end if;
end $$;

grant ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
      ansinh_collector to ansinh_app;

-- Settings of a role reached by SET ROLE do not apply, so they stand on the login.
alter role ansinh_app set timezone = 'UTC';
alter role ansinh_app set datestyle = 'ISO, YMD';
alter role ansinh_app set search_path = 'public';
alter role ansinh_app set plan_cache_mode = 'force_generic_plan';
alter role ansinh_app set jit = 'off';
alter role ansinh_app set statement_timeout = '5s';
alter role ansinh_app set lock_timeout = '2s';
alter role ansinh_app set idle_in_transaction_session_timeout = '10s';

-- What the migrations make belongs to a role that nobody logs in as. The migrating login becomes a
-- member of it, and of the gate, whose functions run with the gate's own policies.
grant ansinh_gate to ansinh_owner;
do $$
begin
    execute format('grant ansinh_owner, ansinh_gate to %I', current_user);
    execute format('grant connect, create, temporary on database %I to ansinh_owner',
                   current_database());
end $$;
create extension if not exists pg_trgm;
create extension if not exists btree_gist;

-- for the readiness probe, and the start-up check of the schema's age
grant select on migration to ansinh_app;

revoke all on schema public from public;
grant all on schema public to ansinh_owner;
grant usage on schema public to ansinh_app, ansinh_gate, ansinh_nation, ansinh_province,
      ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

set local role ansinh_owner;
alter default privileges revoke execute on functions from public;

create schema gate;
grant create on schema gate to ansinh_gate;
grant usage on schema gate to ansinh_app, ansinh_gate, ansinh_nation, ansinh_province,
      ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- What the opening statement of a request has set. A setting that was used once in a session reads
-- back as '' and not as null, hence nullif; nothing set means no row matches. A unit and an agent have
-- a setting each, because the planner may evaluate a cast in a branch that never runs.
create function scope_id() returns int language sql stable parallel safe
return nullif(current_setting('app.scope_id', true), '')::int;

create function scope_agent() returns uuid language sql stable parallel safe
return nullif(current_setting('app.agent_id', true), '')::uuid;

create function territory() returns int[] language sql stable parallel safe
return nullif(current_setting('app.territory', true), '')::int[];

create function caller_id() returns uuid language sql stable parallel safe
return nullif(current_setting('app.user_id', true), '')::uuid;

-- Which agent the caller is, if any.
create function own_collector() returns uuid language sql stable parallel safe
return case when current_user = 'ansinh_collector' then scope_agent() end;

create function own_agency() returns uuid language sql stable parallel safe
return case when current_user = 'ansinh_agency' then scope_agent() end;

-- Business dates are Vietnam's, whatever zone the server runs in.
create function business_date() returns date language sql stable parallel safe
return (now() at time zone 'Asia/Ho_Chi_Minh')::date;

-- A UUID of version 7: the first 48 bits are milliseconds, so new rows land together in an index.
create function uuid7() returns uuid language sql volatile parallel safe
return encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
       placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
       from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;

grant execute on function scope_id(), scope_agent(), territory(), caller_id(), own_collector(),
                          own_agency(), business_date(), uuid7()
   to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;

-- Row security for a table that carries K (province_id, district_id, commune_id): forced, and every
-- unit tier selects by one equality with its own key. The nation's is always true; it is there because
-- the nation's indexes (…_newest) are partial by it. Without that, a plan made when the first caller
-- held most of the rows would run through all of the nation for a caller with few.
create procedure wall_by_unit(scoped regclass) language plpgsql as $$
declare
    tier text;
begin
    execute format('alter table %s enable row level security', scoped);
    execute format('alter table %s force row level security', scoped);
    execute format('create policy nation_select on %s for select to ansinh_nation '
                   'using (province_id >= 0)', scoped);
    foreach tier in array array['province', 'district', 'commune'] loop
        execute format('create policy %1$s_select on %2$s for select to ansinh_%1$s '
                       'using (%1$s_id = scope_id())', tier, scoped);
    end loop;
end $$;

-- The same for the credit columns C (agency_id, collector_id).
create procedure wall_by_agent(scoped regclass) language plpgsql as $$
declare
    tier text;
begin
    foreach tier in array array['agency', 'collector'] loop
        execute format('create policy %1$s_select on %2$s for select to ansinh_%1$s '
                       'using (%1$s_id = scope_agent())', tier, scoped);
    end loop;
end $$;
