set local role ansinh_owner;

-- The life of an enrolment: draft, submitted (that is posted, the money is taken), accepted or rejected,
-- issued; voided with a reason, or refunded. A draft counts nowhere and costs nothing: it has no kind,
-- no days and no price, only what was asked. What is discarded before it was posted is voided as well.
alter table enrolment
    alter column kind drop not null,
    alter column starts_on drop not null,
    alter column ends_on drop not null,
    alter column posted_at drop not null,
    add asked jsonb,
    add issued_on date,
    add constraint draft_is_not_posted
        check (case when posted_at is null
                    then status in ('draft', 'voided') and asked is not null and kind is null
                         and contribution is null
                    else status <> 'draft' and (kind, starts_on, ends_on) is not null end),
    add constraint issued_is_accepted check (issued_on is null or accepted_on is not null);
do $$
declare
    known text;
begin
    select conname into strict known
      from pg_constraint
     where conrelid = 'enrolment'::regclass and contype = 'c'
       and pg_get_constraintdef(oid) like '%reversed_on IS NOT NULL%';
    execute format('alter table enrolment drop constraint %I', known);
end $$;
alter table enrolment
    add constraint reversed_is_posted
        check ((reversed_on is not null) = (posted_at is not null and status in ('rejected', 'voided')));
grant insert (status, posted_at, asked)
   on enrolment to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- What is written is a draft, or posted now.
create function begins_well(status text, posted_at timestamptz) returns boolean language sql stable
return status = 'draft' and posted_at is null or status = 'submitted' and posted_at = now();
grant execute on function begins_well(text, timestamptz)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
alter policy district_insert on enrolment
    with check (district_id = scope_id() and collector_id is null and agency_id is null
                and begins_well(status, posted_at));
alter policy commune_insert on enrolment
    with check (commune_id = scope_id() and collector_id is null and agency_id is null
                and begins_well(status, posted_at));
alter policy agency_insert on enrolment
    with check (agency_id = scope_agent() and unit_id = any(territory())
                and begins_well(status, posted_at));
alter policy collector_insert on enrolment
    with check (collector_id = scope_agent() and unit_id = any(territory())
                and begins_well(status, posted_at));

-- Everything that the gate may change of an enrolment, since a draft becomes one.
grant update (months, kind, starts_on, ends_on, paid_on, posted_at, first_in, contribution, amount, group_code,
              position, income, support_months, issued_on, agency_id, collector_id, officer_id,
              association_id)
   on enrolment to ansinh_gate;

-- Whether whoever asks the gate may act on an enrolment: it lies in the slice, or is the own credit.
create function in_callers_credit(e enrolment) returns boolean language sql stable
return in_callers_slice(e.province_id, e.district_id, e.commune_id, e.unit_id)
       or coalesce(scope_agent() in (e.agency_id, e.collector_id), false);
grant execute on function in_callers_credit(enrolment) to ansinh_gate;

-- Holds an enrolment until the end of the transaction: the person first, then the row, the order of
-- posting. Null for what the caller may not act on.
create function gate.enrolment_held(held uuid) returns public.enrolment
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e public.enrolment;
begin
    select o.* into e from public.enrolment o where o.id = held;
    if not found or not public.in_callers_credit(e) then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(e.person_id::text, 0));
    select o.* into e from public.enrolment o where o.id = held for update;
    return e;
end $$;

-- Makes a priced draft an enrolment of the day of payment: from here on it is as if it had been written
-- now. No row where the person has left the slice.
create function gate.enrolment_submit(draft uuid, paid date, paid_in_all bigint, paid_by_person bigint,
                                      of_group text, of_position smallint, of_income bigint,
                                      supported smallint) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e constant public.enrolment := gate.enrolment_held(draft);
    t record;
begin
    if e.id is null then
        return;
    end if;
    if coalesce(e.collector_id, e.agency_id) is distinct from public.scope_agent() then
        raise insufficient_privilege using message = 'a draft of somebody else';
    end if;
    if e.status <> 'draft' then
        raise 'not from %', e.status using errcode = 'ANS01';
    end if;
    select * into t from gate.enrolment_terms(e.person_id, e.scheme, e.months, paid);
    if not found then
        return;
    end if;
    update public.enrolment o
       set status = 'submitted', posted_at = now(), paid_on = paid, kind = t.kind,
           starts_on = t.starts_on, ends_on = t.ends_on, first_in = t.first_in, holds = t.first_in,
           contribution = paid_in_all, amount = paid_by_person, group_code = of_group,
           position = of_position, income = of_income, support_months = supported,
           version = o.version + 1
     where o.id = e.id;
    insert into public.enrolment_event (enrolment_id, n, from_status, to_status, created_by, agency_id,
                                        collector_id, unit_id, province_id, district_id, commune_id)
    values (e.id, e.version, 'draft', 'submitted', public.caller_id(), e.agency_id, e.collector_id,
            e.unit_id, e.province_id, e.district_id, e.commune_id);
