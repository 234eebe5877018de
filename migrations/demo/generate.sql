-- What `ansinh demo --people N` runs (api/demo.c), as a superuser: invented people for the demo
-- province. Tables and functions live in the connection's temporary schema: what stays is hamlets,
-- organisations, collectors, people and enrolments.
--
-- Chance is a hash of the person's number, so the same N makes the same people everywhere.
create function pg_temp.pick(n bigint, about int, below int) returns int language sql immutable
return ((hashint8extended(n, about) & 2147483647) % below)::int;

-- The same as text_key() in middleware/text.c for what names are made of.
create function pg_temp.key_of(name text) returns text language sql immutable
return trim(regexp_replace(lower(regexp_replace(translate(normalize(name, nfd), 'Đđ', 'dd'),
                                                '[\u0300-\u036f]', '', 'g')),
                           '[^a-z0-9]+', ' ', 'g'));

-- A UUID of version 7 for that moment, of the number instead of chance.
create function pg_temp.uuid7_of(moment timestamptz, n bigint) returns uuid language sql stable
return encode(int8send(((extract(epoch from moment) * 1000)::bigint << 16) | 28672 | (n & 4095))
              || int8send((hashint8extended(n, 0) & 4611686018427387903) | (1::bigint << 63)),
              'hex')::uuid;

-- --- Names --------------------------------------------------------------------------------------

-- Who lives in the province, in percent. A word that stands twice is twice as frequent.
set work_mem = '64MB';

create temporary table naming (percent int, sex text, family text[], middle text[], given text[]);
insert into naming values
    -- Kinh
    (72, 'female',
     '{Nguyễn,Nguyễn,Nguyễn,Nguyễn,Nguyễn,Nguyễn,Trần,Trần,Lê,Lê,Phạm,Phạm,Hoàng,Huỳnh,Phan,Võ,Vũ,Đặng,Bùi,Đỗ,Hồ,Ngô,Dương,Trương,Lý,Đinh}',
     '{Thị,Thị,Thị,Thị,Thị Kim,Thị Ngọc,Thị Thu,Ngọc,Thanh,Thùy,Kim,Mỹ}',
     '{Hoa,Hương,Lan,Mai,Đào,Liên,Nga,Phượng,Thảo,Trang,Yến,Loan,Hạnh,Tuyết,Vân,Xuân,Thủy,Hiền,Dung,Nhung,Quyên,Trâm,Bích,Ánh,Cúc,Hà,Hằng,Hồng,Huệ,Linh,Lý,My,Nguyệt,Oanh,Phúc,Sương,Tâm,Thơ,Uyên,Diễm}'),
    (72, 'male',
     '{Nguyễn,Nguyễn,Nguyễn,Nguyễn,Nguyễn,Nguyễn,Trần,Trần,Lê,Lê,Phạm,Phạm,Hoàng,Huỳnh,Phan,Võ,Vũ,Đặng,Bùi,Đỗ,Hồ,Ngô,Dương,Trương,Lý,Đinh}',
     '{Văn,Văn,Văn,Văn,Hữu,Đức,Minh,Quốc,Thanh,Công,Ngọc,Đình}',
     '{Hùng,Dũng,Tuấn,Nam,Hải,Long,Sơn,Thắng,Tùng,Phong,Cường,Bình,Hòa,Lâm,Lượm,Phú,Quang,Quý,Tài,Tân,Thành,Thiện,Thịnh,Tiến,Toàn,Trí,Trung,Tú,Vinh,Vũ,An,Bảo,Chiến,Đạt,Định,Giàu,Hiếu,Khánh,Kiên,Lộc}'),
    -- K'Ho
    (12, 'female', '{Ka,Ka,Ka,Cil,Kră Jăn,Lơ Mu,Liêng Hót,Đa Cát,Rơ Ông,Kơ Să,Bon Niêng}', '{"",K''}',
     '{Hôm,Dịu,Hương,Thủy,Jenny,Rêm,Nhẽm,Phim,Brẽo,Dung,Hem,Pham,Tuyết,Să Ra,Ngai}'),
    (12, 'male', '{K'',K'',K'',Cil,Kră Jăn,Lơ Mu,Liêng Hót,Đa Cát,Rơ Ông,Kơ Să,Bon Niêng}', '{"",Ha}',
     '{Brếu,Tiếu,Sáu,Bes,Brọp,Mừng,Krong,Brôh,Đick,Thế,Nhiệm,Tâm,Bris,Druynh,Wẽo}'),
    -- Raglai
    (5, 'female', '{Mang,Mang,Mấu,Pi Năng,Katơr,Chamaléa,Tà Yên,Pupur,Cao}', '{Thị}',
     '{Hoa,Đào,Thiêng,Hừng,Lem,Nhí,Xuân,Bích,Chúc,Riêng,Tình}'),
    (5, 'male', '{Mang,Mang,Mấu,Pi Năng,Katơr,Chamaléa,Tà Yên,Pupur,Cao}', '{Văn,""}',
     '{Cương,Thạch,Điểm,Tỉnh,Luận,Mơ,Thinh,Đại,Nhẫn,Sức,Dần}'),
    -- Chăm
    (4, 'female', '{Qua,Thông,Lương,Đàng,Lưu,Thổ,Bá,Dụng}', '{Thị,Thị Mỹ}',
     '{Tuyên,Nhanh,Bông,Thẻ,Phúc,Nương,Lành,Hằng,Xíu,Diễm}'),
    (4, 'male', '{Qua,Thông,Lương,Đàng,Lưu,Thổ,Bá,Dụng}', '{Văn,Minh}',
     '{Đạt,Thuận,Lầu,Khánh,Tỷ,Trung,Duẩn,Phước,Xê,Tiêu}'),
    -- M'Nông, Mạ
    (5, 'female', '{H'',H'',Thị,Thị}', '{""}', '{Bông,Dưi,Kring,Mai,Ngan,Plơi,Djuen,Yơn,Lôi,Bi Ăn,Nhăng}'),
    (5, 'male', '{Y,Y,Điểu,Điểu K''}', '{""}', '{Krang,Thịnh,Ré,Bơi,Nhơn,Đê,Tôn,Djơng,Khiêm,Brăng,Đôl}'),
    -- Churu
    (2, 'female', '{Ma,Ma,Touneh Ma,Touprong Nai,Jơ Lơng Nai}', '{""}', '{Wêl,Thảo,Linh,Huệ,Hương,Đem,Bi,Thương}'),
    (2, 'male', '{Ya,Ya,Touneh Hàn,Touprong Ya,Jơ Lơng Ya}', '{""}', '{Thoan,Loan,Ngọc,Tuất,Nhen,Tham,Bô,Minh}');

