-- What sql_matrix_test.c does for the lines of sql_matrix.txt, as statements with a name:
--
--   TABLE arrange      as superuser, one row for each place; in the order of this file
--   TABLE match        which row r of the table is the one of place p
--   TABLE insert       one more row at the place `here`, as the caller, given by here.writer
--   TABLE set          what an update sets
--   FUNCTION call      the call about the place `here`; it has an effect when it returns something
--   FUNCTION probe     … or when this, asked as superuser afterwards, does
--   attempt NAME       a forged write, by the caller from its own place
--   catalogue NAME     lines that say in which way the matrix and the catalogue differ

-- name: expected
create temporary table expected (section text, object text, item text, role text, cell text)
    on commit drop;

-- Everything below happens in a transaction that is rolled back. `row_id` is the row's own id in
-- whatever table has one; at the places of agents it is that of the collector or agency itself.
-- name: places
create schema sql_matrix;
grant usage on schema sql_matrix to public;
set local search_path = public, sql_matrix;

create table place as
select l.letter, l.n, 'ansinh_' || l.slice as role, l.slice, l.unit_id, l.hamlet_id, u.province_id,
       u.district_id, u.commune_id, l.giver_id,
       ('01900000-0000-7000-8000-0000000000' || l.row_id)::uuid as row_id,
       ('01900000-0000-7000-8000-0000000000' || l.agency_id)::uuid as agency_id,
       ('01900000-0000-7000-8000-0000000000' || l.collector_id)::uuid as collector_id,
       case when l.collector_id is not null then 'collector' when l.agency_id is not null then 'agency'
            else 'unit' end as kind,
       ('01900000-0000-7000-8000-00000000010' || l.n)::uuid as user_id,
       ('01900000-0000-7000-8000-00000000020' || l.n)::uuid as session_id,
       case when l.agency_id is null then l.unit_id::text else '' end as scope_id,
       l.territory::int[] as territory,
       case l.letter when 'f' then now() + interval '1 hour'
                     else timestamptz '2020-01-01 00:00Z' + l.n * interval '1 day' end as at
  from (values
        ('o', 1, 'collector', 123173, 900101, 123173, 'c1', 'a1', 'c1', '{900101}'),
        ('b', 2, 'commune', 123173, 900103, 900001, '5b', null, null, null),
        ('s', 3, 'collector', 123149, 900201, 123149, 'c2', 'a1', 'c2', '{900201}'),
        ('c', 4, 'collector', 123236, 900301, 123236, 'c3', 'a2', 'c3', '{900301}'),
        ('a', 5, 'agency', 900001, 900001, 168, 'a1', 'a1', null, '{900101,900201}'),
        ('d', 6, 'district', 900001, 900001, 168, '5d', null, null, null),
        ('p', 7, 'province', 168, 168, 1, '50', null, null, null),
        ('n', 8, 'nation', 1, 1, 1, '51', null, null, null),
        ('f', 9, 'province', 156, 156, 1, '5f', null, null, null))
       l (letter, n, slice, unit_id, hamlet_id, giver_id, row_id, agency_id, collector_id, territory)
  join unit u on u.id = l.hamlet_id;

create view here as
select p.*, current_setting('test.writer')::int as writer
  from place p
 where p.letter = current_setting('test.place');
grant select on place, here to public;

-- The id of the assignment that this unit gave to this place.
create function given_by(place text, giver int) returns uuid language sql immutable
return md5(place || ' ' || giver)::uuid;

-- A decision of this unit.
create function decided_by(giver int) returns uuid language sql stable
return (select row_id from place where unit_id = giver limit 1);

-- --- Units and those who collect ------------------------------------------------------------------

-- name: unit match
r.id = p.hamlet_id
-- name: unit insert
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id,
                  commune_id, valid_from, created_by)
select 899999, 'hamlet', 'thon', 'matrix', 'Thôn Ma Trận', 'thon ma tran', unit_id, province_id,
       district_id, commune_id, '2025-07-01', user_id
  from here

-- name: unit_event match
r.id = 1
-- name: unit_succession match
r.from_id = 360101
-- name: former_form match
r.unit_id = 246

-- name: agency arrange
insert into agency (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id)
select row_id, 'bank', 'Ngân hàng ' || letter, unit_id, province_id, district_id, commune_id, giver_id
  from place
    on conflict (id) do nothing
-- name: agency match
r.id = p.row_id
-- name: agency insert
insert into agency (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), 'bank', 'Mới', unit_id, province_id, district_id, commune_id, writer, user_id
  from here
-- name: agency set
version = r.version + 1

-- name: collector arrange
insert into collector (id, agency_id, full_name, card_number, valid_from, unit_id, province_id,
                       district_id, commune_id, giver_id)
select row_id, coalesce(agency_id, row_id), 'Nhân viên ' || letter, 'matrix-' || letter,
       date '2020-01-01', unit_id, province_id, district_id, commune_id, giver_id
  from place
 union all
select user_id, coalesce(agency_id, row_id), 'Chưa thu ' || letter, 'matrix-of-' || letter, date '2020-01-01',
       unit_id, province_id, district_id, commune_id, giver_id
  from place
    on conflict (id) do nothing
-- name: collector match
r.id = p.row_id
-- name: collector insert
insert into collector (id, agency_id, full_name, card_number, valid_from, unit_id, province_id,
                       district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), coalesce(agency_id, row_id), 'Người mới', 'matrix-new', '2020-01-01', unit_id,
       province_id, district_id, commune_id, writer, user_id
  from here
-- name: collector set
version = r.version + 1

-- name: territory arrange
insert into territory (collector_id, agency_id, hamlet_id, during, province_id, district_id,
                       commune_id, giver_id)
select row_id, coalesce(agency_id, row_id), hamlet_id, '[2020-01-01,2020-02-01)', province_id,
       district_id, commune_id, giver_id
  from place
-- name: territory match
r.collector_id = p.row_id and lower(r.during) = '2020-01-01'
-- name: territory insert
insert into territory (collector_id, agency_id, hamlet_id, during, province_id, district_id, commune_id,
                       giver_id)
select row_id, coalesce(agency_id, row_id), hamlet_id, '[2019-01-01,2019-02-01)', province_id, district_id,
       commune_id, writer
  from here
-- name: territory set
during = r.during

-- name: association arrange
insert into association (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id,
                         created_by)
select row_id, 'other', letter, unit_id, province_id, district_id, commune_id, unit_id, user_id
  from place
-- name: association match
r.id = p.row_id
-- name: association insert
insert into association (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id,
                         created_by)
select gen_random_uuid(), 'other', 'new', unit_id, province_id, district_id, commune_id, writer, user_id
  from here

-- --- Accounts and sessions ------------------------------------------------------------------------

-- name: app_user arrange
insert into app_user (id, username, full_name, slice, duty, agency_id, collector_id, unit_id,
                      province_id, district_id, commune_id, giver_id)
select user_id, 'matrix.' || letter, 'Tài khoản ' || letter, slice, 'officer', agency_id,
       collector_id, unit_id, province_id, district_id, commune_id, giver_id
  from place
 union all
select gen_random_uuid(), 'matrix.spare', 'Chưa có mật khẩu', 'nation', 'viewer', null, null, 1, 0, 0,
       0, 1
-- name: app_user match
r.id = p.user_id
-- name: app_user insert
insert into app_user (id, username, full_name, slice, duty, agency_id, collector_id, unit_id,
                      province_id, district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), 'matrix.new', 'Tài khoản mới', slice, 'viewer', agency_id, collector_id,
       unit_id, province_id, district_id, commune_id, writer, user_id
  from here
-- name: app_user set
full_name = 'Tên khác'

-- name: credential arrange
insert into credential (user_id, hash) select user_id, 'hash ' || letter from place
-- name: credential match
r.user_id = p.user_id
-- name: credential insert
insert into credential (user_id, hash)
select id, 'hash new' from app_user where username = 'matrix.spare'
-- name: credential set
hash = 'hash new'

-- The duty is out of date: gate.session_sync puts it right.
-- name: session arrange
insert into session (id, user_id, role, scope_id, agent_id, territory, duty, gen, expires_at)
select session_id, user_id, role, scope_id, coalesce(collector_id::text, agency_id::text, ''),
       territory, 'stale', 1, now() + interval '1 day'
  from place
-- name: session match
r.id = p.session_id
-- name: session insert
insert into session (id, user_id, role, scope_id, agent_id, territory, duty, gen, expires_at)
select gen_random_uuid(), user_id, role, scope_id, '', territory, 'viewer', 1, now()
  from here
-- name: session set
ok = false

-- name: refresh_token arrange
insert into refresh_token (hash, session_id, expires_at) select letter::bytea, session_id, at from place
-- name: refresh_token match
r.expires_at = p.at
-- name: refresh_token insert
insert into refresh_token (hash, session_id, expires_at) select 'new', session_id, at from here
-- name: refresh_token set
successor = 'next'

-- name: sign_in_attempt arrange
insert into sign_in_attempt (key, attempts, updated_at) select 'matrix ' || letter, 1, at from place
-- name: sign_in_attempt match
r.updated_at = p.at
-- name: sign_in_attempt insert
insert into sign_in_attempt (key, attempts) select 'matrix new', 1 from here
-- name: sign_in_attempt set
attempts = 2

-- name: idempotency arrange
insert into idempotency (user_id, operation, key, fingerprint, created_at)
select user_id, 'matrix', letter, 'old', at from place
-- name: idempotency match
r.created_at = p.at
-- name: idempotency insert
insert into idempotency (user_id, operation, key, fingerprint)
select user_id, 'matrix', 'new', 'new' from here
-- name: idempotency set
status = 201

-- The job of a place has ended; a second one, of the user's own id, has not begun.
-- name: job arrange
insert into job (id, requester_id, kind, subject, parameters, language, state, session_id, finished_at)
select row_id, user_id, 'export', 'matrix', '{}'::jsonb, 'vi', 'done', session_id, at from place
 union all
select user_id, user_id, 'export', 'matrix', '{}', 'vi', 'queued', session_id, null from place
-- name: job match
r.finished_at = p.at
-- name: job insert
insert into job (id, requester_id, kind, subject, parameters, language, session_id)
select gen_random_uuid(), user_id, 'export', 'new', '{}', 'vi', session_id from here
-- name: job set
done = 7
-- name: job_part arrange
insert into job_part (job_id, requester_id, role, n, content, created_at)
select row_id, user_id, 'body', 1, 'old', at from place
-- name: job_part match
r.created_at = p.at
-- name: job_part insert
insert into job_part (job_id, requester_id, role, n, content)
select row_id, user_id, 'result', 1, 'new' from here
-- name: job_verdict arrange
insert into job_verdict (job_id, requester_id, step, line, verdict)
select row_id, user_id, 'check', 2, 'accepted' from place
-- name: job_verdict match
r.job_id = p.row_id
-- name: job_verdict insert
insert into job_verdict (job_id, requester_id, step, line, verdict)
select row_id, user_id, 'write', 2, 'accepted' from here