end $$;

-- The figures forget an enrolment from today on; another one of the person counts in its place where
-- people are counted.
create function gate.enrolment_take_back(e public.enrolment) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    heir public.enrolment;
    today constant date := public.business_date();
    was_accepted constant int := (e.accepted_on is not null)::int;
    period smallint;
begin
    insert into public.progress_delta (scheme, kind, effective_on, n, confirmed, amount, agency_id,
                                       collector_id, officer_id, association_id, unit_id,
                                       province_id, district_id, commune_id)
    values (e.scheme, e.kind, today, -1, -was_accepted, -coalesce(e.amount, 0), e.agency_id,
            e.collector_id, e.officer_id, e.association_id, e.unit_id, e.province_id,
            e.district_id, e.commune_id);
    foreach period in array array[1, 2, 4]::smallint[] loop
        continue when e.holds & period = 0;
        select o.* into heir from public.enrolment o
         where o.person_id = e.person_id and o.scheme = e.scheme and o.kind = e.kind
           and o.id <> e.id and o.reversed_on is null
           and date_trunc(case period when 1 then 'month' when 2 then 'quarter' else 'year' end,
                          o.paid_on)
               = date_trunc(case period when 1 then 'month' when 2 then 'quarter' else 'year' end,
                            e.paid_on)
         order by o.paid_on, o.id
         limit 1;
        perform gate.person_counted(e, -1, period, today, was_accepted);
        if heir.id is not null then
            perform gate.person_counted(heir, 1, period, today, (heir.accepted_on is not null)::int);
            update public.enrolment o set holds = o.holds | period where o.id = heir.id;
        end if;
        insert into public.person_period (from_id, to_id, first_in, moved_on, from_accepted,
                                          to_accepted)
        values (e.id, heir.id, period, today, was_accepted = 1,
                coalesce(heir.accepted_on is not null, false));
    end loop;
    update public.coverage c set during = 'empty', voided_on = today where c.id = e.id;
    perform gate.participation_settle(e.person_id, e.scheme);
end $$;

-- It counts as confirmed, on the day of its payment, and so does what was declared of the time before.
create function gate.enrolment_confirm(e public.enrolment) returns void
    language plpgsql volatile security definer set search_path = '' as $$
begin
    insert into public.progress_delta (scheme, kind, effective_on, confirmed, confirmed_month,
                                       confirmed_quarter, confirmed_year, agency_id, collector_id,
                                       officer_id, association_id, unit_id, province_id,
                                       district_id, commune_id)
    values (e.scheme, e.kind, e.paid_on, 1, e.holds & 1, (e.holds & 2) / 2, (e.holds & 4) / 4,
            e.agency_id, e.collector_id, e.officer_id, e.association_id, e.unit_id, e.province_id,
            e.district_id, e.commune_id);
    perform gate.participation_settle(e.person_id, e.scheme);
    perform gate.participation_confirm(e.id);
end $$;

-- Whether that step exists. What was submitted can be accepted and issued in one.
create function gate.enrolment_may_become(status text, becomes text) returns boolean
    language sql immutable
return (status, becomes) in (('draft', 'voided'), ('submitted', 'accepted'), ('submitted', 'rejected'),
                             ('submitted', 'issued'), ('submitted', 'voided'), ('accepted', 'issued'),
                             ('accepted', 'voided'), ('issued', 'voided'));

-- What may become of an enrolment. The card's number is that of what is issued.
drop function gate.enrolment_decide(uuid, text, text);
create function gate.enrolment_decide(decided uuid, becomes text, why text, card text default null)
    returns void language plpgsql volatile security definer set search_path = '' as $$
declare
    e constant public.enrolment := gate.enrolment_held(decided);
    today constant date := public.business_date();
    takes_back constant boolean := becomes in ('rejected', 'voided') and e.status <> 'draft';
    confirms constant boolean := becomes in ('accepted', 'issued') and e.accepted_on is null;
