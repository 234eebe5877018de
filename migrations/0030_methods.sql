set local role ansinh_owner;

-- One index for the members of a household, today's and former ones: a price asks who belonged to it on
-- a day, which neither of the two halves can answer.
create index household_member_home on household_member (household_id);
drop index household_member_of, household_member_in;

-- --- Prices -----------------------------------------------------------------------------------------

-- As before, and `other_payer`: the first group on that day for whose health card an employer, the social
-- insurance or the budget pays (Law on Health Insurance Art. 12).
set local role ansinh_gate;
create or replace function gate.price_facts(whose uuid, of_scheme text, paid date, holds boolean)
    returns json language plpgsql volatile security definer set search_path = '' as $$
declare
    known record;
begin
    if holds then
        perform pg_advisory_xact_lock(hashtextextended(whose::text, 0));
    end if;
    perform from public.person p
      where p.id = whose
        and public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id);
    if not found then
        return null;
    end if;
    select * into known from gate.register_facts(whose, of_scheme, paid);
    return (select json_build_object(
                       'support_used',
                       (select coalesce(sum(greatest(e.support_months - coalesce(f.unused_months, 0), 0)), 0)
                          from public.enrolment e
                          left join public.enrolment_refund f on f.enrolment_id = e.id
                         where of_scheme = 'vsi' and e.person_id = whose and e.scheme = 'vsi'
                           and e.reversed_on is null and e.status <> 'draft'),
                       'covered_until', upper(c.during) - 1, 'renewable_until', c.renewable_until,
                       'groups', known.groups, 'position', known.own_position,
                       'next_position', known.next_position,
                       'other_payer',
                       (select g.code
                          from public.entitlement e
                          join public.participant_group g on g.scheme = of_scheme and g.code = e.group_code
                         where of_scheme = 'hhi' and e.person_id = whose and e.during @> paid
                           and g.payer_group in ('employer', 'social_insurance', 'budget')
                         order by g.position
                         limit 1))
              from (values (1)) one
              left join lateral (select o.during, o.renewable_until
                                   from public.coverage o
                                  where o.person_id = whose and o.scheme = of_scheme
                                    and not isempty(o.during)
                                  order by upper(o.during) desc
                                  limit 1) c on true);
end $$;
-- They look up one person each, whoever it is; planning for each anew takes longer than looking.
alter function gate.price_facts(uuid, text, date, boolean) set plan_cache_mode = force_generic_plan;
alter function gate.register_facts(uuid, text, date) set plan_cache_mode = force_generic_plan;
-- How many rows they answer: with a thousand the planner would read all units for their names.
alter function gate.person_registered(uuid, text, text, boolean) rows 2;
alter function gate.enrolment_terms(uuid, text, int, date) rows 1;
set local role ansinh_owner;

-- --- Lump sums --------------------------------------------------------------------------------------

-- What is paid for: a period; months ahead, which cover like a period; or missing months, which lie in the
-- past: they cover no day, so nobody is a participant longer for them and nothing falls due.
alter table enrolment
    add method text not null default 'period' check (method in ('period', 'ahead', 'missing')),
    drop constraint enrolment_months_check,
    add constraint enrolment_months_check check (months between 1 and 120), -- missing ones until 2025-06-30
    add constraint lump_sums_are_voluntary check (method = 'period' or scheme = 'vsi'),
    drop constraint draft_is_not_posted,
    add constraint draft_is_not_posted
        check (case when posted_at is null
                    then status in ('draft', 'voided') and asked is not null and kind is null
                         and contribution is null
                    else status <> 'draft' and kind is not null
                         and (method = 'missing') = (starts_on is null)
                         and (method = 'missing') = (ends_on is null) end);
grant insert (method)
   on enrolment to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- When a payment continues what was there, and when a card begins, are numbers of the law like all others:
-- what the nation sets for a day, quotes and the gate follow alike. A lump sum is due when it is
-- registered (Law 41/2024/QH15 Art. 36(3)), so nothing is granted after its last month; no number of
-- months is that of a period, so the two are told apart by it. Where months and days of a gap are both
-- set, the months count.
set local role ansinh_gate;
create temporary table opens on commit drop as
select pg_get_functiondef(
           'gate.participation_open(uuid,uuid,text,daterange,public.participation_rule,text,text)'::regprocedure)
       as definition;
