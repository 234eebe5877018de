-- Nobody reads memberships but the gate, so the answer is what was asked; no row when it was refused.
-- name: entitlement_create
select $1::uuid as id, $2::uuid as person_id, $3 as "group", $4::date as "from", $5::date as "to",
       $6 as decision_number, $7::date as decided_on, $8 as issuer, null as end_reason, 1 as version
 where gate.entitlement_give($1::uuid, $2::uuid, $3, $4::date, $5::date, $6, $7::date, $8)

-- name: entitlement_end
select $1::uuid as id, $2::date as "to", $3 as end_reason
 where gate.entitlement_end($1::uuid, $2::date, $3)
