-- A recount compares in temporary tables.
do $$
begin
    execute format('grant temporary on database %I to ansinh_gate', current_database());
end $$;
set local role ansinh_owner;

-- Live figures. A posting writes small deltas in its own transaction; the worker folds them into
-- totals; a read adds the totals and the deltas that are younger than the last fold. So nobody waits
-- for a hot row, and a figure is exact at any moment.

-- When a payment continues what was there, how long somebody counts after the paid months, and when
-- a card begins. Law, not code: by the day of payment, with its basis; without a row there is no
-- enrolment.
create table participation_rule (
    scheme text not null check (scheme in ('vsi', 'hhi')),
    months int not null check (months between 1 and 60),
    valid daterange not null,
    -- a first card, or one after a stop, begins this many days after the payment
    waiting_days int not null,
    -- the person counts this long after the last paid day, because the payment is not overdue yet
    grace interval not null,
    -- a payment sooner than this after the last paid day continues, any later one is a return
    gap interval not null,
    -- what continues begins on the day after the old end, or if that is past on the day of payment
    continues_from text not null check (continues_from in ('end', 'payment')),
    basis text not null,
    verified boolean not null,
    exclude using gist (scheme with =, months with =, valid with &&)
);
insert into participation_rule
select 'vsi', months, valid, 0, make_interval(months => grace), make_interval(months => grace), 'end',
       basis, verified
  from (values (1, 1), (3, 3), (6, 4), (12, 7)) m (months, grace),
       (values (daterange('2016-01-01', '2025-07-01'), 'Decree 134/2015/NĐ-CP', false),
               (daterange('2025-07-01', null), 'Law 41/2024/QH15 Art. 36(3)', true))
               v (valid, basis, verified);
insert into participation_rule
select 'hhi', months, valid, 30, interval '0', gap, 'payment', basis, verified
  from (values (3), (6), (12)) m (months),
       (values (daterange('2015-01-01', '2025-07-01'), interval '3 months',
                'Decree 146/2018/NĐ-CP Art. 13(8); how the 30 days are counted is to be verified',
                false),
               (daterange('2025-07-01', null), interval '90 days',
                'Decree 188/2025/NĐ-CP; how the 30 days are counted is to be verified', false))
               v (valid, gap, basis, verified);
alter table participation_rule enable row level security;
alter table participation_rule force row level security;
create policy everybody_select on participation_rule for select
    to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
       ansinh_agency, ansinh_collector using (true);
grant select on participation_rule to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district,
      ansinh_commune, ansinh_agency, ansinh_collector;

-- The target of somebody who has credit.
create index assignment_assignee on assignment (assignee_id, indicator, starts_on)
 where assignee_kind <> 'unit';

