-- part: holiday_columns
h.day, h.works, h.name_vi as "name.vi", h.name_en as "name.en", h.decision_number, h.verified

-- name: holiday_list
select {holiday_columns}
  from holiday h
 where h.day between make_date($1::int, 1, 1) and make_date($1::int, 12, 31)
 order by h.day

-- name: holiday_create
with made as (
    insert into holiday (day, works, name_vi, name_en, decision_number, verified, giver_id, created_by)
    select g.day::date, $3::boolean, $4, $5, $6, $7::boolean, scope_id(), caller_id()
      from generate_series($1::date, $2::date, interval '1 day') g (day)
    returning *
)
select {holiday_columns}
  from made h
 order by h.day
