set local role ansinh_owner;

-- --- Decisions -----------------------------------------------------------------------------------
-- What a number rests on: a plan, a division, an amendment. Once per giver and not once per country: a
-- tier cannot see the row of its superior, so a national key would tell it that there is one.
create table decision (
    id uuid primary key,
    number text not null,
    issuer text not null,
    issued_on date not null,
    subject text,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    constraint decision_once unique (giver_id, issuer, number, issued_on),
    constraint decision_of_giver unique (id, giver_id),
    check (unit_id = giver_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index decision_newest on decision (created_at desc, id desc) where province_id >= 0;
create index decision_province on decision (province_id, created_at desc, id desc);
create index decision_district on decision (district_id, created_at desc, id desc);
create index decision_commune on decision (commune_id, created_at desc, id desc);
call wall_by_unit('decision');
grant select on decision to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (id, number, issuer, issued_on, subject, unit_id, province_id, district_id, commune_id,
              giver_id, created_by)
   on decision to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- Insert policies of a table whose rows the unit tiers give inside their own slice.
create procedure given_by_unit(scoped regclass) language plpgsql as $$
declare
    tier text;
begin
    execute format('create policy nation_insert on %s for insert to ansinh_nation '
                   'with check (giver_id = scope_id())', scoped);
    foreach tier in array array['province', 'district', 'commune'] loop
        execute format('create policy %1$s_insert on %2$s for insert to ansinh_%1$s '
                       'with check (giver_id = scope_id() and %1$s_id = scope_id())', tier, scoped);
    end loop;
end $$;
call given_by_unit('decision');

-- The decision of the caller's own unit that a request names, by its id or as it is printed; without
-- an issuer it is the unit itself.
create function own_decision(wanted uuid, printed text, issued date, by_whom text)
    returns setof decision language sql stable
begin atomic
    select d.* from decision d where d.id = wanted and d.giver_id = scope_id()
     union all
    select d.*
      from decision d
      join unit u on u.id = d.giver_id
     where d.giver_id = scope_id() and d.issuer = coalesce(by_whom, u.name) and d.number = printed
       and d.issued_on = issued;
end;
grant execute on function own_decision(uuid, text, date, text)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- An entry keeps number and date of its decision: who sees the entry need not see the decision.
alter table plan add decision_id uuid;
alter table assignment_entry add decision_id uuid;

alter table unit no force row level security;
alter table decision no force row level security;
alter table plan no force row level security;
alter table assignment_entry no force row level security;

insert into decision (id, number, issuer, issued_on, unit_id, province_id, district_id, commune_id,
                      giver_id, created_at, created_by)
select uuid7(), named.number, u.name, named.decided_on, u.id, u.province_id, u.district_id,
       u.commune_id, u.id, named.at, named.by
  from (select giver_id, number, decided_on, min(at) as at, (array_agg(by order by at))[1] as by
          from (select giver_id, decision_number, decided_on, created_at, created_by from plan
                 union all
                select giver_id, decision_number, decided_on, at, created_by from assignment_entry
                 where decision_number is not null) given (giver_id, number, decided_on, at, by)
         group by giver_id, number, decided_on) named
  join unit u on u.id = named.giver_id;
update plan p set decision_id = d.id
  from decision d
 where d.giver_id = p.giver_id and d.number = p.decision_number and d.issued_on = p.decided_on;
update assignment_entry e set decision_id = d.id
  from decision d
 where d.giver_id = e.giver_id and d.number = e.decision_number and d.issued_on = e.decided_on;

alter table unit force row level security;
alter table decision force row level security;
alter table plan force row level security;
alter table assignment_entry force row level security;

alter table plan
    alter decision_id set not null,
    add constraint plan_decision foreign key (decision_id, giver_id) references decision (id, giver_id);
alter table assignment_entry
    add check ((decision_id is null) = (decision_number is null)),
    add constraint entry_decision
        foreign key (decision_id, giver_id) references decision (id, giver_id);
grant insert (decision_id) on plan, assignment_entry
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- --- Assignees -----------------------------------------------------------------------------------
-- Mass organisations (hội, đoàn thể): each unit knows those at its own place.
create table association (
    id uuid primary key,
    kind text not null check (kind in ('womens_union', 'farmers_association', 'veterans_association',
                                       'youth_union', 'elderly_association', 'fatherland_front',
                                       'red_cross', 'trade_union', 'other')),
    name text not null,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    constraint association_once unique (unit_id, kind, name),
    constraint association_of_unit unique (id, unit_id),
    check (unit_id = giver_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index association_newest on association (created_at desc, id desc) where province_id >= 0;
create index association_province on association (province_id, created_at desc, id desc);
create index association_district on association (district_id, created_at desc, id desc);
create index association_commune on association (commune_id, created_at desc, id desc);
call wall_by_unit('association');
do $$
declare
    tier text;
begin
    foreach tier in array array['province', 'district', 'commune'] loop
        execute format('create policy %1$s_insert on association for insert to ansinh_%1$s '
                       'with check (giver_id = scope_id() and %1$s_id = scope_id())', tier);
    end loop;
end $$;
grant select on association to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id, created_by)
   on association to ansinh_province, ansinh_district, ansinh_commune;

-- An assignee is a unit, or at a unit's place an agency, a collector with its agency, an association
-- or an officer: the unit's keys are the row's, whoever it is.
alter table agency add constraint agency_of_unit unique (id, unit_id);
drop index assignment_once;
alter table assignment
    drop constraint assignment_assignee_kind_check,
    drop constraint assignment_check,
    drop constraint assignment_check2,
    add association_id uuid,
    add officer_id uuid references app_user,
    add assignee_id uuid not null generated always as
        (coalesce(collector_id, agency_id, association_id, officer_id,
                  '00000000-0000-0000-0000-000000000000')) stored,
    add agency_held uuid generated always as
        (case assignee_kind when 'agency' then agency_id end) stored,
    add constraint assignee_is_one check (
        assignee_kind in ('unit', 'agency', 'collector', 'association', 'officer')
        and (assignee_kind in ('agency', 'collector')) = (agency_id is not null)
        and (assignee_kind = 'collector') = (collector_id is not null)
        and (assignee_kind = 'association') = (association_id is not null)
        and (assignee_kind = 'officer') = (officer_id is not null)),
    add constraint assignment_of_agency unique (id, agency_id),
    add constraint assignee_agency foreign key (agency_held, unit_id) references agency (id, unit_id),
    add constraint assignee_association
        foreign key (association_id, unit_id) references association (id, unit_id);
alter table assignment_entry
    drop constraint assignment_entry_check2,
    add check (collector_id is null or agency_id is not null),
    add foreign key (assignment_id, agency_id) references assignment (id, agency_id);
alter table assignment_acceptance
    drop constraint assignment_acceptance_check,
    add check (collector_id is null or agency_id is not null),
    add foreign key (assignment_id, agency_id) references assignment (id, agency_id);
grant insert (association_id, officer_id) on assignment
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- An officer has an account of the giving unit itself when the number is given. No composite key says
-- so: an account may move later, and neither may its past targets hold it back nor move along.
create function officer_is_own() returns trigger language plpgsql as $$
begin
    if new.unit_id <> new.giver_id
       or not exists (select from public.app_user u
                       where u.id = new.officer_id and u.unit_id = new.giver_id
                         and u.agency_id is null and u.duty <> 'viewer') then
        raise foreign_key_violation using message = 'no officer of the giving unit';
    end if;
    return new;
end $$;
create trigger officer_is_own before insert or update of officer_id on assignment
    for each row when (new.officer_id is not null) execute function officer_is_own();

-- The receiver accepts: a unit for itself and its officers, an agency and a collector for themselves.
do $$
declare
    tier text;
begin
    foreach tier in array array['nation', 'province', 'district', 'commune'] loop
        execute format('alter policy %1$s_insert on assignment_acceptance '
                       'with check (unit_id = scope_id() and agency_id is null)', tier);
    end loop;
end $$;
create policy agency_insert on assignment_acceptance for insert to ansinh_agency
    with check (agency_id = scope_agent() and collector_id is null);
grant insert (assignment_id, created_by, agency_id, collector_id, unit_id, province_id, district_id,
              commune_id)
   on assignment_acceptance to ansinh_agency;

-- Nobody divides what a hamlet holds.
alter table unit no force row level security;
alter table cut_total no force row level security;
delete from cut_total t using unit u
 where u.id = t.holder_id and u.kind = 'hamlet' and t.allocated = 0;
alter table unit force row level security;
alter table cut_total force row level security;

-- --- Ratios --------------------------------------------------------------------------------------
-- Parts of a ratio do not add up: each has its own number, and nothing of the whole is allocated.
alter table indicator
    add additive boolean not null generated always as (kind <> 'ratio') stored,
    add unique (code, additive);
alter table assignment no force row level security;
alter table cut_total no force row level security;
alter table assignment add additive boolean not null default true;
alter table cut_total add additive boolean not null default true;
update assignment a set additive = i.additive from indicator i where i.code = a.indicator;
update cut_total t set additive = false, allocated = 0
  from assignment a
 where a.id = t.assignment_id and not a.additive;
alter table assignment force row level security;
alter table cut_total force row level security;
alter table assignment
    add constraint assignment_measure
        foreign key (indicator, additive) references indicator (code, additive),
    add constraint ratio_within_whole check (additive or quantity <= 10000);
grant insert (additive) on assignment, cut_total
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- --- Withdrawal ----------------------------------------------------------------------------------
-- A withdrawn number is 0 for good, and its assignee may be given another. A division knows how many
-- parts it has, because parts of 0 and of a ratio do not show in what is allocated; it is closed with
-- its number. A plan is withdrawn with its root.
alter table assignment no force row level security;
alter table cut_total no force row level security;
alter table assignment_entry no force row level security;
alter table assignment
    add withdrawn_at timestamptz,
    add constraint withdrawn_is_nothing check (withdrawn_at is null or quantity = 0);
create unique index assignment_once on assignment (plan_id, cut, unit_id, assignee_id)
 where withdrawn_at is null;
alter table cut_total
    add parts int not null default 0 check (parts >= 0),
    add open boolean not null default true,
    add constraint closed_is_undivided check (open or parts = 0);
update cut_total t set parts = c.n
  from (select parent_id, cut, count(*) as n from assignment where parent_id is not null
         group by parent_id, cut) c
 where c.parent_id = t.assignment_id and c.cut = t.cut;
-- Entries of one request share their instant, and it follows that of the entries before: it is that of
-- the statement, which runs when the lock is held, and not that of the transaction.
alter table assignment_entry
    alter at set default statement_timestamp(),
    add act text check (act in ('give', 'amend', 'phase', 'withdraw'));
update assignment_entry set act = case when n = 1 then 'give' else 'amend' end;
alter table assignment_entry alter act set not null;
alter table assignment force row level security;
alter table cut_total force row level security;
alter table assignment_entry force row level security;

alter table plan add withdrawn_at timestamptz, drop constraint plan_once;
create unique index plan_once on plan (giver_id, indicator, starts_on, ends_on, assigner)
 where withdrawn_at is null;
do $$
declare
    tier text;
begin
    foreach tier in array array['nation', 'province', 'district', 'commune'] loop
        execute format('create policy %1$s_update on plan for update to ansinh_%1$s '
                       'using (giver_id = scope_id()) with check (giver_id = scope_id())', tier);
    end loop;
end $$;
grant update (withdrawn_at) on plan to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant update (withdrawn_at) on assignment
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant update (parts, open) on cut_total
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (act) on assignment_entry
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
drop trigger quantity_by_giver on cut_total;
create trigger quantity_by_giver before update of quantity, open on cut_total
    for each row when (new.quantity <> old.quantity or new.open <> old.open)
    execute function quantity_by_giver();

-- --- Declared over-assignment --------------------------------------------------------------------
-- A holder may say, for one cut, by how much its parts exceed its own number, and why. Insert only; the
-- newest is in force and stands in the division, where one check sees it.
alter table cut_total
    add declared_over bigint not null default 0 check (declared_over >= 0),
    add declarations int not null default 0,
    drop constraint cut_within_quantity,
    add constraint cut_within_quantity check (allocated between 0 and quantity + declared_over),
    add constraint cut_of_holder unique (assignment_id, cut, holder_id);
create table cut_declaration (
    assignment_id uuid not null,
    cut text not null,
    n int not null,
    over bigint not null,
    reason text not null,
    decision_id uuid,
    decision_number text,
    decided_on date,
    at timestamptz not null default statement_timestamp(),
    created_by uuid not null,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    primary key (assignment_id, cut, n),
    check (unit_id = giver_id),
    check ((decision_id is null) = (decision_number is null)),
    check ((decision_id is null) = (decided_on is null)),
    constraint declaration_by_holder foreign key (assignment_id, cut, unit_id)
        references cut_total (assignment_id, cut, holder_id),
    constraint declaration_decision
        foreign key (decision_id, giver_id) references decision (id, giver_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
call wall_by_unit('cut_declaration');
call given_by_unit('cut_declaration');
grant select on cut_declaration to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (assignment_id, cut, n, over, reason, decision_id, decision_number, decided_on,
              created_by, unit_id, province_id, district_id, commune_id, giver_id)
   on cut_declaration to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant update (declared_over, declarations) on cut_total
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

create function declared_by_holder() returns trigger language plpgsql as $$
begin
    if new.holder_id is distinct from public.scope_id() then
        raise insufficient_privilege using message = 'only the holder declares';
    end if;
    return new;
end $$;
create trigger declared_by_holder before update of declared_over on cut_total
    for each row when (new.declared_over <> old.declared_over)
    execute function declared_by_holder();

-- --- The report of divisions ---------------------------------------------------------------------
-- Which divisions are over, under or exact. A division repeats what it counts, when and for whom, so
-- that an index serves each filter in order, without a join behind a second policy; it has no state
-- when it is closed or when its parts do not add up.
alter table cut_total no force row level security;
alter table assignment no force row level security;
alter table cut_total
    add id uuid not null default uuid7(),
    add indicator text,
    add starts_on date,
    add ends_on date,
    add assigner text,
    add state text generated always as (case when not open or not additive then null
                                             when allocated > quantity then 'over'
                                             when allocated = quantity then 'exact'
                                             else 'under' end) stored;
update cut_total t
   set indicator = a.indicator, starts_on = a.starts_on, ends_on = a.ends_on, assigner = a.assigner
  from assignment a
 where a.id = t.assignment_id;
alter table cut_total force row level security;
alter table assignment force row level security;
alter table cut_total
    alter indicator set not null,
    alter starts_on set not null,
    alter ends_on set not null,
    alter assigner set not null;
grant insert (indicator, starts_on, ends_on, assigner) on cut_total
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

create index cut_total_newest on cut_total (state, id) where province_id >= 0;
create index cut_total_measure on cut_total (indicator, starts_on, ends_on, state, id)
 where province_id >= 0;
do $$
declare
    tier text;
begin
    foreach tier in array array['province', 'district', 'commune'] loop
        execute format('create index cut_total_%1$s on cut_total (%1$s_id, state, id)', tier);
        execute format('create index cut_total_%1$s_measure on cut_total '
                       '(%1$s_id, indicator, starts_on, ends_on, state, id)', tier);
    end loop;
end $$;

-- --- Months --------------------------------------------------------------------------------------
-- A phased number lies in the months of its period: entries move it there from "no month" and between
-- months, and add up to nothing.
alter table assignment add phased boolean not null default false;
alter table assignment_entry
    add month date check (extract(day from month) = 1);
grant update (phased) on assignment to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (month) on assignment_entry
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