create temporary table invented_name as
select i as lot, sex, name, pg_temp.key_of(name) as key
  from (select row_number() over () - 1 as first, n.* from naming n, generate_series(1, percent)) n,
       generate_series(first, 19999, 200) i,
       concat_ws(' ', family[1 + pg_temp.pick(i, 1, cardinality(family))],
                 nullif(middle[1 + pg_temp.pick(i, 2, cardinality(middle))], ''),
                 given[1 + pg_temp.pick(i, 3, cardinality(given))]) name;
create index on invented_name (lot);

-- --- Hamlets and those who serve them -------------------------------------------------------------

-- A commune that has only its "not placed" hamlet gets three to six.
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id,
                  commune_id, valid_from)
select h.id, 'hamlet', 'thon', h.code || '-' || h.id, 'Thôn ' || h.n, 'thon ' || h.n, h.commune_id,
       h.province_id, h.district_id, h.commune_id, '2025-07-01'
  from (select c.code, c.province_id, c.district_id, c.commune_id, n, nextval('unit_id')::int as id
          from unit c, generate_series(1, 3 + pg_temp.pick(c.id, 4, 4)) n
         where c.kind = 'commune' and c.province_id = 168 and c.valid_to is null
           and not exists (select from unit o where o.parent_id = c.id and o.form <> 'unplaced')) h;

-- A commune without collectors gets an organisation with two to four of them, and they share its
-- hamlets.
create temporary table served as
select c.*, 2 + pg_temp.pick(c.id, 5, 3) as collectors
  from unit c
 where c.kind = 'commune' and c.province_id = 168 and c.valid_to is null
   and not exists (select from collector o where o.unit_id = c.id);

insert into agency (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id,
                    created_at)
select uuid7(), 'post', 'Bưu điện văn hóa ' || s.name, s.id, s.province_id, s.district_id, s.id, 168,
       '2019-12-02 08:00+07'
  from served s;

insert into collector (id, agency_id, full_name, card_number, valid_from, unit_id, province_id,
                       district_id, commune_id, giver_id, created_at)
select uuid7(), a.id, i.name, 'NVT-' || s.code || '-' || k, '2020-01-01', s.id, s.province_id,
       s.district_id, s.id, coalesce(nullif(s.district_id, 0), 168),
       timestamptz '2019-12-03 08:00+07' + make_interval(mins => k, secs => s.id % 100000)
  from served s
  join agency a on a.unit_id = s.id
 cross join generate_series(1, s.collectors) k
  join invented_name i on i.lot = pg_temp.pick(s.id * 10 + k, 6, 20000);

insert into territory (collector_id, agency_id, hamlet_id, during, province_id, district_id,
                       commune_id, giver_id)