-- --- People ---------------------------------------------------------------------------------------

-- name: person arrange
insert into person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, province_id,
                    district_id, commune_id, created_by)
select row_id, 'Người ' || letter, 'nguoi ' || letter, date '1984-01-01', 'year', 'female', hamlet_id,
       province_id, district_id, commune_id, user_id
  from place
 union all
select user_id, 'Ai', 'ai', date '1984-01-01', 'year', 'female', hamlet_id, province_id, district_id,
       commune_id, user_id
  from place
-- name: person match
r.id = p.row_id
-- name: person insert
insert into person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, province_id,
                    district_id, commune_id, created_by, personal_id_number, phone)
select gen_random_uuid(), 'Người mới', 'nguoi moi', '1984-01-01', 'year', 'female', hamlet_id,
       province_id, district_id, commune_id, user_id, '068184000001', '0900000000'
  from here

-- name: person set
phone = '0900000001'

-- A household of one at each place.
-- name: household arrange
insert into household (id, hamlet_id, province_id, district_id, commune_id, created_by)
select row_id, hamlet_id, province_id, district_id, commune_id, user_id from place
-- name: household match
r.id = p.row_id
-- name: household insert
insert into household (id, hamlet_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), hamlet_id, province_id, district_id, commune_id, user_id from here
-- name: household set
version = r.version + 1

-- name: household_member arrange
insert into household_member (id, household_id, person_id, relation, position, valid, ended_as,
                              hamlet_id, province_id, district_id, commune_id, created_by)
select row_id, row_id, row_id, 'head', 1, '[2020-01-01,2020-02-01)', 'left', hamlet_id, province_id,
       district_id, commune_id, user_id
  from place
-- name: household_member match
r.id = p.row_id
-- name: household_member insert
insert into household_member (id, household_id, person_id, relation, position, valid, hamlet_id,
                              province_id, district_id, commune_id, created_by)
select gen_random_uuid(), row_id, row_id, 'other', 2, '[2020-02-01,)', hamlet_id, province_id,
       district_id, commune_id, user_id
  from here
-- name: household_member set
position = 3

-- name: person_sensitive arrange
insert into person_sensitive (person_id, ethnicity, updated_by) select row_id, '16', user_id from place
-- name: person_sensitive match
r.person_id = p.row_id
-- name: person_sensitive insert
insert into person_sensitive (person_id, ethnicity, updated_by) select user_id, '16', user_id from here
-- name: person_sensitive set
ethnicity = '01'

-- name: entitlement arrange
insert into entitlement (id, person_id, group_code, during, decision_number, decided_on, issuer,
                         giver_id, created_by)
select row_id, row_id, 'poor', '[2020-01-01,)', 'x', '2020-01-01', 'x', 1, user_id from place
-- name: entitlement match
r.id = p.row_id
-- name: entitlement insert
insert into entitlement (id, person_id, group_code, during, decision_number, decided_on, issuer,
                         giver_id, created_by)
select gen_random_uuid(), row_id, 'pupil', '[2020-01-01,)', 'x', '2020-01-01', 'x', 1, user_id from here
-- name: entitlement set
end_reason = 'x'

-- name: daily_use arrange
insert into daily_use (user_id, kind, day, used) select user_id, 'person_move', '2020-01-01', 1 from place
-- name: daily_use match
r.user_id = p.user_id
-- name: daily_use insert
insert into daily_use (user_id, kind, day, used) select user_id, 'coverage_lookup', '2020-01-01', 1 from here
-- name: daily_use set
used = 2

-- name: person_move arrange
insert into person_move (id, move_id, side, person_id, full_name, reason, moved_on, from_commune_id,
                         to_commune_id, unit_id, province_id, district_id, commune_id, created_by)
select session_id, session_id, 'left', row_id, 'x', 'x', '2020-01-01', unit_id, unit_id, hamlet_id,
       province_id, district_id, commune_id, user_id
  from place
-- name: person_move match
r.id = p.session_id
-- name: person_move insert
insert into person_move (id, move_id, side, person_id, full_name, reason, moved_on, from_commune_id,
                         to_commune_id, unit_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), session_id, 'received', row_id, 'x', 'x', '2020-01-01', unit_id, unit_id,
       hamlet_id, province_id, district_id, commune_id, user_id
  from here
-- name: person_move set
objection = 'x'

-- name: participant_group match
r.scheme = 'vsi' and r.code = 'poor'

-- name: person_identity arrange
insert into person_identity (kind, number, person_id)
select 'social_insurance_number', '999999000' || n, row_id from place
-- name: person_identity match
r.person_id = p.row_id
-- name: person_identity set
number = '999999111' || right(r.number, 1)
-- name: person_identity insert
insert into person_identity (kind, number, person_id)
select 'personal_id_number', '999999000000', row_id from here

-- name: enrolment arrange
insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, accepted_on,
                       agency_id, collector_id, unit_id, province_id, district_id, commune_id, created_by)
select row_id, row_id, 'hhi', 'new', 12, '2020-01-01', '2020-12-31', '2020-01-01', '2020-01-02', agency_id,
       collector_id, hamlet_id, province_id, district_id, commune_id, user_id
  from place;
insert into enrolment (id, person_id, scheme, months, paid_on, status, posted_at, asked, agency_id,
                       collector_id, unit_id, province_id, district_id, commune_id, created_by)
select session_id, row_id, 'vsi', 12, '2020-01-01', 'draft', null, '{}', agency_id, collector_id,
       hamlet_id, province_id, district_id, commune_id, user_id
  from place
-- name: enrolment match
r.id = p.row_id
-- name: enrolment insert
insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, agency_id,
                       collector_id, unit_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), row_id, 'vsi', 'new', 12, '2021-01-01', '2021-12-31', '2021-01-01',
       agency_id, collector_id, hamlet_id, province_id, district_id, commune_id, user_id
  from here

-- name: enrolment set
version = r.version + 1

-- name: credit_correction arrange
insert into credit_correction (id, enrolment_id, decision_number, decided_on, reason, unit_id, province_id,
                               district_id, commune_id, created_by)
select row_id, row_id, 'old', '2020-01-01', 'x', hamlet_id, province_id, district_id, commune_id, user_id
  from place
-- name: credit_correction match
r.id = p.row_id
-- name: credit_correction insert
insert into credit_correction (id, enrolment_id, decision_number, decided_on, reason, unit_id, province_id,
                               district_id, commune_id, created_by)
select gen_random_uuid(), row_id, 'new', '2020-01-01', 'x', hamlet_id, province_id, district_id,
       commune_id, user_id
  from here

-- name: collection_contract arrange
insert into collection_contract (id, agency_id, number, signed_on, during, cash_limit, unit_id, province_id,
                                 district_id, commune_id, giver_id, created_by)
select row_id, coalesce(agency_id, row_id), letter, '2020-01-01',
       daterange(date '2000-01-01' + n, date '2000-01-01' + n + 1), 1000, unit_id, province_id, district_id,
       commune_id, giver_id, user_id
  from place;
update collection_contract set cash_limit = 1000;
insert into collection_contract (id, agency_id, number, signed_on, during, cash_limit, unit_id, province_id,
                                 district_id, commune_id, giver_id, created_by)
select distinct on (coalesce(p.agency_id, p.row_id)) p.session_id, coalesce(p.agency_id, p.row_id), 'now',
       '2020-01-01', '[2021-01-01,)', 1000, p.unit_id, p.province_id, p.district_id, p.commune_id, p.giver_id,
       p.user_id
  from place p
 where not exists (select from collection_contract c
                    where c.agency_id = coalesce(p.agency_id, p.row_id) and c.during @> current_date)
-- name: collection_contract match
r.id = p.row_id
-- name: collection_contract insert
insert into collection_contract (id, agency_id, number, signed_on, during, unit_id, province_id, district_id,
                                 commune_id, giver_id, created_by)
select gen_random_uuid(), coalesce(agency_id, row_id), letter, '2020-01-01', '[1999-01-01,1999-02-01)', unit_id,
       province_id, district_id, commune_id, writer, user_id
  from here
-- name: collection_contract set
version = r.version + 1

-- name: receipt_book arrange
insert into receipt_book (id, series, first, last, next, agency_id, collector_id, unit_id, province_id,
                          district_id, commune_id, giver_id, created_by)
select row_id, 'MATRIX-' || letter, 1, 100, 2, coalesce(agency_id, row_id), collector_id, unit_id, province_id,
       district_id, commune_id, giver_id, user_id
  from place
 union all
select user_id, 'MATRIX-OF-' || letter, 1, 100, 1, coalesce(agency_id, row_id), null, unit_id, province_id,
       district_id, commune_id, giver_id, user_id
  from place
-- name: receipt_book match
r.id = p.row_id
-- name: receipt_book insert
insert into receipt_book (id, series, first, last, next, agency_id, collector_id, unit_id, province_id,
                          district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), 'MATRIX-NEW', 1, 100, 1, coalesce(agency_id, row_id), collector_id, unit_id,
       province_id, district_id, commune_id, writer, user_id
  from here
-- name: receipt_book set
next = r.next + 1

-- name: receipt arrange
insert into receipt (id, book_id, series, number, amount, payer, enrolments, agency_id, collector_id,
                     holder_id, unit_id, province_id, district_id, commune_id, created_by)
select row_id, row_id, 'MATRIX-' || letter, 1, 1000, 'x', 1, coalesce(agency_id, row_id), collector_id, row_id,
       hamlet_id, province_id, district_id, commune_id, user_id
  from place
-- name: receipt match
r.id = p.row_id
-- name: receipt insert
insert into receipt (id, book_id, series, number, amount, payer, enrolments, agency_id, collector_id,
                     holder_id, unit_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), row_id, 'MATRIX-' || letter, 2, 1000, 'x', 1, coalesce(agency_id, row_id),
       collector_id, row_id, hamlet_id, province_id, district_id, commune_id, user_id
  from here
-- name: receipt set
holder_id = r.agency_id

-- name: remittance arrange
insert into remittance (id, holder_id, agency_id, collector_id, amount, receipts, settled, method, remitted_on,
                        unit_id, province_id, district_id, commune_id, created_by)
