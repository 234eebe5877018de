set local role ansinh_owner;

-- The last of so many working days, of which the first is the next one: no more days are looked at than it
-- takes. Every receipt asks for the day on which its money is due.
create or replace function working_day_after(start date, days int) returns date language plpgsql stable as $$
declare
    missing int := days;
begin
    for after in 1 .. 3 * days + 30 loop
        missing := missing - public.is_working_day(start + after)::int;
        if missing = 0 then
            return start + after;
        end if;
    end loop;
    return null;
end $$;

-- The same day if it is one and none is to pass.
create or replace function working_day(day date, after int) returns date language sql stable
return public.working_day_after(day - 1, after + 1);
