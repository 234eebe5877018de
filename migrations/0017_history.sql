-- csv: migrations/data/closed_units.csv
-- csv: migrations/data/unit_events.csv
-- csv: migrations/data/unit_successions.csv
-- csv: migrations/data/former_forms.csv
set local role ansinh_owner;

-- The map until 2025-06-30 with its 63 provinces, 696 districts and 10,035 communes, and what became of
-- them. Sources, rules and doubts: data/README.md.
--
-- A closed unit keeps its place in the tree as it was (parent_id) and carries the keys of the unit that it
-- belongs to today, its holder: so a row about it needs no rule of its own. Its keys are guarded by
-- the same composite key as every row's, it lies in the holder's slice, and when a holder moves, closed
-- units and their rows move along.
--
-- `levels` says which map a unit is on: of three levels (province, district, commune) until
-- 2025-06-30, of two since. The nation is on both.
alter table unit
    add levels smallint not null default 2 check (levels in (2, 3)),
    add holder_id int references unit,
    add valid_from_known boolean not null default true,
    -- the last day on which it was or was called something else: former_form says what
    add former_until date,
    -- of a closed commune: its province as it was
    add map_province_id int references unit,
    add check (holder_id is null or valid_to is not null),
    add check (levels = 2 or holder_id is not null and valid_to < '2025-07-01');

-- Which map a day is on.
create function map_of(day date) returns smallint language sql immutable parallel safe
return case when day < '2025-07-01' then 3 else 2 end::smallint;
grant execute on function map_of(date)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- An act that changed units; several provinces' communes are as many acts.
create table unit_event (
    id int primary key,
    kind text not null check (kind in ('merger', 'reorganisation', 'abolition', 'form_change')),
    happened_on date not null,
    act text not null,
    decided_on date,
    issuer text not null,
    subject text not null,
    verified boolean not null,
    -- how many units closed, what they became, and how many only changed their form
    from_units int not null,
    to_units int not null,
    changed_units int not null
);

-- What a closed unit became, n to m. `extent`: all of it went there or a part. `proof`: two sources
-- or more agree, a single one says so, the sources name different main parts, or it follows by rule
-- (a district without a successor office is its province's).
create table unit_succession (
    event_id int not null references unit_event,
    from_id int not null references unit,
    to_id int not null references unit,
    principal boolean not null,
    extent text not null check (extent in ('whole', 'part')),
    proof text not null check (proof in ('agreed', 'single', 'disputed', 'rule')),
    primary key (from_id, to_id)
);

-- What a unit was and was called before an act that left it the same unit.
create table former_form (
    unit_id int not null references unit,
    until date not null,
    event_id int not null references unit_event,
    form text not null,
    name text not null,
    name_key text not null,
    primary key (unit_id, until)
);

alter table unit no force row level security;
update unit set valid_from = '1945-09-02' where id = 1;
-- The day of an act that changed a form is that of the form; the unit is as old as its map.
update unit
   set valid_from = '2025-07-01'
 where valid_from > '2025-07-01'
   and (id in (select f.unit_id::int from csv_former_forms f)
        or parent_id in (select f.unit_id::int from csv_former_forms f) and form = 'unplaced');
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id, commune_id,
                  holder_id, valid_from, valid_to, valid_from_known, levels, map_province_id)
select c.id::int, c.kind, c.form, c.code, c.name, c.name_key, c.parent_id::int, h.province_id,
       h.district_id, h.commune_id, h.id, c.valid_from::date, c.valid_to::date,
       c.valid_from_known::boolean, 3, d.parent_id::int
  from csv_closed_units c
  join unit h on h.id = c.holder_id::int
  left join csv_closed_units d on d.id = c.parent_id and c.kind = 'commune';
update unit u
   set former_until = f.until
  from (select unit_id::int, max(until::date) as until from csv_former_forms group by unit_id) f
 where u.id = f.unit_id;
