-- name: credential_of
select user_id, hash from gate.credential_of($1)

-- name: session_create
select $1 as id, slice, duty, gen from gate.session_open($1::uuid, $2::uuid, $3, $4::interval)
