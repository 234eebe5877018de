set local role ansinh_owner;

-- Figures from outside: how many people live in a unit, and how many were reported as covered. A
-- figure is about a unit and a date, names its source, and is never changed: a correction is one more
-- revision by the same giver.
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

-- What a population can be covered by. Valid cards are of all schemes and payers, not of households only.
insert into indicator (code, kind, scheme, enrolment_kind, unit, direction, name_vi, name_en) values
    ('health_cards', 'stock', null, null, 'people', 'up',
     'Người có thẻ BHYT còn giá trị', 'People with a valid health insurance card'),
    ('vsi_coverage', 'ratio', 'vsi', null, 'percent_hundredths', 'up',
     'Tỷ lệ tham gia BHXH tự nguyện trong lực lượng lao động',
     'Voluntary social insurance coverage of the labour force');

-- Who pays for the participants that an indicator counts: every one of them is in exactly one group.
-- The law's groups since 2015; in 2025 the wording of the first was changed.
create table payer_group (
    code text primary key check (code <> 'all'),
    indicator text not null references indicator,
    position int not null,
    name_vi text not null,
    name_en text not null,
    legal_basis text not null,
    valid_from date not null,
    valid_to date check (valid_to >= valid_from),
    verified boolean not null,
    constraint payer_group_of_indicator unique (indicator, code)
);
insert into payer_group (code, indicator, position, name_vi, name_en, legal_basis, valid_from, verified)
values ('employer', 'health_cards', 1, 'Nhóm do người lao động và người sử dụng lao động đóng',
        'Paid by employees and employers', 'Luật Bảo hiểm y tế, Điều 12 khoản 1', '2015-01-01', false),
       ('social_insurance', 'health_cards', 2, 'Nhóm do cơ quan bảo hiểm xã hội đóng',
        'Paid by social insurance', 'Luật Bảo hiểm y tế, Điều 12 khoản 2', '2015-01-01', true),
       ('budget', 'health_cards', 3, 'Nhóm do ngân sách nhà nước đóng',
        'Paid by the state budget', 'Luật Bảo hiểm y tế, Điều 12 khoản 3', '2015-01-01', true),
       ('subsidised', 'health_cards', 4, 'Nhóm được ngân sách nhà nước hỗ trợ mức đóng',
        'Subsidised by the state budget', 'Luật Bảo hiểm y tế, Điều 12 khoản 4', '2015-01-01', false),
       ('household', 'health_cards', 5, 'Nhóm tham gia bảo hiểm y tế theo hộ gia đình',
        'Paid by households', 'Luật Bảo hiểm y tế, Điều 12 khoản 5', '2015-01-01', false);
grant select on payer_group to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;

