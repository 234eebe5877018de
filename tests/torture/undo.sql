-- What a request changed, row by row, to be counted and to be taken back: so each failed allocation meets
-- the same rows. Only in the database of the torture.
create schema torture;

create table torture.change (
    n bigserial primary key,
    place regclass not null,
    verb text not null,
    before jsonb,
    after jsonb
);

create function torture.note() returns trigger language plpgsql security definer
    set search_path = '' set timezone = 'UTC' as $$
begin
    insert into torture.change (place, verb, before, after)
    values (tg_relid, lower(tg_op), to_jsonb(old), to_jsonb(new));
    return null;
end $$;

-- Who is in the way, a fold, is to give way: it tries again.
set deadlock_timeout = '60s';
do $$
declare
    place regclass;
begin
    for place in
        select c.oid from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'migration'
    loop
        execute format('create trigger zz_torture after insert or update or delete on %s '
                       'for each row execute function torture.note()', place);
    end loop;
end $$;

-- "enrolment insert 1, progress_delta insert 11"
create function torture.effect() returns text language sql as $$
    select coalesce(string_agg(format('%s %s %s', place, verb, rows), ', ' order by place::text, verb), '')
    from (select place, verb, count(*) as rows from torture.change group by place, verb) as done
$$;

create function torture.undo_one(change torture.change) returns void language plpgsql as $$
declare
    fields text;
    row text := format('(select ctid from only %s as t where to_jsonb(t) = $1.after limit 1)', change.place);
begin
    select string_agg(quote_ident(attname), ', ' order by attnum) into fields
    from pg_attribute
    where attrelid = change.place and attnum > 0 and not attisdropped and attgenerated = ''
      and (attidentity = '' or change.verb = 'delete');
    case change.verb
    when 'insert' then
        execute format('delete from %s where ctid = %s', change.place, row) using change;
    when 'update' then
        execute format('update %s set (%s) = (select %s from jsonb_populate_record(null::%s, $1.before)) '
                       'where ctid = %s', change.place, fields, fields, change.place, row) using change;
    else
        execute format('insert into %s (%s) overriding system value '
                       'select %s from jsonb_populate_record(null::%s, $1.before)',
                       change.place, fields, fields, change.place) using change;
    end case;
end $$;

-- Neither the project's triggers nor foreign keys have a say: the rows were all there once.
create function torture.undo() returns void language plpgsql
    set session_replication_role = replica set timezone = 'UTC' as $$
begin
    perform torture.undo_one(change) from (select * from torture.change order by n desc) as change;
    delete from torture.change;
end $$;