alter table unit force row level security;
alter table unit
    add constraint holder_keys foreign key (holder_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade,
    add check ((map_province_id is not null) = (levels = 3 and kind = 'commune'));

insert into unit_event
select e.id::int, e.kind, e.happened_on::date, e.act, nullif(e.decided_on, '')::date, e.issuer, e.subject,
       e.verified::boolean, coalesce(s.from_units, 0), coalesce(s.to_units, 0),
       (select count(*) from csv_former_forms f where f.event_id = e.id)
  from csv_unit_events e
  left join (select event_id, count(distinct from_id) as from_units, count(distinct to_id) as to_units
               from csv_unit_successions
              group by event_id) s on s.event_id = e.id;
insert into unit_succession
select s.event_id::int, s.from_id::int, s.to_id::int, s.principal::boolean, s.extent, s.proof
  from csv_unit_successions s;
insert into former_form
select f.unit_id::int, f.until::date, f.event_id::int, f.form, f.name, f.name_key
  from csv_former_forms f;

-- What a unit was on a day not after its former_until. Rarely asked: with the usual cost the planner
-- would sort a list first and print it then.
create function form_on(unit int, day date) returns text language sql stable cost 1
begin atomic
    select f.form from former_form f where f.unit_id = unit and f.until >= day order by f.until limit 1;
end;
create function name_on(unit int, day date) returns text language sql stable cost 1
begin atomic
    select f.name from former_form f where f.unit_id = unit and f.until >= day order by f.until limit 1;
end;
grant execute on function form_on(int, date), name_on(int, date)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

create unique index unit_succession_principal on unit_succession (from_id) where principal;
create index unit_succession_to on unit_succession (to_id, from_id);
create index unit_succession_event on unit_succession (event_id);
create index unit_event_newest on unit_event (happened_on desc, id desc);

-- Lists of a day are lists of one map, in order.
drop index unit_parent, unit_kind, unit_province, unit_district, unit_commune;
create index unit_parent on unit (parent_id, levels, code, id);
create index unit_kind on unit (kind, levels, code, id);
create index unit_province on unit (province_id, kind, levels, code, id);
create index unit_district on unit (district_id, kind, levels, code, id);
create index unit_commune on unit (commune_id, kind, levels, code, id);
create index unit_map_province on unit (map_province_id, code, id);
create index unit_holder on unit (holder_id) where holder_id is not null;
analyze unit, unit_event, unit_succession, former_form;

do $$
declare
    shared text;
begin
    foreach shared in array array['unit_event', 'unit_succession', 'former_form'] loop
        execute format('alter table %s enable row level security', shared);
        execute format('alter table %s force row level security', shared);
        execute format('create policy everybody_select on %s for select to ansinh_nation, '
                       'ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, '
                       'ansinh_collector using (true)', shared);
        execute format('grant select on %s to ansinh_nation, ansinh_province, ansinh_district, '
                       'ansinh_commune, ansinh_agency, ansinh_collector', shared);
    end loop;
end $$;

-- The units below one on a day as the map was then: directly below, or all of a level. A unit of
-- another map has below it what belongs to it now: of its own kind, or of the level.
create function units_below(above int, level text, day date)
    returns table (id int, kind text, form text, code text, name text)
    language sql stable rows 20
begin atomic
    select u.id, u.kind, case when u.former_until >= day then form_on(u.id, day) else u.form end, u.code,
           case when u.former_until >= day then name_on(u.id, day) else u.name end
      from (select o.*
              from unit p
              join unit o on o.parent_id = p.id
             where p.id = above and level is null
            union all
            select o.*
              from unit p
              join unit o on o.holder_id = p.id and o.kind = p.kind
             where p.id = above and level is null and p.levels <> map_of(day) and p.id <> 1
            union all
            select o.*
              from unit p
              join unit o on o.kind = level and o.id <> p.id
                         and (p.id in (1, o.province_id, o.district_id, o.commune_id)
                              or o.levels = 3 and p.id in (o.map_province_id, o.parent_id))
             where p.id = above) u
     where u.levels = map_of(day) and u.valid_from <= day and coalesce(u.valid_to, 'infinity') >= day
       and u.form <> 'unplaced';
end;
grant execute on function units_below(int, text, date)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- What is reported besides people at a date: flows and money of a period. `exactness` is how the source
-- words it, `illustrative` that no source prints the number.
alter table reported_count
    add starts_on date check (starts_on <= as_of),
    add exactness text not null default 'exact' check (exactness in ('exact', 'over', 'nearly', 'about')),
    add illustrative boolean not null default false,
    drop constraint reported_count_revision_once,
    add constraint reported_count_revision_once unique nulls not distinct
        (giver_id, unit_id, indicator, payer_group, as_of, starts_on, revision);
alter table population add illustrative boolean not null default false;
grant insert (starts_on, exactness, illustrative)
   on reported_count to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (illustrative)
   on population to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
insert into indicator (code, kind, scheme, enrolment_kind, unit, direction, name_vi, name_en) values
    ('hhi_enrolments', 'flow', null, null, 'transactions', 'up',
     'Lượt tham gia BHYT hộ gia đình', 'Enrolments of household health insurance'),
    ('hhi_new_collected', 'money', null, null, 'vnd', 'up',
     'Số tiền thu BHYT hộ gia đình tăng mới', 'Money collected from new household health insurance'),
    ('hhi_renewals_collected', 'money', null, null, 'vnd', 'up',
     'Số tiền thu BHYT hộ gia đình tái tục', 'Money collected from renewed household health insurance');

-- Of several plans of a giver for closed units each has its own.
drop index plan_once;
create unique index plan_once on plan (giver_id, unit_id, indicator, starts_on, ends_on, assigner)
 where withdrawn_at is null;

-- What was reported last of a period, or of a stock on its newest day, until a day.
create function result_until(about int, counted text, starting date, until date)
    returns table (people bigint, as_of date, source text, giver_id int, exactness text,
                   illustrative boolean)
    language sql stable rows 1
begin atomic
    select c.people, c.as_of, c.source, c.giver_id, c.exactness, c.illustrative
      from reported_count c
     where c.unit_id = about and c.indicator = counted and c.as_of <= until
       and c.starts_on is not distinct from starting and c.payer_group = 'all'
     order by c.as_of desc, c.giver_rank, c.giver_id, c.revision desc
     limit 1;
end;
grant execute on function result_until(int, text, date, date)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- The closed units that make up a unit of today on a day: its own kind, by their main successor.
-- `divided`: a closed unit went into it in part only.
create function made_of(whole int, day date) returns table (id int, divided boolean)
    language sql stable rows 4
begin atomic
    select c.id, exists (select
                           from unit_succession s
                           join unit f on f.id = s.from_id
                          where s.to_id = u.id and s.extent = 'part' and f.kind = u.kind)
      from unit u
      join unit c on c.holder_id = u.id and c.kind = u.kind
     where u.id = whole and c.levels = map_of(day) and u.levels <> c.levels and c.valid_from <= day
       and c.valid_to >= day;
end;
grant execute on function made_of(int, date)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
