set local role ansinh_owner;

-- The answer to a keyed write is repeated with the ETag that it had.
alter table idempotency add etag text;
grant update (etag) on idempotency to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;

-- A plan changes when it is withdrawn.
grant update (version) on plan to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune;

-- Holds an enrolment of the caller's slice until the end of the transaction and says whether it stands
-- at one of these versions; null is any. The person first, then the row: the order of posting.
create function gate.enrolment_stands_at(held uuid, versions int[]) returns boolean
    language plpgsql volatile security definer set search_path = '' as $$
declare
    e public.enrolment;
begin
    if versions is null then
        return true;
    end if;
    select o.* into e from public.enrolment o
     where o.id = held
       and (public.in_callers_slice(o.province_id, o.district_id, o.commune_id, o.unit_id)
            or coalesce(public.scope_agent() in (o.agency_id, o.collector_id), false));
    if not found then
        return false;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(e.person_id::text, 0));
    select o.* into e from public.enrolment o where o.id = held for update;
    return e.version = any(versions);
end $$;
grant execute on function gate.enrolment_stands_at(uuid, int[])
   to ansinh_province, ansinh_district, ansinh_commune, ansinh_agency, ansinh_collector;
alter function gate.enrolment_stands_at(uuid, int[]) owner to ansinh_gate;