select row_id, row_id, coalesce(agency_id, row_id), collector_id, 1000, 1, 0, 'cash', '2020-01-01', unit_id,
       province_id, district_id, commune_id, user_id
  from place
-- name: remittance match
r.id = p.row_id
-- name: remittance insert
insert into remittance (id, holder_id, agency_id, collector_id, amount, receipts, settled, method, remitted_on,
                        unit_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), row_id, coalesce(agency_id, row_id), collector_id, 1000, 1, 0, 'cash', '2020-01-01',
       unit_id, province_id, district_id, commune_id, user_id
  from here
-- name: remittance set
version = r.version + 1

-- name: cash_box arrange
insert into agency (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id)
select session_id, 'bank', 'Chưa thu ' || letter, unit_id, province_id, district_id, commune_id, giver_id from place;
insert into cash_box (id, agency_id, collector_id, in_hand, unit_id, province_id, district_id, commune_id)
select row_id, coalesce(agency_id, row_id), collector_id, 1000, unit_id, province_id, district_id, commune_id
  from place
    on conflict (id) do update
   set in_hand = 1000, unit_id = excluded.unit_id, province_id = excluded.province_id,
       district_id = excluded.district_id, commune_id = excluded.commune_id
-- name: cash_box match
r.id = p.row_id
-- name: cash_box insert
insert into cash_box (id, agency_id, unit_id, province_id, district_id, commune_id)
select session_id, session_id, unit_id, province_id, district_id, commune_id from here
-- name: cash_box set
in_hand = r.in_hand + 1

-- name: cash_handover arrange
insert into cash_handover (id, agency_id, from_id, to_id, amount, receipts, reason, unit_id, province_id,
                           district_id, commune_id, created_by)
select row_id, coalesce(agency_id, row_id), row_id,
       (select o.row_id from place o where o.row_id <> p.row_id order by o.n limit 1), 0, 0, 'x', unit_id,
       province_id, district_id, commune_id, user_id
  from place p
-- name: cash_handover match
r.id = p.row_id
-- name: cash_handover insert
insert into cash_handover (id, agency_id, from_id, to_id, amount, receipts, reason, unit_id, province_id,
                           district_id, commune_id, created_by)
select gen_random_uuid(), coalesce(h.agency_id, h.row_id), h.row_id,
       (select o.row_id from place o where o.row_id <> h.row_id order by o.n limit 1), 0, 0, 'x', h.unit_id,
       h.province_id, h.district_id, h.commune_id, h.user_id
  from here h

-- name: cash_entry arrange
insert into cash_entry (id, box_id, kind, amount, receipt_id, agency_id, collector_id, unit_id, province_id,
                        district_id, commune_id, created_by)
select row_id, row_id, 'receipt', 1000, row_id, coalesce(agency_id, row_id), collector_id, unit_id, province_id,
       district_id, commune_id, user_id
  from place
-- name: cash_entry match
r.id = p.row_id
-- name: cash_entry insert
insert into cash_entry (id, box_id, kind, amount, receipt_id, agency_id, collector_id, unit_id, province_id,
                        district_id, commune_id, created_by)
select gen_random_uuid(), row_id, 'receipt', 1000, row_id, coalesce(agency_id, row_id), collector_id, unit_id,
       province_id, district_id, commune_id, user_id
  from here

-- name: enrolment_event set
agency_id = null
-- name: enrolment_line set
agency_id = null
-- name: enrolment_refund set
agency_id = null

-- name: enrolment_event arrange
insert into enrolment_event (enrolment_id, n, from_status, to_status, created_by, agency_id,
                             collector_id, unit_id, province_id, district_id, commune_id)
select row_id, 8, 'submitted', 'accepted', user_id, agency_id, collector_id, hamlet_id, province_id,
       district_id, commune_id
  from place
-- name: enrolment_event match
r.enrolment_id = p.row_id
-- name: enrolment_event insert
insert into enrolment_event (enrolment_id, n, from_status, to_status, created_by, agency_id,
                             collector_id, unit_id, province_id, district_id, commune_id)
select row_id, 9, 'accepted', 'voided', user_id, agency_id, collector_id, hamlet_id, province_id,
       district_id, commune_id
  from here

-- name: enrolment_line arrange
insert into enrolment_line (enrolment_id, n, funder, base, percent_hundredths, months, amount, verified,
                            agency_id, collector_id, unit_id, province_id, district_id, commune_id)
select row_id, 8, 'participant', 1, 10000, 1, 1, true, agency_id, collector_id, hamlet_id, province_id,
       district_id, commune_id
  from place
-- name: enrolment_line match
r.enrolment_id = p.row_id and r.n = 8
-- name: enrolment_line insert
insert into enrolment_line (enrolment_id, n, funder, base, percent_hundredths, months, amount, verified,
                            agency_id, collector_id, unit_id, province_id, district_id, commune_id)
select row_id, 9, 'state', 1, 10000, 1, 1, true, agency_id, collector_id, hamlet_id, province_id,
       district_id, commune_id
  from here

-- name: enrolment_refund arrange
insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, agency_id,
                       collector_id, unit_id, province_id, district_id, commune_id, created_by)
select user_id, row_id, 'vsi', 'new', 12, '2020-01-01', '2020-12-31', '2020-01-01', agency_id,
       collector_id, hamlet_id, province_id, district_id, commune_id, user_id
  from place;
insert into enrolment_refund (enrolment_id, reason, happened_on, unused_from, unused_months, amount,
                              legal_basis, refunded_on, created_by, agency_id, collector_id, unit_id,
                              province_id, district_id, commune_id)
select user_id, 'death', at::date, '2020-12-01', 1, 1, 'x', at::date, user_id, agency_id, collector_id,
       hamlet_id, province_id, district_id, commune_id
  from place
-- name: enrolment_refund match
r.enrolment_id = p.user_id
-- name: enrolment_refund insert
insert into enrolment_refund (enrolment_id, reason, happened_on, unused_from, unused_months, amount,
                              legal_basis, refunded_on, created_by, agency_id, collector_id, unit_id,
                              province_id, district_id, commune_id)
select row_id, 'death', at::date, '2020-12-01', 1, 1, 'x', at::date, user_id, agency_id, collector_id,
       hamlet_id, province_id, district_id, commune_id
  from here

-- Each with a line that waits.
-- name: dossier arrange
insert into dossier (id, form_code, holder_id, year, n, submitted_on, due_on, pending, agency_id,
                     collector_id, unit_id, province_id, district_id, commune_id, created_by)
select row_id, 'D03-TS', row_id, 2020, 1, '2020-01-01', '2020-01-08', 1, coalesce(agency_id, row_id),
       collector_id, hamlet_id, province_id, district_id, commune_id, user_id
  from place
-- name: dossier match
r.id = p.row_id
-- name: dossier set
version = r.version + 1
-- name: dossier insert
insert into dossier (id, form_code, holder_id, year, n, submitted_on, due_on, pending, agency_id,
                     collector_id, unit_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), 'D03-TS', row_id, 2020, 2, '2020-01-01', '2020-01-08', 1,
       coalesce(agency_id, row_id), collector_id, hamlet_id, province_id, district_id, commune_id, user_id
  from here

-- name: dossier_line arrange
insert into dossier_line (dossier_id, n, enrolment_id, agency_id, collector_id, unit_id, province_id,
                          district_id, commune_id)
select row_id, 1, row_id, agency_id, collector_id, hamlet_id, province_id, district_id, commune_id
  from place
-- name: dossier_line match
r.dossier_id = p.row_id
-- name: dossier_line set
reason = 'x'
-- name: dossier_line insert
insert into dossier_line (dossier_id, n, enrolment_id, agency_id, collector_id, unit_id, province_id,
                          district_id, commune_id)
select row_id, 2, user_id, agency_id, collector_id, hamlet_id, province_id, district_id, commune_id
  from here

-- name: holiday match
r.day = '2026-01-01'
-- name: holiday insert
insert into holiday (day, name_vi, name_en, decision_number, verified, giver_id, created_by)
select '2020-01-01', 'x', 'x', 'x', true, writer, user_id from here
-- name: dossier_form match
r.code = 'D03-TS'

-- name: participation_rule match
true

-- name: coverage arrange
insert into coverage (id, person_id, scheme, during, counted_until, renewable_until, continues, source,
                      unit_id, province_id, district_id, commune_id)
select session_id, row_id, 'hhi', daterange('2019-01-01', '2020-01-01'), '2020-01-01', '2020-04-01',
       false, 'declared', hamlet_id, province_id, district_id, commune_id
  from place
-- name: coverage match
r.id = p.session_id
-- name: coverage set
leaves = not r.leaves
-- name: coverage insert
insert into coverage (id, person_id, scheme, during, counted_until, renewable_until, continues, unit_id,
                      province_id, district_id, commune_id)
select gen_random_uuid(), row_id, 'hhi', daterange('2020-01-01', '2021-01-01'), '2021-01-01',
       '2021-04-01', false, hamlet_id, province_id, district_id, commune_id
  from here

-- name: person_period arrange
insert into person_period (from_id, first_in, moved_on, from_accepted, to_accepted)
select row_id, 1, '2020-02-01', false, false
  from place
-- name: person_period match
r.from_id = p.row_id
-- name: person_period insert
insert into person_period (from_id, first_in, moved_on, from_accepted, to_accepted)
select row_id, 2, '2020-02-01', false, false
  from here

-- Not folded yet, so they are young as well. A line of the agency's stands at its office.
-- name: progress_delta arrange
insert into progress_delta (xid, scheme, kind, effective_on, n, at, agency_id, collector_id, unit_id,
                            province_id, district_id, commune_id)
select pg_current_xact_id()::text::bigint, 'hhi', 'new', '2020-01-01', n, at, agency_id, collector_id,
       hamlet_id, province_id, district_id, commune_id
  from place
-- name: progress_delta match
r.effective_on = '2020-01-01' and r.n = p.n and r.unit_id = p.hamlet_id
-- name: progress_delta insert
insert into progress_delta (scheme, kind, effective_on, n, agency_id, collector_id, unit_id,
                            province_id, district_id, commune_id)
select 'hhi', 'new', '2020-01-02', n, agency_id, collector_id, hamlet_id, province_id, district_id,
       commune_id
  from here

-- name: young_delta match
r.effective_on = '2020-01-01' and r.n = p.n and r.unit_id = p.hamlet_id

-- name: progress_total arrange
insert into progress_total
select hamlet_id, 'hamlet', 'day', date '1999-01-01' + n, 'hhi', 'new', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, province_id,
       district_id, commune_id
  from place
