set local role ansinh_owner;

-- A stock on a day was the sum of all that ever came and went: the years, months and days of a unit, thirty-five
-- rows a line of a board; what there was a year ago to the day came by days as well. For some days the totals keep
-- it now: span 'opening', all that there was before `starts_on` began, of all levels whose days are kept. Any time
-- between two such days is one less the other. The mark says which days these are.
alter table progress_total
    drop constraint progress_total_span_check,
    add constraint progress_total_span_check check (span in ('day', 'month', 'year', 'opening'));
alter table fold_mark add openings date[] not null default '{}';
grant update (openings) on fold_mark to ansinh_worker;
grant delete on progress_total to ansinh_worker;

-- Tomorrow, which is the end of today, the same a year ago, and the beginnings of all periods of this year and the
-- last.
create function wanted_openings(today date) returns date[] language sql immutable
return array(select m::date
               from generate_series(date_trunc('year', today::timestamp) - interval '1 year',
                                    today::timestamp, interval '1 month') m
             union
             select today + 1
             union
             select (today - interval '1 year')::date + 1
             order by 1);

-- Openings from the totals of their days, months and years.
create procedure sum_openings(days date[]) language sql as $$
    insert into progress_total (level, holder_id, province_id, district_id, commune_id, span, starts_on, scheme,
                                kind, n, confirmed, people_month, people_quarter, people_year, confirmed_month,
                                confirmed_quarter, confirmed_year, leaving, amount)
    select t.level, t.holder_id, t.province_id, t.district_id, t.commune_id, 'opening', o.day, t.scheme, t.kind,
           sum(t.n)::int, sum(t.confirmed)::int, sum(t.people_month)::int, sum(t.people_quarter)::int,
           sum(t.people_year)::int, sum(t.confirmed_month)::int, sum(t.confirmed_quarter)::int,
           sum(t.confirmed_year)::int, sum(t.leaving)::int, sum(t.amount)::bigint
      from (select day, date_trunc('month', day::timestamp)::date as month,
                   date_trunc('year', day::timestamp)::date as year
              from unnest(days) day) o
      join progress_total t on t.level <> 'hamlet'
                           and (t.span = 'year' and t.starts_on < o.year
                                or t.span = 'month' and t.starts_on >= o.year and t.starts_on < o.month
                                or t.span = 'day' and t.starts_on >= o.month and t.starts_on < o.day)
     group by 1, 2, 3, 4, 5, 7, 8, 9
$$;

-- What deltas add to the openings of the days after them: each level from the one below, like the other totals.
create procedure fold_openings(source regclass, units regclass) language plpgsql as $$
declare
    summed constant text[] := array['n', 'confirmed', 'people_month', 'people_quarter', 'people_year',
                                    'confirmed_month', 'confirmed_quarter', 'confirmed_year',
                                    'leaving', 'amount'];
    columns constant text := array_to_string(summed, ', ');
    sums constant text := (select string_agg(format('sum(%1$s)::%2$s as %1$s', c,
                                                    case c when 'amount' then 'bigint' else 'int' end),
                                             ', ') from unnest(summed) c);
    added constant text := (select string_agg(format('%1$s = t.%1$s + excluded.%1$s', c), ', ')
                              from unnest(summed) c);
    kept constant date[] := (select openings from public.fold_mark);
begin
    execute format($fold$
        with since as ( -- which opening was the last before a delta
            select province_id, district_id, commune_id, scheme, kind, width_bucket(effective_on, $1) as past, %3$s
              from %1$s
             group by 1, 2, 3, 4, 5, 6
        ), commune as (
            select province_id, district_id, commune_id, scheme, kind, o.day as starts_on, %3$s
              from since s
              join unnest($1) with ordinality o (day, no) on o.no > s.past
             group by 1, 2, 3, 4, 5, 6
        ), province as (
            select province_id, scheme, kind, starts_on, %3$s from commune group by 1, 2, 3, 4
        ), upper as (
            select 'commune' as level, commune_id as holder_id, * from commune
            union all
            select 'district', district_id, province_id, district_id, 0, scheme, kind, starts_on, %3$s
              from commune
             where district_id <> 0
             group by 3, 4, 6, 7, 8
            union all
            select 'province', province_id, province_id, 0, 0, scheme, kind, starts_on, %2$s from province
            union all
            select 'nation', 1, 0, 0, 0, scheme, kind, starts_on, %3$s from province group by 6, 7, 8
        )
        insert into %4$s as t (level, holder_id, province_id, district_id, commune_id, scheme, kind, starts_on,
                               span, %2$s)
        select level, holder_id, province_id, district_id, commune_id, scheme, kind, starts_on, 'opening', %2$s
          from upper
            on conflict (province_id, level, scheme, kind, span, starts_on, holder_id) do update set %5$s
        $fold$, source, columns, sums, units, added) using kept;
