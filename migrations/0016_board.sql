set local role ansinh_owner;

-- What a dashboard of all units of a level reads lies together: the totals of a span by day before
-- unit, and the targets by level.
alter table progress_total
    drop constraint progress_total_pkey,
    add primary key (province_id, level, scheme, kind, span, starts_on, holder_id);

alter table assignment
    add level text collate "C" not null generated always as (
        case when assignee_kind <> 'unit' then assignee_kind
             when unit_id = 1 then 'nation'
             when unit_id = province_id then 'province'
             when unit_id = district_id then 'district'
             when unit_id = commune_id then 'commune'
             else 'hamlet' end) stored;
create index assignment_aimed on assignment
    (province_id, level, indicator, starts_on, ends_on, assigner, commune_id);

-- Who stands beside the caller: the units directly below the same one, the collectors of the same
-- organisation, the organisations of the same unit. How many they are, how many of them have a target,
-- and the caller's rank among those, by exact completion rate; nothing else of them leaves here.
--
-- The arrays are the spans that answer for the indicator in the period (api/target/progress_rules.h).
create function gate.own_rank(of_indicator text, first_day date, last_day date, by_assigner text,
                              questions text[], spans text[], lows date[], highs date[])
    returns table (level text, siblings int, with_target int, rank int)
    language sql stable security definer set search_path = '' as $$
with measure as (
    select i.kind, i.unit = 'people' as people_once,
           case when i.kind = 'money' then array['vsi', 'hhi'] else array[i.scheme] end as schemes,
           case when i.kind = 'money' then array['new', 'renewal', 'return']
                else array[coalesce(i.enrolment_kind, 'stock')] end as kinds
      from public.indicator i
     where i.code = of_indicator and (i.scheme is not null or i.code = 'collected')
), cell as materialized (
    select m.kind as measure, case when not m.people_once or m.kind = 'stock' then 'n'
                when last_day - first_day > 92 then 'year'
                when last_day - first_day > 31 then 'quarter' else 'month' end as once,
           s.scheme, k.kind, c.span, c.lo, c.hi
      from measure m
      join unnest(questions, spans, lows, highs) c (question, span, lo, hi)
        on c.question = case m.kind when 'stock' then 'level' else 'now' end
     cross join unnest(m.schemes) s (scheme)
     cross join unnest(m.kinds) k (kind)
), beside as materialized (
    select u.kind as level, u.id as unit_id, null::uuid as credit_id, u.province_id,
           u.id = me.id as own
      from public.unit me
      join public.unit u on u.parent_id = me.parent_id and u.kind = me.kind and u.valid_to is null
     where current_setting('role') in ('ansinh_province', 'ansinh_district', 'ansinh_commune')
       and me.id = public.scope_id()
    union all
    select 'collector', null, c.id, c.province_id, c.id = me.id
      from public.collector me
      join public.collector c on c.agency_id = me.agency_id
     where current_setting('role') = 'ansinh_collector' and me.id = public.scope_agent()
    union all
    select 'agency', null, g.id, g.province_id, g.id = me.id
      from public.agency me
      join public.agency g on g.giver_id = me.giver_id
     where current_setting('role') = 'ansinh_agency' and me.id = public.scope_agent()
), counted as (
    select b.unit_id, b.credit_id, c.measure, c.once, t.n, t.amount, t.people_month,
           t.people_quarter, t.people_year
      from beside b
     cross join cell c
     cross join lateral (
        select t.n, t.amount, t.people_month, t.people_quarter, t.people_year
          from public.progress_total t
         where b.credit_id is null and t.province_id = b.province_id and t.level = b.level
           and t.holder_id = b.unit_id and t.scheme = c.scheme and t.kind = c.kind
           and t.span = c.span and t.starts_on >= c.lo and t.starts_on < c.hi
        union all
        select t.n, t.amount, t.people_month, t.people_quarter, t.people_year
          from public.credit_total t
         where t.credit_id = b.credit_id and t.scheme = c.scheme and t.kind = c.kind
           and t.span = c.span and t.starts_on >= c.lo and t.starts_on < c.hi
        union all
        select t.n, t.amount, t.people_month, t.people_quarter, t.people_year
          from public.progress_delta t -- the days of those who have credit are in no total
         where b.credit_id is not null and c.span = 'day' and t.scheme = c.scheme
           and t.kind = c.kind and t.effective_on >= c.lo and t.effective_on < c.hi
           and t.commune_id in (select o.commune_id from public.credit_total o
                                 where o.credit_id = b.credit_id)
           and b.credit_id in (t.agency_id, t.collector_id)
           and t.xid < (select m.next_xid from public.fold_mark m)
           and t.xid <> all((select m.open from public.fold_mark m)::bigint[])
     ) t
    union all
    select b.unit_id, b.credit_id, c.measure, c.once, t.n, t.amount, t.people_month,
           t.people_quarter, t.people_year
      from public.young_delta t
      join cell c on c.scheme = t.scheme and c.kind = t.kind
                 and t.effective_on >= c.lo and t.effective_on < c.hi
      join beside b on b.unit_id in (t.commune_id, t.district_id, t.province_id)
                    or b.credit_id in (t.agency_id, t.collector_id)
), achieved as (
    select unit_id, credit_id,
           sum(case when measure = 'money' then amount when once = 'n' then n
                    when once = 'year' then people_year
                    when once = 'quarter' then people_quarter else people_month end) as n
      from counted
     group by unit_id, credit_id
), line as (
    select b.level, b.own, coalesce(a.n, 0) as achieved,
           case when b.credit_id is null
                then (select coalesce(sum(t.quantity) filter (where t.cut <> 'root'), sum(t.quantity))
                        from public.assignment t
                       where t.unit_id = b.unit_id and t.assignee_kind = 'unit'
                         and t.indicator = of_indicator and t.starts_on = first_day
                         and t.ends_on = last_day and t.assigner = by_assigner
                         and t.withdrawn_at is null)
                else (select sum(t.quantity)
                        from public.assignment t
                       where t.assignee_id = b.credit_id and t.assignee_kind <> 'unit'
                         and t.indicator = of_indicator and t.starts_on = first_day
                         and t.ends_on = last_day and t.assigner = by_assigner
                         and t.withdrawn_at is null) end as target
      from beside b
      left join achieved a on a.unit_id = b.unit_id or a.credit_id = b.credit_id
)
select me.level, count(*)::int, (count(*) filter (where l.target > 0))::int,
       case when me.target > 0
            then 1 + (count(*) filter (where l.target > 0
                                         and l.achieved * me.target > me.achieved * l.target))::int end
  from line me
 cross join line l
 where me.own and exists (select from measure)
 group by me.level, me.target, me.achieved
$$;
create policy gate_select on assignment for select to ansinh_gate using (true);
grant select on assignment, young_delta, credit_total, progress_total, progress_delta, fold_mark
   to ansinh_gate;
grant execute on function gate.own_rank(text, date, date, text, text[], text[], date[], date[])
   to ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
alter function gate.own_rank(text, date, date, text, text[], text[], date[], date[])
   owner to ansinh_gate;
