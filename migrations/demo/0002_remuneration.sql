-- Rates of remuneration in the demo province, to show what a statement looks like. Illustrative: the
-- rates that are in force are not published.
insert into rate (id, kind, key, valid_from, value, decision_number, verified, note, unit_id, province_id,
                  district_id, commune_id, giver_id)
select uuid7(), r.kind, r.key, '2022-08-01', r.value, 'MINH-HỌA/01', false, 'illustrative', u.id,
       u.province_id, u.district_id, u.commune_id, u.id
  from (values ('vsi_remuneration', 'new', 1200), ('vsi_remuneration', 'renewal', 700),
               ('vsi_remuneration', 'return', 900), ('hhi_remuneration', 'new', 700),
               ('hhi_remuneration', 'renewal', 500), ('hhi_remuneration', 'return', 600),
               ('hhi_remuneration', 'pupil_new', 250), ('hhi_remuneration', 'pupil_renewal', 250),
               ('hhi_remuneration', 'pupil_return', 250), ('hhi_remuneration', 'student_new', 250),
               ('hhi_remuneration', 'student_renewal', 250), ('hhi_remuneration', 'student_return', 250))
       r (kind, key, value)
  join unit u on u.id = 168;