drop function gate.participation_open(uuid, uuid, text, daterange, public.participation_rule, text, text);
set local role ansinh_owner;
drop table participation_rule;
create view participation_rule with (security_invoker = true) as
with gap as (
    select r.valid, make_interval(months => r.value::int) as gap, r.decision_number, r.verified
      from rate r
     where r.kind = 'hhi_gap_months'
    union all
    select unnest(datemultirange(r.valid)
                  - coalesce((select range_agg(o.valid) from rate o where o.kind = 'hhi_gap_months'), '{}')),
           make_interval(days => r.value::int), r.decision_number, r.verified
      from rate r
     where r.kind = 'hhi_gap_days'
)
select 'vsi' as scheme, r.key::int as months, r.valid, 0 as waiting_days,
       make_interval(months => r.value::int) as grace, make_interval(months => r.value::int) as gap,
       'end' as continues_from, r.decision_number as basis, r.verified
  from rate r
 where r.kind = 'vsi_method'
union all
select 'vsi', m, r.valid, 0, interval '0', interval '0', 'end', r.decision_number, false
  from rate r
 cross join lateral generate_series(13, r.value::int) m
 where r.kind = 'vsi_advance_months'
union all
select 'hhi', m.key::int, m.valid * w.valid * g.valid, w.value::int, interval '0', g.gap, 'payment',
       concat_ws('; ', w.decision_number, g.decision_number), w.verified and g.verified
  from rate m
  join rate w on w.kind = 'hhi_waiting_days' and w.valid && m.valid
  join gap g on g.valid && (m.valid * w.valid)
 where m.kind = 'hhi_method';
grant select on participation_rule to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency, ansinh_collector;
set local role ansinh_gate;
do $$
begin
    execute (select definition from opens);
end $$;
revoke execute on function
       gate.participation_open(uuid, uuid, text, daterange, public.participation_rule, text, text) from public;
set local role ansinh_owner;

-- As without a method; missing months have no days, and are new, a renewal or a return by the coverage that
-- there is on the day of payment, or by missing months that were paid before.
set local role ansinh_gate;
create function gate.enrolment_terms(whose uuid, of_scheme text, for_months int, paid date, by_method text)
    returns table (kind text, starts_on date, ends_on date, first_in smallint)
    language plpgsql volatile rows 1 security definer set search_path = '' as $$
begin
    if by_method <> 'missing' then
        return query select * from gate.enrolment_terms(whose, of_scheme, for_months, paid);
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(whose::text, 0));
    perform from public.person p
      where p.id = whose
        and public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id);
    if not found then
        return;
    end if;
    select case when paid < c.renewable_until then 'renewal' else 'return' end into kind
      from public.coverage c
     where c.person_id = whose and c.scheme = of_scheme and not isempty(c.during)
     order by upper(c.during) desc
     limit 1;
    kind := coalesce(kind, (select 'return' from public.enrolment o
                             where o.person_id = whose and o.method = 'missing' and o.posted_at is not null
                               and o.reversed_on is null
                             limit 1), 'new');
    select 7 & ~coalesce(bit_or(case when date_trunc('month', o.paid_on) = date_trunc('month', paid)
                                     then 7
                                     when date_trunc('quarter', o.paid_on) = date_trunc('quarter', paid)
                                     then 6
                                     else 4 end), 0)
      into first_in
      from public.enrolment o
     where o.person_id = whose and o.scheme = of_scheme and o.kind = enrolment_terms.kind
       and o.reversed_on is null
       and date_trunc('year', o.paid_on) = date_trunc('year', paid);
    return next;
end $$;