select c.id, c.agency_id, h.id, daterange('2020-01-01', null), h.province_id, h.district_id,
       h.commune_id, c.giver_id
  from (select h.*, s.collectors, row_number() over (partition by s.id order by h.id) - 1 as n
          from served s
          join unit h on h.parent_id = s.id) h
  join collector c on c.unit_id = h.commune_id
   and c.card_number like '%-' || 1 + h.n % h.collectors;

-- Numbers for the receipts to come; what is generated was posted before there were any.
insert into receipt_book (id, series, first, last, next, agency_id, collector_id, unit_id, province_id,
                          district_id, commune_id, giver_id, created_by)
select uuid7(), 'BL-' || c.card_number, 1, 1000000, 1, c.agency_id, c.id, c.unit_id, c.province_id,
       c.district_id, c.commune_id, c.giver_id, '00000000-0000-0000-0000-000000000000'
  from served s
  join collector c on c.unit_id = s.id;

-- --- People and their enrolments ------------------------------------------------------------------

-- Where people live: a bigger hamlet stands more often, and the first round has each of them once.
create temporary table place as
select row_number() over (order by round, h.id) - 1 as lot, h.id as hamlet_id, h.province_id,
       h.district_id, h.commune_id, t.agency_id, t.collector_id, t.during as credited
  from unit h
  left join lateral (select * from territory o where o.hamlet_id = h.id
                      order by o.collector_id limit 1) t on true
 cross join generate_series(1, case h.form when 'unplaced' then 1
                                           else 3 + pg_temp.pick(h.id, 7, 7) end) round
 where h.kind = 'hamlet' and h.province_id = 168 and h.valid_to is null;
create index on place (lot);
analyze place, invented_name;

-- Recorded in office hours of that day, so a later day is a later moment.
create function pg_temp.recorded(paid_on date, n bigint) returns timestamptz language sql stable
return (paid_on + time '07:30') at time zone 'Asia/Ho_Chi_Minh'
       + pg_temp.pick(n, 8, 32400) * interval '1 s' + pg_temp.pick(n, 9, 1000000) * interval '1 us';

-- What a month costs: health insurance 4.5 % of the base salary, less for further members of a
-- household; voluntary insurance 22 % of the poverty line, less the state's 10 %.
create function pg_temp.monthly(scheme text, paid_on date, further int) returns int
    language sql immutable
return case scheme when 'vsi' then case when paid_on < '2022-01-01' then 138600 else 297000 end
                   else (case when paid_on < '2023-07-01' then 67050
                              when paid_on < '2024-07-01' then 81000
                              when paid_on < '2026-07-01' then 105300
                              else 113850 end) * (10 - case further when 0 then 0 else further + 2 end)
                        / 10 end;

-- Filling a table and then indexing it is twice as fast as the other way round, and stays so.
create temporary table index_aside (indexdef text);

create procedure pg_temp.set_indexes_aside() language plpgsql as $$
declare
    one record;
begin
    for one in select i.indexrelid::regclass as name, pg_get_indexdef(i.indexrelid) as definition
                 from pg_index i
                where i.indrelid in ('person'::regclass, 'enrolment'::regclass)
                  and not exists (select from pg_constraint c where c.conindid = i.indexrelid) loop
        insert into index_aside values (one.definition);
        execute 'drop index ' || one.name;
    end loop;
end $$;

create procedure pg_temp.restore_indexes() language plpgsql as $$
declare
    one record;
begin
    for one in delete from index_aside returning indexdef loop
        execute one.indexdef;
    end loop;
end $$;

-- How many people are there already.
create function pg_temp.made() returns bigint language sql stable
begin atomic
    select count(*) from person where created_by = '01900000-0000-7000-8000-0000000000ff';
end;

-- People number `first` to `last` of `wanted` with all their enrolments since 2020, about ten each.
-- More than a million people began later: ten million have one or two each. Returns how many
-- enrolments those are.
create function pg_temp.fill(first bigint, last bigint, wanted bigint) returns bigint
    language plpgsql as $$
declare
    author constant uuid := '01900000-0000-7000-8000-0000000000ff';
    until constant date := business_date() - 1;
    since constant date := until - (least(1, 1e6 / wanted) * (until - date '2020-01-01'))::int;
    places constant bigint := (select count(*) from place);
    posted bigint;
