-- The demo: a piece of Lâm Đồng with two grassroots offices, their communes, hamlets, a collection
-- organisation each and collectors. Units are real; offices, agencies and people are invented.
-- Runs once, as a superuser (row security would refuse it otherwise).
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id, valid_from)
values (900001, 'district', 'grassroots_office', '68-01', 'BHXH cơ sở Tánh Linh',
        'bhxh co so tanh linh', 168, 168, 900001, '2025-07-01'),
       (900002, 'district', 'grassroots_office', '68-02', 'BHXH cơ sở Hàm Tân',
        'bhxh co so ham tan', 168, 168, 900002, '2025-07-01');

-- The keys of a commune's hamlets follow by the same update, those of other rows and of the units that
-- it holds by the foreign keys.
update unit u
   set district_id = o.office, parent_id = case when u.kind = 'commune' then o.office else u.parent_id end
  from (values (900001, 123149), (900001, 123152), (900001, 123158), (900001, 123173),
               (900001, 123188), (900002, 123236), (900002, 123266), (900002, 123230),
               (900002, 123246)) o (office, commune)
 where u.commune_id = o.commune and u.valid_to is null;

insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id,
                  commune_id, valid_from)
select h.id, 'hamlet', 'thon', c.code || '-' || h.id, h.name, h.name_key, c.id, c.province_id,
       c.district_id, c.id, '2025-07-01'
  from (values (900101, 123173, 'Đồng Me', 'dong me'), (900102, 123173, 'Bàu Chim', 'bau chim'),
               (900103, 123173, 'Thôn 4', 'thon 4'), (900201, 123149, 'Lạc Hưng', 'lac hung'),
               (900202, 123149, 'Tân Thành', 'tan thanh'), (900301, 123236, 'Phò Trì', 'pho tri'),
               (900302, 123236, 'Đông Hòa', 'dong hoa')) h (id, commune, name, name_key)
  join unit c on c.id = h.commune;

insert into agency (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id)
select a.id::uuid, a.kind, a.name, u.id, u.province_id, u.district_id, u.commune_id, 168
  from (values ('01900000-0000-7000-8000-0000000000a1', 'post', 'Bưu điện Tánh Linh', 900001),
               ('01900000-0000-7000-8000-0000000000a2', 'post', 'Bưu điện Hàm Tân', 900002))
       a (id, kind, name, unit)
  join unit u on u.id = a.unit;

insert into collector (id, agency_id, full_name, card_number, valid_from, unit_id, province_id,
                       district_id, commune_id, giver_id)
select c.id::uuid, c.agency::uuid, c.name, c.card, '2026-01-01', u.id, u.province_id,
       u.district_id, u.commune_id, u.district_id
  from (values ('01900000-0000-7000-8000-0000000000c1', '01900000-0000-7000-8000-0000000000a1',
                'K'' Brếu', 'NVT-68-0001', 123173),
               ('01900000-0000-7000-8000-0000000000c2', '01900000-0000-7000-8000-0000000000a1',
                'Nguyễn Thị Đào', 'NVT-68-0002', 123149),
               ('01900000-0000-7000-8000-0000000000c3', '01900000-0000-7000-8000-0000000000a2',
                'Trần Văn Lượm', 'NVT-68-0003', 123236)) c (id, agency, name, card, commune)
  join unit u on u.id = c.commune;

insert into territory (collector_id, agency_id, hamlet_id, during, province_id, district_id,
                       commune_id, giver_id)
select c.id, c.agency_id, h.id, daterange('2026-01-01', null), h.province_id, h.district_id,
       h.commune_id, h.district_id
  from collector c
  join unit h on h.commune_id = c.unit_id and h.kind = 'hamlet' and h.id <> 900103;

-- What lets an organisation collect: a contract, and receipt books, of which each collector has a part.
insert into collection_contract (id, agency_id, number, signed_on, during, deadline_days, unit_id, province_id,
                                 district_id, commune_id, giver_id, created_by)
select uuid7(), a.id, '0' || right(a.id::text, 1) || '/HĐ-UQT', '2026-01-02', daterange('2026-01-02', '2027-01-01'),
       1, a.unit_id, a.province_id, a.district_id, a.commune_id, 168,
       '00000000-0000-0000-0000-000000000000'
  from agency a;
