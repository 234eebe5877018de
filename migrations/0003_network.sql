set local role ansinh_owner;

-- Collection organisations, their collectors and the hamlets a collector serves.
create table agency (
    id uuid primary key,
    kind text not null check (kind in ('post', 'commune_committee', 'bank', 'company',
                                       'mass_organisation', 'school')),
    name text not null,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);

create table collector (
    id uuid primary key,
    agency_id uuid not null references agency,
    full_name text not null,
    card_number text not null unique,
    valid_from date not null,
    valid_to date,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    constraint collector_of_agency unique (id, agency_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);

-- Which hamlet a collector serves, and when; a commune-wide territory is all its hamlets.
create table territory (
    collector_id uuid not null references collector,
    agency_id uuid not null references agency,
    hamlet_id int not null,
    during daterange not null default daterange(current_date, null),
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    primary key (collector_id, hamlet_id, during),
    foreign key (collector_id, agency_id) references collector (id, agency_id),
    foreign key (hamlet_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);

create index agency_province on agency (province_id, created_at desc, id desc);
create index collector_province on collector (province_id, created_at desc, id desc);
create index collector_district on collector (district_id, created_at desc, id desc);
create index collector_commune on collector (commune_id, created_at desc, id desc);
create index collector_agency on collector (agency_id, created_at desc, id desc);
create index collector_newest on collector (created_at desc, id desc) where province_id >= 0;
create index territory_hamlet on territory (hamlet_id);

call wall_by_unit('agency');
create policy agency_select on agency for select to ansinh_agency using (id = scope_agent());
call wall_by_unit('collector');
create policy agency_select on collector for select to ansinh_agency
    using (agency_id = scope_agent());
create policy collector_select on collector for select to ansinh_collector
    using (id = scope_agent());
call wall_by_unit('territory');
call wall_by_agent('territory');

create policy gate_select on agency for select to ansinh_gate using (true);
create policy gate_select on collector for select to ansinh_gate using (true);
create policy gate_select on territory for select to ansinh_gate using (true);

grant select on agency to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency;
grant select on collector, territory to ansinh_gate, ansinh_nation, ansinh_province,
      ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
