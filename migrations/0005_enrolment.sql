set local role ansinh_owner;

-- People and their enrolments. Later stages widen both; the keys and the wall are final.
create table person (
    id uuid primary key,
    full_name text not null,
    name_key text not null,
    birth date not null,
    birth_precision text not null check (birth_precision in ('day', 'month', 'year')),
    sex text not null check (sex in ('female', 'male')),
    hamlet_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    foreign key (hamlet_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);

-- unit_id is the hamlet as it was written, for ever; the other keys follow today's holder.
create table enrolment (
    id uuid primary key,
    person_id uuid not null references person,
    scheme text not null check (scheme in ('vsi', 'hhi')),
    kind text not null check (kind in ('new', 'renewal', 'return')),
    months int not null check (months between 1 and 60),
    starts_on date not null,
    ends_on date not null check (ends_on > starts_on),
    paid_on date not null,
    status text not null default 'submitted'
        check (status in ('draft', 'submitted', 'accepted', 'rejected', 'issued', 'voided')),
    posted_at timestamptz not null default now(),
    agency_id uuid references agency,
    collector_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    foreign key (collector_id, agency_id) references collector (id, agency_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);

-- One ordered index per tier: every list is a scan of it, and progress counts a range of it.
create index enrolment_newest on enrolment (created_at desc, id desc) where province_id >= 0;
create index enrolment_province on enrolment (province_id, created_at desc, id desc);
create index enrolment_district on enrolment (district_id, created_at desc, id desc);
create index enrolment_commune on enrolment (commune_id, created_at desc, id desc);
create index enrolment_agency on enrolment (agency_id, created_at desc, id desc);
create index enrolment_collector on enrolment (collector_id, created_at desc, id desc);
create index enrolment_person on enrolment (person_id);
create index person_commune on person (commune_id, name_key, birth);
create index person_hamlet on person (hamlet_id);

call wall_by_unit('person');
create policy territory_select on person for select to ansinh_agency, ansinh_collector
    using (hamlet_id = any(territory()));
create policy district_insert on person for insert to ansinh_district
    with check (district_id = scope_id());
create policy commune_insert on person for insert to ansinh_commune
    with check (commune_id = scope_id());
create policy territory_insert on person for insert to ansinh_agency, ansinh_collector
    with check (hamlet_id = any(territory()));

call wall_by_unit('enrolment');
call wall_by_agent('enrolment');
create policy district_insert on enrolment for insert to ansinh_district
    with check (district_id = scope_id() and collector_id is null);
create policy commune_insert on enrolment for insert to ansinh_commune
    with check (commune_id = scope_id() and collector_id is null);
-- Credit goes to the collector who enrols, in a hamlet of the own territory only.
create policy agency_insert on enrolment for insert to ansinh_agency
    with check (agency_id = scope_agent() and unit_id = any(territory()));
create policy collector_insert on enrolment for insert to ansinh_collector
    with check (collector_id = scope_agent() and unit_id = any(territory()));

grant select on person, enrolment to ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency, ansinh_collector;
grant insert (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, province_id,
              district_id, commune_id, created_by)
   on person to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant insert (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, agency_id,
              collector_id, unit_id, province_id, district_id, commune_id, created_by)
   on enrolment to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
