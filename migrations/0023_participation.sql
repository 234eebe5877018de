set local role ansinh_owner;

-- The opening balance: who is covered already when the service begins. Such a coverage has no enrolment
-- behind it: imported by an office, or declared at the door and confirmed when the office accepts what
-- continues it. It is read like a person, by the slice of its hamlet.
alter table coverage
    add card_number text,
    add version int not null default 1,
    add created_by uuid;
call wall_by_unit('coverage');
create policy territory_select on coverage for select to ansinh_agency, ansinh_collector
    using (unit_id = any(territory()));
grant select (id, person_id, scheme, during, counted_until, renewable_until, confirmed, voided_on,
              source, card_number, unit_id, province_id, district_id, commune_id, created_at, version)
   on coverage to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
                  ansinh_collector;
create policy gate_insert on person for insert to ansinh_gate with check (true);
grant insert (id, full_name, name_key, birth, birth_precision, sex, hamlet_id, province_id, district_id,
              commune_id, created_by, personal_id_number, social_insurance_number, phone)
   on person to ansinh_gate;

-- The dates of an overlapping coverage, as far as the caller may see it; null where there is none.
create function gate.covered_already(whose uuid, of_scheme text, wanted daterange) returns text
    language sql stable security definer set search_path = '' as $$
    select case when public.in_callers_slice(c.province_id, c.district_id, c.commune_id, c.unit_id)
                then lower(c.during) || '/' || upper(c.during) - 1 else '' end
      from public.coverage c
     where c.person_id = whose and c.scheme = of_scheme and c.during && wanted
     order by c.during
     limit 1
$$;

-- Without a first day the last period of that length is meant.
create function gate.participation_days(first date, last date, months int) returns daterange
    language sql immutable
return daterange(coalesce(first, (last + 1 - make_interval(months => months))::date), last, '[]');

-- Writes a coverage without an enrolment; the caller has looked that it overlaps none. It continues an
-- earlier one by the same measure as a payment on its first day. The only one of a person needs nobody
-- to bring it in line with others.
create function gate.participation_open(made uuid, whose uuid, of_scheme text, wanted daterange,
                                        rule public.participation_rule, of_source text, card text)
    returns void language plpgsql volatile security definer set search_path = '' as $$
declare
    until constant date := (upper(wanted) + rule.grace)::date;
    sure constant boolean := of_source = 'imported';
    alone constant boolean := not exists (select from public.coverage c
                                           where c.person_id = whose and c.scheme = of_scheme);
begin
    insert into public.coverage (id, person_id, scheme, during, counted_until, renewable_until,
                                 continues, counted, leaves, confirmed, source, card_number, created_by,
                                 unit_id, province_id, district_id, commune_id)
    select made, p.id, of_scheme, wanted, until, (upper(wanted) + rule.gap)::date,
           not alone and exists (select from public.coverage c
                                  where c.person_id = p.id and c.scheme = of_scheme
                                    and c.during << wanted and c.renewable_until > lower(wanted)),
           case when alone then datemultirange(daterange(lower(wanted), until)) else '{}' end, alone,
           sure, of_source, card, public.caller_id(), p.hamlet_id, p.province_id, p.district_id,
           p.commune_id
      from public.person p
     where p.id = whose;
    if not alone then
        perform gate.participation_settle(whose, of_scheme);
        return;
    end if;
    insert into public.progress_delta (scheme, kind, effective_on, n, confirmed, leaving, unit_id,
                                       province_id, district_id, commune_id)
    select of_scheme, 'stock', d.day, d.sign, d.sign * sure::int, d.leaving, p.hamlet_id, p.province_id,
           p.district_id, p.commune_id
      from public.person p
     cross join (values (lower(wanted), 1, 0), (until, -1, 1)) d (day, sign, leaving)
     where p.id = whose;
end $$;

-- Declares one for a person of the caller's slice; no row where there is no such person.
create function gate.participation_declare(made uuid, whose uuid, of_scheme text, for_months int,
                                           wanted daterange, card text) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    rule public.participation_rule;
    other text;
begin
    perform pg_advisory_xact_lock(hashtextextended(whose::text, 0));
    perform from public.person p
      where p.id = whose
        and public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id);
    if not found then
        return;
    end if;
    select r.* into rule from public.participation_rule r
     where r.scheme = of_scheme and r.months = for_months and r.valid @> lower(wanted);
    if not found then
        raise 'no participation rule' using errcode = 'ANR01';
    end if;
    other := gate.covered_already(whose, of_scheme, wanted);
    if other is not null then
        raise 'covered already' using errcode = 'ANC01', detail = other;
    end if;
    perform gate.participation_open(made, whose, of_scheme, wanted, rule, 'declared', card);
