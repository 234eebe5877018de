set local role ansinh_owner;

-- What collection organisations are paid (thù lao): a percentage of the participants' own money, by
-- scheme, kind of enrolment and participant group. Nobody has published the rates of the country, so
-- a province enters its own; the caps are the nation's. The key of a group goes before that of the kind.
insert into rate_key (kind, key, scheme, unit, local, least, most, name_vi, name_en)
select s.scheme || '_remuneration', concat_ws('_', g.code, k.kind), s.scheme, 'percent_hundredths', true,
       0, 10000, 'Thù lao ' || s.name_vi || ', ' || k.name_vi || coalesce(': ' || g.name_vi, ''),
       'Remuneration, ' || s.name_en || ', ' || k.name_en || coalesce(': ' || g.name_en, '')
  from (values ('vsi', 'BHXH tự nguyện', 'voluntary insurance'),
               ('hhi', 'BHYT', 'health insurance')) s (scheme, name_vi, name_en)
 cross join (values ('new', 'tăng mới', 'new'), ('renewal', 'tái tục', 'renewal'),
                    ('return', 'tham gia lại', 'return')) k (kind, name_vi, name_en)
  join (select scheme, code, name_vi, name_en from participant_group
         where code = 'household' or exists (select from rate_key r
                                              where r.kind = scheme || '_support' and r.key = code)
         union all
        values ('vsi', null, null, null), ('hhi', null, null, null)) g on g.scheme = s.scheme;

insert into rate_key (kind, key, scheme, unit, local, least, most, name_vi, name_en)
values ('remuneration_cap', 'overall', null, 'percent_hundredths', false, 0, 10000,
        'Mức thù lao bình quân cao nhất: tất cả', 'Highest average remuneration: all'),
       ('remuneration_cap', 'vsi', 'vsi', 'percent_hundredths', false, 0, 10000,
        'Mức thù lao bình quân cao nhất: BHXH tự nguyện', 'Highest average remuneration: voluntary insurance'),
       ('remuneration_cap', 'schools', 'hhi', 'percent_hundredths', false, 0, 10000,
        'Mức thù lao bình quân cao nhất: BHYT học sinh, sinh viên',
        'Highest average remuneration: health insurance of pupils and students'),
       ('remuneration_cap', 'other_hhi', 'hhi', 'percent_hundredths', false, 0, 10000,
        'Mức thù lao bình quân cao nhất: BHYT khác', 'Highest average remuneration: other health insurance');

alter table rate no force row level security;
alter table unit no force row level security;
insert into rate (id, kind, key, valid_from, value, decision_number, decision_title, source, verified, note,
                  unit_id, province_id, district_id, commune_id, giver_id)
select uuid7(), 'remuneration_cap', c.key, '2022-08-01', c.value, 'Quyết định của BHXH Việt Nam, 8/2022',
       'Mức chi thù lao cho tổ chức dịch vụ thu', 'baobariavungtau.com.vn 958227', false,
       'number and first day of the decision are to be verified, and whether what replaced it in 2025 '
       'changed the caps', u.id, u.province_id, u.district_id, u.commune_id, u.id
  from (values ('overall', 750), ('vsi', 1400), ('schools', 250), ('other_hhi', 700)) c (key, value)
  join unit u on u.kind = 'nation' and u.valid_to is null;
alter table unit force row level security;
alter table rate force row level security;

-- A statement counts what was posted in a month, and what was taken back and refunded in it. Most of it
-- was written when it was posted, and is found by that; the other indexes hold only the exceptions: a
-- posting pays for none of them.
do $$
declare
    tier text;
begin
    foreach tier in array array['province', 'district', 'agency', 'collector'] loop
        execute format('create index enrolment_posted_later_%1$s on enrolment (%1$s_id, posted_at) '
                       'where posted_at <> created_at', tier);
        execute format('create index enrolment_reversed_%1$s on enrolment (%1$s_id, reversed_on) '
                       'where reversed_on is not null', tier);
        execute format('create index enrolment_refund_%1$s on enrolment_refund (%1$s_id, refunded_on)', tier);
    end loop;
end $$;
