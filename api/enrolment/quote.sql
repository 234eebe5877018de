-- The book of rates of a day for a scheme, with the top-ups of the province that the unit, the code or the
-- first person says; a row without a rate where there is none. And what is known of the people.
-- part: rate_book_columns
r.kind, r.key, r.value, r.valid_from, r.decision_number, r.decision_title, r.verified

-- name: quote_rates
with place as (
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
      from person o
      join unit p on p.id = o.province_id
      join unit c on c.id = o.commune_id
     where $3 is null and $4 is null
       and o.id = (select id from unnest($5::uuid[]) i (id) where id is not null limit 1)
)
select w.id as "province.id", w.code as "province.code", w.name as "province.name",
       w.id is not null or ($3 is null and $4 is null) as found, w.island,
       (select json_agg(case when p.id is not null
                             then json_build_object('born', p.birth, 'facts',
                                                    gate.price_facts(p.id, $2, $1::date, false)) end order by i.n)
          from unnest($5::uuid[]) with ordinality i (id, n)
          left join lateral (select o.id, o.birth from person o where o.id = i.id limit 1) p on true)
       as people,
       {rate_book_columns}
  from (values (1)) one
  left join place w on true
  left join rate r on r.valid @> $1::date and r.province_id in (0, coalesce(w.id, 0))
                  and (left(r.kind, 3) = $2 or r.kind = 'reference_level')
 order by r.kind collate "C", r.key collate "C"