-- name: progress_total match
r.holder_id = p.hamlet_id and r.starts_on = date '1999-01-01' + p.n
-- name: progress_total set
n = r.n + 1
-- name: progress_total insert
insert into progress_total
select hamlet_id, 'hamlet', 'day', date '1999-02-01' + n, 'hhi', 'new', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, province_id,
       district_id, commune_id
  from here

-- name: credit_total arrange
insert into credit_total
select coalesce(collector_id, agency_id), hamlet_id, 'month', date '1999-01-01' + n, 'hhi', 'new', 1, 0, 0, 0, 0,
       0, 0, 0, 0, 0, agency_id, collector_id, province_id, district_id, commune_id
  from place
 where agency_id is not null
-- name: credit_total match
r.credit_id = coalesce(p.collector_id, p.agency_id) and r.unit_id = p.hamlet_id
and r.starts_on = date '1999-01-01' + p.n
-- name: credit_total set
n = r.n + 1
-- name: credit_total insert
insert into credit_total
select coalesce(collector_id, agency_id), hamlet_id, 'month', date '1999-02-01' + n, 'hhi', 'new', 1, 0, 0, 0, 0,
       0, 0, 0, 0, 0, agency_id, collector_id, province_id, district_id, commune_id
  from here
 where agency_id is not null

-- name: fold_mark match
true
-- name: fold_mark set
folded_at = now()

-- name: audit arrange
insert into audit (id, user_id, session_id, action, subjects, province_id, district_id, commune_id)
select row_id, user_id, session_id, 'person_get', array[row_id], province_id, district_id, commune_id
  from place
-- name: audit match
r.id = p.row_id
-- The line of the caller, filed under the keys of the place.
-- name: audit insert
insert into audit (user_id, session_id, action, subjects, province_id, district_id, commune_id)
select caller_id(), nullif(current_setting('app.session_id'), '')::uuid, 'person_get', array[row_id],
       province_id, district_id, commune_id
  from here

-- --- Targets --------------------------------------------------------------------------------------

-- name: indicator match
r.code = 'vsi_new' and p.letter is not null

-- A decision is of the unit that works at the place.
-- name: decision arrange
insert into decision (id, number, issuer, issued_on, unit_id, province_id, district_id, commune_id,
                      giver_id, created_by)
select row_id, letter, 'matrix', '2020-01-01', unit_id, province_id, district_id, commune_id, unit_id,
       user_id
  from place
-- name: decision match
r.id = p.row_id
-- name: decision insert
insert into decision (id, number, issuer, issued_on, unit_id, province_id, district_id, commune_id,
                      giver_id, created_by)
select gen_random_uuid(), 'new', 'matrix', '2020-01-01', unit_id, province_id, district_id, commune_id,
       writer, user_id
  from here

-- name: plan arrange
insert into plan (id, indicator, starts_on, ends_on, assigner, decision_id, decision_number, decided_on,
                  unit_id, province_id, district_id, commune_id, giver_id, created_by)
select row_id, 'vsi_new', at::date, at::date, 'social_insurance', decided_by(giver_id), letter,
       '2020-01-01', unit_id, province_id, district_id, commune_id, giver_id, user_id
  from place
-- name: plan match
r.id = p.row_id
-- name: plan insert
insert into plan (id, indicator, starts_on, ends_on, assigner, decision_id, decision_number, decided_on,
                  unit_id, province_id, district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), 'vsi_new', '2019-01-01', '2019-12-31', 'social_insurance',
       decided_by(writer), 'new', '2019-01-01', unit_id, province_id, district_id, commune_id, writer,
       user_id
  from here

-- name: plan set
withdrawn_at = now()

-- Each place's own, given by its giver; and one more for each unit that may give, whoever gave the
-- first: what is written below an assignment names a true one.
-- name: assignment arrange
insert into assignment (id, plan_id, cut, assignee_kind, quantity, indicator, starts_on, ends_on,
                        assigner, agency_id, collector_id, unit_id, province_id, district_id,
                        commune_id, giver_id, created_by)
select row_id, row_id, 'root', kind, 10,
       'vsi_new', '2020-01-01', '2020-12-31', 'social_insurance', agency_id, collector_id, unit_id,
       province_id, district_id, commune_id, giver_id, user_id
  from place;
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on,
                        ends_on, assigner, agency_id, collector_id, unit_id, province_id,
                        district_id, commune_id, giver_id, created_by)
select given_by(p.letter, g.unit_id), g.row_id, g.row_id,
       case p.letter when 'a' then 'organisation' else 'territory' end,
       p.kind, 10, 'vsi_new',
       '2020-01-01', '2020-12-31', 'social_insurance', p.agency_id, p.collector_id, p.unit_id,
       p.province_id, p.district_id, p.commune_id, g.unit_id, p.user_id
  from place p, place g
 where g.letter in ('n', 'p', 'd', 'b')
-- name: assignment match
r.id = p.row_id
-- name: assignment insert
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on,
                        ends_on, assigner, agency_id, collector_id, unit_id, province_id,
                        district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), g.row_id, g.row_id, 'staff',
       h.kind, 5, 'vsi_new', '2020-01-01',
       '2020-12-31', 'social_insurance', h.agency_id, h.collector_id, h.unit_id, h.province_id,
       h.district_id, h.commune_id, h.writer, h.user_id
  from here h
  join place g on g.unit_id = h.writer and g.letter in ('n', 'p', 'd', 'b')
-- name: assignment set
quantity = r.quantity + 1

-- name: assignment_entry arrange
insert into assignment_entry (assignment_id, n, act, change, created_by, agency_id, collector_id,
                              unit_id, province_id, district_id, commune_id, giver_id)
select row_id, 1, 'give', 10, user_id, agency_id, collector_id, unit_id, province_id, district_id,
       commune_id, giver_id
  from place
-- name: assignment_entry match
r.assignment_id = p.row_id
-- name: assignment_entry insert
insert into assignment_entry (assignment_id, n, act, change, reason, created_by, agency_id,
                              collector_id, unit_id, province_id, district_id, commune_id, giver_id)
select given_by(letter, writer), 2, 'amend', 1, 'Lý do', user_id, agency_id, collector_id, unit_id,
       province_id, district_id, commune_id, writer
  from here

-- name: assignment_acceptance arrange
insert into assignment_acceptance (assignment_id, created_by, agency_id, collector_id, unit_id,
                                   province_id, district_id, commune_id)
select row_id, user_id, agency_id, collector_id, unit_id, province_id, district_id, commune_id
  from place
-- name: assignment_acceptance match
r.assignment_id = p.row_id
-- name: assignment_acceptance insert
insert into assignment_acceptance (assignment_id, created_by, agency_id, collector_id, unit_id,
                                   province_id, district_id, commune_id)
select given_by(letter, writer), user_id, agency_id, collector_id, unit_id, province_id,
       district_id, commune_id
  from here

-- name: cut_total arrange
insert into cut_total (assignment_id, cut, quantity, indicator, starts_on, ends_on, assigner, holder_id,
                       province_id, district_id, commune_id, giver_id)
select row_id, 'staff', 10, 'vsi_new', '2020-01-01', '2020-12-31', 'people_council', unit_id,
       province_id, district_id, commune_id, giver_id
  from place
-- name: cut_total match
r.assignment_id = p.row_id
-- name: cut_total insert
insert into cut_total (assignment_id, cut, quantity, indicator, starts_on, ends_on, assigner, holder_id,
                       province_id, district_id, commune_id, giver_id)
select given_by(letter, writer), 'territory', 10, 'vsi_new', '2020-01-01', '2020-12-31',
       'people_council', unit_id, province_id, district_id, commune_id, writer
  from here
-- name: cut_total set
allocated = 1

-- name: cut_declaration arrange
insert into cut_declaration (assignment_id, cut, n, over, reason, created_by, unit_id, province_id,
                             district_id, commune_id, giver_id)
select row_id, 'staff', 1, 5, 'Lý do', user_id, unit_id, province_id, district_id, commune_id, unit_id
  from place
-- name: cut_declaration match
r.assignment_id = p.row_id
-- name: cut_declaration insert
insert into cut_declaration (assignment_id, cut, n, over, reason, created_by, unit_id, province_id,
                             district_id, commune_id, giver_id)
select row_id, 'staff', 2, 5, 'Lý do', user_id, unit_id, province_id, district_id, commune_id, writer
  from here

-- --- Figures from outside ---------------------------------------------------------------------------

-- name: population arrange
insert into population (id, kind, as_of, people, source, revision, unit_id, province_id, district_id,
                        commune_id, giver_id, created_by)
select row_id, 'total', at::date, 10, letter, 1, unit_id, province_id, district_id, commune_id,
       giver_id, user_id
  from place
-- name: population match
r.id = p.row_id
-- name: population insert
insert into population (id, kind, as_of, people, source, revision, unit_id, province_id, district_id,
                        commune_id, giver_id, created_by)
select gen_random_uuid(), 'total', '2019-01-01', 10, 'new', 1, unit_id, province_id, district_id,
       commune_id, writer, user_id
  from here

-- name: payer_group match
r.code = 'household' and p.letter is not null

-- name: threshold match
r.decision_number = '1980/QĐ-TTg' and p.letter is not null
-- name: threshold insert
insert into threshold (id, standard, scheme, level, percent_hundredths, valid_from, decision_number,
                       verified, giver_id, created_by)
select gen_random_uuid(), 'new_rural', 'health', 'commune', 9000, '2019-01-01', 'new', true, writer,
       user_id
  from here

-- name: rate_key match
r.kind = 'reference_level'

-- Rates are the nation's and the provinces'.
-- name: rate arrange
insert into rate (id, kind, key, valid_from, value, decision_number, verified, unit_id, province_id,
                  district_id, commune_id, giver_id)
select row_id, case letter when 'n' then 'vsi_fund_rate' else 'vsi_top_up' end,
       case letter when 'n' then 'all' else 'other' end, '2030-01-01', 1, 'matrix', true, unit_id,
       province_id, district_id, commune_id, unit_id
  from place
 where letter in ('p', 'n', 'f')
-- name: rate match
r.id = p.row_id
-- name: rate set
ended_on = '2031-01-01', ended_number = 'matrix'
-- name: rate insert
insert into rate (id, kind, key, valid_from, valid_to, value, decision_number, verified, unit_id,
                  province_id, district_id, commune_id, giver_id)