begin
    -- Row by row the foreign keys would cost half of the time. What they would find and lock is the
    -- same few rows again and again, so it is found and locked here.
    perform from unit u where (u.id, u.province_id, u.district_id, u.commune_id) in
                              (select hamlet_id, province_id, district_id, commune_id from place)
       for key share;
    get diagnostics posted = row_count;
    if posted <> (select count(distinct hamlet_id) from place) then
        raise 'the tree of units changed meanwhile: run it again';
    end if;
    perform from collector c where c.id in (select collector_id from place) for key share;
    set local session_replication_role = replica;
    with drawn as materialized (
        select n, joined, pg_temp.recorded(joined, n * 64) as created_at,
               pg_temp.uuid7_of(pg_temp.recorded(joined, n * 64), -n) as id,
               i.name, i.key, i.sex, case when pg_temp.pick(n, 10, 100) < 82 then 'day'
                                          when pg_temp.pick(n, 10, 100) < 88 then 'month'
                                          else 'year' end as birth_precision,
               make_date(1945 + pg_temp.pick(n, 11, 59), 1, 1) + pg_temp.pick(n, 12, 365) as birth,
               p.hamlet_id, p.province_id, p.district_id, p.commune_id, p.agency_id, p.collector_id,
               p.credited
          from generate_series(first, last) n
         cross join lateral (select since + pg_temp.pick(n, 13, 1 + (until - since) * 6 / 10)) j (joined)
          join invented_name i on i.lot = pg_temp.pick(n, 14, 20000)
          join place p on p.lot = (n - 1) % places
    ), registered as (
        insert into person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id,
                            province_id, district_id, commune_id, created_at, created_by)
        select id, name, key, date_trunc(birth_precision, birth)::date, birth_precision, sex, hamlet_id,
               province_id, district_id, commune_id, created_at, author
          from drawn
    ), kept as materialized (
        -- One scheme from the day of joining, most people a second one later. Half stop after
        -- some terms, and some of those come back.
        select d.*, chain, scheme, joined + second * pg_temp.pick(chain, 15, 500) as begins,
               (case scheme when 'hhi' then array[12, 12, 12, 12, 6, 6, 3]
                            else array[12, 12, 12, 6, 6, 3, 3] end)
               [1 + pg_temp.pick(chain, 16, 7)] as months,
               case when pg_temp.pick(chain, 17, 100) < 50
                    then 1 + pg_temp.pick(chain, 18, 8) else 1000 end as terms,
               case when pg_temp.pick(chain, 19, 100) < 40
                    then 4 + pg_temp.pick(chain, 20, 20) end as away
          from drawn d
         cross join generate_series(0, (pg_temp.pick(n, 21, 100) < 40)::int) second
         cross join lateral (select n * 2 + second,
                                    case when (pg_temp.pick(n, 22, 100) < 65) = (second = 0)
                                         then 'hhi' else 'vsi' end) s (chain, scheme)
    ), term as materialized (
        -- Renewed shortly before the last term ends.
        select c.*, k, chain * 32 + k as number, starts_on,
               case k when 0 then 'new' when terms then 'return' else 'renewal' end as kind,
               starts_on - case when k in (0, terms) then 0
                                else pg_temp.pick(chain * 32 + k, 23, 15) end as paid_on
          from kept c
         cross join generate_series(0, 84 / months) k
         cross join lateral (select (begins + make_interval(months => k * months + case
                                     when k < terms then 0 else away end))::date) t (starts_on)
         where starts_on <= until
    )
    insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, status,
                           amount, first_in, holds, accepted_on, posted_at, agency_id, collector_id,
                           unit_id, province_id, district_id, commune_id, created_at, created_by)
    select pg_temp.uuid7_of(recorded_at, number), id, scheme, kind, months, starts_on,
           (starts_on + make_interval(months => months))::date - 1, paid_on, status,
           months * pg_temp.monthly(scheme, paid_on, pg_temp.pick(n, 27, 4)),
           first_in, first_in,
           case when status <> 'submitted'
                then least(paid_on + pg_temp.pick(number, 28, 9), business_date()) end,
           recorded_at, case when by_collector then agency_id end,
           case when by_collector then collector_id end, hamlet_id, province_id, district_id,
           commune_id, recorded_at, author
      from (select *, coalesce(date_trunc('month', earlier::timestamp)
                               <> date_trunc('month', paid_on::timestamp), true)::int
                      + 2 * coalesce(date_trunc('quarter', earlier::timestamp)
                                     <> date_trunc('quarter', paid_on::timestamp), true)::int
                      + 4 * coalesce(date_trunc('year', earlier::timestamp)
                                     <> date_trunc('year', paid_on::timestamp), true)::int as first_in
              from (select *,
                           lag(paid_on) over (partition by chain, kind order by k) as earlier
                      from term) t) t
     cross join lateral (select pg_temp.recorded(paid_on, number),
                                paid_on <@ credited and pg_temp.pick(number, 26, 100) < 93,
                                case when until - paid_on < pg_temp.pick(number, 24, 12)
                                     then 'submitted'
                                     when until - paid_on < pg_temp.pick(number, 25, 40)
                                     then 'accepted'
                                     else 'issued' end)
                        r (recorded_at, by_collector, status)
     order by recorded_at;
    get diagnostics posted = row_count;
    return posted;
end $$;