end $$;

-- Whoever adds to the totals adds to the openings; a recount makes both from the rows, so it compares both. One at a
-- time: an opening that another is just making would miss what is added here.
alter procedure fold_totals(regclass, regclass, regclass) rename to fold_spans;
create procedure fold_totals(source regclass, units regclass default 'progress_total',
                             credits regclass default 'credit_total') language plpgsql as $$
begin
    if units = 'public.progress_total'::regclass then
        perform pg_advisory_xact_lock(20261215);
    end if;
    call public.fold_spans(source, units, credits);
    call public.fold_openings(source, units);
end $$;

-- The days that are kept follow the calendar. Whoever folds with a snapshot from before that fails at the mark.
create procedure keep_openings() language plpgsql as $$
declare
    wanted constant date[] := wanted_openings(business_date());
    kept constant date[] := (select openings from fold_mark);
    missing constant date[] := array(select unnest(wanted) except select unnest(kept));
begin
    if wanted = kept then
        return;
    end if;
    call sum_openings(missing);
    delete from progress_total t where t.span = 'opening' and t.starts_on <> all(wanted);
    update fold_mark set openings = wanted;
end $$;

create or replace procedure fold_younger() language plpgsql as $$
begin
    if not pg_try_advisory_xact_lock(20261215) then
        return;
    end if;
    if exists (select from young_delta) then
        call fold_totals('young_delta');
        update fold_mark
           set next_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
               open = array(select x::text::bigint from pg_snapshot_xip(pg_current_snapshot()) x),
               folded_at = clock_timestamp();
    end if;
    call keep_openings();
end $$;

-- What was open when the fold looked is few rows as well, and the planner must not believe otherwise because most
-- deltas of an installation may have one transaction: by range it expects few.
create or replace view young_delta with (security_invoker = true) as
select d.*
  from progress_delta d
 where d.xid >= (select m.next_xid from fold_mark m) and d.xid < (select 9223372036854775807)
union all
select d.*
  from fold_mark m
 cross join unnest(m.open) o (xid)
 cross join lateral (select * from progress_delta y where y.xid >= o.xid and y.xid <= o.xid offset 0) d;

-- The participants of a unit at the end of a day: from the opening of the next one where that is kept, else from
-- the years, months and days until then, each by its key. A range of them would read those of all its neighbours,
-- because the totals lie by day before unit.
create or replace function participants_at(place unit, of_scheme text, day date) returns bigint
    language sql stable as $$
    with tile as (
        select date_trunc('year', day::timestamp)::date as year,
               date_trunc('month', day::timestamp)::date as month,
               (place).kind <> 'hamlet' and day + 1 = any(k.openings) as kept
          from fold_mark k
    ), part as (
        select 'opening' as span, day + 1 as starts_on from tile where kept
        union all
        select 'year', s::date
          from tile, generate_series(timestamp '1990-01-01', year - interval '1 day', interval '1 year') s
         where not kept
        union all
        select 'month', s::date
          from tile, generate_series(year::timestamp, month - interval '1 day', interval '1 month') s
         where not kept
        union all
        select 'day', s::date
          from tile, generate_series(month::timestamp, day::timestamp, interval '1 day') s
         where not kept
    )
    select coalesce(sum(f.n), 0)
      from (select t.n
              from part p
             cross join lateral (
                select t.n
                  from progress_total t
                 where t.province_id = (place).province_id and t.level = (place).kind collate "C"
                   and t.scheme = of_scheme collate "C" and t.kind = 'stock' and t.span = p.span collate "C"
                   and t.starts_on = p.starts_on and t.holder_id = (place).id
                offset 0
             ) t
            union all
            select y.n
              from young_delta y
             where y.scheme = of_scheme collate "C" and y.kind = 'stock'
               and (place).id in (y.unit_id, y.commune_id, y.district_id, y.province_id, 1)
               and y.effective_on <= day
               and ((place).kind <> 'hamlet' or y.effective_on < date_trunc('month', day::timestamp)::date)
            union all
            select l.n
              from progress_delta l
             where (place).kind = 'hamlet' and l.commune_id = (place).commune_id
               and l.effective_on >= date_trunc('month', day::timestamp)::date
               and l.effective_on <= day and l.unit_id = (place).id
               and l.scheme = of_scheme collate "C" and l.kind = 'stock') f
$$;

grant execute on function wanted_openings(date), business_date() to ansinh_worker;
grant execute on procedure fold_openings(regclass, regclass), fold_totals(regclass, regclass, regclass)
   to ansinh_worker, ansinh_gate;
grant execute on procedure sum_openings(date[]), keep_openings() to ansinh_worker;

set local role ansinh_worker;
call keep_openings();
set local role ansinh_owner;