select gen_random_uuid(), case letter when 'n' then 'vsi_fund_rate' else 'vsi_top_up' end,
       case letter when 'n' then 'all' else 'island' end, '2029-01-01', '2029-12-31', 1, 'new', true, unit_id,
       province_id, district_id, commune_id, writer
  from here

-- name: reported_count arrange
insert into reported_count (id, indicator, payer_group, as_of, people, source, revision, unit_id,
                            province_id, district_id, commune_id, giver_id, created_by)
select row_id, 'health_cards', 'household', at::date, 10, letter, 1, unit_id, province_id,
       district_id, commune_id, giver_id, user_id
  from place
-- name: reported_count match
r.id = p.row_id
-- name: reported_count insert
insert into reported_count (id, indicator, payer_group, as_of, people, source, revision, unit_id,
                            province_id, district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), 'health_cards', 'all', '2019-01-01', 10, 'new', 1, unit_id, province_id,
       district_id, commune_id, writer, user_id
  from here

-- name: migration match
r.version = 1 and p.letter is not null

-- --- Functions of the gate ------------------------------------------------------------------------

-- name: gate.session_sync(uuid) call
select gate.session_sync(user_id) from here
-- name: gate.session_sync(uuid) probe
select count(*) from session r join here p on r.id = p.session_id where r.duty = 'officer'

-- name: gate.password_reset(uuid,text) call
select gate.password_reset(user_id, 'hash new') from here
-- name: gate.password_reset(uuid,text) probe
select count(*) from credential r join here p on r.user_id = p.user_id where r.hash = 'hash new'

-- name: gate.sessions_end(uuid) call
select gate.sessions_end(user_id) from here
-- name: gate.sessions_end(uuid) probe
select count(*) from session r join here p on r.id = p.session_id where not r.ok

-- name: gate.own_credential() call
select count(*) from gate.own_credential() r join here p on r.hash = 'hash ' || p.letter

-- name: gate.password_set(text) call
select gate.password_set('hash new')
-- name: gate.password_set(text) probe
select count(*) from credential r join here p on r.user_id = p.user_id where r.hash = 'hash new'

-- name: gate.own_sessions() call
select count(*) from gate.own_sessions() r join here p on r.id = p.session_id

-- name: gate.own_session_end(uuid) call
select gate.own_session_end(session_id) from here
-- name: gate.own_session_end(uuid) probe
select count(*) from session r join here p on r.id = p.session_id where not r.ok

-- name: gate.identity_claim(uuid,text,text) call
select gate.identity_claim(row_id, '999999000000', null) from here
-- name: gate.identity_claim(uuid,text,text) probe
select count(*) from person_identity r join here p on r.person_id = p.row_id
 where r.number = '999999000000'

-- The one who was registered at the place has the number of this place from now on.
-- name: gate.person_registered(uuid,text,text,boolean) call
select gate.person_registered(row_id, '999999000000', null, true) from here
-- name: gate.person_registered(uuid,text,text,boolean) probe
select count(*) from person_identity r join here p on r.person_id = p.row_id
 where r.number = '999999000000'
-- name: gate.person_merge(uuid,uuid) call
select gate.person_merge(row_id, user_id) from here
-- name: gate.coverage_lookup(text,text,date,text) call
select count(*) from here, gate.coverage_lookup('social_insurance_number', '999999000' || n, '1984-01-01', 'x')
-- Everybody takes the person of the place over, to where they work.
-- name: gate.person_move(uuid,text,text,date,integer,text) call
select m.status = 'moved'
  from here, gate.person_move(gen_random_uuid(), 'social_insurance_number', '999999000' || n, '1984-05-09',
                              case current_setting('role') when 'ansinh_district' then 900102
                                   when 'ansinh_agency' then 900101 else
                                   case current_setting('role') when 'ansinh_commune' then 900102
                                        else 900101 end end, 'x') m
-- name: gate.person_move_object(uuid,text) call
select gate.person_move_object(session_id, 'x') from here
-- The person of the place loses a number that the row does not have.
-- name: gate.identity_follow(uuid) call
select gate.identity_follow(row_id) from here
-- name: gate.identity_follow(uuid) probe
select not exists (select from person_identity r join here p on r.person_id = p.row_id)
-- name: gate.sensitive_of(uuid) call
select s.ethnicity from here, gate.sensitive_of(row_id) s
-- name: gate.ethnicity_set(uuid,text) call
select gate.ethnicity_set(row_id, '05') from here
-- name: gate.ethnicity_set(uuid,text) probe
select count(*) from person_sensitive r join here p on r.person_id = p.row_id where r.ethnicity = '05'
-- name: gate.entitlement_give(uuid,uuid,text,date,date,text,date,text) call
select gate.entitlement_give(gen_random_uuid(), row_id, 'pupil', '2020-01-01', null, 'x', '2020-01-01', 'x')
  from here
-- name: gate.entitlement_end(uuid,date,text) call
select coalesce(gate.entitlement_end(row_id, '2020-06-30', 'x'), false) from here
-- name: gate.people_named(text,boolean,text,uuid,integer) call
select count(*) from here, gate.people_named('nguoi ' || letter, false, '',
                                             '00000000-0000-0000-0000-000000000000', 50) f
 where f.id = row_id
-- name: gate.people_numbered(text,text,uuid,integer) call
select count(*) from here, gate.people_numbered('999999000' || n, '',
                                                '00000000-0000-0000-0000-000000000000', 50) f
 where f.id = row_id

-- name: gate.enrolment_terms(uuid,text,integer,date,text) call
select gate.enrolment_terms(row_id, 'hhi', 12, '2020-01-01', 'period') from here
-- name: gate.enrolment_post(uuid) call
select gate.enrolment_post(row_id) from here
-- name: gate.enrolment_post(uuid) probe
select count(*) from coverage r join here p on r.id = p.row_id
-- name: gate.price_facts(uuid,text,date,boolean) call
select gate.price_facts(row_id, 'vsi', '2020-06-01', true) from here
-- name: gate.enrolment_price(uuid,jsonb) call
select gate.enrolment_price(row_id, '[]') from here
-- name: gate.enrolment_price(uuid,jsonb) probe
select count(*) from enrolment_line r join here p on r.enrolment_id = p.row_id where r.n < 8
-- name: gate.enrolment_refund(uuid,text,date,date,integer,bigint,text) call
select gate.enrolment_refund(row_id, 'death', '2020-06-01', '2020-07-01', 6, 0, 'x') from here
-- name: gate.enrolment_refund(uuid,text,date,date,integer,bigint,text) probe
select count(*) from enrolment r join here p on r.id = p.row_id where r.status = 'refunded'
-- name: gate.enrolment_decide(uuid,text,text,text) call
select gate.enrolment_decide(row_id, 'voided', 'x') from here
-- name: gate.enrolment_submit(uuid,date,bigint,bigint,text,smallint,bigint,smallint,text,uuid) call
select gate.enrolment_submit(session_id, '2020-01-01', 1, 1, null, null, null, 0::smallint, 'transfer', null)
  from here
-- name: gate.enrolment_submit(uuid,date,bigint,bigint,text,smallint,bigint,smallint,text,uuid) probe
select count(*) from enrolment r join here p on r.id = p.session_id where r.status = 'submitted'
-- name: gate.credit_correct(uuid,uuid,uuid,uuid,uuid,uuid,text,date,text) call
select gate.credit_correct(gen_random_uuid(), row_id, null, null, null, null, 'x', '2020-01-01', 'x')
  from here
-- name: gate.credit_correct(uuid,uuid,uuid,uuid,uuid,uuid,text,date,text) probe
select count(*) from credit_correction r join here p on r.enrolment_id = p.row_id
 where r.decision_number = 'x'
-- name: gate.receipt_issue(uuid,text) call
select gate.receipt_issue(row_id, 'x') from here
-- name: gate.receipt_issue(uuid,text) probe
select count(*) from receipt r join here p on r.holder_id = p.row_id where r.payer = 'new'
-- name: gate.remittance_declare(uuid,uuid,uuid[],boolean,text,text,date) call
select gate.remittance_declare(session_id, row_id, null, false, 'cash', 'new', '2020-01-01') from here
-- name: gate.remittance_declare(uuid,uuid,uuid[],boolean,text,text,date) probe
select count(*) from remittance r join here p on r.id = p.session_id
-- name: gate.remittance_reconcile(uuid,bigint,date,text,integer[]) call
select gate.remittance_reconcile(row_id, 1000, '2020-01-01', null, null) from here
-- name: gate.remittance_reconcile(uuid,bigint,date,text,integer[]) probe
select count(*) from remittance r join here p on r.id = p.row_id where r.status = 'reconciled'
-- name: gate.book_allot(uuid,uuid,uuid,integer) call
select gate.book_allot(session_id, user_id, row_id, 1) from here
-- name: gate.book_allot(uuid,uuid,uuid,integer) probe
select count(*) from receipt_book r join here p on r.id = p.session_id
-- name: gate.book_close(uuid,integer[]) call
select gate.book_close(row_id, null) from here
-- name: gate.book_close(uuid,integer[]) probe
select count(*) from receipt_book r join here p on r.id = p.row_id where r.closed_on is not null
-- name: gate.cash_handover(uuid,uuid,uuid,text) call
select gate.cash_handover(session_id, row_id, null, 'x') from here
-- name: gate.cash_handover(uuid,uuid,uuid,text) probe
select count(*) from cash_handover r join here p on r.id = p.session_id
-- name: gate.collector_serve(uuid,integer[]) call
select gate.collector_serve(p.row_id, array(select u.id from unit u
                                             where u.kind = 'hamlet' and u.valid_to is null
                                               and p.unit_id in (u.province_id, u.district_id, u.commune_id)
                                             order by u.id limit 1))
  from here p
-- name: gate.collector_serve(uuid,integer[]) probe
select count(*) from territory r join here p on r.collector_id = p.row_id
 where business_date() in (lower(r.during), upper(r.during))
-- name: gate.collector_end(uuid) call
select gate.collector_end(user_id) from here
-- name: gate.collector_end(uuid) probe
select count(*) from collector r join here p on r.id = p.user_id where not r.serving
-- name: gate.agency_end(uuid) call
select gate.agency_end(session_id) from here
-- name: gate.agency_end(uuid) probe
select count(*) from agency r join here p on r.id = p.session_id where not r.serving
-- name: gate.cash_limit(uuid) call
select 1 from here where gate.cash_limit(row_id) is not null
-- name: gate.enrolment_stands_at(uuid,integer[]) call
select 1 from here where gate.enrolment_stands_at(row_id, '{1}')
-- name: gate.enrolment_decide(uuid,text,text,text) probe
select count(*) from enrolment r join here p on r.id = p.row_id where r.status = 'voided'

