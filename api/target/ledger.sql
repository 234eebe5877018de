-- What the giver is about to change, held from the top down, so that two of them never wait for each
-- other in a circle: the division that the part lies in, the own divisions, the number itself. The
-- statements behind it see what nobody else can change any more. Holds nothing for anybody else.
-- name: ledger_lock
with target as (
    select id, parent_id, cut from assignment where id = $1::uuid and giver_id = scope_id()
), above as (
    select t.quantity
      from cut_total t
     where t.assignment_id = (select parent_id from target) and t.cut = (select cut from target)
       for no key update
), below as (
    select t.quantity
      from cut_total t
     where t.assignment_id = (select id from target) and (select count(*) from above) >= 0
     order by t.cut
       for no key update
)
select 1
  from assignment a
 where a.id = (select id from target) and (select count(*) from below) >= 0
   for no key update