begin
    if e.id is null then
        return;
    end if;
    if becomes <> 'voided' and current_setting('role') not in ('ansinh_province', 'ansinh_district') then
        raise insufficient_privilege using message = 'offices accept, reject and issue';
    end if;
    if not gate.enrolment_may_become(e.status, becomes) then
        raise 'not from %', e.status using errcode = 'ANS01';
    end if;
    update public.enrolment o
       set status = becomes, version = o.version + 1,
           accepted_on = case when confirms then today else o.accepted_on end,
           issued_on = case when becomes = 'issued' then today else o.issued_on end,
           reversed_on = case when takes_back then today end,
           holds = case when takes_back then 0 else o.holds end
     where o.id = e.id;
    insert into public.enrolment_event (enrolment_id, n, from_status, to_status, reason, created_by,
                                        agency_id, collector_id, unit_id, province_id, district_id,
                                        commune_id)
    values (e.id, e.version, e.status, becomes, why, public.caller_id(), e.agency_id, e.collector_id,
            e.unit_id, e.province_id, e.district_id, e.commune_id);
    if takes_back then
        perform gate.enrolment_take_back(e);
    elsif confirms then
        perform gate.enrolment_confirm(e);
    end if;
    if card is not null then
        update public.coverage c set card_number = card, version = c.version + 1 where c.id = e.id;
    end if;
end $$;

-- Only their owner may replace them.
set local role ansinh_gate;
-- What is posted was written, or made of a draft, in this transaction.
create or replace function gate.enrolment_price(priced uuid, lines jsonb) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e public.enrolment;
begin
    select o.* into e from public.enrolment o
     where o.id = priced and o.posted_at = now() and public.in_callers_credit(o);
    if not found or lines is null then
        return;
    end if;
    insert into public.enrolment_line (enrolment_id, n, funder, base, percent_hundredths, months, amount,
                                       rule, legal_basis, verified, agency_id, collector_id, unit_id,
                                       province_id, district_id, commune_id)
    select e.id, l.n, l.line->>'funder', (l.line->>'base')::bigint,
           ((l.line->>'percent')::numeric * 100)::int, (l.line->>'months')::smallint,
           (l.line->>'amount')::bigint, l.line->>'rule', l.line->>'legal_basis',
           (l.line->>'verified')::boolean, e.agency_id, e.collector_id, e.unit_id, e.province_id,
           e.district_id, e.commune_id
      from jsonb_array_elements(lines) with ordinality l (line, n);
    if (select (sum(l.amount), coalesce(sum(l.amount) filter (where l.funder = 'participant'), 0))
               is distinct from (e.contribution, e.amount)
          from public.enrolment_line l
         where l.enrolment_id = e.id) then
        raise check_violation using message = 'the lines are not what is paid';
    end if;
end $$;

create or replace function gate.enrolment_stands_at(held uuid, versions int[]) returns boolean
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e public.enrolment;
begin
    if versions is null then
        return true;
    end if;
    e := gate.enrolment_held(held);
    return coalesce(e.version = any(versions), false);
end $$;
grant execute on function gate.credit_is_near() to ansinh_owner; -- for a second trigger

set local role ansinh_owner;

