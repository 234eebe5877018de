-- part: population_columns
p.id, u.id as "unit.id", u.kind as "unit.kind", u.code as "unit.code", u.name as "unit.name",
       p.kind, p.as_of as "on", p.people, p.illustrative, p.source, p.decision_number, p.revision, p.giver_id,
       p.created_at, p.created_by

-- name: population_list
select {population_columns}, p.created_at::text, p.id::text
  from population p
  join unit u on u.id = p.unit_id
 where (p.created_at, p.id) < ($1::timestamptz, $2::uuid)
 order by p.created_at desc, p.id desc
 limit $3::int

-- name: population_list_of_unit
select {population_columns}, p.created_at::text, p.id::text
  from population p
  join unit u on u.id = p.unit_id
 where p.unit_id = $1::int and (p.created_at, p.id) < ($2::timestamptz, $3::uuid)
 order by p.created_at desc, p.id desc
 limit $4::int

-- name: population_list_of_kind
select {population_columns}, p.created_at::text, p.id::text
  from population p
  join unit u on u.id = p.unit_id
 where p.unit_id = $1::int and p.kind = $2 and (p.created_at, p.id) < ($3::timestamptz, $4::uuid)
 order by p.created_at desc, p.id desc
 limit $5::int

-- One more revision by the caller's unit, unless it says what the last one says.
-- name: population_create
with place as (
    select u.*, case when u.id is null then 'not_found'
                     when not in_slice(u) then 'outside_slice' end as flaw
      from (values (1)) one
      left join unit u on u.id = $1::int and coalesce(u.valid_to, 'infinity') >= $3::date
), latest as (
    select l.*
      from population l
     where l.giver_id = scope_id() and l.unit_id = $1::int and l.kind = $2 and l.as_of = $3::date
     order by l.revision desc
     limit 1
), made as (
    insert into population (id, kind, as_of, people, source, decision_number, illustrative, revision,
                            unit_id, province_id, district_id, commune_id, giver_id, created_by)
    select uuid7(), $2, $3::date, $4::bigint, $5, $6, coalesce($7::boolean, false),
           coalesce(l.revision, 0) + 1, u.id,
           u.province_id, u.district_id, u.commune_id, scope_id(), caller_id()
      from place u
      left join latest l on true
     where u.flaw is null and (l.people, l.source, l.decision_number, l.illustrative)
                              is distinct from ($4::bigint, $5, $6, coalesce($7::boolean, false))
    returning *
)
select {population_columns}, u.flaw, 'unit_id' as field
  from place u
  left join made p on true

-- A table of figures at once: where the unit is, what is wrong with the row, and what its last revision
-- says. Nothing is written unless $2, and if any row is wrong only with $3. $4 is the day of the codes.
-- name: population_import
with given as (
    select g.line, g.kind, g."on", g.people, g.source, g.decision,
           coalesce(g.illustrative, false) as illustrative, u.id as unit_id,
           u.province_id, u.district_id, u.commune_id,
           case when u.id is null then 'unit_code: not_found'
                when not in_slice(u) then 'unit_code: outside_slice'
                when g."on" > business_date() then 'on: in_future' end as flaw
      from jsonb_to_recordset($1::jsonb)
           as g (line int, unit_kind text, unit_code text, kind text, "on" date, people bigint,
                 source text, decision text, illustrative boolean)
      left join unit u on u.kind = g.unit_kind and u.code = g.unit_code
                      and u.valid_from <= coalesce($4::date, business_date())
                      and coalesce(u.valid_to, 'infinity') >= coalesce($4::date, business_date())
), numbered as (
    select g.*, min(line) over (partition by unit_id, kind, "on", flaw is null) as first_line
      from given g
), judged as (
    select n.line, n.kind, n."on", n.people, n.source, n.decision, n.illustrative, n.unit_id, n.province_id,
           n.district_id, n.commune_id, n.first_line,
           coalesce(n.flaw, case when n.first_line < n.line then ': same_as_line' end) as flaw,
           coalesce(l.revision, 0) as revision,
           (l.people, l.source, l.decision_number, l.illustrative)
           is not distinct from (n.people, n.source, n.decision, n.illustrative) as known
      from numbered n
      left join lateral (select *
                           from population p
                          where p.giver_id = scope_id() and p.unit_id = n.unit_id
                            and p.kind = n.kind and p.as_of = n."on"
                          order by p.revision desc
                          limit 1) l on n.flaw is null
), made as (
    insert into population (id, kind, as_of, people, source, decision_number, illustrative, revision,
                            unit_id, province_id, district_id, commune_id, giver_id, created_by)
    select uuid7(), j.kind, j."on", j.people, j.source, j.decision, j.illustrative, j.revision + 1, j.unit_id,
           j.province_id, j.district_id, j.commune_id, scope_id(), caller_id()
      from judged j
     where j.flaw is null and not j.known and $2::boolean
       and ($3::boolean or not exists (select from judged where flaw is not null))
    returning 1
)
select line, nullif(split_part(flaw, ': ', 1), '') as field, split_part(flaw, ': ', 2) as flaw,
       case when flaw = ': same_as_line' then first_line end as argument, known,
       (select count(*) from made) as written
  from judged
 order by line
