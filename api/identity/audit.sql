-- name: audit_list
select a.id, a.at, a.action, to_json(a.subjects) as subjects, a.purpose, a.user_id,
       a.session_id, nullif(a.commune_id, 0) as commune_id, a.at::text, a.id::text
  from audit a
 where (a.at, a.id) < ($1::timestamptz, $2::uuid)
 order by a.at desc, a.id desc
 limit $3::int