-- name: gate.job_create(uuid,text,text,jsonb,text,integer) call
select gate.job_create(gen_random_uuid(), 'export', 'made', '{}', 'vi', null)
-- name: gate.job_create(uuid,text,text,jsonb,text,integer) probe
select count(*) from job r join here p on r.requester_id = p.user_id where r.subject = 'made'
-- name: gate.job_cancel(uuid) call
select 1 from here where gate.job_cancel(user_id)
-- name: gate.import_person(jsonb) call
select 1
  from here h
  join unit u on u.id = h.hamlet_id
 cross join lateral gate.import_person(jsonb_build_object(
           'hamlet_code', u.code, 'name_key', 'nguoi moi', 'birth', '1984-01-01', 'birth_precision', 'year')) f
 where f.flaw is null
-- name: gate.enrolment_known(uuid,text,integer,date) call
select 1 from here where gate.enrolment_known(row_id, 'hhi', 12, '2020-01-01')
-- name: gate.participation_declare(uuid,uuid,text,integer,daterange,text) call
select gate.participation_declare(gen_random_uuid(), row_id, 'vsi', 12,
                                  daterange('2020-01-01', '2021-01-01'), null) from here
-- name: gate.participation_declare(uuid,uuid,text,integer,daterange,text) probe
select count(*) from coverage r join here p on r.person_id = p.row_id where r.scheme = 'vsi'
-- name: gate.participation_confirm(uuid) call
select gate.participation_confirm(row_id) from here
-- name: gate.participation_confirm(uuid) probe
select count(*) from coverage r join here p on r.id = p.session_id where r.confirmed
-- name: gate.participation_void(uuid) call
select gate.participation_void(session_id) from here
-- name: gate.participation_void(uuid) probe
select count(*) from coverage r join here p on r.id = p.session_id where r.voided_on is not null
-- name: gate.participation_import(jsonb) call
select 1
  from here h
  join unit u on u.id = h.hamlet_id
 cross join lateral gate.participation_import(jsonb_build_array(jsonb_build_object(
           'line', 2, 'hamlet_code', u.code, 'full_name', 'Người Có Thẻ', 'name_key', 'nguoi co the',
           'birth', '1984-01-01', 'birth_precision', 'year', 'sex', 'female', 'scheme', 'hhi',
           'months', 12, 'ends_on', '2020-12-31'))) i
 where i.verdict = 'written'

-- name: gate.dossier_submit(uuid,jsonb,uuid) call
select 1
  from here h
 cross join lateral (select count(*) as n
                       from gate.dossier_submit(gen_random_uuid(), jsonb_build_object(
                                'form', 'D05-TS', 'enrolment_ids', jsonb_build_array(h.user_id)), null)) f
 where f.n = 0
-- name: gate.dossier_decide(uuid,jsonb) call
select 1
  from here h
 cross join lateral (select count(*) as n
                       from gate.dossier_decide(h.row_id, jsonb_build_array(jsonb_build_object(
                                'enrolment_id', h.row_id, 'outcome', 'returned', 'reason', 'x')))) f
 where f.n = 0

-- --- Forged writes --------------------------------------------------------------------------------

-- name: attempt unit.keys_of_another_province
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id,
                  commune_id, valid_from)
select 899999, 'hamlet', 'thon', 'matrix', 'Thôn Ma Trận', 'thon ma tran', unit_id, 156, 0,
       commune_id, '2025-07-01'
  from here
-- name: attempt unit.id_that_means_nowhere
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id,
                  commune_id, valid_from)
select 0, 'hamlet', 'thon', 'matrix', 'Thôn Ma Trận', 'thon ma tran', unit_id, province_id,
       district_id, commune_id, '2025-07-01'
  from here
-- name: attempt unit.not_a_hamlet
insert into unit (id, kind, form, code, name, name_key, parent_id, province_id, district_id,
                  commune_id, valid_from)
select 899999, 'commune', 'xa', 'matrix', 'Xã Ma Trận', 'xa ma tran', unit_id, province_id,
       district_id, commune_id, '2025-07-01'
  from here

-- name: attempt app_user.equal
insert into app_user (id, username, full_name, slice, duty, unit_id, province_id, district_id,
                      commune_id, giver_id)
select gen_random_uuid(), 'matrix.new', 'Ngang hàng', slice, 'manager', unit_id, province_id,
       district_id, commune_id, writer
  from here
-- name: attempt app_user.made_equal
insert into app_user (id, username, full_name, slice, duty, unit_id, province_id, district_id,
                      commune_id, giver_id)
select gen_random_uuid(), 'matrix.new', 'Ngang hàng', slice, 'viewer', unit_id, province_id,
       district_id, commune_id, writer
  from here;
update app_user set duty = 'manager' where username = 'matrix.new'
-- name: attempt app_user.slice_above_its_place
insert into app_user (id, username, full_name, slice, duty, unit_id, province_id, district_id,
                      commune_id, giver_id)
select gen_random_uuid(), 'matrix.new', 'Trên mình', 'nation', 'manager', unit_id, province_id,
       district_id, commune_id, writer
  from here
-- name: attempt app_user.raised_above_its_place
update app_user set slice = 'nation', duty = 'viewer', agency_id = null, collector_id = null
 where giver_id = scope_id() and unit_id <> 1
-- name: attempt app_user.moved_out
update app_user set unit_id = 156, province_id = 156, district_id = 0, commune_id = 0
 where giver_id = scope_id() and slice in ('province', 'district', 'commune', 'collector')
-- name: attempt agency.keys_of_elsewhere
insert into agency (id, kind, name, unit_id, province_id, district_id, commune_id, giver_id)
select gen_random_uuid(), 'bank', 'Nơi khác', 156, h.province_id, h.district_id, h.commune_id, h.writer
  from here h
-- name: attempt collector.agency_of_elsewhere
insert into collector (id, agency_id, full_name, card_number, valid_from, unit_id, province_id,
                       district_id, commune_id, giver_id)
select gen_random_uuid(), f.row_id, 'Nơi khác', 'matrix-new', '2020-01-01', h.unit_id, h.province_id,
       h.district_id, h.commune_id, h.writer
  from here h, place f
 where f.letter = 'f'
-- name: attempt collector.beside_its_agency
insert into collector (id, agency_id, full_name, card_number, valid_from, unit_id, province_id,
                       district_id, commune_id, giver_id)
select gen_random_uuid(), b.row_id, 'Bên cạnh', 'matrix-new', '2020-01-01', s.unit_id, s.province_id,
       s.district_id, s.commune_id, h.writer
  from here h, place b, place s
 where b.letter = 'b' and s.letter = 's'
-- name: attempt app_user.collector_of_elsewhere
insert into app_user (id, username, full_name, slice, duty, agency_id, collector_id, unit_id,
                      province_id, district_id, commune_id, giver_id)
select gen_random_uuid(), 'matrix.new', 'Nơi khác', 'collector', 'officer', f.row_id, f.row_id,
       h.unit_id, h.province_id, h.district_id, h.commune_id, h.writer
  from here h, place f
 where f.letter = 'f'
-- name: attempt app_user.agency_of_elsewhere
insert into app_user (id, username, full_name, slice, duty, agency_id, unit_id, province_id,
                      district_id, commune_id, giver_id)
select gen_random_uuid(), 'matrix.new', 'Nơi khác', 'agency', 'manager', f.row_id, h.unit_id,
       h.province_id, h.district_id, h.commune_id, h.writer
  from here h, place f
 where f.letter = 'f'
-- name: attempt app_user.collector_of_another_agency
insert into app_user (id, username, full_name, slice, duty, agency_id, collector_id, unit_id,
                      province_id, district_id, commune_id, giver_id)
select gen_random_uuid(), 'matrix.new', 'Hai đại lý', 'collector', 'officer', o.agency_id,
       c.collector_id, h.unit_id, h.province_id, h.district_id, h.commune_id, h.writer
  from here h, place o, place c
 where o.letter = 'o' and c.letter = 'c'

-- name: attempt person.keys_of_another_province
insert into person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, province_id,
                    district_id, commune_id, created_by)
select gen_random_uuid(), 'Người mới', 'nguoi moi', '1984-01-01', 'year', 'female', hamlet_id, 156,
       district_id, commune_id, user_id
  from place
 where letter = 'o'

-- name: attempt person.household_of_elsewhere
update person p set household_id = (select row_id from place where letter = 'f')
  from here h where p.id = h.row_id
-- name: attempt household_member.person_of_elsewhere
insert into household_member (id, household_id, person_id, relation, position, valid, hamlet_id,
                              province_id, district_id, commune_id, created_by)
select gen_random_uuid(), h.row_id, f.row_id, 'other', 2, '[2020-02-01,)', h.hamlet_id, h.province_id,
       h.district_id, h.commune_id, h.user_id
  from here h, place f where f.letter = 'f'
-- name: attempt household_member.keys_of_elsewhere
insert into household_member (id, household_id, person_id, relation, position, valid, hamlet_id,
                              province_id, district_id, commune_id, created_by)
select gen_random_uuid(), f.row_id, h.row_id, 'other', 2, '[2020-02-01,)', h.hamlet_id, h.province_id,
       h.district_id, h.commune_id, h.user_id
  from here h, place f where f.letter = 'f'
-- name: attempt enrolment.agency_of_elsewhere
insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, agency_id,
                       unit_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), o.row_id, 'vsi', 'new', 12, '2021-01-01', '2021-12-31', '2021-01-01',
       f.row_id, o.hamlet_id, o.province_id, o.district_id, o.commune_id, o.user_id
  from place o, place f
 where o.letter = 'o' and f.letter = 'f'
-- name: attempt enrolment.accepted_at_once
insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, status, agency_id,
                       collector_id, unit_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), row_id, 'vsi', 'new', 12, '2021-01-01', '2021-12-31', '2021-01-01', 'accepted',
       agency_id, collector_id, hamlet_id, province_id, district_id, commune_id, user_id
  from place
-- name: attempt enrolment.posted_long_ago
insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, posted_at,
                       agency_id, collector_id, unit_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), row_id, 'vsi', 'new', 12, '2021-01-01', '2021-12-31', '2021-01-01', '2021-01-01',
       agency_id, collector_id, hamlet_id, province_id, district_id, commune_id, user_id
  from place
-- name: attempt enrolment.collector_without_agency
insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on,
                       collector_id, unit_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), row_id, 'vsi', 'new', 12, '2021-01-01', '2021-12-31', '2021-01-01',
       collector_id, hamlet_id, province_id, district_id, commune_id, user_id
  from place
 where letter = 'o'