end $$;

-- What a collector declared is confirmed with the acceptance of an enrolment that comes after it.
create function gate.participation_confirm(accepted uuid) returns void
    language sql volatile security definer set search_path = '' as $$
    with confirmed as (
        update public.coverage c
           set confirmed = true, version = c.version + 1
          from public.enrolment e
         where e.id = accepted and e.accepted_on is not null and c.person_id = e.person_id
           and c.scheme = e.scheme and c.source = 'declared' and not c.confirmed
           and upper(c.during) <= e.starts_on
           and public.in_callers_slice(e.province_id, e.district_id, e.commune_id, e.unit_id)
        returning c.*
    )
    insert into public.progress_delta (scheme, kind, effective_on, confirmed, agency_id, collector_id,
                                       officer_id, association_id, unit_id, province_id, district_id,
                                       commune_id)
    select c.scheme, 'stock', d.day, d.sign, c.agency_id, c.collector_id, c.officer_id,
           c.association_id, c.unit_id, c.province_id, c.district_id, c.commune_id
      from confirmed c
     cross join lateral unnest(c.counted) r (days)
     cross join lateral (values (lower(r.days), 1), (upper(r.days), -1)) d (day, sign)
$$;

-- Takes back what was imported or declared by mistake; what an enrolment covers is void with it only.
create function gate.participation_void(taken uuid) returns void
    language plpgsql volatile security definer set search_path = '' as $$
declare
    c public.coverage;
begin
    select o.* into c from public.coverage o where o.id = taken;
    perform pg_advisory_xact_lock(hashtextextended(c.person_id::text, 0));
    select o.* into c from public.coverage o where o.id = taken for update;
    if not found or not public.in_callers_slice(c.province_id, c.district_id, c.commune_id, c.unit_id) then
        return;
    end if;
    if c.source = 'counted' or c.voided_on is not null then
        raise 'not of an opening balance' using errcode = 'ANS01';
    end if;
    update public.coverage o
       set during = 'empty', voided_on = public.business_date(), version = o.version + 1
     where o.id = c.id;
    perform gate.participation_settle(c.person_id, c.scheme);
end $$;

-- Who a row of the file means: by number, else by name, birth and commune. `flaw` says why nobody.
create function gate.participation_person(g jsonb, h public.unit, out person uuid, out flaw text)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    numbers constant text[] := array[g ->> 'personal_id_number', g ->> 'social_insurance_number'];
    given constant text[] := array_remove(numbers, null);
    known int := 0;
    p public.person;
begin
    if given <> '{}' then
        select count(distinct i.person_id), (array_agg(i.person_id))[1] into known, person
          from public.person_identity i
         where (i.kind, i.number) in (('personal_id_number', numbers[1]),
                                      ('social_insurance_number', numbers[2]));
    end if;
    if known = 0 then
        select count(*), (array_agg(o.id))[1],
               case when count(*) > 1
                      or bool_or(o.personal_id_number is null and o.social_insurance_number is null)
                         and given <> '{}'
                    then 'full_name: namesake' end
          into known, person, flaw
          from public.person o
         where o.commune_id = h.commune_id
           -- between, because the planner would take an equality to the index of parts of names
           and o.name_key between g ->> 'name_key' and g ->> 'name_key'
           and o.birth = (g ->> 'birth')::date and o.birth_precision = g ->> 'birth_precision'
           and (given = '{}'
                or o.personal_id_number is null and o.social_insurance_number is null);
        if flaw is not null or known = 0 then
            person := null;
        end if;
        return;
    end if;
    select o.id, o.name_key, o.birth, o.province_id, o.district_id, o.commune_id, o.hamlet_id
      into p.id, p.name_key, p.birth, p.province_id, p.district_id, p.commune_id, p.hamlet_id
      from public.person o where o.id = person;
    flaw := case when known > 1 or p.name_key <> g ->> 'name_key'
                      or date_part('year', p.birth) <> date_part('year', (g ->> 'birth')::date)
                 then 'personal_id_number: other_person'
                 when not public.in_callers_slice(p.province_id, p.district_id, p.commune_id, p.hamlet_id)
                 then 'personal_id_number: outside_slice' end;
end $$;

create function gate.participation_register(g jsonb, h public.unit) returns uuid
    language plpgsql volatile security definer set search_path = '' as $$
declare
    made constant uuid := public.uuid7();