-- Who had the credit before a decision gave it to somebody else, insert only. The money and its receipt
-- stay with whoever took it.
create table credit_correction (
    id uuid primary key,
    enrolment_id uuid not null references enrolment,
    from_agency_id uuid,
    from_collector_id uuid,
    from_officer_id uuid,
    from_association_id uuid,
    to_agency_id uuid,
    to_collector_id uuid,
    to_officer_id uuid,
    to_association_id uuid,
    decision_number text not null,
    decided_on date not null,
    reason text not null,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index credit_correction_enrolment on credit_correction (enrolment_id);
call wall_by_unit('credit_correction');
create policy gate_all on credit_correction to ansinh_gate using (true) with check (true);
grant select, insert on credit_correction to ansinh_gate;
grant select on credit_correction to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;
grant update (agency_id, collector_id) on enrolment_line, enrolment_refund, enrolment_event to ansinh_gate;

-- What the rows say that the figures must be: of all enrolments, or of one.
create function gate.counted_deltas(one uuid)
    returns table (scheme text, kind text, effective_on date, n int, confirmed int, people_month int,
                   people_quarter int, people_year int, confirmed_month int, confirmed_quarter int,
                   confirmed_year int, leaving int, amount bigint, agency_id uuid, collector_id uuid,
                   officer_id uuid, association_id uuid, unit_id int, province_id int, district_id int,
                   commune_id int)
    language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    return query
    select e.scheme, e.kind, e.paid_on, 1, (e.accepted_on is not null)::int, e.first_in & 1,
           (e.first_in & 2) / 2, (e.first_in & 4) / 4, a.holds & 1, (a.holds & 2) / 2,
           (a.holds & 4) / 4, 0, coalesce(e.amount, 0), e.agency_id, e.collector_id, e.officer_id,
           e.association_id, e.unit_id, e.province_id, e.district_id, e.commune_id
      from public.enrolment e
      join public.coverage c on c.id = e.id
     cross join lateral (
        -- what it was counted for in person when it was accepted
        select case when e.accepted_on is null then 0
                    else e.first_in | coalesce((select bit_or(m.first_in) from public.person_period m
                                                 where m.to_id = e.id and not m.to_accepted), 0) end
               as holds) a
     where one is null or e.id = one
    union all
    select e.scheme, e.kind, f.refunded_on, 0, 0, 0, 0, 0, 0, 0, 0, 0, -f.amount, e.agency_id,
           e.collector_id, e.officer_id, e.association_id, e.unit_id, e.province_id, e.district_id,
           e.commune_id
      from public.enrolment_refund f
      join public.enrolment e on e.id = f.enrolment_id
     where one is null or e.id = one
    union all
    select e.scheme, e.kind, e.reversed_on, -1, -(e.accepted_on is not null)::int, 0, 0, 0, 0, 0, 0, 0,
           -coalesce(e.amount, 0), e.agency_id, e.collector_id, e.officer_id, e.association_id,
           e.unit_id, e.province_id, e.district_id, e.commune_id
      from public.enrolment e
     where e.reversed_on is not null and (one is null or e.id = one)
    union all
    select e.scheme, e.kind, m.moved_on, 0, 0, sign * (m.first_in & 1), sign * (m.first_in & 2) / 2,
           sign * (m.first_in & 4) / 4, sign * accepted::int * (m.first_in & 1),
           sign * accepted::int * (m.first_in & 2) / 2, sign * accepted::int * (m.first_in & 4) / 4, 0,
           0::bigint, e.agency_id, e.collector_id, e.officer_id, e.association_id, e.unit_id,
           e.province_id, e.district_id, e.commune_id
      from public.person_period m
     cross join lateral (values (m.from_id, -1, m.from_accepted), (m.to_id, 1, m.to_accepted))
           t (id, sign, accepted)
      join public.enrolment e on e.id = t.id
     where one is null or e.id = one
    union all
    select c.scheme, 'stock', d.day, d.n, d.n * c.confirmed::int, 0, 0, 0, 0, 0, 0, d.leaving,
           0::bigint, c.agency_id, c.collector_id, c.officer_id, c.association_id, c.unit_id,
           c.province_id, c.district_id, c.commune_id
      from public.coverage c
     cross join lateral (select lower(r), 1, 0 from unnest(c.counted) r
                         union all
                         select upper(r), -1, 0 from unnest(c.counted) r
                         union all
                         select upper(c.counted), 0, 1 where c.leaves and not isempty(c.counted))
           d (day, n, leaving)
     where one is null or c.id = one;
end $$;
create index person_period_to on person_period (to_id);

-- The credit goes to somebody else as if it had been theirs from the beginning: the figures of units stay
-- as they are on every day, those of collectors, organisations, officers and associations follow.
create function gate.credit_correct(made uuid, corrected uuid, collector uuid, agency uuid, officer uuid,
                                    association uuid, number text, decided date, why text) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e constant public.enrolment := gate.enrolment_held(corrected);
    sign int;
begin
    if e.id is null then
        return;
    end if;
    if e.posted_at is null then
        raise 'nobody has credit for a draft' using errcode = 'ANS01';
    end if;
    if collector is not null then
        select c.agency_id into agency
          from public.collector c
         where c.id = collector
           and public.in_callers_slice(c.province_id, c.district_id, c.commune_id, c.unit_id);
    end if;
    if collector is not null and agency is null then
        raise foreign_key_violation using message = 'no such collector', constraint = 'collector_is_near';
    end if;
    if agency is not null and collector is null and not exists (
           select from public.agency a
            where a.id = agency
              and public.in_callers_slice(a.province_id, a.district_id, a.commune_id, a.unit_id)) then
        raise foreign_key_violation using message = 'no such organisation', constraint = 'agency_is_near';
    end if;
    foreach sign in array array[-1, 1] loop
        if sign = 1 then
            update public.enrolment o
               set collector_id = collector, agency_id = agency, officer_id = officer,
                   association_id = association, version = o.version + 1
             where o.id = e.id;
            update public.coverage c
               set collector_id = collector, agency_id = agency, officer_id = officer,
                   association_id = association
             where c.id = e.id;
        end if;
        insert into public.progress_delta (scheme, kind, effective_on, n, confirmed, people_month,
                                           people_quarter, people_year, confirmed_month,
                                           confirmed_quarter, confirmed_year, leaving, amount,
                                           agency_id, collector_id, officer_id, association_id, unit_id,
                                           province_id, district_id, commune_id)
        select d.scheme, d.kind, d.effective_on, sign * d.n, sign * d.confirmed, sign * d.people_month,
               sign * d.people_quarter, sign * d.people_year, sign * d.confirmed_month,
               sign * d.confirmed_quarter, sign * d.confirmed_year, sign * d.leaving, sign * d.amount,
               d.agency_id, d.collector_id, d.officer_id, d.association_id, d.unit_id, d.province_id,
               d.district_id, d.commune_id
          from gate.counted_deltas(e.id) d;
    end loop;
    update public.enrolment_line o set collector_id = collector, agency_id = agency where o.enrolment_id = e.id;
    update public.enrolment_event o set collector_id = collector, agency_id = agency where o.enrolment_id = e.id;
    update public.enrolment_refund o set collector_id = collector, agency_id = agency where o.enrolment_id = e.id;
    insert into public.credit_correction (id, enrolment_id, from_agency_id, from_collector_id,
                                          from_officer_id, from_association_id, to_agency_id,
                                          to_collector_id, to_officer_id, to_association_id,
                                          decision_number, decided_on, reason, unit_id, province_id,
                                          district_id, commune_id, created_by)
    values (made, e.id, e.agency_id, e.collector_id, e.officer_id, e.association_id, agency, collector,
            officer, association, number, decided, why, e.unit_id, e.province_id, e.district_id,
            e.commune_id, public.caller_id());
end $$;
create trigger credit_stays_near before update of officer_id, association_id on enrolment
    for each row when (new.officer_id is not null or new.association_id is not null)
    execute function gate.credit_is_near();

grant execute on function gate.enrolment_held(uuid), gate.enrolment_take_back(enrolment),
      gate.enrolment_confirm(enrolment), gate.enrolment_may_become(text, text),
      gate.counted_deltas(uuid) to ansinh_gate;
grant execute on function gate.enrolment_submit(uuid, date, bigint, bigint, text, smallint, bigint, smallint)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function gate.enrolment_decide(uuid, text, text, text)
   to ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function gate.credit_correct(uuid, uuid, uuid, uuid, uuid, uuid, text, date, text)
   to ansinh_province, ansinh_district;
alter function gate.enrolment_held(uuid) owner to ansinh_gate;
alter function gate.enrolment_submit(uuid, date, bigint, bigint, text, smallint, bigint, smallint)
    owner to ansinh_gate;
alter function gate.enrolment_take_back(enrolment) owner to ansinh_gate;
alter function gate.enrolment_confirm(enrolment) owner to ansinh_gate;
alter function gate.enrolment_may_become(text, text) owner to ansinh_gate;
alter function gate.enrolment_decide(uuid, text, text, text) owner to ansinh_gate;
alter function gate.counted_deltas(uuid) owner to ansinh_gate;
alter function gate.credit_correct(uuid, uuid, uuid, uuid, uuid, uuid, text, date, text)
    owner to ansinh_gate;

-- The recount reads the same rows. Only its owner may replace it.
set local role ansinh_gate;
do $$
declare
    known constant text := pg_get_functiondef('gate.recount(boolean)'::regprocedure);
    rows constant text := 'create temporary table row_delta on commit drop as\s.*?;';
begin
    if known !~ rows then
        raise 'gate.recount is another one';
    end if;
    execute regexp_replace(known, rows, 'create temporary table row_delta on commit drop as '
                                        'select * from gate.counted_deltas(null);');
end $$;
set local role ansinh_owner;
