-- csv: migrations/data/units.csv
set local role ansinh_owner;

-- The tree of units. Today's map comes from data/units.csv (source and licence beside it).
--
-- Every unit carries the keys of its own slice: which province, district and commune it belongs to;
-- 0 says "none at this level". 0 instead of null, so that the composite foreign key of every scoped
-- row is always checked and equality is all that policies need.
create table unit (
    id int primary key,
    kind text not null check (kind in ('nation', 'province', 'district', 'commune', 'hamlet')),
    form text not null,
    code text not null,
    name text not null,
    name_key text not null,
    parent_id int references unit,
    province_id int not null default 0,
    district_id int not null default 0,
    commune_id int not null default 0,
    valid_from date not null,
    valid_to date,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    constraint unit_code_once unique (kind, code, valid_from),
    constraint unit_keys unique (id, province_id, district_id, commune_id),
    check (valid_to is null or valid_to >= valid_from)
);

insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, commune_id, valid_from)
select c.id::int, c.kind, c.form, c.code, c.name, c.name_key, nullif(c.parent_id, '')::int,
       case c.kind when 'province' then c.id::int when 'commune' then c.parent_id::int else 0 end,
       case c.kind when 'commune' then c.id::int else 0 end,
       c.valid_from::date
  from csv_units c;

-- Ids of shipped units are fixed; what the country creates later counts from here.
create sequence unit_id start 1000000;

-- People whose hamlet is not known yet live in the commune's "not placed" hamlet, so that a hamlet
-- is never null.
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, commune_id, valid_from)
select 200000 + c.code::int, 'hamlet', 'unplaced', c.code || '-000', 'Chưa xác định thôn',
       'chua xac dinh thon', c.id, c.province_id, c.id, c.valid_from
  from unit c
 where c.kind = 'commune';

create index unit_parent on unit (parent_id, code, id);
create index unit_kind on unit (kind, code, id);
create index unit_province on unit (province_id, kind, code, id);
create index unit_district on unit (district_id, kind, code, id);
create index unit_commune on unit (commune_id, kind, code, id);
create index unit_name on unit using gin ((' ' || name_key) gin_trgm_ops);
create unique index hamlet_name_once on unit (commune_id, name_key)
 where kind = 'hamlet' and valid_to is null;

alter table unit enable row level security;
alter table unit force row level security;
create policy everybody_select on unit for select
    to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
       ansinh_agency, ansinh_collector using (true);
create policy commune_insert on unit for insert to ansinh_commune
    with check (kind = 'hamlet' and commune_id = scope_id() and parent_id = scope_id());
grant select on unit to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency, ansinh_collector;
grant insert (id, kind, form, code, name, name_key, parent_id, province_id, district_id, commune_id,
              valid_from, created_by) on unit to ansinh_commune;
grant usage on sequence unit_id to ansinh_commune;

-- Whether a unit lies in the caller's slice: for reads about a unit that carry no rows of their own.
create function in_slice(u unit) returns boolean language sql stable
return case current_user
       when 'ansinh_nation' then true
       when 'ansinh_province' then u.province_id = scope_id()
       when 'ansinh_district' then u.district_id = scope_id()
       when 'ansinh_commune' then u.commune_id = scope_id()
       when 'ansinh_collector' then u.id = any(territory())
       when 'ansinh_agency' then u.id = any(territory())
       else false
       end;
grant execute on function in_slice(unit) to ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency, ansinh_collector;
