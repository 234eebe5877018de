-- part: reported_count_columns
c.id, u.id as "unit.id", u.kind as "unit.kind", u.code as "unit.code", u.name as "unit.name",
       c.indicator, c.payer_group, c.starts_on as "from", c.as_of as "on", c.people, c.exactness,
       c.illustrative, c.source, c.revision, c.giver_id, c.created_at, c.created_by

-- name: payer_group_list
select code, indicator, name_vi as "name.vi", name_en as "name.en", legal_basis, valid_from, valid_to,
       verified
  from payer_group
 order by indicator, position

-- name: reported_count_list
select {reported_count_columns}, c.created_at::text, c.id::text
  from reported_count c
  join unit u on u.id = c.unit_id
 where (c.created_at, c.id) < ($1::timestamptz, $2::uuid)
 order by c.created_at desc, c.id desc
 limit $3::int

-- name: reported_count_list_of_unit
select {reported_count_columns}, c.created_at::text, c.id::text
  from reported_count c
  join unit u on u.id = c.unit_id
 where c.unit_id = $1::int and (c.created_at, c.id) < ($2::timestamptz, $3::uuid)
 order by c.created_at desc, c.id desc
 limit $4::int

-- name: reported_count_list_of_indicator
select {reported_count_columns}, c.created_at::text, c.id::text
  from reported_count c
  join unit u on u.id = c.unit_id
 where c.unit_id = $1::int and c.indicator = $2
   and (c.created_at, c.id) < ($3::timestamptz, $4::uuid)
 order by c.created_at desc, c.id desc
 limit $5::int

-- As population_create. A stock is of a day, all else of a period.
-- name: reported_count_create
with place as (
    select u.*, i.code as indicator,
           case when u.id is null then 'not_found'
                when not in_slice(u) then 'outside_slice'
                when i.code is null or $3 <> 'all' and g.code is null then 'not_found'
                when i.kind = 'stock' and $7::date is not null then 'unknown'
                when i.kind <> 'stock' and $7::date is null then 'required'
                when $7::date > $4::date then 'order' end as flaw,
           case when u.id is null or not in_slice(u) then 'unit_id'
                when i.code is null then 'indicator'
                when $3 <> 'all' and g.code is null then 'payer_group' else 'from' end as field
      from (values (1)) one
      left join unit u on u.id = $1::int and coalesce(u.valid_to, 'infinity') >= $4::date
      left join indicator i on i.code = $2 and i.kind <> 'ratio'
      left join payer_group g on g.code = $3 and g.indicator = $2
                             and $4::date between g.valid_from and coalesce(g.valid_to, 'infinity')
), latest as (
    select l.*
      from reported_count l
     where l.giver_id = scope_id() and l.unit_id = $1::int and l.indicator = $2
       and l.payer_group = $3 and l.as_of = $4::date and l.starts_on is not distinct from $7::date
     order by l.revision desc
     limit 1
), made as (
    insert into reported_count (id, indicator, payer_group, as_of, people, source, starts_on, exactness,
                                illustrative, revision, unit_id, province_id, district_id, commune_id,
                                giver_id, created_by)
    select uuid7(), u.indicator, $3, $4::date, $5::bigint, $6, $7::date, coalesce($8, 'exact'),
           coalesce($9::boolean, false), coalesce(l.revision, 0) + 1, u.id,
           u.province_id, u.district_id, u.commune_id, scope_id(), caller_id()
      from place u
      left join latest l on true
     where u.flaw is null and (l.people, l.source, l.exactness, l.illustrative)
           is distinct from ($5::bigint, $6, coalesce($8, 'exact'), coalesce($9::boolean, false))
    returning *
)
select {reported_count_columns}, u.flaw, u.field
  from place u
  left join made c on true

-- As population_import; $4 is the day of the codes.
-- name: reported_count_import
with given as (
    select g.line, g.indicator, coalesce(g.payer_group, 'all') as payer_group, g."on", g.people,
           g.source, g."from", coalesce(g.exactness, 'exact') as exactness,
           coalesce(g.illustrative, false) as illustrative, u.id as unit_id,
           u.province_id, u.district_id, u.commune_id,
           case when u.id is null then 'unit_code: not_found'
                when not in_slice(u) then 'unit_code: outside_slice'
                when i.code is null then 'indicator: not_found'
                when g.payer_group <> 'all' and p.code is null then 'payer_group: not_found'
                when g."on" > business_date() then 'on: in_future'
                when i.kind = 'stock' and g."from" is not null then 'from: unknown'
                when i.kind <> 'stock' and g."from" is null then 'from: required'
                when g."from" > g."on" then 'from: order' end as flaw
      from jsonb_to_recordset($1::jsonb)
           as g (line int, unit_kind text, unit_code text, indicator text, payer_group text,
                 "from" date, "on" date, people bigint, exactness text, illustrative boolean, source text)
      left join unit u on u.kind = g.unit_kind and u.code = g.unit_code
                      and u.valid_from <= coalesce($4::date, business_date())
                      and coalesce(u.valid_to, 'infinity') >= coalesce($4::date, business_date())
      left join indicator i on i.code = g.indicator and i.kind <> 'ratio'
      left join payer_group p on p.code = g.payer_group and p.indicator = g.indicator
                             and g."on" between p.valid_from and coalesce(p.valid_to, 'infinity')
), numbered as (
    select g.*,
           min(line) over (partition by unit_id, indicator, payer_group, "from", "on", flaw is null)
           as first_line
      from given g
), judged as (
    select n.line, n.indicator, n.payer_group, n."on", n.people, n.source, n."from",
           n.exactness, n.illustrative, n.unit_id, n.province_id,
           n.district_id, n.commune_id, n.first_line,
           coalesce(n.flaw, case when n.first_line < n.line then ': same_as_line' end) as flaw,
           coalesce(l.revision, 0) as revision,
           (l.people, l.source, l.exactness, l.illustrative)
           is not distinct from (n.people, n.source, n.exactness, n.illustrative) as known
      from numbered n
      left join lateral (select *
                           from reported_count c
                          where c.giver_id = scope_id() and c.unit_id = n.unit_id
                            and c.indicator = n.indicator and c.payer_group = n.payer_group
                            and c.as_of = n."on" and c.starts_on is not distinct from n."from"
                          order by c.revision desc
                          limit 1) l on n.flaw is null
), made as (
    insert into reported_count (id, indicator, payer_group, as_of, people, source, starts_on, exactness,
                                illustrative, revision, unit_id, province_id, district_id, commune_id,
                                giver_id, created_by)
    select uuid7(), j.indicator, j.payer_group, j."on", j.people, j.source, j."from", j.exactness,
           j.illustrative, j.revision + 1, j.unit_id,
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