-- name: attempt enrolment.person_of_elsewhere
insert into enrolment (id, person_id, scheme, kind, months, starts_on, ends_on, paid_on, agency_id,
                       collector_id, unit_id, province_id, district_id, commune_id, created_by)
select gen_random_uuid(), c.row_id, 'vsi', 'new', 12, '2021-01-01', '2021-12-31', '2021-01-01',
       coalesce(own_agency(), case when own_collector() is not null then o.agency_id end),
       own_collector(), o.hamlet_id, o.province_id, o.district_id, o.commune_id, o.user_id
  from place o, place c
 where o.letter = 'o' and c.letter = 'c'

-- name: attempt plan.decision_of_elsewhere
insert into plan (id, indicator, starts_on, ends_on, assigner, decision_id, decision_number, decided_on,
                  unit_id, province_id, district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), 'vsi_new', '2019-01-01', '2019-12-31', 'social_insurance', f.row_id, 'new',
       '2019-01-01', h.unit_id, h.province_id, h.district_id, h.commune_id, h.writer, h.user_id
  from here h, place f
 where f.letter = 'f'
-- name: attempt assignment.collector_of_elsewhere
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on,
                        ends_on, assigner, agency_id, collector_id, unit_id, province_id,
                        district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), h.row_id, h.row_id, 'staff', 'collector', 5, 'vsi_new', '2020-01-01',
       '2020-12-31', 'social_insurance', f.row_id, f.row_id, h.unit_id, h.province_id,
       h.district_id, h.commune_id, h.writer, h.user_id
  from here h, place f
 where f.letter = 'f'
-- name: attempt assignment.agency_of_elsewhere
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on,
                        ends_on, assigner, agency_id, collector_id, unit_id, province_id,
                        district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), h.row_id, h.row_id, 'staff', 'unit', 5, 'vsi_new', '2020-01-01',
       '2020-12-31', 'social_insurance', f.row_id, null, h.unit_id, h.province_id, h.district_id,
       h.commune_id, h.writer, h.user_id
  from here h, place f
 where f.letter = 'f'
-- name: attempt assignment.collector_without_agency
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on,
                        ends_on, assigner, agency_id, collector_id, unit_id, province_id,
                        district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), h.row_id, h.row_id, 'staff', 'collector', 5, 'vsi_new', '2020-01-01',
       '2020-12-31', 'social_insurance', null, o.collector_id, o.unit_id, o.province_id,
       o.district_id, o.commune_id, h.writer, h.user_id
  from here h, place o
 where o.letter = 'o'
-- name: attempt assignment.association_of_elsewhere
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on,
                        ends_on, assigner, association_id, unit_id, province_id, district_id,
                        commune_id, giver_id, created_by)
select gen_random_uuid(), h.row_id, h.row_id, 'organisation', 'association', 5, 'vsi_new', '2020-01-01',
       '2020-12-31', 'social_insurance', f.row_id, h.unit_id, h.province_id, h.district_id,
       h.commune_id, h.writer, h.user_id
  from here h, place f
 where f.letter = 'f'
-- name: attempt assignment.officer_of_elsewhere
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on,
                        ends_on, assigner, officer_id, unit_id, province_id, district_id, commune_id,
                        giver_id, created_by)
select gen_random_uuid(), h.row_id, h.row_id, 'staff', 'officer', 5, 'vsi_new', '2020-01-01',
       '2020-12-31', 'social_insurance', f.user_id, h.unit_id, h.province_id, h.district_id,
       h.commune_id, h.writer, h.user_id
  from here h, place f
 where f.letter = 'f'
-- name: attempt assignment.officer_of_below
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on,
                        ends_on, assigner, officer_id, unit_id, province_id, district_id, commune_id,
                        giver_id, created_by)
select gen_random_uuid(), h.row_id, h.row_id, 'staff', 'officer', 5, 'vsi_new', '2020-01-01',
       '2020-12-31', 'social_insurance', o.user_id, o.unit_id, o.province_id, o.district_id,
       o.commune_id, h.writer, h.user_id
  from here h, place o
 where o.letter = 'o'
-- name: attempt assignment.kind_of_another
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on,
                        ends_on, assigner, agency_id, unit_id, province_id, district_id, commune_id,
                        giver_id, created_by)
select gen_random_uuid(), h.row_id, h.row_id, 'organisation', 'association', 5, 'vsi_new', '2020-01-01',
       '2020-12-31', 'social_insurance', a.agency_id, a.unit_id, a.province_id, a.district_id,
       a.commune_id, h.writer, h.user_id
  from here h, place a
 where a.letter = 'a'
-- name: attempt assignment.more_than_the_whole
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, additive,
                        starts_on, ends_on, assigner, unit_id, province_id, district_id, commune_id,
                        giver_id, created_by)
select gen_random_uuid(), b.row_id, b.row_id, 'staff', 'unit', 10001, 'health_coverage', false,
       '2020-01-01', '2020-12-31', 'social_insurance', b.unit_id, b.province_id, b.district_id,
       b.commune_id, b.unit_id, b.user_id
  from place b
 where b.letter = current_setting('test.place')
-- name: attempt assignment.ratio_that_adds_up
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, additive,
                        starts_on, ends_on, assigner, unit_id, province_id, district_id, commune_id,
                        giver_id, created_by)
select gen_random_uuid(), b.row_id, b.row_id, 'staff', 'unit', 5, 'health_coverage', true,
       '2020-01-01', '2020-12-31', 'social_insurance', b.unit_id, b.province_id, b.district_id,
       b.commune_id, b.unit_id, b.user_id
  from place b
 where b.letter = current_setting('test.place')
-- name: attempt assignment.parent_of_elsewhere
insert into assignment (id, plan_id, parent_id, cut, assignee_kind, quantity, indicator, starts_on,
                        ends_on, assigner, agency_id, collector_id, unit_id, province_id,
                        district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), f.row_id, f.row_id, 'territory', 'unit', 5, 'vsi_new', '2020-01-01',
       '2020-12-31', 'social_insurance', null, null, h.unit_id, h.province_id, h.district_id,
       h.commune_id, h.writer, h.user_id
  from here h, place f
 where f.letter = 'f'
-- name: attempt assignment_entry.assignment_of_elsewhere
insert into assignment_entry (assignment_id, n, act, change, reason, created_by, agency_id, unit_id,
                              province_id, district_id, commune_id, giver_id)
select f.row_id, 2, 'amend', 1, 'Lý do', h.user_id, null, h.unit_id, h.province_id, h.district_id,
       h.commune_id, h.writer
  from here h, place f
 where f.letter = 'f'
-- name: attempt assignment_entry.agency_of_elsewhere
insert into assignment_entry (assignment_id, n, act, change, reason, created_by, agency_id, unit_id,
                              province_id, district_id, commune_id, giver_id)
select given_by(h.letter, h.writer), 2, 'amend', 1, 'Lý do', h.user_id, f.row_id, h.unit_id,
       h.province_id, h.district_id, h.commune_id, h.writer
  from here h, place f
 where f.letter = 'f'
-- name: attempt assignment_entry.decision_of_elsewhere
insert into assignment_entry (assignment_id, n, act, change, reason, decision_id, decision_number,
                              decided_on, created_by, unit_id, province_id, district_id, commune_id,
                              giver_id)
select given_by(h.letter, h.writer), 2, 'amend', 1, 'Lý do', f.row_id, 'new', '2019-01-01',
       h.user_id, h.unit_id, h.province_id, h.district_id, h.commune_id, h.writer
  from here h, place f
 where f.letter = 'f'
-- name: attempt assignment_acceptance.assignment_of_elsewhere
insert into assignment_acceptance (assignment_id, created_by, agency_id, collector_id, unit_id,
                                   province_id, district_id, commune_id)
select given_by('f', 1), h.user_id, h.agency_id, own_collector(), h.unit_id, h.province_id,
       h.district_id, h.commune_id
  from here h
-- name: attempt assignment_acceptance.agency_of_elsewhere
insert into assignment_acceptance (assignment_id, created_by, agency_id, collector_id, unit_id,
                                   province_id, district_id, commune_id)
select given_by(h.letter, h.writer), h.user_id, f.row_id, own_collector(), h.unit_id,
       h.province_id, h.district_id, h.commune_id
  from here h, place f
 where f.letter = 'f'
-- name: attempt assignment_acceptance.keys_of_elsewhere
insert into assignment_acceptance (assignment_id, created_by, agency_id, collector_id, unit_id,
                                   province_id, district_id, commune_id)
select given_by(h.letter, h.writer), h.user_id, h.agency_id, own_collector(), f.unit_id,
       f.province_id, f.district_id, f.commune_id
  from here h, place f
 where f.letter = 'f'
-- name: attempt cut_total.assignment_of_elsewhere
insert into cut_total (assignment_id, cut, quantity, indicator, starts_on, ends_on, assigner, holder_id,
                       province_id, district_id, commune_id, giver_id)
select f.row_id, 'territory', 10, 'vsi_new', '2020-01-01', '2020-12-31', 'people_council', h.unit_id,
       h.province_id, h.district_id, h.commune_id, h.writer
  from here h, place f
 where f.letter = 'f'
-- name: attempt cut_total.holder_of_elsewhere
insert into cut_total (assignment_id, cut, quantity, indicator, starts_on, ends_on, assigner, holder_id,
                       province_id, district_id, commune_id, giver_id)
select given_by(letter, writer), 'territory', 10, 'vsi_new', '2020-01-01', '2020-12-31',
       'people_council', 156, province_id, district_id, commune_id, writer
  from here
-- name: attempt cut_total.more_than_there_is
update cut_total set allocated = quantity + 1
-- name: attempt cut_total.quantity_by_the_holder
update cut_total set quantity = quantity + 1 where holder_id = scope_id() and giver_id <> scope_id()

-- name: attempt cut_total.declared_by_the_giver
update cut_total set declared_over = 1 where holder_id <> scope_id() and giver_id = scope_id()
-- name: attempt cut_declaration.cut_of_elsewhere
insert into cut_declaration (assignment_id, cut, n, over, reason, created_by, unit_id, province_id,
                             district_id, commune_id, giver_id)
select f.row_id, 'staff', 2, 5, 'Lý do', h.user_id, h.unit_id, h.province_id, h.district_id,
       h.commune_id, h.writer
  from here h, place f
 where f.letter = 'f'