-- Who is covered, from when to when. `during` is what was paid for, empty once the enrolment was
-- rejected or voided. `counted` is when the person counts as a participant: it includes the grace of
-- the method, ends where the next coverage begins, and keeps what was counted before a void.
create table coverage (
    id uuid primary key,
    person_id uuid not null references person,
    scheme text not null check (scheme in ('vsi', 'hhi')),
    during daterange not null,
    counted_until date not null,
    renewable_until date not null,
    continues boolean not null,
    counted datemultirange not null default '{}',
    leaves boolean not null default false,
    confirmed boolean not null default false,
    voided_on date,
    source text not null default 'counted' check (source in ('counted', 'imported', 'declared')),
    agency_id uuid,
    collector_id uuid,
    officer_id uuid,
    association_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    created_at timestamptz not null default now(),
    check (isempty(during) = (voided_on is not null)),
    constraint coverage_once exclude using gist (person_id with =, scheme with =, during with &&),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
alter table coverage enable row level security;
alter table coverage force row level security;
create policy gate_all on coverage to ansinh_gate using (true) with check (true);
grant select, insert, update on coverage to ansinh_gate;

-- What the participant paid (VND; null until the service prices), which periods the enrolment is the
-- person's first of its kind in (bits: 1 month, 2 quarter, 4 year) when it is posted and now, when it
-- was accepted or taken back, and who won the person over: an officer, an association.
alter table enrolment
    add amount bigint check (amount >= 0),
    add first_in smallint not null default 0 check (first_in between 0 and 7),
    add holds smallint not null default 0 check (holds between 0 and 7),
    add accepted_on date,
    add reversed_on date,
    add officer_id uuid references app_user,
    add association_id uuid references association,
    add check ((reversed_on is not null) = (status in ('rejected', 'voided')));

-- Who won somebody over belongs to a unit that the hamlet lies in. The gate looks, because a collector
-- sees neither accounts nor associations.
create function gate.credit_is_near() returns trigger language plpgsql security definer
    set search_path = '' as $$
begin
    if new.officer_id is not null and not exists (
           select from public.app_user u
            where u.id = new.officer_id and u.agency_id is null
              and u.unit_id in (new.commune_id, new.district_id, new.province_id))
       or new.association_id is not null and not exists (
           select from public.association a
            where a.id = new.association_id
              and a.unit_id in (new.commune_id, new.district_id, new.province_id)) then
        raise foreign_key_violation
              using message = 'no officer or association of a unit above',
                    constraint = 'credit_is_near';
    end if;
    return new;
end $$;
create trigger credit_is_near before insert on enrolment
    for each row when (new.officer_id is not null or new.association_id is not null)
    execute function gate.credit_is_near();
create policy gate_select on association for select to ansinh_gate using (true);
grant select (id, unit_id) on association to ansinh_gate;
grant insert (officer_id, association_id)
   on enrolment to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- People are counted once in each period. When the enrolment that was counted is taken back, another
-- one of the same person in that period is counted instead, from that day on.
create table person_period (
    from_id uuid not null references enrolment,
    to_id uuid references enrolment,
    first_in smallint not null check (first_in between 1 and 7),
    moved_on date not null,
    from_accepted boolean not null,
    to_accepted boolean not null
);
create index person_period_from on person_period (from_id);
alter table person_period enable row level security;
alter table person_period force row level security;
create policy gate_all on person_period to ansinh_gate using (true) with check (true);
grant select, insert on person_period to ansinh_gate;

-- What happened to an enrolment after it was posted, insert only.
create table enrolment_event (
    enrolment_id uuid not null references enrolment,
    n int not null,
    from_status text not null,
    to_status text not null,
    reason text,
    at timestamptz not null default now(),
    created_by uuid not null,
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
call wall_by_unit('enrolment_event');
call wall_by_agent('enrolment_event');
create policy gate_all on enrolment_event to ansinh_gate using (true) with check (true);
grant select, insert on enrolment_event to ansinh_gate;
grant select on enrolment_event to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;

-- The short names in these tables are compared by the million, hence collate "C".
--
-- Deltas, kept for ever: days of hamlets, agencies and collectors are read here. `kind` stock is who takes part, the others are enrolments. `xid` orders them for the fold,
-- as bigint because its comparison is leakproof: with xid8 row security would keep the index from
-- being used. The people_ and confirmed_ columns count people once a month, quarter and year.
create table progress_delta (
    xid bigint not null default pg_current_xact_id()::text::bigint,
    scheme text collate "C" not null,
    kind text collate "C" not null,
    effective_on date not null,
    n int not null default 0,
    confirmed int not null default 0,
    people_month int not null default 0,
    people_quarter int not null default 0,
    people_year int not null default 0,
    confirmed_month int not null default 0,
    confirmed_quarter int not null default 0,
    confirmed_year int not null default 0,
    leaving int not null default 0,
    amount bigint not null default 0,
    at timestamptz not null default now(),
    agency_id uuid,
    collector_id uuid,
    officer_id uuid,
    association_id uuid,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index progress_delta_xid on progress_delta (xid);
create index progress_delta_day on progress_delta (commune_id, effective_on);
call wall_by_unit('progress_delta');
call wall_by_agent('progress_delta');

-- Totals of a unit, by month and year, from the commune up also by day: `holder_id` is the hamlet, the
-- commune, the district, the province or the nation. (Days of hamlets would be as many as enrolments.)
-- The key serves one holder over time, and the years of all communes of a province in one go.
create table progress_total (
    holder_id int not null,
    level text collate "C" not null check (level in ('hamlet', 'commune', 'district', 'province',
                                                     'nation')),
    span text collate "C" not null check (span in ('day', 'month', 'year')),
    starts_on date not null,
    scheme text collate "C" not null,
    kind text collate "C" not null,
    n int not null,
    confirmed int not null,
    people_month int not null,
    people_quarter int not null,
    people_year int not null,
    confirmed_month int not null,
    confirmed_quarter int not null,
    confirmed_year int not null,
    leaving int not null,
    amount bigint not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    primary key (province_id, level, scheme, kind, span, holder_id, starts_on),
    foreign key (holder_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
) with (fillfactor = 80);
call wall_by_unit('progress_total');

-- The same by credit, of an agency, a collector, an officer and an association in each hamlet, by month
-- and year.
create table credit_total (
    credit_id uuid not null,
    unit_id int not null,
    span text collate "C" not null check (span in ('month', 'year')),
    starts_on date not null,
    scheme text collate "C" not null,
    kind text collate "C" not null,
    n int not null,
    confirmed int not null,
    people_month int not null,
    people_quarter int not null,
    people_year int not null,
    confirmed_month int not null,
    confirmed_quarter int not null,
    confirmed_year int not null,
    leaving int not null,
    amount bigint not null,
    agency_id uuid,
    collector_id uuid,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    primary key (credit_id, scheme, kind, span, starts_on, unit_id),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
) with (fillfactor = 80);
call wall_by_unit('credit_total');
call wall_by_agent('credit_total');

-- How far the fold has come: all that a snapshot with this `next_xid` and these open transactions sees is
-- in the totals.
create table fold_mark (
    single boolean primary key default true check (single),
    next_xid bigint not null,
    open bigint[] not null,
    folded_at timestamptz not null default now()
);
insert into fold_mark (next_xid, open) values (1, '{}'); -- deltas of transaction 0 came with their totals
alter table fold_mark enable row level security;
alter table fold_mark force row level security;
create policy everybody_select on fold_mark for select
    to ansinh_gate, ansinh_worker, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
       ansinh_agency, ansinh_collector using (true);
create policy worker_update on fold_mark for update to ansinh_worker, ansinh_gate
    using (true) with check (true);

do $$
declare
    summed text;
begin
    foreach summed in array array['progress_total', 'credit_total'] loop
        execute format('create policy worker_all on %s to ansinh_worker using (true) with check (true)',
                       summed);
        execute format('create policy gate_all on %s to ansinh_gate using (true) with check (true)',
                       summed);
    end loop;
end $$;
create policy worker_select on progress_delta for select to ansinh_worker using (true);
create policy gate_all on progress_delta to ansinh_gate using (true) with check (true);
create policy gate_enrolment on enrolment to ansinh_gate using (true) with check (true);
alter policy gate_select on person using (true);

grant select on progress_delta, credit_total, fold_mark
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
      ansinh_collector, ansinh_gate;
grant select on progress_total
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_gate;
grant insert on progress_delta to ansinh_gate;
grant select on progress_delta to ansinh_worker;
grant select, insert, update on progress_total, credit_total to ansinh_worker;
grant insert, delete on progress_total, credit_total to ansinh_gate;
grant select, update (next_xid, open, folded_at) on fold_mark to ansinh_worker;
grant update (next_xid, open, folded_at) on fold_mark to ansinh_gate;
grant select, update (status, holds, accepted_on, reversed_on, version) on enrolment to ansinh_gate;
grant select (hamlet_id, province_id, district_id, commune_id) on person to ansinh_gate;
grant insert (first_in, holds, amount)
   on enrolment to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- The deltas that are in no total yet. Two bounds, so that the planner expects few rows of the index
-- and not a third of the table.
create view young_delta with (security_invoker = true) as
select d.*
  from progress_delta d
 where d.xid >= (select m.next_xid from fold_mark m) and d.xid < (select 9223372036854775807)
union all
select d.*
  from progress_delta d
 where d.xid = any((select m.open from fold_mark m)::bigint[]);
grant select on young_delta
   to ansinh_worker, ansinh_gate, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;

-- Adds deltas to the totals of every holder above them: each level from the one
-- below, each span from the shorter one, so that the work shrinks on the way up. `source` has the
-- columns of progress_delta, `units` and `credits` those of the totals.
create procedure fold_totals(source regclass, units regclass default 'progress_total',
                             credits regclass default 'credit_total') language plpgsql as $$
declare
    summed constant text[] := array['n', 'confirmed', 'people_month', 'people_quarter', 'people_year',
                                    'confirmed_month', 'confirmed_quarter', 'confirmed_year',
                                    'leaving', 'amount'];
    columns constant text := array_to_string(summed, ', ');
    -- cast, because a sum of bigint is numeric, and slow
    sums constant text := (select string_agg(format('sum(%1$s)::%2$s as %1$s', c,
                                                    case c when 'amount' then 'bigint' else 'int' end),
                                             ', ') from unnest(summed) c);
    added constant text := (select string_agg(format('%1$s = t.%1$s + excluded.%1$s', c), ', ')
                              from unnest(summed) c);
    spans constant text := format(
        'month as (select %%1$s, scheme, kind, date_trunc(''month'', starts_on::timestamp)::date as '
        'starts_on, %1$s from day group by %%1$s, scheme, kind, date_trunc(''month'', starts_on::timestamp)), '
        'year as (select %%1$s, scheme, kind, date_trunc(''year'', starts_on::timestamp)::date as '
        'starts_on, %1$s from month group by %%1$s, scheme, kind, date_trunc(''year'', starts_on::timestamp)), '
        'total as (select *, ''month'' as span from month union all select *, ''year'' from year', sums);
begin
    execute format(
        'with hamlet as (select ''hamlet'' as level, unit_id as holder_id, province_id, district_id, commune_id, scheme, kind, '
        'effective_on as starts_on, %2$s from %1$s group by 2, 3, 4, 5, 6, 7, 8), '
        'commune as (select ''commune'' as level, commune_id as holder_id, province_id, district_id, commune_id, scheme, kind, '
        'starts_on, %2$s from hamlet group by 2, 3, 4, 5, 6, 7, 8), '
        'district as (select ''district'' as level, district_id as holder_id, province_id, district_id, 0, scheme, kind, '
        'starts_on, %2$s from commune where district_id <> 0 group by 2, 3, 4, 6, 7, 8), '
        'province as (select ''province'' as level, province_id as holder_id, province_id, 0, 0, scheme, kind, starts_on, %2$s '
        'from commune group by 2, 3, 6, 7, 8), '
        'nation as (select ''nation'' as level, 1 as holder_id, 0, 0, 0, scheme, kind, starts_on, %2$s '
        'from province group by 6, 7, 8), '
        'upper as (select * from commune union all select * from district union all '
        'select * from province union all select * from nation), '
        'day as (select * from hamlet where holder_id <> commune_id union all select * from upper), '
        '%3$s union all select *, ''day'' from upper) '
        'insert into %4$s as t (level, holder_id, province_id, district_id, commune_id, scheme, kind, starts_on, '
        'span, %5$s) '
        'select level, holder_id, province_id, district_id, commune_id, scheme, kind, starts_on, span, %5$s '
        'from total on conflict (province_id, level, scheme, kind, span, holder_id, starts_on) do update set %6$s',
        source, sums, format(spans, 'level, holder_id, province_id, district_id, commune_id'), units, columns,
        added);
    execute format(
        'with place as (select distinct unit_id, province_id, district_id, commune_id from %1$s), '
        'day as (select h.id as credit_id, d.unit_id, h.agency_id, h.collector_id, d.scheme, d.kind, '
        'd.effective_on as starts_on, %2$s from %1$s d '
        'cross join lateral (values (d.agency_id, d.agency_id, null), '
        '(d.collector_id, d.agency_id, d.collector_id), (d.officer_id, null, null), '
        '(d.association_id, null, null)) h (id, agency_id, collector_id) '
        'where h.id is not null group by 1, 2, 3, 4, 5, 6, 7), %3$s) '
        'insert into %4$s as t (credit_id, unit_id, agency_id, collector_id, scheme, kind, starts_on, '
        'span, %5$s, province_id, district_id, commune_id) '
        'select credit_id, unit_id, agency_id, collector_id, scheme, kind, starts_on, span, %5$s, '
        'p.province_id, p.district_id, p.commune_id '
        'from total join place p using (unit_id) '
        'on conflict (credit_id, scheme, kind, span, starts_on, unit_id) do update set %6$s',
        source, sums, format(spans, 'credit_id, unit_id, agency_id, collector_id'), credits, columns,
        added);
end $$;
grant execute on procedure fold_totals(regclass, regclass, regclass) to ansinh_worker, ansinh_gate;

-- One fold, in a transaction of the isolation level repeatable read: what its snapshot sees of the
-- younger deltas goes into the totals, and the mark is that snapshot. A second folder goes away, or
-- fails at the mark.
create procedure fold_younger() language plpgsql as $$
begin
    if not pg_try_advisory_xact_lock(20261215) or not exists (select from young_delta) then
        return;
    end if;
    call fold_totals('young_delta');
    update fold_mark
       set next_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
           open = array(select x::text::bigint from pg_snapshot_xip(pg_current_snapshot()) x),
           folded_at = clock_timestamp();
end $$;
grant execute on procedure fold_totals(regclass, regclass, regclass) to ansinh_worker, ansinh_gate;
grant execute on procedure fold_younger() to ansinh_worker;

-- Who takes part in a scheme in a unit at the end of a day, as this service counts it, of the slice of
-- whoever asks.
create function participants_at(place unit, of_scheme text, day date) returns bigint
    language sql stable as $$
    select coalesce(sum(f.n), 0)
      from (select date_trunc('year', day::timestamp)::date as year,
                   date_trunc('month', day::timestamp)::date as month) d
     cross join lateral (
        select t.n
          from progress_total t
         where t.province_id = (place).province_id and t.level = (place).kind collate "C"
           and t.scheme = of_scheme collate "C" and t.kind = 'stock' and t.holder_id = (place).id
           and (t.span = 'year' and t.starts_on < d.year
                or t.span = 'month' and t.starts_on >= d.year and t.starts_on < d.month
                or t.span = 'day' and t.starts_on >= d.month and t.starts_on <= day)
        union all
        select y.n
          from young_delta y
         where y.scheme = of_scheme collate "C" and y.kind = 'stock'
           and (place).id in (y.unit_id, y.commune_id, y.district_id, y.province_id, 1)
           and y.effective_on <= day and ((place).kind <> 'hamlet' or y.effective_on < d.month)
        union all
        select l.n
          from progress_delta l
         where (place).kind = 'hamlet' and l.commune_id = (place).commune_id
           and l.effective_on >= d.month and l.effective_on <= day and l.unit_id = (place).id
           and l.scheme = of_scheme collate "C" and l.kind = 'stock') f
$$;
grant execute on function participants_at(unit, text, date)
   to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- Whether a place lies in the slice of whoever asks the gate: inside the gate's functions row security
-- does not say so any more.
create function in_callers_slice(province_id int, district_id int, commune_id int, hamlet_id int)
    returns boolean language sql stable
return case current_setting('role')
       when 'ansinh_nation' then true
       when 'ansinh_province' then province_id = scope_id()
       when 'ansinh_district' then district_id = scope_id()
       when 'ansinh_commune' then commune_id = scope_id()
       when 'ansinh_agency' then hamlet_id = any(territory())
       when 'ansinh_collector' then hamlet_id = any(territory())
       else false
       end;
grant execute on function in_callers_slice(int, int, int, int) to ansinh_gate;

-- Whether an enrolment is new, a renewal or a return, from when to when it covers, and in which
-- periods the person was not counted yet. Looks at all of the country and says only that. Whoever
-- asks for the same person at the same time waits.
create function gate.enrolment_terms(whose uuid, of_scheme text, for_months int, paid date)
    returns table (kind text, starts_on date, ends_on date, first_in smallint)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    rule public.participation_rule;
    ended date;
    renewable date;
begin
    perform pg_advisory_xact_lock(hashtextextended(whose::text, 0));
    perform from public.person p
      where p.id = whose
        and public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id);
    if not found then
        return;
    end if;
    select r.* into rule from public.participation_rule r
     where r.scheme = of_scheme and r.months = for_months and r.valid @> paid;
    if not found then
        raise 'no participation rule' using errcode = 'ANR01';
    end if;
    select upper(c.during) - 1, c.renewable_until into ended, renewable
      from public.coverage c
     where c.person_id = whose and c.scheme = of_scheme and not isempty(c.during)
     order by upper(c.during) desc
     limit 1;
    kind := case when ended is null then 'new' when paid < renewable then 'renewal' else 'return' end;
    starts_on := case when kind <> 'renewal' then paid + rule.waiting_days
                      when rule.continues_from = 'end' then ended + 1
                      else greatest(ended + 1, paid) end;
    ends_on := (starts_on + make_interval(months => for_months))::date - 1;
    select 7 & ~coalesce(bit_or(case when date_trunc('month', o.paid_on) = date_trunc('month', paid)
                                     then 7
                                     when date_trunc('quarter', o.paid_on) = date_trunc('quarter', paid)
                                     then 6
                                     else 4 end), 0)
      into first_in
      from public.enrolment o
     where o.person_id = whose and o.scheme = of_scheme and o.kind = enrolment_terms.kind
       and o.reversed_on is null and date_trunc('year', o.paid_on) = date_trunc('year', paid);
    return next;
end $$;

-- Brings the counted days of a person's coverages in line with each other and writes the difference as
-- deltas: each counts from its start to its end with grace or to the start of the next, whichever is
-- sooner; one that was taken back counts no longer than that day, and what it was counted for is not
-- counted again.
create function gate.participation_settle(whose uuid, of_scheme text) returns void
    language plpgsql volatile security definer set search_path = '' as $$
begin
    with known as (
        select c.id, c.counted, c.leaves, c.confirmed, c.counted_until, c.during, c.voided_on,
               lead(lower(c.during)) over w as next_from, lead(c.continues) over w as continued
          from public.coverage c
         where c.person_id = whose and c.scheme = of_scheme
        window w as (partition by isempty(c.during) order by lower(c.during))
    ), taken_back as (
        select k.id, k.counted * datemultirange(daterange(null, k.voided_on)) as counted
          from known k
         where k.voided_on is not null
    ), wanted as (
        select t.id, t.counted, false as leaves from taken_back t
        union all
        select k.id,
               datemultirange(daterange(lower(k.during), least(k.counted_until, k.next_from)))
               - coalesce((select range_agg(r) from taken_back t, unnest(t.counted) r), '{}'),
               not coalesce(k.continued, false)
          from known k
         where k.voided_on is null
    ), changed as (
        update public.coverage c
           set counted = w.counted, leaves = w.leaves,
               confirmed = case when e.id is null then c.confirmed else e.accepted_on is not null end
          from wanted w
          join known k on k.id = w.id
          left join public.enrolment e on e.id = w.id
         where c.id = w.id
           and (c.counted, c.leaves, c.confirmed) is distinct from
               (w.counted, w.leaves,
                case when e.id is null then c.confirmed else e.accepted_on is not null end)
        returning c.*, k.counted as was_counted, k.leaves as was_leaves, k.confirmed as was_confirmed
    ), event as (
        select c.id, d.day, sum(d.sign) as n, sum(d.sign * d.confirmed) as confirmed,
               sum(d.leaving) as leaving
          from changed c
         cross join lateral (
            select lower(r) as day, 1 as sign, c.confirmed::int as confirmed, 0 as leaving
              from unnest(c.counted) r
            union all
            select upper(r), -1, c.confirmed::int, 0 from unnest(c.counted) r
            union all
            select lower(r), -1, c.was_confirmed::int, 0 from unnest(c.was_counted) r
            union all
            select upper(r), 1, c.was_confirmed::int, 0 from unnest(c.was_counted) r
            union all
            select upper(c.counted), 0, 0, 1 where c.leaves and not isempty(c.counted)
            union all
            select upper(c.was_counted), 0, 0, -1 where c.was_leaves and not isempty(c.was_counted)
         ) d
         group by c.id, d.day
    )
    insert into public.progress_delta (scheme, kind, effective_on, n, confirmed, leaving, agency_id,
                                       collector_id, officer_id, association_id, unit_id, province_id,
                                       district_id, commune_id)
    select c.scheme, 'stock', e.day, e.n, e.confirmed, e.leaving, c.agency_id, c.collector_id,
           c.officer_id, c.association_id, c.unit_id, c.province_id, c.district_id, c.commune_id
      from event e
      join changed c on c.id = e.id
     where e.n <> 0 or e.confirmed <> 0 or e.leaving <> 0;
end $$;

-- Posts an enrolment that the caller has just written: from here on it covers and counts.
create function gate.enrolment_post(posted uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e public.enrolment;
    rule public.participation_rule;
    alone boolean;
    until date;
begin
    select o.* into e from public.enrolment o
     where o.id = posted and o.created_by = public.caller_id() and o.status = 'submitted';
    if not found then
        return;
    end if;
    select r.* into strict rule from public.participation_rule r
     where r.scheme = e.scheme and r.months = e.months and r.valid @> e.paid_on;
    until := (e.ends_on + 1 + rule.grace)::date;
    alone := not exists (select from public.coverage c
                          where c.person_id = e.person_id and c.scheme = e.scheme);
    insert into public.coverage (id, person_id, scheme, during, counted_until, renewable_until,
                                 continues, counted, leaves, agency_id, collector_id, officer_id,
                                 association_id, unit_id, province_id, district_id, commune_id)
    values (e.id, e.person_id, e.scheme, daterange(e.starts_on, e.ends_on, '[]'), until,
            (e.ends_on + 1 + rule.gap)::date, e.kind = 'renewal',
            case when alone then datemultirange(daterange(e.starts_on, until)) else '{}' end, alone,
            e.agency_id, e.collector_id, e.officer_id, e.association_id, e.unit_id, e.province_id,
            e.district_id, e.commune_id);
    insert into public.progress_delta (scheme, kind, effective_on, n, people_month, people_quarter,
                                       people_year, leaving, amount, agency_id, collector_id, officer_id,
                                       association_id, unit_id, province_id, district_id, commune_id)
    select e.scheme, d.kind, d.day, d.n, d.month, d.quarter, d.year, d.leaving, d.amount, e.agency_id,
           e.collector_id, e.officer_id, e.association_id, e.unit_id, e.province_id, e.district_id,
           e.commune_id
      from (values (e.kind, e.paid_on, 1, e.first_in & 1, (e.first_in & 2) / 2, (e.first_in & 4) / 4,
                    0, coalesce(e.amount, 0), true),
                   ('stock', e.starts_on, 1, 0, 0, 0, 0, 0, alone),
                   ('stock', until, -1, 0, 0, 0, 1, 0, alone))
           d (kind, day, n, month, quarter, year, leaving, amount, written)
     where d.written;
    if not alone then
        perform gate.participation_settle(e.person_id, e.scheme);
    end if;
end $$;

-- What may become of an enrolment.
create function gate.enrolment_decide(decided uuid, becomes text, why text) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e public.enrolment;
    heir public.enrolment;
    today constant date := public.business_date();
    takes_back constant boolean := becomes in ('rejected', 'voided');
    period smallint;
    was_accepted int;
begin
    select o.* into e from public.enrolment o where o.id = decided;
    -- the person first, then the row: the same order as posting
    perform pg_advisory_xact_lock(hashtextextended(e.person_id::text, 0));
    select o.* into e from public.enrolment o where o.id = decided for update;
    if not found or not (public.in_callers_slice(e.province_id, e.district_id, e.commune_id, e.unit_id)
                         or coalesce(public.scope_agent() in (e.agency_id, e.collector_id), false)) then
        return;
    end if;
    if becomes <> 'voided' and current_setting('role') not in ('ansinh_province', 'ansinh_district') then
        raise insufficient_privilege using message = 'offices accept and reject';
    end if;
    if not (e.status = 'submitted' and becomes in ('accepted', 'rejected', 'voided')
            or e.status in ('accepted', 'issued') and becomes = 'voided') then
        raise 'not from %', e.status using errcode = 'ANS01';
    end if;
    was_accepted := (e.accepted_on is not null)::int;
    update public.enrolment o
       set status = becomes, version = o.version + 1,
           accepted_on = case when becomes = 'accepted' then today else o.accepted_on end,
           reversed_on = case when takes_back then today end,
           holds = case when takes_back then 0 else o.holds end
     where o.id = e.id;
    insert into public.enrolment_event (enrolment_id, n, from_status, to_status, reason, created_by,
                                        agency_id, collector_id, unit_id, province_id, district_id,
                                        commune_id)
    values (e.id, e.version, e.status, becomes, why, public.caller_id(), e.agency_id, e.collector_id,
            e.unit_id, e.province_id, e.district_id, e.commune_id);
    if takes_back then
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
    else
        insert into public.progress_delta (scheme, kind, effective_on, confirmed, confirmed_month,
                                           confirmed_quarter, confirmed_year, agency_id, collector_id,
                                           officer_id, association_id, unit_id, province_id,
                                           district_id, commune_id)
        values (e.scheme, e.kind, e.paid_on, 1, e.holds & 1, (e.holds & 2) / 2, (e.holds & 4) / 4,
                e.agency_id, e.collector_id, e.officer_id, e.association_id, e.unit_id, e.province_id,
                e.district_id, e.commune_id);
    end if;
    perform gate.participation_settle(e.person_id, e.scheme);
end $$;

-- One person more or less in the month (1), quarter (2) or year (4) of an enrolment.
create function gate.person_counted(e public.enrolment, sign int, period smallint, day date, accepted int)
    returns void language sql volatile security definer set search_path = '' as $$
    insert into public.progress_delta (scheme, kind, effective_on, people_month, people_quarter,
                                       people_year, confirmed_month, confirmed_quarter, confirmed_year,
                                       agency_id, collector_id, officer_id, association_id, unit_id,
                                       province_id, district_id, commune_id)
    values (e.scheme, e.kind, day, sign * (period & 1), sign * (period & 2) / 2, sign * (period & 4) / 4,
            sign * accepted * (period & 1), sign * accepted * (period & 2) / 2,
            sign * accepted * (period & 4) / 4, e.agency_id, e.collector_id, e.officer_id,
            e.association_id, e.unit_id, e.province_id, e.district_id, e.commune_id)
$$;

grant execute on function gate.enrolment_terms(uuid, text, int, date), gate.enrolment_post(uuid)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function gate.enrolment_decide(uuid, text, text)
   to ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;

-- Counts everything again from the rows, in a transaction of the isolation level repeatable read, and
-- keeps the differences to the figures in the temporary table `recounted`: none, unless something is
-- wrong. With `repair` the totals become what was counted.
create procedure gate.recount(repair boolean) language plpgsql as $$
begin
    perform pg_advisory_xact_lock(20261215);
    create temporary table row_delta on commit drop as
    select e.scheme, e.kind, e.paid_on as effective_on, 1 as n,
           (e.accepted_on is not null)::int as confirmed,
           e.first_in & 1 as people_month, (e.first_in & 2) / 2 as people_quarter,
           (e.first_in & 4) / 4 as people_year, a.holds & 1 as confirmed_month,
           (a.holds & 2) / 2 as confirmed_quarter, (a.holds & 4) / 4 as confirmed_year, 0 as leaving,
           coalesce(e.amount, 0) as amount, e.agency_id, e.collector_id,
           e.officer_id, e.association_id, e.unit_id, e.province_id, e.district_id, e.commune_id
      from public.enrolment e
      join public.coverage c on c.id = e.id
     cross join lateral (
        -- what it was counted for in person when it was accepted
        select case when e.accepted_on is null then 0
                    else e.first_in | coalesce((select bit_or(m.first_in) from public.person_period m
                                                 where m.to_id = e.id and not m.to_accepted), 0) end
               as holds) a
    union all
    select e.scheme, e.kind, e.reversed_on, -1, -(e.accepted_on is not null)::int, 0, 0, 0, 0, 0, 0, 0,
           -coalesce(e.amount, 0), e.agency_id, e.collector_id,
           e.officer_id, e.association_id, e.unit_id, e.province_id, e.district_id, e.commune_id
      from public.enrolment e
     where e.reversed_on is not null
    union all
    select e.scheme, e.kind, m.moved_on, 0, 0, sign * (m.first_in & 1), sign * (m.first_in & 2) / 2,
           sign * (m.first_in & 4) / 4, sign * accepted::int * (m.first_in & 1),
           sign * accepted::int * (m.first_in & 2) / 2, sign * accepted::int * (m.first_in & 4) / 4, 0,
           0, e.agency_id, e.collector_id, e.officer_id, e.association_id, e.unit_id, e.province_id, e.district_id, e.commune_id
      from public.person_period m
     cross join lateral (values (m.from_id, -1, m.from_accepted), (m.to_id, 1, m.to_accepted))
           t (id, sign, accepted)
      join public.enrolment e on e.id = t.id
    union all
    select c.scheme, 'stock', d.day, d.n, d.n * c.confirmed::int, 0, 0, 0, 0, 0, 0, d.leaving, 0,
           c.agency_id, c.collector_id, c.officer_id, c.association_id, c.unit_id, c.province_id,
           c.district_id, c.commune_id
      from public.coverage c
     cross join lateral (select lower(r), 1, 0 from unnest(c.counted) r
                         union all
                         select upper(r), -1, 0 from unnest(c.counted) r
                         union all
                         select upper(c.counted), 0, 1 where c.leaves and not isempty(c.counted))
           d (day, n, leaving);
    create temporary table row_total (like public.progress_total including indexes) on commit drop;
    create temporary table row_credit (like public.credit_total including indexes) on commit drop;
    call public.fold_totals('row_delta', 'row_total', 'row_credit');
    create temporary table live_total (like public.progress_total including indexes) on commit drop;
    create temporary table live_credit (like public.credit_total including indexes) on commit drop;
    insert into live_total select * from public.progress_total;
    insert into live_credit select * from public.credit_total;
    call public.fold_totals('public.young_delta', 'live_total', 'live_credit');
    -- the days of every hamlet and credit, as the deltas have them
    create temporary table leaf_difference on commit drop as
    select scheme, kind, effective_on, agency_id, collector_id, officer_id, association_id, unit_id,
           province_id, district_id, commune_id, sum(n) as n, sum(confirmed) as confirmed, sum(people_month) as people_month,
           sum(people_quarter) as people_quarter, sum(people_year) as people_year,
           sum(confirmed_month) as confirmed_month, sum(confirmed_quarter) as confirmed_quarter,
           sum(confirmed_year) as confirmed_year, sum(leaving) as leaving, sum(amount) as amount
      from (select * from row_delta
            union all
            select scheme, kind, effective_on, -n, -confirmed, -people_month, -people_quarter,
                   -people_year, -confirmed_month, -confirmed_quarter, -confirmed_year, -leaving, -amount,
                   agency_id, collector_id, officer_id, association_id, unit_id, province_id,
                   district_id, commune_id
              from public.progress_delta) d
     group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    having (sum(n), sum(confirmed), sum(people_month), sum(people_quarter), sum(people_year),
            sum(confirmed_month), sum(confirmed_quarter), sum(confirmed_year), sum(leaving),
            sum(amount)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    create temporary table recounted on commit drop as
    select coalesce(r.key, l.key) as holder, r.figures as counted, l.figures as kept
      from (select jsonb_build_array(holder_id, span, starts_on, scheme, kind) as key,
                   to_jsonb(t) - array['holder_id', 'level', 'span', 'starts_on', 'scheme', 'kind'] as figures
              from row_total t
            union all
            select jsonb_build_array(credit_id, unit_id, span, starts_on, scheme, kind),
                   to_jsonb(t) - array['credit_id', 'unit_id', 'span', 'starts_on', 'scheme', 'kind']
              from row_credit t) r
      full join (select jsonb_build_array(holder_id, span, starts_on, scheme, kind) as key,
                        to_jsonb(t) - array['holder_id', 'level', 'span', 'starts_on', 'scheme', 'kind']
                        as figures
                   from live_total t
                 union all
                 select jsonb_build_array(credit_id, unit_id, span, starts_on, scheme, kind),
                        to_jsonb(t) - array['credit_id', 'unit_id', 'span', 'starts_on', 'scheme',
                                            'kind']
                   from live_credit t) l using (key)
     where r.figures is distinct from l.figures
       and not (r.figures is null and gate.is_nothing(l.figures)
                or l.figures is null and gate.is_nothing(r.figures))
    union all
    select jsonb_build_array(unit_id, agency_id, collector_id, officer_id, association_id, scheme, kind,
                             effective_on),
           to_jsonb(d) - array['unit_id', 'agency_id', 'collector_id', 'scheme', 'kind', 'effective_on'],
           null
      from leaf_difference d;
    if repair and exists (select from recounted) then
        delete from public.progress_total;
        delete from public.credit_total;
        insert into public.progress_total select * from row_total;
        insert into public.credit_total select * from row_credit;
        insert into public.progress_delta (scheme, kind, effective_on, agency_id, collector_id,
                                           officer_id, association_id, unit_id, province_id,
                                           district_id, commune_id, n, confirmed,
                                           people_month, people_quarter, people_year, confirmed_month,
                                           confirmed_quarter, confirmed_year, leaving, amount, xid)
        select *, 0 from leaf_difference;
        update public.fold_mark
           set next_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
               open = array(select x::text::bigint from pg_snapshot_xip(pg_current_snapshot()) x),
               folded_at = clock_timestamp();
    end if;
end $$;

-- A line whose figures are all zero says the same as no line.
create function gate.is_nothing(figures jsonb) returns boolean language sql immutable
return not exists (select from jsonb_each_text(figures) f
                    where f.key not like '%\_id' and f.value <> '0');

grant execute on procedure gate.recount(boolean) to ansinh_gate;
grant execute on function gate.is_nothing(jsonb), gate.participation_settle(uuid, text),
                          gate.person_counted(enrolment, int, smallint, date, int) to ansinh_gate;
-- last, because only an owner may grant
alter function gate.enrolment_terms(uuid, text, int, date) owner to ansinh_gate;
alter function gate.participation_settle(uuid, text) owner to ansinh_gate;
alter function gate.enrolment_post(uuid) owner to ansinh_gate;
alter function gate.enrolment_decide(uuid, text, text) owner to ansinh_gate;
alter function gate.person_counted(enrolment, int, smallint, date, int) owner to ansinh_gate;
alter function gate.credit_is_near() owner to ansinh_gate;
alter function gate.is_nothing(jsonb) owner to ansinh_gate;
alter procedure gate.recount(boolean) owner to ansinh_gate;

-- What was posted before: its coverage, its periods, and its figures.
do $$
declare
    filled text;
begin
    foreach filled in array array['enrolment', 'coverage', 'participation_rule', 'progress_delta',
                                  'progress_total', 'credit_total'] loop
        execute format('alter table %s no force row level security', filled);
    end loop;
end $$;
create procedure rollup_catch_up() language plpgsql as $$
begin
    create temporary table fresh on commit drop as
    select e.id,
           (row_number() over (partition by person_id, scheme, kind, date_trunc('month', paid_on)
                               order by paid_on, id) = 1)::int
           + 2 * (row_number() over (partition by person_id, scheme, kind, date_trunc('quarter', paid_on)
                                     order by paid_on, id) = 1)::int
           + 4 * (row_number() over (partition by person_id, scheme, kind, date_trunc('year', paid_on)
                                     order by paid_on, id) = 1)::int as first_in
      from enrolment e
     where e.reversed_on is null and not exists (select from coverage c where c.id = e.id);
    analyze fresh;
    update enrolment e
       set first_in = f.first_in, holds = f.first_in,
           accepted_on = case when e.status in ('accepted', 'issued') then e.paid_on end
      from fresh f
     where e.id = f.id and e.first_in <> f.first_in;
    insert into coverage (id, person_id, scheme, during, counted_until, renewable_until, continues,
                          counted, leaves, confirmed, agency_id, collector_id, officer_id,
                          association_id, unit_id, province_id, district_id, commune_id)
    select e.id, e.person_id, e.scheme, daterange(e.starts_on, e.ends_on, '[]'),
           (e.ends_on + 1 + r.grace)::date, (e.ends_on + 1 + r.gap)::date, e.kind = 'renewal',
           datemultirange(daterange(e.starts_on, least((e.ends_on + 1 + r.grace)::date,
                                                       lead(e.starts_on) over w))),
           coalesce(lead(e.kind) over w, '') <> 'renewal', e.accepted_on is not null, e.agency_id,
           e.collector_id, e.officer_id, e.association_id, e.unit_id, e.province_id, e.district_id,
           e.commune_id
      from enrolment e
      join fresh f on f.id = e.id
      join participation_rule r on r.scheme = e.scheme and r.months = e.months and r.valid @> e.paid_on
    window w as (partition by e.person_id, e.scheme order by e.starts_on);
    create temporary table fresh_delta on commit drop as
    select e.scheme, e.kind, e.paid_on as effective_on, 1 as n, c.confirmed::int as confirmed,
           f.first_in & 1 as people_month, (f.first_in & 2) / 2 as people_quarter,
           (f.first_in & 4) / 4 as people_year,
           (f.first_in & 1) * c.confirmed::int as confirmed_month,
           (f.first_in & 2) / 2 * c.confirmed::int as confirmed_quarter,
           (f.first_in & 4) / 4 * c.confirmed::int as confirmed_year,
           0 as leaving, coalesce(e.amount, 0) as amount, e.agency_id, e.collector_id,
           e.officer_id, e.association_id, e.unit_id, e.province_id, e.district_id, e.commune_id
      from fresh f
      join enrolment e on e.id = f.id
      join coverage c on c.id = f.id
    union all
    select c.scheme, 'stock', d.day, d.n, d.n * c.confirmed::int, 0, 0, 0, 0, 0, 0, d.leaving, 0,
           c.agency_id, c.collector_id, c.officer_id, c.association_id, c.unit_id, c.province_id,
           c.district_id, c.commune_id
      from fresh f
      join coverage c on c.id = f.id
     cross join lateral (values (lower(c.counted), 1, 0), (upper(c.counted), -1, c.leaves::int))
           d (day, n, leaving);
    analyze fresh_delta;
    call fold_totals('fresh_delta');
    insert into progress_delta (xid, scheme, kind, effective_on, n, confirmed, people_month,
                                people_quarter, people_year, confirmed_month, confirmed_quarter,
                                confirmed_year, leaving, amount, agency_id, collector_id, officer_id,
                                association_id, unit_id, province_id, district_id, commune_id)
    select 0, * from fresh_delta; -- in the totals already, whatever the mark
    drop table fresh, fresh_delta;
end $$;
call rollup_catch_up();
do $$
declare
    filled text;
begin
    foreach filled in array array['enrolment', 'coverage', 'participation_rule', 'progress_delta',
                                  'progress_total', 'credit_total'] loop
        execute format('alter table %s force row level security', filled);
    end loop;
end $$;
