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
set local role ansinh_owner;