-- name: attempt cut_declaration.decision_of_elsewhere
insert into cut_declaration (assignment_id, cut, n, over, reason, decision_id, decision_number,
                             decided_on, created_by, unit_id, province_id, district_id, commune_id,
                             giver_id)
select h.row_id, 'staff', 2, 5, 'Lý do', f.row_id, 'new', '2019-01-01', h.user_id, h.unit_id,
       h.province_id, h.district_id, h.commune_id, h.writer
  from here h, place f
 where f.letter = 'f'
-- name: attempt cut_total.closed_by_the_holder
update cut_total set open = false where holder_id = scope_id() and giver_id <> scope_id()
-- name: attempt assignment.withdrawn_with_a_number
update assignment set withdrawn_at = now() where giver_id = scope_id()

-- name: attempt population.keys_of_elsewhere
insert into population (id, kind, as_of, people, source, revision, unit_id, province_id, district_id,
                        commune_id, giver_id, created_by)
select gen_random_uuid(), 'total', '2019-01-01', 1, 'x', 1, h.unit_id, f.province_id, f.district_id,
       f.commune_id, h.writer, h.user_id
  from here h, place f
 where f.letter = case h.letter when 'p' then 'n' else 'f' end
-- name: attempt population.unit_of_elsewhere
insert into population (id, kind, as_of, people, source, revision, unit_id, province_id, district_id,
                        commune_id, giver_id, created_by)
select gen_random_uuid(), 'total', '2019-01-01', 1, 'x', 1, 156, h.province_id, h.district_id,
       h.commune_id, h.writer, h.user_id
  from here h

-- name: attempt rate.ended_in_the_past
update rate
   set ended_on = business_date() - 2, ended_number = 'forged'
 where giver_id = (select writer from here)

-- name: attempt rate.national_by_a_province
insert into rate (id, kind, key, valid_from, value, decision_number, verified, unit_id, province_id,
                  district_id, commune_id, giver_id)
select gen_random_uuid(), case letter when 'n' then 'vsi_top_up' else 'vsi_fund_rate' end,
       case letter when 'n' then 'other' else 'all' end, '2028-01-01', 1, 'forged', true, unit_id,
       province_id, district_id, commune_id, writer
  from here

-- name: attempt reported_count.group_of_another_indicator
insert into reported_count (id, indicator, payer_group, as_of, people, source, revision, unit_id,
                            province_id, district_id, commune_id, giver_id, created_by)
select gen_random_uuid(), 'vsi_participants', 'household', '2019-01-01', 1, 'x', 1, unit_id,
       province_id, district_id, commune_id, writer, user_id
  from here

-- name: attempt audit.by_somebody_else
insert into audit (user_id, session_id, action, subjects, province_id, district_id, commune_id)
select f.user_id, h.session_id, 'person_get', '{}', h.province_id, h.district_id, h.commune_id
  from here h, place f
 where f.letter = 'f'
-- name: attempt audit.of_another_session
insert into audit (user_id, session_id, action, subjects, province_id, district_id, commune_id)
select h.user_id, f.session_id, 'person_get', '{}', h.province_id, h.district_id, h.commune_id
  from here h, place f
 where f.letter = 'f'
-- name: attempt job_part.of_another
insert into job_part (job_id, requester_id, role, n, content)
select f.row_id, h.user_id, 'result', 3, 'forged' from here h, place f where f.letter = 'f'
-- name: attempt job_verdict.of_another
insert into job_verdict (job_id, requester_id, step, line, verdict)
select f.row_id, h.user_id, 'write', 3, 'accepted' from here h, place f where f.letter = 'f'

-- --- The catalogue --------------------------------------------------------------------------------

-- Tables, views and sequences of all schemas; what an extension brings along is its own business.
-- name: catalogue objects
with found as (
    select c.oid::regclass::text as object
      from pg_class c
      join pg_namespace s on s.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and s.nspname !~ '^pg_'
       and s.nspname <> 'information_schema'
     union
    select 'schema:' || nspname from pg_namespace
     where nspname !~ '^pg_' and nspname <> 'information_schema'
), listed as (
    select object from expected where section = 'grants'
)
select object || ' has no line in [grants]' from (table found except table listed) d
 union all
select object || ' stands in [grants] and does not exist' from (table listed except table found) d

-- Whole objects in small letters, columns in capitals. A word instead of a letter, a * for the right
-- to hand on, a grant to everybody: whatever the matrix cannot say is a difference.
-- name: catalogue grants
with granted as (
    select c.oid::regclass::text as object, a.*, c.relkind = 'S' as counts, false as column_only
      from pg_class c, aclexplode(c.relacl) a
     where c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
     union all
    select t.attrelid::regclass::text, a.*, false, true
      from pg_attribute t
      join pg_class c on c.oid = t.attrelid, aclexplode(t.attacl) a
     where c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
     union all
    select 'schema:' || nspname, a.*, false, false
      from pg_namespace, aclexplode(nspacl) a
     where nspname !~ '^(pg_|information_schema)'
), found as (
    select g.object, coalesce(r.rolname, 'everybody') as role,
           coalesce(case when g.column_only then upper(l.letter) else l.letter end,
                    ' ' || g.privilege_type || ' ')
           || case when g.is_grantable then '*' else '' end as letter
      from granted g
      left join pg_roles r on r.oid = g.grantee
      left join (values ('SELECT', 's'), ('INSERT', 'i'), ('UPDATE', 'u'), ('DELETE', 'd'),
                        ('USAGE', 'n'), ('CREATE', 'm')) l (word, letter) on l.word = g.privilege_type
     where r.rolname is null
        or not r.rolsuper and r.rolname not in ('ansinh_owner', 'pg_database_owner')
), listed as (
    select object, role, letter
      from expected, regexp_split_to_table(cell, '') letter
     where section = 'grants' and cell <> '-'
)
select role || ' holds ' || string_agg(letter, '') || ' on ' || object || ', [grants] says no'
  from (table found except table listed) d group by role, object
 union all
select role || ' lacks ' || string_agg(letter, '') || ' on ' || object || ', [grants] says yes'
  from (table listed except table found) d group by role, object

-- name: catalogue columns
with found as (
    select t.attrelid::regclass::text as object,
           case a.privilege_type when 'SELECT' then 'S' when 'INSERT' then 'I' when 'UPDATE' then 'U'
                                 else a.privilege_type end as letter,
           r.rolname::text as role, t.attname::text as attname
      from pg_attribute t, aclexplode(t.attacl) a, pg_class c, pg_roles r
     where c.oid = t.attrelid and r.oid = a.grantee
       and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
), listed as (
    select object, item, role, cell from expected where section = 'columns'
)
select role || ' holds ' || letter || ' on ' || object || ' (' || string_agg(attname, ', ')
       || '), [columns] says no'
  from (table found except table listed) d group by role, letter, object
 union all
select role || ' lacks ' || item || ' on ' || object || ' (' || string_agg(cell, ', ')
       || '), [columns] says yes'
  from (table listed except table found) d group by role, item, object

-- name: catalogue functions
with own as (
    select p.*, replace(p.oid::regprocedure::text, ' ', '_') as signature
      from pg_proc p
      join pg_namespace s on s.oid = p.pronamespace
     where s.nspname !~ '^(pg_|information_schema)'
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass
                                                 and d.objid = p.oid and d.deptype = 'e')
), found as (
    select signature, coalesce(r.rolname, 'everybody') as role
      from own
     cross join aclexplode(coalesce(proacl, acldefault('f', proowner))) a
      left join pg_roles r on r.oid = a.grantee
     where r.rolname is null or not r.rolsuper and r.rolname <> 'ansinh_owner'
), listed as (
    select object, role from expected where section = 'functions' and cell = 'x'
)
select signature || ' has no line in [functions]'
  from (select signature from own except select object from expected where section = 'functions') d
 union all
select object || ' stands in [functions] and does not exist'
  from (select object from expected where section = 'functions' except select signature from own) d
 union all
select role || ' may execute ' || signature || ', [functions] says no'
  from (table found except table listed) d
 union all
select role || ' may not execute ' || object || ', [functions] says yes'
  from (table listed except table found) d

-- name: catalogue roles
with own as (
    select * from pg_roles where rolname ~ '^ansinh_' and not rolsuper
), found as (
    select rolname::text as role, 'login' as item,
           case when rolcanlogin then 'yes' else 'no' end as cell from own
     union all
    select m.rolname, 'becomes', g.rolname || case when a.admin_option then ' (admin)' else '' end
      from pg_auth_members a
      join own m on m.oid = a.member
      join pg_roles g on g.oid = a.roleid
     union all
    select rolname, 'has', word
      from own, unnest(array['inherit', 'bypassrls', 'createrole', 'createdb', 'replication'],
                       array[rolinherit, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication])
                e (word, so)
     where so
), listed as (
    select object, item, cell from expected where section = 'roles'
)
select concat_ws(' ', 'catalogue:', role, item, cell) || ', [roles] says no'
  from (table found except table listed) d
 union all
select concat_ws(' ', '[roles]:', object, item, cell) || ', the catalogue says no'
  from (table listed except table found) d

-- What the matrix forbids by leaving it out, as statements to be tried: other columns than the
-- listed ones, functions, sequences.
-- name: forbidden
select e.role, case e.item when 'S' then format('select count(%I) from %s', t.attname, e.object)
                           when 'I' then format('insert into %s (%I) values (default)', e.object,
                                                t.attname)
                           else format('update %s set %I = default', e.object, t.attname) end
  from (select distinct role, object, item from expected where section = 'columns') e
  join pg_attribute t on t.attrelid = e.object::regclass and t.attnum > 0 and not t.attisdropped
 where not exists (select from expected l
                    where l.section = 'columns' and l.role = e.role and l.object = e.object
                      and l.item = e.item and l.cell = t.attname)
 union all
select e.role, case p.prokind when 'p' then 'call ' else 'select ' end || p.oid::regproc || '('
               || coalesce((select string_agg('null::' || format_type(t, null), ', ' order by n)
                              from unnest(p.proargtypes::oid[]) with ordinality as x (t, n)), '')
               || ')'
  from expected e
  join pg_proc p on replace(p.oid::regprocedure::text, ' ', '_') = e.object
 where e.section = 'functions' and e.cell = '-'
 union all
select e.role, case letter when 'n' then format('select nextval(%L)', e.object)
                           else format('select last_value from %s', e.object) end
  from expected e
  join pg_class c on c.oid = to_regclass(e.object) and c.relkind = 'S',
       unnest(array['n', 's']) letter
 where e.section = 'grants' and strpos(e.cell, letter) = 0
