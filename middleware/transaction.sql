-- name: transaction_begin
begin

-- name: transaction_commit
commit

-- name: transaction_rollback
rollback

-- The session row decides role and scope; no row leaves the login role, which may read nothing.
-- name: session_open
select set_config('role', s.role, true),
       set_config('app.scope_id', s.scope_id, true),
       set_config('app.agent_id', s.agent_id, true),
       set_config('app.user_id', s.user_id::text, true),
       set_config('app.session_id', s.id::text, true),
       set_config('app.territory', coalesce(s.territory::text, ''), true),
       set_config('transaction_read_only', $4, true)
  from session s
 where s.id = $1::uuid and s.gen = $2::int and s.role = 'ansinh_' || $3
   and s.ok and s.expires_at > now()

-- The plain insert is the lock: a second request with the key waits here for the first, then gets
-- 23505 and reads the stored answer.
-- name: idempotency_begin
insert into idempotency (user_id, operation, key, fingerprint)
values (caller_id(), $1, $2, decode($3, 'hex'))

-- name: idempotency_store
update idempotency set status = $3::int, location = $4, answer = $5, etag = $6
 where user_id = caller_id() and operation = $1 and key = $2

-- name: idempotency_find
select encode(fingerprint, 'hex'), status, location, answer, etag
  from idempotency
 where user_id = caller_id() and operation = $1 and key = $2
