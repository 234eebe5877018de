-- csv: migrations/data/rate_keys.csv
-- csv: migrations/data/rates.csv
set local role ansinh_owner;

-- What the law says in numbers, as data: what a contribution is computed from, who supports it and by
-- how much, when it is due, from when a card is valid. Each row rests on a decision and says whether
-- its text was compared.

-- Which numbers there are, in which unit (hundredths of a percent, millionths, VND …), between which
-- bounds, and whether a province may set them for itself.
create table rate_key (
    kind text not null,
    key text not null,
    scheme text check (scheme in ('vsi', 'hhi')),
    unit text not null check (unit in ('vnd', 'percent_hundredths', 'millionths', 'times', 'months',
                                       'days', 'years')),
    local boolean not null,
    least bigint not null,
    most bigint not null check (most >= least),
    name_vi text not null,
    name_en text not null,
    primary key (kind, key),
    constraint rate_key_local unique (kind, key, local)
);
insert into rate_key (kind, key, scheme, unit, local, least, most, name_vi, name_en)
select kind, key, nullif(scheme, ''), unit, local::boolean, least::bigint, most::bigint, name_vi, name_en
  from csv_rate_keys;
grant select on rate_key to ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;

-- A row is never changed, but may be ended once, before the day on which it would have ended: `valid`
-- is when it is in force, empty if it was withdrawn before it began. Of one number there is one row a
-- day.
create table rate (
    id uuid primary key,
    kind text not null,
    key text not null,
    local boolean generated always as (province_id <> 0) stored,
    valid_from date not null,
    valid_to date check (valid_to >= valid_from),
    value bigint not null,
    decision_number text not null,
    decision_title text,
    source text,
    verified boolean not null,
    note text,
    ended_on date,
    ended_number text,
    ended_title text,
    ended_at timestamptz,
    ended_by uuid,
    valid daterange not null generated always as
        (case when ended_on < valid_from then 'empty'::daterange
              else daterange(valid_from, least(valid_to, ended_on), '[]') end) stored,
    unit_id int not null,
    province_id int not null,
    district_id int not null,
    commune_id int not null,
    giver_id int not null references unit,
    version int not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    constraint rate_once exclude using gist (kind with =, key with =, unit_id with =, valid with &&),
    foreign key (kind, key, local) references rate_key (kind, key, local),
    check (unit_id = giver_id),
    check ((ended_on is null) = (ended_number is null)),
    check (ended_on < valid_to),
    foreign key (unit_id, province_id, district_id, commune_id)
        references unit (id, province_id, district_id, commune_id) on update cascade
);
create index rate_kind on rate (kind, key, province_id, valid_from);

-- Law is public: everybody reads all of it. The nation sets its own numbers, a province its top-ups.
alter table rate enable row level security;
alter table rate force row level security;
create policy everybody_select on rate for select
    to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune, ansinh_agency,
       ansinh_collector using (true);
create policy nation_insert on rate for insert to ansinh_nation with check (giver_id = scope_id());
create policy province_insert on rate for insert to ansinh_province
    with check (giver_id = scope_id() and province_id = scope_id());
create policy nation_update on rate for update to ansinh_nation
    using (giver_id = scope_id()) with check (giver_id = scope_id());
create policy province_update on rate for update to ansinh_province
    using (giver_id = scope_id()) with check (giver_id = scope_id());
grant select on rate to ansinh_gate, ansinh_nation, ansinh_province, ansinh_district, ansinh_commune,
      ansinh_agency, ansinh_collector;
grant insert (id, kind, key, valid_from, valid_to, value, decision_number, decision_title, source,
              verified, note, unit_id, province_id, district_id, commune_id, giver_id, created_by),
      update (ended_on, ended_number, ended_title, ended_at, ended_by, version)
   on rate to ansinh_nation, ansinh_province;

-- An end is for good, and never in the past: what a payment cost stays what it cost.
create function rate_ends_once() returns trigger language plpgsql as $$
begin
    if old.ended_on is not null or new.ended_on is null
       or new.ended_on < public.business_date() - 1 then
        raise insufficient_privilege using message = 'a rate ends once, and not in the past';
    end if;
    return new;
end $$;
create trigger rate_ends_once before update of ended_on on rate
    for each row execute function rate_ends_once();

alter table rate no force row level security;
alter table unit no force row level security;
insert into rate (id, kind, key, valid_from, valid_to, value, decision_number, decision_title, source,
                  verified, note, unit_id, province_id, district_id, commune_id, giver_id)
select uuid7(), c.kind, c.key, c.valid_from::date, nullif(c.valid_to, '')::date, c.value::bigint,
       c.decision, nullif(c.title, ''), nullif(c.source, ''), c.verified::boolean, nullif(c.note, ''),
       u.id, u.province_id, u.district_id, u.commune_id, u.id
  from csv_rates c
  join unit u on case when coalesce(c.province, '') = '' then u.kind = 'nation'
                      else u.kind = 'province' and u.code = c.province end and u.valid_to is null;
alter table unit force row level security;
alter table rate force row level security;
