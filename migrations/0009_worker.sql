do $$
begin
    if not exists (select from pg_roles where rolname = 'ansinh_worker') then
        create role ansinh_worker nologin noinherit;
    end if;
end $$;
grant ansinh_worker to ansinh_app;
grant usage on schema public to ansinh_worker;

set local role ansinh_owner;

-- What keeps house: it may delete what has outlived its purpose, and nothing younger, whoever holds
-- the role.
create policy worker_delete on idempotency for delete to ansinh_worker
    using (created_at < now() - interval '40 days');
create policy worker_delete on refresh_token for delete to ansinh_worker
    using (expires_at < now());
create policy worker_delete on sign_in_attempt for delete to ansinh_worker
    using (updated_at < now() - interval '1 day');
create policy worker_select on idempotency for select to ansinh_worker
    using (created_at < now() - interval '40 days');
create policy worker_select on refresh_token for select to ansinh_worker
    using (expires_at < now());
create policy worker_select on sign_in_attempt for select to ansinh_worker
    using (updated_at < now() - interval '1 day');

grant select (created_at), delete on idempotency to ansinh_worker;
grant select (expires_at), delete on refresh_token to ansinh_worker;
grant select (updated_at), delete on sign_in_attempt to ansinh_worker;
