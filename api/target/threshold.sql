-- part: threshold_columns
t.id, t.standard, t.scheme, t.level, t.form, round(t.percent_hundredths / 100.0, 2) as percent,
       t.valid_from, t.valid_to, t.decision_number, t.verified, t.note, t.created_at

-- name: threshold_list
select {threshold_columns}
  from threshold t
 order by t.standard, t.scheme, t.level, t.valid_from, t.id

-- name: threshold_list_on
select {threshold_columns}
  from (select distinct on (standard, scheme, level, form) *
          from threshold
         where valid_from <= $1::date
         order by standard, scheme, level, form, valid_from desc, created_at desc, id desc) t
 where coalesce(t.valid_to, 'infinity') >= $1::date
 order by t.standard, t.scheme, t.level, t.valid_from, t.id

-- name: threshold_create
insert into threshold as t (id, standard, scheme, level, form, percent_hundredths, valid_from, valid_to,
                            decision_number, verified, note, giver_id, created_by)
values (uuid7(), $1, $2, $3, $4, $5::int, $6::date, $7::date, $8, $9::boolean, $10, scope_id(),
        caller_id())
returning {threshold_columns}
