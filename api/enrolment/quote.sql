-- The book of rates of a day for a scheme, with the top-ups of the province that the unit, the code or the
-- first person says; a row without a rate where there is none. And what is known of the people, which is
-- audited as a look at them: those whom the members name, or all who belong to the household today.
-- part: rate_book_columns
r.kind, r.key, r.value, r.valid_from, r.decision_number, r.decision_title, r.verified

-- name: quote_rates
with home as (
    select y.id from household y where y.id = $6::uuid
), asked as (
    select i.n, i.id from unnest($5::uuid[]) with ordinality i (id, n)
    union all
    select row_number() over (order by m.position, m.created_at, m.id), m.person_id
      from home y
      join household_member m on m.household_id = y.id and m.ended_as is null
     where $5 is null
), known as materialized (
    select a.n, p.id, p.full_name, p.birth, p.died_on, p.province_id, p.district_id, p.commune_id
      from asked a
     cross join lateral (select o.* from person o where o.id = a.id limit 1) p
     where $6 is null or p.household_id = $6::uuid
), noted as (
    insert into audit (user_id, session_id, action, subjects, province_id, district_id, commune_id)
    select caller_id(), current_setting('app.session_id')::uuid,
           case when $6 is null then 'person_get' else 'household_get' end, array_agg(k.id order by k.n),
           k.province_id, k.district_id, k.commune_id
      from known k
     group by k.province_id, k.district_id, k.commune_id
), place as (
    select p.id, p.code, p.name, coalesce(c.form = 'special_zone', false) as island
      from unit u
      join unit p on p.id = u.province_id
      left join unit c on c.id = u.commune_id
     where u.id = $3::int
    union all
    select p.id, p.code, p.name, false
      from unit p
     where p.kind = 'province' and p.code = $4 and p.valid_to is null
    union all
    select p.id, p.code, p.name, c.form = 'special_zone'
      from (select * from known order by n limit 1) k
      join unit p on p.id = k.province_id
      join unit c on c.id = k.commune_id
     where $3 is null and $4 is null
)
select w.id as "province.id", w.code as "province.code", w.name as "province.name",
       w.id is not null or ($3 is null and $4 is null) as found, w.island,
       (select json_agg(case when k.id is not null
                             then json_build_object('person_id', k.id, 'label', k.full_name, 'born', k.birth,
                                                    'facts', gate.price_facts(k.id, $2, $1::date, false)::jsonb
                                                             || jsonb_build_object('died_on', k.died_on))
                             end order by a.n)
          from asked a
          left join known k using (n)) as people,
       $6 is null or exists (select from home) as home_found,
       {rate_book_columns}
  from (values (1)) one
  left join place w on true
  left join rate r on r.valid @> $1::date and r.province_id in (0, coalesce(w.id, 0))
                  and (left(r.kind, 3) = $2 or r.kind = 'reference_level')
 order by r.kind collate "C", r.key collate "C"