-- Posts what the caller has just written: what covers as before, missing months as a payment of their day.
alter function gate.enrolment_post(uuid) rename to enrolment_post_covering;
create function gate.enrolment_post(posted uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
begin
    if exists (select from public.enrolment o where o.id = posted and o.method <> 'missing') then
        perform gate.enrolment_post_covering(posted);
        return;
    end if;
    insert into public.progress_delta (scheme, kind, effective_on, n, people_month, people_quarter,
                                       people_year, amount, agency_id, collector_id, officer_id,
                                       association_id, unit_id, province_id, district_id, commune_id)
    select e.scheme, e.kind, e.paid_on, 1, e.first_in & 1, (e.first_in & 2) / 2, (e.first_in & 4) / 4,
           coalesce(e.amount, 0), e.agency_id, e.collector_id, e.officer_id, e.association_id, e.unit_id,
           e.province_id, e.district_id, e.commune_id
      from public.enrolment e
     where e.id = posted and e.posted_at = now() and e.status = 'submitted' and public.in_callers_credit(e);
end $$;

-- A draft may be another's of the same office or organisation: what counts is that it is posted now.
do $$
declare
    known constant text := pg_get_functiondef('gate.enrolment_post_covering(uuid)'::regprocedure);
    anchor constant text := 'o.created_by = public.caller_id()';
begin
    if position(anchor in known) = 0 then
        raise 'gate.enrolment_post is another one';
    end if;
    execute replace(known, anchor, 'o.posted_at = now() and public.in_callers_credit(o)');
end $$;

-- A draft knows its method.
do $$
declare
    signature constant text :=
        '(uuid, date, bigint, bigint, text, smallint, bigint, smallint, text, uuid)';
    known constant text := pg_get_functiondef(('gate.enrolment_submit' || signature)::regprocedure);
    anchor constant text := 'gate.enrolment_terms(e.person_id, e.scheme, e.months, paid)';
begin
    if position(anchor in known) = 0 then
        raise 'gate.enrolment_submit is another one';
    end if;
    execute replace(known, anchor,
                    'gate.enrolment_terms(e.person_id, e.scheme, e.months, paid, e.method)');
end $$;

-- What counts includes payments without a coverage.
do $$
declare
    known constant text := pg_get_functiondef('gate.counted_deltas(uuid)'::regprocedure);
    anchor constant text := 'from public.enrolment e\s+join public.coverage c on c.id = e.id';
begin
    if known !~ anchor then
        raise 'gate.counted_deltas is another one';
    end if;
    execute regexp_replace(known, anchor,
        'from (select o.* from public.enrolment o where exists (select from public.coverage c '
        'where c.id = o.id) or o.method = ''missing'' and o.posted_at is not null) e');
end $$;

revoke execute on function gate.enrolment_post_covering(uuid), gate.enrolment_terms(uuid, text, int, date)
  from ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
revoke execute on function gate.enrolment_terms(uuid, text, int, date, text), gate.enrolment_post(uuid)
  from public;
grant execute on function gate.enrolment_terms(uuid, text, int, date, text), gate.enrolment_post(uuid)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
set local role ansinh_owner;

-- Whatever has no days has no coverage to catch up.
do $$
declare
    known constant text := pg_get_functiondef('rollup_catch_up()'::regprocedure);
    anchor constant text := 'where e.reversed_on is null and not exists';
begin
    if position(anchor in known) > 0 then
        execute replace(known, anchor,
                        'where e.reversed_on is null and e.starts_on is not null and not exists');
    end if;
end $$;

-- --- Merging ----------------------------------------------------------------------------------------

-- Two records may have been counted as two people in a month, quarter or year that is not over. From today on
-- whichever enrolment was posted first is counted; what is over stays as it was published.
set local role ansinh_gate;
create function gate.person_counted_once(whose uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e public.enrolment;
    period smallint;
    today constant date := public.business_date();
begin
    foreach period in array array[1, 2, 4]::smallint[] loop
        for e in select (c.o).*
                   from (select o, row_number() over (partition by o.scheme, o.kind
                                                      order by o.posted_at, o.id) as n
                           from public.enrolment o
                          where o.person_id = whose and o.holds & period <> 0
                            and o.paid_on >= date_trunc(case period when 1 then 'month'
                                                                    when 2 then 'quarter' else 'year' end,
                                                        today::timestamp)) c
                  where c.n > 1 loop
            perform gate.person_counted(e, -1, period, today, (e.accepted_on is not null)::int);
            update public.enrolment o set holds = o.holds & ~period where o.id = e.id;
            insert into public.person_period (from_id, first_in, moved_on, from_accepted, to_accepted)
            values (e.id, period, today, e.accepted_on is not null, false);
        end loop;
    end loop;
end $$;
revoke execute on function gate.person_counted_once(uuid) from public;
do $$
declare
    merge constant text := pg_get_functiondef('gate.person_merge(uuid,uuid)'::regprocedure);
    settled constant text := 'perform gate.participation_settle(keep, s)';
    counted constant text := pg_get_functiondef('gate.counted_deltas(uuid)'::regprocedure);
    held constant text := 'else e\.first_in \| coalesce\(\(select bit_or\(m\.first_in\) from public\.person_period m\s+'
                          'where m\.to_id = e\.id and not m\.to_accepted\), 0\) end';
begin
    if position(settled in merge) = 0 or counted !~ held then
        raise 'gate.person_merge or gate.counted_deltas is another one';
    end if;
    execute replace(merge, settled, 'perform gate.person_counted_once(keep); ' || settled);
    -- what was taken from it before it was accepted was not confirmed with it
    execute regexp_replace(counted, held,
        'else e.first_in + coalesce((select sum(case when m.to_id = e.id then m.first_in else -m.first_in end) '
        'from public.person_period m where m.to_id = e.id and not m.to_accepted '
        'or m.from_id = e.id and not m.from_accepted), 0)::int end');
end $$;
set local role ansinh_owner;
