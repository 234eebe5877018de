set local role ansinh_owner;

-- What tests/migrations/sql_matrix.txt found open: none of it by way of an operation, all of it by a
-- statement with a mistake.

-- No scope is 0 or less. A hamlet has the keys of its commune.
alter table unit
    add check (id > 0),
    add column hamlet_of int generated always as (case kind when 'hamlet' then commune_id end) stored,
    add constraint hamlet_keys foreign key (hamlet_of, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id);

-- An account's slice is that of its place; a collector belongs to the agency.
alter table app_user
    add constraint slice_of_place check (case slice when 'nation' then unit_id = 1
                                                    when 'province' then unit_id = province_id
                                                    when 'district' then unit_id = district_id
                                                    when 'commune' then unit_id = commune_id
                                                    else true end),
    add foreign key (collector_id, agency_id) references collector (id, agency_id);

-- Foreign keys look past row security, so an agent must be one that the writer sees.
create function agent_is_visible() returns trigger language plpgsql as $$
begin
    if new.collector_id is null
       and not exists (select from public.agency a where a.id = new.agency_id)
       or new.collector_id is not null
       and not exists (select from public.collector c where c.id = new.collector_id) then
        raise foreign_key_violation using message = 'agent outside the slice';
    end if;
    return new;
end $$;
create trigger agent_is_visible before insert or update of agency_id, collector_id on app_user
    for each row when (new.agency_id is not null) execute function agent_is_visible();

-- Credit of an enrolment: a collector never without the agency, an office without either.
alter table enrolment add check (collector_id is null or agency_id is not null);
alter policy district_insert on enrolment
    with check (district_id = scope_id() and collector_id is null and agency_id is null);
alter policy commune_insert on enrolment
    with check (commune_id = scope_id() and collector_id is null and agency_id is null);

-- An assignee is a unit, or a collector with its agency at the unit where the collector works. What is
-- written below an assignment is about its assignee, by its giver; a part is given by its holder.
alter table collector add constraint collector_place
    unique (id, agency_id, unit_id, province_id, district_id, commune_id);
alter table assignment
    add check ((collector_id is null) = (agency_id is null)),
    add constraint assignment_of_unit unique (id, unit_id),
    add constraint assignment_given unique (id, unit_id, giver_id),
    add constraint assignment_credit unique (id, collector_id, agency_id),
    add constraint assignee_place
        foreign key (collector_id, agency_id, unit_id, province_id, district_id, commune_id)
        references collector (id, agency_id, unit_id, province_id, district_id, commune_id)
        on update cascade,
    add foreign key (parent_id, giver_id) references assignment (id, unit_id);
alter table cut_total
    add foreign key (assignment_id, holder_id, giver_id) references assignment (id, unit_id, giver_id);
alter table assignment_entry
    add check ((collector_id is null) = (agency_id is null)),
    add foreign key (assignment_id, unit_id, giver_id) references assignment (id, unit_id, giver_id),
    add foreign key (assignment_id, collector_id, agency_id)
        references assignment (id, collector_id, agency_id);
alter table assignment_acceptance
    add check ((collector_id is null) = (agency_id is null)),
    add foreign key (assignment_id, unit_id) references assignment (id, unit_id),
    add foreign key (assignment_id, collector_id, agency_id)
        references assignment (id, collector_id, agency_id);

-- The holder divides what it has, only the giver changes how much that is.
create function quantity_by_giver() returns trigger language plpgsql as $$
begin
    if new.giver_id is distinct from public.scope_id() then
        raise insufficient_privilege using message = 'only the giver changes the number';
    end if;
    return new;
end $$;
create trigger quantity_by_giver before update of quantity on cut_total
    for each row when (new.quantity <> old.quantity) execute function quantity_by_giver();

-- Targets are given inside the own slice, a look is noted inside the reader's.
do $$
declare
    tier text;
    scoped text;
begin
    foreach tier in array array['province', 'district', 'commune'] loop
        foreach scoped in array array['plan', 'assignment', 'cut_total',
                                    'assignment_entry'] loop
            execute format('alter policy %1$s_insert on %2$s '
                           'with check (giver_id = scope_id() and %1$s_id = scope_id())', tier, scoped);
        end loop;
        execute format('create policy %1$s_insert on audit for insert to ansinh_%1$s '
                       'with check (user_id = caller_id() and %1$s_id = scope_id() and session_id = '
                       'nullif(current_setting(''app.session_id'', true), '''')::uuid)', tier);
    end loop;
end $$;
alter policy everybody_insert on audit to ansinh_nation, ansinh_agency, ansinh_collector;

-- Instants, versions and answers are the server's.
revoke insert on plan, assignment, cut_total, audit, idempotency
  from ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
       ansinh_collector;
grant insert (id, indicator, starts_on, ends_on, assigner, decision_number, decided_on, unit_id,
              province_id, district_id, commune_id, giver_id, created_by)
   on plan to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on, ends_on,
              assigner, agency_id, collector_id, unit_id, province_id, district_id, commune_id,
              giver_id, created_by)
   on assignment to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (assignment_id, cut, quantity, holder_id, province_id, district_id, commune_id, giver_id)
   on cut_total to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (user_id, session_id, action, subjects, purpose, province_id, district_id, commune_id)
   on audit to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
               ansinh_collector;
grant insert (user_id, operation, key, fingerprint)
   on idempotency to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
                     ansinh_collector;

-- The gate asks itself whether the caller gave the account, and who registered the person.
create policy gate_select on person for select to ansinh_gate using (created_by = caller_id());
grant select (id, created_by) on person to ansinh_gate;

reset role;
set local role ansinh_gate;
create or replace function gate.password_reset(whose uuid, new_hash text) returns timestamptz
    language sql volatile security definer set search_path = '' as $$
    update public.session s set ok = false
      from public.app_user u
     where u.id = whose and u.giver_id = public.scope_id() and s.user_id = u.id;
    insert into public.credential as c (user_id, hash, one_time_until)
    select u.id, new_hash, now() + interval '72 hours'
      from public.app_user u
     where u.id = whose and u.giver_id = public.scope_id()
    on conflict (user_id) do update
       set hash = excluded.hash, one_time_until = excluded.one_time_until, changed_at = now()
    returning c.one_time_until
$$;
create or replace function gate.sessions_end(whose uuid) returns bigint
    language sql volatile security definer set search_path = '' as $$
    with ended as (
        update public.session s set ok = false
          from public.app_user u
         where u.id = whose and u.giver_id = public.scope_id() and s.user_id = u.id and s.ok
        returning 1
    )
    select count(*) from ended
$$;
create or replace function gate.identity_claim(person uuid, personal text, social text) returns void
    language sql volatile security definer set search_path = '' as $$
    insert into public.person_identity (kind, number, person_id)
    select k, n, p.id
      from public.person p,
           (values ('personal_id_number', personal), ('social_insurance_number', social)) given (k, n)
     where p.id = person and p.created_by = public.caller_id() and n is not null
$$;
