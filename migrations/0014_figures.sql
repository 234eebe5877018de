set local role ansinh_owner;

-- Figures from outside: how many people live in a unit. A figure is about a unit and a date, names its
-- source, and is never changed: a correction is one more revision by the same giver.
--
-- In force at a date is the figure of the newest date until then; of several for that date the one of
-- the highest giver, so that nobody outvotes a superior; and of that giver's the last revision.
create table population (
    id uuid primary key,
    kind text not null check (kind in ('total', 'labour_force')),
    as_of date not null,
    people bigint not null check (people >= 0),
    source text not null,
    decision_number text,
    revision int not null check (revision > 0),
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    giver_rank smallint not null generated always as
        (case when giver_id = 1 then 0 when giver_id = province_id then 1
              when giver_id = commune_id then 3 else 2 end) stored,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    constraint population_revision_once unique (giver_id, unit_id, kind, as_of, revision),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index population_in_force on population
    (unit_id, kind, as_of desc, giver_rank, giver_id, revision desc);
create index population_newest on population (created_at desc, id desc) where province_id >= 0;
create index population_province on population (province_id, created_at desc, id desc);
create index population_district on population (district_id, created_at desc, id desc);
create index population_commune on population (commune_id, created_at desc, id desc);
create index population_unit on population (unit_id, created_at desc, id desc);
create index population_kind on population (unit_id, kind, created_at desc, id desc);
-- As assignment_keys: a unit says its keys.
create statistics population_keys (dependencies)
    on unit_id, province_id, district_id, commune_id from population;

call wall_by_unit('population');
do $$
declare
    tier text;
begin
    create policy nation_insert on population for insert to ansinh_nation
        with check (giver_id = scope_id());
    foreach tier in array array['province', 'district', 'commune'] loop
        execute format('create policy %1$s_insert on population for insert to ansinh_%1$s '
                       'with check (giver_id = scope_id() and %1$s_id = scope_id())', tier);
    end loop;
end $$;
grant select on population to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (id, kind, as_of, people, source, decision_number, revision, unit_id, province_id,
              district_id, commune_id, giver_id, created_by)
   on population to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- The figure in force, for a caller that sees it.
create function population_at(about int, what text, until date)
    returns table (people bigint, as_of date, source text, decision_number text, giver_id int)
    language sql stable rows 1
begin atomic
    select p.people, p.as_of, p.source, p.decision_number, p.giver_id
      from population p
     where p.unit_id = about and p.kind = what and p.as_of <= until
     order by p.as_of desc, p.giver_rank, p.giver_id, p.revision desc
     limit 1;
end;
grant execute on function population_at(int, text, date)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
