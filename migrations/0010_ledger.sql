set local role ansinh_owner;

-- The ledger of targets: an assignment's number is the sum of its entries, and an entry is never
-- changed. The first comes with the assignment, every further one is an amendment by its giver.
create table assignment_entry (
    assignment_id uuid not null references assignment,
    n int not null,
    change bigint not null,
    reason text,
    decision_number text,
    decided_on date,
    at timestamptz not null default now(),
    created_by uuid not null,
    agency_id uuid,
    collector_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    primary key (assignment_id, n),
    check ((decision_number is null) = (decided_on is null)),
    check (n = 1 or reason is not null),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
call wall_by_unit('assignment_entry');
call wall_by_agent('assignment_entry');

-- The receiver's word that the number has arrived.
create table assignment_acceptance (
    assignment_id uuid primary key references assignment,
    at timestamptz not null default now(),
    created_by uuid not null,
    agency_id uuid,
    collector_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
call wall_by_unit('assignment_acceptance');
call wall_by_agent('assignment_acceptance');

do $$
declare
    tier text;
begin
    foreach tier in array array['nation', 'province', 'district', 'commune'] loop
        execute format('create policy %1$s_insert on assignment_entry for insert to ansinh_%1$s '
                       'with check (giver_id = scope_id())', tier);
        execute format('create policy %1$s_update on assignment for update to ansinh_%1$s '
                       'using (giver_id = scope_id()) with check (giver_id = scope_id())', tier);
        execute format('create policy %1$s_insert on assignment_acceptance for insert '
                       'to ansinh_%1$s with check (unit_id = scope_id() and collector_id is null)',
                       tier);
    end loop;
end $$;
create policy collector_insert on assignment_acceptance for insert to ansinh_collector
    with check (collector_id = scope_agent());

grant select on assignment_entry, assignment_acceptance to ansinh_nation, ansinh_province,
      ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant insert (assignment_id, n, change, reason, decision_number, decided_on, created_by, agency_id,
              collector_id, unit_id, province_id, district_id, commune_id, giver_id)
   on assignment_entry to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (assignment_id, created_by, agency_id, collector_id, unit_id, province_id, district_id,
              commune_id)
   on assignment_acceptance to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_collector;
grant update (quantity, version) on assignment to ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune;
grant update (quantity) on cut_total to ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune;

-- What was assigned before the ledger began.
alter table assignment no force row level security;
alter table assignment_entry no force row level security;
insert into assignment_entry (assignment_id, n, change, at, created_by, agency_id, collector_id,
                              unit_id, province_id, district_id, commune_id, giver_id)
select a.id, 1, a.quantity, a.created_at, a.created_by, a.agency_id, a.collector_id, a.unit_id,
       a.province_id, a.district_id, a.commune_id, a.giver_id
  from assignment a;
alter table assignment force row level security;
alter table assignment_entry force row level security;
