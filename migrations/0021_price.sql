set local role ansinh_owner;

-- What an enrolment costs, who pays for it, and what is paid back. The server prices by the rates of the
-- day of payment and stores the result: what was paid for is never priced again, whatever becomes of
-- the rates or of the person's group. `amount` is the participant's own part.
alter table enrolment
    add contribution bigint check (contribution >= 0),
    add group_code text,
    add position smallint check (position > 0),
    add income bigint check (income > 0),
    add support_months smallint not null default 0 check (support_months between 0 and months),
    add constraint amount_within_contribution check (amount <= contribution),
    drop constraint enrolment_status_check,
    add constraint enrolment_status_check
        check (status in ('draft', 'submitted', 'accepted', 'rejected', 'issued', 'voided', 'refunded'));
grant insert (contribution, group_code, position, income, support_months)
   on enrolment to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- A line for each funder; they add up to the contribution. Insert only, by the gate.
create table enrolment_line (
    enrolment_id uuid not null references enrolment on delete cascade, -- a part of it
    n smallint not null,
    funder text not null check (funder in ('participant', 'state', 'province', 'sponsor')),
    base bigint not null check (base >= 0),
    percent_hundredths int not null check (percent_hundredths between 0 and 10000),
    months smallint not null check (months > 0),
    amount bigint not null check (amount >= 0),
    rule text,
    legal_basis text,
    verified boolean not null,
    agency_id uuid,
    collector_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    primary key (enrolment_id, n),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
call wall_by_unit('enrolment_line');
call wall_by_agent('enrolment_line');
create policy gate_all on enrolment_line to ansinh_gate using (true) with check (true);
grant select, insert on enrolment_line to ansinh_gate;
grant select on enrolment_line to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;

-- The participant's money for months that are not used any more, insert only.
create table enrolment_refund (
    enrolment_id uuid primary key references enrolment,
    reason text not null check (reason in ('compulsory', 'one_time_payment', 'death', 'pension')),
    happened_on date not null,
    unused_from date not null,
    unused_months smallint not null check (unused_months > 0),
    amount bigint not null check (amount >= 0),
    legal_basis text not null,
    refunded_on date not null,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    agency_id uuid,
    collector_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
call wall_by_unit('enrolment_refund');
call wall_by_agent('enrolment_refund');
create policy gate_all on enrolment_refund to ansinh_gate using (true) with check (true);
grant select, insert on enrolment_refund to ansinh_gate;
grant select on enrolment_refund to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;

-- What the register knows for a price: the groups that the law supports on that day, and the position in
-- the household and calendar year, which is the one that the person has this year already, or the next
-- after those of the other members.
create function gate.register_facts(whose uuid, of_scheme text, paid date,
                                    out groups json, out own_position int, out next_position bigint)
    language plpgsql stable security definer set search_path = '' as $$
begin
    select json_agg(json_build_object('code', e.group_code, 'since', lower(e.during))
                    order by lower(e.during), e.group_code)
      into groups
      from public.entitlement e
     where e.person_id = whose and e.during @> paid
       and exists (select from public.rate r
                    where r.kind = of_scheme || '_support' and r.key = e.group_code
                      and r.valid @> paid);
    select e.position into own_position
      from public.enrolment e
     where e.person_id = whose and e.scheme = of_scheme and e.position is not null
       and e.reversed_on is null
       and date_trunc('year', e.paid_on::timestamp) = date_trunc('year', paid::timestamp)
     order by e.paid_on, e.id
     limit 1;
    select 1 + coalesce(max(e.position), 0) into next_position
      from public.household_member own
      join public.household_member o on o.household_id = own.household_id and o.person_id <> whose
                                    and o.valid @> paid
      join public.enrolment e on e.person_id = o.person_id
     where own.person_id = whose and own.valid @> paid and e.scheme = of_scheme
       and e.position is not null and e.reversed_on is null
       and date_trunc('year', e.paid_on::timestamp) = date_trunc('year', paid::timestamp);
end $$;

-- What the price for a person of the caller's slice depends on, wherever it was paid: how many months of
-- voluntary insurance were supported, until when the person is covered, and what the register knows.
-- Nothing for anybody else. Who prices to write holds the person: whoever prices for the same one at the
-- same time waits.
create function gate.price_facts(whose uuid, of_scheme text, paid date, holds boolean) returns json
    language plpgsql volatile security definer set search_path = '' as $$
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
                           and e.reversed_on is null),
                       'covered_until', upper(c.during) - 1, 'renewable_until', c.renewable_until,
                       'groups', known.groups, 'position', known.own_position,
                       'next_position', known.next_position)
              from (values (1)) one
              left join lateral (select o.during, o.renewable_until
                                   from public.coverage o
                                  where o.person_id = whose and o.scheme = of_scheme
                                    and not isempty(o.during)
                                  order by upper(o.during) desc
                                  limit 1) c on true);
