set local role ansinh_owner;

-- Offices make and keep the network: organisations, who collects for them, and where. Both end only with
-- empty hands, and that is a key and not a promise: whatever is still open (a serving collector, an active
-- account, a collector's book, cash) refers to an organisation or collector that is serving.

-- --- Organisations and collectors ----------------------------------------------------------------
alter table agency
    add ended_on date,
    add serving boolean not null generated always as (ended_on is null) stored,
    add constraint agency_serving unique (id, serving);
create unique index agency_once on agency (unit_id, lower(name)) where ended_on is null;
create index agency_newest on agency (created_at desc, id desc) where province_id >= 0;
create index agency_district on agency (district_id, created_at desc, id desc);
create index agency_commune on agency (commune_id, created_at desc, id desc);
create index agency_unit on agency (unit_id, created_at desc, id desc);
-- A unit lies in one district: without that, the planner expects next to no rows of both, and sorts.
create statistics agency_keys (dependencies) on unit_id, commune_id, district_id, province_id from agency;

alter table collector
    add certificate_number text,
    add certified_on date,
    add ended_on date,
    add serving boolean not null generated always as (ended_on is null) stored,
    add active boolean generated always as (case when ended_on is null then true end) stored,
    drop constraint collector_card_number_key,
    add constraint card_in_order check (valid_to is null or valid_to >= valid_from),
    add constraint collector_serving unique (id, serving),
    add constraint collector_of_serving_agency
        foreign key (agency_id, active) references agency (id, serving);

create unique index card_once on collector (card_number) where ended_on is null;

create policy collector_select on agency for select to ansinh_collector using (false);
do $$
declare
    tier text;
    scoped text;
begin
    foreach tier in array array['province', 'district'] loop
        foreach scoped in array array['agency', 'collector'] loop
            execute format('create policy %1$s_insert on %2$s for insert to ansinh_%1$s '
                           'with check (giver_id = scope_id() and %1$s_id = scope_id())', tier, scoped);
            execute format('create policy %1$s_update on %2$s for update to ansinh_%1$s '
                           'using (giver_id = scope_id() and %1$s_id = scope_id())', tier, scoped);
        end loop;
    end loop;
end $$;
create policy gate_update on agency for update to ansinh_gate using (true) with check (true);
create policy gate_update on collector for update to ansinh_gate using (true) with check (true);
drop policy gate_select on territory;
create policy gate_all on territory to ansinh_gate using (true) with check (true);
grant select on agency to ansinh_collector;
grant insert (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id, created_by),
      update (name, version)
   on agency to ansinh_province, ansinh_district;
grant insert (id, agency_id, full_name, card_number, valid_from, valid_to, certificate_number,
              certified_on, unit_id, province_id, district_id, commune_id, giver_id, created_by),
      update (full_name, card_number, valid_from, valid_to, certificate_number, certified_on, version)
   on collector to ansinh_province, ansinh_district;
grant update (ended_on, version) on agency, collector to ansinh_gate;
grant insert, update (during), delete on territory to ansinh_gate;

-- Foreign keys look past row security: the organisation must be one that the writer sees, and the
-- collector works at its unit or below.
create function agency_is_near() returns trigger language plpgsql as $$
begin
    if not exists (select from public.agency a
                    where a.id = new.agency_id
                      and a.unit_id in (new.unit_id, new.province_id, new.district_id, new.commune_id)) then
        raise foreign_key_violation using message = 'agency outside the slice', constraint = 'agency_is_near';
    end if;
    return new;
end $$;
create trigger agency_is_near before insert on collector
    for each row execute function agency_is_near();

-- --- What may not outlive them -------------------------------------------------------------------
alter table app_user
    add active boolean generated always as (case when disabled_at is null then true end) stored,
    add constraint account_of_serving_agency
        foreign key (agency_id, active) references agency (id, serving),
    add constraint account_of_serving_collector
        foreign key (collector_id, active) references collector (id, serving);
-- An organisation's own books stay open: what an office takes back later needs a number of them.
alter table receipt_book
    add usable boolean generated always as (case when closed_on is null then true end) stored,
    add constraint book_of_serving_collector
        foreign key (collector_id, usable) references collector (id, serving);
-- Deferred, because an office that takes a remitted receipt back moves its money in and out again.
alter table cash_box
    add filled boolean
        generated always as (case when in_hand <> 0 or difference <> 0 then true end) stored,
    add constraint cash_of_serving_agency
        foreign key (agency_id, filled) references agency (id, serving) deferrable initially deferred,
    add constraint cash_of_serving_collector
        foreign key (collector_id, filled) references collector (id, serving)
        deferrable initially deferred;

-- --- the gate ------------------------------------------------------------------------------------

-- Says which hamlets a collector serves from today on: those named, and all of the communes named. What
-- is no longer served ended yesterday. Sessions follow: of the collector, and of the organisation, which
-- sees what its collectors serve.
create function gate.collector_serve(whose uuid, places int[]) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    today constant date := public.business_date();
    c public.collector;
    hamlets int[];
begin
    select o.* into c
      from public.collector o
     where o.id = whose and o.giver_id = public.scope_id() and o.ended_on is null
       for no key update;
    if not found then
        return;
    end if;
    if exists (select from unnest(places) named (id)
                where not exists (select from public.unit u
                                   where u.id = named.id and u.kind in ('commune', 'hamlet')
                                     and u.valid_to is null
                                     and c.unit_id in (u.province_id, u.district_id, u.commune_id))) then
        raise foreign_key_violation using message = 'not in the unit', constraint = 'place_is_in_unit';
    end if;
    hamlets := array(select u.id from public.unit u
                      where u.id = any(places) and u.kind = 'hamlet'
                      union
                     select u.id from public.unit u
                      where u.commune_id = any(places) and u.kind = 'hamlet' and u.valid_to is null);
    delete from public.territory t
     where t.collector_id = whose and lower(t.during) >= today and t.hamlet_id <> all(hamlets);
    update public.territory t
       set during = daterange(lower(t.during), today)
     where t.collector_id = whose and t.during @> today and t.hamlet_id <> all(hamlets);
    insert into public.territory (collector_id, agency_id, hamlet_id, during, province_id, district_id,
                                  commune_id, giver_id)
    select c.id, c.agency_id, h.id, daterange(today, null), h.province_id, h.district_id, h.commune_id,
           c.giver_id
      from public.unit h
     where h.id = any(hamlets)
       and not exists (select from public.territory t
                        where t.collector_id = whose and t.hamlet_id = h.id and t.during @> today);
    perform gate.session_sync(u.id)
       from public.app_user u
      where u.agency_id = c.agency_id and (u.collector_id is null or u.collector_id = whose);
end $$;

-- A collector, or an organisation itself, leaves: with empty hands and without accounts, a collector
-- without numbers.
create function gate.agent_leave(of_agency uuid, whose uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    holder constant uuid := coalesce(whose, of_agency);
    b public.cash_box;
    account uuid;
begin
    select o.* into b from public.cash_box o where o.id = holder for update;
    if b.filled then
        raise foreign_key_violation using message = 'cash in hand', constraint = 'cash_of_serving_collector';
    end if;
    if exists (select from public.remittance r where r.holder_id = holder and r.status = 'declared') then
        raise foreign_key_violation using message = 'not counted yet', constraint = 'remittance_is_counted';
    end if;
    update public.receipt_book o
       set closed_on = public.business_date(), version = o.version + 1
     where o.collector_id = whose and o.closed_on is null;
    for account in
        update public.app_user u
           set disabled_at = now(), gen = u.gen + 1, version = u.version + 1
         where u.agency_id = of_agency and (whose is null or u.collector_id = whose)
           and u.disabled_at is null
        returning u.id
    loop
        perform gate.session_sync(account);
    end loop;
end $$;

-- Ends an appointment that the caller's unit gave.
create function gate.collector_end(whose uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    c public.collector;
begin
    select o.* into c
      from public.collector o
     where o.id = whose and o.giver_id = public.scope_id() and o.ended_on is null
       for update;
    if not found then
        return;
    end if;
    perform gate.agent_leave(c.agency_id, c.id);
    perform gate.collector_serve(c.id, '{}');
    update public.collector o set ended_on = public.business_date() where o.id = c.id;
end $$;

-- Ends an organisation that the caller's unit founded. Its collectors and its contract have ended before.
create function gate.agency_end(whose uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    a public.agency;
begin
    select o.* into a
      from public.agency o
     where o.id = whose and o.giver_id = public.scope_id() and o.ended_on is null
       for update;
    if not found then
        return;
    end if;
    if exists (select from public.collector c where c.agency_id = a.id and c.ended_on is null) then
        raise foreign_key_violation
            using message = 'collectors serve', constraint = 'collector_of_serving_agency';
    end if;
    if exists (select from public.collection_contract c
                where c.agency_id = a.id and c.during @> public.business_date() + 1) then
        raise foreign_key_violation using message = 'contract runs', constraint = 'contract_is_over';
    end if;
    perform gate.agent_leave(a.id, null);
    update public.agency o set ended_on = public.business_date() where o.id = a.id;
end $$;

grant execute on function gate.agent_leave(uuid, uuid) to ansinh_gate;
grant execute on function gate.collector_serve(uuid, int[]), gate.collector_end(uuid),
      gate.agency_end(uuid)
   to ansinh_gate, ansinh_province, ansinh_district;
alter function gate.collector_serve(uuid, int[]) owner to ansinh_gate;
alter function gate.agent_leave(uuid, uuid) owner to ansinh_gate;
alter function gate.collector_end(uuid) owner to ansinh_gate;
alter function gate.agency_end(uuid) owner to ansinh_gate;

-- Who has left takes nothing over.
set local role ansinh_gate;
do $$
declare
    known constant text :=
        pg_get_functiondef('gate.cash_handover(uuid,uuid,uuid,text)'::regprocedure);
    anchor constant text := 'o.id = receiver and o.agency_id = c.agency_id';
begin
    if position(anchor in known) = 0 then
        raise 'gate.cash_handover is another one';
    end if;
    execute replace(known, anchor, anchor || ' and o.ended_on is null');
end $$;