begin
    insert into public.person (id, full_name, name_key, birth, birth_precision, sex, hamlet_id,
                               province_id, district_id, commune_id, created_by, personal_id_number,
                               social_insurance_number)
    values (made, g ->> 'full_name', g ->> 'name_key', (g ->> 'birth')::date, g ->> 'birth_precision',
            g ->> 'sex', h.id, h.province_id, h.district_id, h.commune_id, public.caller_id(),
            g ->> 'personal_id_number', g ->> 'social_insurance_number');
    if g ?| '{personal_id_number,social_insurance_number}' then
        perform gate.identity_claim(made, g ->> 'personal_id_number', g ->> 'social_insurance_number');
    end if;
    return made;
end $$;

-- One row of the file: 'written', 'known', or what is wrong with it, as "field: flaw" with its figure.
create function gate.participation_import_row(g jsonb, out verdict text, out argument text)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    wanted constant daterange := gate.participation_days((g ->> 'starts_on')::date,
                                                         (g ->> 'ends_on')::date,
                                                         (g ->> 'months')::int);
    h public.unit;
    rule public.participation_rule;
    whose uuid;
begin
    select u.* into h from public.unit u
     where u.kind = 'hamlet' and u.code = g ->> 'hamlet_code'
     order by u.valid_from desc
     limit 1;
    select r.* into rule from public.participation_rule r
     where r.scheme = g ->> 'scheme' and r.months = (g ->> 'months')::int and r.valid @> lower(wanted);
    verdict := case when h.id is null or h.valid_to is not null then 'hamlet_code: not_found'
                    when not public.in_callers_slice(h.province_id, h.district_id, h.commune_id, h.id)
                    then 'hamlet_code: outside_slice'
                    when rule.scheme is null then 'months: no_rule' end;
    if verdict is not null then
        return;
    end if;
    select person, flaw into whose, verdict from gate.participation_person(g, h);
    if verdict is not null then
        return;
    end if;
    if whose is null then
        whose := gate.participation_register(g, h);
    else
        perform pg_advisory_xact_lock(hashtextextended(whose::text, 0));
        if exists (select from public.coverage c where c.person_id = whose and c.scheme = g ->> 'scheme'
                                                   and c.during = wanted) then
            verdict := 'known';
            return;
        end if;
        argument := gate.covered_already(whose, g ->> 'scheme', wanted);
        if argument is not null then
            verdict := 'ends_on: covered';
            return;
        end if;
    end if;
    perform gate.participation_open(public.uuid7(), whose, g ->> 'scheme', wanted, rule, 'imported',
                                    g ->> 'card_number');
    verdict := 'written';
end $$;

-- All rows, each with its verdict. Rows are written as they come, so that a later one sees an earlier;
-- whoever asks undoes all of it where nothing is to stay.
create function gate.participation_import(rows jsonb)
    returns table (line int, verdict text, argument text)
    language plpgsql volatile security definer set search_path = '' as $$
declare
    g jsonb;
begin
    for g in select r from jsonb_array_elements(rows) r loop
        line := (g ->> 'line')::int;
        argument := null;
        verdict := g ->> 'flaw';
        if verdict is null then
            select i.verdict, i.argument into verdict, argument from gate.participation_import_row(g) i;
        end if;
        return next;
    end loop;
end $$;

grant execute on function gate.participation_days(date, date, int)
   to ansinh_gate, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function gate.covered_already(uuid, text, daterange),
      gate.participation_open(uuid, uuid, text, daterange, participation_rule, text, text),
      gate.participation_person(jsonb, unit), gate.participation_register(jsonb, unit),
      gate.participation_import_row(jsonb) to ansinh_gate;
grant execute on function gate.participation_declare(uuid, uuid, text, int, daterange, text)
   to ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
grant execute on function gate.participation_confirm(uuid), gate.participation_void(uuid),
                          gate.participation_import(jsonb) to ansinh_province, ansinh_district;
alter function gate.covered_already(uuid, text, daterange) owner to ansinh_gate;
alter function gate.participation_open(uuid, uuid, text, daterange, participation_rule, text, text)
    owner to ansinh_gate;
alter function gate.participation_declare(uuid, uuid, text, int, daterange, text) owner to ansinh_gate;
alter function gate.participation_confirm(uuid) owner to ansinh_gate;
alter function gate.participation_void(uuid) owner to ansinh_gate;
alter function gate.participation_person(jsonb, unit) owner to ansinh_gate;
alter function gate.participation_register(jsonb, unit) owner to ansinh_gate;
alter function gate.participation_import_row(jsonb) owner to ansinh_gate;
alter function gate.participation_import(jsonb) owner to ansinh_gate;
