/* Jobs in tests. */
#include "tests/support/job_case.h"

#include <check.h>
#include <string.h>

#include "middleware/request.h"

const char *job_id(struct answer answer)
{
    expect_status(answer, 202);
    const char *id = text("%s", text_member(answer, "id"));
    ck_assert_str_eq(answer_header(answer, "Location"), text("/v1/jobs/%s", id));
    return id;
}

struct answer job_ends(const char *login, const char *id, const char *state)
{
    static const char *const open[] = {"queued", "running"};
    uint64_t until = monotonic_ns() + 60000000000u;
    struct answer job = call(login, "GET", text("/v1/jobs/%s", id), NULL);
    while (strcmp(text_member(expect_status(job, 200), "state"), open[0]) == 0 ||
           strcmp(text_member(job, "state"), open[1]) == 0) {
        ck_assert_msg(monotonic_ns() < until, "the job does not end: %s", job.body);
        job = call(login, "GET", text("/v1/jobs/%s", id), NULL);
    }
    ck_assert_msg(strcmp(text_member(job, "state"), state) == 0, "%s", job.body);
    return job;
}

const char *export_as(const char *login, const char *body)
{
    return job_id(call(login, "POST", "/v1/exports", body));
}

struct answer file_of(const char *login, const char *id)
{
    struct answer job = job_ends(login, id, "done");
    struct answer file = expect_status(call(login, "GET", text("/v1/jobs/%s/file", id), NULL), 200);
    ck_assert_int_eq((json_int_t)file.size, integer_member(job, "file.size"));
    return file;
}

const char *import_as(const char *login, const char *kind, const char *how, const char *csv)
{
    return job_id(call(login, "POST", text("/v1/imports?kind=%s%s", kind, how), csv));
}

void counts_are(struct answer job, int accepted, int unchanged, int rejected, int written)
{
    ck_assert_msg(integer_member(job, "accepted") == accepted &&
                      integer_member(job, "unchanged") == unchanged &&
                      integer_member(job, "rejected") == rejected &&
                      integer_member(job, "written") == written,
                  "%s", job.body);
}

const char *job_held(const char *name)
{
    token_of(name);
    sql_text(text(
        "with u as (select u.id, s.* from app_user u join lateral (select role, scope_id, "
        "agent_id, duty, gen from session s where s.user_id = u.id and s.ok limit 1) s on true "
        "where u.username = '%s'), made as (insert into session (id, user_id, role, scope_id, "
        "agent_id, duty, gen, expires_at) select uuid7(), u.id, u.role, u.scope_id, u.agent_id, "
        "u.duty, u.gen, now() + interval '1 hour' from u returning id, user_id) insert into job "
        "(id, requester_id, kind, subject, parameters, language, state, session_id, "
        "heartbeat_at) select uuid7(), made.user_id, 'export', 'decision_list', "
        "'{\"format\":\"csv\"}', 'vi', 'running', made.id, now() + interval '1 hour' from made",
        name));
    return text("%s",
                sql_text(text("select j.id from job j join app_user u on u.id = j.requester_id "
                              "where u.username = '%s' order by j.id desc limit 1",
                              name)));
}

void job_let_go(const char *id)
{
    sql_text(text("update job set state = 'queued' where id = '%s'", id));
}

const char *job_account(void)
{
    static int n;
    const char *name = text("khai.thac.%d", ++n);
    struct answer made =
        call("commune.manager", "POST", "/v1/users",
             text("{\"username\":\"%s\",\"full_name\":\"Lê Khai\",\"duty\":\"officer\","
                  "\"place\":{\"unit_id\":123173}}",
                  name));
    const char *id = text("%s", text_member(expect_status(made, 201), "id"));
    sql_text(text("insert into credential (user_id, hash) select '%s', hash from credential c "
                  "join app_user u on u.id = c.user_id where u.username = 'commune.officer'",
                  id));
    return name;
}