insert into receipt_book (id, series, first, last, next, allotted, agency_id, unit_id, province_id, district_id,
                          commune_id, giver_id, created_by)
select uuid7(), 'BL-68/' || right(a.id::text, 1), 1, 1000000, 1 + 100000 * c.collectors, 100000 * c.collectors, a.id, a.unit_id,
       a.province_id, a.district_id, a.commune_id, 168, '00000000-0000-0000-0000-000000000000'
  from agency a
 cross join lateral (select count(*)::int as collectors from collector c where c.agency_id = a.id) c;
insert into receipt_book (id, series, first, last, next, parent_id, agency_id, collector_id, unit_id,
                          province_id, district_id, commune_id, giver_id, created_by)
select uuid7(), b.series, c.n * 100000 - 99999, c.n * 100000, c.n * 100000 - 99999, b.id, b.agency_id, c.id,
       c.unit_id, c.province_id, c.district_id, c.commune_id, b.giver_id, b.created_by
  from receipt_book b
  join (select c.*, row_number() over (partition by c.agency_id order by c.id)::int as n from collector c) c
    on c.agency_id = b.agency_id;

-- Logins: one for each tier and duty, and the neighbours who must not see what those do.
insert into app_user (id, username, full_name, slice, duty, agency_id, collector_id, unit_id,
                      province_id, district_id, commune_id, giver_id)
select uuid7(), l.username, l.full_name, l.slice, l.duty, l.agency::uuid, l.collector::uuid,
       u.id, u.province_id, u.district_id, u.commune_id, l.giver
  from (values
    ('nation.manager', 'Vụ trưởng', 'nation', 'manager', null, null, 1, 1),
    ('nation.officer', 'Chuyên viên Trung ương', 'nation', 'officer', null, null, 1, 1),
    ('nation.viewer', 'Người xem Trung ương', 'nation', 'viewer', null, null, 1, 1),
    ('province.manager', 'Giám đốc BHXH tỉnh', 'province', 'manager', null, null, 168, 1),
    ('province.officer', 'Chuyên viên BHXH tỉnh', 'province', 'officer', null, null, 168, 1),
    ('province.viewer', 'Người xem cấp tỉnh', 'province', 'viewer', null, null, 168, 1),
    ('district.manager', 'Giám đốc BHXH cơ sở', 'district', 'manager', null, null, 900001, 168),
    ('district.officer', 'Chuyên viên BHXH cơ sở', 'district', 'officer', null, null, 900001, 168),
    ('district.viewer', 'Người xem BHXH cơ sở', 'district', 'viewer', null, null, 900001, 168),
    ('commune.manager', 'Chủ tịch UBND xã', 'commune', 'manager', null, null, 123173, 900001),
    ('commune.officer', 'Cán bộ UBND xã', 'commune', 'officer', null, null, 123173, 900001),
    ('commune.viewer', 'Người xem cấp xã', 'commune', 'viewer', null, null, 123173, 900001),
    ('agency.manager', 'Trưởng điểm thu', 'agency', 'manager',
     '01900000-0000-7000-8000-0000000000a1', null, 900001, 900001),
    ('agent.collector', 'K'' Brếu', 'collector', 'officer', '01900000-0000-7000-8000-0000000000a1',
     '01900000-0000-7000-8000-0000000000c1', 123173, 900001),
    ('agent.viewer', 'Người xem của điểm thu', 'collector', 'viewer',
     '01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000c1', 123173, 900001),
    ('neighbour.province', 'Giám đốc BHXH Khánh Hòa', 'province', 'manager', null, null, 156, 1),
    ('neighbour.district', 'Giám đốc BHXH cơ sở Hàm Tân', 'district', 'manager', null, null, 900002, 168),
    ('neighbour.commune', 'Chủ tịch UBND xã Tánh Linh', 'commune', 'manager', null, null, 123149, 900001),
    ('neighbour.collector', 'Nguyễn Thị Đào', 'collector', 'officer',
     '01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000c2', 123149, 900001)
    ) l (username, full_name, slice, duty, agency, collector, unit, giver)
  join unit u on u.id = l.unit;
