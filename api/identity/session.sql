-- name: sign_in
select wait, user_id, hash, one_time from gate.sign_in($1, $2)

-- name: session_create
select slice, duty, gen from gate.session_open($1::uuid, $2::uuid, $3, decode($4, 'hex'), $5, $6)

-- name: session_refresh
select verdict, session_id, user_id, slice, duty, gen, encode(successor, 'hex')
  from gate.session_refresh(decode($1, 'hex'), decode($2, 'hex'))

-- name: session_list
select id, device, created_at, expires_at, current from gate.own_sessions()

-- name: session_delete
select gate.own_session_end($1::uuid) as ended
