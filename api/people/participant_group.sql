-- name: participant_group_list
select g.scheme, g.code, g.payer_group, g.object_code, g.name_vi as "name.vi", g.name_en as "name.en",
       g.legal_basis, g.valid_from, g.valid_to, g.verified
  from participant_group g
 where g.scheme = coalesce($1, g.scheme)
   and coalesce($2::date between g.valid_from and coalesce(g.valid_to, 'infinity'), true)
 order by g.scheme desc, g.position, g.code
