-- The targets of the published figures (published/plans.csv), of units that have closed since: plans of
-- the nation about them. Numbers of decisions are not published. Runs once, as a superuser.
create temporary table published on commit drop as
select uuid7() as id, uuid7() as decision_id, c.indicator, make_date(c.period::int, 1, 1) as starts_on,
       make_date(c.period::int, 12, 31) as ends_on, c.assigner, c.quantity::bigint as quantity, c.source, u.id as unit_id,
       u.province_id, u.district_id, u.commune_id, a.id as created_by,
       (c.at || ' 12:00+07')::timestamptz as created_at, row_number() over () as n
  from csv_plans c
  join unit u on u.kind = c.unit_kind and u.code = c.unit_code
             and c.at::date between u.valid_from and u.valid_to
  join app_user a on a.username = 'nation.manager';
insert into decision (id, number, issuer, issued_on, subject, unit_id, province_id, district_id, commune_id,
                      giver_id, created_at, created_by)
select p.decision_id, 'không công bố ' || p.n, left(p.source, 100), p.starts_on, p.source, 1, 0, 0, 0, 1,
       p.created_at, p.created_by
  from published p;
insert into plan (id, indicator, starts_on, ends_on, assigner, decision_id, decision_number, decided_on,
                  unit_id, province_id, district_id, commune_id, giver_id, created_at, created_by)
select p.id, p.indicator, p.starts_on, p.ends_on, p.assigner, p.decision_id, 'không công bố ' || p.n,
       p.starts_on, p.unit_id, p.province_id, p.district_id, p.commune_id, 1, p.created_at, p.created_by
  from published p;
insert into assignment (id, plan_id, cut, assignee_kind, quantity, indicator, additive, starts_on, ends_on,
                        assigner, unit_id, province_id, district_id, commune_id, giver_id, created_at,
                        created_by)
select p.id, p.id, 'root', 'unit', p.quantity, p.indicator, i.additive, p.starts_on, p.ends_on, p.assigner,
       p.unit_id, p.province_id, p.district_id, p.commune_id, 1, p.created_at, p.created_by
  from published p
  join indicator i on i.code = p.indicator;
insert into assignment_entry (assignment_id, n, act, change, decision_id, decision_number, decided_on, at,
                              created_by, unit_id, province_id, district_id, commune_id, giver_id)
select p.id, 1, 'give', p.quantity, p.decision_id, 'không công bố ' || p.n, p.starts_on, p.created_at,
       p.created_by, p.unit_id, p.province_id, p.district_id, p.commune_id, 1
  from published p;
insert into cut_total (assignment_id, cut, quantity, additive, indicator, starts_on, ends_on, assigner,
                       holder_id, province_id, district_id, commune_id, giver_id)
select p.id, c.cut, p.quantity, i.additive, p.indicator, p.starts_on, p.ends_on, p.assigner, p.unit_id,
       p.province_id, p.district_id, p.commune_id, 1
  from published p
  join indicator i on i.code = p.indicator
 cross join unnest(array['territory', 'organisation', 'staff']) c (cut);
-- Lists are newest first: what is about the past stands behind what is recorded from now on.
update reported_count set created_at = (as_of || ' 12:00+07')::timestamptz where giver_id = 1;
update population set created_at = (as_of || ' 12:00+07')::timestamptz where giver_id = 1;