-- How many participants a report counts, in one payer group or in all of them ('all'). A row of all
-- and the rows of the groups are two ways to say the same and never added to each other.
create table reported_count (
    id uuid primary key,
    indicator text not null references indicator,
    payer_group text not null,
    named_group text generated always as (nullif(payer_group, 'all')) stored,
    as_of date not null,
    people bigint not null check (people >= 0),
    source text not null,
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
    constraint reported_count_revision_once
        unique (giver_id, unit_id, indicator, payer_group, as_of, revision),
    foreign key (indicator, named_group) references payer_group (indicator, code),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
-- With all that reports_until reads: it walks down this index and stops at the first whole report,
-- where the planner would otherwise collect and sort the unit's history.
create index reported_count_in_force on reported_count
    (unit_id, indicator, as_of desc, giver_rank, giver_id, payer_group, revision desc)
    include (people, source, province_id, district_id, commune_id);
create index reported_count_newest on reported_count (created_at desc, id desc) where province_id >= 0;
create index reported_count_province on reported_count (province_id, created_at desc, id desc);
create index reported_count_district on reported_count (district_id, created_at desc, id desc);
create index reported_count_commune on reported_count (commune_id, created_at desc, id desc);
create index reported_count_unit on reported_count (unit_id, created_at desc, id desc);
create index reported_count_kind on reported_count (unit_id, indicator, created_at desc, id desc);
create statistics reported_count_keys (dependencies)
    on unit_id, province_id, district_id, commune_id from reported_count;

call wall_by_unit('population');
call wall_by_unit('reported_count');
call given_by_unit('population');
call given_by_unit('reported_count');
grant select on population, reported_count
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (id, kind, as_of, people, source, decision_number, revision, unit_id, province_id,
              district_id, commune_id, giver_id, created_by)
   on population to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant insert (id, indicator, payer_group, as_of, people, source, revision, unit_id, province_id,
              district_id, commune_id, giver_id, created_by)
   on reported_count to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

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

-- The reports that say the whole, newest first, one for each day: a row of all, else a row of every
-- group of that day, summed. Where there is neither, the report says nothing about the whole. Of
-- several for one day the one of the highest giver; rows of different givers are never mixed.
create function reports_until(about int, counted text, until date)
    returns table (as_of date, people bigint, source text, giver_id int, groups json)
    language sql stable rows 4
begin atomic
    select distinct on (r.as_of) r.as_of, r.people, r.source, r.giver_id, r.groups
      from (select c.as_of, c.giver_rank, c.giver_id,
                   coalesce(sum(c.people) filter (where c.payer_group = 'all'),
                            case when count(*)
                                      = (select count(*)
                                           from payer_group g
                                          where g.indicator = counted
                                            and c.as_of between g.valid_from
                                                            and coalesce(g.valid_to, 'infinity'))
                                 then sum(c.people) end)::bigint as people,
                   string_agg(distinct c.source, '; ') as source,
                   json_agg(json_build_object('payer_group', c.payer_group, 'people', c.people)
                            order by c.payer_group) filter (where c.payer_group <> 'all') as groups
              from (select distinct on (x.as_of, x.giver_rank, x.giver_id, x.payer_group)
                           x.as_of, x.giver_rank, x.giver_id, x.payer_group, x.people, x.source
                      from reported_count x
                     where x.unit_id = about and x.indicator = counted and x.as_of <= until
                     order by x.as_of desc, x.giver_rank, x.giver_id, x.payer_group,
                              x.revision desc) c
             group by c.as_of, c.giver_rank, c.giver_id
             order by c.as_of desc, c.giver_rank, c.giver_id) r
     where r.people is not null
     order by r.as_of desc, r.giver_rank, r.giver_id;
end;
grant execute on function population_at(int, text, date), reports_until(int, text, date)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- From which coverage on a unit meets a standard. In force at a date is, of the rows that began by then,
-- the one that began last (the one recorded last if it was corrected), unless it has ended. `form`: the
-- rural standards are for communes (xã), not for wards.
create table threshold (
    id uuid primary key,
    standard text not null check (standard in ('new_rural', 'new_rural_advanced', 'new_rural_model',
                                               'national_goal')),
    scheme text not null check (scheme in ('health', 'vsi')),
    level text not null check (level in ('nation', 'province', 'district', 'commune')),
    form text,
    percent_hundredths int not null check (percent_hundredths between 0 and 10000),
    valid_from date not null,
    valid_to date check (valid_to >= valid_from),
    decision_number text not null,
    verified boolean not null,
    note text,
    giver_id int not null references unit,
    created_at timestamptz not null default now(),
    created_by uuid
);
create index threshold_in_force on threshold
    (standard, scheme, level, valid_from desc, created_at desc, id desc);
insert into threshold (id, standard, scheme, level, form, percent_hundredths, valid_from, valid_to,
                       decision_number, verified, note, giver_id)
select uuid7(), t.standard, t.scheme, t.level, t.form, t.percent_hundredths, t.valid_from::date,
       t.valid_to::date, t.decision_number, t.verified, t.note, 1
  from (values
    ('new_rural', 'health', 'commune', 'commune', 7000, '2013-02-20', '2015-12-31', '342/QĐ-TTg', false,
     'first set of criteria; decision and first day are to be verified'),
    ('new_rural', 'health', 'commune', 'commune', 8500, '2016-01-01', '2020-12-31', '1980/QĐ-TTg', true,
     null),
    ('new_rural', 'health', 'commune', 'commune', 9000, '2021-01-01', '2025-12-31', '318/QĐ-TTg', false,
     'decision is to be verified'),
    ('new_rural_advanced', 'health', 'commune', 'commune', 9500, '2021-01-01', '2025-12-31',
     '318/QĐ-TTg', true, null),
    ('new_rural_model', 'health', 'commune', 'commune', 9500, '2018-06-05', '2020-12-31', '691/QĐ-TTg',
     false, 'first day is to be verified'),
    ('national_goal', 'health', 'nation', null, 9700, '2030-01-01', null, '38/QĐ-TTg', true,
     'printed as more than 97 %'),
    ('national_goal', 'vsi', 'nation', null, 100, '2021-01-01', '2024-12-31', '28-NQ/TW', true,
     'farmers and informal workers; printed as about'),
    ('national_goal', 'vsi', 'nation', null, 250, '2025-01-01', '2029-12-31', '28-NQ/TW', true,
     'farmers and informal workers; printed as about'),
    ('national_goal', 'vsi', 'nation', null, 500, '2030-01-01', null, '28-NQ/TW', true,
     'farmers and informal workers; printed as about'))
       t (standard, scheme, level, form, percent_hundredths, valid_from, valid_to, decision_number,
          verified, note);

alter table threshold enable row level security;
alter table threshold force row level security;
create policy everybody_select on threshold for select
    to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
       ansinh_collector using (true);
create policy nation_insert on threshold for insert to ansinh_nation
    with check (giver_id = scope_id());
grant select on threshold to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;
grant insert (id, standard, scheme, level, form, percent_hundredths, valid_from, valid_to,
              decision_number, verified, note, giver_id, created_by)
   on threshold to ansinh_nation;