end $$;

-- Writes the lines of an enrolment that the caller has written in this transaction, once.
create function gate.enrolment_price(priced uuid, lines jsonb) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e public.enrolment;
begin
    select o.* into e from public.enrolment o
     where o.id = priced and o.created_by = public.caller_id() and o.created_at = now();
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

-- Books a refund: the participant's money goes back today, the coverage ends with the last used month,
-- and what was counted on earlier days stays.
create function gate.enrolment_refund(refunded uuid, why text, happened date, unused_since date,
                                      unused int, money bigint, basis text) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e public.enrolment;
    today constant date := public.business_date();
begin
    select o.* into e from public.enrolment o where o.id = refunded;
    perform pg_advisory_xact_lock(hashtextextended(e.person_id::text, 0));
    select o.* into e from public.enrolment o where o.id = refunded for update;
    if not found
       or not public.in_callers_slice(e.province_id, e.district_id, e.commune_id, e.unit_id) then
        return;
    end if;
    if e.status not in ('submitted', 'accepted', 'issued') then
        raise 'not from %', e.status using errcode = 'ANS01';
    end if;
    if money > e.amount or unused > e.months or unused_since < e.starts_on then
        raise check_violation using message = 'more than was paid';
    end if;
    insert into public.enrolment_refund (enrolment_id, reason, happened_on, unused_from, unused_months,
                                         amount, legal_basis, refunded_on, created_by, agency_id,
                                         collector_id, unit_id, province_id, district_id, commune_id)
    values (e.id, why, happened, unused_since, unused, money, basis, today, public.caller_id(),
            e.agency_id, e.collector_id, e.unit_id, e.province_id, e.district_id, e.commune_id);
    update public.enrolment o set status = 'refunded', version = o.version + 1 where o.id = e.id;
    insert into public.enrolment_event (enrolment_id, n, from_status, to_status, reason, created_by,
                                        agency_id, collector_id, unit_id, province_id, district_id,
                                        commune_id)
    values (e.id, e.version, e.status, 'refunded', why, public.caller_id(), e.agency_id, e.collector_id,
            e.unit_id, e.province_id, e.district_id, e.commune_id);
    insert into public.progress_delta (scheme, kind, effective_on, amount, agency_id, collector_id,
                                       officer_id, association_id, unit_id, province_id, district_id,
                                       commune_id)
    values (e.scheme, e.kind, today, -money, e.agency_id, e.collector_id, e.officer_id,
            e.association_id, e.unit_id, e.province_id, e.district_id, e.commune_id);
    if unused_since = e.starts_on then
        update public.coverage c set during = 'empty', voided_on = today where c.id = e.id;
    else
        update public.coverage c
           set during = daterange(lower(c.during), unused_since), renewable_until = unused_since,
               counted_until = least(c.counted_until, greatest(unused_since, today))
         where c.id = e.id;
    end if;
    perform gate.participation_settle(e.person_id, e.scheme);
end $$;

-- A recount knows refunds as well. Only its owner may replace it.
set local role ansinh_gate;
do $$
declare
    known constant text := pg_get_functiondef('gate.recount(boolean)'::regprocedure);
    anchor constant text := 'select e.scheme, e.kind, e.reversed_on, -1,';
begin
    if position(anchor in known) = 0 then
        raise 'gate.recount is another one';
    end if;
    execute replace(known, anchor,
        'select e.scheme, e.kind, f.refunded_on, 0, 0, 0, 0, 0, 0, 0, 0, 0, -f.amount, e.agency_id, '
        'e.collector_id, e.officer_id, e.association_id, e.unit_id, e.province_id, e.district_id, '
        'e.commune_id from public.enrolment_refund f join public.enrolment e on e.id = f.enrolment_id '
        'union all ' || anchor);
end $$;
set local role ansinh_owner;

grant execute on function gate.price_facts(uuid, text, date, boolean)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function gate.enrolment_price(uuid, jsonb)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function gate.enrolment_refund(uuid, text, date, date, int, bigint, text)
   to ansinh_province, ansinh_district;
alter function gate.price_facts(uuid, text, date, boolean) owner to ansinh_gate;
grant execute on function gate.register_facts(uuid, text, date) to ansinh_gate;
alter function gate.register_facts(uuid, text, date) owner to ansinh_gate;
alter function gate.enrolment_price(uuid, jsonb) owner to ansinh_gate;
alter function gate.enrolment_refund(uuid, text, date, date, int, bigint, text) owner to ansinh_gate;
