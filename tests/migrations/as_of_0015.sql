-- A small province as the schema of migration 0015 had it: people and enrolments of five years, some of
-- them taken back, figures partly folded, targets and reports. Run by a superuser on that schema.
begin;
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id, valid_from)
values (900001, 'district', 'grassroots_office', '68-01', 'BHXH cơ sở Tánh Linh',
        'bhxh co so tanh linh', 168, 168, 900001, '2025-07-01');
update unit u
   set district_id = 900001, parent_id = case when u.kind = 'commune' then 900001 else u.parent_id end
 where u.commune_id in (123149, 123173);
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id,
                  commune_id, valid_from)
select h.id, 'hamlet', 'thon', c.code || '-' || h.id, h.name, h.name_key, c.id, c.province_id,
       c.district_id, c.id, '2025-07-01'
  from (values (900101, 123173, 'Đồng Me', 'dong me'), (900102, 123173, 'Bàu Chim', 'bau chim'),
               (900201, 123149, 'Lạc Hưng', 'lac hung')) h (id, commune, name, name_key)
  join unit c on c.id = h.commune;
insert into agency (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id)
values ('01900000-0000-7000-8000-0000000000a1', 'post', 'Bưu điện Tánh Linh', 900001, 168, 900001, 0, 168);
insert into collector (id, agency_id, full_name, card_number, valid_from, unit_id, province_id,
                       district_id, commune_id, giver_id)
values ('01900000-0000-7000-8000-0000000000c1', '01900000-0000-7000-8000-0000000000a1', 'K'' Brếu',
        'NVT-68-0001', '2020-01-01', 123173, 168, 900001, 123173, 900001);
insert into territory (collector_id, agency_id, hamlet_id, during, province_id, district_id,
                       commune_id, giver_id)
select c.id, c.agency_id, h.id, '[2020-01-01,)', h.province_id, h.district_id, h.commune_id, h.district_id
  from collector c
  join unit h on h.commune_id = c.unit_id and h.kind = 'hamlet';
insert into app_user (id, username, full_name, slice, duty, agency_id, collector_id, unit_id, province_id,
                      district_id, commune_id, giver_id)
select l.id::uuid, l.username, l.username, l.slice, 'officer', l.agency::uuid, l.collector::uuid, u.id,
       u.province_id, u.district_id, u.commune_id, l.giver
  from (values ('01900000-0000-7000-8000-000000000d01', 'district.officer', 'district', null, null, 900001, 168),
               ('01900000-0000-7000-8000-000000000d02', 'agent.collector', 'collector',
                '01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000c1', 123173,
                900001)) l (id, username, slice, agency, collector, unit, giver)
  join unit u on u.id = l.unit;

-- Four hundred people, each with a chain of payments: every third stops after two and comes back later.
insert into person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, province_id,
                    district_id, commune_id, created_at, created_by, personal_id_number, phone)
select uuid7(), 'Người ' || n, 'nguoi ' || n, make_date(1950 + n % 50, 1 + n % 12, 1),
       case n % 3 when 0 then 'year' when 1 then 'month' else 'day' end, 'female', h.id, h.province_id,
       h.district_id, h.commune_id, '2021-01-01', '01900000-0000-7000-8000-000000000d01',
       case when n % 4 = 0 then '0681' || lpad((50 + n % 50)::text, 2, '0') || lpad(n::text, 6, '0') end,
       case when n % 5 = 0 then '09' || lpad(n::text, 8, '0') end
  from generate_series(1, 400) n
  join unit h on h.id = (array[900101, 900102, 900201])[1 + n % 3];
insert into person_identity (kind, number, person_id)
select 'personal_id_number', personal_id_number, id from person where personal_id_number is not null;
insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, amount, status,
                       posted_at, agency_id, collector_id, officer_id, unit_id, province_id, district_id,
                       commune_id, created_at, created_by)
select uuid7(), p.id, s.scheme, s.kind, s.months, s.starts_on,
       (s.starts_on + make_interval(months => s.months))::date - 1, s.paid_on, 1000 * p.n,
       (array['submitted', 'accepted', 'issued'])[1 + p.n % 3], s.paid_on,
       c.agency_id, c.id, case when c.id is null then '01900000-0000-7000-8000-000000000d01'::uuid end,
       p.hamlet_id, p.province_id, p.district_id, p.commune_id, s.paid_on, p.created_by
  from (select *, row_number() over (order by name_key) as n from person) p
  left join collector c on c.unit_id = p.commune_id
 cross join lateral (
    select case when p.n % 2 = 0 then 'vsi' else 'hhi' end as scheme, k, m.months, d.starts_on,
           case when k = 0 then 'new' when k = 2 and p.n % 3 = 0 then 'return' else 'renewal' end as kind,
           d.starts_on - (k > 0)::int * 5 as paid_on
      from generate_series(0, 3) k
     cross join lateral (select (array[3, 6, 12])[1 + p.n % 3] as months) m
     cross join lateral (select (date '2021-02-01' + p.n::int + make_interval(months => k * m.months
                                 + case when k > 1 and p.n % 3 = 0 then 20 else 0 end))::date
                                as starts_on) d) s;
call rollup_catch_up();
commit;

begin isolation level repeatable read;
set local role ansinh_worker;
call fold_younger();
commit;

-- What the gate did then: an enrolment posted after the fold, and what was accepted and taken back.
begin;
select set_config('app.user_id', '01900000-0000-7000-8000-000000000d02', true),
       set_config('app.agent_id', '01900000-0000-7000-8000-0000000000c1', true),
       set_config('app.territory', '{900101,900102}', true);
create temporary table chosen as
select id, n from (select p.id, row_number() over (order by p.name_key) as n from person p
                    where p.commune_id = 123173) p where n <= 20;
grant select on chosen to ansinh_collector;
set local role ansinh_collector;
insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, first_in, holds, amount,
                       agency_id, collector_id, unit_id, province_id, district_id, commune_id, created_by)
select uuid7(), p.id, 'hhi', t.kind, 12, t.starts_on, t.ends_on, '2026-11-01', t.first_in, t.first_in, 1366200,
       (select agency_id from collector where id = own_collector()), own_collector(), p.hamlet_id,
       p.province_id, p.district_id, p.commune_id, caller_id()
  from chosen c
  join person p on p.id = c.id
 cross join lateral gate.enrolment_terms(p.id, 'hhi', 12, '2026-11-01') t;
select gate.enrolment_post(e.id) from enrolment e where e.paid_on = '2026-11-01';
commit;
begin;
select set_config('app.user_id', '01900000-0000-7000-8000-000000000d01', true),
       set_config('app.scope_id', '900001', true);
set local role ansinh_district;
select gate.enrolment_decide(e.id, 'accepted', null)
  from (select id, row_number() over (order by id) as n from enrolment where paid_on = '2026-11-01') e
 where e.n % 2 = 0;
select gate.enrolment_decide(e.id, case when e.status = 'submitted' and e.n % 3 = 0 then 'rejected'
                                        else 'voided' end, 'Sai thông tin')
  from (select id, status, row_number() over (order by id) as n from enrolment) e
 where e.n % 17 = 0;
commit;

-- Targets and figures from outside.
begin;
insert into decision (id, number, issuer, issued_on, unit_id, province_id, district_id, commune_id, giver_id,
                      created_by)
values ('01900000-0000-7000-8000-0000000000f1', '12/QĐ-BHXH', 'BHXH tỉnh', '2026-01-05', 168, 168, 0, 0, 168,
        '01900000-0000-7000-8000-000000000d01');
insert into plan (id, indicator, starts_on, ends_on, assigner, decision_id, decision_number, decided_on, unit_id,
                  province_id, district_id, commune_id, giver_id, created_by)
select '01900000-0000-7000-8000-0000000000f2', 'vsi_new', '2026-01-01', '2026-12-31', 'social_insurance', d.id,
       d.number, d.issued_on, 168, 168, 0, 0, 168, d.created_by from decision d;
insert into assignment (id, plan_id, cut, assignee_kind, quantity, indicator, additive, starts_on, ends_on,
                        assigner, unit_id, province_id, district_id, commune_id, giver_id, created_by)
select p.id, p.id, 'root', 'unit', 1000, p.indicator, true, p.starts_on, p.ends_on, p.assigner, 168, 168, 0, 0,
       168, p.created_by from plan p;
insert into population (id, kind, as_of, people, source, revision, unit_id, province_id, district_id,
                        commune_id, giver_id, created_by)
values (uuid7(), 'total', '2025-12-31', 14205, 'Chi cục Thống kê', 1, 123173, 168, 900001, 123173, 900001,
        '01900000-0000-7000-8000-000000000d01');
insert into reported_count (id, indicator, payer_group, as_of, people, source, revision, unit_id, province_id,
                            district_id, commune_id, giver_id, created_by)
values (uuid7(), 'health_cards', 'all', '2025-12-31', 12045, 'Báo cáo năm 2025', 1, 123173, 168, 900001, 123173,
        900001, '01900000-0000-7000-8000-000000000d01');
commit;
